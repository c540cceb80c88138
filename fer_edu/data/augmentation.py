"""Augmentation as one warp a batch, on whatever device the batch lies.

The paper names flips, small rotations and small distortions and gives no amounts; all three, and a shift, are affine,
so one θ a picture and one bilinear sampling do them together.
"""

import math
from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Augmentation:
    """The dials. Each is the largest change; a picture's own is drawn evenly from minus to plus that.

    flip: mirror half of the pictures. rotation: degrees. scale: share of the size (0.1: 0.9 to 1.1).
    shear: tangent of the angle, in x and in y ("small distortion"). shift: share of the picture's side.
    """

    flip: bool = True
    rotation: float = 10.0
    scale: float = 0.1
    shear: float = 0.05
    shift: float = 0.05


def random_theta(n, augmentation, generator=None, device=None):
    """Draw n transforms [n, 2, 3], float32, output -> input in normalised coordinates."""
    a = augmentation
    draw = torch.rand(n, 7, generator=generator, device=device) * 2 - 1  # one row a picture, each in -1..1
    angle = draw[:, 0] * math.radians(a.rotation)
    zoom = 1 / (1 + draw[:, 1] * a.scale)  # θ moves the looking: looking closer enlarges the face
    shear_x, shear_y = draw[:, 2] * a.shear, draw[:, 3] * a.shear
    mirror = torch.where(draw[:, 6] < 0, -1.0, 1.0) if a.flip else torch.ones_like(angle)
    cosine, sine = angle.cos() * zoom, angle.sin() * zoom
    rows = [
        mirror * (cosine - sine * shear_y), mirror * (cosine * shear_x - sine), draw[:, 4] * a.shift * 2,
        sine + cosine * shear_y, sine * shear_x + cosine, draw[:, 5] * a.shift * 2,
    ]  # fmt: skip
    return torch.stack(rows, dim=1).view(n, 2, 3)


def augment(images, augmentation, generator=None):
    """Warp a batch: float [N, 1, H, W] -> the same shape. What comes in from outside repeats the border."""
    theta = random_theta(len(images), augmentation, generator, images.device)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
