"""What choosing on test buys, by hand and on runs in which no epoch is better than another."""

import numpy as np
import pytest
from scipy import stats

from fer_edu.errors import DataError
from fer_edu.evaluation import bought_by_peeking

VAL = [[0.50, 0.70, 0.70], [0.60, 0.55, 0.50]]
TEST = [[0.52, 0.66, 0.69], [0.61, 0.64, 0.60]]


def test_two_runs_by_hand():
    found = bought_by_peeking(VAL, TEST)
    assert found.epochs.tolist() == [[1, 2], [0, 1]]  # of two equal epochs the first
    assert found.chosen_on_val.tolist() == [0.66, 0.61]
    assert found.best_on_test.tolist() == [0.69, 0.64]
    assert found.gain == pytest.approx(0.03)
    assert found.interval == pytest.approx((0.03, 0.03))


def test_the_interval_is_that_of_a_paired_t_test():
    random = np.random.default_rng(0)
    found = bought_by_peeking(random.random((6, 20)), random.random((6, 20)))
    expected = stats.ttest_rel(found.best_on_test, found.chosen_on_val).confidence_interval(0.95)
    assert found.interval == pytest.approx(tuple(expected))


def test_one_run_has_a_gain_and_no_interval():
    found = bought_by_peeking(VAL[:1], TEST[:1])
    assert found.gain == pytest.approx(0.03) and found.interval is None


def test_noise_alone_buys_the_expected_maximum():
    """10 epochs of one true accuracy, deviation 0.01 on test: the largest of 10 normal values lies 1.5388 above."""
    random = np.random.default_rng(1)
    val, test = 0.7 + 0.01 * random.standard_normal((2, 4000, 10))
    assert bought_by_peeking(val, test).gain == pytest.approx(0.015388, abs=4 * 0.0116 / 4000**0.5)


def test_choosing_on_test_itself_buys_nothing():
    assert bought_by_peeking(TEST, TEST).gain == 0


@pytest.mark.parametrize("val, test", [(VAL, TEST[:1]), ([], []), (VAL[0], TEST[0]), (VAL, [[0.1, np.nan, 0.2]] * 2)])
def test_bad_input_is_named(val, test):
    with pytest.raises(DataError, match="expected .* found .*: "):
        bought_by_peeking(val, test)
