"""Figures of chapter 12: a picture, the faces in it, what is left at 48 × 48, an answer, and the same question again.

A photo is anything with `pixels`, uint8 [H, W, 3]; a box anything with `left`, `top` and `size` in the photo's pixels.
Each function returns a matplotlib Figure. A figure below a cell is part of the notebook's file: see notebook 12.
"""

import textwrap

import torch

from .emotions import COLOURS
from .errors import DataError
from .evaluation import wilson
from .plots import BLUE, GREY, LOOK, ORANGE, figure, picture, quadrilateral
from .plots_saliency import draw_map, outline, unit


def scene(axes, photo, boxes=(), title=""):
    """Draw a photo in its colours on `axes`, each box outlined; several are numbered from 1, as they come."""
    from matplotlib.patches import Rectangle

    axes.imshow(photo.pixels)
    for number, box in enumerate(boxes, 1):
        for colour, width in (("black", 4), (LOOK, 2)):  # seen on bright and on dark pictures
            corner = (box.left - 0.5, box.top - 0.5)
            axes.add_patch(Rectangle(corner, box.size, box.size, fill=False, edgecolor=colour, linewidth=width))
        if len(boxes) > 1:
            axes.text(
                box.left,
                box.top,
                str(number),
                va="bottom",
                weight="bold",
                color="black",
                bbox={"facecolor": LOOK, "edgecolor": "none", "pad": 2},
            )
    axes.set_title(title)
    axes.set_axis_off()


def scenes(photos, titles=None, sentences=None, columns=3, side=3.0):
    """Draw photos with their boxes, a sentence below each.

    photos: (photo, boxes) pairs. titles, sentences: as many texts, or None. columns: in a row. side: inches a photo.
    """
    rows = -(-len(photos) // columns)
    sheet, axes = figure(columns * side, rows * (side * 0.75 + 0.9), rows, columns, squeeze=False)
    for k, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if k >= len(photos):
            continue
        scene(ax, *photos[k], title=titles[k] if titles else "")
        if sentences:
            ax.text(
                0.5,
                -0.04,
                textwrap.fill(sentences[k], 11 * round(side)),
                transform=ax.transAxes,
                ha="center",
                va="top",
                fontsize=9,
            )
    return sheet


def how_little(photo, box, crop):
    """Draw the boxed part of a photo, as the camera saw it, beside the crop [1, 1, 48, 48] that the network gets."""
    side = crop.shape[-1]
    sheet, (before, after) = figure(7, 3.7, 1, 2)
    left, top = max(0, box.left), max(0, box.top)
    before.imshow(photo.pixels[top : box.top + box.size, left : box.left + box.size])
    before.set_title(f"the box: {box.size} × {box.size} × 3 = {3 * box.size**2:,} numbers")
    before.set_axis_off()
    picture(after, crop[0], f"the network's picture: {side} × {side} = {side * side:,}")
    return sheet


def confidences(answers, classes, threshold=None, title=""):
    """Draw probabilities of the classes as bars, beside each other where there are several sets of them.

    answers: name -> float [C], each with the sum 1, three at most. threshold: from where on an answer is given, a line,
    or None. Raises DataError.
    """
    sheet, ax = figure(7.5, 3.3)
    draw_confidences(ax, answers, classes, threshold)
    ax.set_title(title)
    return sheet


def draw_confidences(ax, answers, classes, threshold=None):
    """Draw what `confidences` draws, on axes; a single set has the colours of the classes."""
    from matplotlib.ticker import PercentFormatter

    answers = {name: torch.as_tensor(values) for name, values in answers.items()}
    kinds = ((BLUE, ""), (ORANGE, "//"), (GREY, ".."))
    if not 1 <= len(answers) <= len(kinds):
        raise DataError(f"expected 1 to {len(kinds)} sets of probabilities, found {len(answers)}: leave some out.")
    width, places = 0.8 / len(answers), torch.arange(len(classes)).float()
    looks = zip(answers.items(), kinds, strict=False)
    for k, ((name, values), (colour, hatch)) in enumerate(looks):
        colours = [COLOURS.get(each, GREY) for each in classes] if len(answers) == 1 else colour
        ax.bar(
            places + (k - (len(answers) - 1) / 2) * width,
            values.tolist(),
            width,
            color=colours,
            hatch=hatch,
            edgecolor="white",
            label=name,
        )
    if threshold is not None:
        ax.axhline(threshold, color="black", linestyle="--", linewidth=1.5)
        # On the side where no bar is likely to be in the way.
        right = next(iter(answers.values())).argmax() < len(classes) / 2
        place, side = (len(classes) - 0.45, "right") if right else (-0.55, "left")
        ax.text(place, threshold + 0.01, "answers from here", ha=side, va="bottom", fontsize=9)
    if len(answers) > 1:
        ax.legend(loc="upper left", fontsize=9)
    ax.set_xticks(places.tolist(), classes, rotation=40, ha="right")
    ax.set(ylim=(0, 1), xlim=(-0.6, len(classes) - 0.4))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="x", visible=False)


def silence(judging):
    """Draw what an "I don't know" costs and buys: accuracy over coverage, and what is answered of each class.

    judging: of the record `own_face`: "coverage", "accuracy" (lists), "answered", "right" (hits, n), "target", and
    "by_class", class -> "answered" and "right_when_said" (hits, n).
    """
    from matplotlib.ticker import PercentFormatter

    sheet, (left, right) = figure(10.5, 3.8, 1, 2, width_ratios=(1, 1.1))
    left.plot(judging["coverage"], judging["accuracy"], color=BLUE)
    left.axhline(judging["target"], color=GREY, linestyle="--", linewidth=1.5, label="the target")
    (hits, given), (_, n) = judging["right"], judging["answered"]
    low, high = wilson(hits, given)
    left.errorbar(
        given / n,
        hits / given,
        yerr=[[hits / given - low], [high - hits / given]],
        fmt="D",
        color=ORANGE,
        capsize=4,
        label="from the threshold on",
    )
    left.set(xlabel="share of pictures that are answered", ylabel="right, of those answered", xlim=(0, 1.02))
    left.set_ylim(0.5, 1.01)
    left.legend(loc="lower left")
    classes = list(judging["by_class"])
    for k, (key, name, colour, hatch) in enumerate(
        (("answered", "of this class: answered", BLUE, ""), ("right_when_said", "when it says so: right", ORANGE, "//"))
    ):
        pairs = [judging["by_class"][each][key] for each in classes]
        values = [hits / n if n else 0.0 for hits, n in pairs]
        ends = [wilson(*pair) if pair[1] else (0.0, 0.0) for pair in pairs]
        whiskers = [
            [v - end[0] for v, end in zip(values, ends, strict=True)],
            [end[1] - v for v, end in zip(values, ends, strict=True)],
        ]
        places = [place + (k - 0.5) * 0.4 for place in range(len(classes))]
        right.bar(places, values, 0.38, color=colour, hatch=hatch, edgecolor="white", label=name)
        right.errorbar(places, values, yerr=whiskers, fmt="none", ecolor="black", capsize=2, elinewidth=1)
    right.set_xticks(range(len(classes)), classes, rotation=40, ha="right")
    right.set_ylim(0, 1.25)
    right.legend(loc="upper left", fontsize=9, ncols=2)
    right.grid(axis="x", visible=False)
    for axis in (left.xaxis, left.yaxis, right.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    right.set_yticks([0, 0.25, 0.5, 0.75, 1])
    return sheet


def shifts(answers, classes, silent=None, title=""):
    """Draw the answers to a crop and to its shifts as a square of tiles; one that differs from the middle is hatched.

    answers: int64 [S, S], S odd: row = how far down, column = how far right. classes: names. silent: bool [S, S], where
    the network says "I don't know" (drawn paler, its best guess with a question mark), or None. Raises DataError.
    """
    sheet, ax = figure(4.4, 4.4)
    draw_shifts(ax, answers, classes, silent)
    ax.set_title(title)
    return sheet


def draw_shifts(ax, answers, classes, silent=None):
    """Draw what `shifts` draws, on axes."""
    from matplotlib.patches import Rectangle

    answers = torch.as_tensor(answers)
    if answers.ndim != 2 or answers.shape[0] != answers.shape[1] or len(answers) % 2 == 0:
        raise DataError(f"expected answers [S, S] with an odd S, found {list(answers.shape)}: a middle is needed.")
    reach = len(answers) // 2
    middle = answers[reach, reach]
    for row in range(len(answers)):
        for column in range(len(answers)):
            answer = int(answers[row, column])
            quiet = silent is not None and bool(silent[row, column])
            corner = (column - reach - 0.46, row - reach - 0.46)
            ax.add_patch(
                Rectangle(
                    corner,
                    0.92,
                    0.92,
                    facecolor=COLOURS.get(classes[answer], GREY),
                    alpha=0.25 if quiet else 0.75,
                    hatch="" if answer == middle else "////",
                    edgecolor="white",
                    linewidth=0,
                )
            )
            label = f"{classes[answer]}?" if quiet else classes[answer]
            box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1}
            ax.text(column - reach, row - reach, label, ha="center", va="center", fontsize=7.5, bbox=box)
    ax.add_patch(Rectangle((-0.48, -0.48), 0.96, 0.96, fill=False, edgecolor="black", linewidth=2.5))
    ends = range(-reach, reach + 1)
    ax.set(xlim=(-reach - 0.5, reach + 0.5), ylim=(reach + 0.5, -reach - 0.5), aspect="equal")
    ax.set_xticks(ends, [f"{k:+d}" if k else "0" for k in ends])
    ax.set_yticks(ends, [f"{k:+d}" if k else "0" for k in ends])
    ax.set(xlabel="box moved to the right by", ylabel="moved down by (pixels of 48)")
    ax.grid(False)


def one_answer(photo, box, crop, probabilities, threshold, answers, classes, silent=None, theta=None):
    """Draw the whole way of one face: found, shrunk, asked, and asked again with the box moved by a pixel or two.

    photo, box: where the face is. crop: [1, 1, 48, 48]. probabilities: float [C]. threshold: from where on an answer
    is given. answers, silent: int64 and bool [S, S] as in `shifts`. theta: float [2, 3] of the network's look, whose
    quadrilateral is drawn on the crop, or None.
    """
    sheet, axes = figure(13, 3.9, 1, 4, width_ratios=(1.35, 0.9, 1.2, 1.1))
    scene(axes[0], photo, (box,), "1. find")
    picture(axes[1], crop[0], "2. shrink to 48 × 48 grey")
    if theta is not None:
        quadrilateral(axes[1], theta, *crop.shape[-2:])
        side = crop.shape[-1]
        axes[1].set(xlim=(-0.25 * side, 1.25 * side), ylim=(1.25 * side, -0.25 * side))  # a look may leave the crop
    draw_confidences(axes[2], {"": probabilities}, classes, threshold)
    sure = float(torch.as_tensor(probabilities).max())
    said = classes[int(torch.as_tensor(probabilities).argmax())]
    words = f"“{said}”, {sure:.0%}" if sure >= threshold else f"“I don't know” ({said}, {sure:.0%})"
    axes[2].set_title(f"3. ask: {words}")
    draw_shifts(axes[3], answers, classes, silent)
    answers = torch.as_tensor(answers)
    middle = answers[len(answers) // 2, len(answers) // 2]
    changed, others = int((answers != middle).sum()), answers.numel() - 1
    axes[3].set_title(f"4. ask again: {changed} of {others} differ")
    return sheet


def changes(counts, faces, shifts=24, title=""):
    """Draw of how many faces the answer changes for 0, 1, 2 ... of the shifts of their box.

    counts: how many of the `faces` change in exactly k of the `shifts`, k = 0 .. shifts. Raises DataError.
    """
    if len(counts) != shifts + 1 or sum(counts) != faces:
        raise DataError(
            f"expected {shifts + 1} counts with the sum {faces}, found {len(counts)} with the sum {sum(counts)}: "
            "count each face once."
        )
    from matplotlib.ticker import PercentFormatter

    sheet, ax = figure(7.5, 3.2)
    shares = [count / faces for count in counts]
    bars = ax.bar(range(shifts + 1), shares, color=[BLUE, *[ORANGE] * shifts], edgecolor="white")
    for bar in bars[1:]:
        bar.set_hatch("//")
    ax.text(0.6, shares[0], f"never: {shares[0]:.0%}", va="top", ha="left")
    ax.set(xlabel=f"of {shifts} shifts, how many change the answer", ylabel=f"share of {faces:,} faces", title=title)
    ax.set_xlim(-0.7, shifts + 0.7)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="x", visible=False)
    return sheet


def evidence(crop, maps, masks):
    """Draw a crop with outlines on it, and beside it signed maps of it, each in a unit of its own.

    crop: [1, 1, 48, 48]. maps: name -> float [1, 48, 48]. masks: bool [1, 48, 48], outlined everywhere.
    """
    sheet, axes = figure(2.5 * (len(maps) + 1), 2.9, 1, len(maps) + 1)
    picture(axes[0], crop[0], "outlined: the template")
    for ax, (name, values) in zip(axes[1:], maps.items(), strict=True):
        draw_map(ax, values[0] / unit(values))
        ax.set_title(name)
    for ax in axes:
        outline(ax, masks, 0, 1.2)
    sheet.supxlabel("purple: for the answer, orange: against it (edges: strong)", fontsize=10)
    return sheet


def class_of(students, angry, found, false, seed=0):
    """Draw one picture of a class: who is angry, whom the network calls angry, drawn at random from the two rates.

    students, angry: how many, and how many of them are angry. found: the share of the angry that is called so, 0..1.
    false: the share of the others that is called so. The same seed draws the same class.
    """
    generator = torch.Generator().manual_seed(seed)
    is_angry = torch.arange(students) < angry
    is_angry = is_angry[torch.randperm(students, generator=generator)]
    called = torch.rand(students, generator=generator) < torch.where(is_angry, found, false)
    columns = 10
    sheet, ax = figure(7, 0.62 * -(-students // columns) + 1.0)
    for k in range(students):
        row, column = divmod(k, columns)
        ax.plot(column, row, "o", color=ORANGE if is_angry[k] else GREY, markersize=20, alpha=0.9)
        ax.text(column, row, "A" if is_angry[k] else "", ha="center", va="center", color="white", weight="bold")
        if called[k]:
            ax.plot(column, row, "s", markersize=30, fillstyle="none", color="black", markeredgewidth=2)
    hits, alarms = int((called & is_angry).sum()), int((called & ~is_angry).sum())
    ax.set_title(f"A: angry ({angry}). Framed: called angry, {hits} rightly and {alarms} wrongly")
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(-(-students // columns) - 0.4, -0.6))
    ax.set_axis_off()
    return sheet
