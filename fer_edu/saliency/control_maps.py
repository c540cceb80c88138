"""Maps that never saw the network: what a method has to beat before its map says anything about the network.

Faces have their edges where the brows, the eyes and the mouth are, and so do most convincing maps.
"""

import torch
from torch.nn import functional as F

from ..errors import DataError

SOBEL = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))
"""Brightness on the right minus brightness on the left, smoothed along the column."""


def controls(images, seed=0):
    """Return name -> maps float32 [N, H, W] >= 0: "edges", "noise" and "centre", none of which knows the network.

    images: uint8 [N, 1, H, W], or float of this shape in 0..1. seed: of the noise.
    """
    return {"edges": edges(images), "noise": noise(images, seed), "centre": centre(images)}


def edges(images):
    """Return the length of each pixel's brightness gradient by Sobel's filters, float32 [N, H, W] >= 0.

    images: uint8 [N, 1, H, W], or float of this shape in 0..1; the border repeats. The unit is brightness (0 black,
    1 white) a pixel: a ramp that climbs by 0.1 a pixel gives 0.1. Raises DataError.
    """
    x = _brightness(images)
    right = torch.tensor(SOBEL)[None, None] / 8
    wide = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return torch.hypot(F.conv2d(wide, right), F.conv2d(wide, right.transpose(2, 3)))[:, 0]


def noise(images, seed=0):
    """Return maps of independent pixels, uniform in 0..1, float32 [N, H, W]: the same for the same seed."""
    n, _, height, width = _brightness(images).shape
    return torch.rand(n, height, width, generator=torch.Generator().manual_seed(seed))


def centre(images, deviation=0.25):
    """Return the same round hill in the middle of every picture, float32 [N, H, W], at most 1.

    deviation: of the Gaussian, as a share of the picture's side. Photographers put faces in the middle.
    """
    n, _, height, width = _brightness(images).shape
    down, right = (((torch.arange(side) + 0.5) / side - 0.5) / deviation for side in (height, width))
    return torch.exp(-(down[:, None].square() + right.square()) / 2).expand(n, height, width).clone()


def _brightness(images):
    """Return the pictures as float32 [N, 1, H, W] in 0..1 on the CPU; DataError where they are something else."""
    if images.dim() != 4 or images.shape[1] != 1:
        raise DataError(f"expected images as [N, 1, H, W], found {list(images.shape)}: give grey pictures.")
    images = images.detach().cpu()
    return images.float() / 255 if images.dtype == torch.uint8 else images.float()
