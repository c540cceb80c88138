"""Maps that never saw a network: Sobel's against SciPy's."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from fer_edu.errors import DataError
from fer_edu.saliency import centre, controls, edges, noise

IMAGES = torch.randint(0, 256, (2, 1, 48, 48), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_edges_are_scipys_sobel():
    for picture, found in zip(IMAGES[:, 0].numpy() / 255, edges(IMAGES), strict=True):
        expected = np.hypot(*(ndimage.sobel(picture, axis, mode="nearest") for axis in (0, 1))) / 8
        assert np.allclose(found, expected, atol=1e-6)


def test_a_ramp_has_its_slope_and_a_constant_picture_no_edges():
    ramp = (torch.arange(8) * 0.1).expand(1, 1, 8, 8)
    assert torch.allclose(edges(ramp)[0, :, 1:-1], torch.tensor(0.1))
    assert edges(torch.full((1, 1, 8, 8), 0.4)).abs().max() < 1e-6


def test_bytes_and_floats_give_the_same_edges():
    assert torch.equal(edges(IMAGES), edges(IMAGES.float() / 255))


def test_noise_depends_on_its_seed_alone():
    assert torch.equal(noise(IMAGES, 3), noise(IMAGES.flip(0), 3))
    assert not torch.equal(noise(IMAGES, 3), noise(IMAGES, 4))
    assert not torch.equal(noise(IMAGES)[0], noise(IMAGES)[1])


def test_the_centre_is_a_gaussian_of_a_quarter_of_the_side():
    hill = centre(IMAGES)[0]
    assert torch.allclose(hill, hill.flip(0)) and torch.allclose(hill, hill.T)
    # 12 pixels, one deviation, from the middle, which lies between pixels 23 and 24.
    assert (hill[24, 35] * hill[24, 36]).sqrt().item() == pytest.approx(np.exp(-0.5), rel=0.01)


def test_controls_know_three_kinds_and_none_is_negative():
    found = controls(IMAGES)
    assert list(found) == ["edges", "noise", "centre"]
    assert all(maps.shape == (2, 48, 48) and maps.min() >= 0 for maps in found.values())


def test_coloured_pictures_are_refused():
    with pytest.raises(DataError, match=r"images as \[N, 1, H, W\], found \[2, 3, 8, 8\]"):
        edges(torch.zeros(2, 3, 8, 8))
