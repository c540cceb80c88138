"""Rows compared seed by seed."""

import pytest
from scipy import stats

import fer_edu as fe
from fer_edu.errors import DataError

ROWS = {"base": [0.50, 0.60, 0.70], "better": [0.52, 0.61, 0.73], "noisy": [0.70, 0.50, 0.60]}


def test_differences_are_those_of_a_paired_t_interval():
    found = fe.evaluation.paired_differences(ROWS, "base")
    for row in ("better", "noisy"):
        low, high = stats.ttest_rel(ROWS[row], ROWS["base"]).confidence_interval(0.95)
        mean, half = found[row]
        assert (mean - half, mean + half) == pytest.approx((low, high))
    assert found["base"] == (0.0, 0.0)


def test_what_a_seed_does_to_all_rows_does_not_widen_the_interval():
    assert fe.evaluation.paired_differences(ROWS, "base")["better"][1] < 0.03  # the seeds themselves lie 0.1 apart


def test_table_has_a_line_a_row_in_percent_and_points():
    lines = fe.evaluation.paired_table(ROWS, "base").splitlines()
    assert len(lines) == 4
    assert "60.0 ± 24.8" in lines[1] and "against" not in lines[1]
    assert "62.0" in lines[2] and "+2.0 ± 2.5" in lines[2]


def test_one_seed_gives_no_interval():
    table = fe.evaluation.paired_table({"base": [0.5], "other": [0.6]}, "base")
    assert "60.0%" in table and "±" not in table


@pytest.mark.parametrize("rows", [{"a": [0.1, 0.2]}, {"base": [0.1, 0.2], "a": [0.1]}, {"base": [0.1], "a": [0.1]}])
def test_rows_that_cannot_be_paired_are_refused(rows):
    with pytest.raises(DataError, match="same seeds"):
        fe.evaluation.paired_differences(rows, "base")
