"""Exactly one cell of a planted table is wrong, and its sums show which."""

import numpy as np
import pytest

from fer_edu.paper import planted_table


@pytest.mark.parametrize("seed", range(40))
def test_one_cell_is_wrong_and_only_there_two_sums_fail(seed):
    planted = planted_table(seed)
    right = planted.cells.copy()
    right[planted.wrong] = planted.was
    for cells, failing in ((right, 0), (planted.cells, 1)):
        assert (cells[:, :-1].sum(1) != cells[:, -1]).sum() == (cells[:-1].sum(0) != cells[-1]).sum() == failing
    assert planted.cells[planted.wrong] != planted.was and planted.cells.min() >= 0
    assert planted.cells.shape == (4, 8) and planted.cells.dtype == np.int64


def test_the_same_seed_plants_the_same_and_others_plant_elsewhere():
    assert (planted_table(3).cells == planted_table(3).cells).all()
    places = {planted_table(seed).wrong for seed in range(40)}
    assert len(places) > 15 and any(row == 3 for row, _ in places) and any(column == 7 for _, column in places)


def test_the_text_shows_the_table_without_the_answer():
    planted = planted_table(1)
    text = str(planted)
    assert text.count("\n") == 4 and "wrong" not in text and f"{planted.cells[0, 0]:,}" in text
