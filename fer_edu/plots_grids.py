"""One grid drawn twice: on the output, where it is regular, and on the input, where its points look."""

import torch

from .geometry import affine_grid, bilinear_sample, to_pixels
from .plots import LOOK, ORANGE, figure, picture


def grid_on_both(
    image,
    theta,
    every=8,
    arrows=((0, 0), (0, -1), (-1, 2)),
    size=None,
    align_corners=False,
    padding_mode="border",
    titles=("input (source): where they look", "output (target): who looks"),
):
    """Draw a picture with the grid of theta [2, 3] on it, beside it the output, and arrows from output to input.

    image: one grey picture, [H, W] or [1, H, W], uint8 or float in 0..1.
    every: output pixels from one drawn point of the grid to the next, in both directions.
    arrows: (row, column) among the drawn points; the arrow of each is numbered at both of its ends.
    size: (height, width) of the output, or None for that of the picture.
    align_corners, padding_mode: as for `geometry.bilinear_sample`.
    """
    pixels = torch.as_tensor(image).detach().cpu().squeeze()
    pixels = pixels.float() / (255 if pixels.dtype == torch.uint8 else 1)
    in_size = tuple(pixels.shape)
    out_size = in_size if size is None else tuple(size)
    grid = affine_grid(theta.detach().cpu().float()[None], (1, 1, *out_size), align_corners)
    output = bilinear_sample(pixels[None, None], grid, align_corners, padding_mode)[0, 0]
    rows, columns = (range(every // 2, n, every) for n in out_size)
    place_y, place_x = torch.meshgrid(torch.tensor(list(rows)), torch.tensor(list(columns)), indexing="ij")
    here = torch.stack([place_x, place_y], dim=-1).double()
    seen = grid[0, place_y, place_x].double()
    there = torch.stack([to_pixels(seen[..., axis], in_size[1 - axis], align_corners) for axis in (0, 1)], dim=-1)

    sheet, (left, right) = figure(9.5, 5.2, 1, 2)
    for axes, shown, points, title in ((left, pixels, there, titles[0]), (right, output, here, titles[1])):
        picture(axes, shown, title)
        draw_mesh(axes, points)
    for axes, (height, width) in ((left, in_size), (right, out_size)):
        margin = 0.08 * max(height, width)  # a look may leave the picture: show that it does
        axes.set(xlim=(-0.5 - margin, width - 0.5 + margin), ylim=(height - 0.5 + margin, -0.5 - margin))
    for number, place in enumerate(arrows, start=1):
        draw_arrow(sheet, right, left, here[place].tolist(), there[place].tolist(), number)
    return sheet


def draw_mesh(axes, points):
    """Draw points [rows, columns, 2] of (x, y) in pixels, joined along their rows and columns."""
    from matplotlib.patheffects import Normal, Stroke

    outlined = [Stroke(linewidth=2.6, foreground="#333333"), Normal()]  # seen on light and on dark skin
    for line in (*points.numpy(), *points.transpose(0, 1).numpy()):
        axes.plot(line[:, 0], line[:, 1], color=LOOK, linewidth=1.4, path_effects=outlined, solid_capstyle="round")
    x, y = points.reshape(-1, 2).T.numpy()
    axes.plot(x, y, "o", color=LOOK, markeredgecolor="#333333", markersize=5, linestyle="none")


def draw_arrow(sheet, start_axes, end_axes, start, end, number):
    """Draw an arrow from `start` on one axes to `end` on another, both (x, y), with its number at both ends."""
    from matplotlib.patches import ConnectionPatch
    from matplotlib.patheffects import Normal, Stroke

    arrow = ConnectionPatch(
        start,
        end,
        coordsA="data",
        coordsB="data",
        axesA=start_axes,
        axesB=end_axes,
        arrowstyle="-|>",
        mutation_scale=20,
        linewidth=2.2,
        color=ORANGE,
        shrinkA=9,
        shrinkB=9,
        path_effects=[Stroke(linewidth=4.5, foreground="white"), Normal()],
    )
    arrow.set_in_layout(False)
    sheet.add_artist(arrow)
    for axes, (x, y) in ((start_axes, start), (end_axes, end)):
        axes.annotate(
            str(number),
            (x, y),
            ha="center",
            va="center",
            fontsize=10,
            color="white",
            fontweight="bold",
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": ORANGE, "edgecolor": "white"},
            zorder=10,
            in_layout=False,
        )
