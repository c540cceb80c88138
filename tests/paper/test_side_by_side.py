"""Our runs stand beside the paper's rows; what was not run has no number."""

import pytest

from fer_edu import records
from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError
from fer_edu.evaluation import student_t, wilson
from fer_edu.paper import PAPER, REPORTED, ours, side_by_side


@pytest.mark.parametrize("number", [3, 5, 6, 7, 8, 9])
def test_every_row_of_the_paper_is_there_and_every_row_is_whole(number):
    beside = side_by_side(number)
    assert all(len(row) == len(beside.columns) for row in beside.rows)
    text, markdown = str(beside), beside.markdown()
    first = {3: 0, 5: 0, 6: 0, 7: 0}.get(number)
    for row in PAPER.table(number).rows:
        name = row[0].lower() if first is None else row[0] if row[0] != "The proposed Model" else "the paper"
        assert name in text and name in markdown


@pytest.mark.parametrize("number", [5, 6, 9])
def test_what_was_not_run_says_so_instead_of_a_number(number):
    beside = side_by_side(number)
    mine = [row for row in beside.rows if row[0].startswith("ours")] or [(row[0], row[-1]) for row in beside.rows]
    assert mine and all(row[1] == "not run" and not any(map(str.strip, row[2:])) for row in mine)


def test_our_figures_in_table_3_are_the_records():
    rows = {row[0]: row for row in side_by_side(3).rows}
    memory = records.read("data_sets")["memory"]
    right, of = (memory["in train"][k] + memory["others"][k] for k in ("right", "of"))
    low, high = wilson(right, of)
    assert rows["ours: sdl-fer2013"][1] == f"{100 * right / of:.2f}"
    assert rows["ours: sdl-fer2013"][-1] == f"{100 * low:.1f} to {100 * high:.1f}"
    assert rows["ours: sdl-fer2013"][2] == rows["ours: sdl-fer2013"][3].split()[0] == "PublicTest"
    accuracy = [100 * a for a in records.read("ablation")["rows"]["both transformers"]["accuracy"]]
    mean, half = student_t(accuracy)
    assert rows["ours: sdl-small, both transformers"][-1] == f"{mean - half:.1f} to {mean + half:.1f} (seeds)"


def test_nothing_of_ours_was_scored_on_private_test():
    for number in (3, 5, 6, 7, 8, 9):
        for row in side_by_side(number).rows:
            assert not (row[0].startswith("ours") and "PrivateTest" in " ".join(row))


def test_reports_by_others_are_marked_and_sourced():
    rows = {row[0] for row in side_by_side(3).rows}
    assert all(work.source for work in REPORTED)
    assert all(f"{work.name}, as reported" in rows for work in REPORTED if not work.reference)


def test_table_8_says_so_where_our_matrix_does_not_ship(monkeypatch):
    monkeypatch.setattr(ours, "shipped", lambda name: None)
    assert all(row[4] == "not shipped" for row in side_by_side(8).rows)
    confusion = [[5 if i == j else 1 for j in range(7)] for i in range(7)]
    monkeypatch.setattr(ours, "shipped", lambda name: {"confusion": confusion})
    row = side_by_side(8).rows[0]
    assert row[0] == CLASSES[0] and row[4:7] == (f"{5 / 11:.3f}",) * 3


def test_a_table_without_results_is_refused():
    with pytest.raises(DataError, match="expected one of tables 3, 5, 6, 7, 8, 9, found 4"):
        side_by_side(4)
