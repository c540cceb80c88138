"""Notebook 02: the mistakes that its checks know."""

import pytest
import torch
import torch.nn.functional as F

from fer_edu import exercises
from fer_edu.exercises import ch02

LAST = torch.tensor([[0.0, 0.0, 1.0]])


def grid_with(theta, height, width, align_corners):
    """torch's grid: an answer that owes nothing to this package."""
    return F.affine_grid(theta[None], (1, 1, height, width), align_corners=align_corners)[0]


def grid_of_edges(theta, height, width, align_corners):
    def edges(n):
        return torch.arange(n) * 2 / n - 1

    y, x = torch.meshgrid(edges(height), edges(width), indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], dim=-1) @ theta.T


def inverse(theta):
    return torch.linalg.inv(torch.cat([theta, LAST]))[:2]


def grid_from_y_x(theta, height, width, align_corners):
    target = grid_with(torch.eye(2, 3), height, width, align_corners)
    return torch.cat([target.flip(-1), torch.ones(height, width, 1)], dim=-1) @ theta.T


def grid_of_transposed(theta, height, width, align_corners):
    return grid_with(torch.cat([theta[:, :2].T, theta[:, 2:]], dim=1), height, width, align_corners)


def grid_without_shift(theta, height, width, align_corners):
    return grid_with(theta * torch.tensor([1.0, 1.0, 0.0]), height, width, align_corners)


def shifts_added(first, then):
    return torch.cat([first[:, :2] @ then[:, :2], first[:, 2:] + then[:, 2:]], dim=1)


def undo_with(matrix, shift):
    return lambda theta: torch.cat([matrix(theta[:, :2]), shift(theta[:, :2], theta[:, 2:])], dim=1)


def fit(target, source):
    known = torch.cat([target, torch.ones(len(target), 1)], dim=1)
    return torch.linalg.pinv(known.double()).float().matmul(source).T


def fit_without_shift(target, source):
    return torch.cat([torch.linalg.lstsq(target, source).solution.T, torch.zeros(2, 1)], dim=1)


RIGHT = ((0.2, 0.0), (0.25, 0.5))
MISTAKES = [
    ("02.1", ((0.0, 0.2), (0.5, 0.25)), "x and y have changed places"),
    ("02.1", (RIGHT[1], RIGHT[0]), "other value of the flag"),
    ("02.1", (RIGHT[0], RIGHT[0]), "For align_corners=True: that is the place for the other value"),
    ("02.1", ((0.4, 0.5), (0.5, 1.0)), "own place"),
    ("02.1", ((0.8, 1.0), (1.0, 1.5)), "wrong direction"),
    ("02.1", ((0.25, -0.1), RIGHT[1]), "took the row for x"),
    ("02.1", ((0.0, -1.0), RIGHT[1]), "counted from 1"),
    ("02.1", ((2.5, 0.5), RIGHT[1]), "place in pixels"),
    ("02.1", ((0.2, 1.0), RIGHT[1]), "x is right, y is not"),
    ("02.1", ((0.7, 0.7), RIGHT[1]), "not yet"),
    ("02.1", (0.2, 0.0), "a place is wanted as (x, y)"),
    ("02.1", RIGHT[0] + RIGHT[1], "two places are wanted"),
    ("02.2", lambda t, h, w, a: grid_with(t, h, w, True), "that is the grid for align_corners=True"),
    ("02.2", lambda t, h, w, a: grid_with(t, h, w, False), "that is the grid for align_corners=False"),
    ("02.2", lambda t, h, w, a: grid_with(t, h, w, a).flip(-1), "x and y have changed places"),
    ("02.2", grid_of_edges, "half a pixel further"),
    ("02.2", lambda t, h, w, a: grid_with(inverse(t), h, w, a), "wrong direction"),
    ("02.2", grid_from_y_x, "(y, x, 1) went into θ"),
    ("02.2", grid_of_transposed, "its first row makes x"),
    ("02.2", grid_without_shift, "the shift is missing"),
    ("02.2", lambda t, h, w, a: grid_with(t, h, w, a).transpose(0, 1), "rows and columns have changed places"),
    ("02.2", lambda t, h, w, a: grid_with(t, h, w, a)[None], "the shape [2, 5, 2] is wanted"),
    ("02.3", lambda first, then: (torch.cat([then, LAST]) @ torch.cat([first, LAST]))[:2], "the other order"),
    ("02.3", shifts_added, "shifts are only added"),
    ("02.3", lambda first, then: first * then, "matrices are multiplied by @"),
    ("02.3", lambda first, then: inverse(ch02.one_look(first, then)), "that is the inverse"),
    ("02.3", lambda first, then: torch.cat([first, LAST]) @ torch.cat([then, LAST]), "the shape [2, 3] is wanted"),
    ("02.4", lambda theta: theta, "nothing is undone"),
    ("02.4", undo_with(torch.linalg.inv, lambda a, t: -t), "the shift is not"),
    ("02.4", undo_with(torch.linalg.inv, lambda a, t: torch.linalg.inv(a) @ t), "wrong sign"),
    ("02.4", undo_with(torch.linalg.inv, lambda a, t: t), "must go back too"),
    ("02.4", undo_with(torch.linalg.inv, lambda a, t: 0 * t), "the shift is missing"),
    ("02.4", undo_with(torch.t, lambda a, t: -a.T @ t), "undoes a turn"),
    ("02.4", undo_with(torch.t, lambda a, t: -t), "undoes a turn"),
    ("02.5", lambda target, source: fit(source, target), "wrong direction"),
    ("02.5", lambda target, source: fit(target, source).T, "θᵀ"),
    ("02.5", lambda target, source: fit(target, source).flip(0), "x and y have changed places"),
    ("02.5", lambda target, source: fit(target[:3], source[:3]), "three of the five"),
    ("02.5", fit_without_shift, "no shift"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


def test_places_that_were_not_filled_in_are_not_attempted():
    assert exercises.check("02.1", (..., ...)).status == "not attempted"
    assert exercises.check("02.1", (RIGHT[0], ...)).status == "not attempted"


def test_places_may_come_as_lists_and_tensors():
    assert exercises.check("02.1", [[torch.tensor(0.2), 0], [0.25, torch.tensor(0.5)]]).correct


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("02.2", grid_with),
        ("02.3", lambda first, then: first @ torch.cat([then, LAST])),
        ("02.4", inverse),
        ("02.5", fit),
    ],
)
def test_another_way_to_the_same_answer_is_right(number, answer):
    assert exercises.check(number, answer).correct
