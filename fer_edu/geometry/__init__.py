"""Chapters 2 and 3: affine grids and bilinear sampling, written out.

Convention, for everything in this folder
    image   [N, C, H, W], any float dtype
    theta   float32 [N, 2, 3], maps *output* (target) coordinates to *input* (source) coordinates, Eq. 2 of the paper
    grid    float32 [N, H_out, W_out, 2], for each output pixel the (x, y) where it looks in the input
    (x, y)  normalised: -1 is the left or top edge of the picture, +1 the right or bottom edge.
            align_corners=False (the default): the edges are the outer edges of the outermost pixels,
            so the centre of the first of n pixels lies at -1 + 1/n.
            align_corners=True: the edges are the centres of the outermost pixels.
"""

from .affine import affine_grid, identity_theta, pixel_centres, to_pixels
from .sampling import bilinear_sample

__all__ = ["affine_grid", "bilinear_sample", "identity_theta", "pixel_centres", "to_pixels"]
