"""What happens to the answer as a map's strongest pixels go, or come? Deletion and insertion (Petsiuk et al. 2018)."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..errors import DataError, ModelError
from .inputs import checked, evaluating
from .scores import checked_maps

FILLS = ("mean", "black", "blur")
"""What stands where a pixel is gone: the picture's own mean grey, black, or the picture blurred over a sixth of it."""

BATCH = 128


@dataclass(frozen=True)
class Curve:
    """shares: float32 [steps + 1], of the pixels that are gone, or have come, from 0 to 1.

    probability: float32 [N, steps + 1], of the target's class at each of these shares.
    """

    shares: torch.Tensor
    probability: torch.Tensor

    @property
    def area(self):
        """The area under each curve by trapezoids, float32 [N]: the mean probability on the way, 0..1."""
        return torch.trapezoid(self.probability, self.shares, dim=1)


def deletion(model, images, maps, target=None, steps=24, fill="mean"):
    """Take each picture's pixels away in the order of its map, highest first: a `Curve`; a small area is good.

    model, images, target: as for `explain`. maps: float [N, H, W], signed. steps: how many equal portions the pixels go
    in. fill: one of FILLS. Pixels of equal relevance go in a random order, the same in every call.
    A picture with grey holes is none that the network was trained on: compare areas, and only under one fill.
    Raises DataError, ModelError.
    """
    return _curve(model, images, maps, target, steps, fill, comes=False)


def insertion(model, images, maps, target=None, steps=24, fill="mean"):
    """Let each picture's pixels come in the order of its map, highest first: a `Curve`; a large area is good.

    It starts from the fill alone and ends with the whole picture; all else is as in `deletion`.
    """
    return _curve(model, images, maps, target, steps, fill, comes=True)


def filling(x, fill):
    """Return what stands where pixels of x (float [N, 1, H, W] in 0..1) are gone, float of the same shape."""
    if fill not in FILLS:
        raise DataError(f"expected a fill out of {', '.join(FILLS)}, found {fill!r}: name one of those.")
    if fill == "blur":
        side = max(1, x.shape[-1] // 12)
        wide = F.pad(x, (side, side, side, side), mode="replicate")
        return F.avg_pool2d(wide, 2 * side + 1, stride=1)
    level = x.mean(dim=(1, 2, 3), keepdim=True) if fill == "mean" else torch.zeros_like(x[:, :1, :1, :1])
    return level.expand_as(x)


def places(maps):
    """Return each pixel's place in its map's order, int64 [N, H, W]: 0 for the highest; ties stand in random order."""
    flat = maps.flatten(1)
    # Without it an even map would go from the top row down: a picture's order, not a map's.
    shuffled = torch.randperm(flat.shape[1], generator=torch.Generator().manual_seed(0))
    order = shuffled[flat[:, shuffled].argsort(dim=1, descending=True, stable=True)]
    return torch.empty_like(order).scatter_(1, order, torch.arange(flat.shape[1]).expand_as(order)).view_as(maps)


def _curve(model, images, maps, target, steps, fill, comes):
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise DataError(f"expected steps as a whole number of 1 or more, found {steps!r}: take about 24.")
    maps = checked_maps(maps)
    x, target, _ = checked(model, images, target)
    if maps.shape != (len(x), *x.shape[2:]):
        raise ModelError(
            f"expected a map for each picture, float [{len(x)}, {x.shape[2]}, {x.shape[3]}], found {list(maps.shape)}: "
            "give the maps of these pictures."
        )
    shares = torch.arange(steps + 1) / steps
    ends = (shares * maps[0].numel()).round().to(x.device)
    place, empty = places(maps).to(x.device)[:, None], filling(x, fill)
    first, last = (empty, x) if comes else (x, empty)
    probability = torch.empty(len(x), steps + 1)
    with evaluating(model), torch.no_grad():
        for k, end in enumerate(ends):
            for some in torch.arange(len(x), device=x.device).split(BATCH):
                seen = torch.where(place[some] < end, last[some], first[some])
                chosen = model(seen).float().softmax(dim=1).gather(1, target[some, None])
                probability[some.cpu(), k] = chosen[:, 0].cpu()
    return Curve(shares, probability)
