"""Measured coverage against the closed forms: Student's t for z and for itself."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from fer_edu.errors import DataError
from fer_edu.evaluation import (
    bootstrap,
    coverage,
    draw_values,
    interval_coverage,
    interval_ends,
    student_t,
    z_coverage,
    z_interval,
)


def within(share, truth, repetitions):
    """Four standard errors: a right simulation fails in one of 16,000 cases, and the seed is fixed."""
    return abs(share - truth) < 4 * math.sqrt(truth * (1 - truth) / repetitions)


@pytest.mark.parametrize("n", [2, 5, 15])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_normal_values_are_covered_as_the_closed_form_says(n, level):
    shares = interval_coverage(n, 4000, level=level, resamples=50)
    z = stats.norm.ppf((1 + level) / 2)
    assert within(shares["z"], 2 * stats.t.cdf(z, n - 1) - 1, 4000)
    assert within(shares["t"], level, 4000)


def test_the_known_shortfall_of_z_and_the_bootstrap():
    """15 seeds: z holds the truth in 93.0 %; 5 seeds: 87.8 %, and the percentile bootstrap in some 83 %."""
    assert z_coverage(15) == pytest.approx(0.9298, abs=5e-5)
    assert z_coverage(5) == pytest.approx(0.8784, abs=5e-5)
    found = interval_coverage(5, 4000)
    assert within(found["bootstrap"], 0.833, 4000)
    assert found["bootstrap"] < found["z"] < found["t"]


def test_the_width_of_the_crowd_plays_no_part():
    few = interval_coverage(4, 300, sigma=1e-3, resamples=100)
    assert few == interval_coverage(4, 300, sigma=50, resamples=100)


def test_skewed_values_are_covered_less_often_than_t_promises():
    assert interval_coverage(5, 4000, shape="skewed", resamples=50)["t"] < 0.92


@pytest.mark.parametrize("shape", ["normal", "uniform", "skewed"])
def test_values_have_the_mean_and_deviation_asked_for(shape):
    values = draw_values(10, 20_000, sigma=3.0, shape=shape)
    assert values.shape == (20_000, 10)
    assert values.mean() == pytest.approx(0, abs=4 * 3 / math.sqrt(200_000))
    assert values.std() == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize("method, interval", [("z", z_interval), ("t", student_t)])
def test_many_intervals_at_once_are_those_one_by_one(method, interval):
    values = draw_values(6, 20)
    ends = np.stack(interval_ends(values, method), axis=1)
    for row, found in zip(values, ends, strict=True):
        mean, half = interval(row)
        assert found == pytest.approx((mean - half, mean + half))


def test_many_bootstraps_at_once_are_those_one_by_one_up_to_their_draws():
    values = draw_values(6, 3)
    ends = np.stack(interval_ends(values, "bootstrap", resamples=20_000), axis=1)
    for row, found in zip(values, ends, strict=True):
        assert found == pytest.approx(bootstrap(row, torch.Generator().manual_seed(0), 20_000), abs=0.05)


def test_the_plain_loop_counts_the_intervals_that_hold_the_truth():
    def t_ends(values):
        mean, half = student_t(values)
        return mean - half, mean + half

    share = coverage(t_ends, lambda g: 7 + torch.randn(5, generator=g), truth=7, repetitions=500)
    assert within(share, 0.95, 500)
    assert coverage(lambda values: (0, 1), lambda g: None, truth=1, repetitions=3) == 1
    assert coverage(lambda values: (0, 1), lambda g: None, truth=1.1, repetitions=3) == 0


def test_the_same_seed_gives_the_same_share():
    assert interval_coverage(5, 200, seed=3) == interval_coverage(5, 200, seed=3) != interval_coverage(5, 200, seed=4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: interval_coverage(1),
        lambda: interval_coverage(5, repetitions=0),
        lambda: interval_coverage(5, sigma=-1.0),
        lambda: interval_coverage(5, shape="flat"),
        lambda: interval_coverage(5, level=95),
        lambda: interval_ends(np.zeros((2, 3)), "wilson"),
        lambda: coverage(lambda v: (0, 1), lambda g: None, 0, repetitions=0),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
