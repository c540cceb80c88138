"""What is stated about each data set agrees with the readers and with what was published."""

import pytest

from fer_edu.data import ckplus, fer2013, ferg, jaffe
from fer_edu.data.about import ABOUT, about
from fer_edu.emotions import CLASSES, CLASSES_8
from fer_edu.errors import DataError


def test_fer2013s_counts_are_those_of_its_parts():
    totals = [sum(counts) for counts in zip(*fer2013.COUNTS.values(), strict=True)]
    assert about("fer2013").counts == dict(zip(CLASSES, totals, strict=True))


@pytest.mark.parametrize("name", ["fer2013", "ckplus", "jaffe"])
def test_the_counts_of_the_classes_add_up(name):
    assert sum(about(name).counts.values()) == about(name).pictures
    assert set(about(name).counts) <= set(CLASSES_8)


def test_the_readers_know_as_many_people_as_are_stated():
    assert len(jaffe.POSERS) == 10 and about("jaffe").people.startswith("10 ")
    assert len(ferg.CHARACTERS) == 6
    for character in ferg.CHARACTERS:
        assert character.capitalize() in about("ferg").people
    assert set(about("ckplus").counts) == set(ckplus.EXPRESSIONS)


@pytest.mark.parametrize("name", ABOUT)
def test_every_set_says_who_how_and_on_what_terms(name):
    facts = about(name)
    assert facts.name == name and facts.layouts
    for text in (facts.people, facts.made, facts.labelled, facts.terms, facts.obtain, facts.source):
        assert text and not text.endswith(".")
    assert facts.terms in facts.advice and facts.obtain in facts.advice and facts.variable in facts.advice


def test_an_unknown_name_lists_the_known():
    with pytest.raises(DataError, match="fer2013, ferplus, ckplus, jaffe, ferg"):
        about("affectnet")
