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
    Returns a `Removal`. Raises DataError.
    """
    before = predict(model, faces.images)
    target = before.argmax(1) if target is None else torch.as_tensor(target).expand(len(faces))
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
    """Do maps rank the parts of the faces as their removal does? A rank correlation, float in -1..1.

    maps: float [N, H, W], signed. removal: the `Removal` of the same faces and the same target.
    Every part of every face that shows something is one pair: the map's mean over the pixels that the part changes, and
    the change of the logit. All pairs together give Spearman's correlation: 1 where the map ranks as the removal does,
    near 0 for a map that knows nothing; 0 for a map that is even everywhere. The mean is taken, not the sum, because a
    sum is large where a part is large, whatever the map. Raises DataError; NaN where there are fewer than 3 pairs.
    """
    relevance, change = pairs(maps, removal)
    if len(change) < 3:
        return float("nan")
    if relevance.max() == relevance.min() or change.max() == change.min():
        return 0.0
    return float(spearmanr(relevance.numpy(), change.numpy()).statistic)


def pairs(maps, removal):
    """Return (mean relevance, change), float32 [K] each, for the K parts that show something, over all faces."""
    maps = checked_maps(maps)
    if maps.shape[0] != len(removal.change) or maps.shape[1:] != removal.pixels.shape[2:]:
        found = f"maps {list(maps.shape)} and a removal of {list(removal.pixels.shape)}"
        raise DataError(f"expected a map for each face of the removal, found {found}: give both for the same faces.")
    size = removal.pixels.sum(dim=(2, 3))
    relevance = (maps[:, None] * removal.pixels).sum(dim=(2, 3)) / size.clamp(min=1)
    counted = removal.change.isfinite() & (size > 0)
    return relevance[counted], removal.change[counted]


def _shown(faces, units):
    """Return the indices of the faces that show any of these units."""
    columns = [ACTION_UNITS.index(unit) for unit in units]
    return (faces.truth.action_units[:, columns] > 0).any(dim=1).nonzero()[:, 0]


def _quiet(faces):
    """Return the faces' pictures without the camera's noise, which would hide faint changes: uint8 [N, 1, 48, 48]."""
    scene = faces.truth.scene
    return photograph(scene.replace(camera=scene.camera.replace(noise=torch.zeros_like(scene.camera.noise))))[0]
