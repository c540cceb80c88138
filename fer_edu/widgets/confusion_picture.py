"""The pictures of the confusion explorer: the pictures behind a cell, and the matrix for a page without buttons."""

from PIL import Image, ImageDraw

from .. import plots
from .descent_picture import font
from .known import known
from .paint import readable
from .view import encode, enlarge

ENLARGED, COLUMNS, ROWS = 3, 6, 2  # screen pixels a face pixel; pictures beside and below each other on a page
PER_PAGE = COLUMNS * ROWS
FACE = 48 * ENLARGED
COLUMN, ROW, TITLE = FACE + 10, FACE + 66, 30  # screen pixels: of a picture with its words, of the line above them
CELL, LEFT, TOP = (62, 36), 90, 60  # of the matrix: a cell, room for the names of rows and columns
WIDTH = COLUMNS * COLUMN


def draw_pictures(state):
    """Return the pictures of a page, each above what is said and known of it, as PNG bytes."""
    canvas = Image.new("L", (WIDTH, TITLE + ROWS * ROW), 255)
    paste_pictures(canvas, state, 0)
    return encode(canvas)


def paste_pictures(canvas, state, top):
    """Draw the pictures of a page below a line that says which they are. state: a `ConfusionState`."""
    pen = ImageDraw.Draw(canvas)
    first, count = state.page * PER_PAGE, len(state.behind)
    which = f"{first + 1} to {first + len(state.shown)} of {count}" if count else "no picture"
    title = f"labelled {state.true}, named {state.predicted}: {which}"
    pen.text((0, top + TITLE / 2), title, fill="black", font=font(14), anchor="lm")
    for place, (index, facts) in enumerate(zip(state.shown.tolist(), known(state.faces, state.shown), strict=True)):
        row, column = divmod(place, COLUMNS)
        x, y = column * COLUMN, top + TITLE + row * ROW
        canvas.paste(enlarge(state.faces.images[index], ENLARGED), (x, y))
        for line, text in enumerate((state.answer(index), *facts)):
            pen.text((x, y + FACE + 3 + 15 * line), text, fill="black", font=font(11), anchor="la")


def draw_all(state):
    """Return the matrix, the cell in it framed, and the pictures of the page below it, as PNG bytes."""
    bottom = TOP + CELL[1] * len(state.classes) + 16
    width = max(WIDTH, LEFT + CELL[0] * len(state.classes) + 2)
    canvas = Image.new("RGB", (width, bottom + TITLE + ROWS * ROW), "white")
    draw_matrix(ImageDraw.Draw(canvas), state)
    paste_pictures(canvas, state, bottom)
    return encode(canvas)


def draw_matrix(pen, state):
    """Draw the matrix, rows true, with a thick frame around the cell that is open."""
    classes, (wide, high) = state.classes, CELL
    across = f"answer; numbers are {state.numbers}"
    pen.text((LEFT + wide * len(classes) / 2, 14), across, fill="black", font=font(14), anchor="mm")
    pen.text((LEFT - 8, TOP - 14), "label", fill="black", font=font(14), anchor="rm")
    boxes = {}
    for row, name in enumerate(classes):
        pen.text((LEFT - 8, TOP + high * (row + 0.5)), name, fill="black", font=font(12), anchor="rm")
        pen.text((LEFT + wide * (row + 0.5), TOP - 14), name, fill="black", font=font(12), anchor="mm")
        for column in range(len(classes)):
            x, y = LEFT + wide * column, TOP + high * row
            colour = shade(state, row, column)
            boxes[row, column] = (x, y, x + wide, y + high)
            pen.rectangle(boxes[row, column], fill=colour, outline="#888888")
            at = x + wide / 2, y + high / 2
            pen.text(at, state.text(row, column), fill=readable(colour), font=font(14), anchor="mm")
    pen.rectangle(boxes[state.cell], outline=plots.ORANGE, width=4)


def shade(state, row, column):
    """Return a cell's colour, "#rrggbb": from white for no picture of its row to blue for all of them."""
    share = state.share(row, column)
    return "#" + "".join(f"{round(255 + (part - 255) * share):02X}" for part in (0, 114, 178))
