"""Figures of chapter 4: where a transformer looks, how that came about, and what it buys, seed by seed."""

from .evaluation import student_t
from .plots import BLUE, GREY, ORANGE, figure, picture, quadrilateral


def looks(images, theta, seen, titles=None, side=1.3):
    """Draw pictures with the look on each, and below them what it sees there.

    images, seen: [n, 1, H, W], uint8 or float in 0..1. theta: float [n, 2, 3]. titles: n, or None.
    """
    sheet, axes = figure(len(images) * side + 0.6, 2 * side + 0.5, 2, len(images), squeeze=False)
    for k, (above, below) in enumerate(axes.T):
        with_look(above, images[k], theta[k], titles[k] if titles else "")
        picture(below, seen[k])
    label_rows(axes, ("where it looks", "what it sees"))
    return sheet


def over_training(watch, some, epochs, side=1.15):
    """Draw pictures that a `Watch` kept, and below each what the network saw of it after some epochs.

    some: indices of pictures. epochs: which of `watch.glances`; the look of the last one is drawn on the pictures.
    """
    sheet, axes = figure(len(some) * side + 0.9, (len(epochs) + 1) * side, len(epochs) + 1, len(some), squeeze=False)
    for column, index in enumerate(some):
        with_look(axes[0, column], watch.images[index], watch.glances[epochs[-1]].theta[index])
    for row, epoch in enumerate(epochs, start=1):
        seen = watch.seen(watch.glances[epoch], list(some))
        for column in range(len(some)):
            picture(axes[row, column], seen[column])
    label_rows(axes, ("input, last look", *(f"epoch {watch.glances[epoch].epoch}" for epoch in epochs)))
    return sheet


def with_look(axes, image, theta, title=""):
    """Draw one picture with the quadrilateral of theta [2, 3], and room for a look that leaves it."""
    height, width = image.shape[-2:]
    picture(axes, image, title)
    quadrilateral(axes, theta, height, width)
    axes.set(xlim=(-0.3 * width, 1.3 * width), ylim=(1.3 * height, -0.3 * height))


def label_rows(axes, names):
    for ax, name in zip(axes[:, 0], names, strict=True):
        ax.text(-0.08, 0.5, name, transform=ax.transAxes, rotation=90, ha="right", va="center", fontsize=10)


def differences(rows, baseline, unit="points", title=""):
    """Draw what each row gains over a baseline, seed by seed: a dot a seed, the mean and its 95 % interval (t).

    rows: name -> list of numbers, one a seed. baseline: the numbers to subtract, seed by seed.
    """
    sheet, ax = figure(7.5, 0.42 * len(rows) + 1.1)
    for place, values in enumerate(rows.values()):
        gains = [a - b for a, b in zip(values, baseline, strict=True)]
        mean, half = student_t(gains)
        named = {"label": "a seed"}, {"label": "mean, 95 % interval"}
        dots, bar = ({}, {}) if place else named  # one entry each in the legend
        ax.plot(gains, [place] * len(gains), "o", color=GREY, markersize=5, alpha=0.7, **dots)
        ax.errorbar(mean, place, xerr=half, fmt="D", color=BLUE, capsize=4, **bar)
    ax.axvline(0, color=ORANGE, linestyle="--", linewidth=1.5, label="no difference")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    ax.set(xlabel=f"difference, {unit}", title=title)
    ax.legend(loc="best", fontsize=9)
    return sheet
