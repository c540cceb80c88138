"""Notebook 10: the mistakes that its checks know."""

import math

import pytest
import torch

from fer_edu import exercises
from fer_edu.exercises import ch10
from fer_edu.paper import PAPER, half_width, planted_table, possible_hits, z_coverage


def body_only(cells):
    """Looks at the rows and columns of classes alone, so it misses totals."""
    row = (cells[:-1, :-1].sum(1) != cells[:-1, -1]).nonzero()
    column = (cells[:-1, :-1].sum(0) != cells[-1, :-1]).nonzero()
    return (row.item() if len(row) == 1 else 0, column.item() if len(column) == 1 else 0)


MISTAKES = [
    ("10.1", 0, "not named in the list"),
    ("10.1", 2634, "missing to 2,689"),
    ("10.1", 900, "named wrong"),
    ("10.1", 54, "add up the six again"),
    ("10.1", "55", "a number is wanted"),
    ("10.3", (76.28, 76.25), "changed places"),
    ("10.3", (0.7625, 0.7628), "multiply by 100"),
    ("10.3", (2736, 2737), "divide each"),
    ("10.3", (76.26, 76.26), "the printed figure"),
    ("10.3", (76.233, 76.261), "that is of 3,589"),
    ("10.3", (75.0, 77.0), "two whole numbers"),
    ("10.3", 76.25, "two percentages"),
    ("10.2", lambda p, h: h / p, "round it"),
    ("10.2", lambda p, h: int(h / p), "a hair below: round."),
    ("10.2", lambda p, h: h // p, "cut off"),
    ("10.2", lambda p, h: h * p, "you multiplied"),
    ("10.2", lambda p, h: None, "without `return`"),
    ("10.2", lambda p, h: 7, "expected 4, found 7"),
    ("10.5", lambda a: a * math.log(2), "the wrong ones that must cost"),
    ("10.5", lambda a: 1 - a, "in bits"),
    ("10.5", lambda a: (1 - a) * math.log(7), "ln 7"),
    ("10.5", lambda a: -math.log(max(a, 1e-9)), "logarithm of the mean"),
    ("10.5", lambda a: math.log(2), "how many of the answers are wrong"),
    ("10.5", lambda a: (1 - a) * math.log10(2), "base 10"),
    ("10.5", lambda a: 100 * (1 - a) * math.log(2), "not in percent"),
    ("10.5", lambda a: 0.1, "which probability has the true class"),
    ("10.4", lambda cells: ch10.wrong_cell(cells)[::-1], "the row comes first"),
    ("10.4", body_only, "a total can be wrong"),
    ("10.4", lambda cells: (ch10.wrong_cell(cells)[0], 0), "one of the two is right"),
    ("10.4", lambda cells: (0, 0), "which row does not add up"),
    ("10.4", lambda cells: 3, "a pair"),
    ("10.4", lambda cells: None, "without `return`"),
    ("10.6", ["holds"] * 4, "number 1, not 'holds': 50 pictures"),
    ("10.6", ["contradicts itself", "wrong", "", ""], "number 2: a verdict out of"),
    ("10.6", ["contradicts itself", "not reproducible from the text", "holds", "holds"], "number 3"),
    ("10.6", "holds", "a list of 4 verdicts"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("number", [f"10.{k}" for k in range(1, 7)])
def test_references_are_correct_and_starters_not_attempted(number):
    reference = next(e.reference for e in exercises.exercises("10") if e.number == number)
    assert exercises.check(number, reference).correct
    assert exercises.check(number, ...).status == "not attempted"


def test_the_numbers_on_paper_are_the_papers():
    printed = [int(PAPER.number("counts", name)) for name in ("happy", "angry", "fear", "sad", "surprise", "neutral")]
    assert tuple(printed) == ch10.HITS and int(PAPER.number("counts", "right")) == 2689
    assert possible_hits(PAPER.number("epoch 184", "validation"), 3588) == ()
    assert [f"{100 * hits / 3588:.2f}" for hits in (2736, 2737)] == ["76.25", "76.28"]


@pytest.mark.parametrize("answer", [(76.25, 76.28), [76.254, 76.282], torch.tensor([76.2542, 76.2821])])
def test_exact_percentages_count_too(answer):
    assert exercises.check("10.3", answer).correct


def test_a_precision_that_falls_below_a_whole_number_is_among_the_cases():
    """Else cutting off would pass."""
    assert int(167 / 0.575862069) == 289 != ch10.named_as(0.575862069, 167)


def test_slips_of_every_kind_of_cell_are_tried():
    places = [planted_table(seed).wrong for seed in (0, 4, 3, 12, 95, 1, 17, 108, 33)]
    kinds = {(row == 3, column == 7) for row, column in places}
    assert kinds == {(False, False), (True, False), (False, True), (True, True)}


def test_the_cases_of_10_6_are_what_their_verdicts_say():
    assert not [hits for hits in range(51) if f"{100 * hits / 50:.1f}" == "96.4"]
    assert f"{half_width(1.0, 5):.2f}" == "0.88" and z_coverage(5) < 0.9
