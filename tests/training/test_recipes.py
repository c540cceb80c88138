import pytest
import torch

import fer_edu as fe
from fer_edu.errors import DeviceError, RecipeError
from fer_edu.training import choose_device, choose_precision, learning_rate, recipe


def test_paper_recipe_is_section_5_to_the_letter():
    r = recipe("paper")
    assert (r.epochs, r.learning_rate, r.step_epochs, r.step_factor) == (300, 0.03, 10, 0.9)
    assert (r.lambda1, r.lambda2, r.start_deviation) == (0.001, 0.01, 0.05)
    assert r.flip and r.rotation > 0 and r.shear > 0 and r.oversample != "none"


def test_paper_schedule_steps_every_ten_epochs():
    r = recipe("paper")
    assert [learning_rate(r, e) for e in (0, 9.9, 10, 29.5, 299)] == pytest.approx(
        [0.03, 0.03, 0.027, 0.03 * 0.81, 0.03 * 0.9**29]
    )


def test_one_cycle_rises_to_its_peak_and_ends_at_zero():
    r = recipe("best")
    rates = [learning_rate(r, r.epochs * k / 1000) for k in range(1001)]
    assert max(rates) == pytest.approx(r.learning_rate)
    assert rates.index(max(rates)) == pytest.approx(1000 * r.warm_up, abs=1)
    assert rates[-1] == pytest.approx(0, abs=1e-12)


def test_changes_make_a_new_recipe():
    assert recipe("best", epochs=3).epochs == 3
    assert recipe("best").epochs != 3


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("best", {"epoch": 3}),
        ("fast", {}),
        ("best", {"epochs": 0}),
        ("best", {"schedule": "up"}),
        ("best", {"learning_rate": -1}),
    ],
)
def test_wrong_recipe_is_refused_in_a_sentence(name, changes):
    with pytest.raises(RecipeError, match="expected .* found"):
        recipe(name, **changes)


def test_device_that_is_not_there_is_named():
    if not torch.cuda.is_available():
        with pytest.raises(DeviceError, match="expected the device cuda, found 0"):
            choose_device("cuda")
    with pytest.raises(DeviceError, match="toaster"):
        choose_device("toaster")


def test_precision_asked_for_is_kept():
    assert choose_precision("float32", torch.device("cpu")) == "float32"
    assert choose_precision("auto", torch.device("cpu")) in ("float32", "bfloat16")


def test_penalty_is_equation_5_and_its_gradient_equation_6():
    model = fe.models.create("sdl", seed=0)
    first, second = model.final_layers
    penalty = fe.training.Objective(0.001, 0.01).penalty(model)
    expected = 0.5 * (0.001 * (first.weight**2).sum() + 0.01 * (second.weight**2).sum())
    torch.testing.assert_close(penalty, expected)
    penalty.backward()
    torch.testing.assert_close(first.weight.grad, 0.001 * first.weight.detach())
    torch.testing.assert_close(second.weight.grad, 0.01 * second.weight.detach())
    assert first.bias.grad is None
