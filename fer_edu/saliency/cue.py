"""The truth about a drawn face: which pixels carry the expression, and what the network loses with each part of it.

A score against a mask asks whether a map lies where the expression is. `part_removal` asks the network instead: drawn
again without what one part does, the face gets another answer; does the map say how much each part was worth?
"""

from dataclasses import dataclass

import torch
from scipy.stats import spearmanr

from ..errors import DataError
from ..faces import ACTION_UNITS, photograph, unit_masks, without
from ..models import predict
from .inputs import checked
from .scores import checked_maps

EXPRESSIVE_PARTS = {
    "brows": (1, 2, 4),
    "eyes": (5, 6, 7),
    "nose": (9,),
    "mouth": (12, 14, 15, 16, 17, 20, 23, 26),
}
"""Part -> its action units. Each unit stands once, with the part that it moves most, so that the parts share out the
expression; what 6 and 12 do to the cheeks goes with the eyes and the mouth."""

THRESHOLD = 2
"""Grey levels of 255 by which a pixel must differ to count as changed, both pictures taken without noise."""


@dataclass(frozen=True)
class Removal:
    """What each part's expression does to the pictures and to the network.

    parts: P names. pixels: bool [N, P, 48, 48], the pixels that change when the face is drawn without the part's units.
    change: float32 [N, P], the target's logit before minus after: positive where the part spoke for the class; NaN
    where the part shows nothing.
    """

    parts: tuple
    pixels: torch.Tensor
    change: torch.Tensor


def cue_masks(faces):
    """Return the pixels that carry the expression: those that any one action unit changes, bool [N, 48, 48].

    faces: a FaceSet that this package drew. A face without action units has an empty mask. Raises DataError.
    """
    return unit_masks(faces, THRESHOLD).any(dim=1)


def removal(model, faces, target=None):
    """Draw each face again without the units of each part in turn, and ask the network again.

    model: a network that takes float32 [N, 1, 48, 48] in 0..1. faces: a FaceSet that this package drew. target: int64
    [N], int, or None for the model's own answer. It draws two more pictures for each part that shows something.
    Returns a `Removal`. Raises DataError, ModelError.
    """
    _, target, before = checked(model, faces.images, target)
    target = target.cpu()
    quiet_before = _quiet(faces)
    pixels = torch.zeros(len(faces), len(EXPRESSIVE_PARTS), *faces.images.shape[2:], dtype=torch.bool)
    change = torch.full((len(faces), len(EXPRESSIVE_PARTS)), torch.nan)
    for k, units in enumerate(EXPRESSIVE_PARTS.values()):
        shown = _shown(faces, units)
        if not len(shown):
            continue
        fewer = without(faces[shown], units)
        differs = (_quiet(fewer).int() - quiet_before[shown].int()).abs()[:, 0] >= THRESHOLD
        lost = before[shown] - predict(model, fewer.images)
        pixels[shown, k] = differs
        change[shown, k] = lost.gather(1, target[shown, None])[:, 0]
    return Removal(tuple(EXPRESSIVE_PARTS), pixels, change)


def part_removal(maps, removal):
    """Do maps rank the parts of a face as their removal does? A rank correlation, float in -1..1.

    maps: float [N, H, W], signed. removal: the `Removal` of the same faces and the same target.
    Each part that a face shows is a pair: the map's mean over the pixels that change with the part, and the change of
    the logit. From both, the face's own mean over its parts is taken away, since the question is which part of *this*
    face counted; faces with fewer than two parts are left out. Spearman's correlation of all these pairs: near 1 where
    the map ranks as the removal does, near 0 for noise, 0 for an even map. The mean over pixels is taken, not the sum:
    a sum is large where a part is large, and then an even map, which knows nothing, scores about 0.5.
    Raises DataError; NaN where no face shows two parts.
    """
    relevance, change = pairs(maps, removal)
    if not len(change):
        return float("nan")
    # What is left of an even map after centring is rounding, and must not be ranked.
    if relevance.abs().max() <= 1e-6 * torch.as_tensor(maps).abs().max() or change.abs().max() == 0:
        return 0.0
    return float(spearmanr(relevance.numpy(), change.numpy()).statistic)


def pairs(maps, removal):
    """Return (relevance, change), float32 [K] each, of the K parts of all faces that show two parts or more.

    relevance: the map's mean over the part's pixels. Both without the face's mean over its parts. Arguments as in
    `part_removal`.
    """
    maps = checked_maps(maps)
    if maps.shape[0] != len(removal.change) or maps.shape[1:] != removal.pixels.shape[2:]:
        found = f"maps {list(maps.shape)} and a removal of {list(removal.pixels.shape)}"
        raise DataError(f"expected a map for each face of the removal, found {found}: give both for the same faces.")
    size = removal.pixels.sum(dim=(2, 3))
    relevance = (maps[:, None] * removal.pixels).sum(dim=(2, 3)) / size.clamp(min=1)
    shown = removal.change.isfinite() & (size > 0)
    shown &= shown.sum(dim=1, keepdim=True) >= 2
    return tuple(_without_mean(values, shown)[shown] for values in (relevance, removal.change))


def true_change(removal):
    """Return the maps that the removal itself makes, float32 [N, H, W]: the most that `part_removal` can expect.

    Every pixel holds the change of the logit by the part that it belongs to, the mean where parts overlap.
    """
    change = removal.change.nan_to_num()[..., None, None]
    return (removal.pixels * change).sum(dim=1) / removal.pixels.sum(dim=1).clamp(min=1)


def _without_mean(values, shown):
    mean = values.masked_fill(~shown, 0).sum(dim=1, keepdim=True) / shown.sum(dim=1, keepdim=True).clamp(min=1)
    return values - mean


def _shown(faces, units):
    """Return the indices of the faces that show any of these units."""
    columns = [ACTION_UNITS.index(unit) for unit in units]
    return (faces.truth.action_units[:, columns] > 0).any(dim=1).nonzero()[:, 0]


def _quiet(faces):
    """Return the faces' pictures without the camera's noise, which would hide faint changes: uint8 [N, 1, 48, 48]."""
    scene = faces.truth.scene
    return photograph(scene.replace(camera=scene.camera.replace(noise=torch.zeros_like(scene.camera.noise))))[0]
