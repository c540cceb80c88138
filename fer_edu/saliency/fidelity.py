"""Does a map foretell what the network answers when something is taken away? Infidelity and sensitivity-n.

Both take the same pixels away again and again, compare what the map foretells with what happens, and are exact for a
linear model explained by its weights: infidelity 0, sensitivity-n 1. Neither needs a truth, and both ask about pictures
that nobody has ever seen.
"""

from dataclasses import dataclass

import torch

from ..errors import DataError, ModelError
from .curves import BATCH, filling
from .inputs import checked, evaluating
from .scores import checked_maps

KINDS = ("additive", "gradient")
"""What a map's numbers are. additive: logits, which add up over pixels, as integrated gradients and occlusion give
them. gradient: logits per brightness, to be multiplied by what is taken away, as the gradient and SmoothGrad give."""


@dataclass(frozen=True)
class Trials:
    """What was taken away, and what it did. taken: bool [N, S, H, W]. amount: float32 [N, H, W], picture minus fill.

    change: float32 [N, S], the target's logit before minus after.
    """

    taken: torch.Tensor
    amount: torch.Tensor
    change: torch.Tensor

    def foretold(self, maps, kind="additive"):
        """Return the change that maps foretell, float32 [N, S]: the sum of what they hold where something went."""
        if kind not in KINDS:
            raise DataError(f"expected a kind out of {', '.join(KINDS)}, found {kind!r}: name one of those.")
        maps = checked_maps(maps)
        if maps.shape != self.amount.shape:
            raise ModelError(
                f"expected a map for each picture, float {list(self.amount.shape)}, found {list(maps.shape)}: "
                "give the maps of these pictures."
            )
        worth = maps * self.amount if kind == "gradient" else maps
        return torch.einsum("nshw,nhw->ns", self.taken.float(), worth)


def squares(model, images, target=None, samples=50, sides=(4, 24), fill="mean", seed=0):
    """Take one random square a time out of each picture, as Yeh et al. propose, and ask the network: `Trials`.

    model, images, target: as for `explain`. samples: S, squares a picture. sides: smallest and largest, in pixels.
    fill: what stands there instead, one of curves.FILLS.
    """
    draw = torch.Generator().manual_seed(seed)

    def taken(n, height, width):
        if not 1 <= sides[0] <= sides[1] <= min(height, width):
            limit = min(height, width)
            raise DataError(f"expected sides within 1 and {limit} pixels, found {sides}: give smallest and largest.")
        side = torch.randint(sides[0], sides[1] + 1, (n, samples), generator=draw)
        top, left = (
            (torch.rand(n, samples, generator=draw) * (length - side + 1)).long()[..., None]
            for length in (height, width)
        )
        down, right = torch.arange(height), torch.arange(width)
        rows = (down >= top) & (down < top + side[..., None])
        columns = (right >= left) & (right < left + side[..., None])
        return rows[..., :, None] & columns[..., None, :]

    return _trials(model, images, target, taken, fill)


def subsets(model, images, target=None, n=288, samples=50, fill="mean", seed=0):
    """Take n random pixels a time out of each picture, and ask the network: `Trials`. Arguments as in `squares`."""
    draw = torch.Generator().manual_seed(seed)

    def taken(pictures, height, width):
        if not 1 <= n < height * width:
            raise DataError(f"expected n in 1..{height * width - 1} pixels, found {n}: take fewer.")
        order = torch.rand(pictures, samples, height * width, generator=draw).argsort(dim=2)
        return (order < n).view(pictures, samples, height, width)

    return _trials(model, images, target, taken, fill)


def infidelity(maps, trials, kind="additive", scaled=False):
    """How far is what maps foretell from what happens? The mean squared difference, float32 [N] >= 0, in logits².

    Yeh et al. 2019, equation 1, with squares (or what `trials` took) for the perturbation: E[(foretold - change)²].
    maps: float [N, H, W]. trials: `Trials` of the same pictures and target. kind: one of KINDS.
    scaled: first multiply each map by the number >= 0 that suits it best, then divide by E[change²]. Maps of any unit
    can then be compared: 0 foretells all, 1 nothing. NaN where nothing changed.
    """
    foretold, change = trials.foretold(maps, kind), trials.change
    if not scaled:
        return (foretold - change).square().mean(dim=1)
    scale = (foretold * change).mean(dim=1).clamp(min=0) / foretold.square().mean(dim=1).clamp(min=1e-20)
    return (scale[:, None] * foretold - change).square().mean(dim=1) / change.square().mean(dim=1)


def sensitivity_n(maps, trials, kind="additive"):
    """Do maps foretell which subset of n pixels matters more? Pearson's correlation, float32 [N] in -1..1.

    Ancona et al. 2018, section 4: over random subsets of n pixels (`subsets`), what the map foretells against the
    change of the logit. 0 for a map that foretells the same for every subset; NaN where the logit never changes.
    """
    whole = trials.foretold(maps, kind)
    foretold, change = (values - values.mean(dim=1, keepdim=True) for values in (whole, trials.change))
    size, spread = foretold.norm(dim=1), change.norm(dim=1)
    # What an even map foretells differs by rounding alone, which must not correlate with anything.
    even = size <= 1e-5 * whole.norm(dim=1)
    found = torch.where(even, 0.0, (foretold * change).sum(dim=1) / (size * spread))
    return found.masked_fill(spread == 0, torch.nan)


def _trials(model, images, target, taken, fill):
    x, target, logits = checked(model, images, target)
    empty = filling(x, fill)
    before = logits.cpu().gather(1, target.cpu()[:, None])
    mask = taken(len(x), *x.shape[2:])
    change = torch.empty(mask.shape[:2])
    picture = torch.arange(len(x)).repeat_interleave(mask.shape[1])
    flat = mask.flatten(0, 1)
    with evaluating(model), torch.no_grad():
        for some in torch.arange(len(flat)).split(BATCH):
            which = picture[some].to(x.device)
            seen = torch.where(flat[some].to(x.device)[:, None], empty[which], x[which])
            after = model(seen).float().gather(1, target[which, None])[:, 0].cpu()
            change.view(-1)[some] = before[picture[some], 0] - after
    return Trials(mask, (x - empty)[:, 0].cpu(), change)
