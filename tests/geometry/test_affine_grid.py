"""The grid against torch, against hand-computed points, and by its properties."""

import pytest
import torch
from torch.nn import functional as F

from fer_edu.geometry import affine_grid, identity_theta, pixel_centres, to_normalised, to_pixels


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("size", [(3, 1, 48, 48), (3, 2, 5, 7), (3, 1, 2, 4)])
def test_equals_torch(size, align_corners):
    theta = torch.randn(3, 2, 3, generator=torch.Generator().manual_seed(0))
    expected = F.affine_grid(theta, list(size), align_corners=align_corners)
    torch.testing.assert_close(affine_grid(theta, size, align_corners), expected, atol=1e-5, rtol=0)


def test_identity_of_five_pixels_begins_where_one_computes_it_by_hand():
    """The first of five pixels spans -1..-0.6, so its centre is -0.8; with align_corners=True it is -1."""
    grid = affine_grid(identity_theta(), (1, 1, 5, 5))
    assert grid[0, 0, :, 0].tolist() == pytest.approx([-0.8, -0.4, 0.0, 0.4, 0.8])
    assert grid[0, :, 0, 1].tolist() == pytest.approx([-0.8, -0.4, 0.0, 0.4, 0.8])
    assert affine_grid(identity_theta(), (1, 1, 5, 5), True)[0, 0, :, 0].tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]


def test_last_axis_is_x_then_y():
    """θ that shifts x by 0.5 leaves y alone."""
    theta = identity_theta()
    theta[0, 0, 2] = 0.5
    moved = affine_grid(theta, (1, 1, 4, 6)) - affine_grid(identity_theta(), (1, 1, 4, 6))
    assert torch.allclose(moved[..., 0], torch.tensor(0.5))
    assert torch.allclose(moved[..., 1], torch.tensor(0.0))


@pytest.mark.parametrize("align_corners", [False, True])
def test_pixel_centres_are_whole_pixels(align_corners):
    pixels = to_pixels(pixel_centres(48, align_corners), 48, align_corners)
    torch.testing.assert_close(pixels, torch.arange(48.0), atol=1e-4, rtol=0)


@pytest.mark.parametrize("align_corners", [False, True])
def test_to_normalised_turns_pixels_back(align_corners):
    pixels = torch.tensor([-0.5, 0.0, 3.25, 47.0])
    torch.testing.assert_close(to_pixels(to_normalised(pixels, 48, align_corners), 48, align_corners), pixels)
    assert to_normalised(-0.5, 48) == -1 and to_normalised(47, 48, True) == 1


def test_half_precision_theta_gives_a_float32_grid():
    theta = identity_theta().bfloat16()
    grid = affine_grid(theta, (1, 1, 48, 48))
    assert grid.dtype == torch.float32
    torch.testing.assert_close(grid, affine_grid(identity_theta(), (1, 1, 48, 48)))


def test_gradient_by_theta_is_the_target_coordinate():
    """x_s = a x_t + b y_t + c: the derivative by (a, b, c) is (x_t, y_t, 1)."""
    theta = identity_theta().requires_grad_()
    affine_grid(theta, (1, 1, 5, 5))[0, 1, 4, 0].backward()
    assert theta.grad[0, 0].tolist() == pytest.approx([0.8, -0.4, 1.0])
    assert theta.grad[0, 1].tolist() == [0.0, 0.0, 0.0]


def test_wrong_shape_says_what_was_expected():
    with pytest.raises(ValueError, match=r"expected theta of shape \[2, 2, 3\].*found \[2, 3\]"):
        affine_grid(torch.zeros(2, 3), (2, 1, 4, 4))
