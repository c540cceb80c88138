"""The picture of a descent: the look with its next step, the three small pictures, θ and its gradient, the losses."""

import functools
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from .. import plots
from ..geometry import to_pixels, transform_points
from .view import encode

ENLARGED, SMALL = 6, 4  # screen pixels a face pixel: of the picture with the look, of the three small ones
MARGIN, GAP, TITLE = 14, 12, 28  # face pixels shown around the picture, since a look may leave it; screen pixels
ARROW = 4  # an arrow is drawn this many times as long as the step it stands for
AXIS = 30  # steps that the axis of the losses is long at least
DIFFERENCE = 0.5  # of the range 0..1: where the colours of the difference end

# Corners and edge midpoints of the output, in order around it, from the upper left.
RIM = torch.tensor([[-1.0, -1], [0, -1], [1, -1], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0]])
PUOR = ((127, 59, 8), (224, 130, 20), (247, 247, 247), (128, 115, 172), (45, 0, 75))  # ColorBrewer's, from -1 to 1

# The canvas holds numbers of colours, one byte a pixel: its PNG is encoded in a third of the time of a coloured one.
# First the greys from black to white, so that smooth letters, which blend black into white, stay grey; then PuOr.
GREYS, SIGNS = 160, 91
BLACK, WHITE = 0, GREYS - 1
NAMED = (plots.LOOK, plots.ORANGE, plots.BLUE, plots.GREY)
LOOK, ORANGE, BLUE, GREY = range(GREYS + SIGNS, GREYS + SIGNS + len(NAMED))


def draw(state):
    """Return the look and its next step, what it sees, the target, the difference and the loss, as PNG bytes.

    state: a `DescentState`.
    """
    height, width = state.target.shape[-2:]
    # By Pillow and not by matplotlib: a redraw takes a third of the time.
    look = picture_with_look(state)
    canvas = Image.new("L", (look.width + 3 * (width * SMALL + GAP), TITLE + look.height), WHITE)
    pen = ImageDraw.Draw(canvas)
    canvas.paste(look, (0, TITLE))
    pen.text((look.width / 2, TITLE / 2), f"the look; arrows: the next step, {ARROW} times as long", **label())
    small = (
        (grey(state.seen, SMALL), "what it sees"),
        (grey(state.pictures[1], SMALL), "the target"),
        (signed(state.seen - state.pictures[1], SMALL), "difference"),
    )
    for column, (picture, name) in enumerate(small):
        x = look.width + column * (width * SMALL + GAP)
        canvas.paste(picture, (x, TITLE))
        pen.text((x + width * SMALL / 2, TITLE / 2), name, **label())
    below = TITLE + height * SMALL
    pen.text((canvas.width - GAP, below + 12), "orange: too dark, purple: too light", **label("rm", 13))
    draw_numbers(pen, state, look.width, below + 44)
    draw_losses(pen, state, (look.width + 56, below + 124, canvas.width - GAP, canvas.height - 28))
    canvas.putpalette(palette())
    return encode(canvas)


def picture_with_look(state):
    """Return the picture as a Pillow image: on it the look's outline, its upper left, and arrows at its rim."""
    height, width = state.target.shape[-2:]
    size = torch.tensor([width, height])
    panel = Image.new("L", ((width + 2 * MARGIN) * ENLARGED, (height + 2 * MARGIN) * ENLARGED), WHITE)
    panel.paste(grey(state.pictures[0], ENLARGED), (MARGIN * ENLARGED, MARGIN * ENLARGED))
    pen = ImageDraw.Draw(panel)

    def on_panel(theta):
        # + 0.5: (0, 0) is the first pixel's centre, half a pixel inside the picture's corner.
        pixels = to_pixels(transform_points(theta[None], RIM)[0], size)
        return [tuple(point) for point in ((pixels + 0.5 + MARGIN) * ENLARGED).tolist()]

    here, there = on_panel(state.theta), on_panel(state.theta + ARROW * state.change)
    pen.line([*here, here[0]], fill=LOOK, width=4, joint="curve")
    x, y = here[0]
    pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=LOOK)
    for start, end in zip(here, there, strict=True):
        arrow(pen, start, end)
    return panel


def draw_numbers(pen, state, x, y):
    """Write out the six numbers of θ and of ∂L/∂θ."""
    for name, values, form, wide in (("θ", state.theta, ".3f", 34), ("∂L/∂θ", state.gradient, "+.4f", 72)):
        pen.text((x, y + 17), f"{name} =", **label("lm"))
        left, right = x + wide, x + wide + 240
        for row, line in enumerate(values.tolist()):
            for column, value in enumerate(line):
                place = left + 76 + 76 * column, y + 4 + 26 * row
                pen.text(place, format(round(value, 4) + 0.0, form), **label("rm"))
        for side, end in ((left, left + 6), (right, right - 6)):
            pen.line([(end, y - 8), (side, y - 8), (side, y + 42), (end, y + 42)], fill=BLACK)
        x = right + 16


def draw_losses(pen, state, box):
    """Draw the losses since the start as a curve, from 0 to the highest."""
    x0, y0, x1, y1 = box
    highest = max(state.history) or 1.0
    along = max(len(state.history) - 1, AXIS)
    curve = [(x0 + (x1 - x0) * k / along, y1 - (y1 - y0) * v / highest) for k, v in enumerate(state.history)]
    pen.text((x0 - 6, y0), f"{highest:.3f}", **label("rm", 13))
    pen.text((x0 - 6, y1), "0", **label("rm", 13))
    pen.text((x0, y1 + 14), "0", **label("mm", 13))
    pen.text((x1, y1 + 14), f"step {along}", **label("rm", 13))
    pen.text((x1, y0), f"loss {state.loss:.5f}", **label("rm"))
    pen.line([(x0, y0), (x0, y1), (x1, y1)], fill=GREY)
    if len(curve) > 1:
        pen.line(curve, fill=BLUE, width=3, joint="curve")
    x, y = curve[-1]
    pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=BLUE)


def grey(picture, times):
    """Return a picture [1, H, W], 0..1, as numbers of greys in a Pillow image, `times` as large."""
    return enlarged(picture[0].clamp(0, 1) * WHITE, times)


def signed(values, times):
    """Return values [1, H, W] as numbers of colours: orange below 0, white at 0, purple above; `times` as large."""
    return enlarged(GREYS + ((values[0] / DIFFERENCE).clamp(-1, 1) + 1) / 2 * (SIGNS - 1), times)


@functools.cache
def palette():
    """Return the colours by their numbers, as bytes: red, green, blue of the first, and so on."""
    greys = np.linspace(0, 255, GREYS).repeat(3).reshape(-1, 3)
    places = np.linspace(0, len(PUOR) - 1, SIGNS)
    signs = np.stack([np.interp(places, range(len(PUOR)), band) for band in zip(*PUOR, strict=True)], axis=1)
    named = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in NAMED]
    return np.concatenate([greys, signs, named]).round().astype(np.uint8).tobytes()


def enlarged(numbers, times):
    """Return numbers of colours, [H, W], as a Pillow image, each a square of `times` pixels a side."""
    picture = Image.fromarray(numbers.round().byte().numpy())
    return picture.resize((picture.width * times, picture.height * times), Image.NEAREST)


def arrow(pen, start, end):
    """Draw an arrow in orange with a white edge, so that it stands out on light and dark; none if it is too short."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    if length < 1.5:
        return
    along = (x1 - x0) / length, (y1 - y0) / length
    head = min(12.0, length)
    bx, by = x1 - head * along[0], y1 - head * along[1]
    wings = [(x1, y1)] + [(bx + s * along[1] * head / 2, by - s * along[0] * head / 2) for s in (1, -1)]
    pen.line([(x0, y0), (bx, by)], fill=WHITE, width=7)
    pen.polygon(wings, fill=ORANGE, outline=WHITE, width=2)
    pen.line([(x0, y0), (bx, by)], fill=ORANGE, width=4)


@functools.cache
def font(size):
    """Return DejaVu Sans, which comes with matplotlib: Pillow's own has no θ and no ∂."""
    import matplotlib

    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size)


def label(anchor="mm", size=15):
    """Return the keywords of a text on the canvas."""
    return {"fill": BLACK, "font": font(size), "anchor": anchor}
