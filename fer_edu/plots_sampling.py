"""Figures on looking between pixels (chapter 3). Each function returns a matplotlib Figure."""

from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, figure, picture

PINK = "#CC79A7"  # after Okabe and Ito
CORNERS = ((BLUE, "//"), (ORANGE, "\\\\"), (GREEN, ".."), (PINK, "xx"))
"""Colour and hatch of the upper left, upper right, lower left and lower right neighbour."""


def weights(values, right_share, lower_share):
    """Draw the four weights of a place between four pixels as areas, in two ways that give the same areas.

    values: of the upper left, upper right, lower left and lower right pixel. right_share, lower_share: how far the
    place lies from the left to the right pixel centre, and from the upper to the lower one, 0..1.
    Left: a square as large as a pixel, with the place as its middle, covers a part of each pixel. Right: the same
    parts between the four centres, each opposite to its pixel. Below: the sum.
    """
    p, q = right_share, lower_share
    areas = [(1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q]
    sheet, (cover, between) = figure(9, 5.2, 1, 2)
    for k, (value, area) in enumerate(zip(values, areas, strict=True)):
        row, column = divmod(k, 2)
        # The cell of the pixel; its centre stands at (column, row).
        cover.add_patch(_box(column - 0.5, row - 0.5, 1, 1, facecolor="white", edgecolor=GREY, linewidth=1.5))
        x, width = (p - 0.5, 1 - p) if column == 0 else (0.5, p)
        y, height = (q - 0.5, 1 - q) if row == 0 else (0.5, q)
        _area(cover, x, y, width, height, k, area)
        cover.text(
            column + (0.42 if column else -0.42),
            row + (0.42 if row else -0.42),
            f"{value:g}",
            ha="right" if column else "left",
            va="bottom" if row else "top",
            color=CORNERS[k][0],
            fontsize=16,
            weight="bold",
        )
        between.plot(column, row, "o", color=CORNERS[k][0], markersize=13, zorder=5)
        between.text(
            column,
            row + (0.14 if row else -0.14),
            f"{value:g}",
            ha="center",
            va="center",
            color=CORNERS[k][0],
            fontsize=16,
            weight="bold",
        )
        # Opposite: the upper left pixel's area lies at the lower right of the place.
        x, width = (p, 1 - p) if column == 0 else (0, p)
        y, height = (q, 1 - q) if row == 0 else (0, q)
        _area(between, x, y, width, height, k, area)
    titles = "a pixel-sized square around the place", "the same areas between the centres"
    for ax, title in zip((cover, between), titles, strict=True):
        ax.plot(p, q, "o", color="black", markersize=9, zorder=6)
        ax.set(xlim=(-0.62, 1.62), ylim=(1.62, -0.62), aspect="equal", title=title)
        ax.set_axis_off()
    total = sum(value * area for value, area in zip(values, areas, strict=True))
    terms = " + ".join(f"{area:.4g} · {value:g}" for value, area in zip(values, areas, strict=True))
    sheet.supxlabel(f"V = {terms} = {total:.4g}", fontsize=15)
    return sheet


def _area(axes, x, y, width, height, corner, area):
    """Draw one weight as a box with its number, where there is room for it."""
    from matplotlib.colors import to_rgba

    colour, hatch = CORNERS[corner]
    axes.add_patch(_box(x, y, width, height, facecolor=to_rgba(colour, 0.25), edgecolor=colour, hatch=hatch))
    if min(width, height) > 0.12:
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(
            x + width / 2, y + height / 2, f"{area:.4g}", ha="center", va="center", fontsize=12, bbox=box, zorder=7
        )


def _box(x, y, width, height, **keywords):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, **keywords)


def kink(row, at):
    """Draw what is seen along a row of pixels, and its slope, with the jump at pixel `at` marked.

    row: numbers, one a pixel. at: index of a pixel that has neighbours on both sides.
    """
    places = list(range(len(row)))
    left, right = row[at] - row[at - 1], row[at + 1] - row[at]
    sheet, (value, slope) = figure(9, 3.4, 1, 2)
    value.plot(places, row, color=GREY, marker="o", markersize=8, label="V(x)")
    reach = (-0.6, 0.6)
    for step, colour, style, name in (
        (left, BLUE, "--", f"slope to the left, {left:g}"),
        ((left + right) / 2, GREEN, ":", f"half and half, {(left + right) / 2:g}"),
        (right, ORANGE, "-.", f"slope to the right, {right:g}"),
    ):
        value.plot([at + d for d in reach], [row[at] + d * step for d in reach], color=colour, ls=style, label=name)
    value.set(xlabel="x in pixels", ylabel="value", title="three lines touch at the pixel centre")
    value.legend()
    for k in places[:-1]:
        slope.plot([k, k + 1], [row[k + 1] - row[k]] * 2, color=GREY)
        slope.plot(k, row[k + 1] - row[k], "o", color=GREY)  # floor: a centre belongs to the piece at its right
        slope.plot(k + 1, row[k + 1] - row[k], "o", color=GREY, markerfacecolor="white")
    slope.vlines(at, min(left, right), max(left, right), color=LOOK, linewidth=7, alpha=0.6, label="sub-gradients")
    slope.plot(at, right, "*", color=ORANGE, markersize=15, label="what floor picks", zorder=5)
    slope.set(xlabel="x in pixels", ylabel="∂V/∂x", title="the slope jumps")
    slope.legend(loc="best")
    for ax in (value, slope):
        ax.set_xticks(places)
    return sheet


def places(image, pixel_x, pixel_y):
    """Draw a small grey picture, [H, W] in 0..1, with its numbers' centres and the places where a look falls on it.

    pixel_x, pixel_y: of the places, in pixels, any shape.
    """
    sheet, ax = figure(4.6, 4.4)
    picture(ax, image)
    height, width = image.shape[-2:]
    rows, columns = zip(*[(r, c) for r in range(height) for c in range(width)], strict=True)
    ax.plot(columns, rows, "+", color=LOOK, markersize=9, markeredgewidth=1.5, label="pixel centres")
    ax.plot(
        pixel_x.flatten().tolist(),
        pixel_y.flatten().tolist(),
        "o",
        color=ORANGE,
        markeredgecolor="white",
        markersize=7,
        label="where the output looks",
    )
    reach = 0.06 * max(height, width)
    ax.set(xlim=(-0.5 - reach, width - 0.5 + reach), ylim=(height - 0.5 + reach, -0.5 - reach))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return sheet
