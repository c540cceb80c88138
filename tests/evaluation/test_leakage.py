"""Scores with and without copies, by hand; easy classes are told apart from memory."""

import pytest

from fer_edu.errors import DataError
from fer_edu.evaluation import Share, leakage, wilson


def test_a_case_by_hand():
    found = leakage([1, 1, 1, 0, 1, 0], [1, 1, 0, 0, 0, 0])
    assert (found.all, found.without, found.copies) == (Share(4, 6), Share(2, 4), Share(2, 2))
    assert found.gain == pytest.approx(4 / 6 - 2 / 4)
    assert found.without.interval == wilson(2, 4)
    assert found.expected is None
    assert "without copies 2 of 4" in str(found) and "+16.67%" in str(found)


def test_copies_of_an_easy_class_are_expected_to_score_higher():
    """Class 0 is named right 9 times in 10, class 1 once in 2, copy or not; three copies in four are of class 0."""
    right, copies, labels = [], [], []
    for label, copy, hits, n in ((0, 0, 90, 100), (1, 0, 50, 100), (0, 1, 27, 30), (1, 1, 5, 10)):
        right += [1] * hits + [0] * (n - hits)
        copies += [copy] * n
        labels += [label] * n
    found = leakage(right, copies, labels)
    assert found.copies.value == pytest.approx(0.8) and found.without.value == pytest.approx(0.7)
    assert found.expected == pytest.approx(0.75 * 0.9 + 0.25 * 0.5)  # so nothing is left for memory to explain


def test_a_network_that_remembers_scores_above_what_is_expected():
    found = leakage([1, 1, 1, 0, 1, 0], [1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 1, 1])
    assert found.copies.value == 1 and found.expected == pytest.approx(0.5)


def test_no_copies_and_nothing_but_copies():
    clean = leakage([1, 0], [0, 0], [0, 1])
    assert clean.copies == Share(0, 0) and clean.gain == 0 and clean.expected is None
    full = leakage([1, 0], [1, 1], [0, 1])
    assert full.without == Share(0, 0) and full.expected is None


@pytest.mark.parametrize("arguments", [([], []), ([1, 0], [1]), ([1, 0], [0, 1], [0]), ([0.5, 1], [0, 1])])
def test_bad_input_is_named(arguments):
    with pytest.raises(DataError, match="expected .* found .*: "):
        leakage(*arguments)
