"""How much of a map lies where the truth says that it should?"""


def relevance_mass(maps, masks):
    """Return the share of each map's positive relevance that lies inside its mask, float32 [N], 0..1.

    maps: float [N, H, W]. masks: bool [N, H, W]. An even map scores the mask's share of the picture: compare with that.
    A map without positive relevance scores 0.
    """
    positive = maps.clamp(min=0)
    return (positive * masks).sum(dim=(1, 2)) / positive.sum(dim=(1, 2)).clamp(min=1e-12)
