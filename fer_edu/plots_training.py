"""Figures of chapter 6: a training while it runs, weights under two kinds of decay, a recipe changed step by step."""

import math
from textwrap import fill

from .geometry import identity_theta
from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, draw_learning_curves, figure, in_style, quadrilateral
from .plots import picture as draw_picture


def live_axes(with_face):
    """Return (Figure, its axes by name) for `draw_live`; with_face: whether θ of a face is drawn."""
    from matplotlib.figure import Figure

    names = ("loss", "accuracy", "face", "rate", "distance", "seen") if with_face else ("loss", "accuracy", "rate")
    with in_style():
        # Fixed places: a layout that is worked out again takes as long as all the rest of the drawing.
        sheet = Figure(figsize=(10.5, 5.2 if with_face else 2.9), layout="none")
        ratios = (4, 4, 2.6) if with_face else (1, 1, 1)
        axes = sheet.subplots(2 if with_face else 1, 3, width_ratios=ratios)
        edge = 0.1 if with_face else 0.19
        sheet.subplots_adjust(left=0.085, right=0.985, bottom=edge, top=0.94, wspace=0.34, hspace=0.36)
        return sheet, dict(zip(names, axes.flat, strict=True))


def draw_live(axes, rows, epochs, chance=None, watch=None, private=False):
    """Draw a training so far on `live_axes`.

    rows: lines of a History, maybe none yet. epochs: how many there will be. chance: the accuracy of guessing, or None.
    watch: a `Watch`, whose first face is drawn, with the look on it and what is seen there, or None.
    private: whether to leave the face itself out.
    """
    from matplotlib.ticker import MaxNLocator

    for ax in axes.values():
        for artist in (*ax.lines, *ax.images):  # not clear(): it makes new ticks, and they take longest to draw
            artist.remove()
        ax.relim()
        ax.autoscale()
    rates = [row["learning_rate"] for row in rows]
    if rows:
        draw_learning_curves((axes["loss"], axes["accuracy"]), rows, chance, epochs)
        axes["loss"].set_ylim(0, above(row[name] for row in rows for name in ("train_loss", "val_loss")))
        axes["rate"].plot([row["epoch"] for row in rows], rates, color=GREEN)
    axes["rate"].set(xlabel="epoch", ylabel="learning rate", xlim=(0.5, epochs + 0.5), ylim=(0, above(rates)))
    axes["rate"].xaxis.set_major_locator(MaxNLocator(integer=True))
    if watch is None:
        return
    far = distances(watch)
    axes["distance"].plot(watch.column("epoch"), far, color=LOOK, marker="o" if epochs < 20 else "")
    # At least 0.1: less is no movement to speak of, and should not look like one.
    axes["distance"].set(xlabel="epoch", ylabel="|θ − I| of the face", xlim=(-0.5, epochs + 0.5))
    axes["distance"].set_ylim(0, above((0.1, *far)))
    axes["distance"].xaxis.set_major_locator(MaxNLocator(integer=True))
    glance = watch.glances[-1]
    face, seen = watch.images[0], watch.seen(glance, slice(1))[0]
    if private:
        face, seen = face.new_full(face.shape, 128), seen.new_full(seen.shape, 128)
    draw_picture(axes["face"], face, f"θ after epoch {glance.epoch}")
    draw_picture(axes["seen"], seen, "not shown: a photograph" if private else "what it sees there")
    height, width = face.shape[-2:]
    quadrilateral(axes["face"], glance.theta[0], height, width)
    axes["face"].set(xlim=(-0.3 * width, 1.3 * width), ylim=(1.3 * height, -0.3 * height))


def above(values):
    """Return where an axis that begins at 0 ends, a little above the highest of some values; 1 where there is none.

    Matplotlib's own choice moves with the lowest value too, and ticks that move at every epoch take long to draw.
    """
    return 1.05 * max(filter(math.isfinite, values), default=0) or 1.0


def final_layers(runs):
    """Draw what two ways of shrinking do to the final layers of a network, over the epochs.

    runs: name -> columns of equal length, the first value before training: "W1" and "W2", the norms of the two layers,
    and "loud" and "quiet", the mean size of those weights of W1 that had the largest and the smallest gradients.
    """
    sheet, axes = figure(9.5, 3.6, 1, 2)
    panels = (
        (axes[0], (("W1", "-"), ("W2", "--")), "norm of the layer"),
        (axes[1], (("loud", "-"), ("quiet", "--")), "mean |w|, as a share of the start"),
    )
    for ax, lines, label in panels:
        for (name, columns), colour, mark in zip(runs.items(), (GREY, BLUE, ORANGE), "^os", strict=False):
            for column, style in lines:
                values = columns[column]
                if ax is axes[1]:
                    values = [value / values[0] for value in values]
                ax.plot(values, style, color=colour, marker=mark, label=f"{name}: {column}")
        ax.set(xlabel="epoch", ylabel=label, ylim=(0, None), xticks=range(len(values)))
        ax.legend(fontsize=8)
    return sheet


def ladder(record):
    """Draw a recipe that is changed one thing at a time: val accuracy, a dot a seed, and the loss over the epochs.

    record: a dict with "rows", name -> {"accuracy": 0..1, one a seed; "train_loss": a list of epochs a seed; "stopped":
    None or the error's sentence, one a seed}, from the first recipe to the last. A seed that stopped is a cross.
    """
    from matplotlib import colormaps
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    rows = record["rows"]
    sheet, (left, right) = figure(10.5, 0.5 * len(rows) + 1.1, 1, 2, width_ratios=(5, 4))
    for place, row in enumerate(rows.values()):
        seeds = list(zip(row["accuracy"], row["stopped"], strict=True))
        whole = [accuracy for accuracy, why in seeds if why is None]
        left.plot(
            [0.0] * (len(seeds) - len(whole)), [place] * (len(seeds) - len(whole)), "x", color=ORANGE, clip_on=False
        )
        left.plot(whole, [place] * len(whole), "o", color=BLUE, alpha=0.7, label="" if place else "a seed")
        if whole:
            mean = sum(whole) / len(whole)
            left.plot(mean, place, "|", color=GREY, markersize=18, label="" if place else "mean")
    left.set_yticks(range(len(rows)), [fill(f"{k}  {name}", 26) for k, name in enumerate(rows, start=1)])
    left.invert_yaxis()
    left.set(xlabel="accuracy on val", xlim=(0, None))
    left.xaxis.set_major_formatter(PercentFormatter(1))
    left.legend(fontsize=9, loc="lower left")
    ends = {}
    for k, row in enumerate(rows.values()):
        curves = [curve for curve, why in zip(row["train_loss"], row["stopped"], strict=True) if why is None]
        if curves:
            mean = [sum(values) / len(values) for values in zip(*curves, strict=True)]
            shade = colormaps["viridis_r"](0.15 + 0.85 * k / max(len(rows) - 1, 1))
            right.plot(range(1, len(mean) + 1), mean, color=shade, linestyle=("-", "--", "-.", ":")[k % 4])
            ends[k + 1] = mean[-1], shade
    right.axhline(math.log(7), color=GREY, linestyle=":", linewidth=1.2)
    right.set(xlabel="epoch", ylabel="cross-entropy on train, mean of the seeds", title="dotted grey: guessing, ln 7")
    right.set_ylim(top=2.2)  # the paper's rate begins far above
    low, high = right.get_ylim()
    edge, place = right.get_xlim()[1], high
    for number, (value, shade) in sorted(ends.items(), key=lambda each: -each[1][0]):
        place = min(value, place - (high - low) / 22)  # numbers do not lie on each other
        right.text(edge, place, f" {number}", color=shade, va="center", weight="bold")
    right.xaxis.set_major_locator(MaxNLocator(integer=True))
    return sheet


def distances(watch):
    """Return |θ - I| of the first watched face in every glance, as a list."""
    return [(glance.theta[0] - identity_theta()[0]).norm().item() for glance in watch.glances]
