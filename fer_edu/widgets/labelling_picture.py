"""The pictures of the labelling game: the face to label, and the result when all are."""

import functools

from PIL import Image, ImageDraw, ImageFont

from .. import plots
from .view import encode, enlarge

ENLARGED, SMALL = 6, 2  # screen pixels a face pixel: of the face to label, of the faces that were missed
CELL = 54  # screen pixels: side of a cell of the matrix; its height is two thirds of that
LEFT, TOP = 76, 66  # of the matrix: room for the names of its rows and columns
COLUMNS, COLUMN, ROW = 5, 184, 160  # of the missed faces
HALO = {"stroke_width": 3, "stroke_fill": "white"}  # under letters that may lie on a line
WIDTH = COLUMNS * COLUMN
font = functools.cache(ImageFont.load_default)  # size -> the font, which takes a millisecond to load


def draw_face(state):
    """Return the face to label and how far the game has come, as PNG bytes. state: a `LabellingState`, not done."""
    answered, rounds = len(state.answers), state.rounds
    face = enlarge(state.shown.images[answered], ENLARGED)
    canvas = Image.new("L", (face.width, face.height + 30), 255)
    canvas.paste(face, (0, 0))
    pen = ImageDraw.Draw(canvas)
    pen.text((0, face.height + 20), f"{answered + 1} of {rounds}", fill=0, font=font(15), anchor="lm")
    left, top, right = 70, face.height + 15, face.width - 1
    pen.rectangle((left, top, right, top + 10), outline=100)
    if answered:
        pen.rectangle((left, top, left + (right - left) * answered / rounds, top + 10), fill=100)
    return encode(canvas)


def draw_result(state):
    """Return the confusion matrix, the interval and the faces that were missed, as PNG bytes. state: done."""
    missed = [k for k, right in enumerate(state.right.tolist()) if not right]
    matrix = TOP + CELL * 2 // 3 * len(state.classes)
    rows = -(-len(missed) // COLUMNS)
    canvas = Image.new("RGB", (WIDTH, matrix + 50 + rows * ROW), "white")
    pen = ImageDraw.Draw(canvas)
    draw_confusion(pen, state)
    draw_interval(pen, state, LEFT + CELL * (len(state.classes) + 1) + 40, TOP + 70, WIDTH - 24)
    title = f"the {len(missed)} faces that you missed" if missed else "you missed none of the faces"
    pen.text((0, matrix + 30), title, fill="black", font=font(15), anchor="lm")
    for place, index in enumerate(missed):
        row, column = divmod(place, COLUMNS)
        draw_missed(canvas, state, index, column * COLUMN, matrix + 50 + row * ROW)
    return encode(canvas)


def draw_confusion(pen, state):
    """Draw the counts: a row for each class, a column for each answer, darker where there are more."""
    counts, high = state.confusion, CELL * 2 // 3
    truth = "label" if state.private else "drawn as"
    pen.text((LEFT + CELL * (len(state.classes) + 1) / 2, 10), "your answer", fill="black", font=font(15), anchor="mm")
    pen.text((LEFT - 8, TOP - 24), truth, fill="black", font=font(15), anchor="rm")
    for column, name in enumerate((*state.classes, "cannot\ntell")):
        at = LEFT + CELL * (column + 0.5), TOP - 22
        pen.multiline_text(at, name, fill="black", font=font(13), anchor="mm", align="center")
    most = max(int(counts.max()), 1)
    for row, name in enumerate(state.classes):
        y = TOP + row * high
        pen.text((LEFT - 8, y + high / 2), name, fill="black", font=font(13), anchor="rm")
        for column, count in enumerate(counts[row].tolist()):
            x, share = LEFT + column * CELL, count / most
            shade = tuple(round(255 + (c - 255) * share) for c in (0, 114, 178))  # white to plots.BLUE
            pen.rectangle((x, y, x + CELL, y + high), fill=shade, outline="#CCCCCC")
            if count:
                fill = "white" if share > 0.55 else "black"
                pen.text((x + CELL / 2, y + high / 2), str(count), fill=fill, font=font(16), anchor="mm")
    for k in range(len(state.classes)):  # last, so that no neighbour covers them
        x, y = LEFT + k * CELL, TOP + k * high
        pen.rectangle((x, y, x + CELL, y + high), outline="black", width=2)


def draw_interval(pen, state, left, top, right):
    """Draw the accuracy with its interval on an axis from 0 to 100 %, above it what two blind players reach."""

    def place(share):
        return left + (right - left) * share

    low, high = state.interval
    name, always = state.commonest
    base = top + 110
    pen.text(((left + right) / 2, top - 56), "your accuracy, 95% interval", fill="black", font=font(15), anchor="mm")
    for share, colour, label, y, gap in (
        (1 / len(state.classes), plots.GREY, "guessing blindly", top - 26, 4),
        (always, plots.ORANGE, f"always {name!r}", top, 0),
    ):
        x = place(share)
        for start in range(int(y) + 10, int(base), 4 + gap):
            pen.line([(x, start), (x, min(start + 4, base))], fill=colour, width=2)
        anchor = "lm" if share < 0.5 else "rm"
        pen.text((x + (-3 if share < 0.5 else 3), y), f"{label} {share:.0%}", fill=colour, font=font(13), anchor=anchor)
    y = top + 66
    pen.line([(place(low), y), (place(high), y)], fill=plots.BLUE, width=4)
    for end in (low, high):
        pen.line([(place(end), y - 7), (place(end), y + 7)], fill=plots.BLUE, width=4)
        pen.text((place(end), y + 18), f"{end:.0%}", fill=plots.BLUE, font=font(13), anchor="mm", **HALO)
    x = place(state.accuracy)
    pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=plots.BLUE, outline="white", width=2)
    at = min(max(x, left + 30), right - 10), y - 20
    pen.text(at, f"you {state.accuracy:.0%}", fill=plots.BLUE, font=font(15), anchor="mm", **HALO)
    pen.line([(left, base), (right, base)], fill="black")
    for percent in (0, 25, 50, 75, 100):
        x = place(percent / 100)
        pen.line([(x, base), (x, base + 5)], fill="black")
        pen.text((x, base + 15), f"{percent}%", fill="black", font=font(13), anchor="mm")


def draw_missed(canvas, state, index, x, y):
    """Draw one face that was missed, with the answer, the truth and what caused it."""
    canvas.paste(enlarge(state.shown.images[index], SMALL), (x, y))
    pen = ImageDraw.Draw(canvas)
    truth = "label" if state.private else "drawn"
    below = y + 48 * SMALL + 4
    for line, text in enumerate(
        (f"you: {state.answers[index]}", f"{truth}: {state.classes[state.truth[index]]}", state.cause(index))
    ):
        pen.text((x, below + 16 * line), text, fill=plots.GREY if line == 2 else "black", font=font(13), anchor="la")
