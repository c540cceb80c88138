"""The picture of the saliency comparison: the face, up to four maps on one scale of colours, and their scores below."""

import functools
import math
import textwrap

import numpy as np
import torch
from PIL import Image, ImageDraw

from .. import plots
from .descent_picture import PUOR, font
from .view import enlarge

TIMES, GAP, TITLE, LINE = 4, 12, 28, 20  # screen pixels: a face pixel, between panels, the line above, a line of scores
LEVELS = 255  # colours of the scale; odd, so that 0 has the middle one
SCORED = ("mass", "rank", "pointing")
ROWS = ("limit", *SCORED, "gap")
SAID = {
    "limit": "strongest colour",
    "mass": "mass in the cue",
    "rank": "top pixels in it",
    "pointing": "points at it",
    "gap": "gap of the sum",
}


@functools.cache
def scale():
    """Return the colours from negative to positive, uint8 [LEVELS, 3]: ColorBrewer's PuOr, orange, white, purple."""
    places = np.linspace(0, len(PUOR) - 1, LEVELS)
    bands = [np.interp(places, range(len(PUOR)), band) for band in zip(*PUOR, strict=True)]
    return np.stack(bands, axis=1).round().astype(np.uint8)


def coloured(values, limit):
    """Return values float [H, W] as colours, uint8 [H, W, 3]: 0 is the middle of the scale, ± limit its ends."""
    share = (values.float() / limit).clamp(-1, 1)
    return scale()[((share + 1) / 2 * (LEVELS - 1)).round().long().numpy()]


def draw(state):
    """Return the picture of a `SaliencyState` as a Pillow image; a map that has not been computed is left open."""
    side, wide = state.image.shape[-2] * TIMES, state.image.shape[-1] * TIMES
    names = state.named
    column = wide + GAP
    canvas = Image.new("RGB", (column * (1 + len(names)), TITLE + side + LINE * len(ROWS) + 52), "white")
    pen = ImageDraw.Draw(canvas)
    face = enlarge(state.image, TIMES).convert("RGB")
    outlined = face.copy()
    mark(outlined, state, thick=True)
    canvas.paste(outlined, (0, TITLE))
    pen.text((wide / 2, TITLE / 2), "the face", fill="black", font=font(14), anchor="mm")
    for k, name in enumerate(names):
        left, shown = column * (k + 1), state.ready(name)
        pen.text((left + wide / 2, TITLE / 2), name, fill="black", font=font(14), anchor="mm")
        canvas.paste(panel(state, name, shown, face), (left, TITLE))
    write_scores(pen, state, names, column, TITLE + side + 8)
    draw_scale(canvas, state, canvas.height - 26)
    return canvas


def panel(state, name, shown, face):
    """Return one map in its colours, over the face if that is wanted, or the reason why there is none."""
    if shown is None or shown.values is None:
        sheet = Image.new("RGB", face.size, "#EEEEEE")
        words = "computing ..." if shown is None else textwrap.fill(shown.refusal, 30)
        size = 14 if shown is None else 10
        ImageDraw.Draw(sheet).text(
            (face.width / 2, face.height / 2), words, fill="black", font=font(size), anchor="mm", align="center"
        )
        return sheet
    limit = state.limit(name)
    sheet = Image.fromarray(coloured(shown.values, limit)).resize(face.size, Image.NEAREST)
    if state.over:
        strength = ((shown.values.float() / limit).abs().clamp(0, 1) * 255).round().byte().numpy()
        sheet = Image.composite(sheet, face, Image.fromarray(strength).resize(face.size, Image.NEAREST))
    mark(sheet, state, thick=False)
    return sheet


def mark(sheet, state, thick):
    """Outline the cue in green, and the looks of the transformers: θ1's thick, then θ2's thin."""
    if state.cue and state.truth is not None:
        sheet.paste(plots.GREEN, mask=Image.fromarray(rim(state.truth, 2 if thick else 1)))
    if state.look and thick:
        pen = ImageDraw.Draw(sheet)
        for wide, corners, colour in zip((4, 2), state.looks, (plots.LOOK, plots.ORANGE), strict=False):
            # + 0.5: (0, 0) is the first pixel's centre, half a pixel inside the picture's corner.
            points = [tuple((value + 0.5) * TIMES for value in point) for point in corners.tolist()]
            pen.line([*points, points[0]], fill=colour, width=wide, joint="curve")
            x, y = points[0]
            pen.ellipse((x - 2 - wide, y - 2 - wide, x + 2 + wide, y + 2 + wide), fill=colour)


def rim(mask, wide):
    """Return the border of an enlarged mask, uint8 [H, W] * TIMES: 255 on the `wide` pixels inside its edge."""
    large = np.pad(mask.numpy().repeat(TIMES, 0).repeat(TIMES, 1), wide)
    height, width = large.shape
    inner = large.copy()
    for down in (-wide, 0, wide):
        for right in (-wide, 0, wide):
            inner &= np.roll(large, (down, right), (0, 1))
    border = (large & ~inner)[wide : height - wide, wide : width - wide]
    return border.astype(np.uint8) * 255


def rows_of(state):
    """Return the lines below the maps: those of ROWS that mean something here."""
    scored = state.truth is not None
    return [name for name in ROWS if scored or name not in SCORED]


def score(state, name, row):
    """Return what a line says of a map, a short text."""
    shown = state.ready(name)
    if shown is None or shown.values is None:
        return ""
    if row == "limit":
        return f"{'±' if (shown.values < 0).any() else ''}{state.limit(name):.3g}"
    if row == "gap":
        return "–" if shown.gap is None else f"{shown.gap:+.3f} logits"
    value = shown.scores[row]
    if math.isnan(value):
        return "–"
    if row == "pointing":
        return {1.0: "yes", 0.0: "no"}.get(value, f"a tie: {value:.0%}")
    return f"{value:.0%}"


def write_scores(pen, state, names, column, top):
    """Write what each map scores below it, and what the lines mean, with chance, below the face."""
    for line, row in enumerate(rows_of(state)):
        y = top + LINE * line
        luck = state.chance
        said = SAID[row] + (f" (chance {luck:.0%})" if row in SCORED and luck == luck else "")
        pen.text((column - GAP - 4, y), said, fill="black", font=font(12), anchor="ra")
        for k, name in enumerate(names):
            x = column * (k + 1) + (column - GAP) / 2
            pen.text((x, y), score(state, name, row), fill="black", font=font(13), anchor="ma")


def draw_scale(canvas, state, top):
    """Draw the one scale of all maps and say what its ends are."""
    pen = ImageDraw.Draw(canvas)
    strip = Image.fromarray(scale()[None]).resize((LEVELS, 14), Image.NEAREST)
    left = 68
    canvas.paste(strip, (left, top + 4))
    pen.text((left - 6, top + 11), "negative", fill="black", font=font(12), anchor="rm")
    pen.text((left + LEVELS + 6, top + 11), said_of_scale(state), fill="black", font=font(12), anchor="lm")


def said_of_scale(state):
    return "positive; white is 0. " + (
        "Each map in its own unit: compare where, not how much."
        if state.scale == "each in its own unit"
        else "Maps of one unit share their ends: compare how much."
    )


def figure(state):
    """Return the face and the maps as a matplotlib Figure, to be saved; the scores stand below each map."""
    names = state.named
    sheet, axes = plots.figure(2.2 * (1 + len(names)), 3.3, 1, 1 + len(names), squeeze=False)
    from matplotlib.colors import ListedColormap

    colours = ListedColormap(scale() / 255)
    plots.picture(axes[0, 0], state.image, "the face")
    if state.look:
        for corners in state.looks[:1]:
            closed = torch.cat([corners, corners[:1]]).numpy()
            axes[0, 0].plot(closed[:, 0], closed[:, 1], color=plots.LOOK, linewidth=2.5)
    sheet.suptitle(state.describe(), fontsize=9)
    drawn = None
    for ax, name in zip(axes[0, 1:], names, strict=True):
        shown = state.map(name)
        ax.set_axis_off()
        ax.set_title(name)
        if shown.values is None:
            ax.text(0.5, 0.5, textwrap.fill(shown.refusal, 28), ha="center", va="center", fontsize=6)
            continue
        values = (shown.values / state.limit(name)).numpy()
        if state.over:
            ax.imshow(state.image[0].numpy(), cmap="gray", vmin=0, vmax=255)
        drawn = ax.imshow(
            values, cmap=colours, vmin=-1, vmax=1, alpha=np.abs(values).clip(0, 1) if state.over else None
        )
        lines = [f"{SAID[row]}: {score(state, name, row)}" for row in rows_of(state)]
        ax.text(0.5, -0.04, "\n".join(lines), transform=ax.transAxes, ha="center", va="top", fontsize=7)
    if state.cue and state.truth is not None:
        for ax in axes[0]:
            ax.contour(state.truth.numpy().astype(float), levels=[0.5], colors=[plots.GREEN], linewidths=1)
    if drawn is not None:
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize

        bar = sheet.colorbar(
            ScalarMappable(Normalize(-1, 1), colours), ax=axes[0].tolist(), location="bottom", shrink=0.5, aspect=40
        )
        bar.set_label("negative (-1) to positive (1), in units of the strongest colour")
    return sheet
