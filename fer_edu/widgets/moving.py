"""A matplotlib figure of which only some parts move: all the rest is drawn once."""

import functools

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from .. import plots
from .view import encode

COLOURS = ("#000000", plots.BLUE, plots.ORANGE, plots.GREEN, plots.GREY, plots.LOOK)
STEPS = 255 // len(COLOURS)


class MovingFigure:
    """A finished figure and the artists in it that change from one picture to the next.

    figure: a matplotlib Figure in the course's colours; its axes, their limits and labels stay as they are until
    `renew`. moving: artists of it, whose data or words are changed before `png`. They are drawn over everything that
    stays.

    A whole figure takes tens of milliseconds to draw, most of it for ticks and letters that have not changed.
    """

    def __init__(self, figure, moving):
        self.moving = tuple(moving)
        self.canvas = FigureCanvasAgg(figure)
        for artist in self.moving:
            artist.set_animated(True)  # leaves it out of the whole drawing
        self.renew()
        figure.set_layout_engine("none")  # it has found the margins

    def renew(self):
        """Draw all that stays anew, after a change of it, such as other limits of an axis."""
        self.canvas.draw()
        self.still = self.canvas.copy_from_bbox(self.canvas.figure.bbox)

    def png(self):
        """Return the figure as it is now, as PNG bytes."""
        self.canvas.restore_region(self.still)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        drawn = Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")
        # One byte a pixel instead of four: encoding it takes a fifth of the time.
        return encode(drawn.quantize(palette=palette(), dither=Image.Dither.NONE))


@functools.cache
def palette():
    """Return a Pillow image with a palette: white, and black and the course's colours in 42 shades each.

    The palest shades keep away from white, since Pillow looks a colour up in steps of four levels.
    """
    ends = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in COLOURS])
    share = np.linspace(0, 0.93, STEPS)[:, None, None]
    shades = ((1 - share) * ends + share * 255).reshape(-1, 3)
    made = Image.new("P", (1, 1))
    made.putpalette(np.concatenate([[[255] * 3], shades]).round().astype(np.uint8).tobytes())
    return made
