"""How far could the number be off? Intervals for one test set and for several seeds."""

import math
import statistics
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import norm, t

from ..errors import DataError
from .inputs import numbers


def wilson(hits, n, level=0.95):
    """Return (low, high), the Wilson score interval for the share hits / n of independent pictures."""
    if not 0 <= hits <= n or n < 1:
        raise DataError(f"expected 0 <= hits <= n and n >= 1, found {hits} of {n}: give counts of pictures.")
    z = float(norm.ppf(0.5 + _checked(level) / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Share:
    """A share with the counts that it comes from: `hits` of `n` pictures."""

    hits: int
    n: int

    @property
    def value(self):
        """hits / n, 0..1; 0 where there are no pictures."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self):
        """(low, high): Wilson's 95 % interval; (0, 1) where there are no pictures, for nothing is known."""
        return wilson(self.hits, self.n) if self.n else (0.0, 1.0)

    def __str__(self):
        low, high = self.interval
        return f"{self.hits} of {self.n} ({self.value:.1%}, {low:.1%} to {high:.1%})"


def newcombe(a, b, level=0.95):
    """Return (difference, low, high) of two shares a - b from different pictures, by Newcombe's hybrid (1998, no. 10).

    a, b: `Share`. Each end takes the far end of one Wilson interval and the near end of the other. Two networks on the
    *same* pictures are not independent: compare those with `paired_bootstrap`. DataError where one has no pictures.
    """
    (low_a, high_a), (low_b, high_b) = (wilson(s.hits, s.n, level) for s in (a, b))
    difference = a.value - b.value
    return (
        difference,
        difference - math.hypot(a.value - low_a, high_b - b.value),
        difference + math.hypot(high_a - a.value, b.value - low_b),
    )


def z_interval(values, level=0.95):
    """Return (mean, half width) of the interval mean ± z s / √n, z = 1.96 for 95 %: the paper's.

    It takes the deviation s of n values for the true one, and is too short for few seeds: with n = 5 it holds the truth
    in 88 % of the cases, not in 95 % (2 F_t(1.96; n - 1) - 1). Raises DataError as `student_t`.
    """
    return _around_mean(values, float(norm.ppf(0.5 + _checked(level) / 2)))


def student_t(values, level=0.95):
    """Return (mean, half width) of Student's t interval over several seeds' results.

    It says how far the mean over *seeds* could be off, on this one test set; the test set's own uncertainty is apart.
    """
    return _around_mean(values, float(t.ppf(0.5 + _checked(level) / 2, max(1, len(values) - 1))))


def _around_mean(values, factor):
    if len(values) < 2:
        raise DataError(f"expected the results of at least 2 seeds, found {len(values)}: train with more seeds.")
    values = numbers("results", values).tolist()
    return statistics.mean(values), factor * statistics.stdev(values) / math.sqrt(len(values))


def bootstrap(values, generator, repetitions=1000, level=0.95):
    """Return (low, high), the percentile bootstrap interval of the mean (Efron 1979).

    values: n results are drawn from them with replacement, `repetitions` times; the interval holds the middle `level`
    of the means. generator: a CPU `torch.Generator`. For few values it is too short: n values cannot show how wide the
    crowd is that they come from. Raises DataError for fewer than 2 values, or fewer than 1 repetition.
    """
    values = numbers("results", values, least=2)
    if repetitions < 1:
        raise DataError(f"expected 1 repetition or more, found {repetitions}: draw about 1000.")
    picks = torch.randint(len(values), (repetitions, len(values)), generator=generator).numpy()
    low, high = np.quantile(values[picks].mean(1), middle(level))
    return float(low), float(high)


def middle(level):
    """Return the two quantiles between which the middle `level` lies: (0.025, 0.975) for 0.95."""
    return (1 - _checked(level)) / 2, (1 + level) / 2


def _checked(level):
    if not 0 < level < 1:
        raise DataError(f"expected a level between 0 and 1, found {level}: 0.95 is usual.")
    return level
