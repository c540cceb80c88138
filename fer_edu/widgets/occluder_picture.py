"""The picture of the occluder explorer: the face with its square, the probabilities as bars, and Zeiler's map."""

from itertools import pairwise

import numpy as np
import torch
from PIL import Image, ImageDraw

from .. import plots
from .descent_picture import font
from .view import enlarge

TIMES, SMALL = 6, 5  # screen pixels a face pixel: of the face, of the map
GAP, TITLE = 14, 30  # screen pixels: between the parts, of the line above them
NAME, BAR, NUMBER, ROW = 84, 150, 52, 30  # screen pixels: of a class's name, bar and number, and of its line
WHITE, DARK = (255, 255, 255), tuple(int(plots.BLUE[k : k + 2], 16) for k in (1, 3, 5))


def draw(state, face=True):
    """Return the picture of an `OccluderState`, a Pillow image; face=False: without the face, which a canvas shows."""
    parts = [face_with_square(state)] if face else []
    parts += [bars(state), zeiler_map(state)]
    width = sum(part.width for part in parts) + GAP * (len(parts) - 1)
    canvas = Image.new("RGB", (width, max(part.height for part in parts)), "white")
    left = 0
    for part in parts:
        canvas.paste(part, (left, 0))
        left += part.width + GAP
    return canvas


def face_with_square(state):
    """Return the occluded face: the square, the look at the plain face (dashes) and the look now."""
    face = enlarge(state.occluded, TIMES).convert("RGB")
    sheet = Image.new("RGB", (face.width, face.height + TITLE), "white")
    pen = ImageDraw.Draw(face)
    if state.look is not None:
        dashes(pen, state.plain_look)
        pen.line(closed(state.look), fill="black", width=5, joint="curve")
        pen.line(closed(state.look), fill=plots.LOOK, width=3, joint="curve")
    square(pen, state, TIMES)
    sheet.paste(face, (0, TITLE))
    title = "the square" if state.look is None else "the square; θ's look, before (dashes) and now"
    ImageDraw.Draw(sheet).text((0, TITLE / 2), title, fill="black", font=font(12), anchor="lm")
    return sheet


def closed(corners):
    """Return corners, float [4, 2] of pixels as `plots.corners`, as a closed line on the enlarged face."""
    # + 0.5: (0, 0) is the first pixel's centre, half a pixel inside the picture's corner.
    points = [tuple((value + 0.5) * TIMES for value in point) for point in corners.tolist()]
    return [*points, points[0]]


def dashes(pen, corners):
    """Draw an outline in white dashes with dark edges."""
    points = torch.tensor(closed(corners))
    for start, end in pairwise(points):
        count = max(int((end - start).norm() // 12), 1)
        for k in range(count):
            piece = [tuple((start + (end - start) * share / count).tolist()) for share in (k, k + 0.5)]
            pen.line(piece, fill="black", width=4)
            pen.line(piece, fill="white", width=2)


def square(pen, state, times):
    """Draw the outline of the square on a picture of which each pixel is `times` wide."""
    top, left = state.corner
    box = [left * times, top * times, (left + state.window) * times - 1, (top + state.window) * times - 1]
    pen.rectangle([box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1], outline="black", width=4)
    pen.rectangle(box, outline=plots.ORANGE, width=2)


def bars(state):
    """Return the probabilities as bars and numbers; a tick is the plain picture's, a dot marks the true class."""
    sheet = Image.new("RGB", (NAME + BAR + NUMBER, TITLE + ROW * len(state.classes) + 40), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((NAME, TITLE / 2), "probability", fill="black", font=font(14), anchor="lm")
    for k, (name, now, plain) in enumerate(
        zip(state.classes, state.probabilities.tolist(), state.plain.tolist(), strict=True)
    ):
        top, middle = TITLE + ROW * k, TITLE + ROW * (k + 0.5)
        if k == state.label:
            pen.ellipse((2, middle - 4, 10, middle + 4), fill="black")
        pen.text((NAME - 8, middle), name, fill="black", font=font(13), anchor="rm")
        pen.rectangle((NAME, top + 6, NAME + BAR, top + ROW - 6), fill="#EEEEEE")
        pen.rectangle((NAME, top + 6, NAME + BAR * now, top + ROW - 6), fill=plots.BLUE)
        pen.line([(NAME + BAR * plain, top + 2), (NAME + BAR * plain, top + ROW - 2)], fill="black", width=3)
        pen.text((sheet.width - 4, middle), f"{now:.1%}", fill="black", font=font(13), anchor="rm")
    below = TITLE + ROW * len(state.classes)
    pen.text((0, below + 12), "tick: without the square", fill="black", font=font(12), anchor="lm")
    pen.text(
        (0, below + 29),
        f"dot: the {'label' if state.private else 'class drawn'}",
        fill="black",
        font=font(12),
        anchor="lm",
    )
    return sheet


def zeiler_map(state):
    """Return the probability of the true class for every place of the square, each drawn at the square's middle."""
    height, width = (side * SMALL for side in state.image.shape[-2:])
    sheet = Image.new("RGB", (max(width, 250), height + TITLE + 40), "white")
    pen = ImageDraw.Draw(sheet)
    name = state.classes[state.label]
    pen.text((0, TITLE / 2), f"{name}, for each place of the square", fill="black", font=font(13), anchor="lm")
    panel = Image.new("RGB", (width, height), "#DDDDDD")
    lower = height + TITLE + 12
    if state.map is None:
        middle = (width / 2, height / 2)
        ImageDraw.Draw(panel).text(
            middle, "not measured\nfor these settings", fill="black", font=font(14), anchor="mm", align="center"
        )
    else:
        paste_places(panel, state.map, state.window)
        low, high = state.map.probability.min().item(), state.map.probability.max().item()
        pen.text(
            (0, lower), f"white 0 %, blue 100 %: {low:.0%} to {high:.0%}", fill="black", font=font(12), anchor="lm"
        )
        pen.text((0, lower + 17), "grey: places not measured", fill="black", font=font(12), anchor="lm")
    brush = ImageDraw.Draw(panel)
    square(brush, state, SMALL)
    x, y = (state.column + 0.5) * SMALL, (state.row + 0.5) * SMALL
    brush.line([(x - 6, y), (x + 6, y)], fill="black", width=2)
    brush.line([(x, y - 6), (x, y + 6)], fill="black", width=2)
    sheet.paste(panel, (0, TITLE))
    return sheet


def paste_places(panel, measured, window):
    """Draw the probabilities of an `Occluded` on a panel, each as a block around the middle of its square."""
    tops, lefts = (torch.as_tensor(each).tolist() for each in (measured.tops, measured.lefts))
    stride = (tops[1] - tops[0]) if len(tops) > 1 else 2
    share = measured.probability.clamp(0, 1).numpy()[..., None]
    colours = (share * np.array(DARK) + (1 - share) * np.array(WHITE)).round().astype(np.uint8)
    block = stride * SMALL
    size = len(lefts) * block, len(tops) * block
    blocks = Image.fromarray(colours).resize(size, Image.NEAREST)
    # The square's middle pixel, as `OccluderState` counts it; the block lies around that pixel's centre.
    left, top = ((first + window // 2 + 0.5) * SMALL - block / 2 for first in (lefts[0], tops[0]))
    panel.paste(blocks, (round(left), round(top)))
