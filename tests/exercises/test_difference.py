"""A wrong tensor is answered with its first wrong place, both values and the cause that fits everywhere."""

import math

import pytest
import torch

from fer_edu.exercises.difference import compare

PICTURE = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
X, Y = [-0.75, -0.25, 0.25, 0.75], [-0.5, 0.5]
GRID = torch.tensor([[[x, y] for x in X] for y in Y])  # [2, 4, 2]
SQUARE = torch.tensor([[[x, y] for x in X] for y in X])  # [4, 4, 2]


def with_change(tensor, place, value):
    changed = tensor.clone()
    changed[place] = value
    return changed


def test_the_right_tensor_needs_no_reason_in_any_precision_or_with_a_gradient():
    assert compare(PICTURE, PICTURE) is None
    assert compare(PICTURE.double(), PICTURE) is None
    assert compare(PICTURE.clone().requires_grad_(), PICTURE) is None
    assert compare(PICTURE + 5e-5, PICTURE) is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (with_change(PICTURE, (1, 2), 9.0), "At row 1, column 2: expected 6, found 9."),
        (with_change(PICTURE, (1, 1), -1e-7), "At row 1, column 1: expected 5, found 0."),
        (with_change(PICTURE, (1, 0), 4.0006), "At row 1, column 0: expected 4, found 4.001."),
        (with_change(PICTURE, (0, 0), 1.0003), "At row 0, column 0: expected 1, found 1.0003."),
    ],
)
def test_the_first_wrong_place_is_named_with_both_values(found, expected):
    assert compare(found, PICTURE).startswith(expected)


def test_a_vector_on_the_last_axis_is_shown_whole():
    reason = compare(with_change(GRID, (1, 2, 0), 7.0), GRID, last="(x, y)")
    assert reason == "At row 1, column 2: expected (x, y) = (0.25, 0.5), found (7, 0.5). Only x is wrong."


def test_swapped_coordinates_are_recognised():
    reason = compare(GRID.flip(-1), GRID, last="(x, y)")
    assert reason == (
        "At row 0, column 0: expected (x, y) = (-0.75, -0.5), found (-0.5, -0.75). "
        "x and y have changed places: the last axis is (x, y)."
    )
    # On a square grid that sees everything nobody can tell them apart, so both are named.
    assert "or rows and columns" in compare(SQUARE.flip(-1), SQUARE, last="(x, y)")


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (PICTURE.T, "Rows and columns have changed places."),
        (PICTURE.flip(1), "It is mirrored: the columns run from right to left."),
        (PICTURE.flip(0), "It stands upside down: the rows run from the bottom to the top."),
        (-PICTURE, "It has the wrong sign everywhere."),
        (-2 * PICTURE, "It has the wrong sign everywhere, and is 2 times too large."),
        (2 * PICTURE, "Everywhere it is 2 times too large."),
        (PICTURE / 4, "Everywhere it is 4 times too small."),
        (PICTURE + 0.5, "Everywhere it is 0.5 too large."),
        (PICTURE - 1, "Everywhere it is 1 too small."),
        (0 * PICTURE, "Everywhere it is 0."),
        (
            with_change(PICTURE, 0, torch.zeros(3)),
            "Only the border is wrong: what does your function take outside?",
        ),
    ],
)
def test_a_cause_that_the_numbers_alone_tell_is_named(found, cause):
    assert compare(found, PICTURE).endswith(". " + cause)


@pytest.mark.parametrize(
    ("factor", "offset", "cause"),
    [
        ((1, -1), (0, 0), "y has the wrong sign everywhere."),
        ((2, 1), (0, 0), "x is everywhere 2 times too large."),
        ((1, 1), (0, 0.25), "y is everywhere 0.25 too large."),
        ((2, 2), (0, 0), "Everywhere it is 2 times too large."),
        ((1, 1), (0.25, -0.5), "Everywhere (0.25, -0.5) is added."),
    ],
)
def test_a_cause_in_one_coordinate_names_it(factor, offset, cause):
    found = GRID * torch.tensor(factor) + torch.tensor(offset)
    assert compare(found, GRID, last="(x, y)").endswith(". " + cause)


def test_a_chapters_own_mistake_comes_first_and_must_fit_everywhere():
    mistakes = ((with_change(2 * PICTURE, (2, 2), 0.0), "not this."), (2 * PICTURE, "the half is forgotten."))
    reason = compare(2 * PICTURE, PICTURE, mistakes)
    assert reason == "At row 0, column 0: expected 1, found 2. The half is forgotten."


def test_the_tolerance_holds_for_the_mistakes_too():
    found, mistakes = 3 * PICTURE + 0.02, ((3 * PICTURE, "thrice."),)
    assert compare(found, PICTURE, mistakes, tolerance=0.05).endswith("Thrice.")
    assert not compare(found, PICTURE, mistakes, tolerance=1e-4).endswith("Thrice.")
    assert compare(PICTURE + 0.02, PICTURE, tolerance=0.05) is None


def test_several_changes_at_once_leave_the_place_alone():
    found = with_change(with_change(PICTURE, (1, 1), 0.0), (0, 0), 3.0)
    assert compare(found, PICTURE) == "At row 0, column 0: expected 1, found 3."


def test_one_number_alone_tells_no_factor():
    assert compare(torch.tensor([4.0]), torch.tensor([2.0]), axes=("weight",)) == "At weight 0: expected 2, found 4."
    assert compare(torch.tensor(4.0), torch.tensor(2.0)) == "Expected 2, found 4."
    assert compare(torch.full((2, 2), 4.0), torch.full((2, 2), 2.0)) == "At row 0, column 0: expected 2, found 4."
    one = compare(torch.tensor([4.0, 1.0]), torch.tensor([2.0, 3.0]), axes=(), last="(x, y)")
    assert one == "Expected (x, y) = (2, 3), found (4, 1)."


def test_axes_that_nobody_named_are_entries():
    reason = compare(torch.stack([PICTURE, PICTURE + 1]), torch.stack([PICTURE, PICTURE]))
    assert reason == "At entry 1, row 0, column 0: expected 1, found 2."


@pytest.mark.parametrize(
    ("found", "expected", "last", "reason"),
    [
        (torch.zeros(3, 2), torch.zeros(2, 3), None, "Rows and columns have changed places."),
        (torch.zeros(4, 2, 2), GRID, "(x, y)", "Rows and columns have changed places."),
        (torch.zeros(2, 2, 4), GRID, "(x, y)", "(x, y) belongs on the last axis."),
        (torch.zeros(4, 5, 1), torch.zeros(1, 4, 5), None, "The axes stand in another order."),
        (torch.zeros(2, 5), torch.zeros(2, 3), None, "this is [2, 5]."),
    ],
)
def test_a_wrong_shape_says_what_changed_places(found, expected, last, reason):
    text = compare(found, expected, last=last)
    assert text.startswith(f"the shape {list(expected.shape)} is wanted") and text.endswith(reason)


def test_a_mistake_of_another_shape_is_told_too():
    assert compare(torch.ones(4), PICTURE, [(torch.ones(4), "that is one row.")]).endswith("That is one row.")


@pytest.mark.parametrize("found", [None, 3, "x", [[1, 2, 3]], PICTURE.int(), PICTURE.clone().fill_(math.nan)])
def test_what_is_no_float_tensor_gets_a_reason(found):
    assert compare(found, PICTURE).endswith((".", "?"))
