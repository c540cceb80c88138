"""Paired comparisons against SciPy's tests, closed forms and a sample-size table."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from fer_edu.errors import DataError
from fer_edu.evaluation import mcnemar, paired_bootstrap, paired_t, seeds_needed, sign_flip

RANDOM = np.random.default_rng(0)
DIFFERENCES = [
    RANDOM.normal(0.5, 1, 5),
    RANDOM.normal(0, 1, 9),
    np.array([1.0, 1.0, 2.0, -1.0]),
    np.array([0.1, 0.2, 0.3, -0.6]),  # sums to 0 on paper, to 5e-17 in float64
    np.array([0.3, 0.3, 0.0, 0.0, 0.3]),
]


@pytest.mark.parametrize("differences", DIFFERENCES)
def test_t_equals_scipy(differences):
    assert paired_t(differences) == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)


def test_t_of_differences_that_are_all_alike():
    assert paired_t([0.0, 0.0, 0.0]) == 1
    assert paired_t([0.1, 0.1, 0.1]) == 0


@pytest.mark.parametrize("differences", DIFFERENCES)
def test_sign_flip_equals_scipys_exact_test(differences):
    expected = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(differences) == pytest.approx(expected.pvalue)


def test_sign_flip_has_a_floor():
    """All signs alike: only that pattern and its mirror are as far out, 2 of 2^n."""
    assert sign_flip([0.1, 0.2, 0.3, 0.1, 0.2]) == 2 / 32
    assert sign_flip([0.5]) == 1
    assert sign_flip([0.0, 0.0]) == 1


def test_drawn_patterns_agree_with_all_of_them():
    differences = np.random.default_rng(1).normal(0.4, 1, 18)
    patterns = 1 - 2 * ((np.arange(2**18)[:, None] >> np.arange(18)) & 1)
    exact = np.mean(np.abs(patterns @ differences) >= abs(differences.sum()) - 1e-12)
    assert sign_flip(differences) == pytest.approx(exact, abs=4 * math.sqrt(exact / 2**15))
    assert sign_flip(np.ones(40)) == 1 / 2**15  # the one found is counted: never 0


@pytest.mark.parametrize("only_a, only_b", [(0, 0), (1, 0), (5, 5), (3, 12), (40, 20), (200, 150)])
def test_mcnemar_equals_the_exact_binomial_test(only_a, only_b):
    right_a = [1] * only_a + [0] * only_b + [1] * 30 + [0] * 10
    right_b = [0] * only_a + [1] * only_b + [1] * 30 + [0] * 10
    found = mcnemar(right_a, right_b)
    assert (found.only_a, found.only_b) == (only_a, only_b)
    n = only_a + only_b
    assert found.p == pytest.approx(stats.binomtest(only_a, n).pvalue if n else 1)
    assert mcnemar(right_b, right_a).p == found.p


def answers(n=2000):
    random = np.random.default_rng(2)
    hard = random.random(n)
    return hard < 0.7, hard + random.normal(0, 0.1, n) < 0.68


def test_the_bootstrap_of_pictures_has_the_width_of_the_closed_form():
    a, b = answers()
    difference, low, high = paired_bootstrap(a, b)
    d = a.astype(float) - b
    assert difference == pytest.approx(a.mean() - b.mean())
    assert low < difference < high
    assert (high - low) / 2 == pytest.approx(1.96 * d.std() / math.sqrt(len(d)), rel=0.08)


def test_answers_to_the_same_pictures_differ_less_than_those_to_others():
    a, b = answers()
    _, low, high = paired_bootstrap(a, b)
    unpaired = 2 * 1.96 * math.sqrt(a.var() / len(a) + b.var() / len(b))
    assert high - low < 0.6 * unpaired


def test_ten_pictures_of_one_person_say_no_more_than_one():
    a, b = answers(200)
    one_each = paired_bootstrap(a, b)
    persons = np.arange(200)
    assert paired_bootstrap(a, b, persons) == one_each
    ten = paired_bootstrap(a.repeat(10), b.repeat(10), persons.repeat(10))
    assert ten == pytest.approx(one_each, abs=1e-12)
    _, low, high = paired_bootstrap(a.repeat(10), b.repeat(10))
    assert (high - low) * math.sqrt(10) == pytest.approx(one_each[2] - one_each[1], rel=0.1)


def test_persons_with_more_pictures_weigh_more():
    """One person has 3 pictures that a names right, the other 1 that b does; resamples hold 2, 1 or 0 of the first."""
    difference, low, high = paired_bootstrap([1, 1, 1, 0], [0, 0, 0, 1], [7, 7, 7, 4], 4000)
    assert (difference, low, high) == (0.5, -1, 1)


def test_the_same_answers_differ_by_nothing():
    a, _ = answers(50)
    assert paired_bootstrap(a, a) == (0, 0, 0)
    assert mcnemar(a, a).p == 1


@pytest.mark.parametrize("effect, n", [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_seeds_needed_gives_the_sample_sizes_in_use(effect, n):
    """Of a two-sided paired t test at 0.05 with power 0.8, as G*Power prints them."""
    assert seeds_needed(effect, 1.0) == n
    assert seeds_needed(-10 * effect, 10.0) == n


def power_of(n, effect, level):
    """The power again without the noncentral t: over the deviation that is found, by numerical integration."""
    edge, shift = stats.t.ppf((1 + level) / 2, n - 1), effect * math.sqrt(n)

    def given(ratio):  # of the deviation found to the true one
        beyond = special.ndtr(shift - edge * ratio) + special.ndtr(-edge * ratio - shift)
        return beyond * stats.chi.pdf(ratio * math.sqrt(n - 1), n - 1) * math.sqrt(n - 1)

    return integrate.quad(given, 0, 10, points=[0.2, 1, 2])[0]


@pytest.mark.parametrize("effect", [0.15, 0.4, 0.7, 1.0, 1.5, 3.0, 6.0, 20.0])
@pytest.mark.parametrize("power, level", [(0.12, 0.95), (0.5, 0.8), (0.8, 0.95), (0.99, 0.99)])
def test_seeds_needed_is_the_least_number_with_the_power(effect, power, level):
    n = seeds_needed(effect, 1.0, power, level)
    assert power_of(n, effect, level) >= power
    assert n == 2 or power_of(n - 1, effect, level) < power


def test_a_difference_far_above_the_noise_needs_two_seeds_and_one_far_below_needs_very_many():
    assert seeds_needed(1e9, 1.0) == seeds_needed(1e16, 1.0) == 2
    assert seeds_needed(0.001, 1.0) == pytest.approx((1.959964 + 0.841621) ** 2 / 1e-6, rel=1e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: paired_t([0.1]),
        lambda: sign_flip([]),
        lambda: sign_flip([float("nan"), 1.0]),
        lambda: mcnemar([1, 0], [1]),
        lambda: mcnemar([], []),
        lambda: mcnemar([1, 2], [1, 1]),
        lambda: paired_bootstrap([1, 0], [1, 0], subjects=[1]),
        lambda: paired_bootstrap([1, 0], [1, 0], repetitions=0),
        lambda: seeds_needed(0, 1),
        lambda: seeds_needed(1, 0),
        lambda: seeds_needed(1, 1, power=1),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
