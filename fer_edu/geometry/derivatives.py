"""How does the value change when the picture, or the place of looking, changes? Eq. 3's derivatives by hand.

With the four neighbours U of a place (x, y), right and lower shares p = x - floor(x) and q = y - floor(y):

    V      = (1-p)(1-q) U_ul + p (1-q) U_ur + (1-p) q U_ll + p q U_lr
    ∂V/∂U  = the four weights
    ∂V/∂x  = (1-q)(U_ur - U_ul) + q (U_lr - U_ll)      slopes along the two rows, mixed
    ∂V/∂y  = (1-p)(U_ll - U_ul) + p (U_lr - U_ur)      slopes along the two columns, mixed
    ∂V/∂θ  = (∂V/∂x_s, ∂V/∂y_s) times (x_t, y_t, 1)    by Eq. 2; x = x_s · width / 2 + ... (align_corners=False)

At a whole x the value has a kink: the slopes to the left and to the right differ, and every number between them is a
sub-gradient. floor picks the slope to the right, as torch does.
"""

import torch
from torch.autograd.function import once_differentiable

from .affine import to_pixels
from .sampling import bilinear_sample, four_neighbours, pad, places, read


class BilinearSample(torch.autograd.Function):
    """`bilinear_sample` with the derivatives above written out; call it through `bilinear_sample_by_hand`."""

    @staticmethod
    def forward(ctx, image, grid, align_corners, padding_mode):
        ctx.save_for_backward(image, grid)
        ctx.align_corners, ctx.padding_mode = align_corners, padding_mode
        return bilinear_sample(image, grid, align_corners, padding_mode)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        """gradient: ∂L/∂V [N, C, H_out, W_out]. Returns ∂L/∂image, ∂L/∂grid and None for the two flags."""
        image, grid = ctx.saved_tensors
        n, channels, height, width = image.shape
        x, y = places(image, grid, ctx.align_corners, ctx.padding_mode)
        gradient = gradient.to(x.dtype)
        by_image = torch.zeros(n, channels, height * width, dtype=x.dtype, device=image.device)
        by_x, by_y = torch.zeros_like(x), torch.zeros_like(y)
        for corner, (column, row, share_x, share_y) in enumerate(four_neighbours(x, y)):
            value, inside = read(image, column, row)
            pull = gradient * inside[:, None]  # what lies outside is 0 whatever happens
            at = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).nan_to_num(0).long()
            by_image.scatter_add_(
                2,
                at.flatten(1)[:, None].expand(-1, channels, -1),
                (pull * (share_x * share_y).nan_to_num(0)[:, None]).flatten(2),
            )
            felt = (pull * value).sum(dim=1)
            by_x += felt * share_y * (1 if corner % 2 else -1)  # the right neighbours against the left ones
            by_y += felt * share_x * (1 if corner // 2 else -1)  # the lower ones against the upper ones
        steps = [
            slope(grid[..., axis].to(x.dtype), size, ctx.align_corners, ctx.padding_mode)
            for axis, size in enumerate((width, height))
        ]
        by_grid = torch.stack([by_x * steps[0], by_y * steps[1]], dim=-1)
        return by_image.view_as(image).to(image.dtype), by_grid.to(grid.dtype), None, None


def slope(coordinate, n, align_corners, padding_mode):
    """Return ∂(pixel that is looked up)/∂(normalised coordinate) along a side of n pixels.

    Half the side (less a pixel with align_corners=True); 0 where the padding holds the place fast, negative where it
    mirrors it.
    """
    scale = (n - 1) / 2 if align_corners else n / 2
    pixel = to_pixels(coordinate.detach(), n, align_corners)
    if padding_mode == "zeros":
        return torch.full_like(pixel, scale)
    low, span = (0.0, n - 1) if align_corners else (-0.5, n)
    direction = torch.ones_like(pixel)
    if padding_mode == "reflection" and span > 0:
        flips = ((pixel - low).abs() / span).floor() + (pixel < low)
        direction = 1 - 2 * (flips % 2)
    looked_up = pad(pixel, n, align_corners, padding_mode)
    return direction * scale * ((looked_up > 0) & (looked_up < n - 1))


def bilinear_sample_by_hand(image, grid, align_corners=False, padding_mode="zeros"):
    """`bilinear_sample` whose backward pass is the derivatives of this module, written out by hand.

    Arguments, value and errors as for `bilinear_sample`. It can be differentiated once.
    """
    return BilinearSample.apply(image, grid, align_corners, padding_mode)
