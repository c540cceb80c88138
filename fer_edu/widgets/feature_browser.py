"""Leaf through a network's feature maps: which patches make a map fire, and what in them?"""

import ipywidgets
import torch

from ..errors import DataError
from ..saliency.deconvnet import Deconvnet
from ..saliency.top_patches import strongest
from .browser_picture import draw
from .view import LAYOUT, STYLE, View, buttons, encode

TOP = 9  # patches of a map, as in the paper's figure 2
PATCHES, WHOLE = "patches", "whole pictures"


class BrowserState:
    """One feature map of one layer, the nine patches for which it fires most, and what made it fire there.

    model: what `saliency.Deconvnet` takes. faces: a `FaceSet`, of which at most one patch a picture is shown. layer:
    one of `layers`, None for the first. channel: 0.. `channels` - 1; in a layer of fewer maps it becomes the last.
    pictures: PATCHES, or WHOLE for the pictures with the patches framed. All of these may be set; DataError on what is
    not there.

    found: the layer's `Strongest`, all its maps at once: searched when the layer is first shown, and kept. private:
    whether the faces are photographs, which must not be saved in a notebook.
    """

    def __init__(self, model, faces, layer=None, channel=0, pictures=PATCHES):
        if not len(faces):
            raise DataError("expected at least one face, found none: give a set that is not empty.")
        self.network, self.faces = Deconvnet(model), faces
        self.private = faces.truth is None
        # The logits come last: they are classes, not maps.
        self.layers = self.network.layers[:-1]
        self._found, self._channel = {}, 0
        self.layer = self.layers[0] if layer is None else layer
        self.channel, self.pictures = channel, pictures

    @property
    def layer(self):
        return self._layer

    @layer.setter
    def layer(self, name):
        if name not in self.layers:
            raise DataError(f"expected a layer out of {', '.join(self.layers)}, found {name!r}: name one of those.")
        if name not in self._found:
            self._found[name] = strongest(self.network, self.faces.images, name, k=TOP)
        self._layer = name
        self._channel = min(self._channel, self.channels - 1)

    @property
    def channel(self):
        return self._channel

    @channel.setter
    def channel(self, number):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < self.channels:
            raise DataError(f"expected a map in 0..{self.channels - 1}, found {number!r}: name one of those.")
        self._channel = number

    @property
    def pictures(self):
        return self._pictures

    @pictures.setter
    def pictures(self, what):
        if what not in (PATCHES, WHOLE):
            raise DataError(f"expected pictures as {PATCHES!r} or {WHOLE!r}, found {what!r}: name one of those.")
        self._pictures = what

    @property
    def found(self):
        return self._found[self._layer]

    @property
    def channels(self):
        """How many maps the layer has."""
        return len(self.found.channels)

    @property
    def active(self):
        """The share of the faces for which the map fires anywhere."""
        return self.found.active[self.channel].item()

    @property
    def shown(self):
        """Which of the nine fire, as indices into them, int64: a map that fires for fewer faces has fewer patches."""
        return (self.found.activation[self.channel] > 0).nonzero()[:, 0]

    @property
    def index(self):
        """The faces of these patches, indices into `faces`, int64."""
        return self.found.index[self.channel, self.shown]

    @property
    def counts(self):
        """Class -> how many of the patches are of its faces, the most first; classes without any are left out."""
        counts = torch.bincount(self.faces.labels[self.index], minlength=len(self.faces.classes)).tolist()
        named = [(name, count) for name, count in zip(self.faces.classes, counts, strict=True) if count]
        return dict(sorted(named, key=lambda pair: -pair[1]))

    def describe(self):
        found, where = self.found, f"{self.layer}, map {self.channel} of 0 to {self.channels - 1}"
        dead = f" {len(found.dead)} of the layer's {self.channels} maps are dead." if found.dead else ""
        if not self.active:
            return f"{where}: it fires for none of the {len(self.faces)} faces; it is dead here.{dead}"
        first, last = found.activation[self.channel, self.shown[[0, -1]]].tolist()
        of = ", ".join(f"{name} {count}" for name, count in self.counts.items())
        return (
            f"{where}: it fires for {self.active:.0%} of {len(self.faces)} faces. "
            f"The strongest {len(self.shown)}, from {first:.2f} to {last:.2f}, are of: {of}.{dead}"
        )

    def png(self):
        """Return the patches beside the projections of their activations, as PNG bytes."""
        return encode(draw(self))


class FeatureBrowser(View):
    """Buttons for the layer and a slider for the map, above the nine patches and their projections."""

    def __init__(self, state):
        controls = {
            "layer": buttons("layer", state.layers, state.layer, each=90, all_of_them=760),
            "channel": ipywidgets.IntSlider(
                value=state.channel, min=0, max=state.channels - 1, description="map", style=STYLE, layout=LAYOUT
            ),
            "pictures": ipywidgets.ToggleButtons(
                options=(PATCHES, WHOLE), value=state.pictures, description="show", style=STYLE, layout=LAYOUT
            ),
        }
        super().__init__(state, controls)

    def _moved(self, name, value):
        if name == "layer":
            self.state.layer = value
            # The slider ends at the new layer's last map; the map itself has been brought inside.
            self.following = True
            self.controls["channel"].max = self.state.channels - 1
            self.following = False
            self.follow()
        else:
            super()._moved(name, value)

    def walk(self):
        """Show every layer's first and last map; return how many pictures that drew. It ends where it began."""
        start = {name: self.field(name) for name in self.controls}
        drawn = super().walk()
        for layer in (*self.state.layers, start["layer"]):
            self.controls["layer"].value = layer
            for channel in (0, self.state.channels - 1):
                self.controls["channel"].value = channel
                drawn += 1
        for name, value in start.items():
            self.controls[name].value = value
        return drawn
