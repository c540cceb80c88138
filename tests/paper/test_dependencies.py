"""A changed number drags those along that are computed from the same pictures, and no other."""

import pytest

from fer_edu.errors import DataError
from fer_edu.paper import PAPER, Dependencies
from fer_edu.paper.dependencies import DID_NOT_FIT, MUST_CHANGE


@pytest.fixture(scope="module")
def paper():
    return Dependencies()


def moved(paper, where, name, text):
    reached, found = paper.change(paper.place(where, name), text)
    return (
        str(reached),
        {(c.place.where, c.place.name): str(c.would_be) for c in found if c.state == MUST_CHANGE},
        found,
    )


def test_every_number_that_fits_is_read_again_as_it_is_printed(paper):
    misfits = {(c.place.where, c.place.name): str(c.would_be) for c in paper.misfits()}
    assert misfits == {
        ("section 5", "FERG, beside table 6"): "99.5",
        ("abstract", "FERG"): "99.5%",
        ("abstract", "CK+"): "98.50%",
        ("section 4.1", "FER-2013, training pictures"): "28,707",
        ("section 4.1", "FER-2013, validation pictures"): "3588",
    }


@pytest.mark.parametrize("k", range(0, 106, 5))
def test_what_is_printed_moves_nothing(paper, k):
    place = paper.places[k]
    if place not in [c.place for c in paper.misfits()]:
        assert not [c for c in paper.change(place, str(place.printed))[1] if c.state == MUST_CHANGE]


def test_ten_more_hits_by_hand(paper):
    reached, found, _ = moved(paper, "section 5.2", "angry: hits", "251")
    assert reached == "251"
    assert found == {
        ("section 5.2", "right in all"): "2699",
        ("section 5.2", "accuracy"): "75.202",
        ("table 8", "Angry, precision"): f"{251 / 470:.9f}",
        ("table 8", "Angry, recall"): f"{251 / 491:.9f}",
        ("table 8", "Angry, f1"): f"{2 * 251 / (491 + 470):.9f}",
        ("table 3", "The proposed Model"): "75.202%",
        ("abstract", "FER-2013"): "75.20%",
        ("section 5", "FER-2013, test accuracy"): "75.20",
        ("section 6", "FER-2013"): "75.202%",
    }


def test_a_recall_between_two_pictures_becomes_the_nearest_one(paper):
    reached, found, _ = moved(paper, "table 8", "Angry, recall", "0.6")
    assert reached == f"{295 / 491:.9f}" and found["section 5.2", "angry: hits"] == "295"


def test_a_precision_changes_how_many_were_named_so_and_then_the_pictures_do_not_add_up(paper):
    _, found, _ = moved(paper, "table 8", "Sad, precision", "0.6")
    named = round(325 / 0.6)
    assert found["table 8, implied", "named in all"] == str(3589 - 629 + named)
    assert found["table 8", "Sad, f1"] == f"{650 / (594 + named):.9f}" and ("table 8", "Sad, recall") not in found


def test_sigma_moves_its_interval_alone(paper):
    reached, found, _ = moved(paper, "table 7", "FER-2013, σ", "0.64")
    assert (reached, found) == ("0.64", {("table 7", "FER-2013, interval: ±"): "0.3239"})
    _, found, _ = moved(paper, "table 7", "CK+, n", "60")  # four times the runs, half the width
    assert found == {("table 7", "CK+, interval: ±"): "0.0658"}
    _, found, _ = moved(paper, "table 7", "CK+, interval: ±", "0.2632")
    assert found == {("table 7", "CK+, σ"): "0.52"}


def test_an_accuracy_moves_the_sum_and_no_class(paper):
    reached, found, _ = moved(paper, "table 3", "The proposed Model", "76")
    assert reached == "76.010%" and found["section 5.2", "right in all"] == "2728"
    assert not [name for where, name in found if where == "table 8"]


def test_counts_of_table_2_move_their_total_and_section_5(paper):
    _, found, every = moved(paper, "table 2", "Training, fear", "4097")
    assert found == {("table 2", "Training, total"): "28708", ("section 5", "FER-2013, training pictures"): "28,708"}
    assert {(c.place.where, str(c.would_be)) for c in every if c.state == DID_NOT_FIT} == {("section 4.1", "28,708")}
    assert moved(paper, "table 4", "sad", "29")[1] == {
        ("table 4", "total"): "328",
        ("section 5", "CK+, labelled"): "328",
    }


def test_what_is_quoted_twice_moves_in_both_places(paper):
    assert set(moved(paper, "table 1", "Handcrafted Deep Features [21]", "75.42")[1]) == {
        ("table 3", "Georgescu and Mariana [21]"),
        ("section 2.4", "[21]"),
    }


def test_extreme_numbers_are_taken_as_far_as_pictures_go(paper):
    assert str(paper.change(paper.place("table 8", "Fear, recall"), "7")[0]) == "1"
    assert str(paper.change(paper.place("table 8", "Fear, precision"), "0")[0]) == "0"
    assert str(paper.change(paper.place("table 9", "Fear, f1"), "0")[0]) == "0"
    assert str(paper.change(paper.place("table 7", "FERG, n"), "0")[0]) == "1"
    assert str(paper.change(paper.place("section 5.2", "sad: pictures"), "0")[0]) == "325"
    assert str(paper.change(paper.place("section 5.2", "sad: hits"), "700")[0]) == "594"
    for place in paper.places:
        for text in ("0", "1", "1000000"):
            paper.change(place, text)


def test_what_is_not_there_is_refused_in_a_sentence(paper):
    with pytest.raises(DataError, match=r"expected a number out of angry, .*, found 'contmpt' in 'table 4'"):
        paper.place("table 4", "contmpt")
    with pytest.raises(DataError, match="expected a number as a paper prints it, found 'many'"):
        paper.change(paper.places[0], "many")
    with pytest.raises(DataError, match="expected scores of whole pictures in table 8"):
        Dependencies(PAPER.with_cell(8, "Angry", "recall", "0.5"))
