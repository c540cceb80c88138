"""Gradient play: θ goes downhill by steps of the stated length and un-warps faces; what it shows is what it does."""

import io
import itertools

import pytest
import torch
from PIL import Image
from scipy import ndimage
from torch.nn import functional

pytest.importorskip("ipywidgets")

from fer_edu import data, plots, widgets
from fer_edu.errors import DataError
from fer_edu.geometry import affine_grid, build_theta, identity_theta
from fer_edu.widgets.descent import blurred


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="test", size=8, seed=0).images


@pytest.fixture
def state(faces):
    return widgets.DescentState.turned(faces[3])


def descended(face, plan, theta=None):
    """Return the error after a plan of (blur, steps)."""
    state = widgets.DescentState.turned(face, rotation=20, shift=(0.1, -0.05), theta=theta)
    for blur, steps in plan:
        state.blur = blur
        for _ in range(steps):
            state.step()
    return state.error


def colours(png):
    return {pixel for _, pixel in Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 20)}


def rgb(colour):
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def test_loss_and_gradient_are_torchs(state):
    state.step()
    theta = state.theta.clone().requires_grad_()
    grid = functional.affine_grid(theta[None], (1, 1, 48, 48), align_corners=False)
    seen = functional.grid_sample(state.image[None], grid, padding_mode="border", align_corners=False)
    loss = functional.mse_loss(seen[0], state.target)
    loss.backward()
    assert state.loss == pytest.approx(loss.item(), rel=1e-5)
    torch.testing.assert_close(state.gradient, theta.grad, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("rate", [0.5, 3.0])
def test_a_step_moves_the_points_of_the_look_by_its_length(state, rate):
    state.rate = rate
    before = affine_grid(state.theta[None], (1, 1, 480, 480))  # fine enough to stand for the whole square
    state.step()
    moved = (affine_grid(state.theta[None], (1, 1, 480, 480)) - before) * 24  # half of 48 pixels
    assert moved.pow(2).sum(-1).mean().sqrt().item() == pytest.approx(rate, rel=1e-4)


def test_no_change_of_the_same_length_lowers_the_loss_more_at_first(state):
    lengths = torch.tensor([1 / 3, 1 / 3, 1.0])
    steepest = (state.gradient * state.change).sum()
    others = torch.randn(500, 2, 3, generator=torch.Generator().manual_seed(0))
    others *= ((state.change**2 * lengths).sum() / (others**2 * lengths).sum((1, 2), keepdim=True)).sqrt()
    assert steepest < 0
    assert (others * state.gradient).sum((1, 2)).min() > steepest


def test_a_step_that_raised_the_loss_halves_the_next_and_others_lengthen_it_again(state):
    lengths, losses = [state.length], [state.loss]
    for _ in range(20):
        state.step()
        lengths.append(state.length)
        losses.append(state.loss)
    rose = [after > before for before, after in itertools.pairwise(losses)]
    assert any(rose) and not all(rose)
    for k, up in enumerate(rose):
        wanted = lengths[k] / 2 if up else min(lengths[k] * 1.1, state.rate)
        assert lengths[k + 1] == pytest.approx(wanted)


def test_the_default_descent_un_warps_drawn_faces(faces):
    """Turned by 20 degrees and shifted by 0.1, without blur: 40 steps end about a pixel from the truth at most."""
    assert widgets.DescentState.turned(faces[0]).error > 7
    errors = sorted(descended(face, [(0.0, 40)]) for face in faces)
    assert errors[len(errors) // 2] < 0.3 and errors[-1] < 1.5


def test_from_too_far_away_a_descent_fails_unless_blur_widens_its_basin(faces):
    far = build_theta(shift=(-0.4, -0.4))[0]
    sharp = [descended(face, [(0.0, 80)], far) for face in faces]
    blurred_first = [descended(face, [(4.0, 40), (0.0, 40)], far) for face in faces]
    assert sum(error > 5 for error in sharp) >= 3
    assert max(blurred_first) < 1.5


def test_upside_down_is_too_far_even_with_blur(faces):
    assert descended(faces[0], [(4.0, 40), (0.0, 40)], build_theta(180)[0]) > 10


@pytest.mark.parametrize("pixels", [1, 2.0, 6])
def test_blur_is_a_gaussian_with_the_border_repeated(faces, pixels):
    picture = faces[:1].float() / 255
    expected = ndimage.gaussian_filter(picture[0, 0].double().numpy(), pixels, truncate=3, mode="nearest")
    torch.testing.assert_close(blurred(picture, pixels)[0, 0].double(), torch.tensor(expected), atol=1e-5, rtol=0)
    assert torch.equal(blurred(picture, 0), picture)


def test_blur_begins_a_new_history_at_the_present_look(state):
    for _ in range(3):
        state.step()
    theta = state.theta
    state.blur = 2.0
    assert state.history == [state.loss] and state.steps == 3 and torch.equal(state.theta, theta)
    assert state.length == state.rate


@pytest.mark.parametrize("blur", [0.0, 2.0])
def test_where_nothing_differs_nothing_moves(faces, blur):
    """There the gradient is rounding error, which a step of a fixed length would follow."""
    face = faces[0].float() / 255
    state = widgets.DescentState(face, face, blur=blur)
    state.step()
    assert torch.equal(state.theta, identity_theta()[0])
    assert state.length == 0 and rgb(plots.ORANGE) not in colours(state.png())


def test_without_a_gradient_nothing_moves():
    state = widgets.DescentState(torch.full((1, 8, 8), 0.2), torch.full((1, 8, 8), 0.5))
    state.step()
    assert torch.equal(state.theta, identity_theta()[0])
    assert state.loss == pytest.approx(0.09)


def test_the_picture_shows_the_look_and_its_arrows(state):
    found = colours(state.png())
    assert rgb(plots.LOOK) in found and rgb(plots.ORANGE) in found
    before = state.png()
    state.step()
    assert state.png() != before


def test_the_words_give_the_numbers(state):
    words = state.describe()
    assert words.startswith("After 0 steps: loss 0.01639, θ = [[1.00, 0.00, 0.00], [0.00, 1.00, 0.00]]; the next")
    assert "the next step is 1.50 pixels long" in words and f"{state.error:.1f} pixels from where" in words
    assert "-0.00," not in words


@pytest.mark.parametrize(
    ("image", "target"),
    [
        (torch.zeros(1, 8, 8, dtype=torch.uint8), torch.zeros(1, 8, 8)),
        (torch.zeros(1, 8, 8), torch.zeros(1, 9, 9)),
        (torch.zeros(8, 8), torch.zeros(8, 8)),
        (torch.zeros(3, 8, 8), torch.zeros(3, 8, 8)),
    ],
)
def test_pictures_of_another_kind_are_refused(image, target):
    with pytest.raises(DataError, match=r"^expected image and target as float \[1, H, W\], found"):
        widgets.DescentState(image, target)


@pytest.fixture
def view(state):
    view = widgets.GradientPlay(state)
    view.pause = 0
    return view


def press(view, name):
    """Press a button as a student does."""
    buttons = [child for box in view.children for child in getattr(box, "children", ()) if hasattr(child, "click")]
    next(button for button in buttons if button.description == name).click()


def test_buttons_step_descend_and_start_over(view):
    start = view.image.value
    press(view, "one step")
    assert view.state.steps == 1 and view.image.value != start
    press(view, "descend")
    assert 10 < view.state.steps <= 31 and view.state.error < 1
    assert "After" in view.words.value
    press(view, "start over")
    assert view.state.steps == 0 and view.image.value == start


def test_a_start_slider_moves_the_look_and_is_where_starting_over_goes(view):
    press(view, "one step")
    view.controls["rotation"].value = -30
    view.controls["shift_x"].value = 0.2
    expected = build_theta(-30, shift=(0.2, 0.0))[0]
    torch.testing.assert_close(view.state.theta, expected)
    press(view, "one step")
    press(view, "start over")
    torch.testing.assert_close(view.state.theta, expected)


def test_a_walk_moves_and_presses_everything_and_ends_at_the_start(view, monkeypatch):
    pressed = []
    for name, action in view.buttons.items():
        monkeypatch.setitem(view.buttons, name, lambda name=name, action=action: (pressed.append(name), action()))
    view.pause = 60  # a walk waits for nobody
    start, before = view.image.value, {name: control.value for name, control in view.controls.items()}
    drawn = view.walk()
    assert pressed == ["one step", "descend", "start over"]
    assert drawn > 2 * len(before) + 10
    assert {name: control.value for name, control in view.controls.items()} == before
    assert view.image.value == start and view.pause == 60


def test_a_descend_stops_where_steps_cannot_be_seen(view):
    press(view, "descend")
    press(view, "descend")
    assert view.state.length < 0.01 and view.state.steps < 60


def test_a_saved_notebook_keeps_a_picture_and_the_words(view):
    bundle = view._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(bundle)
    assert bundle["text/plain"].startswith("GradientPlay: After 0 steps")


def test_what_a_control_moves_is_computed_in_one_thread_and_training_keeps_its_own(view, monkeypatch):
    kept, seen = torch.get_num_threads(), []
    torch.set_num_threads(3)
    try:
        for name in ("start_over", "step", "png"):
            action = getattr(view.state, name)
            monkeypatch.setattr(
                view.state, name, lambda *args, action=action: (seen.append(torch.get_num_threads()), action(*args))[1]
            )
        view.controls["rotation"].value = 40
        press(view, "one step")
        assert seen == [1] * 4 and torch.get_num_threads() == 3
        monkeypatch.setattr(view.state, "png", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            view.redraw()
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(kept)
