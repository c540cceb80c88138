"""Scores against annotators, counted again annotator by annotator."""

from itertools import permutations

import pytest
import torch

from fer_edu.data.votes import NO_MAJORITY, Votes
from fer_edu.emotions import CLASSES_8
from fer_edu.errors import DataError
from fer_edu.evaluation import Share, against_votes, annotator_ceiling

ANGRY, HAPPY, SAD = (CLASSES_8.index(name) for name in ("angry", "happy", "sad"))


def cast(*rows):
    """Each row: what every annotator said; "?" is unknown, "-" no face."""
    emotions = torch.tensor([[row.count(k) for k in range(8)] for row in rows], dtype=torch.uint8)
    rest = (torch.tensor([row.count(word) for row in rows], dtype=torch.uint8) for word in "?-")
    return Votes(emotions, *rest)


ROWS = [
    [HAPPY] * 10,
    [HAPPY] * 6 + [SAD] * 4,
    [ANGRY] * 5 + [SAD] * 5,
    [SAD] * 6 + ["?"] * 3 + ["-"],
    ["-"] * 9 + [SAD],
]
LABELS = [HAPPY, HAPPY, SAD, ANGRY, SAD]
PREDICTED = [HAPPY, SAD, SAD, SAD, SAD]


def test_scores_by_hand():
    scores = against_votes(PREDICTED, cast(*ROWS), LABELS)
    assert scores.against_label == Share(3, 5)
    assert scores.against_majority == Share(2, 3)  # the third is a tie, the last shows no face
    rows = {row.leading: (row.against_label, row.against_majority) for row in scores.by_agreement}
    assert list(rows) == [1, 5, 6, 10]
    assert rows[6] == (Share(0, 2), Share(1, 2))
    assert rows[5] == (Share(1, 1), Share(0, 0))
    assert rows[10] == (Share(1, 1), Share(1, 1))


def test_rows_add_up_to_the_whole():
    scores = against_votes(PREDICTED, cast(*ROWS), LABELS)
    for column in ("against_label", "against_majority"):
        parts = [getattr(row, column) for row in scores.by_agreement]
        whole = getattr(scores, column)
        assert (sum(p.hits for p in parts), sum(p.n for p in parts)) == (whole.hits, whole.n)


def test_agreement_is_that_of_annotators_picked_one_by_one():
    scores = against_votes(PREDICTED, cast(*ROWS), LABELS)
    agree = [sum(vote == answer for vote in row) / len(row) for row, answer in zip(ROWS, PREDICTED, strict=True)]
    assert scores.expected_agreement == pytest.approx(sum(agree) / len(agree))


def test_the_ceiling_is_that_of_annotators_picked_in_pairs():
    found = annotator_ceiling(cast(*ROWS), LABELS)
    assert found.majority_against_label == Share(2, 3)
    label = [sum(vote == truth for vote in row) / len(row) for row, truth in zip(ROWS, LABELS, strict=True)]
    assert found.one_against_label == pytest.approx(sum(label) / 5)
    pairs = [[a == b and a not in ("?", "-") for a, b in permutations(row, 2)] for row in ROWS]
    assert found.one_against_another == pytest.approx(sum(sum(p) / len(p) for p in pairs) / 5)
    assert found.best_agreement == pytest.approx((1 + 0.6 + 0.5 + 0.6 + 0.1) / 5)


def test_no_answers_agree_more_than_the_ceiling():
    generator = torch.Generator().manual_seed(0)
    votes = Votes(torch.randint(4, (50, 8), generator=generator).to(torch.uint8), *torch.zeros(2, 50).byte())
    ceiling = annotator_ceiling(votes, torch.zeros(50))
    for k in range(8):
        assert against_votes(torch.full((50,), k), votes, torch.zeros(50)).expected_agreement < ceiling.best_agreement
    best = against_votes(votes.emotions.long().argmax(1), votes, torch.zeros(50))
    assert best.expected_agreement == pytest.approx(ceiling.best_agreement)
    assert best.against_majority.value == 1


def test_pictures_without_votes_are_no_agreement_and_no_error():
    empty = cast([], [])
    assert empty.majority().tolist() == [NO_MAJORITY] * 2
    scores = against_votes([0, 1], empty, [0, 0])
    assert scores.expected_agreement == 0 and scores.against_majority == Share(0, 0)
    assert annotator_ceiling(empty, [0, 0]).one_against_another == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: against_votes([0, 1], None, [0, 1]),
        lambda: against_votes([0], cast(*ROWS), LABELS),
        lambda: against_votes([8] * 5, cast(*ROWS), LABELS),
        lambda: annotator_ceiling(cast(*ROWS), [0, 1]),
        lambda: annotator_ceiling(cast(), []),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
