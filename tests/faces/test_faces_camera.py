"""The camera: each step against another implementation, and noise that depends on seed and pixel alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter

from fer_edu.faces.nuisances.camera import Camera, draw_cameras, expose, grain

DIALS = SimpleNamespace(
    contrast=(0.6, 1.2),
    brightness=(-0.1, 0.1),
    noise=(0.0, 0.05),
    blur=(0.0, 1.0),
    low_resolution=0.5,
    resolutions=(24, 16, 12),
)


def cameras(n, seed=0):
    return draw_cameras(n, DIALS, torch.Generator().manual_seed(seed))


def plain(n, **values):
    still = Camera(torch.ones(n), *torch.zeros(3, n), torch.full((n,), 48), torch.arange(n))
    return still.replace(**{name: torch.full((n,), value) for name, value in values.items()})


def pictures(n, size=48):
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(1))


def test_a_plain_camera_changes_no_bit():
    images = pictures(5)
    assert torch.equal(expose(images, plain(5)), images)
    mixed = cameras(5)
    for name, value in (("contrast", 1), ("brightness", 0), ("noise", 0), ("blur", 0), ("resolution", 48)):
        getattr(mixed, name)[2] = value  # in company too
    before = images.clone()
    assert torch.equal(expose(images, mixed)[2], images[2]) and torch.equal(images, before)


@pytest.mark.parametrize("size, sigma", [(48, 0.4), (48, 1.0), (96, 0.7)])
def test_blur_is_scipys_gaussian_filter(size, sigma):
    images = pictures(2, size)
    pixels = sigma * size / 48
    reach = int(np.ceil(3 * pixels))
    wanted = [gaussian_filter(i[0].double().numpy(), pixels, mode="nearest", radius=reach) for i in images]
    assert np.abs(expose(images, plain(2, blur=sigma))[:, 0].numpy() - np.stack(wanted)).max() < 1e-6


@pytest.mark.parametrize("side", [24, 16, 12])
def test_low_resolution_is_the_mean_of_blocks_enlarged(side):
    images = pictures(3)
    small = images.numpy().reshape(3, 1, side, 48 // side, side, 48 // side).mean((3, 5))
    wanted = F.interpolate(torch.from_numpy(small), size=(48, 48), mode="bilinear", align_corners=False)
    assert (expose(images, plain(3, resolution=side)) - wanted).abs().max() < 1e-6


def test_contrast_turns_about_mid_grey_and_brightness_is_added():
    images = pictures(2)
    taken = expose(images, plain(2, contrast=0.5, brightness=0.1))
    assert (taken - (0.5 * (images - 0.5) + 0.6)).abs().max() < 1e-6
    assert expose(images, plain(2, contrast=3.0)).min() == 0


def test_grain_is_nearly_gaussian_and_neighbours_are_unrelated():
    noise = grain(torch.arange(400) * 7919, 48).double()
    assert abs(noise.mean()) < 0.005 and abs(noise.std() - 1) < 0.005
    assert abs((noise**4).mean() - 2.7) < 0.02 and noise.abs().max() < 3.46
    square = noise.view(400, 48, 48)
    for a, b in (
        (square[:, 1:], square[:, :-1]),
        (square[:, :, 1:], square[:, :, :-1]),
        (square[1:], square[:-1]),
    ):
        assert abs((a * b).mean()) < 0.005  # 921,600 pairs: 5 standard errors


def test_the_batch_and_the_threads_change_no_bit():
    images, camera = pictures(30), cameras(30)
    whole = expose(images, camera)
    for some in (slice(0, 1), slice(3, 10), torch.tensor([29, 4]), torch.arange(30) % 2 == 0):
        assert torch.equal(whole[some], expose(images[some], camera[some]))
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2 if threads == 1 else 1)
        assert torch.equal(whole, expose(images, camera))
    finally:
        torch.set_num_threads(threads)


def test_the_first_cameras_of_more_are_the_same():
    few, many = cameras(7), cameras(200)
    assert all(torch.equal(value, getattr(many, name)[:7]) for name, value in vars(few).items())
    assert len(few) == 7 and many.seed.unique().numel() == 200
    assert abs((many.resolution < 48).double().mean() - 0.5) < 0.15
    assert many.blur.max() <= 1 and many.contrast.min() >= 0.6
