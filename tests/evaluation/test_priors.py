"""Other class shares against Bayes' rule on a case where all is known; decisions by hand."""

import numpy as np
import pytest
import torch
from scipy import stats

from fer_edu.errors import DataError
from fer_edu.evaluation import decide, reweight

OLD, NEW = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.1, 0.8])
X = np.linspace(-4, 6, 50)


def posterior(priors):
    """Three classes that look like normal distributions around 0, 1 and 3."""
    joint = priors * stats.norm.pdf(X[:, None], [0, 1, 3])
    return joint / joint.sum(1, keepdims=True)


def test_reweighting_gives_the_posterior_under_the_new_shares():
    assert np.allclose(reweight(posterior(OLD), OLD, NEW), posterior(NEW))


def test_counts_serve_as_shares():
    assert np.allclose(reweight(posterior(OLD), 10 * OLD, 1000 * NEW), posterior(NEW))


def test_the_same_shares_change_nothing_and_there_is_a_way_back():
    p = posterior(OLD)
    assert np.allclose(reweight(p, OLD, OLD), p)
    assert np.allclose(reweight(reweight(p, OLD, NEW), NEW, OLD), p)


def test_a_class_that_does_not_occur_there_is_never_said():
    p = reweight(posterior(OLD), OLD, [0.5, 0.5, 0])
    assert (p[:, 2] == 0).all() and torch.allclose(p.sum(1), torch.ones(50, dtype=torch.float64))
    only = reweight([[0.0, 0.0, 1.0]], OLD, [0.25, 0.75, 0])
    assert only.tolist() == [[0.25, 0.75, 0]]


def test_decisions_by_hand():
    p = [[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]
    assert decide(p).tolist() == [0, 0, 2]
    assert decide(p, threshold=0.5).tolist() == [0, -1, 2]
    assert decide(p, weights=[1, 2, 1]).tolist() == [1, 1, 2]
    assert decide(p, weights=[1, 2, 1], threshold=0.35).tolist() == [-1, 1, 2]
    assert decide(p, weights=[10, 20, 10]).tolist() == [1, 1, 2]
    assert decide(p, threshold=1.1).tolist() == [-1, -1, -1]
    assert decide(p).dtype == torch.int64


def test_weighting_answers_is_reweighting_probabilities():
    p = posterior(OLD)
    assert torch.equal(decide(p, NEW / OLD), reweight(p, OLD, NEW).argmax(1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: reweight([[0.5, 0.5]], [1, 0], [1, 1]),
        lambda: reweight([[0.5, 0.5]], [1, 1], [0, 0]),
        lambda: reweight([[0.5, 0.5]], [1, 1], [1, -1]),
        lambda: reweight([[0.5, 0.5]], [1, 1, 1], [1, 1]),
        lambda: reweight([[5.0, 0.5]], [1, 1], [1, 1]),
        lambda: decide([[0.5, 0.5]], weights=[1]),
        lambda: decide([[0.5, float("nan")]]),
        lambda: decide(torch.zeros(0, 7)),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
