"""A network judged by what several annotators said, and how well the annotators themselves would do."""

from dataclasses import dataclass

import torch

from ..data.votes import NO_MAJORITY
from ..errors import DataError
from . import inputs
from .intervals import Share


@dataclass(frozen=True)
class AgreementRow:
    """The pictures whose leading emotion has `leading` votes. Both shares are of pictures that the network names right:
    against_label by the set's label; against_majority by the annotators' majority, of the pictures that have one.
    """

    leading: int
    against_label: Share
    against_majority: Share


@dataclass(frozen=True)
class VoteScores:
    """against_label, against_majority: as in `AgreementRow`, of all pictures. by_agreement: a tuple of `AgreementRow`,
    by rising agreement. expected_agreement: the probability, 0..1, that an annotator picked at random says what the
    network says; "unknown" and "no face" are votes too, and never agree.
    """

    against_label: Share
    against_majority: Share
    by_agreement: tuple
    expected_agreement: float


@dataclass(frozen=True)
class AnnotatorCeiling:
    """How well people do, each 0..1, to be compared with the same number of a network.

    majority_against_label: `Share` of pictures with a majority that confirms the set's label.
    one_against_label: the probability that an annotator picked at random names the set's label.
    one_against_another: that two annotators of one picture, picked at random, name the same emotion.
    best_agreement: the `expected_agreement` of an answer that is always the leading emotion: none can be above it.
    """

    majority_against_label: Share
    one_against_label: float
    one_against_another: float
    best_agreement: float


def against_votes(predicted, votes, labels):
    """Score answers against the annotators' votes: `VoteScores`.

    predicted, labels: int64 [N], indices into `votes.classes`, whose first seven are FER-2013's. votes: `Votes` of the
    same pictures. A picture without any vote has an agreement of 0. Raises DataError.
    """
    predicted, labels = _checked(votes, predicted=predicted, labels=labels)
    majority = votes.majority()
    leading = votes.emotions.long().amax(1)

    def shares(some):
        decided = some & (majority != NO_MAJORITY)
        return tuple(
            Share(int((predicted == truth)[taken].sum()), int(taken.sum()))
            for truth, taken in ((labels, some), (majority, decided))
        )

    rows = tuple(AgreementRow(k, *shares(leading == k)) for k in leading.unique().tolist())
    everything = torch.ones(len(predicted), dtype=torch.bool)
    return VoteScores(*shares(everything), rows, _named(votes, predicted))


def annotator_ceiling(votes, labels):
    """Return the `AnnotatorCeiling` of pictures with votes; labels: int64 [N], indices into `votes.classes`.

    `one_against_another` is the observed agreement of Fleiss (1971), over the pictures with two votes or more:
    the mean of sum over emotions of v (v - 1) / (n (n - 1)), with v the emotion's votes out of n cast.
    Raises DataError.
    """
    (labels,) = _checked(votes, labels=labels)
    majority = votes.majority()
    decided = majority != NO_MAJORITY
    emotions, cast = votes.emotions.double(), votes.cast.double()
    pairs = (emotions * (emotions - 1)).sum(1)[cast > 1] / (cast * (cast - 1))[cast > 1]
    return AnnotatorCeiling(
        Share(int((majority == labels)[decided].sum()), int(decided.sum())),
        _named(votes, labels),
        pairs.mean().item() if len(pairs) else 0.0,
        _named(votes, votes.emotions.long().argmax(1)),
    )


def _named(votes, answers):
    """Return the mean share of the votes cast that name the answer."""
    own = votes.emotions.double().gather(1, answers[:, None])[:, 0]
    return (own / votes.cast.clamp(min=1)).mean().item()


def _checked(votes, **columns):
    if votes is None or not hasattr(votes, "majority"):
        raise DataError("expected the votes of pictures, found none: give the faces to data.with_votes first.")
    return tuple(inputs.indices(name, values, len(votes), len(votes.classes)) for name, values in columns.items())
