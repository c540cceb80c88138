"""What the θ explorer says is what the library computes, and no control breaks it."""

import io

import pytest
import torch
from PIL import Image

pytest.importorskip("anywidget")

from fer_edu import faces, geometry, plots, widgets
from fer_edu.errors import DataError


@pytest.fixture(scope="module")
def some():
    return faces.sample(6, seed=1)


def opened(png):
    return Image.open(io.BytesIO(png))


def test_an_unmoved_look_sees_the_picture_itself(some):
    for flag in (False, True):
        state = widgets.ThetaState(some.images[0], align_corners=flag)
        torch.testing.assert_close(state.theta, geometry.identity_theta()[0])
        assert torch.equal(state.unwarped, some.images[0])
        assert state.error is None


def test_the_truths_look_sees_what_torch_sees_there(some):
    for k in range(len(some)):
        state = widgets.ThetaState.of_face(some, k)
        state.parts = state.solve()
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
    for k in range(3):
        state = widgets.ThetaState((posed[k] * 255).to(torch.uint8), truth=geometry.invert(pose)[k])
        before = (posed[k] - upright[k]).abs().mean()
        state.parts = state.solve()
        assert state.rotation == pytest.approx(20, abs=1e-3)
        after = (state.unwarped / 255 - upright[k])[:, 8:40, 8:40].abs().mean()
        assert after < 0.4 * before


def test_error_is_how_far_the_corner_pixels_look_from_the_truth(some):
    state = widgets.ThetaState(some.images[0], truth=geometry.identity_theta()[0])
    assert state.error == pytest.approx(0, abs=1e-6)
    state.shift_x = 0.5  # 12 of 48 pixels
    assert state.error == pytest.approx(12, abs=1e-4)
    state.shift_x, state.align_corners = 0.0, True  # the identity is the identity under both flags
    assert state.error == pytest.approx(0, abs=1e-6)
    state.scale_x = state.scale_y = 0.5
    # Every corner pixel, 23.5 from the middle along both axes, comes half as near.
    assert state.error == pytest.approx(23.5 / 2 * 2**0.5, abs=1e-4)


def test_parts_and_numbers_are_one_theta(some):
    state = widgets.ThetaState(some.images[0], rotation=30, scale_x=0.8, shear=0.2, shift_y=-0.3)
    parts = state.parts
    assert parts == pytest.approx(
        {"rotation": 30, "scale_x": 0.8, "scale_y": 1, "shear": 0.2, "shift_x": 0, "shift_y": -0.3}
    )
    state.theta = [[-1, 0, 0], [0, 1, 0.25]]
    mirrored = state.parts
    assert mirrored["scale_y"] == pytest.approx(-1) and mirrored["shift_y"] == 0.25
    state.scale_x = 2.0
    torch.testing.assert_close(state.theta, torch.tensor([[-2.0, 0, 0], [0, 1, 0.25]]), rtol=0, atol=1e-6)


def test_a_flat_theta_keeps_its_six_numbers(some):
    state = widgets.ThetaState(some.images[0])
    state.theta = [[1.0, 2.0, 0.0], [0.5, 1.0, 0.0]]
    with pytest.raises(ValueError, match="keeps an area"):
        _ = state.rotation
    assert (
        state.describe().startswith("θ = [[1.00, 2.00, 0.00]") and state.png() and state.unwarped.shape == (1, 48, 48)
    )


def test_the_padding_fills_what_lies_outside(some):
    state = widgets.ThetaState(some.images[0], shift_x=2.0)  # the whole look lies beside the picture
    edge = some.images[0][:, :, -1:]
    assert torch.equal(state.unwarped, edge.expand(1, 48, 48))
    state.padding_mode = "zeros"
    assert not state.unwarped.any()
    state.padding_mode = "reflection"
    assert torch.equal(state.unwarped, some.images[0].flip(2))


def test_what_cannot_be_is_refused(some):
    with pytest.raises(DataError, match="uint8"):
        widgets.ThetaState(some.images[0].float())
    state = widgets.ThetaState(some.images[0])
    with pytest.raises(DataError, match="found 'wrap'"):
        state.update({"padding_mode": "wrap", "align_corners": True})
    assert not state.align_corners


def test_the_picture_shows_the_look(some):
    state = widgets.ThetaState(some.images[0], scale_x=0.8, scale_y=0.8)
    before = opened(state.png())
    colour = tuple(int(plots.LOOK[k : k + 2], 16) for k in (1, 3, 5))
    assert colour in {pixel for _, pixel in before.getcolors(1 << 20)}
    torch.testing.assert_close(state.corners().float(), plots.corners(state.theta))
    state.rotation = 30
    assert opened(state.png()).tobytes() != before.tobytes()


@pytest.mark.parametrize("numbers, fewest", [(True, 18), (False, 14)])
def test_the_walk_visits_every_slider_and_comes_back(some, numbers, fewest):
    view = widgets.ThetaExplorer(widgets.ThetaState.of_face(some, 0, rotation=10), numbers=numbers)
    start = view.values
    assert view.walk() >= fewest
    assert view.values == start == view.state.values


def test_controls_set_the_state_and_the_state_sets_the_controls(some):
    view = widgets.ThetaExplorer(widgets.ThetaState(some.images[0]))
    view.values = view.values | {"theta": [[0, -1, 0], [1, 0, 0]], "align_corners": True}
    assert view.state.rotation == pytest.approx(90) and view.state.align_corners
    view.state.shift_x, view.state.image = 0.25, some.images[1]
    view.redraw()
    assert view.values["theta"][0] == pytest.approx([0, -1, 0.25])
    assert view.content["image"] == some.images[1][0].tolist()


def test_a_saved_notebook_keeps_a_picture_of_the_explorer(some):
    data = widgets.ThetaExplorer(widgets.ThetaState.of_face(some, 0))._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"].startswith("ThetaExplorer: θ = [[1.00, 0.00, 0.00]")


def test_a_page_of_its_own_needs_nothing_else(some):
    page = widgets.ThetaExplorer(widgets.ThetaState.of_face(some, 0)).html()
    assert "function sampleThrough(" in page and '"truth": [[' in page
    assert "src=" not in page and "import " not in page.split("<script", 1)[1]
