"""The options of the methods, and what stands for "nothing there", checked before anything runs."""

import torch

from ..errors import ModelError
from .by_captum import KINDS
from .inputs import pictures

GREYS = {"black": 0.0, "grey": 0.5, "white": 1.0}


def filled(defaults, given, method, size):
    """Return a method's options, what is given over its defaults; ModelError for an unknown one or an odd value.

    size: (channels, height, width) of the pictures.
    """
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        known = f"options out of {', '.join(defaults)}" if defaults else "no options"
        raise ModelError(f"expected {known} for {method}, found {', '.join(unknown)}: check the spelling.")
    chosen = defaults | given
    for name, most in (("samples", 4096), ("steps", 4096), ("window", min(size[1:])), ("stride", None)):
        if name in chosen:
            _whole(name, chosen[name], 1, chosen["window"] if name == "stride" else most)
    if "seed" in chosen:
        _whole("seed", chosen["seed"], 0, 2**63 - 1)
    if "noise" in chosen and not (_is_number(chosen["noise"]) and 0 <= chosen["noise"] <= 10):
        raise ModelError(f"expected noise as a deviation in 0..10, found {chosen['noise']!r}: give 0.1, for instance.")
    if "kind" in chosen and chosen["kind"] not in KINDS:
        raise ModelError(f"expected kind out of {', '.join(KINDS)}, found {chosen['kind']!r}: use one of those.")
    for name in ("relu", "spread", "held"):
        if name in chosen and not isinstance(chosen[name], bool):
            raise ModelError(f"expected {name} to be True or False, found {chosen[name]!r}: give a truth value.")
    return chosen


def start_of(model, x, baseline):
    """Return what stands for nothing there, of the shape of pictures x [N, C, H, W]; ModelError.

    baseline: "mean", each picture's own mean grey; "black", "grey", "white" or a number in 0..1; or pictures like x,
    of which one does for all.
    """
    if isinstance(baseline, str) and baseline == "mean":
        return x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x)
    if isinstance(baseline, str) and baseline in GREYS:
        baseline = GREYS[baseline]
    if _is_number(baseline) and 0 <= baseline <= 1:
        return torch.full((1, 1, 1, 1), baseline, dtype=x.dtype, device=x.device).expand_as(x)
    if isinstance(baseline, torch.Tensor):
        start = pictures(model, baseline)
        if start.shape[1:] == x.shape[1:] and len(start) in (1, len(x)):
            return start.expand_as(x)
        raise ModelError(
            f"expected baseline pictures {list(x.shape)}, found {list(start.shape)}: give one for each, or one for all."
        )
    raise ModelError(
        f"expected baseline out of mean, {', '.join(GREYS)}, a number in 0..1 or pictures, found {baseline!r}: use one "
        "of those."
    )


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(name, value, least, most):
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ModelError(f"expected {name} as a whole number in {least}..{most}, found {value!r}: give one of those.")
