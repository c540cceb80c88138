"""What does a pixel see when it looks between pixels? Bilinear sampling (Eq. 3)."""

import torch

from .affine import to_pixels

PADDINGS = ("zeros", "border")


def bilinear_sample(image, grid, align_corners=False, padding_mode="zeros"):
    """Look into `image` at the places `grid` names, mixing the four nearest pixels (Eq. 3).

    image: [N, C, H, W]. grid: [N, H_out, W_out, 2], (x, y) in -1..1.
    align_corners: what -1 and 1 mean, see the package's convention.
    padding_mode: what lies outside the picture: "zeros", or "border" (the nearest pixel of the edge).
    Returns [N, C, H_out, W_out] in the image's dtype, equal to torch.nn.functional.grid_sample. Differentiable in both
    arguments: for the image the gradient is the four weights; for the grid the slope between neighbours, which
    jumps where a coordinate falls exactly on a pixel centre (there it is the slope towards the next pixel).
    Raises ValueError for shapes or a padding that do not fit.

    Eq. 3 sums over all pixels with weights max(0, 1 - |x - m|) max(0, 1 - |y - n|). All but four of those weights are
    zero, so only the four are computed.
    """
    if image.dim() != 4 or grid.dim() != 4 or grid.shape[0] != image.shape[0] or grid.shape[-1] != 2:
        raise ValueError(
            "expected image [N, C, H, W] and grid [N, H_out, W_out, 2] with the same N, found "
            f"{list(image.shape)} and {list(grid.shape)}: reshape them."
        )
    if padding_mode not in PADDINGS:
        raise ValueError(
            f"expected padding_mode out of {', '.join(PADDINGS)}, found {padding_mode!r}: use one of those."
        )
    n, channels, height, width = image.shape
    if grid.dtype in (torch.float16, torch.bfloat16):
        grid = grid.float()
    x = to_pixels(grid[..., 0], width, align_corners)
    y = to_pixels(grid[..., 1], height, align_corners)
    if padding_mode == "border":
        x = x.clamp(0, width - 1)
        y = y.clamp(0, height - 1)

    left, top = x.floor(), y.floor()
    right_share, lower_share = x - left, y - top  # how far between the neighbours, 0..1: θ's gradient flows here
    flat = image.reshape(n, channels, height * width)
    value = 0
    for column, share_x in ((left, 1 - right_share), (left + 1, right_share)):
        for row, share_y in ((top, 1 - lower_share), (top + 1, lower_share)):
            inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
            # A neighbour outside (or nowhere, NaN) has no pixel to read: read any one and give it the weight 0.
            pixel = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
            pixel = pixel.nan_to_num(0).long().flatten(1)
            neighbour = flat.gather(2, pixel[:, None].expand(-1, channels, -1)).view(n, channels, *grid.shape[1:3])
            weight = torch.where(inside, share_x * share_y, torch.zeros_like(x))
            value = value + weight[:, None] * neighbour
    return value.to(image.dtype)
