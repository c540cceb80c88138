"""Notebook 00: the mistakes that its checks know."""

import math

import pytest
import torch

from fer_edu import exercises
from fer_edu.exercises import ch00


def turned_back(rotation, scale):
    return ch00.look(-rotation, scale)


def in_degrees(rotation, scale):
    return torch.tensor(
        [
            [scale * math.cos(rotation), -scale * math.sin(rotation), 0],
            [scale * math.sin(rotation), scale * math.cos(rotation), 0],
        ]
    )


MISTAKES = [
    ("00.1", 24, "a shift of 2 is the whole width"),
    ("00.1", -12, "the direction is not"),
    ("00.1", 0.5, "normalised coordinates"),
    ("00.1", 11.75, "outer edges"),
    ("00.1", 7, "not yet"),
    ("00.2", turned_back, "turns the other way"),
    ("00.2", in_degrees, "math.radians"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, 1 / scale), "scale works backwards"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, 1.0), "scale is not used"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, scale)[:, :2], "the shape [2, 3] is wanted"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, scale).tolist(), "torch.Tensor is wanted"),
    ("00.3", lambda saliency, mask: saliency[mask].mean(), "that is the mean"),
    ("00.3", lambda saliency, mask: mask.float().mean(), "share of the pixels"),
    ("00.3", lambda saliency, mask: saliency[mask].sum() / saliency[~mask].sum(), "inside by outside"),
    ("00.3", lambda saliency, mask: saliency[mask].mean() / saliency.mean(), "two means"),
    ("00.3", lambda saliency, mask: 0.3, "expected 0.6"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("answer", [12, 12.0, torch.tensor(12)])
def test_a_number_may_come_as_int_float_or_tensor(answer):
    assert exercises.check("00.1", answer).correct


def test_look_is_where_the_explorer_looks():
    from fer_edu.widgets import ThetaState

    state = ThetaState(torch.zeros(1, 48, 48, dtype=torch.uint8), rotation=20, scale_x=0.7, scale_y=0.7)
    torch.testing.assert_close(ch00.look(20, 0.7), state.theta)
