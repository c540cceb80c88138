"""Milliseconds of sampling a batch: written out against torch's fused sampler, forwards and back.

python benchmarks/geometry.py
"""

import statistics
import time

import torch
from torch.nn import functional as F

from fer_edu.geometry import affine_grid, bilinear_sample


def milliseconds(sample, image, theta):
    times = []
    for _ in range(9):
        start = time.perf_counter()
        sample(image, theta).sum().backward()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[2:])


def main():
    ways = {
        "written out": lambda i, t: bilinear_sample(i, affine_grid(t, i.shape)),
        "fused": lambda i, t: F.grid_sample(
            i, F.affine_grid(t, list(i.shape), align_corners=False), align_corners=False
        ),
    }
    for shape in ((128, 1, 48, 48), (128, 16, 24, 24)):
        image = torch.rand(shape, requires_grad=True)
        theta = (torch.eye(2, 3) + 0.05 * torch.randn(shape[0], 2, 3)).requires_grad_()
        row = "  ".join(f"{name} {milliseconds(way, image, theta):6.1f} ms" for name, way in ways.items())
        print(f"{list(shape)}: {row}")


if __name__ == "__main__":
    main()
