"""ROC and precision-recall against scikit-learn, point by point, on ties too."""

import numpy as np
import pytest
from sklearn import metrics

from fer_edu.errors import DataError
from fer_edu.evaluation import precision_recall, roc


def cases():
    random = np.random.default_rng(0)
    scores = random.random(300)
    yield "no ties", scores, random.random(300) < scores
    yield "many ties", scores.round(1), random.random(300) < scores
    yield "float32", scores.astype(np.float32), random.random(300) < scores
    yield "constant", np.full(7, 0.5), np.array([1, 0, 0, 1, 0, 0, 0], bool)
    yield "all right", np.array([0.9, 0.8, 0.2, 0.1]), np.array([1, 1, 0, 0], bool)
    yield "all wrong", np.array([0.9, 0.8, 0.2, 0.1]), np.array([0, 0, 1, 1], bool)
    yield "one of each", np.array([0.3, 0.6]), np.array([True, False])
    yield "rare", random.random(500), np.arange(500) == 123


CASES = {name: values for name, *values in cases()}


@pytest.mark.parametrize("case", CASES)
def test_roc_equals_scikit_learn(case):
    scores, positive = CASES[case]
    curve = roc(scores, positive)
    false, true, thresholds = metrics.roc_curve(positive, scores, drop_intermediate=False)
    assert np.allclose(curve.x, false) and np.allclose(curve.y, true)
    assert np.array_equal(curve.thresholds, thresholds)
    assert curve.area == pytest.approx(metrics.roc_auc_score(positive, scores))


@pytest.mark.parametrize("case", CASES)
def test_precision_recall_equals_scikit_learn(case):
    scores, positive = CASES[case]
    curve = precision_recall(scores, positive)
    precision, recall, thresholds = metrics.precision_recall_curve(positive, scores)
    # scikit-learn goes the other way and has no threshold for "nothing is said".
    assert np.allclose(curve.x, recall[::-1]) and np.allclose(curve.y, precision[::-1])
    assert np.array_equal(curve.thresholds[1:], thresholds[::-1]) and curve.thresholds[0] == np.inf
    assert curve.area == pytest.approx(metrics.average_precision_score(positive, scores))


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_small_sets_with_ties_equal_scikit_learn(n):
    random = np.random.default_rng(n)
    for _ in range(15):
        scores, positive = random.integers(4, size=n) / 3, random.permutation(np.arange(n) <= random.integers(n - 1))
        found = roc(scores, positive)
        false, true, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
        assert np.allclose(found.x, false) and np.allclose(found.y, true)
        assert found.area == pytest.approx(metrics.roc_auc_score(positive, scores))
        expected = metrics.average_precision_score(positive, scores)
        assert precision_recall(scores, positive).area == pytest.approx(expected)


def test_the_area_is_the_chance_that_a_picture_of_the_class_scores_higher():
    scores, positive = CASES["many ties"]
    pairs = scores[positive][:, None] - scores[~positive]
    assert roc(scores, positive).area == pytest.approx(np.mean(pairs > 0) + np.mean(pairs == 0) / 2)


def test_every_picture_of_the_class_and_no_other_still_has_a_precision():
    curve = precision_recall([0.2, 0.7], [True, True])
    assert curve.y.tolist() == [1, 1, 1] and curve.area == 1


def test_classes_that_cannot_be_drawn_are_named():
    with pytest.raises(DataError, match="found 2 and 0"):
        roc([0.2, 0.7], [True, True])
    with pytest.raises(DataError, match="found 0 and 2"):
        roc([0.2, 0.7], [False, False])
    with pytest.raises(DataError, match="some pictures show"):
        precision_recall([0.2, 0.7], [False, False])


@pytest.mark.parametrize("curve", [roc, precision_recall])
@pytest.mark.parametrize(
    "scores, positive", [([], []), ([0.5, np.nan], [1, 0]), ([0.5, 0.6], [1]), ([0.5, 0.6], [1, 2]), ([[0.5]], [1])]
)
def test_bad_input_is_named(curve, scores, positive):
    with pytest.raises(DataError, match="expected .* found .*: "):
        curve(scores, positive)
