"""θ by its meanings: build it, take it apart, chain it, turn it round, find it from points.

θ moves the *looking*, so each number describes the look, not the face: a look with sides of 0.5 sees a quarter of the
picture, and what it sees is shown twice as large.
"""

import math
from typing import NamedTuple

import torch

from .affine import HALF, to_pixels


class ThetaParts(NamedTuple):
    """What θ does, each [n, ...] in θ's dtype; θ = (R(rotation) · [[1, shear], [0, 1]] · diag(scale), shift).

    rotation: [n], degrees in (-180, 180], clockwise in the picture (y points down). scale: [n, 2], lengths of the
    look's sides in (x, y), 1 is the whole picture; a negative y mirrors. shear: [n], how far the look's lower edge
    slides to its right for one unit down. shift: [n, 2], (x, y) of the look's centre, normalised (2 is the picture).
    """

    rotation: torch.Tensor
    scale: torch.Tensor
    shear: torch.Tensor
    shift: torch.Tensor


def build_theta(rotation=0.0, scale=1.0, shear=0.0, shift=(0.0, 0.0)):
    """Return the θ [n, 2, 3], float32, of looks that are scaled, sheared, turned and then shifted.

    rotation, shear: a number or [n]. scale: a number or [n] for both sides, or [n, 2]. shift: [2] or [n, 2].
    For units see `ThetaParts`; n is 1 where every part is one number. A float64 tensor among them gives float64.
    Raises ValueError for parts whose shapes do not fit together.
    """
    given = [torch.as_tensor(part) for part in (rotation, scale, shear, shift)]
    dtype = torch.float64 if any(part.dtype == torch.float64 for part in given) else torch.float32
    # Worked out in double precision, then rounded once.
    rotation, scale, shear, shift = (part.double() for part in given)
    if scale.dim() < 2:
        scale = scale.reshape(-1, 1).expand(-1, 2)
    parts = [rotation.reshape(-1), *scale.unbind(-1), shear.reshape(-1), *shift.reshape(-1, shift.shape[-1]).unbind(-1)]
    if len(parts) != 6 or len({len(part) for part in parts} - {1}) > 1:
        raise ValueError(
            "expected rotation [n], scale [n] or [n, 2], shear [n] and shift [n, 2] with one n, found "
            f"{', '.join(str(list(part.shape)) for part in given)}: give one of each, or n."
        )
    angle, scale_x, scale_y, shear, shift_x, shift_y = torch.broadcast_tensors(*parts)
    cos, sin = (angle * (math.pi / 180)).cos(), (angle * (math.pi / 180)).sin()
    rows = [
        torch.stack([cos * scale_x, (cos * shear - sin) * scale_y, shift_x], dim=1),
        torch.stack([sin * scale_x, (sin * shear + cos) * scale_y, shift_y], dim=1),
    ]
    return torch.stack(rows, dim=1).to(dtype)


def decompose_theta(theta):
    """Take θ [n, 2, 3] apart into its `ThetaParts`: the one set of parts, with scale x above 0, that builds it again.

    Raises ValueError for a θ that flattens the picture onto a line or a point: it has no rotation to speak of.
    """
    exact = _checked(theta).double()
    (a, b), (c, d) = exact[:, 0, :2].unbind(1), exact[:, 1, :2].unbind(1)
    determinant = a * d - b * c
    _refuse_flat(determinant)
    scale_x = torch.hypot(a, c)
    scale_y = determinant / scale_x
    rotation = torch.atan2(c, a) * (180 / math.pi)
    shear = (a * b + c * d) / scale_x / scale_y
    parts = rotation, torch.stack([scale_x, scale_y], dim=1), shear, exact[:, :, 2]
    return ThetaParts(*(part.to(theta.dtype) for part in parts))


def compose(first, then):
    """Return the one θ that equals looking through `first` and then, at what that shows, through `then`.

    Both [n, 2, 3], or one of them [1, 2, 3]. An output pixel asks `then` where to look in the middle picture, and
    `first` where that is in the input: the matrices multiply as first · then, in this order. One sampling through the
    result keeps more of the picture than two, and what the first look left out is not lost for the second.
    """
    return (_square(first) @ _square(then))[:, :2]


def invert(theta):
    """Return the θ [n, 2, 3] that undoes θ: compose(theta, invert(theta)) is the identity, either way round.

    Raises ValueError for a θ that flattens the picture onto a line or a point.
    """
    square = _square(theta)
    _refuse_flat(torch.linalg.det(square[:, :2, :2].double()))
    return torch.linalg.inv(square.double())[:, :2].to(square.dtype)


def transform_points(theta, points):
    """Return where output points look in the input, [n, k, 2]: θ · (x, y, 1).

    theta: [n, 2, 3]. points: [k, 2] or [n, k, 2] of (x, y), normalised.
    """
    theta = _checked(theta)
    points = points.to(theta.dtype)
    return points @ theta[:, :, :2].transpose(1, 2) + theta[:, None, :, 2]


def fit_theta(target, source):
    """Return the θ [1, 2, 3] that sends target points nearest to source points, in least squares.

    target, source: float [k, 2] of (x, y), normalised, k at least 3. With three pairs the fit is exact.
    Raises ValueError for fewer points, or for targets on one line, which leave θ open.
    """
    if target.shape != source.shape or target.dim() != 2 or target.shape[1] != 2 or len(target) < 3:
        raise ValueError(
            f"expected at least three pairs of points, target [k, 2] and source [k, 2], found {list(target.shape)} "
            f"and {list(source.shape)}: give three or more."
        )
    rows = torch.cat([target, torch.ones_like(target[:, :1])], dim=1).double()
    if torch.linalg.matrix_rank(rows) < 3:
        raise ValueError("expected target points that do not lie on one line, found such: move one of them aside.")
    return torch.linalg.lstsq(rows, source.double()).solution.T[None].to(target.dtype)


def pixel_matrix(theta, in_size, out_size, align_corners=False):
    """Return θ in pixels, [n, 3, 3]: from an output pixel's (column, row, 1) to where it looks, in input pixels.

    in_size, out_size: (height, width). OpenCV's warpAffine takes the first two rows of it with WARP_INVERSE_MAP;
    kornia's and OpenCV's default want its inverse, input to output.
    """
    theta = _square(theta)
    to_source = _axes(lambda value, n: to_pixels(value, n, align_corners), in_size, theta)
    from_target = torch.linalg.inv(_axes(lambda value, n: to_pixels(value, n, align_corners), out_size, theta).double())
    return to_source @ theta @ from_target.to(theta.dtype)


def _axes(convert, size, like):
    """Return the [3, 3] matrix of a conversion that takes x along the width and y along the height."""
    height, width = size
    matrix = torch.eye(3, dtype=like.dtype, device=like.device)
    for axis, n in enumerate((width, height)):
        matrix[axis, 2] = convert(0.0, n)
        matrix[axis, axis] = convert(1.0, n) - convert(0.0, n)
    return matrix


def _checked(theta):
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (2, 3):
        raise ValueError(
            f"expected theta of shape [n, 2, 3], found {list(theta.shape)}: add the axis n by theta[None]."
        )
    return theta.float() if theta.dtype in HALF else theta


def _square(theta):
    """Return θ with the row (0, 0, 1) below it, [n, 3, 3], so that matrices chain."""
    theta = _checked(theta)
    last = torch.tensor([0.0, 0.0, 1.0], dtype=theta.dtype, device=theta.device)
    return torch.cat([theta, last.expand(len(theta), 1, 3)], dim=1)


def _refuse_flat(determinant):
    flat = (determinant.abs() < 1e-12).nonzero().flatten().tolist()
    if flat:
        raise ValueError(
            f"expected theta that keeps an area, found number {flat[0]} with determinant 0: its look is a line or a "
            "point, which nothing turns back into a picture."
        )
