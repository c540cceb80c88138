"""Intervals against SciPy, published values, and each other."""

import itertools

import numpy as np
import pytest
import torch
from scipy import stats

from fer_edu.errors import DataError
from fer_edu.evaluation import Share, bootstrap, newcombe, student_t, wilson, z_interval

SEEDS = [0.712, 0.731, 0.725, 0.708, 0.719]


@pytest.mark.parametrize("hits, n", [(8, 10), (0, 10), (10, 10), (1, 1), (0, 1), (2689, 3589)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_scipy(hits, n, level):
    expected = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    assert wilson(hits, n, level) == pytest.approx(tuple(expected), abs=1e-12)


def test_wilson_interval_of_a_known_case():
    """8 of 10: (0.4902, 0.9433), as statsmodels' proportion_confint(8, 10, method='wilson') prints it."""
    assert wilson(8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-6)


def test_a_share_of_nothing_is_zero_and_could_be_anything():
    assert Share(0, 0).value == 0 and Share(0, 0).interval == (0, 1)
    assert Share(8, 10).value == 0.8 and Share(8, 10).interval == wilson(8, 10)
    assert str(Share(8, 10)) == "8 of 10 (80.0%, 49.0% to 94.3%)"


@pytest.mark.parametrize(
    "a, b, expected", [((56, 70), (48, 80), (0.0524, 0.3339)), ((9, 10), (3, 10), (0.1705, 0.8090))]
)
def test_newcombe_gives_the_published_intervals(a, b, expected):
    """Newcombe 1998, Statistics in Medicine 17, table II, method 10."""
    difference, low, high = newcombe(Share(*a), Share(*b))
    assert difference == pytest.approx(a[0] / a[1] - b[0] / b[1])
    assert (low, high) == pytest.approx(expected, abs=5e-5)
    assert newcombe(Share(*b), Share(*a)) == pytest.approx((-difference, -high, -low))


@pytest.mark.parametrize("values", [SEEDS, [1, 2], torch.tensor(SEEDS), np.array(SEEDS)], ids=str)
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_mean_over_seeds_equals_scipy(values, level):
    floats = np.asarray(values, float)
    error = stats.sem(floats)
    for interval, expected in (
        (student_t, stats.t.interval(level, len(floats) - 1, floats.mean(), error)),
        (z_interval, stats.norm.interval(level, floats.mean(), error)),
    ):
        mean, half = interval(values, level)
        assert (mean - half, mean + half) == pytest.approx(expected)


def test_student_interval_of_a_known_case():
    """1, 2, 3: mean 2, s = 1, t = 4.302653 for 2 degrees of freedom."""
    assert student_t([1, 2, 3]) == pytest.approx((2, 4.302653 / 3**0.5), abs=1e-6)


def test_the_papers_interval_is_z_and_too_short():
    """Table 7 prints ± 0.1619 for a deviation of 0.32 over 15 runs: 1.96 * 0.32 / √15."""
    values = stats.zscore(np.arange(15.0), ddof=1) * 0.32 + 74.923
    assert z_interval(values) == pytest.approx((74.923, 0.1619), abs=5e-5)
    assert student_t(values)[1] == pytest.approx(0.1772, abs=5e-5)


def test_seeds_that_all_agree_have_an_interval_of_width_zero():
    assert student_t([0.5, 0.5, 0.5]) == z_interval([0.5] * 3) == (0.5, 0)
    assert bootstrap([0.5] * 3, torch.Generator()) == (0.5, 0.5)


def test_bootstrap_is_the_middle_of_all_resamples_that_there_are():
    """Five values have 5^5 = 3125 resamples, all equally likely."""
    everything = np.array(list(itertools.product(SEEDS, repeat=5))).mean(1)
    for level in (0.5, 0.95):
        low, high = bootstrap(SEEDS, torch.Generator().manual_seed(0), 20_000, level)
        expected = np.quantile(everything, [(1 - level) / 2, (1 + level) / 2])
        assert (low, high) == pytest.approx(tuple(expected), abs=4e-4)
    assert high - low < 2 * student_t(SEEDS)[1]


def test_bootstrap_hangs_on_its_generator_alone():
    first, again, other = (bootstrap(SEEDS, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(11, 10),
        lambda: wilson(0, 0),
        lambda: wilson(1, 2, level=95),
        lambda: student_t([0.7]),
        lambda: student_t([0.7, float("nan")]),
        lambda: z_interval([0.7]),
        lambda: z_interval([0.7, 0.8], level=1),
        lambda: bootstrap([0.7], torch.Generator()),
        lambda: bootstrap([0.7, 0.8], torch.Generator(), repetitions=0),
        lambda: newcombe(Share(0, 0), Share(1, 2)),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
