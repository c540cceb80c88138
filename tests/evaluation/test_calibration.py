"""Calibration against an independent ECE, scikit-learn's log loss and planted temperatures."""

import math

import numpy as np
import pytest
import torch
from scipy import optimize
from sklearn import metrics

from fer_edu.errors import DataError
from fer_edu.evaluation import apply_temperature, fit_temperature, nll, reliability


def drawn(temperature=1.0, n=4000, seed=0, classes=7):
    """Logits of a network, and labels as probable as softmax(logits / temperature) says."""
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(n, classes, generator=generator)
    p = (logits / temperature).softmax(1)
    return logits, torch.multinomial(p, 1, generator=generator)[:, 0]


def ece_by_bins(p, labels, bins):
    """Bin by bin: the share of the pictures times |accuracy - confidence|; a bin holds its lower edge."""
    confidence, answer = p.max(1)
    total = 0
    for k in range(bins):
        low, high = k / bins, (k + 1) / bins
        here = [i for i in range(len(p)) if low <= confidence[i] and (confidence[i] < high or k == bins - 1)]
        if here:
            accuracy = sum(answer[i] == labels[i] for i in here) / len(here)
            total += len(here) / len(p) * abs(accuracy - sum(confidence[i] for i in here) / len(here))
    return float(total)


@pytest.mark.parametrize("bins", [1, 4, 15])
@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_ece_equals_the_definition(bins, temperature):
    logits, labels = drawn(temperature, n=300)
    p = logits.double().softmax(1)
    found = reliability(p, labels, bins)
    assert found.ece == pytest.approx(ece_by_bins(p, labels, bins))
    assert found.counts.sum() == 300 and len(found.counts) == len(found.gap) == bins


def test_a_reliability_by_hand():
    """Four bins: 0.55 and 0.65 in the third, one right of two; 0.9 and 1.0 in the last, both right."""
    p = [[0.55, 0.45], [0.65, 0.35], [0.1, 0.9], [0.0, 1.0]]
    found = reliability(p, [0, 1, 1, 1], bins=4)
    assert found.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.counts.tolist() == [0, 0, 2, 2]
    assert found.confidence.tolist() == pytest.approx([0, 0, 0.6, 0.95])
    assert found.accuracy.tolist() == [0, 0, 0.5, 1]
    assert found.gap.tolist() == pytest.approx([0, 0, 0.1, -0.05])
    assert found.ece == pytest.approx((2 * 0.1 + 2 * 0.05) / 4)


def test_a_confidence_on_an_edge_belongs_to_the_upper_bin():
    assert reliability([[0.5, 0.5]], [0], bins=2).counts.tolist() == [0, 1]


@pytest.mark.parametrize("right, ece", [(1, 0), (0, 1)])
def test_a_network_that_is_always_sure(right, ece):
    labels = torch.arange(7)
    p = torch.eye(7)[(labels + 1 - right) % 7]
    assert reliability(p, labels).ece == ece


def test_a_network_that_says_what_is_true_is_calibrated_and_one_that_shouts_is_not():
    logits, labels = drawn()
    assert reliability(logits.softmax(1), labels).ece < 0.02
    assert reliability((3 * logits).softmax(1), labels).ece > 0.1


def test_nll_equals_scikit_learns_log_loss_and_torchs_cross_entropy():
    logits, labels = drawn(n=100)
    p = logits.double().softmax(1)
    assert nll(p, labels) == pytest.approx(metrics.log_loss(labels, p.numpy(), labels=range(7)))
    assert nll(p, labels) == pytest.approx(torch.nn.functional.cross_entropy(logits.double(), labels).item())
    assert nll([[0.0, 1.0]], [0]) == pytest.approx(87.34, abs=0.01)
    assert nll([[0.0, 1.0]], [1]) == 0


@pytest.mark.parametrize("planted", [0.5, 1.0, 2.5])
def test_a_planted_temperature_is_found(planted):
    assert fit_temperature(*drawn(planted, n=20_000)) == pytest.approx(planted, rel=0.03)


@pytest.mark.parametrize("planted", [0.3, 4.0])
def test_the_temperature_has_the_least_nll(planted):
    logits, labels = drawn(planted, n=200, seed=1)

    def loss(log_t):
        p = (logits.double() / math.exp(log_t)).softmax(1)
        return metrics.log_loss(labels, p.numpy(), labels=range(7))

    best = optimize.minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-8})
    t = fit_temperature(logits, labels)
    assert t == pytest.approx(math.exp(best.x), rel=1e-4)
    assert nll(apply_temperature(logits, t), labels) == pytest.approx(best.fun, rel=1e-9)


def test_temperature_mends_a_network_that_shouts_and_changes_no_answer():
    val, val_labels = drawn(seed=2)
    test, test_labels = drawn(seed=3)
    t = fit_temperature(3 * val, val_labels)
    assert t == pytest.approx(3, rel=0.05)
    before, after = (3 * test).softmax(1), apply_temperature(3 * test, t)
    assert reliability(after, test_labels).ece < 0.02 < reliability(before, test_labels).ece
    assert torch.equal(before.argmax(1), after.argmax(1))


def test_temperatures_without_an_optimum_stay_in_bounds():
    logits = torch.eye(7)
    assert fit_temperature(logits, torch.arange(7)) == 0.01  # all right: the surer the better
    assert fit_temperature(-logits, torch.arange(7)) == 100  # worse than chance: the less sure the better
    assert fit_temperature(torch.full((3, 7), 0.1), torch.arange(3)) == 1  # no temperature changes anything


def test_a_temperature_of_one_is_softmax():
    logits, _ = drawn(n=10)
    assert torch.allclose(apply_temperature(logits, 1.0), logits.double().softmax(1))
    assert apply_temperature(1e4 * logits, 0.01).isfinite().all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: reliability([[2.0, -1.0]], [0]),
        lambda: reliability([[0.2, 0.2]], [0]),
        lambda: reliability([[0.5, 0.5]], [0, 1]),
        lambda: reliability([[0.5, 0.5]], [2]),
        lambda: reliability([[0.5, 0.5]], [0], bins=0),
        lambda: reliability(torch.zeros(0, 7), []),
        lambda: nll([[float("nan"), 1.0]], [0]),
        lambda: fit_temperature([[np.inf, 1.0]], [0]),
        lambda: apply_temperature([[1.0, 2.0]], 0),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
