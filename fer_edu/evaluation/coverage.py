"""Does a 95 % interval hold the truth in 95 % of the cases? Measured by drawing, where the truth is known."""

import math

import numpy as np
import torch
from scipy.stats import norm, t

from ..errors import DataError
from .intervals import middle

SHAPES = ("normal", "uniform", "skewed")
"""The crowds to draw from, all with mean 0 and deviation 1; skewed is an exponential distribution's."""


def coverage(interval, draw, truth, repetitions=1000, seed=0):
    """Return the share of repetitions whose interval holds the truth, 0..1.

    interval: a function that turns values into (low, high). draw: a function that takes a `torch.Generator` and returns
    one experiment's values. truth: what they are values of. Its own standard error is √(c (1 - c) / repetitions).
    """
    if repetitions < 1:
        raise DataError(f"expected 1 repetition or more, found {repetitions}: draw about 1000.")
    generator = torch.Generator().manual_seed(seed)
    held = 0
    for _ in range(repetitions):
        low, high = interval(draw(generator))
        held += bool(low <= truth <= high)
    return held / repetitions


def draw_values(n, repetitions, seed=0, sigma=1.0, shape="normal"):
    """Draw the results of `repetitions` experiments with n seeds each: float64 [repetitions, n], mean 0.

    sigma: their deviation. shape: out of `SHAPES`. Raises DataError.
    """
    if n < 2 or repetitions < 1:
        raise DataError(f"expected 2 seeds and 1 repetition or more, found {n} and {repetitions}: draw more.")
    if sigma < 0 or shape not in SHAPES:
        raise DataError(
            f"expected a sigma of 0 or more and a shape out of {', '.join(SHAPES)}, found {sigma} and {shape!r}: "
            "give such values."
        )
    random = np.random.default_rng(seed)
    if shape == "normal":
        return sigma * random.standard_normal((repetitions, n))
    if shape == "uniform":
        return sigma * random.uniform(-math.sqrt(3), math.sqrt(3), (repetitions, n))
    return sigma * (random.exponential(size=(repetitions, n)) - 1)


def interval_ends(values, method, level=0.95, resamples=1000, seed=0):
    """Return the ends of many intervals at once: float64 [R], [R], for R experiments of n values, float [R, n].

    method: "z", "t" or "bootstrap", as `z_interval`, `student_t` and `bootstrap`. resamples, seed: of the bootstrap.
    """
    values = np.asarray(values, dtype=np.float64)
    n = values.shape[1]
    if method == "bootstrap":
        return _bootstrap_ends(values, middle(level), resamples, np.random.default_rng([seed, 1]))
    if method not in ("z", "t"):
        raise DataError(f"expected a method out of z, t, bootstrap, found {method!r}: name one of those.")
    above = middle(level)[1]
    half = (norm.ppf(above) if method == "z" else t.ppf(above, n - 1)) * values.std(1, ddof=1) / math.sqrt(n)
    return values.mean(1) - half, values.mean(1) + half


def _bootstrap_ends(values, quantiles, resamples, random):
    """Resample many experiments at once: a resample's mean is a product with the counts of how often each was drawn."""
    experiments, n = values.shape
    low, high = np.empty(experiments), np.empty(experiments)
    # A hundred experiments share their counts; new ones for the next keep the experiments nearly independent.
    for start in range(0, experiments, 100):
        counts = random.multinomial(n, np.full(n, 1 / n), size=resamples)
        means = values[start : start + 100] @ counts.T / n
        low[start : start + 100], high[start : start + 100] = np.quantile(means, quantiles, axis=1)
    return low, high


def interval_coverage(n, repetitions=2000, seed=0, sigma=1.0, shape="normal", level=0.95, resamples=1000):
    """Return {"z": .., "t": .., "bootstrap": ..}, the share of experiments whose interval holds the mean, each 0..1.

    n: seeds in each experiment. repetitions: experiments; the three methods judge the same ones. Other arguments as in
    `draw_values` and `interval_ends`. Raises DataError.
    """
    values = draw_values(n, repetitions, seed, sigma, shape)
    shares = {}
    for method in ("z", "t", "bootstrap"):
        low, high = interval_ends(values, method, level, resamples, seed)
        shares[method] = float(np.mean((low <= 0) & (high >= 0)))
    return shares


def z_coverage(n, level=0.95):
    """Return how often the z interval of n normal values truly holds their mean: 2 F_t(z; n - 1) - 1."""
    return float(2 * t.cdf(norm.ppf(middle(level)[1]), n - 1) - 1)
