"""The derivatives by hand, against torch's sampler, against autograd, against finite differences."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from fer_edu import geometry as g

from .test_bilinear_sample import random_case

COMBINATIONS = list(itertools.product(g.PADDINGS, (False, True)))
combinations = pytest.mark.parametrize(("padding", "align_corners"), COMBINATIONS)


def gradients(sample, image, grid, weight):
    image, grid = image.clone().requires_grad_(), grid.clone().requires_grad_()
    (sample(image, grid) * weight).sum().backward()
    return image.grad, grid.grad


@combinations
@pytest.mark.parametrize("seed", range(5))
def test_by_hand_by_autograd_and_by_torch_agree(padding, align_corners, seed):
    image, grid = random_case(seed, torch.float64)
    weight = torch.rand(2, 3, 5, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    expected = gradients(
        lambda i, k: F.grid_sample(i, k, padding_mode=padding, align_corners=align_corners), image, grid * 2, weight
    )
    for ours in (g.bilinear_sample_by_hand, g.bilinear_sample):
        found = gradients(lambda i, k, ours=ours: ours(i, k, align_corners, padding), image, grid * 2, weight)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


@combinations
def test_on_pixel_centres_too(padding, align_corners):
    """The identity puts every point on a centre, where the slope has a jump: the same side is taken everywhere."""
    image, _ = random_case(dtype=torch.float64)
    grid = g.affine_grid(g.identity_theta(2, dtype=torch.float64), (2, 3, 4, 8), align_corners)
    # 4 x 8 points on exact pixels of a 4 x 8 picture, whose coordinates are exact binary fractions with False
    image = image[:, :, :4, :8].contiguous()
    if align_corners:
        grid = torch.stack(
            [g.to_normalised(torch.arange(n, dtype=torch.float64), n, True) for n in (5, 5)]
        )  # 5 pixels: -1, -0.5, 0, 0.5, 1 are exact
        grid = torch.stack(torch.meshgrid(*grid, indexing="xy"), -1)[None].expand(2, 5, 5, 2)
        image = torch.rand(2, 3, 5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weight = torch.rand(2, 3, *grid.shape[1:3], generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    expected = gradients(
        lambda i, k: F.grid_sample(i, k, padding_mode=padding, align_corners=align_corners), image, grid, weight
    )
    for ours in (g.bilinear_sample_by_hand, g.bilinear_sample):
        found = gradients(lambda i, k, ours=ours: ours(i, k, align_corners, padding), image, grid, weight)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)


@combinations
def test_finite_differences_agree_away_from_the_kinks(padding, align_corners):
    image, _ = random_case(dtype=torch.float64)
    draw = torch.Generator().manual_seed(0)
    share = 0.1 + 0.3 * torch.rand(2, 5, 4, 2, generator=draw, dtype=torch.float64)  # no whole and no half pixels
    pixel = torch.randint(-6, 14, share.shape, generator=draw) + share  # on and off the picture of 6 x 9
    grid = torch.stack([g.to_normalised(pixel[..., k], n, align_corners) for k, n in enumerate((9, 6))], -1)
    inputs = image.requires_grad_(), grid.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda i, k: g.bilinear_sample_by_hand(i, k, align_corners, padding), inputs, eps=1e-7, atol=1e-5
    )


@pytest.mark.parametrize("align_corners", [False, True])
def test_theta_gradient_is_autograds(align_corners):
    theta = torch.randn(2, 2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_()
    pull = torch.randn(2, 5, 4, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    (g.affine_grid(theta, (2, 1, 5, 4), align_corners) * pull).sum().backward()
    torch.testing.assert_close(g.theta_gradient(pull, align_corners), theta.grad)


def test_theta_gradient_against_finite_differences():
    image = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theta = torch.tensor([[[0.9, 0.1, 0.03], [-0.12, 1.1, 0.07]]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda t: g.bilinear_sample_by_hand(image, g.affine_grid(t, (1, 1, 8, 8)), padding_mode="border"), (theta,)
    )


def test_the_kink_at_a_pixel_centre():
    """Row 0, 1, 3: at the middle pixel the slope to the left is 1, to the right 2, and the sampler says 2."""
    row = torch.tensor([[[[0.0, 1.0, 3.0]]]], dtype=torch.float64)
    grid = torch.zeros(1, 1, 1, 2, dtype=torch.float64, requires_grad=True)
    g.bilinear_sample_by_hand(row, grid, align_corners=True).sum().backward()
    assert grid.grad[0, 0, 0, 0].item() == 2.0  # a pixel is a length of 1 here
    right = g.bilinear_sample(row, torch.tensor([[[[0.01, 0.0]]]], dtype=torch.float64), True).item() - 1
    left = 1 - g.bilinear_sample(row, torch.tensor([[[[-0.01, 0.0]]]], dtype=torch.float64), True).item()
    assert (left / 0.01, right / 0.01) == pytest.approx((1, 2))


def test_half_precision_pictures_get_their_own_kind_of_gradient():
    image, grid = random_case()
    half = image.half().requires_grad_()
    grid = grid.requires_grad_()
    g.bilinear_sample_by_hand(half, grid).float().sum().backward()
    assert half.grad.dtype == torch.float16 and grid.grad.dtype == torch.float32


def test_a_place_that_is_no_number_has_no_slope():
    grid = torch.tensor([[[[float("nan"), 0.0], [0.1, 0.2]]]], requires_grad=True)
    image = torch.ones(1, 1, 3, 3, requires_grad=True)
    g.bilinear_sample_by_hand(image, grid)[..., 1].sum().backward()
    assert image.grad.isfinite().all() and grid.grad[0, 0, 1].isfinite().all()
