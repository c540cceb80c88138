"""May a network say "I do not know"? The errors that are left, over the share of pictures that it answers."""

from dataclasses import dataclass

import numpy as np

from .inputs import flags, numbers


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Points from the highest threshold to the lowest; a picture is answered where its confidence reaches it.

    coverage: float64 [P], the share answered, rising to 1. risk: float64 [P], the share of wrong answers among those.
    thresholds: float64 [P], falling. area: of the steps under the curve, 0..1, lower is better.
    """

    coverage: np.ndarray
    risk: np.ndarray
    thresholds: np.ndarray
    area: float


def risk_coverage(confidence, right):
    """Return the `RiskCoverage` of a network that answers the pictures it is most sure of first.

    confidence: float [N], usually the largest probability. right: bool [N]. Pictures of one confidence are answered
    together. The area is AURC of Geifman et al. (2019) where there are no ties: the mean risk of the k surest pictures,
    over k = 1..N. A confidence that says nothing has about the error rate as its area. Raises DataError.
    """
    confidence = numbers("confidence", confidence)
    right = flags("right", right, len(confidence))
    order = np.argsort(-confidence, kind="stable")
    confidence, wrong = confidence[order], np.cumsum(~right[order])
    last = np.append(np.flatnonzero(np.diff(confidence)), len(confidence) - 1)
    coverage, risk = (last + 1) / len(confidence), wrong[last] / (last + 1)
    return RiskCoverage(coverage, risk, confidence[last], float((np.diff(coverage, prepend=0.0) * risk).sum()))
