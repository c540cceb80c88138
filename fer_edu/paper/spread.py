"""Several runs, a mean and a standard deviation: what can they be, and what do they say? In percent of accuracy."""

import math

from scipy.stats import norm, t

from .counts import possible_hits
from .printed import Printed


def half_width(deviation, runs, level=0.95, student=False):
    """Return half of the interval of a mean over `runs`: quantile · deviation / √runs, z's quantile or Student's t."""
    place = 0.5 + level / 2
    quantile = t.ppf(place, runs - 1) if student else norm.ppf(place)
    return float(quantile) * deviation / math.sqrt(runs)


def z_coverage(runs, level=0.95):
    """Return how often z's interval, with the deviation estimated from the same runs, holds the true mean, 0..1."""
    return float(2 * t.cdf(norm.ppf(0.5 + level / 2), runs - 1) - 1)


def possible_totals(mean, pictures, runs):
    """Return which whole numbers of hits, of runs · pictures, give the printed mean of `runs` accuracies, a tuple."""
    return possible_hits(mean, pictures * runs)


def smallest_deviation(pictures, runs):
    """Return the smallest standard deviation that `runs` accuracies on `pictures` pictures can have unless it is 0.

    One picture more or less in one run alone: a step of 100 / pictures, and its deviation is step / √runs.
    """
    return 100 / pictures / math.sqrt(runs)


def farthest_from_mean(deviation, runs, sample=True):
    """Return how far one of several numbers can lie from their mean: (n - 1) / √n standard deviations.

    sample: whether the deviation divides by n - 1, as one of a sample does; otherwise by n, and the bound is √(n - 1).
    It is reached where all the others are equal. Samuelson 1968, "How deviant can you be?", JASA 63.
    """
    return deviation * ((runs - 1) / math.sqrt(runs) if sample else math.sqrt(runs - 1))


def fitting_sets(single, mean, deviation, runs, sizes):
    """Return which numbers of test pictures out of `sizes` can give all three printed figures, a tuple.

    single: the accuracy of one run. mean, deviation: of `runs` runs. All `Printed`, in percent.
    """
    largest = float(deviation) + deviation.half_unit
    return tuple(
        n
        for n in sizes
        if possible_hits(single, n) and possible_totals(mean, n, runs) and smallest_deviation(n, runs) <= largest
    )


def chance_of_one_figure(hits, pictures, deviation, runs, decimals=3):
    """Return how likely it is that the mean of `runs` and one of them are printed alike, (a named run, the nearest).

    Runs are taken as normal with this deviation, the named run as one of them picked beforehand. Its distance from the
    mean has the deviation σ √(1 - 1/n); the mean lies on steps of 100 / (n · pictures), and those that round to the
    run's figure count. The nearest of all runs: n times as likely at most.
    """
    figure = Printed(f"{100 * hits / pictures:.{decimals}f}")
    step = 100 / (runs * pictures)
    apart = norm(scale=deviation * math.sqrt(1 - 1 / runs))
    one = sum(
        step * apart.pdf(100 * (total / runs - hits) / pictures) for total in possible_totals(figure, pictures, runs)
    )
    return float(one), min(1.0, float(runs * one))
