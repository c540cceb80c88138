"""Figures of chapter 7: how good a classifier is, how sure that is, and what its confidence is worth."""

import math

import numpy as np
import torch

from .emotions import COLOURS
from .errors import DataError
from .evaluation import student_t, wilson
from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, figure

MARKS = "osD^vPX"


def _percent(*axes, decimals=0):
    from matplotlib.ticker import PercentFormatter

    for axis in axes:
        axis.set_major_formatter(PercentFormatter(1, decimals=decimals))


def confusions(report, title=""):
    """Draw a confusion matrix twice, as counts and as percent of each row; a row for each true class, as sklearn does.

    report: of fe.evaluation.evaluate, or all that has `confusion` (int64 [true, predicted]) and `classes`.
    """
    from sklearn.metrics import ConfusionMatrixDisplay

    counts = torch.as_tensor(report.confusion)
    shares = 100 * counts / counts.sum(1, keepdim=True).clamp(min=1)
    sheet, axes = figure(11, 4.9, 1, 2)
    for ax, values, form, name in (
        (axes[0], counts, "d", "pictures"),
        (axes[1], shares, ".0f", "percent of each true class"),
    ):
        shown = ConfusionMatrixDisplay(values.numpy(), display_labels=list(report.classes))
        shown.plot(ax=ax, cmap="Blues", values_format=form, xticks_rotation=45, colorbar=False)
        ax.grid(False)
        ax.set(xlabel="answer", ylabel="true class", title=name)
    if title:
        sheet.suptitle(title)
    return sheet


def two_uncertainties(results):
    """Draw, for each result on one axis, how far it could be off over seeds, over test pictures, and over both.

    results: name -> (mean accuracy 0..1, half width of its interval over seeds, test pictures, the runs' accuracies or
    none). Over test pictures: Wilson's interval. Both: the two half widths squared, added, and the root of it, as for
    independent sources.
    """
    sheet, axes = figure(9, 1.5 * len(results) + 1.1, len(results), 1, squeeze=False, sharex=False)
    for ax, (name, (mean, half, pictures, runs)) in zip(axes[:, 0], results.items(), strict=True):
        low, high = wilson(round(mean * pictures), pictures)
        both = (mean - math.hypot(half, mean - low), mean + math.hypot(half, high - mean))
        rows = {
            "over seeds": ((mean - half, mean + half), BLUE),
            f"over {pictures:,} test pictures": ((low, high), ORANGE),
            "over both": (both, GREEN),
        }
        for place, ((left, right), colour) in enumerate(rows.values()):
            ax.plot([left, right], [place, place], color=colour, linewidth=6, solid_capstyle="butt")
            ax.plot(mean, place, "D", color="black", markersize=6)
            text = f"{100 * left:.1f} to {100 * right:.1f} %"
            ax.text(1.01, place, text, transform=ax.get_yaxis_transform(), va="center", fontsize=10)
        ax.plot(runs, [-0.42] * len(runs), "|", color=GREY, markersize=11, markeredgewidth=2)
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set(ylim=(len(rows) - 0.4, -0.75), xlim=(mean - 0.026, mean + 0.026))
        ax.grid(axis="y", visible=False)
        ax.set_title(name, loc="left")
        _percent(ax.xaxis, decimals=1)
    axes[-1, 0].set_xlabel("accuracy; bars: 95 % intervals; ticks on top: single runs")
    return sheet


def scatter_of_test_sets(accuracies, size, whole):
    """Draw what one network scores on many test sets of `size` pictures, beside the interval that Wilson promises.

    accuracies: floats 0..1, one a test set. whole: the accuracy on all of them together.
    """
    sheet, ax = figure(8, 2.3)
    low, high = wilson(round(whole * size), size)
    ax.axvspan(low, high, color=LOOK, alpha=0.35, label=f"Wilson's 95 % interval at {size} pictures")
    ax.axvline(whole, color=ORANGE, linestyle="--", label="all pictures together")
    seen = {}
    for value in accuracies:  # equal scores stand on top of each other
        seen[round(value, 6)] = seen.get(round(value, 6), 0) + 1
        ax.plot(value, seen[round(value, 6)], "o", color=BLUE, markersize=7)
    ax.set(ylim=(0, max(seen.values()) + 1.8), xlabel=f"accuracy of the same network on {size} pictures", yticks=[])
    _percent(ax.xaxis)
    ax.legend(loc="upper left", fontsize=9)
    return sheet


def measured_coverage(sizes, shares, level=0.95):
    """Draw how often intervals held the truth, against the number of values that each was made of.

    shares: name of a method -> measured coverage 0..1 for each of `sizes`. level: what the intervals promise.
    """
    sheet, ax = figure(7.5, 3.6)
    for (name, values), colour, mark in zip(shares.items(), (ORANGE, BLUE, GREEN, GREY), MARKS, strict=False):
        ax.plot(sizes, values, color=colour, marker=mark, markersize=7, label=name)
    ax.axhline(level, color=GREY, linestyle="--", linewidth=1.5)
    ax.text(sizes[-1], level + 0.004, "promised", ha="right", va="bottom", color=GREY)
    ax.set_xscale("log")
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    ax.set(xlabel="number of seeds", ylabel="intervals that hold the truth", ylim=(None, 1.0))
    _percent(ax.yaxis)
    ax.legend(loc="lower right")
    return sheet


def ranking_curves(curves, shares):
    """Draw ROC curves on the left and precision-recall curves on the right, one class each against the rest.

    curves: class -> (roc, precision_recall), both a `Curve` of fer_edu.evaluation. shares: class -> its share of the
    pictures, the precision of guessing, drawn as a dotted line.
    """
    sheet, (left, right) = figure(10.5, 4.3, 1, 2)
    for (name, (roc, pr)), line in zip(curves.items(), ("-", "--", "-.", ":"), strict=False):
        colour = COLOURS.get(name, GREY)
        left.plot(roc.x, roc.y, color=colour, linestyle=line, label=f"{name}: area {roc.area:.3f}")
        right.step(
            pr.x, pr.y, where="pre", color=colour, linestyle=line, label=f"{name}: average precision {pr.area:.3f}"
        )
        right.axhline(shares[name], color=colour, linestyle=":", linewidth=1)
    left.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1.5)
    left.set(xlabel="false alarms, share of the other classes", ylabel="recall", title="ROC", aspect="equal")
    right.set(xlabel="recall", ylabel="precision", title="precision and recall", ylim=(0, 1.03), xlim=(-0.02, 1.02))
    for ax in (left, right):
        ax.legend(loc="lower right" if ax is left else "lower left", fontsize=9)
    return sheet


def reliability(diagrams, title=""):
    """Draw reliability diagrams side by side: how often the answers of each bin of confidence are right.

    diagrams: name -> `Reliability` of fer_edu.evaluation, or a record's dict with counts, confidence, accuracy (a list
    each, one number a bin) and ece. Below, how many answers lie in each bin. Orange and hatched: less often right than
    sure; blue: at least as often.
    """
    columns = len(diagrams)
    sheet, axes = figure(4.2 * columns + 0.5, 4.6, 2, columns, squeeze=False, sharex=True, height_ratios=(3, 1))
    for (name, diagram), above, below in zip(diagrams.items(), axes[0], axes[1], strict=True):
        counts, confidence, accuracy = (_column(diagram, key) for key in ("counts", "confidence", "accuracy"))
        bins = len(counts)
        places = (np.arange(bins) + 0.5) / bins
        some = counts > 0
        short = some & (accuracy < confidence)
        for which, colour, hatch in ((some & ~short, BLUE, ""), (short, ORANGE, "//")):
            above.bar(
                places[which], accuracy[which], 0.9 / bins, color=colour, hatch=hatch, edgecolor="white", alpha=0.9
            )
        above.plot(confidence[some], confidence[some], "_", color="black", markersize=220 / bins, markeredgewidth=2)
        above.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1.5)
        ece = diagram["ece"] if isinstance(diagram, dict) else diagram.ece
        above.set(title=f"{name}: ECE {100 * ece:.1f} points", ylim=(0, 1.02), xlim=(0, 1))
        below.bar(places, counts / counts.sum(), 0.9 / bins, color=GREY)
        below.set(xlabel="confidence", ylim=(0, 1))
        _percent(above.yaxis, below.yaxis, below.xaxis)
    axes[0, 0].set_ylabel("right")
    axes[1, 0].set_ylabel("share")
    if title:
        sheet.suptitle(title)
    return sheet


def _column(diagram, key):
    values = diagram[key] if isinstance(diagram, dict) else getattr(diagram, key)
    return np.nan_to_num(np.asarray([0 if value is None else value for value in values], dtype=float))


def risk_coverage(curves, title=""):
    """Draw the share of errors among the answers that are given, against the share of pictures that are answered.

    curves: name -> (coverage, risk), arrays or lists in 0..1.
    """
    sheet, ax = figure(7, 3.6)
    for (name, (coverage, risk)), colour, line in zip(
        curves.items(), (BLUE, ORANGE, GREEN, GREY), ("-", "--", "-.", ":"), strict=False
    ):
        ax.plot(np.asarray(coverage, dtype=float), np.asarray(risk, dtype=float), color=colour, linestyle=line)
        ax.plot(coverage[-1], risk[-1], "o", color=colour, markersize=7, label=name)
    ax.set(xlabel="share of pictures that are answered", ylabel="wrong, of those answered", xlim=(0, 1.02), title=title)
    ax.set_ylim(0, None)
    _percent(ax.xaxis, ax.yaxis)
    ax.legend(loc="upper left")
    return sheet


def peeking(val, test, runs=3):
    """Draw what choosing the epoch on the test set buys: some runs' curves on the left, every run's gain on the right.

    val, test: accuracies 0..1, [runs][epochs]. runs: how many runs' curves are drawn.
    """
    val, test = np.asarray(val, dtype=float), np.asarray(test, dtype=float)
    if val.shape != test.shape or val.ndim != 2:
        raise DataError(f"expected val and test as [runs][epochs], found {val.shape} and {test.shape}: give one shape.")
    chosen, best = val.argmax(1), test.argmax(1)
    epochs = np.arange(1, val.shape[1] + 1)
    sheet, (left, right) = figure(10.5, 3.8, 1, 2, width_ratios=(3, 2))
    for run, (colour, line) in enumerate(zip((BLUE, GREEN, GREY), ("-", "--", "-."), strict=True)):
        if run >= min(runs, len(test)):
            break
        words = ("chosen on val", "best on test") if run == 0 else (None, None)
        left.plot(epochs, test[run], color=colour, linestyle=line, linewidth=1.5)
        place = dict(linestyle="none", color=colour, markersize=9, markeredgecolor="black")
        left.plot(epochs[chosen[run]], test[run, chosen[run]], marker="s", label=words[0], **place)
        left.plot(epochs[best[run]], test[run, best[run]], marker="*", label=words[1], **{**place, "markersize": 15})
    late = test[: max(1, runs), len(epochs) // 3 :]
    left.set(xlabel="epoch", ylabel="accuracy on test", ylim=(late.min() - 0.03, late.max() + 0.02))
    left.set_title(f"{min(runs, len(test))} of {len(test)} runs")
    _percent(left.yaxis)
    left.legend(loc="lower right")
    rows = np.arange(len(test))
    gains = 100 * (test[rows, best] - test[rows, chosen])
    right.plot(gains, np.zeros(len(gains)), "o", color=GREY, alpha=0.7, label="a run")
    if len(gains) > 1:
        mean, half = student_t(gains.tolist())
        right.errorbar(mean, 0.5, xerr=half, fmt="D", color=BLUE, capsize=4, label="mean, 95 % interval")
        right.set_title(f"bought by peeking: {mean:.2f} ± {half:.2f} points")
    right.axvline(0, color=ORANGE, linestyle="--", linewidth=1.5, label="nothing")
    right.set(ylim=(-0.6, 1.6), yticks=[], xlabel="points of accuracy")
    right.legend(loc="upper right", fontsize=9)
    return sheet


def shares(panels, xlabel, line=None, lowest=0.0):
    """Draw shares with Wilson's 95 % interval, a row each, in one panel or several beside each other.

    panels: title -> {row: (hits, n)}; the same rows in each panel. line: a share that is marked in all panels, or None.
    lowest: where the axis begins.
    """
    rows = list(next(iter(panels.values())))
    sheet, axes = figure(4.6 * len(panels) + 1.4, 0.42 * len(rows) + 1.3, 1, len(panels), squeeze=False, sharey=True)
    for ax, (title, values) in zip(axes[0], panels.items(), strict=True):
        for place, name in enumerate(rows):
            hits, n = values[name]
            if n == 0:
                ax.text(lowest, place, " no pictures", va="center", fontsize=9)
                continue
            low, high = wilson(hits, n)
            ax.plot([low, high], [place, place], color=BLUE, linewidth=5, solid_capstyle="butt")
            ax.plot(hits / n, place, "D", color=ORANGE, markersize=7)
            ax.text(1.02, place, f"{hits}/{n}", transform=ax.get_yaxis_transform(), va="center", fontsize=9)
        if line is not None:
            ax.axvline(line, color=GREY, linestyle="--", linewidth=1.5)
        edge = 0.015 * (1 - lowest)  # room for a mark at the end
        ax.set(title=title, xlabel=xlabel, xlim=(lowest - edge, 1 + edge))
        ax.grid(axis="y", visible=False)
        _percent(ax.xaxis)
    axes[0, 0].set_yticks(range(len(rows)), rows)
    axes[0, 0].set_ylim(len(rows) - 0.5, -0.5)
    return sheet


def by_agreement(rows, title="", least=20):
    """Draw accuracy by how many annotators agree: against the label (circles) and against their majority (squares).

    rows: of a record, each a dict with "leading", the votes of the leading emotion, and "label" and "majority", both
    (hits, pictures). Bars are Wilson's 95 % intervals; where there are fewer than `least` pictures nothing is drawn.
    """
    sheet, ax = figure(8, 3.9)
    for key, colour, mark, name, shift in (
        ("label", BLUE, "o", "the label", -0.08),
        ("majority", ORANGE, "s", "the annotators' majority", 0.08),
    ):
        words = {"label": f"against {name}"}
        for row in rows:
            hits, n = row[key]
            if n < least:
                continue
            ax.plot([row["leading"] + shift] * 2, wilson(hits, n), color=colour, linewidth=3)
            ax.plot(row["leading"] + shift, hits / n, mark, color=colour, markersize=8, **words)
            words = {}  # one entry each in the legend
    for row in rows:
        if row["label"][1] >= least:
            ax.text(row["leading"], 0.02, f"{row['label'][1]:,}", ha="center", fontsize=9, color=GREY)
    ax.set_xticks([row["leading"] for row in rows if row["label"][1] >= least])
    ax.set(xlabel="votes of ten for the leading emotion (grey: pictures)", ylabel="named right", ylim=(0, 1.02))
    ax.set_title(title)
    _percent(ax.yaxis)
    ax.grid(axis="x", visible=False)
    ax.legend(loc="upper left")
    return sheet
