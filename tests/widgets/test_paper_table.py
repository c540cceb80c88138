"""The widget shows what a changed number would drag along, and says the same in words."""

import re

import pytest

from fer_edu.errors import DataError
from fer_edu.widgets.paper_table import PaperTable, PaperTableState, parts_of


def shown(page):
    """The cells of a page, without marks."""
    return [re.sub("<[^>]*>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", page)]


def test_as_printed_nothing_must_change():
    state = PaperTableState("table 8", "Angry, recall")
    assert state.unchanged and state.number == 0.490835031 and not state.consequences
    assert "Change it." in state.describe() and "would have to be" not in state.html()
    assert "abstract, CK+ 99.47%" in state.html()  # what does not fit as printed stands below


def test_a_changed_recall_is_marked_and_lists_what_hangs_on_it():
    state = PaperTableState("table 8", "Angry, recall", 0.6)
    assert state.describe() == (
        "table 8, Angry, recall: printed 0.490835031, now 0.6 (whole pictures allow 0.600814664): 9 other numbers "
        "would have to change."
    )
    cells = shown(state.html())
    assert "0.490835031 0.6" in cells  # the cell itself, the printed number struck through
    assert "0.512765957 → 0.627659574" in cells  # precision, in the same table
    assert "→ 295" in cells and "→ 76.428%" in cells and "hits" in " ".join(cells)


@pytest.mark.parametrize(
    ("where", "name", "number", "words"),
    [
        ("table 7", "FER-2013, σ", 0.64, "1 other number would have to change"),
        ("table 3", "Yang & Lv [7]", 70.0, None),
        ("table 2", "Training, fear", 4097, "3 other numbers"),
        ("section 2.4", "[21]", 75.42, "2 other numbers"),
    ],
)
def test_how_many_others(where, name, number, words):
    state = PaperTableState()
    state.where = where
    if words is None:
        with pytest.raises(DataError, match="expected a number out of"):  # nothing hangs on a figure quoted once
            state.name = name
        return
    state.name, state.number = name, number
    assert words in state.describe()


def test_another_place_starts_as_printed():
    state = PaperTableState("table 8", "Angry, recall", 0.6)
    state.where = "table 7"
    assert state.name == state.names[0] and state.unchanged
    state.name = "FER-2013, σ"
    assert state.number == 0.32 and state.step == 0.01
    state.where = "table 2"
    assert state.step == 1


def test_the_grid_has_a_row_a_class_and_a_column_a_score():
    cells = shown(PaperTableState("table 9", "Angry, recall").html())
    assert len(cells) == 7 * 4 and cells[:4] == ["Angry", "0.995995996", "0.995", "0.995497749"]
    assert parts_of("Angry, recall") == ("Angry", "recall") and parts_of("angry: hits") == ("angry", "hits")
    assert parts_of("right in all") == ("right in all", "")


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf")])
def test_what_is_no_number_of_pictures_is_refused_in_a_sentence(number):
    with pytest.raises(DataError, match="expected a number from 0, found"):
        PaperTableState().number = number


def test_a_place_that_is_not_there_is_refused_in_a_sentence():
    with pytest.raises(DataError, match="expected a place out of table 1, .*, found 'table 10'"):
        PaperTableState().where = "table 10"


def test_controls_and_state_follow_each_other():
    view = PaperTable()
    view.controls["where"].value = "table 7"
    assert view.controls["name"].options == view.state.names and view.controls["number"].value == 99.468
    view.controls["name"].value = "CK+, n"
    view.controls["number"].value = 60
    assert "0.0658" in view.words.value and view.state.number == 60
    view.back.click()
    assert view.controls["number"].value == 15 and view.state.unchanged and "0.0658" not in view.words.value


def test_it_walks_through_every_table_and_comes_back():
    view = PaperTable(PaperTableState("table 8", "Angry, recall", 0.6))
    before = view.words.value
    assert view.walk() >= 2 * len(view.state.groups) - 5
    assert view.words.value == before and view.controls["number"].value == 0.6


def test_a_reader_without_a_kernel_sees_the_state():
    view = PaperTable()
    bundle = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/html"] == view.state.html() and data["text/plain"].startswith("PaperTable: table 8")
    assert "application/vnd.jupyter.widget-view+json" in data
