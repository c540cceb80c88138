"""One call for every map: `explain(model, images, target, method=...)`."""

from dataclasses import dataclass

import torch

from ..errors import ModelError
from .by_captum import METHODS
from .inputs import checked, evaluating


@dataclass(frozen=True, eq=False)
class Explanation:
    maps: torch.Tensor
    method: str
    target: torch.Tensor
    logits: torch.Tensor
    layer: str | None
    gap: torch.Tensor | None
    notes: tuple
    options: dict


def methods():
    """Return the names of the methods that `explain` knows."""
    return tuple(METHODS)


def explain(model, images, target=None, method="gradient", layer=None, parts=None, memory=256, **options):
    if method not in METHODS:
        raise ModelError(f"expected a method out of {', '.join(METHODS)}, found {method!r}: use one of those.")
    x, target, logits = checked(model, images, target)
    with evaluating(model):
        maps = METHODS[method](model, x, target)
    return Explanation(maps.detach().sum(1).float().cpu(), method, target.cpu(), logits, layer, None, (), options)
