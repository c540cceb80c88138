"""A matplotlib figure of which only some parts move: all the rest is drawn once."""

import functools

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from .. import plots
from .view import encode

COLOURS = (plots.BLUE, plots.ORANGE, plots.GREEN, plots.LOOK)
STEPS = 48  # shades of each


class MovingFigure:
    """A finished figure and the artists in it that change from one picture to the next.

    figure: a matplotlib Figure in black, grey and the course's colours; what stays of it is drawn once. moving: its
    artists whose data or words are changed before `png`; they are drawn over everything else, in this order, and may be
    replaced by others. scales: its Axis objects (`axes.xaxis`) that get other limits; each time they do, they are drawn
    again, over all that stays but a legend, so what lies on their grid belongs to `moving`.

    A whole figure takes tens of milliseconds to draw, most of it for ticks and letters that have not changed.
    """

    def __init__(self, figure, moving, scales=()):
        self.moving, self.scales = tuple(moving), tuple(scales)
        self.canvas = FigureCanvasAgg(figure)
        for artist in (*self.moving, *self.scales):
            artist.set_animated(True)  # leaves it out of the whole drawing
        self.canvas.draw()
        figure.set_layout_engine("none")  # it has found the margins
        self.bare = self.canvas.copy_from_bbox(figure.bbox)
        legends = {axis.axes.get_legend() for axis in self.scales} - {None, *self.moving}
        self.legends = [self.canvas.copy_from_bbox(legend.get_window_extent()) for legend in legends]
        self.limits = None  # of the scales as they are drawn

    def png(self):
        """Return the figure as it is now, as PNG bytes."""
        limits = [tuple(axis.get_view_interval()) for axis in self.scales]
        if limits != self.limits:
            self._draw_scales()
            self.limits = limits
        self.canvas.restore_region(self.still)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        drawn = Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")
        # One byte a pixel instead of four: encoding it takes a fifth of the time.
        return encode(drawn.quantize(palette=palette(), dither=Image.Dither.NONE))

    def _draw_scales(self):
        """Draw the scales over what stays, but for the legends, and keep that."""
        self.canvas.restore_region(self.bare)
        with plots.in_style():  # other limits may need more ticks
            for axis in self.scales:
                axis.axes.draw_artist(axis)
        for legend in self.legends:
            self.canvas.restore_region(legend)
        self.still = self.canvas.copy_from_bbox(self.canvas.figure.bbox)


@functools.cache
def palette():
    """Return a Pillow image with a palette: 63 greys from black to white, 48 shades of each of our colours.

    Pillow looks a colour up as the lowest of four levels: so the greys go by four, and the palest keep away from white.
    """
    greys = np.r_[0, 5:249:4, 255]
    ends = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in COLOURS])
    share = np.linspace(0, 0.93, STEPS)[:, None, None]
    shades = ((1 - share) * ends + share * 255).reshape(-1, 3)
    made = Image.new("P", (1, 1))
    made.putpalette(np.concatenate([greys.repeat(3).reshape(-1, 3), shades]).round().astype(np.uint8).tobytes())
    return made
