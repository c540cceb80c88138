"""What does a pixel see when it looks between pixels? Bilinear sampling (Eq. 3), and the nearest pixel beside it."""

import torch

from .affine import HALF, to_pixels

PADDINGS = ("zeros", "border", "reflection")


def bilinear_sample(image, grid, align_corners=False, padding_mode="zeros"):
    """Look into `image` at the places `grid` names, mixing the four nearest pixels (Eq. 3).

    image: [N, C, H, W]. grid: [N, H_out, W_out, 2], (x, y) in -1..1.
    align_corners: what -1 and 1 mean, see the package's convention.
    padding_mode: what lies outside the picture: "zeros", "border" (the nearest pixel of the edge) or "reflection" (the
        picture mirrored at its edge).
    Returns [N, C, H_out, W_out] in the image's dtype, equal to torch.nn.functional.grid_sample. Differentiable in both
    arguments: for the image the gradient is the four weights; for the grid the slope between neighbours, which
    jumps where a coordinate falls exactly on a pixel centre (there it is the slope towards the next pixel).
    Raises ValueError for shapes or a padding that do not fit.

    Eq. 3 sums over all pixels with weights max(0, 1 - |x - m|) max(0, 1 - |y - n|). All but four of those weights are
    zero, so only the four are computed.
    """
    x, y = places(image, grid, align_corners, padding_mode)
    value = 0
    for column, row, share_x, share_y in four_neighbours(x, y):
        neighbour, inside = read(image, column, row)
        weight = torch.where(inside, share_x * share_y, torch.zeros_like(x))
        value = value + weight[:, None] * neighbour
    return value.to(image.dtype)


def nearest_sample(image, grid, align_corners=False, padding_mode="zeros"):
    """Look into `image` at the places `grid` names and take the nearest pixel, as grid_sample's mode "nearest" does.

    Arguments, result and errors as for `bilinear_sample`. A point halfway between two pixels takes the even one. A
    small move of the grid changes nothing, or all at once: the gradient for the grid is zero, so θ cannot be learned.
    """
    x, y = places(image, grid, align_corners, padding_mode)
    value, inside = read(image, x.round(), y.round())
    return torch.where(inside[:, None], value, torch.zeros_like(value))


def places(image, grid, align_corners, padding_mode):
    """Check image and grid, and return (x, y), each [N, H_out, W_out]: the grid in input pixels, after the padding."""
    if image.dim() != 4 or grid.dim() != 4 or grid.shape[0] != image.shape[0] or grid.shape[-1] != 2:
        raise ValueError(
            "expected image [N, C, H, W] and grid [N, H_out, W_out, 2] with the same N, found "
            f"{list(image.shape)} and {list(grid.shape)}: reshape them."
        )
    check_padding(padding_mode)
    if grid.dtype in HALF:
        grid = grid.float()
    height, width = image.shape[2:]
    return tuple(
        pad(to_pixels(grid[..., axis], n, align_corners), n, align_corners, padding_mode)
        for axis, n in enumerate((width, height))
    )


def check_padding(padding_mode):
    """Raise ValueError for a padding that is not one of `PADDINGS`."""
    if padding_mode not in PADDINGS:
        raise ValueError(
            f"expected padding_mode out of {', '.join(PADDINGS)}, found {padding_mode!r}: use one of those."
        )


def pad(pixel, n, align_corners, padding_mode):
    """Return where a pixel index along a side of n is looked up: itself for "zeros", else brought back inside.

    "reflection" mirrors at the picture's edge, which is the outer pixels' outer edge or, with align_corners=True,
    their centre. On and beyond the outermost centres the slope is 0, as in torch.
    """
    if padding_mode == "zeros":
        return pixel
    if padding_mode == "reflection":
        low, span = (0.0, n - 1) if align_corners else (-0.5, n)
        if span == 0:
            return torch.zeros_like(pixel)
        along = (pixel - low).abs()
        there = torch.fmod(along, span)
        pixel = torch.where((along / span).floor() % 2 == 0, there, span - there) + low
    return torch.where((pixel > 0) & (pixel < n - 1), pixel, pixel.detach().clamp(0, n - 1))


def four_neighbours(x, y):
    """Yield (column, row, share_x, share_y) of the upper left, upper right, lower left and lower right neighbour.

    A share, 0..1, is how much of the neighbour counts along one axis; the weight is their product. The four weights
    add up to 1. θ's gradient flows through the shares.
    """
    left, top = x.detach().floor(), y.detach().floor()
    right_share, lower_share = x - left, y - top
    for row, share_y in ((top, 1 - lower_share), (top + 1, lower_share)):
        for column, share_x in ((left, 1 - right_share), (left + 1, right_share)):
            yield column, row, share_x, share_y


def read(image, column, row):
    """Return (values, inside): the pixels [N, C, H_out, W_out] at whole columns and rows, each [N, H_out, W_out].

    Where `inside` is false there is no pixel to read (outside, or nowhere: NaN): some pixel stands there, to be
    given the weight 0.
    """
    n, channels, height, width = image.shape
    inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
    at = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    at = at.nan_to_num(0).long().flatten(1)[:, None].expand(-1, channels, -1)
    return image.reshape(n, channels, height * width).gather(2, at).view(n, channels, *column.shape[1:]), inside
