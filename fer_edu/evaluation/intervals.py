"""How far could the number be off? Intervals for one test set and for several seeds."""

import math
import statistics

from scipy.stats import norm, t

from ..errors import DataError


def wilson(hits, n, level=0.95):
    """Return (low, high), the Wilson score interval for the share hits / n of independent pictures."""
    if not 0 <= hits <= n or n < 1:
        raise DataError(f"expected 0 <= hits <= n and n >= 1, found {hits} of {n}: give counts of pictures.")
    z = float(norm.ppf(0.5 + level / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def student_t(values, level=0.95):
    """Return (mean, half width) of Student's t interval over several seeds' results.

    It says how far the mean over *seeds* could be off, on this one test set; the test set's own uncertainty is apart.
    """
    if len(values) < 2:
        raise DataError(f"expected the results of at least 2 seeds, found {len(values)}: train with more seeds.")
    n = len(values)
    return statistics.mean(values), float(t.ppf(0.5 + level / 2, n - 1)) * statistics.stdev(values) / math.sqrt(n)
