"""Is one network better than another? Compared on the same seeds, or on the same pictures."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, nct, t

from ..errors import DataError
from .inputs import flags, indices, numbers
from .intervals import middle

EXACT_SIGNS = 15
"""Up to so many differences all 2^n patterns of signs are gone through; for more, 2^15 are drawn."""


def paired_t(differences):
    """Return the p-value of Student's paired t test, two-sided.

    differences: float [n], n >= 2, one network's score less the other's, seed by seed. p: how often differences whose
    true mean is 0 have a mean at least so far from 0. 1 where all differences are 0, and 0 where all are one other
    number, which leaves no doubt to divide by. Raises DataError.
    """
    d = numbers("differences", differences, least=2)
    deviation = d.std(ddof=1)
    # Rounding leaves a deviation of some 1e-17 where all are alike.
    if deviation <= 1e-12 * np.abs(d).max():
        return 1.0 if not d.any() else 0.0
    return float(2 * t.sf(abs(d.mean()) / (deviation / math.sqrt(len(d))), len(d) - 1))


def sign_flip(differences, seed=0):
    """Return the p-value of Fisher's sign-flip test, two-sided: no bell curve is assumed.

    differences: as in `paired_t`, n >= 1. Were the two networks equal, each difference might as well bear the other
    sign; p is the share of all 2^n patterns of signs whose mean is at least as far from 0 as the one found. The least
    that it can be is 2 / 2^n: with 5 seeds 0.0625, so that no 5 seeds reach 0.05. Above n = 15, 2^15 patterns are
    drawn (`seed`), and the one found is counted among them. Raises DataError.
    """
    d = numbers("differences", differences)
    n = len(d)
    if n <= EXACT_SIGNS:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    else:
        signs = np.random.default_rng(seed).choice((-1, 1), size=(2**EXACT_SIGNS, n))
        signs[0] = 1
    far = np.abs(signs @ d)
    # Sums that are equal on paper may differ in the last bit.
    return float(np.mean(far >= far[0] * (1 - 1e-12)))


@dataclass(frozen=True)
class McNemar:
    """only_a, only_b: pictures that one of the two networks alone named right. p: two-sided, exact."""

    only_a: int
    only_b: int
    p: float


def mcnemar(right_a, right_b):
    """Return `McNemar`'s exact test (1947): do two networks differ on the same pictures?

    right_a, right_b: bool [N], whether each network named each picture right. Pictures that both or neither name right
    say nothing of the difference. Of the others, equal networks would win half each: p is the two-sided binomial
    probability of a split at least so uneven, and 1 where there are no such pictures. Raises DataError.
    """
    a = flags("right_a", right_a)
    b = flags("right_b", right_b, len(a))
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    p = 2 * float(binom.cdf(min(only_a, only_b), only_a + only_b, 0.5))
    return McNemar(only_a, only_b, min(1.0, p))


def paired_bootstrap(right_a, right_b, subjects=None, repetitions=2000, seed=0, level=0.95):
    """Return (difference, low, high): the accuracy of a less that of b, each in -1..1, and its percentile interval.

    right_a, right_b: bool [N], as in `mcnemar`. Pictures are drawn with replacement, both networks' answers together.
    subjects: int [N], the person on each picture, or None; persons are drawn then, with all their pictures, since the
    pictures of one person are no independent witnesses. Raises DataError.
    """
    a = flags("right_a", right_a)
    difference = a.astype(np.int64) - flags("right_b", right_b, len(a))
    if subjects is None:
        won, pictures = difference, np.ones(len(a), dtype=np.int64)
    else:
        _, who = np.unique(indices("subjects", subjects, len(a)).numpy(), return_inverse=True)
        won, pictures = np.bincount(who, weights=difference), np.bincount(who)
    if repetitions < 1:
        raise DataError(f"expected 1 repetition or more, found {repetitions}: draw about 2000.")
    random = np.random.default_rng(seed)
    drawn = np.empty(repetitions)
    for start in range(0, repetitions, 100):
        picks = random.integers(len(won), size=(min(100, repetitions - start), len(won)))
        drawn[start : start + 100] = won[picks].sum(1) / pictures[picks].sum(1)
    low, high = np.quantile(drawn, middle(level))
    return float(difference.mean()), float(low), float(high)


def seeds_needed(difference, deviation, power=0.8, level=0.95):
    """Return how many pairs of seeds show a true difference with probability `power`, at least 2.

    difference: the true one, in points, not 0. deviation: of the paired differences, in points, above 0; where the two
    networks' seeds have nothing in common it is √2 times a network's own. level: 0.95 for a t test at 0.05, two-sided.
    The statistic of such a test has a noncentral t distribution with n - 1 degrees of freedom and the noncentrality
    √n difference / deviation. Raises DataError.
    """
    above = middle(level)[1]
    if not (difference and deviation > 0 and 0 < power < 1 and math.isfinite(difference / deviation)):
        raise DataError(
            f"expected a difference other than 0, a deviation above 0 and a power between 0 and 1, found {difference}, "
            f"{deviation} and {power}: no number of seeds shows a difference of 0."
        )
    effect = abs(difference) / deviation

    def enough(n):
        edge, shift = t.ppf(above, n - 1), effect * math.sqrt(n)
        # SciPy gives NaN for a side so far out that nothing is left of it: 0 beyond -edge, 1 beyond +edge.
        wrong_side = np.nan_to_num(nct.cdf(-edge, n - 1, shift))
        return np.nan_to_num(nct.sf(edge, n - 1, shift), nan=float(shift > edge)) + wrong_side >= power

    high = 2
    while not enough(high):
        high *= 2
    low = max(2, high // 2)
    while low < high:
        between = (low + high) // 2
        low, high = (low, between) if enough(between) else (between + 1, high)
    return high
