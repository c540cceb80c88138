"""The sampler against torch, against Eq. 3 as written, and against finite differences."""

import pytest
import torch
from scipy.ndimage import map_coordinates
from torch.nn import functional as F

from fer_edu.geometry import (
    PADDINGS,
    affine_grid,
    bilinear_sample,
    build_theta,
    identity_theta,
    nearest_sample,
    to_pixels,
)


def random_case(seed=0, dtype=torch.float32):
    """A picture and a grid that leaves it on all sides."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand(2, 3, 6, 9, generator=generator, dtype=dtype)
    grid = torch.rand(2, 5, 4, 2, generator=generator, dtype=dtype) * 3 - 1.5
    return image, grid


@pytest.mark.parametrize(("sample", "mode"), [(bilinear_sample, "bilinear"), (nearest_sample, "nearest")])
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("align_corners", [False, True])
def test_value_equals_torch(sample, mode, padding, align_corners):
    """The gradients are compared in test_derivatives."""
    for seed in range(5):
        image, grid = random_case(seed)
        grid = grid * 2  # reflected more than once
        expected = F.grid_sample(image, grid, mode, padding, align_corners)
        torch.testing.assert_close(sample(image, grid, align_corners, padding), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("padding", "align_corners", "mode"),
    [
        ("zeros", False, "grid-constant"),
        ("zeros", True, "grid-constant"),
        ("border", False, "nearest"),
        ("border", True, "nearest"),
        ("reflection", False, "reflect"),
        ("reflection", True, "mirror"),
    ],
)
def test_value_equals_scipys_at_the_same_pixels(padding, align_corners, mode):
    """scipy counts in pixels, (row, column), and knows nothing of -1..1."""
    image, grid = random_case(dtype=torch.float64)
    at = [to_pixels(grid[0, ..., k], n, align_corners).numpy() for k, n in ((1, 6), (0, 9))]
    for sample, order in ((bilinear_sample, 1), (nearest_sample, 0)):
        found = sample(image, grid, align_corners, padding)[0, 1]
        expected = map_coordinates(image[0, 1].numpy(), at, order=order, mode=mode)
        torch.testing.assert_close(found, torch.from_numpy(expected))


def test_a_half_precision_picture_is_looked_at_through_a_float32_grid():
    image, _ = random_case()
    theta = build_theta(20, 0.9)
    expected = bilinear_sample(image, affine_grid(theta.expand(2, 2, 3), image.shape))
    for dtype in (torch.float16, torch.bfloat16):
        seen = bilinear_sample(image.to(dtype), affine_grid(theta.expand(2, 2, 3), image.shape))
        assert seen.dtype == dtype
        assert (seen.float() - expected).abs().max() < 2 * torch.finfo(dtype).eps
    coarse = bilinear_sample(image, affine_grid(theta.expand(2, 2, 3), image.shape).bfloat16())
    assert coarse.dtype == torch.float32  # what the grid has lost is lost, but the arithmetic loses no more


def test_nearest_has_no_slope_to_learn_from():
    image, grid = random_case()
    grid = grid.requires_grad_()
    value = nearest_sample(image.requires_grad_(), grid)
    value.sum().backward()
    assert grid.grad is None or grid.grad.abs().max() == 0
    assert image.grad.sum() > 0


@pytest.mark.parametrize("align_corners", [False, True])
def test_equals_equation_3_summed_over_all_pixels(align_corners):
    image, grid = random_case()
    x, y = to_pixels(grid[..., 0], 9, align_corners), to_pixels(grid[..., 1], 6, align_corners)
    weight_x = (1 - (x[..., None] - torch.arange(9.0)).abs()).clamp(min=0)  # [N, h, w, W]
    weight_y = (1 - (y[..., None] - torch.arange(6.0)).abs()).clamp(min=0)
    expected = torch.einsum("nchw,nijh,nijw->ncij", image, weight_y, weight_x)
    torch.testing.assert_close(bilinear_sample(image, grid, align_corners), expected, atol=1e-5, rtol=0)


def test_gradients_agree_with_finite_differences():
    """Random points miss the pixel centres, where the slope jumps and no derivative exists."""
    image, grid = random_case(dtype=torch.float64)
    assert torch.autograd.gradcheck(bilinear_sample, (image.requires_grad_(), grid.requires_grad_()))


def test_gradient_reaches_theta():
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theta = torch.tensor([[[0.9, 0.1, 0.03], [-0.12, 1.1, 0.07]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: bilinear_sample(image, affine_grid(t, (1, 1, 8, 8))), (theta,))


def test_halfway_between_two_pixels_is_their_mean():
    image = torch.tensor([[[[2.0, 6.0]]]])
    assert bilinear_sample(image, torch.zeros(1, 1, 1, 2)).item() == 4.0


def test_identity_grid_returns_the_picture():
    image, _ = random_case()
    torch.testing.assert_close(bilinear_sample(image, affine_grid(identity_theta(2), image.shape)), image)


def test_mixed_flags_are_not_the_identity():
    """A grid made with one flag and sampled with the other: the case that puzzles people in forums."""
    image = torch.arange(9.0).view(1, 1, 3, 3)
    grid = affine_grid(identity_theta(), image.shape, align_corners=True)
    expected = torch.tensor([[0, 0.5, 0.5], [1.5, 4, 2.5], [1.5, 3.5, 2]])
    torch.testing.assert_close(bilinear_sample(image, grid, align_corners=False)[0, 0], expected)


def test_nowhere_and_infinity_do_not_crash():
    grid = torch.tensor([[[[float("nan"), 0.0], [float("inf"), 0.0]]]])
    assert bilinear_sample(torch.ones(1, 1, 3, 3), grid).shape == (1, 1, 1, 2)


@pytest.mark.parametrize(
    ("image", "grid", "padding", "sentence"),
    [
        (torch.zeros(3, 3), torch.zeros(1, 1, 1, 2), "zeros", "expected image"),
        (torch.zeros(2, 1, 3, 3), torch.zeros(1, 1, 1, 2), "zeros", "with the same N"),
        (torch.zeros(1, 1, 3, 3), torch.zeros(1, 1, 1, 2), "wrap", "found 'wrap'"),
    ],
)
def test_bad_input_is_named(image, grid, padding, sentence):
    with pytest.raises(ValueError, match=sentence):
        bilinear_sample(image, grid, padding_mode=padding)
