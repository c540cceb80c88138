"""One output pixel, step by step: where it looks, what it finds there, and what its value depends on."""

from dataclasses import dataclass

import torch

from .affine import HALF, target_points, to_pixels
from .derivatives import slope
from .sampling import check_padding, four_neighbours, pad


@dataclass(frozen=True)
class Neighbour:
    """One of the four pixels around a place. row, column: its index; value: what it holds, 0 where it is outside.

    weight: its share of the result, 0..1, whether inside or not; inside: whether the picture has this pixel.
    """

    row: int
    column: int
    value: float
    weight: float
    inside: bool


@dataclass(frozen=True)
class Step:
    """All that `step` worked out for one output pixel, in plain numbers.

    target: (x_t, y_t), the output pixel's own place, normalised. source: (x_s, y_s) = θ · (x_t, y_t, 1), normalised.
    pixel: the source in input pixels, (x, y). looked_up: the same after the padding brought it back inside.
    neighbours: upper left, upper right, lower left, lower right. value: their weighted sum.
    by_x, by_y: ∂V/∂x and ∂V/∂y of the place in pixels that is looked up, the slopes between the neighbours.
    by_source: (∂V/∂x_s, ∂V/∂y_s), the same for normalised coordinates. by_theta: ∂V/∂θ, two rows of three.
    """

    target: tuple
    source: tuple
    pixel: tuple
    looked_up: tuple
    neighbours: tuple
    value: float
    by_x: float
    by_y: float
    by_source: tuple
    by_theta: tuple

    def describe(self):
        """Return the arithmetic in lines of text."""
        sums = " + ".join(f"{n.weight:.4g} · {n.value:.4g}" for n in self.neighbours)
        moved = "" if self.looked_up == self.pixel else f", looked up at {_pair(self.looked_up)}"
        rows = "; ".join(" ".join(f"{value + 0:.4g}" for value in row) for row in self.by_theta)
        return "\n".join(
            (
                f"target (x, y)  {_pair(self.target)}",
                f"source (x, y)  {_pair(self.source)} = pixel {_pair(self.pixel)}{moved}",
                f"value          {sums} = {self.value:.4g}",
                f"∂V/∂x, ∂V/∂y   {_pair((self.by_x, self.by_y))} per pixel, {_pair(self.by_source)} normalised",
                f"∂V/∂θ          [{rows}]",
            )
        )


def step(image, theta, row, column, size=None, align_corners=False, padding_mode="zeros"):
    """Follow one output pixel through Eqs. 2 and 3 and return the `Step`.

    image: one grey picture, [H, W] or [1, H, W]. theta: [2, 3], output -> input. row, column: of the output pixel.
    size: (height, width) of the output, or None for that of the image. Other arguments as for `bilinear_sample`.
    The value is the one that `bilinear_sample` gives, the slopes those of `derivatives`, all in double precision.
    Raises ValueError for a pixel outside the output, or shapes or a padding that do not fit.
    """
    pixels = image[0] if image.dim() == 3 and image.shape[0] == 1 else image
    if pixels.dim() != 2 or tuple(theta.shape) != (2, 3):
        raise ValueError(
            f"expected one picture [H, W] and theta [2, 3], found {list(image.shape)} and {list(theta.shape)}: "
            "take one of each out of the batch."
        )
    check_padding(padding_mode)
    height, width = pixels.shape
    out_height, out_width = size or (height, width)
    if not (0 <= row < out_height and 0 <= column < out_width):
        raise ValueError(
            f"expected a pixel of an output of {out_height} rows and {out_width} columns, found row {row}, column "
            f"{column}: count from 0."
        )
    theta = theta.detach().float() if theta.dtype in HALF else theta.detach()
    theta, pixels = theta.double(), pixels.detach().double()
    target = target_points(out_height, out_width, align_corners, dtype=torch.float64)[row, column]
    source = theta @ target
    place = [to_pixels(source[axis], n, align_corners) for axis, n in enumerate((width, height))]
    x, y = (pad(place[axis], n, align_corners, padding_mode) for axis, n in enumerate((width, height)))

    neighbours, value, by_x, by_y = [], 0.0, 0.0, 0.0
    for corner, (at_column, at_row, share_x, share_y) in enumerate(four_neighbours(x, y)):
        k, r = int(at_column), int(at_row)
        inside = 0 <= k < width and 0 <= r < height
        found = pixels[r, k].item() if inside else 0.0
        share_x, share_y = share_x.item(), share_y.item()
        neighbours.append(Neighbour(r, k, found, share_x * share_y, inside))
        value += share_x * share_y * found
        by_x += found * share_y * (1 if corner % 2 else -1)
        by_y += found * share_x * (1 if corner // 2 else -1)
    steps = [slope(source[axis], n, align_corners, padding_mode).item() for axis, n in enumerate((width, height))]
    by_source = (by_x * steps[0], by_y * steps[1])
    x_t, y_t, _ = target.tolist()
    return Step(
        target=(x_t, y_t),
        source=tuple(source.tolist()),
        pixel=(place[0].item(), place[1].item()),
        looked_up=(x.item(), y.item()),
        neighbours=tuple(neighbours),
        value=value,
        by_x=by_x,
        by_y=by_y,
        by_source=by_source,
        by_theta=tuple((by * x_t, by * y_t, by) for by in by_source),
    )


def _pair(values):
    return f"({values[0] + 0:.4g}, {values[1] + 0:.4g})"
