"""What is given to a score, checked once at the door: lists, numpy arrays and tensors become one kind, or an error."""

import numpy as np
import torch

from ..errors import DataError


def numbers(name, values, dims=1, least=1):
    """Return values as a float64 array of `dims` dimensions; DataError: another shape, fewer than `least`, or NaN."""
    try:
        array = np.asarray(values.detach().cpu() if isinstance(values, torch.Tensor) else values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"expected {name} as numbers, found {type(values).__name__}: give rows of one length."
        ) from None
    if array.ndim != dims or array.size == 0 or len(array) < least:
        raise DataError(
            f"expected {name} as numbers of the shape {('[N]', '[N, C]')[dims - 1]} with N >= {least}, found "
            f"{list(array.shape)}: give one row a picture or a run."
        )
    if not np.isfinite(array).all():
        raise DataError(
            f"expected {name} that are finite, found {int((~np.isfinite(array)).sum())} that are not: look where they "
            "come from before scoring."
        )
    return array


def flags(name, values, n=None):
    """Return values, of which each is true or false (or 1 or 0), as a bool array of n; DataError otherwise."""
    array = numbers(name, values)
    if not np.isin(array, (0, 1)).all():
        raise DataError(f"expected {name} as true or false, found {array.max():g}: compare first, as in labels == k.")
    if n is not None and len(array) != n:
        raise DataError(f"expected {n} {name}, found {len(array)}: give one a picture, in the same order.")
    return array.astype(bool)


def indices(name, values, n=None, classes=None):
    """Return values as class or group numbers, int64 tensor [n] in 0..classes - 1; DataError otherwise."""
    array = numbers(name, values)
    if n is not None and len(array) != n:
        raise DataError(f"expected {n} {name}, found {len(array)}: give one a picture, in the same order.")
    top = np.inf if classes is None else classes - 1
    if (array != np.floor(array)).any() or array.min() < 0 or array.max() > top:
        bound = "0 or more" if classes is None else f"0..{top}"
        raise DataError(
            f"expected {name} as whole numbers {bound}, found {array.min():g}..{array.max():g}: give the number of a "
            "class or group for each picture."
        )
    return torch.from_numpy(array.astype(np.int64))


def probabilities(values, name="probabilities"):
    """Return values as float64 tensor [N, C] whose rows are probabilities; DataError otherwise, as for logits."""
    array = numbers(name, values, dims=2)
    sums = array.sum(1)
    if array.min() < 0 or array.max() > 1 + 1e-6 or np.abs(sums - 1).max() > 1e-3:
        raise DataError(
            f"expected {name} in 0..1 that add up to 1 in each row, found {array.min():.3g}..{array.max():.3g} with "
            f"sums {sums.min():.3g}..{sums.max():.3g}: turn logits into probabilities with softmax(1)."
        )
    return torch.from_numpy(array)
