"""The explorers' JavaScript computes what fer_edu.geometry computes, and the stepper shows it."""

import json
import shutil
import subprocess

import pytest
import torch

pytest.importorskip("anywidget")

from fer_edu import geometry
from fer_edu.widgets.page import read

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="needs node: install Node.js")
LOOKINGS = [(align, padding) for align in (False, True) for padding in ("zeros", "border", "reflection")]


def node(script, given):
    """Return what `script`, below geometry.js, makes of `given`, which it finds under that name."""
    text = f"{read(('geometry.js',))}\nconst given = {json.dumps(given)};\nconst made = (() => {{{script}}})();"
    text += "\nconsole.log(JSON.stringify(made));"
    done = subprocess.run([NODE, "-"], input=text, capture_output=True, text=True, timeout=120)
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
