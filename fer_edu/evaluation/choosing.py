"""What the habit of keeping the best epoch *on test* buys, in points, though no network got better."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .inputs import numbers
from .intervals import student_t


@dataclass(frozen=True, eq=False)
class Peeking:
    """chosen_on_val, best_on_test: float64 [runs], accuracies on test, 0..1. epochs: int64 [runs, 2], 0 the first: the
    epoch that val chooses, and the best on test. gain: the mean over the runs of best_on_test - chosen_on_val.
    interval: (low, high), the 95 % interval of the gain over runs by Student's t, or None for a single run.
    """

    chosen_on_val: np.ndarray
    best_on_test: np.ndarray
    epochs: np.ndarray
    gain: float
    interval: tuple | None


def bought_by_peeking(val, test):
    """Compare two ways of choosing each run's epoch: the best on val, as one should, and the best on test.

    val, test: float [runs, epochs], the accuracy after each epoch, 0..1. Of equally good epochs the first is taken.
    The gain is 0 or more by construction: the best on test cannot be beaten on test. Returns `Peeking`.
    Raises DataError where the shapes differ.
    """
    val, test = numbers("val", val, dims=2), numbers("test", test, dims=2)
    if val.shape != test.shape:
        raise DataError(
            f"expected val and test as [runs, epochs] alike, found {list(val.shape)} and {list(test.shape)}: give both "
            "after the same epochs."
        )
    epochs = np.stack([val.argmax(1), test.argmax(1)], axis=1)
    chosen, best = np.take_along_axis(test, epochs, axis=1).T
    gains = best - chosen
    interval = None
    if len(gains) > 1:
        mean, half = student_t(gains)
        interval = (mean - half, mean + half)
    return Peeking(chosen, best, epochs, float(gains.mean()), interval)
