"""The explorers' JavaScript computes what fer_edu.geometry computes, and the stepper shows it."""

import io
import json
import shutil
import subprocess

import pytest
import torch
from PIL import Image

pytest.importorskip("anywidget")

from fer_edu import geometry, widgets
from fer_edu.errors import DataError
from fer_edu.widgets import stepper
from fer_edu.widgets.page import read

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="needs node: install Node.js")
LOOKINGS = [(align, padding) for align in (False, True) for padding in ("zeros", "border", "reflection")]


def node(script, given):
    """Return what `script`, below geometry.js, makes of `given`, which it finds under that name."""
    text = f"{read(('geometry.js',))}\nconst given = {json.dumps(given)};\nconst made = (() => {{{script}}})();"
    text += "\nconsole.log(JSON.stringify(made));"
    done = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def thetas(n, seed=0):
    """Return looks float64 [n, 2, 3], the first the identity; many leave the picture, some by far."""
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(n, 2, 3, generator=generator, dtype=torch.float64)
    found[0] = geometry.identity_theta(1, dtype=torch.float64)[0]
    return found


def picture(height, width, seed=1):
    return torch.rand(height, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@needs_node
@pytest.mark.parametrize("align, padding", LOOKINGS)
def test_the_browser_sees_what_the_library_samples(align, padding):
    image, looks = picture(6, 5), thetas(24)
    found = node(
        """const image = {height: 6, width: 5, pixels: given.image.flat()};
        return given.looks.map(theta => [...sampleThrough(image, theta, {height: 4, width: 7}, given.looking)]);""",
        {"image": image.tolist(), "looks": looks.tolist(), "looking": {"align": align, "padding": padding}},
    )
    grid = geometry.affine_grid(looks, (len(looks), 1, 4, 7), align)
    seen = geometry.bilinear_sample(image.expand(len(looks), 1, 6, 5), grid, align, padding)
    torch.testing.assert_close(
        torch.tensor(found, dtype=torch.float64).view_as(seen), seen, rtol=0, atol=1e-6, check_dtype=True
    )


@needs_node
@pytest.mark.parametrize("align, padding", LOOKINGS)
def test_the_browser_steps_as_the_library_steps(align, padding):
    image, looks = picture(5, 6), thetas(40)
    places = [(k % 4, (3 * k) % 7) for k in range(len(looks))]
    found = node(
        """const image = {height: 5, width: 6, pixels: given.image.flat()};
        return given.looks.map((theta, k) =>
          stepThrough(image, theta, ...given.places[k], {height: 4, width: 7}, given.looking));""",
        {
            "image": image.tolist(),
            "looks": looks.tolist(),
            "places": places,
            "looking": {"align": align, "padding": padding},
        },
    )
    for got, theta, (row, column) in zip(found, looks, places, strict=True):
        expected = geometry.step(image, theta, row, column, (4, 7), align, padding)
        for name in ("target", "source", "pixel", "looked_up", "value", "by_x", "by_y", "by_source"):
            assert got[name] == pytest.approx(getattr(expected, name), abs=1e-6), name
        for row_found, row_expected in zip(got["by_theta"], expected.by_theta, strict=True):
            assert row_found == pytest.approx(row_expected, abs=1e-6)
        for one, other in zip(got["neighbours"], expected.neighbours, strict=True):
            assert (one["row"], one["column"], one["inside"]) == (other.row, other.column, other.inside)
            assert (one["value"], one["weight"]) == pytest.approx((other.value, other.weight), abs=1e-6)


@needs_node
def test_the_browser_takes_theta_apart_as_the_library_does():
    looks = thetas(30)
    found = node(
        "return given.map(theta => [decomposeTheta(theta), buildTheta(decomposeTheta(theta))]);", looks.tolist()
    )
    parts = geometry.decompose_theta(looks)
    assert (parts.scale[:, 1] < 0).any()  # mirrored ones are among them
    for k, (got, built) in enumerate(found):
        expected = [parts.rotation[k], *parts.scale[k], parts.shear[k], *parts.shift[k]]
        assert list(got.values()) == pytest.approx([value.item() for value in expected], abs=1e-6)
        torch.testing.assert_close(torch.tensor(built, dtype=torch.float64), looks[k], rtol=0, atol=1e-9)


@needs_node
def test_a_flat_theta_has_no_parts():
    flat = [[[0, 0, 0.3], [0, 0, 0]], [[1, 2, 0], [2, 4, 0]], [[0, 1, 0], [0, 1, 0]]]
    assert node("return given.map(decomposeTheta);", flat) == [None, None, None]


def test_the_state_steps_as_geometry_does():
    state = widgets.StepperState(picture(8, 8), row=2, column=3, padding_mode="border", align_corners=True)
    assert state.step == geometry.step(state.image, state.theta, 2, 3, None, True, "border")
    assert state.describe().endswith(state.step.describe())
    state.update({"row": 7, "align_corners": False})
    assert state.step == geometry.step(state.image, state.theta, 7, 3, None, False, "border")


def test_the_face_of_six_pixels_can_be_calculated_on_paper():
    """Half a pixel to the right of the middle of four: the mean of two columns, and differences by hand."""
    state = widgets.StepperState(theta=[[1.0, 0.0, 1 / 6], [0.0, 1.0, 0.0]], row=1, column=1)
    assert state.step.pixel == pytest.approx((1.5, 1.0))
    assert state.step.value == pytest.approx((8 + 4) / 2)
    assert state.step.by_x == pytest.approx(4 - 8)
    assert state.step.by_theta[0] == pytest.approx((-12 * -0.5, -12 * -0.5, -12))  # 3 pixels a unit, (x_t, y_t) = -½


def test_what_cannot_be_is_refused_and_nothing_is_set():
    state = widgets.StepperState()
    before = state.values
    for values, words in (
        ({"row": 6}, "found row 6, column 4"),
        ({"padding_mode": "wrap", "row": 0}, "found 'wrap'"),
        ({"theta": [1.0, 0.0, 0.0], "row": 0}, r"found \[3\]"),
    ):
        with pytest.raises(DataError, match=words):
            state.update(values)
    assert state.values == before
    with pytest.raises(DataError, match="at most 48 pixels"):
        widgets.StepperState(torch.zeros(1, 64, 64))


def test_the_picture_marks_the_four_neighbours():
    before = widgets.StepperState().png()
    shown = Image.open(io.BytesIO(before)).convert("RGB")
    found = {pixel for _, pixel in shown.getcolors(1 << 20)}
    for colour in stepper.COLOURS:
        assert tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5)) in found
    assert widgets.StepperState(column=3).png() != before
    assert widgets.StepperState(picture(48, 48), row=0, column=0, padding_mode="border").png()


@pytest.mark.parametrize("theta", [None, [[1.0, 2.0, 0.0], [0.5, 1.0, 0.0]]], ids=["usual", "flat"])
def test_the_walk_visits_every_control_and_comes_back(theta):
    view = widgets.SamplingStepper(widgets.StepperState(theta=theta, row=2))
    start = view.values
    assert view.walk() >= 12
    assert view.values == start == view.state.values


def test_controls_set_the_state_and_the_state_sets_the_controls():
    view = widgets.SamplingStepper()
    view.values = view.values | {"row": 0, "column": 5, "padding_mode": "reflection"}
    assert (view.state.row, view.state.column, view.state.padding_mode) == (0, 5, "reflection")
    view.state.theta[0, 2] = 0.5
    view.redraw()
    assert view.values["theta"][0][2] == 0.5


def test_a_saved_notebook_keeps_a_picture_of_the_stepper():
    data = widgets.SamplingStepper()._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"].startswith("SamplingStepper: output pixel (row 1, column 4)\ntarget")


def test_a_page_of_its_own_needs_nothing_else():
    page = widgets.SamplingStepper().html()
    assert "function stepThrough(" in page and '"padding_mode": "zeros"' in page
    assert "src=" not in page and "import " not in page.split("<script", 1)[1]
