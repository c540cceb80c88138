"""The confusion matrix and what follows from it (Eqs. 8 to 10 of the paper), and the top-k share."""

from dataclasses import dataclass

import torch

from ..errors import DataError
from .inputs import indices, numbers


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


def macro_f1(confusion):
    """Return the mean of the classes' F1, 0..1: each class counts the same, however rare.

    A class without pictures that is never predicted counts too, with an F1 of 0.
    """
    rows = per_class_scores(confusion, range(len(confusion)))
    return sum(row.f1 for row in rows) / len(rows)


def balanced_accuracy(confusion):
    """Return the mean of the classes' recalls, 0..1: the accuracy, had every class as many pictures.

    Classes without pictures have no recall and are left out, as scikit-learn does. DataError where no class has any.
    """
    rows = [row for row in per_class_scores(confusion, range(len(confusion))) if row.support]
    if not rows:
        raise DataError("expected pictures in the confusion matrix, found none: score at least one.")
    return sum(row.recall for row in rows) / len(rows)


def cohen_kappa(confusion):
    """Return Cohen's kappa (1960), (p_o - p_e) / (1 - p_e): 1 all right, 0 no better than chance, below 0 worse.

    p_o is the accuracy; p_e is the accuracy of guesses that name each class as often as the network does, at random:
    the sum over the classes of (share of the pictures) x (share of the answers). Where p_e is 1, all pictures and all
    answers are one class, chance cannot fail, and kappa is set to 0 (scikit-learn gives NaN). DataError: no pictures.
    """
    n = int(confusion.sum())
    if n == 0:
        raise DataError("expected pictures in the confusion matrix, found none: score at least one.")
    right = int(confusion.diagonal().sum())
    # In whole numbers, n² p_e, so that "p_e is 1" is asked exactly.
    chance = sum(row * column for row, column in zip(confusion.sum(1).tolist(), confusion.sum(0).tolist(), strict=True))
    return _ratio(right * n - chance, n * n - chance)


def top_k(probabilities, labels, k=2):
    """Return the share of pictures whose label is among the k classes that the network finds most probable, 0..1.

    probabilities: float [N, C] (logits serve as well). labels: int64 [N]. Of equally probable classes the earlier one
    comes first, as for argmax, so that k = 1 is the accuracy. DataError: k outside 1..C, shapes, NaN.
    """
    scores = torch.from_numpy(numbers("probabilities", probabilities, dims=2))
    n, classes = scores.shape
    labels = indices("labels", labels, n, classes)
    if not 1 <= k <= classes:
        raise DataError(f"expected k in 1..{classes}, the number of classes, found {k}: give such a k.")
    own = scores.gather(1, labels[:, None])
    earlier = torch.arange(classes) < labels[:, None]
    ahead = (scores > own) | ((scores == own) & earlier)
    return (ahead.sum(1) < k).double().mean().item()
