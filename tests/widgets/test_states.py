"""What an explorer says is what the library computes, and no control breaks it."""

import io

import pytest
import torch
from PIL import Image

pytest.importorskip("ipywidgets")

from fer_edu import faces, plots, training, widgets
from fer_edu.errors import DataError
from fer_edu.geometry import identity_theta


@pytest.fixture(scope="module")
def some():
    return faces.sample(6, seed=1)


def opened(png):
    return Image.open(io.BytesIO(png))


def test_an_unmoved_look_sees_the_picture_itself(some):
    state = widgets.ThetaState(some.images[0])
    torch.testing.assert_close(state.theta, identity_theta()[0])
    assert torch.equal(state.unwarped, some.images[0])
    assert state.error is None


def test_the_truths_look_sees_what_torch_sees_there(some):
    for k in range(len(some)):
        state = widgets.ThetaState.of_face(some, k)
        state.rotation, state.scale, state.shift_x, state.shift_y = state.solve()
        torch.testing.assert_close(state.theta, state.truth, rtol=0, atol=1e-5)
        assert state.error < 1e-3
        grid = torch.nn.functional.affine_grid(state.truth[None], (1, 1, 48, 48), align_corners=False)
        x = some.images[k : k + 1].float()
        seen = torch.nn.functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
        assert (state.unwarped - seen[0]).abs().max() <= 0.51


def test_the_truths_look_undoes_the_pose():
    """A turned, shrunk and shifted face, looked at through the truth, is nearly the same person drawn upright."""
    generator = torch.Generator().manual_seed(0)
    people = faces.identity(3, generator)
    units = torch.zeros(3, len(faces.ACTION_UNITS))
    shift = torch.tensor([[0.1, -0.05]]).expand(3, 2)
    pose = faces.theta_from(torch.full((3,), 20.0), torch.full((3,), 0.9), shift)
    upright, posed = (faces.render(people, units, p).images for p in (None, pose))
    square = torch.cat([pose, torch.tensor([0.0, 0.0, 1.0]).expand(3, 1, 3)], 1)
    for k in range(3):
        state = widgets.ThetaState((posed[k] * 255).to(torch.uint8), truth=torch.linalg.inv(square[k])[:2])
        before = (posed[k] - upright[k]).abs().mean()
        state.rotation, state.scale, state.shift_x, state.shift_y = state.solve()
        assert state.rotation == pytest.approx(20, abs=1e-3)
        after = (state.unwarped / 255 - upright[k])[:, 8:40, 8:40].abs().mean()
        assert after < 0.4 * before


def test_error_is_the_distance_of_the_corners(some):
    state = widgets.ThetaState(some.images[0], truth=identity_theta()[0])
    assert state.error == pytest.approx(0, abs=1e-6)
    state.shift_x = 0.5  # 12 of 48 pixels
    assert state.error == pytest.approx(12, abs=1e-4)


def test_a_picture_of_another_kind_is_refused(some):
    with pytest.raises(DataError, match="uint8"):
        widgets.ThetaState(some.images[0].float())


def test_the_picture_shows_the_look(some):
    state = widgets.ThetaState(some.images[0], scale=0.8)
    before = opened(state.png())
    colour = tuple(int(plots.LOOK[k : k + 2], 16) for k in (1, 3, 5))
    assert colour in {pixel for _, pixel in before.getcolors(1 << 20)}
    state.rotation = 30
    assert opened(state.png()).tobytes() != before.tobytes()


@pytest.mark.parametrize("schedule", ["constant", "steps", "one-cycle"])
def test_schedule_rates_are_the_trainings(schedule):
    state = widgets.ScheduleState(schedule=schedule, learning_rate=0.02, epochs=30)
    recipe = training.recipe("classroom", schedule=schedule, learning_rate=0.02, epochs=30)
    assert state.rates.tolist() == [training.learning_rate(recipe, e + 0.5) for e in range(30)]


def test_what_decay_leaves_of_a_weight_is_what_adamw_leaves():
    state = widgets.ScheduleState(schedule="constant", learning_rate=0.01, epochs=5, weight_decay=0.1, steps=10)
    w = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.AdamW([w], lr=0.01, weight_decay=0.1)
    for _ in range(50):
        w.grad = torch.zeros(1)
        optimizer.step()
    assert state.left[-1] == pytest.approx(w.item(), rel=1e-4)


def test_schedule_counts_the_epochs_above_the_limit():
    state = widgets.ScheduleState(schedule="steps", learning_rate=0.03, epochs=20, limit=0.028)
    assert "in 10 of 20 epochs" in state.describe()


def row(epoch, accuracy=0.5):
    return {
        "epoch": epoch,
        "learning_rate": 0.001,
        "train_loss": 2.0 / epoch,
        "val_loss": 2.1 / epoch,
        "val_accuracy": accuracy,
        "seconds": 1.0,
    }


def test_live_curves_take_each_epoch_once():
    live = widgets.LiveTraining(epochs=3, chance=1 / 7)
    assert live.state.describe() == "waiting for the first epoch"
    empty = live.image.value
    for epoch in (1, 2, 2, 3):
        live(row(epoch, 0.2 * epoch))
    assert sorted(live.state.rows) == [1, 2, 3]
    assert "epoch 3 of 3" in live.state.describe() and "60.0%" in live.state.describe()
    assert live.image.value != empty
    assert len(live.state.axes[0].lines) == 2


VIEWS = {
    "theta": lambda some: widgets.ThetaExplorer(widgets.ThetaState.of_face(some, 0)),
    "schedule": lambda some: widgets.ScheduleExplorer(widgets.ScheduleState()),
}


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_redraws_and_comes_back(name, some):
    view = VIEWS[name](some)
    start = view.image.value
    before = {field: control.value for field, control in view.controls.items()}
    for field, control in view.controls.items():
        kept = control.value
        control.value = control.options[0] if hasattr(control, "options") else control.max
        assert getattr(view.state, field) == control.value
        if control.value != kept:
            assert view.image.value != start, field
        control.value = kept
        assert view.image.value == start
    assert view.walk() >= 2 * len(view.controls)
    assert {field: control.value for field, control in view.controls.items()} == before
    assert view.image.value == start


@pytest.mark.parametrize("name", VIEWS)
def test_a_saved_notebook_keeps_a_picture_of_the_explorer(name, some):
    data = VIEWS[name](some)._repr_mimebundle_()
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert "0x" not in data["text/plain"]
