"""θ in pixels against OpenCV, which counts in pixels and knows nothing of -1..1.

OpenCV's warps round each place to 1/32 of a pixel, so places and pictures are chosen to lie on that raster, or the
tolerance allows for it.
"""

import pytest
import torch

from fer_edu import geometry as g

cv2 = pytest.importorskip("cv2", reason="needs OpenCV: pip install opencv-python-headless")

FLAGS = pytest.mark.parametrize("align_corners", [False, True])


def smooth_picture(height=40, width=56):
    """A picture that hardly changes within 1/32 of a pixel."""
    y, x = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)), indexing="ij")
    return ((x / 7).sin() + (y / 9).cos() + 2) / 4


@FLAGS
@pytest.mark.parametrize("out_size", [(40, 56), (25, 31)])
def test_pixel_matrix_is_what_warp_affine_wants(align_corners, out_size):
    picture = smooth_picture()
    theta = g.build_theta(25, torch.tensor([[0.7, 0.9]]), 0.2, (0.1, -0.15))
    matrix = g.pixel_matrix(theta, picture.shape, out_size, align_corners)[0, :2].double().numpy()
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(picture.numpy(), matrix, out_size[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    grid = g.affine_grid(theta, (1, 1, *out_size), align_corners)
    found = g.bilinear_sample(picture[None, None], grid, align_corners, "border")[0, 0]
    assert (found - torch.from_numpy(expected)).abs().max() < 0.01


@FLAGS
def test_the_other_direction_is_opencvs_default(align_corners):
    """Without WARP_INVERSE_MAP OpenCV takes input to output, the opposite of θ."""
    picture = smooth_picture()
    theta = g.build_theta(-15, 0.8, 0.0, (0.2, 0.1))
    forward = torch.linalg.inv(g.pixel_matrix(theta, picture.shape, picture.shape, align_corners)[0].double())
    expected = cv2.warpAffine(picture.numpy(), forward[:2].numpy(), (56, 40), borderMode=cv2.BORDER_REPLICATE)
    grid = g.affine_grid(theta, (1, 1, 40, 56), align_corners)
    found = g.bilinear_sample(picture[None, None], grid, align_corners, "border")[0, 0]
    assert (found - torch.from_numpy(expected)).abs().max() < 0.01


@pytest.mark.parametrize(
    ("padding", "align_corners", "border"),
    [
        ("zeros", False, cv2.BORDER_CONSTANT),
        ("border", False, cv2.BORDER_REPLICATE),
        ("reflection", False, cv2.BORDER_REFLECT),
        ("reflection", True, cv2.BORDER_REFLECT_101),
    ],
)
def test_paddings_are_opencvs_borders(padding, align_corners, border):
    """On quarter pixels, which both can name exactly, of a picture of random pixels."""
    picture = torch.rand(5, 7, generator=torch.Generator().manual_seed(0))
    y, x = torch.meshgrid(torch.arange(-3.0, 8, 0.25), torch.arange(-4.0, 10, 0.25), indexing="ij")
    expected = cv2.remap(picture.numpy(), x.numpy(), y.numpy(), cv2.INTER_LINEAR, borderMode=border, borderValue=0)
    grid = torch.stack([g.to_normalised(x, 7, align_corners), g.to_normalised(y, 5, align_corners)], -1)[None]
    found = g.bilinear_sample(picture[None, None], grid, align_corners, padding)[0, 0]
    torch.testing.assert_close(found, torch.from_numpy(expected), atol=1e-5, rtol=0)


def test_enlarging_is_opencvs_resize():
    """align_corners=False is how a picture is resized."""
    picture = smooth_picture(12, 10)
    expected = cv2.resize(picture.numpy(), (25, 36), interpolation=cv2.INTER_LINEAR)
    grid = g.affine_grid(g.identity_theta(), (1, 1, 36, 25))
    found = g.bilinear_sample(picture[None, None], grid, padding_mode="border")[0, 0]
    torch.testing.assert_close(found, torch.from_numpy(expected), atol=1e-5, rtol=0)
