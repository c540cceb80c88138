"""Figures of chapter 9: what a feature map saw, how it grew, what hiding does, and what gives a shortcut away.

Signed maps run from orange (against) through white (0) to purple (for), as in `plots.maps`. What is compared has one
scale, and each figure says over what it is shared: a projection's size is that of its activation, so projections of
two layers have no common unit.
"""

import numpy as np
import torch

from .emotions import COLOURS
from .errors import DataError
from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, figure, picture, quadrilateral
from .plots_transformer import label_rows
from .saliency.receptive import window_around

SIGNED = "PuOr"
MAP_QUANTILE = 0.998
"""A scale ends at this quantile of the absolute values: one loud pixel would make all the others pale."""


def reach(*maps):
    """Return where a signed scale shared by these maps ends, a float above 0."""
    values = torch.cat([torch.as_tensor(each).detach().float().abs().flatten() for each in maps])
    if not len(values):
        raise DataError("expected at least one map, found none: give maps [N, H, W].")
    return max(float(np.quantile(values[values.isfinite()].numpy(), MAP_QUANTILE)), 1e-12)


def signed(axes, values, limit, title=""):
    """Draw one signed map [H, W] on a scale from -limit to limit, without axes; return the picture."""
    drawn = axes.imshow(torch.as_tensor(values).detach().cpu().numpy(), cmap=SIGNED, vmin=-limit, vmax=limit)
    axes.set_title(title)
    axes.set_axis_off()
    return drawn


def tables(values, titles, rings=None, limit=None):
    """Draw small tables of numbers side by side, each number in its cell: a pass by hand.

    values: list of float [h, w]. titles: one each. rings: list of bool [h, w] or None, cells that are outlined.
    limit: where the colour scale ends, None for the largest value of all.
    """
    limit = limit or max(float(torch.as_tensor(each).abs().max()) for each in values)
    widths = [torch.as_tensor(each).shape[1] for each in values]
    heights = [torch.as_tensor(each).shape[0] for each in values]
    sheet, axes = figure(
        0.44 * sum(widths) + 0.5 * len(values),
        0.44 * max(heights) + 0.7,
        1,
        len(values),
        squeeze=False,
        width_ratios=widths,
    )
    for k, (ax, table, title) in enumerate(zip(axes[0], values, titles, strict=True)):
        table = torch.as_tensor(table).float()
        signed(ax, table, 1.6 * limit, title)
        for row in range(table.shape[0]):
            for column in range(table.shape[1]):
                ax.text(column, row, f"{table[row, column]:g}", ha="center", va="center", fontsize=10)
                if rings is not None and rings[k] is not None and rings[k][row][column]:
                    ax.add_patch(_box(column - 0.46, row - 0.46, 0.92, 0.92, BLUE))
        ax.add_patch(_box(-0.5, -0.5, table.shape[1], table.shape[0], GREY, 1))
    return sheet


def _box(left, top, width, height, colour=LOOK, line=2):
    from matplotlib.patches import Rectangle

    return Rectangle((left, top), width, height, fill=False, edgecolor=colour, linewidth=line)


def top_nine(found, maps=2, chosen=None, side=0.62):
    """Draw the nine strongest patches of some feature maps beside their projections, layer by layer.

    found: layer -> `Strongest` of `saliency.strongest`, or a list of (layer, Strongest). maps: how many of each layer's
    maps are drawn. chosen: layer -> which of its rows in `Strongest.channels`, or None for the first ones. Each block
    of nine projections has one scale.
    """
    layers = list(found.items()) if isinstance(found, dict) else list(found)
    sheet, axes = figure(
        7 * side * maps, 3.5 * side * len(layers), 3 * len(layers), 7 * maps - 1, squeeze=False, width_ratios=None
    )
    for ax in axes.flat:
        ax.set_axis_off()
    for block, (layer, strongest) in enumerate(layers):
        rows = (chosen or {}).get(layer, range(maps))
        for place, row in enumerate(list(rows)[:maps]):
            patches, projections = strongest.patches[row], strongest.projections[row]
            limit = reach(projections)
            for k in range(min(9, len(patches))):
                across, down = 7 * place + k % 3, 3 * block + k // 3
                picture(axes[down, across], patches[k])
                signed(axes[down, across + 3], projections[k], limit)
            title = f"{layer}, map {int(strongest.channels[row])}"
            axes[3 * block, 7 * place].set_title(title, loc="left", fontsize=10)
    sheet.get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0, hspace=0)
    return sheet


def over_training(growth, images, epochs=None, side=0.95):
    """Draw how feature maps grew: for each map a row of patches, the strongest at each epoch, above their projections.

    growth: `Growth` of `saliency.growth`. images: the pictures [N, 1, H, W] that it searched. epochs: which of
    `growth.epochs` are drawn, None for all. Activations grow with the weights, so each projection has its own scale.
    """
    epochs = growth.epochs if epochs is None else epochs
    columns = [growth.epochs.index(epoch) for epoch in epochs]
    size = (growth.box[..., 2:] - growth.box[..., :2]).flatten(0, 1).amax(dim=0).tolist()
    rows = len(growth.channels)
    sheet, axes = figure(len(columns) * side + 0.9, 2 * rows * side + 0.3, 2 * rows, len(columns), squeeze=False)
    for row in range(rows):
        for place, epoch in enumerate(columns):
            box = window_around(growth.box[epoch, row][None], size, images.shape[-2:])[0].tolist()
            cut = slice(box[0], box[2]), slice(box[1], box[3])
            title = f"{'epoch ' if place == 0 else ''}{epochs[place]}" if row == 0 else ""
            picture(axes[2 * row, place], images[growth.index[epoch, row], 0][cut], title)
            values = growth.maps[epoch, row][cut]
            signed(axes[2 * row + 1, place], values, reach(values))
    label_rows(axes[::2], [f"map {channel}" for channel in growth.channels.tolist()])
    return sheet


def what_and_where(images, split, titles=None, side=1.6):
    """Draw pictures with their first look, and the gradient in two parts: what was seen, and what went through θ alone.

    images: [N, 1, H, W]. split: `WhereToLook`. The part through θ is mostly far weaker: it is drawn magnified, and
    its title says by how much. titles: N row names, or None.
    """
    rows = len(images)
    limit = reach(split.what, split.whole)
    factor = 1
    if bool(split.where.any()):
        times = limit / reach(split.where)
        factor = max(1, round(times, -int(np.floor(np.log10(times)))))  # one digit: 230 becomes 200
    columns = {
        "what": split.what,
        "where to look" + (f"\n× {factor:g}" if factor > 1 else ""): split.where * factor,
        "both": split.whole,
    }
    sheet, axes = figure((len(columns) + 1) * side + 0.8, rows * side + 0.7, rows, len(columns) + 1, squeeze=False)
    for k in range(rows):
        height, width = images.shape[-2:]
        picture(axes[k, 0], images[k], "the look" if k == 0 else "")
        if split.theta.shape[1]:
            quadrilateral(axes[k, 0], split.theta[k, 0], height, width)
        axes[k, 0].set(xlim=(-0.15 * width, 1.15 * width), ylim=(1.15 * height, -0.15 * height))
        for ax, (name, maps) in zip(axes[k, 1:], columns.items(), strict=True):
            drawn = signed(ax, maps[k], limit, name if k == 0 else "")
    if titles is not None:
        label_rows(axes, titles)
    sheet.colorbar(drawn, ax=axes[:, 1:].ravel().tolist(), shrink=0.7, extend="both")
    return sheet


def occlusion(image, seen, classes, side=2.5):
    """Draw the occlusion study of one picture: the window, a map's activation, its projection, and two kinds of answer.

    image: [1, H, W]. seen: `Occluded`. classes: names. As in the four parts of Zeiler and Fergus' figure 7, each value
    stands where the window's centre stood.
    """
    from matplotlib.patches import Patch

    sheet, axes = figure(5 * side, side + 1.4, 1, 5)
    picture(axes[0], image, "the picture,\nand the window")
    axes[0].add_patch(_box(seen.lefts[0] - 0.5, seen.tops[0] - 0.5, seen.window, seen.window))
    at = _extent(seen)
    drawn = (
        axes[1].imshow(seen.activation.numpy(), extent=at, cmap="cividis"),
        signed(axes[2], seen.projection, reach(seen.projection)),
        axes[3].imshow(seen.probability.numpy(), extent=at, cmap="cividis", vmin=0, vmax=1),
    )
    axes[1].set_title(f"{seen.layer}, map {seen.channel}:\nsum of its activations")
    axes[2].set_title("what that map saw:\nits projection")
    axes[3].set_title(f"probability\nof {classes[seen.target]}")
    axes[4].set_title("most probable\nclass")
    shown = _classes(axes[4], seen, classes, at)
    height, width = image.shape[-2:]
    for ax in axes:
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
        ax.set_axis_off()
    for ax, scale in zip(axes[1:4], drawn, strict=True):
        sheet.colorbar(scale, ax=ax, location="bottom", shrink=0.85)
    for ax in (axes[0], axes[4]):  # a colour bar that is not seen keeps all five pictures at one size
        sheet.colorbar(drawn[0], ax=ax, location="bottom", shrink=0.85).ax.set_visible(False)
    keys = [Patch(color=COLOURS.get(classes[label], GREY), alpha=0.75, label=classes[label]) for label in shown]
    axes[4].legend(handles=keys, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3, fontsize=8, handlelength=1)
    return sheet


def _extent(seen):
    """Return the extent (left, right, bottom, top) of values that stand at the centres of a window's places."""
    half = (seen.window - 1) / 2
    ends = []
    for starts in (seen.lefts, seen.tops):
        step = float(starts[1] - starts[0]) if len(starts) > 1 else 1.0
        ends.append((float(starts[0]) + half - step / 2, float(starts[-1]) + half + step / 2))
    return (*ends[0], *reversed(ends[1]))


def _classes(ax, seen, classes, at, least=8):
    """Draw the most probable class at each place in the classes' colours; return those that are there, the most first.

    A class that stands at `least` places is also marked by its first three letters, for whoever cannot tell colours.
    """
    from matplotlib.colors import ListedColormap
    from scipy.ndimage import distance_transform_edt

    colours = ListedColormap([COLOURS.get(name, GREY) for name in classes])
    ax.imshow(seen.answer.numpy(), extent=at, cmap=colours, vmin=-0.5, vmax=len(classes) - 0.5, alpha=0.75)
    half = (seen.window - 1) / 2
    counts = seen.answer.flatten().bincount(minlength=len(classes))
    for label in range(len(classes)):
        if counts[label] < least:
            continue
        here = np.pad((seen.answer == label).numpy(), 1)
        deepest = distance_transform_edt(here)[1:-1, 1:-1].argmax()  # as far from all other classes as can be
        row, column = divmod(int(deepest), seen.answer.shape[1])
        x, y = float(seen.lefts[column]) + half, float(seen.tops[row]) + half
        ax.text(x, y, classes[label][:3], ha="center", va="center", fontsize=9, color="white", fontweight="bold")
    return [label for label in counts.argsort(descending=True).tolist() if counts[label]]


def fills(image, seen, classes, side=1.7):
    """Draw the probability of one class under windows of several fillings, θ live above θ frozen, on one scale.

    image: [1, H, W]. seen: fill -> {"live": Occluded, "frozen": Occluded}, of one picture and class.
    """
    rows = list(next(iter(seen.values())))
    sheet, axes = figure((len(seen) + 1) * side + 0.8, len(rows) * side + 0.4, len(rows), len(seen) + 1, squeeze=False)
    for row, theta in enumerate(rows):
        picture(axes[row, 0], image)
        for column, (fill, results) in enumerate(seen.items(), start=1):
            result = results[theta]
            ax = axes[row, column]
            drawn = ax.imshow(result.probability.numpy(), extent=_extent(result), cmap="cividis", vmin=0, vmax=1)
            height, width = image.shape[-2:]
            ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
            ax.set_title(fill if row == 0 else "")
            ax.set_axis_off()
    label_rows(axes, [f"θ {theta}" for theta in rows])
    any_seen = next(iter(next(iter(seen.values())).values()))
    bar = sheet.colorbar(drawn, ax=axes[:, 1:].ravel().tolist(), shrink=0.8)
    bar.set_label(f"probability of {classes[any_seen.target]}")
    return sheet


def brightness_and_importance(brightness, change, title=""):
    """Draw, for each feature map, how bright its projection is against what switching it off does to a logit.

    brightness, change: float [C].
    """
    sheet, ax = figure(6.2, 3.6)
    ax.axhline(0, color=GREY, linewidth=1)
    for which, colour, mark, name in (
        (change > 0, BLUE, "o", "speaks for the class"),
        (change <= 0, ORANGE, "s", "speaks against it, or not at all"),
    ):
        ax.plot(brightness[which], change[which], mark, color=colour, markersize=5, alpha=0.8, label=name)
    ax.set(xlabel="brightness of the projection (sum of |map|)", ylabel="logit lost without the map", title=title)
    ax.legend(loc="best", fontsize=9)
    return sheet


def shared_classes(shares, chance, chance_interval, title=""):
    """Draw, layer by layer, how much of a map's top nine belongs to one class, a dot a map, beside nine random faces.

    shares: layer -> float [C], share of the most frequent class among the nine. chance: the mean over random nines,
    chance_interval: (low, high) that holds 95 % of them.
    """
    sheet, ax = figure(7.5, 3.4)
    ax.axhspan(*chance_interval, color=LOOK, alpha=0.3, label="nine random faces: mean and 95 % of them")
    ax.axhline(chance, color=GREY, linestyle="--")
    generator = np.random.default_rng(0)  # places beside each other, since shares are ninths and would hide each other
    for place, values in enumerate(shares.values()):
        values = torch.as_tensor(values).numpy()
        spread = generator.uniform(-0.25, 0.25, len(values))
        ax.plot(place + spread, values, "o", color=BLUE, markersize=4, alpha=0.5)
        ax.plot(place, values.mean(), "D", color=ORANGE, markersize=9, label="mean of the maps" if place == 0 else None)
    ax.set_xticks(range(len(shares)), list(shares))
    ax.set(ylabel="top nine of one class", ylim=(0, 1.03), title=title)
    ax.grid(axis="x", visible=False)
    ax.legend(loc="lower right", fontsize=9)
    return sheet


def two_suspects(image, pixels, maps, names=("cheat", "honest"), side=1.45):
    """Draw what several methods show of two networks, each method's two maps on one scale of their own.

    image: [1, H, W]. pixels: bool [H, W], outlined: what the shortcut was planted on. maps: method -> (map of the
    first network, map of the second), each float [H, W].
    """
    sheet, axes = figure((len(maps) + 1) * side + 0.5, 2 * side + 0.4, 2, len(maps) + 1, squeeze=False)
    for row in (0, 1):
        picture(axes[row, 0], image)
    for column, (method, pair) in enumerate(maps.items(), start=1):
        limit = reach(*pair)
        for row, values in enumerate(pair):
            signed(axes[row, column], values, limit, method if row == 0 else "")
    for column, ax in enumerate(axes.T.flat):
        ax.contour(pixels.float().numpy(), levels=[0.5], colors=[GREEN], linewidths=1.2 if column < 2 else 0.4)
    label_rows(axes, names)
    return sheet
