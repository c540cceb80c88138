"""Scores against scikit-learn, and against the table that the paper prints."""

import pytest
import torch
from sklearn import metrics

from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError
from fer_edu.evaluation import Report, confusion_matrix, per_class_scores, student_t, wilson


def random_labels(seed, classes=7, n=500):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(classes, (2, n), generator=generator)


def degenerate():
    """Class 1 is never predicted, class 2 never occurs, class 3 neither."""
    return torch.tensor([[0, 0, 1, 1, 0], [0, 2, 0, 2, 0]])


@pytest.mark.parametrize(
    "labels", [random_labels(0), random_labels(1, n=9), degenerate()], ids=["many", "few", "degenerate"]
)
def test_equal_scikit_learn(labels):
    true, predicted = labels
    confusion = confusion_matrix(true, predicted, 7)
    assert confusion.tolist() == metrics.confusion_matrix(true, predicted, labels=range(7)).tolist()
    rows = per_class_scores(confusion, CLASSES)
    expected = metrics.precision_recall_fscore_support(true, predicted, labels=range(7), zero_division=0)
    for name, column in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        assert [getattr(row, name) for row in rows] == pytest.approx(column.tolist())
    report = Report(confusion, CLASSES, {})
    assert report.accuracy == pytest.approx(metrics.accuracy_score(true, predicted))
    assert report.macro_f1 == pytest.approx(
        metrics.f1_score(true, predicted, labels=range(7), average="macro", zero_division=0)
    )


def test_normalised_rows_sum_to_one_or_are_empty():
    true, predicted = degenerate()
    rows = Report(confusion_matrix(true, predicted, 4), CLASSES[:4], {}).normalised.sum(1)
    assert rows.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_reproduces_table_8_of_the_paper():
    """A matrix with section 5.2's diagonal and the row and column sums that table 8 implies gives table 8."""
    confusion = torch.zeros(7, 7, dtype=torch.int64)
    angry, _, fear, happy, sad, surprise, neutral = range(7)
    confusion.diagonal().copy_(torch.tensor([241, 55, 167, 876, 325, 414, 611]))
    for row, column, n in [
        (angry, sad, 250), (fear, sad, 54), (fear, neutral, 221), (fear, angry, 86), (sad, angry, 143),
        (sad, fear, 120), (sad, happy, 6), (happy, fear, 3), (surprise, happy, 2), (neutral, happy, 15),
    ]:  # fmt: skip
        confusion[row, column] = n
    table8 = {
        "angry": (0.512765957, 0.490835031, 0.501560874),
        "disgust": (1, 1, 1),
        "fear": (0.575862069, 0.316287879, 0.408312958),
        "happy": (0.974416018, 0.996587031, 0.985376828),
        "sad": (0.516693164, 0.547138047, 0.531479967),
        "surprise": (1, 0.995192308, 0.997590361),
        "neutral": (0.734375, 0.976038339, 0.838134431),
    }
    report = Report(confusion, CLASSES, {})
    for row in report.per_class:
        assert (row.precision, row.recall, row.f1) == pytest.approx(table8[row.name], abs=1e-9)
    assert (report.correct, report.pictures) == (2689, 3589)
    assert report.accuracy == pytest.approx(0.74923, abs=5e-6)


def test_wilson_interval_of_a_known_case():
    """8 of 10: (0.4902, 0.9433), as statsmodels' proportion_confint(8, 10, method='wilson') prints it."""
    assert wilson(8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    assert wilson(0, 10)[0] == pytest.approx(0, abs=1e-12)
    assert wilson(10, 10)[1] == pytest.approx(1)


def test_student_interval_of_a_known_case():
    """1, 2, 3: mean 2, s = 1, t = 4.302653 for 2 degrees of freedom."""
    assert student_t([1, 2, 3]) == pytest.approx((2, 4.302653 / 3**0.5), abs=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda: confusion_matrix(torch.tensor([0, 1]), torch.tensor([0]), 2),
        lambda: confusion_matrix(torch.tensor([0, 7]), torch.tensor([0, 0]), 7),
        lambda: wilson(11, 10),
        lambda: wilson(0, 0),
        lambda: student_t([0.7]),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found"):
        call()
