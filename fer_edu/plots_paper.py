"""A paper and its claims: the verdicts, what sums leave open, recalls side by side, intervals, losses. Chapter 10."""

import numpy as np

from .emotions import CLASSES
from .evaluation import wilson
from .paper import PAPER, half_width, lowest_cross_entropy, ours, possible_cells, verdict_counts
from .paper.claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, OPEN, REPRODUCED, RESERVED
from .paper.claims_scores import behind
from .plots import BLUE, GREEN, GREY, LOOK, ORANGE, figure

SIGNS = {
    HOLDS: ("o", GREEN),
    REPRODUCED: ("P", GREEN),
    RESERVED: ("D", LOOK),
    OPEN: ("s", GREY),
    NOT_REPRODUCED: ("v", BLUE),
    CONTRADICTS: ("X", ORANGE),
}
"""Verdict -> marker and colour; the marker alone tells them apart."""


def verdicts(claims, columns=2):
    """Draw every claim with the sign of its verdict, topic by topic, and how many have each verdict.

    claims: of `fe.paper.ledger()`.
    """
    lines = []  # a topic's heading, or a claim
    for topic in dict.fromkeys(claim.topic for claim in claims):
        lines += [topic, *(claim for claim in claims if claim.topic == topic)]
    columns = min(columns, len(claims))
    parts = divided(lines, columns)
    deepest = max(map(len, parts))
    sheet, axes = figure(5.5 * columns, 0.27 * deepest + 1.3, 1, columns, squeeze=False)
    for ax, part in zip(axes[0], parts, strict=True):
        for place, line in enumerate(part):
            if isinstance(line, str):
                ax.text(0, place, line[:1].upper() + line[1:], weight="bold", va="center", fontsize=11)
                continue
            marker, colour = SIGNS[line.verdict]
            ax.plot(0.02, place, marker, color=colour, markersize=8, markeredgecolor="white", markeredgewidth=0.5)
            ax.text(0.06, place, line.title, va="center", fontsize=10)
        ax.set(xlim=(0, 0.9), ylim=(deepest - 0.4, -0.6))
        ax.set_axis_off()
    counts = verdict_counts(claims)
    signs = [
        sheet.axes[0].plot(
            [], [], marker, color=colour, markersize=9, linestyle="none", label=f"{verdict}: {counts[verdict]}"
        )[0]
        for verdict, (marker, colour) in SIGNS.items()
    ]
    sheet.legend(handles=signs, loc="outside lower center", ncols=3, fontsize=10)
    sheet.suptitle(f"{len(claims)} claims of Khan, Singh and Agrawal (2023), recomputed")
    return sheet


def divided(lines, columns):
    """Return the lines in `columns` parts of nearly one length, none of which ends with a heading."""
    parts, rest = [], list(lines)
    for left in range(columns, 0, -1):
        take = -(-len(rest) // left)
        while 0 < take < len(rest) and isinstance(rest[take - 1], str):
            take -= 1
        parts.append(rest[:take])
        rest = rest[take:]
    return parts


def cells_left_open(paper=PAPER):
    """Draw the confusion matrix that table 8 implies: hits, cells that must be 0, and between what others lie."""
    counts = behind(paper, 8)
    lowest, highest = possible_cells(counts.hits, counts.pictures, counts.predicted)
    sheet, ax = figure(6.6, 5.4)
    shares = highest / counts.pictures[:, None]
    ax.imshow(np.where(np.eye(7, dtype=bool), np.nan, shares), cmap="Blues", vmin=0, vmax=1)
    for (i, j), most in np.ndenumerate(highest):
        least = lowest[i, j]
        text = f"{least:,}" if least == most else f"{least} to {most}"
        ax.text(
            j,
            i,
            text,
            ha="center",
            va="center",
            fontsize=9,
            weight="bold" if i == j else "normal",
            color="white" if i != j and shares[i, j] > 0.55 else "black",
        )
    ax.set_xticks(range(7), [f"{name}\n{n:,}" for name, n in zip(CLASSES, counts.predicted, strict=True)])
    ax.set_yticks(range(7), [f"{name} {n:,}" for name, n in zip(CLASSES, counts.pictures, strict=True)])
    ax.set(
        xlabel="named as, and how often",
        ylabel="label, and pictures of it",
        title="What table 8 leaves open, cell by cell",
    )
    ax.grid(visible=False)
    return sheet


def recalls(paper=PAPER):
    """Draw the recall of each class: the paper's, our network's where its record ships, the annotators' majority."""
    rows = {"the paper, PrivateTest": (behind(paper, 8), "X", ORANGE)}
    if (mine := ours.best_counts()) is not None:
        rows["our network, PublicTest"] = (mine, "o", BLUE)
    rows["majority of ten people, PublicTest"] = (ours.annotators(), "s", GREY)
    sheet, ax = figure(8, 4.2)
    for shift, (label, (counts, marker, colour)) in zip((-0.22, 0, 0.22), rows.items(), strict=False):
        share = 100 * counts.hits / counts.pictures
        ends = np.array([wilson(int(h), int(n)) for h, n in zip(counts.hits, counts.pictures, strict=True)]).T * 100
        x = np.arange(7) + shift
        ax.errorbar(
            x,
            share,
            yerr=[np.maximum(share - ends[0], 0), np.maximum(ends[1] - share, 0)],
            fmt=marker,
            color=colour,
            label=label,
            markersize=7,
            linewidth=1.5,
        )
    ax.set_xticks(range(7), CLASSES)
    ax.set(ylabel="recall, %", ylim=(0, 105), title="Named as labelled (Wilson's 95 %)")
    ax.grid(axis="x", visible=False)
    ax.legend(loc="lower left", fontsize=9, ncols=len(rows), bbox_to_anchor=(0, -0.27))
    return sheet


def intervals(paper=PAPER):
    """Draw table 7's FER-2013 row on one axis: z, Student's t, and the interval for the draw of the test pictures."""
    row = paper.table(7).row("FER-2013")
    mean, sigma, runs = float(row.mean), float(row.deviation), int(row.runs)
    right, pictures = (int(paper.number("counts", name)) for name in ("right", "pictures"))
    low, high = (100 * share for share in wilson(right, pictures))
    z, t = (half_width(sigma, runs, student=student) for student in (False, True))
    bars = (
        ("as printed: 15 runs, z", mean - z, mean + z, ORANGE, "D"),
        ("15 runs, Student's t", mean - t, mean + t, BLUE, "o"),
        (f"one test set of {pictures:,} pictures, Wilson", low, high, GREEN, "s"),
    )
    sheet, ax = figure(8.5, 2.4)
    for place, (_, start, end, colour, marker) in enumerate(bars):
        ax.plot([start, end], [place, place], color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot(mean, place, marker, color=colour, markeredgecolor="white", markersize=8)
        ax.text(high + 0.05, place, f"± {(end - start) / 2:.2f}", va="center", fontsize=10)
    ax.set_yticks(range(len(bars)), [bar[0] for bar in bars])
    ax.set(xlabel="accuracy on FER-2013, %", xlim=(low - 0.2, high + 0.5), ylim=(len(bars) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    return sheet


def loss_floor(paper=PAPER, batch=128):
    """Draw the smallest cross-entropy that an accuracy allows, the printed losses, and those times a batch's size."""
    accuracy = np.linspace(0, 1, 101)
    sheet, ax = figure(7.5, 3.6)
    floor = [lowest_cross_entropy(a) for a in accuracy]
    ax.plot(100 * accuracy, floor, color="black", label="smallest mean cross-entropy")
    ax.fill_between(100 * accuracy, 1e-3, floor, color="#DDDDDD", label="impossible")
    for times, marker, colour, label in (
        (1, "X", ORANGE, "as printed"),
        (batch, "o", BLUE, f"times {batch}, the pictures of a usual batch"),
    ):
        points = [
            (float(paper.number("epoch 184", part)), times * float(paper.number("epoch 184", f"{part} loss")))
            for part in ("training", "validation")
        ]
        ax.plot(*zip(*points, strict=True), marker, color=colour, markersize=9, label=label, linestyle="none")
    ax.set(xlabel="accuracy, %", ylabel="loss, nats", yscale="log", ylim=(1e-3, 3), xlim=(0, 99.5))
    ax.legend(fontsize=9, loc="lower left")
    return sheet
