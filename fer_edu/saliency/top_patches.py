"""Which pictures does a feature map fire for? A set's strongest, and what made it fire (the paper's figure 2).

Zeiler and Fergus show, for each map, the nine strongest activations of a validation set: each as the patch of the
picture that it could see, and beside it the projection of that one activation. What the projections share while the
patches vary is what the map answers to.
"""

from dataclasses import dataclass

import numpy as np
import torch

from ..errors import ModelError
from .deconvnet import BATCH, Deconvnet
from .inputs import pictures
from .receptive import window_around


@dataclass(frozen=True)
class Strongest:
    """The k strongest activations of each of C feature maps, at most one a picture, the strongest first; on the CPU.

    layer. channels: int64 [C], which maps. index: int64 [C, k], which picture of the set. activation: float32 [C, k];
    0 is a picture for which the map does not fire, and shows nothing. place: int64 [C, k, 2], (row, column) in the map.
    box: int64 [C, k, 4], the receptive field (top, left, bottom, right) in the picture, and cut: int64 [C, k, 4], the
    window around it that patches shows: of the side S of the largest box, inside the picture.
    patches: uint8 or float, as the pictures, [C, k, S, S]. projections: float32 [C, k, S, S], signed.
    maps: float32 [C, k, H, W], the projections in the whole picture.
    active: float32 [C], the share of the set's pictures in which the map fires anywhere; 0 is a dead map.
    """

    layer: str
    channels: torch.Tensor
    index: torch.Tensor
    activation: torch.Tensor
    place: torch.Tensor
    box: torch.Tensor
    cut: torch.Tensor
    patches: torch.Tensor
    projections: torch.Tensor
    maps: torch.Tensor
    active: torch.Tensor

    @property
    def dead(self):
        """The maps out of `channels` that fire for no picture of the set, a list of ints."""
        return self.channels[self.active == 0].tolist()


def strongest(model, images, layer, channels=None, k=9, rule="deconvnet"):
    """Find the k strongest activations of a layer's maps over a set of pictures, and project them back.

    model: what `Deconvnet` takes, or a `Deconvnet`. images: uint8 [N, 1, 48, 48] or float in 0..1, any number: they
    pass in batches. layer: one of `Deconvnet(model).layers`. channels: which maps, an int or a list, None for all.
    k: how many of each map; a set of fewer gives fewer. rule: of the ReLUs on the way back.
    Returns `Strongest`. Raises ModelError for what is out of range.
    """
    network = model if isinstance(model, Deconvnet) else Deconvnet(model, rule)
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise ModelError(f"expected k of 1 or more, found {k!r}: say how many pictures to show of a map.")
    count = network.channels(layer)
    channels = torch.arange(count) if channels is None else torch.as_tensor(channels).reshape(-1).long()
    if len(channels) == 0 or channels.min() < 0 or channels.max() >= count:
        raise ModelError(f"expected maps 0 to {count - 1} of {layer}, found {channels.tolist()}: count from 0.")
    images = torch.from_numpy(images) if isinstance(images, np.ndarray) else images
    pictures(network.model, images[:1])  # shape, range and an empty set, before the long search
    activation, index, place, active = search(network, images, layer, channels, min(k, len(images)))
    maps, boxes = [], []
    asked = channels[:, None].expand_as(index).reshape(-1)
    for some in torch.arange(index.numel()).split(BATCH):
        picture = index.reshape(-1)[some]
        found = network.project(images[picture], layer, asked[some], place.reshape(-1, 2)[some])
        maps.append(found.maps)
        boxes.append(found.box)
    maps, box = torch.cat(maps), torch.cat(boxes)
    size = maps.shape[1:]
    cut = window_around(box, (box[:, 2:] - box[:, :2]).amax(dim=0).tolist(), size)
    shape = tuple(index.shape)
    shown = images.float().mean(dim=1).to(images.dtype) if images.shape[1] > 1 else images[:, 0]
    return Strongest(
        layer=layer,
        channels=channels,
        index=index,
        activation=activation,
        place=place,
        box=box.view(*shape, 4),
        cut=cut.view(*shape, 4),
        patches=_cut(shown.cpu(), index.reshape(-1), cut).unflatten(0, shape),
        projections=_cut(maps, torch.arange(len(maps)), cut).unflatten(0, shape),
        maps=maps.view(*shape, *size),
        active=active,
    )


def search(network, images, layer, channels, k):
    """Return (activation [C, k], index [C, k], place [C, k, 2], share of pictures in which a map fires [C]).

    network: a `Deconvnet`. Batch by batch: what is kept is the best k so far. All on the CPU.
    """
    best, fired = None, torch.zeros(len(channels))
    for start in range(0, len(images), BATCH):
        maps = network.features(images[start : start + BATCH], layer)[:, channels]
        if not maps.isfinite().all():
            raise ModelError(
                f"expected numbers as activations, found NaN or infinity in {layer}: look at the network's weights."
            )
        width = maps.shape[3]
        value, at = maps.flatten(2).max(dim=2)  # [n, C]: at most one place a picture
        fired += (value > 0).sum(dim=0)
        rows = torch.arange(start, start + len(value))[:, None].expand_as(value)
        new = (value.T, rows.T, torch.stack([at // width, at % width], dim=2).transpose(0, 1))
        best = new if best is None else tuple(torch.cat(pair, dim=1) for pair in zip(best, new, strict=True))
        # A stable sort, so that of equals the first picture of the set comes first, whatever the batches.
        order = best[0].argsort(dim=1, descending=True, stable=True)[:, :k]
        best = tuple(part.gather(1, order) for part in best[:2]) + (
            best[2].gather(1, order[:, :, None].expand(-1, -1, 2)),
        )
    return *best, fired / len(images)


def _cut(whole, index, box):
    """Return the boxes, all of one size, out of whole [N, H, W]: [M, h, w], of the pictures index [M]."""
    height, width = (box[0, 2] - box[0, 0]).item(), (box[0, 3] - box[0, 1]).item()
    rows = box[:, 0, None] + torch.arange(height)
    columns = box[:, 1, None] + torch.arange(width)
    return whole[index[:, None, None], rows[:, :, None], columns[:, None, :]]
