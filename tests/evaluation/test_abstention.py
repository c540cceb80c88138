"""Risk over coverage, by hand and against a plain loop."""

import numpy as np
import pytest

from fer_edu.errors import DataError
from fer_edu.evaluation import decide, risk_coverage


def test_a_curve_by_hand():
    """Surest first: right, wrong, and two of one confidence, one right and one wrong, that come together."""
    curve = risk_coverage([0.6, 0.9, 0.8, 0.6], [True, True, False, False])
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.6]
    assert curve.coverage.tolist() == [0.25, 0.5, 1]
    assert curve.risk.tolist() == [0, 0.5, 0.5]
    assert curve.area == pytest.approx(0.25 * 0 + 0.25 * 0.5 + 0.5 * 0.5)


def test_the_area_is_the_mean_risk_of_the_k_surest():
    random = np.random.default_rng(0)
    confidence = random.random(200)
    right = random.random(200) < confidence
    surest = [~right[np.argsort(confidence)[::-1][:k]] for k in range(1, 201)]
    curve = risk_coverage(confidence, right)
    assert curve.area == pytest.approx(np.mean([wrong.mean() for wrong in surest]))
    assert curve.risk[-1] == pytest.approx(1 - right.mean()) and curve.coverage[-1] == 1


@pytest.mark.parametrize("right, area", [([1, 1, 1], 0), ([0, 0, 0], 1)])
def test_all_right_and_all_wrong(right, area):
    assert risk_coverage([0.3, 0.5, 0.4], right).area == area


def test_a_confidence_that_knows_beats_one_that_says_nothing_and_one_that_misleads():
    right = np.arange(100) < 70
    knows, nothing, misleads = -np.arange(100), np.zeros(100), np.arange(100)
    areas = [risk_coverage(confidence, right).area for confidence in (knows, nothing, misleads)]
    assert areas[0] < areas[1] < areas[2]
    assert areas[1] == pytest.approx(0.3)


def test_a_threshold_of_the_curve_gives_its_coverage_and_risk_when_one_decides_by_it():
    random = np.random.default_rng(1)
    p = random.dirichlet(np.ones(3), 50).astype(np.float32)
    labels = random.integers(3, size=50)
    curve = risk_coverage(p.max(1), p.argmax(1) == labels)
    for k in (0, 17, 49):
        answer = decide(p, threshold=curve.thresholds[k]).numpy()
        said = answer >= 0
        assert said.mean() == pytest.approx(curve.coverage[k])
        assert np.mean(answer[said] != labels[said]) == pytest.approx(curve.risk[k])


@pytest.mark.parametrize(
    "call",
    [
        lambda: risk_coverage([], []),
        lambda: risk_coverage([0.5, float("nan")], [1, 0]),
        lambda: risk_coverage([0.5, 0.6], [1]),
        lambda: risk_coverage([0.5, 0.6], [1, 3]),
    ],
)
def test_bad_input_is_named(call):
    with pytest.raises(DataError, match="expected .* found .*: "):
        call()
