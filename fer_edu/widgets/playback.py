"""Playback: what a transformer did with some faces while its network learned, epoch by epoch."""

from dataclasses import dataclass, field

import ipywidgets
import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageDraw, ImageFont

from .. import plots
from ..errors import DataError
from ..models import Watch
from .view import LAYOUT, STYLE, View, encode

SHOWN = 6  # faces at once
ENLARGED = 3  # screen pixels a face pixel
MARGIN = 8  # face pixels shown around the picture, since a look may leave it
GAP = 6  # screen pixels between the rows


@dataclass
class PlaybackState:
    """What a `Watch` kept of a training, at one epoch.

    watch: the `Watch`. epoch: which of its glances, 0 is before training. first: the first of the faces shown.
    titles: one word a face, such as its class, or None.
    """

    watch: Watch
    epoch: int = 0
    first: int = 0
    titles: list | None = None
    curves: Image.Image = field(init=False, repr=False)

    def __post_init__(self):
        if len(self.watch.glances) < 2:
            raise DataError("expected a watch that has seen a training, found none: give it to fit as on_epoch.")
        self.curves, self.places = self._draw_curves()

    @property
    def glance(self):
        return self.watch.glances[self.epoch]

    @property
    def shown(self):
        """The indices of the faces in sight."""
        return range(self.first, min(self.first + SHOWN, len(self.watch.images)))

    def describe(self):
        glance = self.glance
        when = "before training" if glance.epoch == 0 else f"after epoch {glance.epoch}"
        return f"{when}: mean |θ − I| = {glance.distance:.2f}; {glance.outside:.0%} of the samples lie outside"

    def png(self):
        """Return the faces with the look on them, what it sees, and both curves with the epoch marked, as PNG bytes."""
        images = self.watch.images[list(self.shown)]
        height, width = images.shape[-2:]
        seen = self.watch.seen(self.glance, list(self.shown))
        column = (width + 2 * MARGIN) * ENLARGED
        rows = (height + 2 * MARGIN) * ENLARGED, height * ENLARGED
        canvas = Image.new("RGB", (SHOWN * column, sum(rows) + 2 * GAP + 40 + self.curves.height), "white")
        draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(15)
        for k, index in enumerate(self.shown):
            for pixels, top in ((images[k, 0], 20 + MARGIN * ENLARGED), (seen[k, 0], 20 + rows[0] + GAP)):
                face = Image.fromarray(pixels.numpy()).resize((width * ENLARGED, height * ENLARGED), Image.NEAREST)
                canvas.paste(face, (k * column + MARGIN * ENLARGED, top))
            points = [
                ((x + 0.5 + MARGIN) * ENLARGED + k * column, (y + 0.5 + MARGIN) * ENLARGED + 20)
                for x, y in plots.corners(self.glance.theta[index], height, width).tolist()
            ]
            draw.line([*points, points[0]], fill=plots.LOOK, width=3, joint="curve")
            x, y = points[0]
            draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=plots.LOOK)
            if self.titles:
                draw.text((k * column + column / 2, 4), self.titles[index], fill="black", font=font, anchor="mt")
        top = canvas.height - self.curves.height
        draw.text((4, top - 18), "above: where it looks; below: what it sees there", fill=plots.GREY, font=font)
        canvas.paste(self.curves, (0, top))
        for (xs, ys), colour in zip(self.places, (plots.BLUE, plots.ORANGE), strict=True):
            x, y = xs[self.epoch], ys[self.epoch] + top
            draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill=colour, outline="black", width=2)
        return encode(canvas)

    def _draw_curves(self):
        """Draw both curves once; return the picture and, for each, where its points lie in it, (x, y) in pixels."""
        width = SHOWN * (self.watch.images.shape[-1] + 2 * MARGIN) * ENLARGED
        with plots.in_style():
            sheet, axes = plots.figure(width / 100, 2.2, 1, 2)
            FigureCanvasAgg(sheet)
            epochs = self.watch.column("epoch")
            for ax, name, colour, label in (
                (axes[0], "distance", plots.BLUE, "mean |θ − I|"),
                (axes[1], "outside", plots.ORANGE, "share outside"),
            ):
                ax.plot(epochs, self.watch.column(name), color=colour)
                ax.set(xlabel="epoch", ylabel=label, ylim=(0, None))
            sheet.canvas.draw()
        picture = Image.fromarray(np.asarray(sheet.canvas.buffer_rgba())).convert("RGB")
        places = []
        for ax, name in zip(axes, ("distance", "outside"), strict=True):
            points = ax.transData.transform(torch.tensor([epochs, self.watch.column(name)]).T.double().numpy())
            places.append((points[:, 0].tolist(), (picture.height - points[:, 1]).tolist()))
        return picture, places


class Playback(View):
    """A button that plays the training, a slider for the epoch and one for the faces, above what the network did."""

    def __init__(self, state):
        last = len(state.watch.glances) - 1
        look = {"style": STYLE, "layout": LAYOUT}
        controls = {
            "epoch": ipywidgets.IntSlider(value=state.epoch, min=0, max=last, description="epoch", **look),
            "first": ipywidgets.IntSlider(
                value=state.first,
                min=0,
                max=max(len(state.watch.images) - SHOWN, 0),
                description="first picture shown",
                **look,
            ),
        }
        self.play = ipywidgets.Play(min=0, max=last, interval=500, description="play the training")
        super().__init__(state, controls)
        ipywidgets.jslink((self.play, "value"), (controls["epoch"], "value"))
        self.children = (self.play, *self.children)
