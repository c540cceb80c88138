"""What made this feature map fire? The deconvnet of Zeiler and Fergus (2014), section 2.

One activation of a layer is kept, all others are set to 0, and the signal is taken back step by step to the pixels:
through pools by their switches, through ReLUs by a ReLU, through convolutions by the same filters transposed
(`adjoints`). What comes out is a pattern in the picture's own frame. It is no inverse of the network: it shows the part
of *this* picture that the one activation answered to, and how bright it is says nothing about any class.
"""

from dataclasses import dataclass

import torch

from ..errors import ModelError
from .adjoints import RULES, Flatten, Join, Matrix
from .inputs import pictures
from .receptive import box_before
from .wiring import PICTURE, wire

BATCH = 64


@dataclass(frozen=True)
class Projection:
    """One activation of each picture, taken back to the pixels; all on the CPU.

    maps: float32 [N, H, W], signed; of a coloured picture the sum over its colours.
    activation: float32 [N], the one that was kept. place: int64 [N, 2], its (row, column) in the feature map.
    box: int64 [N, 4], (top, left, bottom, right) of its receptive field, picture[top:bottom, left:right]; outside of it
    the map is 0. layer, channel: which map, channel int64 [N]. rule: what the ReLUs did on the way back.
    """

    maps: torch.Tensor
    activation: torch.Tensor
    place: torch.Tensor
    box: torch.Tensor
    layer: str
    channel: torch.Tensor
    rule: str


class Deconvnet:
    """The way back through a network.

    model: an SDL network, an ST-CNN or an nn.Sequential of known layers; its weights as they are now are copied, as in
        evaluation mode. ModelError for another network or an unknown layer.
    rule: "deconvnet" (Zeiler and Fergus), "backprop" or "guided": what a ReLU does on the way back, see `Rectify`.
    `layers`: names of the layers that can be asked about, those of `saliency.layers` and at last "logits".
    """

    def __init__(self, model, rule="deconvnet"):
        if rule not in RULES:
            raise ModelError(f"expected a rule out of {', '.join(RULES)}, found {rule!r}: name one of those.")
        self.model, self.rule = model, rule
        self._wiring = wire(model, rule)
        self.layers = tuple(self._wiring.tops)

    def steps(self, layer):
        """Return the steps from the picture up to a layer, as dicts with name, kind, keeps and way_back."""
        return tuple(
            {"name": node.name, "kind": node.step.kind, "keeps": node.step.keeps, "way_back": node.step.way_back}
            for node in self._wiring.way(layer)
        )

    def channels(self, layer):
        """Return how many maps a layer has; for "logits", how many classes."""
        for node in reversed(self._wiring.way(layer)):
            if hasattr(node.step, "weight"):
                return len(node.step.weight)
        raise ModelError(f"expected a layer after a convolution, found {layer!r}: name a later one.")

    def features(self, images, layer):
        """Return a layer's maps of some pictures, float32 [N, C, h, w]; of "logits" [N, classes, 1, 1]."""
        x = pictures(self.model, images)
        return torch.cat([self.up(batch, layer)[0].float().cpu() for batch in x.split(BATCH)])

    def project(self, images, layer, channel, place=None):
        """Keep one activation of a layer for each picture and return its `Projection` to the pixels.

        images: uint8 [N, 1, 48, 48] or float in 0..1. layer: one of `layers`. channel: which map, an int or int64 [N];
        for "logits" the class. place: (row, column), or int64 [N, 2], or None for the strongest of the map.
        A negative activation (of a logit) is kept with a plus sign: the map shows what spoke *for* it all the same.
        Raises ModelError for what is out of range.
        """
        x = pictures(self.model, images)
        channel = channels_of(channel, self.channels(layer), layer, len(x))
        if place is not None:
            place = torch.as_tensor(place).expand(len(x), 2)
        parts = []
        for start in range(0, len(x), BATCH):
            some = slice(start, start + BATCH)
            parts.append(self._project(x[some], layer, channel[some], None if place is None else place[some]))
        maps, activation, place, box = (torch.cat(column) for column in zip(*parts, strict=True))
        return Projection(maps, activation, place, box, layer, channel, self.rule)

    @torch.no_grad()
    def up(self, x, layer):
        """Return (a layer's maps of the pictures x float [N, C, H, W], all that the steps kept on the way)."""
        values, kept = {PICTURE: x}, {}
        for node in self._wiring.way(layer):
            inputs = [values[source] for source in node.sources]
            values[node.name], kept[node.name] = node.step.forward(*inputs)
            kept[node.name, "size"] = inputs[0].shape[2:]
        top = values[self._wiring.tops[layer]]
        return (top[:, :, None, None] if top.dim() == 2 else top), kept

    @torch.no_grad()
    def down(self, signal, kept, layer):
        """Take a signal [N, C, h, w] at a layer back to the pixels, [N, C, H, W]; kept: of `up`, for those pictures."""
        way = self._wiring.way(layer)
        signals = {way[-1].name: signal.flatten(1) if is_flat(way) else signal}
        for node in reversed(way):
            parts = node.step.back(signals.pop(node.name), kept[node.name])
            for source, part in zip(node.sources, parts if isinstance(parts, tuple) else (parts,), strict=True):
                # A map that two steps have read gets both signals back.
                signals[source] = signals[source] + part if source in signals else part
        return signals[PICTURE]

    def _project(self, x, layer, channel, place):
        features, kept = self.up(x, layer)
        n, _, height, width = features.shape
        rows = torch.arange(n, device=x.device)
        channel = channel.to(x.device)
        maps = features[rows, channel]
        if place is None:
            at = maps.flatten(1).argmax(dim=1)
        else:
            limits = torch.tensor([height, width])
            if ((place < 0) | (place >= limits)).any():
                raise ModelError(
                    f"expected places in a map of {height} rows and {width} columns, found {place.amax(0).tolist()}: "
                    "count from 0."
                )
            at = (place[:, 0] * width + place[:, 1]).to(x.device)
        activation = maps.flatten(1)[rows, at]
        if not activation.isfinite().all():
            raise ModelError(
                f"expected numbers as activations, found NaN or infinity in {layer}: look at the network's weights."
            )
        signal = torch.zeros_like(features)
        signal.flatten(2)[rows, channel, at] = activation.abs()
        projected = self.down(signal, kept, layer).sum(dim=1)
        place = torch.stack([at // width, at % width], dim=1)
        return (
            projected.float().cpu(),
            activation.float().cpu(),
            place.cpu(),
            self._box(place, kept, layer, x.shape[2:]).cpu(),
        )

    def _box(self, place, kept, layer, size):
        """Return the receptive fields int64 [N, 4] of places [N, 2] of a layer; the whole picture for "logits"."""
        way = self._wiring.way(layer)
        if is_flat(way):
            return torch.tensor([0, 0, *size]).expand(len(place), 4)
        box = torch.cat([place, place + 1], dim=1)
        for node in reversed(way):  # up to a feature map each step has one source
            box = box_before(node.step, kept[node.name], box, kept[node.name, "size"])
        return box


def channels_of(channel, count, layer, n):
    """Return which of a layer's `count` maps is meant for each of n pictures, int64 [n]; ModelError for no such map."""
    channel = torch.as_tensor(channel)
    if channel.dtype == torch.bool or channel.is_floating_point() or channel.shape not in ((), (n,)):
        kind = str(channel.dtype).removeprefix("torch.")
        raise ModelError(
            f"expected a map's number, one or int64 [{n}], found {kind} {list(channel.shape)}: count maps from 0."
        )
    if ((channel < 0) | (channel >= count)).any():
        raise ModelError(
            f"expected maps 0 to {count - 1} of {layer}, found {channel.min().item()} to {channel.max().item()}: "
            "count from 0."
        )
    return channel.long().expand(n)


def is_flat(way):
    """Return whether the nodes of a way end in plain numbers, as logits are, and not in maps."""
    return any(isinstance(node.step, Flatten | Join | Matrix) for node in way)
