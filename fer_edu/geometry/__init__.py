"""Chapters 2 and 3: affine grids and bilinear sampling, written out.

Convention, for everything in this folder
    image   [N, C, H, W], any float dtype
    theta   float32 [N, 2, 3], maps *output* (target) coordinates to *input* (source) coordinates, Eq. 2 of the paper
    grid    float32 [N, H_out, W_out, 2], for each output pixel the (x, y) where it looks in the input
    (x, y)  normalised: -1 is the left or top edge of the picture, +1 the right or bottom edge.
            align_corners=False (the default): the edges are the outer edges of the outermost pixels,
            so the centre of the first of n pixels lies at -1 + 1/n.
            align_corners=True: the edges are the centres of the outermost pixels.
    pixel   an index along a side: 0.0 is the first pixel's centre, n - 1 the last one's
"""

from .affine import (
    affine_grid,
    identity_theta,
    pixel_centres,
    target_points,
    theta_gradient,
    to_normalised,
    to_pixels,
)
from .derivatives import BilinearSample, bilinear_sample_by_hand
from .one_pixel import Neighbour, Step, step
from .sampling import PADDINGS, bilinear_sample, nearest_sample
from .theta import (
    ThetaParts,
    build_theta,
    compose,
    decompose_theta,
    fit_theta,
    invert,
    pixel_matrix,
    transform_points,
)

__all__ = [
    "PADDINGS",
    "BilinearSample",
    "Neighbour",
    "Step",
    "ThetaParts",
    "affine_grid",
    "bilinear_sample",
    "bilinear_sample_by_hand",
    "build_theta",
    "compose",
    "decompose_theta",
    "fit_theta",
    "identity_theta",
    "invert",
    "nearest_sample",
    "pixel_centres",
    "pixel_matrix",
    "step",
    "target_points",
    "theta_gradient",
    "to_normalised",
    "to_pixels",
    "transform_points",
]
