"""Recall by group, by hand; flips by networks that look at one thing alone."""

import pytest
import torch
from torch import nn

from fer_edu import faces as drawn
from fer_edu.errors import DataError
from fer_edu.evaluation import Report, Share, flip_rate, largest_gap, newcombe, recall_per_group, wilson
from fer_edu.faces.swapped import with_people, with_trait

LABELS = torch.tensor([0, 0, 0, 1, 1, 1])
PREDICTED = torch.tensor([0, 0, 1, 1, 0, 0])
GLASSES = torch.tensor([True, False, False, True, True, False])


def test_recall_per_group_by_hand():
    rows = recall_per_group((PREDICTED, LABELS), GLASSES, ("without", "with"))
    assert [(row.name, row.recall) for row in rows] == [("without", Share(1, 3)), ("with", Share(2, 3))]
    assert rows[1].recall.interval == wilson(2, 3)


def test_recall_of_one_class_per_group():
    rows = recall_per_group((PREDICTED, LABELS), GLASSES, ("without", "with"), of=1)
    assert [row.recall for row in rows] == [Share(0, 1), Share(1, 2)]


def test_a_report_serves_as_answers():
    p = nn.functional.one_hot(PREDICTED, 2).float()
    report = Report(torch.zeros(2, 2), ("a", "b"), {}, probabilities=p, labels=LABELS)
    expected = recall_per_group((PREDICTED, LABELS), GLASSES, ("without", "with"))
    assert recall_per_group(report, GLASSES, ("without", "with")) == expected


def test_the_largest_gap_lies_between_the_best_and_the_worst_group():
    rows = recall_per_group((PREDICTED, LABELS), [0, 0, 1, 1, 2, 2], ("young", "middle", "old", "nobody"))
    gap = largest_gap(rows)
    assert (gap.best, gap.worst, gap.difference) == ("young", "old", 1)
    assert (gap.low, gap.high) == newcombe(Share(2, 2), Share(0, 2))[1:]
    assert rows[3].recall == Share(0, 0)  # and is passed over


def test_one_group_has_no_gap():
    with pytest.raises(DataError, match="found 1"):
        largest_gap(recall_per_group((PREDICTED, LABELS), GLASSES * 0, ("all", "nobody")))


class Looks(nn.Module):
    """Says class 1 where the mean grey level of some rows of the picture is above a limit, class 0 elsewhere."""

    def __init__(self, rows, limit):
        super().__init__()
        self.rows, self.limit = rows, nn.Parameter(torch.tensor(limit))

    def forward(self, x):
        level = x[:, 0, self.rows].mean((1, 2)) - self.limit
        return torch.stack([-level, level], dim=1)


@pytest.fixture(scope="module")
def faces():
    return drawn.sample(80, seed=5, difficulty="easy", classes=("happy", "sad"))


def test_a_network_that_looks_elsewhere_does_not_flip(faces):
    """Glasses stand in the upper half of upright faces; the lowest rows show the shirt."""
    flips = flip_rate(Looks(slice(44, 48), 0.4), with_trait(faces, glasses=0), with_trait(faces, glasses=1))
    assert flips.flipped == Share(0, 80)
    assert (flips.lost, flips.gained) == (0, 0)


def test_a_network_that_looks_at_the_eyes_flips(faces):
    before, after = with_trait(faces, glasses=0, skin_tone=0.9), with_trait(faces, glasses=1, skin_tone=0.9)
    levels = [some.images[:, 0, 18:26].float().mean((1, 2)) / 255 for some in (before, after)]
    limit = levels[0].median().item()
    flips = flip_rate(Looks(slice(18, 26), limit), before, after)
    answers = [level > limit for level in levels]
    assert flips.flipped == Share(int((answers[0] != answers[1]).sum()), 80)
    assert flips.flipped.hits > 5
    right = [answer.long() == faces.labels for answer in answers]
    assert flips.lost == (right[0] & ~right[1]).sum() and flips.gained == (right[1] & ~right[0]).sum()
    assert "lost" in str(flips)


def test_another_person_is_another_picture_of_the_same_expression(faces):
    flips = flip_rate(Looks(slice(0, 48), 0.45), faces, with_people(faces))
    assert 0 < flips.flipped.hits < 80
    assert flip_rate(Looks(slice(0, 48), 0.45), faces, faces).flipped.hits == 0


def test_sets_that_differ_in_more_are_refused(faces):
    other = drawn.sample(80, seed=6, difficulty="easy", classes=("happy", "sad"))
    for changed in (other, faces[:40], drawn.without(faces, "all")):
        with pytest.raises(DataError, match="same expressions"):
            flip_rate(Looks(slice(0, 48), 0.45), faces, changed)


@pytest.mark.parametrize(
    "call",
    [
        lambda: recall_per_group((PREDICTED[:2], LABELS), GLASSES, ("a", "b")),
        lambda: recall_per_group((PREDICTED, LABELS), GLASSES[:2], ("a", "b")),
        lambda: recall_per_group((PREDICTED, LABELS), GLASSES, ("a",)),
        lambda: recall_per_group((PREDICTED, LABELS), GLASSES * 0.5, ("a", "b")),
        lambda: recall_per_group((PREDICTED, LABELS), GLASSES, ("a", "b"), of="happy"),
        lambda: recall_per_group(([], []), [], ("a", "b")),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
