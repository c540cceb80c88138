"""Figures of chapter 1: what is in a set, who called it what, and what a split or a sampler makes of it."""

import numpy as np
import torch

from .emotions import COLOURS
from .errors import DataError
from .evaluation import student_t, wilson
from .plots import BLUE, GREY, ORANGE, figure, picture


def same_classes(sets, classes, each=3, side=0.95):
    """Draw faces of the same classes out of several sets: a row a class, `each` columns a set.

    sets: name -> FaceSet. The first `each` pictures of a class are taken as they come, so nobody has chosen them.
    Raises DataError where a set has fewer.
    """
    gap = 0.25  # of a face's width, between two sets
    ratios = ([1] * each + [gap]) * len(sets)
    size = (side * sum(ratios) + 0.5, len(classes) * side + 0.4)
    sheet, axes = figure(*size, len(classes), len(ratios), squeeze=False, width_ratios=ratios)
    for ax in axes[:, each :: each + 1].flat:
        ax.set_axis_off()
    for block, (name, faces) in enumerate(sets.items()):
        for row, emotion in enumerate(classes):
            place = faces.classes.index(emotion) if emotion in faces.classes else -1
            found = (faces.labels == place).nonzero().flatten()[:each].tolist()
            if len(found) < each:
                raise DataError(f"expected {each} {emotion} faces in {name}, found {len(found)}: ask for fewer.")
            for k, index in enumerate(found):
                title = name if row == 0 and k == each // 2 else ""
                picture(axes[row, block * (each + 1) + k], faces.images[index], title)
    for ax, emotion in zip(axes[:, 0], classes, strict=True):
        ax.text(-0.12, 0.5, emotion, transform=ax.transAxes, rotation=90, ha="right", va="center", fontsize=11)
    return sheet


def class_shares(counts):
    """Draw the class shares of several sets as bars, one panel a set, with the number of pictures on each bar.

    counts: name -> {class: number of pictures}.
    """
    from matplotlib.ticker import PercentFormatter

    classes = [name for name in COLOURS if any(name in table for table in counts.values())]
    sheet, axes = figure(3.1 * len(counts) + 0.6, 3.1, 1, len(counts), squeeze=False, sharey=True, sharex=True)
    for ax, (name, table) in zip(axes[0], counts.items(), strict=True):
        total = sum(table.values())
        shares = [table.get(each, 0) / total for each in classes]
        ax.barh(classes, shares, color=[COLOURS[each] for each in classes])
        ax.axvline(1 / len(table), color=GREY, linestyle="--", linewidth=1.5)
        for row, each in enumerate(classes):
            text = f"{table[each]:,}" if each in table else "none"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            ax.text(shares[row] + 0.008, row, text, va="center", fontsize=9, bbox=box)
        ax.set_title(f"{name}: {total:,}")
        ax.grid(axis="y", visible=False)
    axes[0, 0].invert_yaxis()
    axes[0, 0].set_xlim(0, 0.38)
    axes[0, 0].xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    sheet.supxlabel("share of the set; dashed: all classes alike", fontsize=11)
    return sheet


def leading_votes(numbers, title=""):
    """Draw how many pictures have how many votes for their leading emotion. numbers: pictures with 0, 1, ... votes."""
    sheet, ax = figure(6.5, 3)
    total, voters = sum(numbers), len(numbers) - 1
    clear = [k > voters / 2 for k in range(len(numbers))]
    bars = ax.bar(range(len(numbers)), [n / total for n in numbers], color=[BLUE if c else ORANGE for c in clear])
    for bar, is_clear in zip(bars, clear, strict=True):
        bar.set_hatch("" if is_clear else "//")
        bar.set_edgecolor("white")
    less = sum(n for n, is_clear in zip(numbers, clear, strict=True) if not is_clear) / total
    words = f"hatched: half of the votes or fewer,\n{less:.0%} of the pictures"
    ax.text(0.02, 0.97, words, transform=ax.transAxes, va="top")
    ax.set(xlabel=f"votes out of {voters} for the leading emotion", ylabel="share of pictures", title=title)
    ax.set_xticks(range(len(numbers)))
    ax.grid(axis="x", visible=False)
    return sheet


def labels_against_votes(counts, labels, majorities, title=""):
    """Draw what the majority of the annotators says (columns) of the pictures of each label (rows), in percent.

    counts: [labels, majorities], numbers of pictures.
    """
    counts = torch.as_tensor(counts).double()
    shares = (100 * counts / counts.sum(1, keepdim=True).clamp(min=1)).numpy()
    sheet, ax = figure(7.2, 4.8)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=100, interpolation="nearest")
    for row, column in np.ndindex(shares.shape):
        value = shares[row, column]
        same = labels[row] == majorities[column]
        ax.text(
            column,
            row,
            f"{value:.0f}",
            ha="center",
            va="center",
            color="white" if value > 55 else "black",
            weight="bold" if same else "normal",
        )
    ax.set_xticks(range(len(majorities)), list(majorities), rotation=45, ha="right")
    ax.set_yticks(range(len(labels)), list(labels))
    ax.set(xlabel="majority of ten annotators", ylabel="original label", title=title)
    ax.grid(False)
    return sheet


def interval_widths(share, sizes, title=""):
    """Draw the Wilson interval of one measured share on test sets of several sizes."""
    from matplotlib.ticker import PercentFormatter

    sheet, ax = figure(6.5, 0.45 * len(sizes) + 1.1)
    for row, size in enumerate(sizes):
        hits = round(share * size)
        low, high = wilson(hits, size)
        ax.plot([low, high], [row, row], color=BLUE, linewidth=5, solid_capstyle="butt")
        ax.plot(hits / size, row, "D", color=ORANGE, markersize=7)
        ax.text(high + 0.015, row, f"{100 * low:.1f} to {100 * high:.1f} %", va="center", fontsize=10)
    ax.set_yticks(range(len(sizes)), [f"{size:,} faces" for size in sizes])
    ax.set(xlim=(0.3, 1.05), ylim=(len(sizes) - 0.5, -0.5), xlabel="accuracy and its 95 % interval", title=title)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="y", visible=False)
    return sheet


def two_splits(results, names=("random split", "split by person"), chance=None):
    """Draw what two splits of the same pictures score, seed by seed: a panel an experiment, a line a seed.

    results: title -> (scores under the first split, scores under the second), lists over seeds, 0..1.
    chance: the accuracy of guessing, drawn as a line, or None.
    """
    from matplotlib.ticker import PercentFormatter

    sheet, axes = figure(3.1 * len(results) + 0.5, 3.4, 1, len(results), squeeze=False, sharey=True)
    for ax, (title, (first, second)) in zip(axes[0], results.items(), strict=True):
        for a, b in zip(first, second, strict=True):
            ax.plot((0, 1), (a, b), color=GREY, linewidth=1, marker="o", markersize=4, alpha=0.6)
        for place, scores in enumerate((first, second)):
            mean, half = student_t(scores)
            ax.errorbar(place + (0.12, -0.12)[1 - place], mean, yerr=half, fmt="D", color=BLUE, capsize=4)
        mean, half = student_t([a - b for a, b in zip(first, second, strict=True)])
        ax.set_title(f"{title}\ngap {100 * mean:.0f} ± {100 * half:.0f} points")
        if chance is not None:
            ax.axhline(chance, color=ORANGE, linestyle="--", linewidth=1.5)
        ax.set_xticks((0, 1), names)
        ax.set_xlim(-0.4, 1.4)
        ax.grid(axis="x", visible=False)
    axes[0, 0].set(ylim=(0, 1.02), ylabel="accuracy on test")
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1))
    return sheet


def showings(shown, classes, title=""):
    """Draw how often an epoch shows each class. shown: name of a sampler -> weight of each class in one epoch."""
    sheet, ax = figure(8.5, 3.2)
    width = 0.8 / len(shown)
    marks = ("", "//", "..", "xx")
    for k, (name, values) in enumerate(shown.items()):
        places = [row + (k - (len(shown) - 1) / 2) * width for row in range(len(classes))]
        ax.bar(
            places,
            [float(value) for value in values],
            width,
            label=name,
            color=(GREY, BLUE, ORANGE, "#56B4E9")[k % 4],
            hatch=marks[k % 4],
            edgecolor="white",
        )
    ax.set_xticks(range(len(classes)), list(classes))
    ax.set(ylabel="showings × weight, an epoch", title=title)
    ax.grid(axis="x", visible=False)
    sheet.legend(loc="outside upper right", ncols=len(shown), fontsize=9)
    return sheet
