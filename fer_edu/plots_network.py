"""The SDL network drawn from the module itself (chapter 5)."""

from itertools import pairwise
from math import prod

from torch import nn

from .models.cost import blocks, costs, total
from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, figure

# Inches. The upper row is SDL-1 and SDL-2 with the localisation networks above them, the lower one the baseline.
WIDE, HIGH, GAP, JOIN = 1.5, 1.22, 0.3, 0.82
UPPER, ABOVE, LOWER, MIDDLE = 3.1, 4.75, 0.85, 1.98
FILL = {LOOK: "#E3F2FB", GREEN: "#E2F2EC", ORANGE: "#FBEADF", GREY: "#F0F0F0"}


def network(model, image=None):
    """Draw an SDL network: its branches, layers and shapes, with each block's parameters and multiply-adds.

    Everything is read from the module and from one picture's way through it: another option gives another figure.
    model: an `SDLNetwork`. image: a grey picture to stand for the input, uint8 or float in 0..1, [1, H, W], or None.
    """
    rows, parts = {row.block: row for row in costs(model)}, blocks(model)
    o = model.options
    size = (o.in_channels, o.image_size, o.image_size)
    sheet, ax = figure(13.9, 5.8)
    ax.set(xlim=(0, 13.9), ylim=(0.05, 5.85), aspect="equal")
    ax.set_axis_off()
    columns = [1.62 + k * (WIDE + GAP) for k in range(4)]
    after = columns[-1] + WIDE  # where the branches end
    meet = after + 0.18 + JOIN / 2
    fork = 1.32
    joined = {}

    draw_input(
        ax, size, image, {"picture": "normalised\nby itself", "fixed": "normalised", "none": ""}[o.normalisation]
    )
    if model.sdl1 is not None:
        line(ax, (1.12, MIDDLE), (fork, MIDDLE), (fork, UPPER))
        start = fork
        for name, block, left in (("SDL-1", model.sdl1, columns[0]), ("SDL-2", model.sdl2, columns[2])):
            start = draw_sdl(ax, name, block, parts, rows, left, start)
            joined[name] = rows[f"{name} convolution"].shape
        line(ax, (start, UPPER), (meet, UPPER), (meet, MIDDLE + HIGH / 2), head=True)
        if o.join == "both":
            x = columns[1] + WIDE + GAP / 2
            line(ax, (x, UPPER), (x, MIDDLE), (meet - JOIN / 2, MIDDLE), head=True)
        else:
            del joined["SDL-1"]
    line(ax, (1.12, MIDDLE), (fork, MIDDLE), (fork, LOWER), (columns[0], LOWER), head=True)
    for number, left in enumerate(columns, start=1):
        name = f"baseline {number}"
        box(ax, left, LOWER, name, words(parts[name]), rows[name], GREEN)
        if number < 4:
            line(ax, (left + WIDE, LOWER), (left + WIDE + GAP, LOWER), head=True)
    joined["baseline"] = rows["baseline 4"].shape
    line(ax, (after, LOWER), (meet, LOWER), (meet, MIDDLE - HIGH / 2), head=True)

    draw_join(ax, meet, joined)
    left = meet + JOIN / 2 + GAP
    for name in ("FC 1", "FC 2"):
        box(ax, left, MIDDLE, name, words(parts[name]), rows[name], ORANGE)
        line(ax, (left - GAP, MIDDLE), (left, MIDDLE), head=True)
        left += WIDE + GAP
    line(ax, (left - GAP, MIDDLE), (left, MIDDLE), head=True)
    ax.text(left + 0.04, MIDDLE, "logits", ha="left", va="center", fontsize=10)
    write_head(ax, model, total(rows.values()))
    return sheet


def draw_input(ax, size, image, below):
    """Draw the picture, or a grey square for it, with its shape and a few words below."""
    from matplotlib.patches import Rectangle

    side = 1.0
    if image is not None:
        pixels = image.squeeze().numpy()
        high = 255 if pixels.dtype.kind == "u" else 1
        place = (0.12, 0.12 + side, MIDDLE - side / 2, MIDDLE + side / 2)
        ax.imshow(pixels, cmap="gray", vmin=0, vmax=high, extent=place, zorder=2)
    else:
        ax.add_patch(Rectangle((0.12, MIDDLE - side / 2), side, side, facecolor=FILL[GREY], edgecolor=GREY))
    ax.text(0.12 + side / 2, MIDDLE - side / 2 - 0.08, shape(size), ha="center", va="top", fontsize=10, weight="bold")
    ax.text(0.12 + side / 2, MIDDLE - side / 2 - 0.34, below, ha="center", va="top", fontsize=9)
    ax.text(0.12 + side / 2, MIDDLE + side / 2 + 0.08, "picture", ha="center", va="bottom", fontsize=10)


def draw_sdl(ax, name, block, parts, rows, left, start):
    """Draw one SDL block, two columns wide, from `left` on, and the line from `start` to it; return where it ends."""
    from matplotlib.patches import FancyBboxPatch

    right = left + WIDE + GAP
    frame = (left - 0.1, UPPER - HIGH / 2 - 0.1), 2 * WIDE + GAP + 0.2, ABOVE - UPPER + HIGH + 0.2
    look = {"boxstyle": "round,pad=0,rounding_size=0.1", "facecolor": "none", "edgecolor": GREY, "linestyle": "--"}
    ax.add_patch(FancyBboxPatch(*frame, linewidth=1.2, **look))
    middle = right + WIDE / 2
    ax.text(middle, ABOVE + 0.1, name, ha="center", va="center", fontsize=16, weight="bold", color=GREY)
    if block.transformer is None:
        ax.text(middle, ABOVE - 0.28, "no transformer", ha="center", va="center", fontsize=10, color=GREY)
        line(ax, (start, UPPER), (right, UPPER), head=True)
    else:
        looking = block.transformer.localisation
        frozen = not any(p.requires_grad for p in looking.parameters())
        title = "localisation" + (", frozen" if frozen else "")
        box(ax, left, ABOVE, title, localisation_words(looking), rows[f"{name} localisation"], LOOK, "θ: 2 × 3")
        sampler = "bilinear", f"outside: {block.transformer.padding_mode}"
        box(ax, left, UPPER, "grid, sampler", sampler, rows[f"{name} sampler"], LOOK)
        line(ax, (start, UPPER), (left, UPPER), head=True)
        bend = left - GAP / 2
        line(ax, (bend, UPPER), (bend, ABOVE), (left, ABOVE), head=True)
        line(ax, (left + WIDE / 2, ABOVE - HIGH / 2), (left + WIDE / 2, UPPER + HIGH / 2), head=True, colour=BLUE)
        ax.text(left + WIDE / 2 + 0.08, (ABOVE + UPPER) / 2, "θ", ha="left", va="center", fontsize=13, color=BLUE)
        line(ax, (left + WIDE, UPPER), (right, UPPER), head=True)
    extract = f"{name} convolution"
    box(ax, right, UPPER, "features", words(parts[extract]), rows[extract], GREEN)
    return right + WIDE


def draw_join(ax, middle, joined):
    """Draw where the branches are joined, around x = `middle`. joined: branch -> the shape of what comes from it."""
    numbers = [prod(one) for one in joined.values()]
    lines = ["flatten", f"{numbers[0]:,}"]
    if len(numbers) > 1:
        lines = ["join", *(f"{number:,}" for number in numbers), f"= {sum(numbers):,}"]
    outline(ax, middle - JOIN / 2, MIDDLE, JOIN, HIGH, GREY)
    for k, text in enumerate(lines):
        strong = "bold" if k in (0, len(lines) - 1) else "normal"
        y = MIDDLE + HIGH / 2 - 0.2 - k * 0.78 / (len(lines) - 1)
        ax.text(middle, y, text, ha="center", va="center", fontsize=9.5, weight=strong)


def write_head(ax, model, whole):
    """Write the network's name and totals, and how the boxes are to be read, into the empty corner on the right."""
    right = ax.get_xlim()[1] - 0.1
    name = getattr(model, "name", "the SDL network")
    lines = (
        (f"{name}", 16, "bold"),
        (f"{whole.parameters:,} parameters", 12, "normal"),
        (f"{short(whole.multiply_adds)} multiply-adds a picture", 12, "normal"),
        ("", 6, "normal"),
        ("in each box, from below:", 9.5, "normal"),
        ("parameters · multiply-adds forward", 9.5, "normal"),
        ("shape of what leaves it", 9.5, "bold"),
    )
    y = 5.6
    for text, points, weight in lines:
        ax.text(right, y, text, ha="right", va="top", fontsize=points, weight=weight, color="black")
        y -= points * 0.0225


def box(ax, left, y, title, lines, cost, colour, out=None):
    """Draw one block: its name, its layers, the shape that leaves it (`out` in other words), and what it costs."""
    outline(ax, left, y, WIDE, HIGH, colour)
    centre, top = left + WIDE / 2, y + HIGH / 2
    ax.text(centre, top - 0.16, title, ha="center", va="center", fontsize=10.5, weight="bold")
    for k, text in enumerate(lines):
        ax.text(centre, top - 0.36 - 0.175 * k, text, ha="center", va="center", fontsize=9)
    ax.text(centre, y - HIGH / 2 + 0.31, out or shape(cost.shape), ha="center", va="center", fontsize=10, weight="bold")
    numbers = f"{cost.parameters:,} · {short(cost.multiply_adds)}"
    ax.text(centre, y - HIGH / 2 + 0.12, numbers, ha="center", va="center", fontsize=9, color="#444444")


def outline(ax, left, y, width, height, colour):
    from matplotlib.patches import FancyBboxPatch

    look = {"boxstyle": "round,pad=0,rounding_size=0.06", "facecolor": FILL[colour], "edgecolor": colour}
    ax.add_patch(FancyBboxPatch((left, y - height / 2), width, height, linewidth=1.6, zorder=2, **look))


def line(ax, *points, head=False, colour="black"):
    """Draw a line through points, with an arrow's head at its end."""
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=colour, linewidth=1.4, zorder=1, solid_joinstyle="miter")
    if head:
        look = {
            "arrowstyle": "-|>",
            "color": colour,
            "linewidth": 1.4,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 13,
        }
        ax.annotate("", points[-1], points[-2], arrowprops=look, zorder=1)


def words(layers):
    """Return a block's layers in words, in their order, three lines at most."""
    found = []
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            found.append(f"conv {layer.kernel_size[0]} × {layer.kernel_size[1]}")
        elif isinstance(layer, nn.BatchNorm2d):
            found.append("batch norm")
        elif isinstance(layer, nn.ReLU):
            found.append("ReLU")
        elif isinstance(layer, nn.MaxPool2d):
            found.append(f"max-pool {layer.kernel_size}")
        elif isinstance(layer, nn.AvgPool2d):
            found.append(f"average pool {layer.kernel_size}")
        elif isinstance(layer, nn.Linear):
            found.append(f"{layer.in_features:,} → {layer.out_features}")
        elif isinstance(layer, nn.Dropout) and layer.p > 0:
            found.append(f"dropout {layer.p:g}")
    return pack(found)


def pack(found, most=3):
    """Return words as lines, joining neighbours by a comma, the shortest first, until there are at most `most`."""
    found = list(found)
    while len(found) > most:
        pairs = [len(a) + len(b) for a, b in pairwise(found)]
        k = pairs.index(min(pairs))
        found[k : k + 2] = [f"{found[k]}, {found[k + 1]}"]
    return found


def localisation_words(localisation):
    """Return a localisation network in three lines, read from the module."""
    convolutions = [m for m in localisation.features if isinstance(m, nn.Conv2d)]
    linear = [m for m in localisation.head if isinstance(m, nn.Linear)]
    return (
        f"{len(convolutions)} × conv, pool, ReLU",
        f"{', '.join(str(m.out_channels) for m in convolutions)} channels",
        f"{len(linear)} × FC: {', '.join(str(m.out_features) for m in linear)}",
    )


def shape(size):
    return " × ".join(map(str, size))


def short(number):
    """Return a number of operations in three digits or so: 30.1 M, 45 k, 896."""
    for unit, name in ((1e9, "G"), (1e6, "M")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number / 1e3:.0f} k" if number >= 1e4 else f"{number:,}"
