"""How much of a map lies where the truth says that it should?

Three scores of a map against a mask, as Arras, Osman and Samek 2022 collect them. Each picture has its own chance
level, the mask's share of the picture: an even map and a map of noise come out there. They ask where the relevance lies
in the picture, not what the network used: plain edges score well on all three (`part_removal` asks about the network).
"""

import torch

from ..errors import DataError


def chance(masks):
    """Return what a map that knows nothing scores, float32 [N]: the mask's share of the picture, 0..1.

    masks: bool [N, H, W]. An empty mask gives NaN, as in all three scores: there is nothing to find, leave it out.
    """
    return _checked_masks(masks).float().mean(dim=(1, 2)).masked_fill(_empty(masks), torch.nan)


def pointing_game(maps, masks):
    """Does each map's strongest pixel lie in its mask? (Zhang et al. 2018, here without their margin of 15 pixels.)

    maps: float [N, H, W], positive pixels speak for the class. masks: bool [N, H, W].
    Returns float32 [N]: 1 a hit, 0 a miss; where several pixels are strongest, the share of them that lies in the mask,
    so that an even map scores `chance`. An empty mask gives NaN. Raises DataError.
    """
    maps = _checked_pair(maps, masks)
    strongest = maps == maps.amax(dim=(1, 2), keepdim=True)
    hit = (strongest & masks).sum(dim=(1, 2)) / strongest.sum(dim=(1, 2))
    return hit.masked_fill(_empty(masks), torch.nan)


def relevance_mass(maps, masks):
    """Return the share of each map's positive relevance that lies inside its mask, float32 [N], 0..1.

    maps: float [N, H, W]. masks: bool [N, H, W]. An even map scores the mask's share of the picture: compare with that.
    A map without positive relevance scores 0, an empty mask gives NaN. Raises DataError.
    """
    positive = _checked_pair(maps, masks).clamp(min=0)
    mass = (positive * masks).sum(dim=(1, 2)) / positive.sum(dim=(1, 2)).clamp(min=1e-12)
    return mass.masked_fill(_empty(masks), torch.nan)


def relevance_rank(maps, masks):
    """Return the share of the k highest pixels of each map that lie inside its mask of k pixels, float32 [N], 0..1.

    maps: float [N, H, W]. masks: bool [N, H, W]. Of pixels that share the last place, as many as are needed count, each
    for its part: an even map scores `chance`. An empty mask gives NaN. Raises DataError.
    """
    maps, masks = _checked_pair(maps, masks).flatten(1), masks.flatten(1)
    size = masks.sum(dim=1)
    last = maps.sort(dim=1, descending=True).values.gather(1, (size - 1).clamp(min=0)[:, None])
    above, level = maps > last, maps == last
    places = (size - above.sum(dim=1)) / level.sum(dim=1)
    inside = (above & masks).sum(dim=1) + places * (level & masks).sum(dim=1)
    return torch.where(size > 0, inside / size, torch.nan)


def checked_maps(maps):
    """Return maps as float32 [N, H, W] on the CPU; DataError for another shape, or where one is no number."""
    maps = torch.as_tensor(maps)
    if maps.dim() != 3:
        raise DataError(f"expected maps as [N, H, W], found {list(maps.shape)}: give one map a picture.")
    maps = maps.detach().cpu().float()
    if not maps.isfinite().all():
        bad = int((~maps.isfinite()).flatten(1).any(dim=1).sum())
        raise DataError(f"expected maps of finite numbers, found {bad} with NaN or infinity: look at the logits first.")
    return maps


def _checked_pair(maps, masks):
    maps, masks = checked_maps(maps), _checked_masks(masks)
    if maps.shape != masks.shape:
        raise DataError(
            f"expected a mask for each map, found maps {list(maps.shape)} and masks {list(masks.shape)}: "
            "give both for the same pictures."
        )
    return maps


def _checked_masks(masks):
    if masks.dtype != torch.bool or masks.dim() != 3:
        found = f"{str(masks.dtype).removeprefix('torch.')} {list(masks.shape)}"
        raise DataError(f"expected masks as bool [N, H, W], found {found}: compare with a threshold first.")
    return masks


def _empty(masks):
    return ~masks.flatten(1).any(dim=1)
