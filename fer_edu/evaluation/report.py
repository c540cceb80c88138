"""`evaluate()`: one model, one set, all scores."""

from dataclasses import asdict, dataclass

import torch

from ..errors import DataError
from ..models import predict
from .intervals import wilson
from .scores import balanced_accuracy, cohen_kappa, confusion_matrix, macro_f1, per_class_scores, top_k


@dataclass(frozen=True, eq=False)
class Report:
    """confusion: int64 [true, predicted], counts. classes: names. data: what was scored, with its fingerprint.
    views: how often each picture was looked at, see fer_edu.models.VIEWS. probabilities: float32 [N, C], and labels:
    int64 [N], picture by picture; None where only the counts are known, as from a table.

    Everything else follows from the counts, except `predicted` and `top2`.
    """

    confusion: torch.Tensor
    classes: tuple
    data: dict
    views: str = "plain"
    probabilities: torch.Tensor | None = None
    labels: torch.Tensor | None = None

    @property
    def pictures(self):
        return int(self.confusion.sum())

    @property
    def correct(self):
        return int(self.confusion.diagonal().sum())

    @property
    def accuracy(self):
        """Share of pictures named right, 0..1."""
        return self.correct / self.pictures

    @property
    def interval(self):
        """(low, high): Wilson's 95 % interval of the accuracy, for the sampling of the test pictures."""
        return wilson(self.correct, self.pictures)

    @property
    def normalised(self):
        """float32 [true, predicted], each row as shares of its class; a class without pictures is a row of zeros."""
        return self.confusion / self.confusion.sum(1, keepdim=True).clamp(min=1)

    @property
    def per_class(self):
        """A tuple of `ClassScores`: precision, recall, F1, support."""
        return per_class_scores(self.confusion, self.classes)

    @property
    def macro_f1(self):
        """Mean of the classes' F1: each class counts the same, however rare."""
        return macro_f1(self.confusion)

    @property
    def balanced_accuracy(self):
        """Mean of the classes' recalls, 0..1."""
        return balanced_accuracy(self.confusion)

    @property
    def kappa(self):
        """Cohen's kappa: 0 is no better than chance, 1 all right."""
        return cohen_kappa(self.confusion)

    @property
    def predicted(self):
        """The class answered for each picture, int64 [N]; DataError where only the counts are known."""
        return self._known("probabilities").argmax(1)

    @property
    def top2(self):
        """Share of pictures whose label is one of the two most probable classes, 0..1; DataError as `predicted`."""
        return top_k(self._known("probabilities"), self._known("labels"), 2)

    def _known(self, column):
        if getattr(self, column) is None:
            raise DataError(f"expected a report with {column}, found one of counts alone: make it with evaluate().")
        return getattr(self, column)

    def as_dict(self):
        """Return all scores in a form that JSON takes; what is known of single pictures stays out."""
        return {
            "accuracy": self.accuracy,
            "correct": self.correct,
            "pictures": self.pictures,
            "interval95": list(self.interval),
            "macro_f1": self.macro_f1,
            "balanced_accuracy": self.balanced_accuracy,
            "kappa": self.kappa,
            "top2": None if self.probabilities is None else self.top2,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
            "confusion_normalised": self.normalised.tolist(),
            "per_class": [asdict(row) for row in self.per_class],
            "data": self.data,
            "views": self.views,
        }

    def __str__(self):
        low, high = self.interval
        views = "" if self.views == "plain" else f", looked at with {self.views}"
        top2 = "" if self.probabilities is None else f", label among the first two {self.top2:.2%}"
        lines = [
            f"{self.data['name']} {self.data['split']}{views}: {self.correct} of {self.pictures} right, accuracy "
            f"{self.accuracy:.2%} (95 % Wilson interval {low:.2%} to {high:.2%}), macro F1 {self.macro_f1:.3f}",
            f"balanced accuracy {self.balanced_accuracy:.2%}, Cohen's kappa {self.kappa:.3f}{top2}",
            f"{'':10}precision  recall      F1  pictures",
        ]
        lines += [f"{r.name:10}{r.precision:9.3f}{r.recall:8.3f}{r.f1:8.3f}{r.support:10}" for r in self.per_class]
        return "\n".join(lines)


def evaluate(model, faces, views="plain"):
    """Score `model` on a FaceSet and return the `Report`.

    views: "plain", each picture is seen once, as it is; or "flips" or "shifts" (fer_edu.models.VIEWS), several looks
        whose probabilities are averaged: more work, and a score to be told apart from a plain one.
    Raises DataError for an empty set, where the model was trained on other classes than the set's, or where its output
    is not a number.
    """
    if len(faces) == 0:
        raise DataError(
            f"expected pictures to score, found an empty set {faces.name} {faces.split}: load another split."
        )
    trained_on = getattr(model, "classes", None)
    if model.options.classes != len(faces.classes) or (trained_on and tuple(trained_on) != tuple(faces.classes)):
        raise DataError(
            f"expected pictures of the classes {', '.join(trained_on or [str(model.options.classes)])}, found "
            f"{', '.join(faces.classes)}: give a set with the classes that the model was trained on."
        )
    probabilities = predict(model, faces.images, views=views).softmax(1)
    if probabilities.isnan().any():
        raise DataError(
            "expected probabilities from the model, found some that are not a number: its training may have diverged, "
            "so take an earlier checkpoint."
        )
    labels = faces.labels.cpu()
    data = {"name": faces.name, "split": faces.split, "pictures": len(faces), "fingerprint": faces.fingerprint()}
    confusion = confusion_matrix(labels, probabilities.argmax(1), len(faces.classes))
    return Report(confusion, faces.classes, data, views, probabilities, labels)
