"""The same network in another place: other shares of the classes, other costs, and leave to abstain."""

import torch

from ..errors import DataError
from . import inputs


def reweight(probabilities, old, new):
    """Return the probabilities, float64 [N, C], that Bayes' rule gives where the classes have other shares.

    probabilities: float [N, C]. old: the classes' shares where the network learned (or counts), all above 0. new: those
    where it is used, 0 or more. Each p_k is multiplied by new_k / old_k and the rows are divided by their sums (Saerens
    et al. 2002, Eq. 4); it holds where each class looks the same in both places. A row that gives all its probability
    to classes that do not occur there becomes `new`. Raises DataError.
    """
    p = inputs.probabilities(probabilities)
    old, new = (_shares(name, values, p.shape[1]) for name, values in (("old", old), ("new", new)))
    if not (old > 0).all():
        raise DataError("expected old shares above 0, found a class with 0: the network never learned that class.")
    weighted = p * (new / old)
    sums = weighted.sum(1, keepdim=True)
    return torch.where(sums > 0, weighted / sums.clamp(min=1e-300), new)


def decide(probabilities, weights=None, threshold=0.0):
    """Return the class answered for each picture, int64 [N], or -1 where the network abstains.

    probabilities: float [N, C]. weights: float [C], 0 or more, what a right answer of each class is worth, or None for
    all alike; the class with the largest weight x probability is answered, the earlier of two equal ones. threshold:
    a picture is answered where the probability of its answer (not weighted) reaches it. Raises DataError.
    """
    p = inputs.probabilities(probabilities)
    weighted = p if weights is None else p * _shares("weights", weights, p.shape[1])
    answer = weighted.argmax(1)
    return torch.where(p.gather(1, answer[:, None])[:, 0] >= threshold, answer, -1)


def _shares(name, values, classes):
    values = torch.from_numpy(inputs.numbers(name, values))
    if len(values) != classes or values.min() < 0 or values.sum() <= 0:
        raise DataError(
            f"expected {name} as {classes} numbers of 0 or more, not all 0, found "
            f"{[round(value, 3) for value in values.tolist()]}: give one a class."
        )
    return values / values.sum()
