"""Scores against scikit-learn, and against the table that the paper prints."""

import json

import pytest
import torch
from sklearn import metrics

import fer_edu as fe
from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError
from fer_edu.evaluation import (
    Report,
    balanced_accuracy,
    cohen_kappa,
    confusion_matrix,
    macro_f1,
    per_class_scores,
    top_k,
)


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


@pytest.mark.parametrize(
    "labels",
    [
        random_labels(0),
        random_labels(1, n=9),
        degenerate(),
        torch.tensor([[0], [0]]),
        torch.tensor([[0], [1]]),
        torch.tensor([[0, 1, 2], [0, 1, 2]]),
        torch.tensor([[0, 1, 2], [1, 2, 0]]),
    ],
    ids=["many", "few", "degenerate", "one right", "one wrong", "all right", "all wrong"],
)
@pytest.mark.filterwarnings("ignore")  # scikit-learn warns where a score is undefined
def test_scores_of_all_classes_equal_scikit_learn(labels):
    true, predicted = labels
    confusion = confusion_matrix(true, predicted, 7)
    assert balanced_accuracy(confusion) == pytest.approx(metrics.balanced_accuracy_score(true, predicted))
    expected = metrics.f1_score(true, predicted, labels=range(7), average="macro", zero_division=0)
    assert macro_f1(confusion) == pytest.approx(expected)
    kappa = metrics.cohen_kappa_score(true, predicted)
    assert cohen_kappa(confusion) == pytest.approx(0 if kappa != kappa else kappa)  # NaN: one class and nothing else


@pytest.mark.filterwarnings("ignore")
def test_tiny_sets_in_which_classes_are_missing_equal_scikit_learn():
    for seed in range(30):
        true, predicted = random_labels(seed, classes=4, n=1 + seed % 5)
        confusion = confusion_matrix(true, predicted, 4)
        assert balanced_accuracy(confusion) == pytest.approx(metrics.balanced_accuracy_score(true, predicted))
        kappa = metrics.cohen_kappa_score(true, predicted)
        assert cohen_kappa(confusion) == pytest.approx(0 if kappa != kappa else kappa)
        expected = metrics.f1_score(true, predicted, labels=range(4), average=None, zero_division=0)
        assert [row.f1 for row in per_class_scores(confusion, "abcd")] == pytest.approx(expected.tolist())


def test_kappa_of_a_known_case():
    """Of 50 pictures 20 + 15 are right, p_o = 0.7; chance gives 0.5 * 0.6 + 0.5 * 0.4 = 0.5."""
    assert cohen_kappa(torch.tensor([[20, 5], [10, 15]])) == pytest.approx(0.4)


@pytest.mark.parametrize("k", [1, 2, 6, 7])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")  # k = 7 of 7 says nothing
def test_top_k_equals_scikit_learn(k):
    generator = torch.Generator().manual_seed(k)
    scores = torch.randn(200, 7, generator=generator).softmax(1)
    labels = torch.randint(7, (200,), generator=generator)
    expected = metrics.top_k_accuracy_score(labels, scores, k=k, labels=range(7))
    assert top_k(scores, labels, k) == pytest.approx(expected)


def test_the_first_of_tied_classes_comes_first_so_that_top_1_is_the_accuracy():
    even = torch.full((1, 3), 1 / 3)
    assert [[top_k(even, torch.tensor([label]), k) for k in (1, 2, 3)] for label in range(3)] == [
        [1, 1, 1],
        [0, 1, 1],
        [0, 0, 1],
    ]


def test_a_report_knows_its_pictures_and_prints_only_scores():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.randn(50, 7, generator=generator).softmax(1)
    labels = torch.randint(7, (50,), generator=generator)
    confusion = confusion_matrix(labels, probabilities.argmax(1), 7)
    data = {"name": "drawn", "split": "test"}
    report = Report(confusion, CLASSES, data, probabilities=probabilities, labels=labels)
    assert report.top2 == top_k(probabilities, labels, 2)
    assert torch.equal(report.predicted, probabilities.argmax(1))
    content = report.as_dict()
    assert {"probabilities", "labels"}.isdisjoint(content)
    expected = (report.balanced_accuracy, report.kappa, report.top2)
    assert (content["balanced_accuracy"], content["kappa"], content["top2"]) == expected
    assert json.loads(json.dumps(content)) == content
    for score in (f"{report.top2:.2%}", f"{report.kappa:.3f}", f"{report.balanced_accuracy:.2%}"):
        assert score in str(report)


def test_a_report_of_counts_alone_says_what_it_does_not_know():
    report = Report(torch.eye(7, dtype=torch.int64), CLASSES, {"name": "table", "split": "8"})
    assert report.as_dict()["top2"] is None and "first two" not in str(report)
    for score in ("top2", "predicted"):
        with pytest.raises(DataError, match="counts alone"):
            getattr(report, score)


def test_evaluate_keeps_what_it_counted():
    faces = fe.data.load("faces", split="val", size=20)
    report = fe.evaluation.evaluate(fe.models.create("sdl-small", seed=0), faces)
    assert torch.equal(report.labels, faces.labels)
    assert report.probabilities.dtype == torch.float32
    assert report.probabilities.sum(1).tolist() == pytest.approx([1] * 20, abs=1e-5)
    assert torch.equal(confusion_matrix(report.labels, report.predicted, 7), report.confusion)


def test_a_diverged_network_is_named():
    model = fe.models.create("sdl-small", seed=0)
    for weights in model.parameters():
        weights.data.fill_(float("nan"))
    with pytest.raises(DataError, match="not a number"):
        fe.evaluation.evaluate(model, fe.data.load("faces", split="val", size=3))


@pytest.mark.parametrize(
    "call",
    [
        lambda: confusion_matrix(torch.tensor([0, 1]), torch.tensor([0]), 2),
        lambda: confusion_matrix(torch.tensor([0, 7]), torch.tensor([0, 0]), 7),
        lambda: balanced_accuracy(torch.zeros(7, 7, dtype=torch.int64)),
        lambda: cohen_kappa(torch.zeros(7, 7, dtype=torch.int64)),
        lambda: top_k(torch.ones(3, 7), torch.zeros(3), 0),
        lambda: top_k(torch.ones(3, 7), torch.zeros(3), 8),
        lambda: top_k(torch.ones(3, 7), torch.full((3,), 7)),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found"):
        call()
