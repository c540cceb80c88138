"""Figures of chapters 8 and 9: maps beside the faces that they explain, and what the maps are worth.

Signed maps are drawn from orange (negative) through white (0) to purple (positive), with the same limits for all maps
of a figure. Methods have different units (a gradient is in logits per brightness, a Shapley value in logits), so where
several stand in one figure each method is divided by one number for all its maps, its `unit`.
"""

import numpy as np
import torch
from torch.nn import functional as F

from .errors import DataError
from .evaluation import student_t
from .geometry import affine_grid, invert
from .plots import BLUE, GREEN, GREY, ORANGE, figure, picture, quadrilateral

SIGNED = "PuOr"
MARKS = "osD^vPX*<>hd"
COLOURS = (BLUE, ORANGE, GREEN, "black", "#CC79A7", "#E69F00", GREY)


def unit(maps, quantile=0.995):
    """Return the number by which maps of one method are divided before they are drawn: a high quantile of |maps|.

    Not the largest value: one loud pixel would make all the others pale. An even map of zeros gives 1.
    """
    size = maps.detach().float().abs().flatten()
    return float(np.quantile(size.numpy(), quantile)) or float(size.max()) or 1.0


def grid(images, maps, titles=None, masks=None, scale="method", side=1.0, label="truth"):
    """Draw faces in a row, and below them a row of maps for each method: the same colours everywhere.

    images: [N, 1, H, W], uint8 or float in 0..1. maps: name of a method -> float [N, H, W]. titles: N, or None.
    masks: bool [N, H, W], outlined on the faces and, thinner, on the maps, or None. label: what the masks are.
    scale: "method", each row in units of its own (`unit`), or "same", all as they are. Raises DataError.
    """
    if scale not in ("method", "same"):
        raise DataError(f'expected scale "method" or "same", found {scale!r}: name one of the two.')
    for name, each in maps.items():
        if each.shape != (len(images), *images.shape[2:]):
            raise DataError(
                f"expected a map for each picture, float {[len(images), *images.shape[2:]]}, found {list(each.shape)} "
                f"for {name}: give the maps of these pictures."
            )
    every = unit(torch.stack(list(maps.values())))
    sheet, axes = figure(
        len(images) * side + 1.7, (len(maps) + 1) * side + 0.3, len(maps) + 1, len(images), squeeze=False
    )
    for k, ax in enumerate(axes[0]):
        picture(ax, images[k], titles[k] if titles else "")
        outline(ax, masks, k, 1.5)
    for row, values in zip(axes[1:], maps.values(), strict=True):
        size, limit = (unit(values), 1.0) if scale == "method" else (1.0, every)
        for k, ax in enumerate(row):
            drawn = draw_map(ax, values[k] / size, limit)
            outline(ax, masks, k, 0.5)
    name_rows(axes, ("the face" if masks is None else f"the face,\n{label}", *maps))
    units = "each row in its own unit" if scale == "method" else "all as they are"
    colour_bar(sheet, drawn, axes, f"negative ← {units} → positive")
    return sheet


def overlay(images, maps, titles=None, theta=None, side=2.0, columns=5):
    """Draw each map over its face: purple or orange where the map is strong, the face elsewhere.

    images, titles: as in `grid`. maps: float [N, H, W], all on one scale. theta: float [N, 2, 3], whose
    quadrilateral is drawn in the picture's frame, or None.
    """
    from matplotlib import colormaps

    columns = min(columns, len(images))
    rows, size = -(-len(images) // columns), unit(maps)
    sheet, axes = figure(columns * side, rows * (side + 0.25), rows, columns, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if k >= len(images):
            continue
        picture(ax, images[k], titles[k] if titles else "")
        strength = (maps[k].detach().cpu().float() / size).clamp(-1, 1).numpy()
        colours = colormaps[SIGNED](0.5 + 0.5 * strength)
        colours[..., 3] = 0.85 * np.abs(strength) ** 0.7
        ax.imshow(colours)
        if theta is not None:
            quadrilateral(ax, theta[k], *images.shape[2:])
            high, wide = images.shape[2:]
            ax.set(xlim=(-0.15 * wide, 1.15 * wide), ylim=(1.15 * high, -0.15 * high))
    return sheet


def in_upright_frame(maps, theta, padding_mode="zeros"):
    """Return maps float32 [N, H, W] as they lie on the upright face, so that those of many faces can be averaged.

    theta: the true poses float [N, 2, 3] of a FaceSet. Each map is sampled once (bilinear). padding_mode: what lies
    beyond the picture, "zeros" or, for pictures, "border".
    """
    back = affine_grid(invert(theta.float()), (len(maps), 1, *maps.shape[1:]))
    # The fused sampler: the one that is written out would hold ten times the memory for a whole test set.
    return F.grid_sample(maps.float()[:, None], back, padding_mode=padding_mode, align_corners=False)[:, 0]


def mean_maps(images, maps, labels, classes, side=1.5, extra=None):
    """Draw the mean face of each class and, below it, the mean of the maps of its faces, all on one scale.

    images: [N, 1, H, W], maps float [N, H, W]: of upright faces. labels: int64 [N]. classes: names. extra: name ->
    float [N, H, W], more rows, each in a unit of its own, such as the true cue or a control; or None.
    """
    rows = {"mean map": maps, **(extra or {})}
    shown = [k for k in range(len(classes)) if (labels == k).any()]
    sheet, axes = figure(
        len(shown) * side + 1.3, (len(rows) + 1) * side + 0.5, len(rows) + 1, len(shown), squeeze=False
    )
    light = images.float() / (255 if images.dtype == torch.uint8 else 1)
    for ax, k in zip(axes[0], shown, strict=True):
        picture(ax, light[labels == k].mean(0), f"{classes[k]} ({int((labels == k).sum())})")
    for row, values in zip(axes[1:], rows.values(), strict=True):
        means = torch.stack([values[labels == k].float().mean(0) for k in shown])
        size = unit(means)
        for ax, mean in zip(row, means, strict=True):
            drawn = draw_map(ax, mean / size)
    name_rows(axes, ("mean face", *rows))
    colour_bar(sheet, drawn, axes, "negative ← each row in its own unit → positive")
    return sheet


def along_the_path(alphas, slopes, logits, pictures):
    """Draw the way from the baseline to the picture: pictures on it, the logit, and its slope, whose area it climbs.

    alphas: n shares of the way, 0..1, the middles of n steps. slopes: d logit / d alpha there. logits: (at the
    baseline, at the picture). pictures: [p, 1, H, W], evenly spaced on the way.
    """
    sheet, axes = figure(9.5, 4.3, 2, len(pictures), height_ratios=(1, 1.5))
    for k, ax in enumerate(axes[0]):
        picture(ax, pictures[k], f"α = {k / max(1, len(pictures) - 1):.2f}")
    place = axes[1, 0].get_gridspec()
    for ax in axes[1]:
        ax.remove()
    ax = sheet.add_subplot(place[1, :])
    area = float(np.mean(slopes))
    ax.fill_between(alphas, slopes, color=BLUE, alpha=0.25, label=f"area {area:.3f}")
    ax.plot(alphas, slopes, color=BLUE, marker="o", markersize=4)
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set(xlabel="α, share of the way from grey to the face", ylabel="d logit / dα", xlim=(0, 1))
    ax.set_title(
        f"the logit climbs from {logits[0]:.3f} to {logits[1]:.3f}, by {logits[1] - logits[0]:.3f}", loc="left"
    )
    ax.legend()
    return sheet


def by_part(rows, names, xlabel="logits"):
    """Draw what several methods give to each part of a face: one mark a method, one line a part.

    rows: method -> numbers, one for each of `names`.
    """
    sheet, ax = figure(7.5, 0.5 * len(names) + 1.3)
    shift = np.linspace(-0.2, 0.2, len(rows)) if len(rows) > 1 else [0.0]
    for (name, values), off, mark, colour in zip(rows.items(), shift, MARKS, COLOURS, strict=False):
        ax.plot(values, np.arange(len(names)) + off, mark, color=colour, markersize=7, label=name)
    ax.axvline(0, color=GREY, linewidth=1)
    ax.set_yticks(range(len(names)), list(names))
    ax.set(xlabel=xlabel, ylim=(len(names) - 0.5, -0.5))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return sheet


def agreement(names, values, title=""):
    """Draw a table of rank correlations between methods, -1..1, with the numbers in it; values: float [n, n]."""
    values = np.asarray(values, dtype=float)
    sheet, ax = figure(0.62 * len(names) + 2.6, 0.5 * len(names) + 1.9)
    drawn = ax.imshow(values, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
    for i, j in np.ndindex(*values.shape):
        dark = abs(values[i, j]) > 0.65
        ax.text(j, i, f"{values[i, j]:.2f}", ha="center", va="center", fontsize=9, color="white" if dark else "black")
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
    ax.set_yticks(range(len(names)), names)
    ax.grid(False)
    ax.set_title(title)
    sheet.colorbar(drawn, ax=ax).set_label("rank correlation")
    return sheet


def ranking(rows, xlabel, controls=(), line=None, line_name="chance", title=""):
    """Draw one score of many methods, best on top: the mean and its 95 % interval; what saw no network is hollow.

    rows: name -> (mean, half width of the interval), or the score's values, one a network or a face, of which Student's
    interval is taken. controls: which names are controls; the best of them has a dashed line. line: another level,
    drawn dotted under `line_name`, such as chance, or None. A mean of NaN is left out.
    """
    points = {
        name: tuple(v) if isinstance(v, tuple) else student_t([x for x in v if x == x]) for name, v in rows.items()
    }
    points = {name: point for name, point in points.items() if point[0] == point[0]}
    order = sorted(points, key=lambda name: points[name][0], reverse=True)
    sheet, ax = figure(7.5, 0.3 * len(order) + 1.3)
    for place, name in enumerate(order):
        mean, half = points[name]
        alone = name in controls
        ax.errorbar(
            mean,
            place,
            xerr=half if half == half else None,
            fmt="s" if alone else "o",
            color=ORANGE if alone else BLUE,
            mfc="white" if alone else BLUE,
            capsize=3,
            linewidth=1.5,
        )
    best = max((points[name][0] for name in controls if name in points), default=None)
    if best is not None:
        ax.axvline(best, color=ORANGE, linestyle="--", linewidth=1.5, label="best control (never asked the network)")
    if line is not None:
        ax.axvline(line, color=GREY, linestyle=":", linewidth=1.5, label=line_name)
    ax.set_yticks(range(len(order)), order)
    ax.set(xlabel=xlabel, ylim=(len(order) - 0.5, -0.5), title=title)
    if best is not None or line is not None:
        ax.legend(loc="lower right", fontsize=9)
    return sheet


def cascade(rows, absolute=False, names=None):
    """Draw how like a method's maps stay to the trained network's as its layers lose their weights, from the top down.

    rows: method -> list of `Step` of saliency.cascade, or of (layer, values), values one a picture; the bars are 95 %
    intervals over pictures. absolute: compare without signs. names: layer -> how it is called on the axis, or None.
    """
    sheet, ax = figure(8.5, 3.9)
    for (name, steps), mark, colour in zip(rows.items(), MARKS, COLOURS * 2, strict=False):
        points = [student_t([x for x in similarities(step, absolute).tolist() if x == x]) for step in steps]
        means, halves = zip(*points, strict=True)
        ax.errorbar(range(len(means)), means, yerr=halves, color=colour, marker=mark, capsize=2, label=name)
        layers = [layer_of(step) or "trained" for step in steps]
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xticks(range(len(layers)), [(names or {}).get(layer, layer) for layer in layers], rotation=30, ha="right")
    what = "rank correlation of |map|" if absolute else "rank correlation"
    ax.set(xlabel="new weights, from the top down to", ylabel=f"{what}\nwith the trained map", ylim=(None, 1.05))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return sheet


def curves(deleted, inserted):
    """Draw the mean probability of the class as pixels go (left) and come (right); name -> `Curve` each."""
    sheet, axes = figure(9.5, 3.4, 1, 2, sharey=True)
    titles = "the most relevant pixels go first", "the most relevant pixels come first"
    for ax, some, title in zip(axes, (deleted, inserted), titles, strict=True):
        for (name, curve), colour, style in zip(some.items(), COLOURS, ("-", "--", "-.", ":") * 2, strict=False):
            area = curve.area.mean().item()
            ax.plot(curve.shares, curve.probability.mean(0), style, color=colour, label=f"{name}: area {area:.2f}")
        ax.set(xlabel="share of the pixels", title=title, xlim=(0, 1), ylim=(0, 1))
        ax.legend(fontsize=9)
    axes[0].set_ylabel("mean probability of the class")
    return sheet


def similarities(step, absolute):
    """Return one similarity a picture of a `Step`, or of a (layer, values) pair."""
    if isinstance(step, tuple):
        return torch.as_tensor(step[1])
    return step.absolute if absolute else step.signed


def layer_of(step):
    return step[0] if isinstance(step, tuple) else step.layer


def draw_map(ax, values, limit=1.0):
    """Draw one signed map on axes, its colours from -limit to limit, without axes; returns what matplotlib drew."""
    ax.set_axis_off()
    return ax.imshow(values.detach().cpu().float().numpy(), cmap=SIGNED, vmin=-limit, vmax=limit)


def colour_bar(sheet, drawn, axes, label):
    bar = sheet.colorbar(drawn, ax=axes.ravel().tolist(), shrink=min(0.95, 4 / len(axes)), extend="both", aspect=25)
    bar.set_label(label, fontsize=9)


def outline(ax, masks, k, width):
    if masks is not None and masks[k].any():
        ax.contour(masks[k].cpu().float().numpy(), levels=[0.5], colors=[GREEN], linewidths=width)


def name_rows(axes, names):
    for ax, name in zip(axes[:, 0], names, strict=True):
        ax.text(-0.08, 0.5, name, transform=ax.transAxes, ha="right", va="center", fontsize=10)
