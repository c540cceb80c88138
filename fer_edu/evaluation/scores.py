"""The confusion matrix and what follows from it (Eqs. 8 to 10 of the paper)."""

from dataclasses import dataclass

import torch

from ..errors import DataError


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class. precision, recall, f1: float in 0..1. support: pictures of this class."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


def confusion_matrix(true, predicted, classes):
    """Count pictures by true class (row) and predicted class (column): int64 [classes, classes].

    true, predicted: int64 [N] of class indices; classes: their number. DataError for indices outside or another shape.
    """
    if true.shape != predicted.shape or true.dim() != 1:
        raise DataError(
            f"expected one prediction a picture, found labels {list(true.shape)} and predictions "
            f"{list(predicted.shape)}: give two vectors of one length."
        )
    both = torch.cat([true, predicted])
    if len(both) and not 0 <= int(both.min()) <= int(both.max()) < classes:
        raise DataError(
            f"expected classes in 0..{classes - 1}, found {int(both.min())}..{int(both.max())}: check the labels."
        )
    return torch.bincount(true * classes + predicted, minlength=classes * classes).view(classes, classes)


def _ratio(part, whole):
    return part / whole if whole else 0.0


def per_class_scores(confusion, names):
    """Return a tuple of `ClassScores`, one for each class.

    precision = diagonal / sum of the column, recall = diagonal / sum of the row, f1 = their harmonic mean.
    Where a sum is 0 (a class never predicted, or without pictures) the score is 0, as scikit-learn's zero_division=0.
    """
    counts = confusion.tolist()
    scores = []
    for k, name in enumerate(names):
        hit = counts[k][k]
        precision = _ratio(hit, sum(row[k] for row in counts))
        recall = _ratio(hit, sum(counts[k]))
        scores.append(
            ClassScores(name, precision, recall, _ratio(2 * precision * recall, precision + recall), sum(counts[k]))
        )
    return tuple(scores)
