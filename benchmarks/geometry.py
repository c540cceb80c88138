"""The written-out sampler against torch's and against Eq. 3 as written: how far off, and how long.

python benchmarks/geometry.py

First table: largest deviation of value, ∂L/∂image and ∂L/∂grid from torch's grid_sample, in double precision, for every
mode, padding and meaning of align_corners; the grid leaves the picture, and is reflected more than once. "by hand" is
the autograd.Function; Eq. 3 knows no padding but zeros. Second table: milliseconds of a batch, forward and with
the way back, median of seven; Eq. 3 takes one picture only, since it holds a weight for every pair of pixels.
"""

import itertools
import statistics
import time

import torch
from torch.nn import functional as F

from fer_edu.geometry import (
    PADDINGS,
    affine_grid,
    bilinear_sample,
    bilinear_sample_by_hand,
    build_theta,
    nearest_sample,
    to_pixels,
)


def eq3(image, grid, align_corners=False, padding_mode="zeros"):
    """Eq. 3 as written: a sum over all pixels, each with its weight."""
    height, width = image.shape[2:]
    x, y = to_pixels(grid[..., 0], width, align_corners), to_pixels(grid[..., 1], height, align_corners)
    weight_x = torch.relu(1 - (x[..., None] - torch.arange(width)).abs())
    weight_y = torch.relu(1 - (y[..., None] - torch.arange(height)).abs())
    return (image[:, :, None, None] * (weight_y[..., :, None] * weight_x[..., None, :])[:, None]).sum((-2, -1))


def value_and_gradients(sample, image, grid):
    """Return the value and the gradients by image and grid of a loss that weighs every output pixel differently."""
    image, grid = image.clone().requires_grad_(), grid.clone().requires_grad_()
    value = sample(image, grid)
    loss = (value * torch.linspace(0, 1, value.numel(), dtype=value.dtype).view_as(value)).sum()
    return value.detach(), *torch.autograd.grad(loss, (image, grid), allow_unused=True, materialize_grads=True)


def deviations(ours, mode, padding, flag, cases=20):
    """Return the three largest deviations from torch over random cases."""
    worst = [0.0] * 3
    for seed in range(cases):
        draw = torch.Generator().manual_seed(seed)
        image = torch.rand(2, 3, 6, 9, generator=draw, dtype=torch.float64)
        grid = torch.rand(2, 5, 4, 2, generator=draw, dtype=torch.float64) * 6 - 3
        found = value_and_gradients(lambda i, g: ours(i, g, flag, padding), image, grid)
        expected = value_and_gradients(
            lambda i, g: F.grid_sample(i, g, mode=mode, padding_mode=padding, align_corners=flag), image, grid
        )
        worst = [max(old, (a - b).abs().max().item()) for old, a, b in zip(worst, found, expected, strict=True)]
    return worst


def milliseconds(sample, image, theta):
    """Return (forward, forward and back), medians of seven after two to warm up."""
    ahead, both = [], []
    for _ in range(9):
        grid = affine_grid(theta, image.shape)
        start = time.perf_counter()
        value = sample(image, grid)
        ahead.append((time.perf_counter() - start) * 1000)
        value.sum().backward()
        both.append((time.perf_counter() - start) * 1000)
    return statistics.median(ahead[2:]), statistics.median(both[2:])


def main():
    print(f"{'sampler':24} {'padding':11} {'align_corners':13} {'value':>9} {'∂L/∂image':>10} {'∂L/∂grid':>9}")
    samplers = (
        ("bilinear", "bilinear", bilinear_sample),
        ("bilinear, by hand", "bilinear", bilinear_sample_by_hand),
        ("nearest", "nearest", nearest_sample),
        ("Eq. 3 as written", "bilinear", eq3),
    )
    for (name, mode, sample), padding, flag in itertools.product(samplers, PADDINGS, (False, True)):
        if sample is eq3 and padding != "zeros":
            continue
        value, by_image, by_grid = deviations(sample, mode, padding, flag)
        print(f"{name:24} {padding:11} {flag!s:13} {value:9.1e} {by_image:10.1e} {by_grid:9.1e}")

    print(f"\n{'sampler':24} {'pictures':20} {'forward':>11} {'and back':>12}")
    ways = (
        ("written out", bilinear_sample),
        ("written out, by hand", bilinear_sample_by_hand),
        ("torch's grid_sample", lambda i, g: F.grid_sample(i, g, align_corners=False)),
        ("Eq. 3 as written", eq3),
    )
    for shape, (name, way) in itertools.product(((1, 1, 48, 48), (128, 1, 48, 48), (128, 16, 24, 24)), ways):
        if way is eq3 and shape[0] > 1:
            continue
        draw = torch.Generator().manual_seed(0)
        image = torch.rand(shape, generator=draw, requires_grad=True)
        theta = (build_theta(10.0, 0.9) + 0.05 * torch.randn(shape[0], 2, 3, generator=draw)).requires_grad_()
        forward, both = milliseconds(way, image, theta)
        print(f"{name:24} {list(shape)!s:20} {forward:8.2f} ms {both:9.2f} ms")


if __name__ == "__main__":
    main()
