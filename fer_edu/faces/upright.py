"""The faces of a set as an ideal transformer would show them."""

from dataclasses import replace

import torch

from ..errors import DataError
from ..geometry import affine_grid, bilinear_sample, invert


def upright(faces):
    """Return a `FaceSet` of the same faces seen through the looks that undo their true poses.

    faces: a FaceSet with truth. Each picture is sampled once (bilinear, the border repeats), so it is a little softer
    than the original; its truth is left as it is. Raises DataError where the poses are not known.
    """
    if faces.truth is None:
        raise DataError("expected faces whose pose is known, found a set without truth: load the set faces.")
    grid = affine_grid(invert(faces.truth.theta), faces.images.shape)
    seen = bilinear_sample(faces.images.float(), grid, padding_mode="border")
    return replace(faces, images=seen.round().to(torch.uint8))
