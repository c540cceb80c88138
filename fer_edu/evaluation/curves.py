"""One class against the rest, at every threshold: the ROC and the precision-recall curve."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .inputs import flags, numbers


@dataclass(frozen=True, eq=False)
class Curve:
    """Points from the highest threshold to the lowest; "this class" is said where the score reaches the threshold.

    x, y: float64 [P]. thresholds: float64 [P], falling; the first is infinite: nothing is said. area: 0..1.
    """

    x: np.ndarray
    y: np.ndarray
    thresholds: np.ndarray
    area: float


def roc(scores, positive):
    """Return the `Curve` of the receiver operating characteristic.

    scores: float [N], how sure the network is of the class, as p[:, k]. positive: bool [N], whether the picture shows
    it, as labels == k. x: share of the other pictures that are taken for it (false positive rate); y: share of its own
    that are found (recall). area: the area under the curve by trapezia, which is the probability that a picture of the
    class scores higher than one of the others, ties counted half (Hanley and McNeil 1982).
    Raises DataError where either kind of picture is missing: one of the two rates is then 0 / 0.
    """
    thresholds, true, false = _counts(scores, positive)
    if true[-1] == 0 or false[-1] == 0:
        raise DataError(
            f"expected pictures of the class and of others, found {true[-1]} and {false[-1]}: choose a class that "
            "some but not all pictures show."
        )
    x, y = false / false[-1], true / true[-1]
    return Curve(x, y, thresholds, float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)))


def precision_recall(scores, positive):
    """Return the `Curve` of precision (y) over recall (x); arguments as in `roc`.

    Where nothing is said, precision is 0 / 0 and drawn as 1, as scikit-learn does. area: the average precision, the sum
    of (R_i - R_i-1) P_i: steps, not trapezia, which would flatter. A constant score has the share of the class.
    Raises DataError where no picture shows the class: recall is then 0 / 0.
    """
    thresholds, true, false = _counts(scores, positive)
    if true[-1] == 0:
        raise DataError("expected pictures of the class, found none: choose a class that some pictures show.")
    recall = true / true[-1]
    precision = np.concatenate([[1.0], true[1:] / (true[1:] + false[1:])])
    return Curve(recall, precision, thresholds, float(np.sum(np.diff(recall) * precision[1:])))


def _counts(scores, positive):
    """Return the thresholds, and how many pictures of the class and of the others reach each of them."""
    scores = numbers("scores", scores)
    positive = flags("positive", positive, len(scores))
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    # Equal scores pass a threshold together: one point for each distinct score, at the last of its pictures.
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    true = np.concatenate([[0], np.cumsum(positive)[last]])
    false = np.concatenate([[0], last + 1 - true[1:]])
    return np.concatenate([[np.inf], scores[last]]), true, false
