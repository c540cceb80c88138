"""A printed number knows its value and how exactly it was printed."""

import pickle
from decimal import Decimal

import pytest

from fer_edu.errors import DataError
from fer_edu.paper import Printed


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [
        ("74.92%", "74.92", 2),
        ("28,707", "28707", 0),
        ("0.734375", "0.734375", 6),
        ("66%", "66", 0),
        ("98.0%", "98.0", 1),
    ],
)
def test_value_and_decimals_are_those_on_paper(text, number, decimals):
    printed = Printed(text)
    assert printed == text and printed.number == Decimal(number) and printed.decimals == decimals


def test_a_number_says_what_rounds_to_it_and_nothing_else():
    printed = Printed("74.92%")
    assert all(printed.says(value) for value in (74.92, 74.9234, 74.9151, 74.915, 74.925))
    assert not any(printed.says(value) for value in (74.9149, 74.9251, 0.7492))


def test_a_one_printed_with_nine_decimals_is_exactly_one():
    assert Printed("1").says(0.6) and not Printed("1", decimals=9).says(0.9999999)
    assert Printed("0.99498998", decimals=9).says(993 / 998) and not Printed("0.99498998", decimals=9).says(992 / 997)


def test_would_be_keeps_the_form():
    assert Printed("28,707").would_be(28709.0) == "28,709"
    assert Printed("74.923%").would_be(75.2) == "75.200%"
    assert Printed("0.734375", decimals=9).would_be(0.5) == "0.5"
    assert Printed("0.512765957", decimals=9).would_be(1 / 3) == "0.333333333"


def test_it_survives_pickling():
    again = pickle.loads(pickle.dumps(Printed("1", decimals=9)))
    assert again == "1" and again.decimals == 9


@pytest.mark.parametrize("text", ["", "not said", "74,92,%x", "nan", "inf"])
def test_what_is_no_number_is_refused_in_a_sentence(text):
    with pytest.raises(DataError, match="expected a number as a paper prints it"):
        Printed(text)
