"""The picture of the feature browser: nine patches in a square, and the nine projections beside it, place for place."""

import torch
from PIL import Image, ImageDraw

from .. import plots
from .descent_picture import font
from .saliency_picture import coloured
from .view import enlarge

CELL, GAP, TITLE, WORD = 128, 6, 30, 17  # screen pixels: a patch, between patches, the line above, a class below
ACROSS = 3
SIDE = ACROSS * (CELL + GAP) - GAP
BETWEEN = 28  # screen pixels between the two squares


def draw(state):
    """Return the picture of a `BrowserState` as a Pillow image."""
    found, channel, whole = state.found, state.channel, state.pictures == "whole pictures"
    high = ACROSS * (CELL + WORD + GAP)
    canvas = Image.new("RGB", (2 * SIDE + BETWEEN, TITLE + high + 24), "white")
    pen = ImageDraw.Draw(canvas)
    title = "whole pictures, the patch framed" if whole else "the patches, strongest first"
    pen.text((0, TITLE / 2), title, fill="black", font=font(14), anchor="lm")
    pen.text((SIDE + BETWEEN, TITLE / 2), "what made the map fire", fill="black", font=font(14), anchor="lm")
    if not len(state.shown):
        middle = (canvas.width / 2, TITLE + high / 2)
        pen.text(middle, "a dead map: it fires for none of these faces", fill="black", font=font(16), anchor="mm")
        return canvas
    projections = (found.maps if whole else found.projections)[channel]
    limit = max(projections[state.shown].abs().max().item(), 1e-12)
    for place, (k, index) in enumerate(zip(state.shown.tolist(), state.index.tolist(), strict=True)):
        row, column = divmod(place, ACROSS)
        x, y = column * (CELL + GAP), TITLE + row * (CELL + WORD + GAP)
        patch = state.faces.images[index] if whole else found.patches[channel, k][None]
        pair = (
            sized(enlarge(as_grey(patch), 1).convert("RGB"), Image.BICUBIC),
            sized(Image.fromarray(coloured(projections[k], limit)), Image.NEAREST),
        )
        for left, picture in zip((x, x + SIDE + BETWEEN), pair, strict=True):
            if whole:
                frame(picture, found.cut[channel, k].tolist(), patch.shape[-1])
            canvas.paste(picture, (left, y))
        words = f"{state.faces.classes[state.faces.labels[index]]} {found.activation[channel, k]:.2f}"
        pen.text((x + CELL / 2, y + CELL + WORD / 2), words, fill="black", font=font(12), anchor="mm")
        where = f"face {index}"
        pen.text((x + SIDE + BETWEEN + CELL / 2, y + CELL + WORD / 2), where, fill="black", font=font(12), anchor="mm")
    said = f"orange −{limit:.3g} through white 0 to purple +{limit:.3g}: one scale for all nine"
    pen.text((canvas.width, canvas.height - 12), said, fill="black", font=font(12), anchor="rm")
    return canvas


def as_grey(picture):
    """Return a picture [1, H, W], uint8 or float in 0..1, as uint8."""
    return picture if picture.dtype == torch.uint8 else (picture * 255).round().byte()


def sized(picture, how):
    """Return a Pillow image enlarged to CELL pixels on its longer side, in the middle of a white square."""
    times = CELL / max(picture.size)
    large = picture.resize([round(side * times) for side in picture.size], how)
    square = Image.new("RGB", (CELL, CELL), "white")
    square.paste(large, ((CELL - large.width) // 2, (CELL - large.height) // 2))
    return square


def frame(picture, box, side):
    """Draw where a patch lies in its picture of `side` pixels; box: top, left, bottom, right."""
    top, left, bottom, right = (value * CELL / side for value in box)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((left, top, right - 1, bottom - 1), outline="black", width=3)
    pen.rectangle((left + 1, top + 1, right - 2, bottom - 2), outline=plots.LOOK, width=1)
