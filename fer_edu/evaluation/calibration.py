"""Is a network that says 80 % right in 80 % of the cases? And one number that mends it."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import brentq

from ..errors import DataError
from . import inputs

COLDEST, HOTTEST = 0.01, 100.0
"""The temperatures between which `fit_temperature` looks."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """Pictures sorted into bins by the probability of the class that was answered.

    edges: float64 [bins + 1]. counts: int64 [bins]. confidence, accuracy: float64 [bins], the mean probability of the
    answer and the share of right answers; 0 where a bin is empty.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def gap(self):
        """confidence - accuracy, float64 [bins]: above 0 where the network is too sure; 0 where a bin is empty."""
        return self.confidence - self.accuracy

    @property
    def ece(self):
        """The expected calibration error, 0..1: the mean of |gap| over the pictures (Guo et al. 2017, Eq. 3)."""
        return float((self.counts * np.abs(self.gap)).sum() / self.counts.sum())


def reliability(probabilities, labels, bins=15):
    """Return the `Reliability` of a network's answers.

    probabilities: float [N, C]. labels: int64 [N]. bins: of equal width over 0..1; each holds its lower edge, the last
    also 1 (torchmetrics' "l1" norm, except that it counts probabilities of exactly 1 as a bin of their own).
    Raises DataError.
    """
    p = inputs.probabilities(probabilities)
    labels = inputs.indices("labels", labels, *p.shape)
    if isinstance(bins, bool) or not isinstance(bins, int) or bins < 1:
        raise DataError(f"expected 1 bin or more, found {bins!r}: 15 is usual.")
    confidence, answer = p.max(1)
    right = (answer == labels).double().numpy()
    confidence = confidence.numpy()
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    sums = (np.bincount(place, weights=values, minlength=bins) for values in (confidence, right))
    return Reliability(edges, counts, *(total / np.maximum(counts, 1) for total in sums))


def nll(probabilities, labels):
    """Return the mean negative log-likelihood -ln p(label) in nats, 0 or more: the cross-entropy of training.

    A probability of 0 counts as float32's smallest, 1.2e-38: 87 nats, not infinitely many. Raises DataError.
    """
    p = inputs.probabilities(probabilities)
    own = p.gather(1, inputs.indices("labels", labels, *p.shape)[:, None])
    return -own.clamp(min=torch.finfo(torch.float32).tiny).log().mean().item()


def fit_temperature(logits, labels):
    """Return the temperature T > 0 for which softmax(logits / T) has the least `nll` (Guo et al. 2017, section 4.2).

    logits: float [N, C], of pictures that the network was not fitted on, as val. labels: int64 [N]. Above 1 the network
    was too sure, below 1 not sure enough; the order of the classes, so each answer, stays. In β = 1 / T the nll is
    convex, and its slope is the mean over the pictures of (the logit to be expected under p) - (the label's logit): T
    is where that is 0. Kept within 0.01..100, where all answers are right, or none is better than chance; 1 where all
    logits of each picture are alike, which no temperature changes.
    Raises DataError.
    """
    z = torch.from_numpy(inputs.numbers("logits", logits, dims=2))
    labels = inputs.indices("labels", labels, *z.shape)
    if (z == z[:, :1]).all():
        return 1.0
    own = z.gather(1, labels[:, None]).mean()

    def slope(log_beta):
        p = (z * float(np.exp(log_beta))).softmax(1)
        return ((p * z).sum(1).mean() - own).item()

    hot, cold = -np.log(HOTTEST), -np.log(COLDEST)
    if slope(cold) <= 0:
        return COLDEST
    if slope(hot) >= 0:
        return HOTTEST
    return float(np.exp(-brentq(slope, hot, cold, xtol=1e-10)))


def apply_temperature(logits, t):
    """Return softmax(logits / t), float64 [N, C]; DataError where t is not above 0."""
    if not 0 < t < float("inf"):
        raise DataError(f"expected a temperature above 0, found {t}: 1 changes nothing.")
    return (torch.from_numpy(inputs.numbers("logits", logits, dims=2)) / t).softmax(1)
