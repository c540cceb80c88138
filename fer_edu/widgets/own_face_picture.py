"""The picture of the own-face widget: the photo with its boxes, what the network gets, and what it says."""

import numpy as np
import torch

from .. import plots
from ..saliency import explain
from .view import encode_figure


def draw(state):
    """Return the picture of an `OwnFaceState` as PNG bytes."""
    with plots.in_style():
        return encode_figure(figure(state))


def figure(state):
    """Return a matplotlib Figure of a state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sheet = Figure(figsize=(9.6, 6.2), dpi=100, layout="none")
    FigureCanvasAgg(sheet)
    # Places by hand, in shares of the figure: to have them computed takes longer than to draw.
    _photo(sheet.add_axes((0.02, 0.47, 0.46, 0.47)), state)
    if state.box is None:
        return sheet
    _bars(sheet.add_axes((0.58, 0.53, 0.40, 0.39)), state)
    _panels([sheet.add_axes((0.02 + 0.245 * k, 0.01, 0.225, 0.35)) for k in range(4)], state)
    return sheet


def _photo(axes, state):
    axes.set_axis_off()
    if state.photo is None:
        axes.text(0.5, 0.5, "no photo", ha="center", va="center", color=plots.GREY)
        return
    axes.imshow(state.photo.pixels)
    for number, box in enumerate(state.boxes):
        chosen = number == state.chosen
        colour, style = (plots.ORANGE, "-") if chosen else ("white", "--")
        x, y = ([start - 0.5, start + box.size - 0.5] for start in (box.left, box.top))  # a pixel's middle is whole
        xs, ys = [x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]]
        axes.plot(xs, ys, "-", color="black", linewidth=4)
        axes.plot(xs, ys, style, color=colour, linewidth=2)
        if len(state.boxes) > 1:
            box_style = {"facecolor": "black", "pad": 2, "edgecolor": "none"}
            axes.text(x[0], y[0], str(number + 1), color="white", va="bottom", bbox=box_style)
    axes.set_title("the photo, and where a face was found" if state.boxes else "no face was found")


def _bars(axes, state):
    judged = state.judgement
    p = judged.probabilities[0].numpy()
    best, places = int(p.argmax()), np.arange(len(p))[::-1]
    answered = judged.answers[0] is not None
    colours = [plots.BLUE if k == best and answered else plots.GREY for k in range(len(p))]
    axes.barh(places, p, color=colours, height=0.7)
    axes.axvline(judged.threshold, color=plots.ORANGE, linestyle="--")
    axes.text(
        judged.threshold,
        len(p) - 0.35,
        "answers from here",
        color="black",
        ha="center",
        va="bottom",
        fontsize=9,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )
    for place, share in zip(places, p, strict=True):
        axes.text(min(share, 0.9) + 0.01, place, f"{share:.0%}", va="center", fontsize=9)
    axes.set_yticks(places, judged.classes)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(p) + 0.3)
    axes.set_xlabel("calibrated probability" if judged.calibrated else "probability")


def _panels(axes, state):
    for each in axes:
        each.set_axis_off()
    crop = state.crop[0, 0].numpy()
    axes[0].imshow(crop, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("48 x 48 grey pixels:\nall that it gets")
    if state.seen is not None:
        theta, picture = state.seen
        plots.quadrilateral(axes[0], theta[0])
        axes[1].imshow(picture[0, 0].numpy(), cmap="gray", vmin=0, vmax=1)
        axes[1].set_title("what its first\ntransformer sees")
    limit = float(np.abs(state.map).max()) or 1.0
    axes[2].imshow(crop, cmap="gray", vmin=0, vmax=255)
    axes[2].imshow(state.map, cmap="PuOr", vmin=-limit, vmax=limit, alpha=0.6)
    axes[2].set_title(f"purple speaks for\n{state.guess} (HiResCAM)")
    answers = state.shifts.answers
    axes[3].imshow((answers != state.shifts.middle).numpy(), cmap="Greys", vmin=0, vmax=3)
    for row in range(len(answers)):
        for column in range(len(answers)):
            name = state.shifts.classes[answers[row, column]]
            axes[3].text(column, row, name[:3], ha="center", va="center", fontsize=9)
    axes[3].set_title(f"box moved by up to {state.shifts.pixels}\npixels: {state.shifts.others} of 24 differ")


def saliency_of(model, crop, target):
    """Return the map of one crop for one class, float32 [48, 48], signed."""
    return explain(model, crop, torch.tensor([target]), method="hirescam").maps[0].numpy()
