"""Does a network serve all people alike? Recall by group, and what changes when only the person does."""

from dataclasses import dataclass

import torch

from ..errors import DataError
from ..models import predict
from . import inputs
from .intervals import Share, newcombe


@dataclass(frozen=True)
class GroupRecall:
    """name: of the group. recall: `Share` of its pictures that are named right."""

    name: str
    recall: Share


@dataclass(frozen=True)
class Gap:
    """The best and the worst served group. difference: of their recalls, 0..1; low, high: its 95 % interval."""

    best: str
    worst: str
    difference: float
    low: float
    high: float


def recall_per_group(answers, groups, names, of=None):
    """Return a tuple of `GroupRecall`, one for each name.

    answers: a `Report` of `evaluate`, or (predicted, labels), each int64 [N]. groups: int [N], each picture's group, an
    index into `names` (a bool serves for two). of: a class index, for the recall of that class alone, or None for all
    pictures. A group without pictures has 0 of 0. That groups differ does not say why: their pictures may be harder.
    Raises DataError.
    """
    predicted, labels = answers if isinstance(answers, tuple) else (answers.predicted, answers.labels)
    labels = inputs.indices("labels", labels)
    predicted = inputs.indices("answers", predicted, len(labels))
    groups = inputs.indices("groups", groups, len(labels), len(names))
    if of is not None and (isinstance(of, bool) or not isinstance(of, int)):
        raise DataError(f"expected a class as its index, found {of!r}: give faces.classes.index(name).")
    taken = torch.ones_like(labels, dtype=torch.bool) if of is None else labels == of
    right = predicted == labels
    rows = []
    for k, name in enumerate(names):
        here = taken & (groups == k)
        rows.append(GroupRecall(str(name), Share(int(right[here].sum()), int(here.sum()))))
    return tuple(rows)


def largest_gap(rows):
    """Return the `Gap` between the groups with the highest and the lowest recall, by Newcombe's interval.

    rows: of `recall_per_group`; groups without pictures are passed over. With more than two groups the interval is too
    hopeful: the two were picked for being far apart. Raises DataError where fewer than two groups have pictures.
    """
    rows = sorted((row for row in rows if row.recall.n), key=lambda row: row.recall.value)
    if len(rows) < 2:
        raise DataError(f"expected two groups with pictures, found {len(rows)}: compare groups that both occur.")
    worst, best = rows[0], rows[-1]
    return Gap(best.name, worst.name, *newcombe(best.recall, worst.recall))


@dataclass(frozen=True)
class Flips:
    """What a network answers to the same pictures with one thing changed.

    flipped: `Share` of answers that change, whether to right or to wrong. lost, gained: pictures that were named right
    before the change alone, and after it alone.
    """

    flipped: Share
    lost: int
    gained: int

    def __str__(self):
        return f"{self.flipped} answers change; {self.lost} right ones are lost, {self.gained} gained"


def flip_rate(model, faces, changed):
    """Return the `Flips` between two sets of drawn faces that differ in one thing alone.

    faces, changed: `FaceSet`s of the same expressions in the same order, such as `faces` and
    `fe.faces.with_people(faces)` or `fe.faces.with_trait(faces, glasses=1)`. As nothing else differs, the change is the
    cause of each flip. Raises DataError where the labels differ, or the action units where both sets know them.
    """
    same = len(faces) == len(changed) and len(faces) > 0 and torch.equal(faces.labels, changed.labels)
    if same and faces.truth is not None and changed.truth is not None:
        same = torch.equal(faces.truth.action_units, changed.truth.action_units)
    if not same:
        raise DataError(
            f"expected the same expressions in the same order twice, found {len(faces)} and {len(changed)} pictures "
            "that differ in more: redraw the first set with faces.with_people or faces.with_trait."
        )
    before, after = (predict(model, some.images).argmax(1) for some in (faces, changed))
    labels = faces.labels.cpu()
    was, now = before == labels, after == labels
    return Flips(
        Share(int((before != after).sum()), len(faces)), lost=int((was & ~now).sum()), gained=int((now & ~was).sum())
    )
