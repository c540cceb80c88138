"""Digits go back to whole pictures: table 8 from its counts to all printed decimals, and what no count gives."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from fer_edu.data.fer2013.official import COUNTS
from fer_edu.errors import DataError
from fer_edu.paper import PAPER, Printed, counts_behind, possible_hits, possible_wholes
from fer_edu.paper.margins import possible_cells


def test_table_8_to_all_printed_decimals_from_section_5_2():
    counts = counts_behind(PAPER.table(8), COUNTS["PrivateTest"])
    assert counts.hits.tolist() == [241, 55, 167, 876, 325, 414, 611] and counts.right == 2689
    assert counts.predicted.tolist() == [470, 55, 290, 899, 629, 414, 832] and counts.predicted.sum() == 3589
    assert f"{counts.accuracy:.3f}" == "74.923"
    for row, values in zip(PAPER.table(8).rows, counts.scores(), strict=True):
        # As a spreadsheet prints it: nine decimals, zeros at the end dropped.
        assert [f"{value:.9f}".rstrip("0").rstrip(".") for value in values] == list(row[1:])


def test_table_9_to_all_printed_decimals():
    counts = counts_behind(PAPER.table(9), [1000] * 7)
    assert counts.right == 6963 and counts.predicted.sum() == 7000
    for row, values in zip(PAPER.table(9).rows, counts.scores(), strict=True):
        assert [f"{value:.9f}".rstrip("0").rstrip(".") for value in values] == list(row[1:])


def test_scores_are_scikit_learns_for_a_matrix_with_these_sums():
    counts = counts_behind(PAPER.table(8), COUNTS["PrivateTest"])
    lowest, _ = possible_cells(counts.hits, counts.pictures, counts.predicted)
    matrix = northwest(lowest, counts)
    true, named = (np.repeat(np.arange(49) // 7, matrix.ravel()), np.repeat(np.arange(49) % 7, matrix.ravel()))
    wanted = np.stack(precision_recall_fscore_support(true, named)[:3], axis=1)
    np.testing.assert_allclose(counts.scores(), wanted, atol=1e-12)


def northwest(lowest, counts):
    """Fill a matrix with these sums from the lower bounds on, cell by cell, by exchange where that gets stuck."""
    from scipy.optimize import linprog

    cells = [(i, j) for i in range(7) for j in range(7) if i != j]
    sums = np.zeros((14, 42))
    for k, (i, j) in enumerate(cells):
        sums[i, k] = sums[7 + j, k] = 1
    wanted = np.concatenate([counts.pictures - counts.hits, counts.predicted - counts.hits])
    found = linprog(np.zeros(42), A_eq=sums, b_eq=wanted, bounds=[(lowest[c], None) for c in cells])
    matrix = np.diag(counts.hits)
    for k, cell in enumerate(cells):
        matrix[cell] = round(found.x[k])
    return matrix


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_possible_hits_are_those_that_round_to_the_printed_share(decimals):
    for pictures in (33, 66, 327, 999):
        for hits in range(0, pictures + 1, 7):
            printed = Printed(f"{100 * hits / pictures:.{decimals}f}")
            wanted = [h for h in range(pictures + 1) if printed.says(100 * h / pictures)]
            assert list(possible_hits(printed, pictures)) == wanted and hits in wanted


def test_the_validation_accuracy_fits_3589_pictures_and_not_3588():
    printed = PAPER.number("epoch 184", "validation")
    assert possible_hits(printed, 3588) == () and possible_hits(printed, 3589) == (2737,)
    assert f"{100 * 2736 / 3588:.2f} {100 * 2737 / 3588:.2f} {100 * 2737 / 3589:.2f}" == "76.25 76.28 76.26"


def test_wholes_behind_a_precision():
    assert possible_wholes(Printed("0.5"), 3, 10) == (6,)
    assert possible_wholes(Printed("0.512765957", 9), 241, 3589) == (470,)
    assert possible_wholes(Printed("0.9"), 1, 10) == ()


def test_scores_that_no_pictures_give_are_refused():
    with pytest.raises(DataError, match=r"expected one whole number of hits of 55 .*Disgust.*, found \[\]"):
        counts_behind(PAPER.with_cell(8, "Disgust", "recall", "0.99").table(8), COUNTS["PrivateTest"])
    with pytest.raises(DataError, match="precision of 0.512765958"):
        counts_behind(PAPER.with_cell(8, "Angry", "precision", "0.512765958").table(8), COUNTS["PrivateTest"])


def brute(hits, rows, columns):
    """All 3 x 3 matrices with this diagonal and these sums: one free cell decides the rest."""
    (a, b, c), (d, e, f), (g, h, i) = hits, rows, columns
    found = []
    for x in range(int(d - a) + 1):
        matrix = np.zeros((3, 3), dtype=int)
        np.fill_diagonal(matrix, hits)
        matrix[0, 1], matrix[0, 2] = x, d - a - x
        matrix[2, 1] = h - b - matrix[0, 1]
        matrix[2, 0] = f - c - matrix[2, 1]
        matrix[1, 0] = g - a - matrix[2, 0]
        matrix[1, 2] = e - b - matrix[1, 0]
        if matrix.min() >= 0 and matrix[:, 2].sum() == i:
            found.append(matrix)
    return found


def test_bounds_of_cells_are_those_of_all_matrices():
    random = np.random.default_rng(0)
    for _ in range(8):
        matrix = random.integers(0, 5, (3, 3))
        hits, rows, columns = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
        every = brute(hits, rows, columns)
        lowest, highest = possible_cells(hits, rows, columns)
        np.testing.assert_array_equal(lowest, np.min(every, axis=0))
        np.testing.assert_array_equal(highest, np.max(every, axis=0))


def test_table_8_leaves_seventeen_zeros_and_forces_fear_to_be_called_sad():
    counts = counts_behind(PAPER.table(8), COUNTS["PrivateTest"])
    lowest, highest = possible_cells(counts.hits, counts.pictures, counts.predicted)
    assert ((highest == 0) & ~np.eye(7, dtype=bool)).sum() == 17
    # Fear's 361 errors: 229 places among angry, 23 among happy, 221 among neutral; by hand at least 34 among sad, since
    # sad's column has 304 and the other rows can fill 250 + 3 + 2 + 15 of them.
    assert lowest[2, 4] == 304 - 250 - 3 - 2 - 15
    assert (lowest[0, 2], highest[0, 2], highest[3, 0]) == (0, 123, 3)


@pytest.mark.parametrize(
    ("hits", "rows", "columns"),
    [
        ([1, 1], [2, 2], [2, 3]),  # other sums
        ([3, 1], [2, 2], [2, 2]),  # more hits than pictures
        ([1, 1, 1], [5, 1, 1], [5, 1, 1]),  # the first row's errors have nowhere to go
    ],
)
def test_sums_that_no_matrix_has_are_refused(hits, rows, columns):
    with pytest.raises(DataError, match="expected"):
        possible_cells(hits, rows, columns)
