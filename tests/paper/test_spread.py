"""What several runs can have as mean and deviation, against closed forms, simulation and hand-computed cases."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import norm, t

from fer_edu.errors import DataError
from fer_edu.evaluation import student_t
from fer_edu.paper import (
    PAPER,
    Printed,
    chance_of_one_figure,
    farthest_from_mean,
    fitting_sets,
    half_width,
    lowest_cross_entropy,
    possible_totals,
    smallest_batch,
    smallest_deviation,
    z_coverage,
)


def test_table_7s_widths():
    found = {row.data: f"{half_width(float(row.deviation), int(row.runs)):.4f}" for row in PAPER.table(7).rows}
    assert found == {"FERG": "0.0860", "CK+": "0.1316", "FER-2013": "0.1619"}  # FERG is printed 0.0863
    assert half_width(0.17054, 15) == pytest.approx(0.0863, abs=5e-5)  # a σ that is printed as 0.17 gives it


def test_students_width_is_that_of_the_evaluation_chapter():
    values = [70.0, 71.5, 69.0, 70.5, 72.0]
    assert half_width(np.std(values, ddof=1), 5, student=True) == pytest.approx(student_t(values)[1])


@pytest.mark.parametrize("runs", [5, 15])
def test_coverage_of_z_by_simulation(runs):
    draws = np.random.default_rng(0).normal(size=(40_000, runs))
    half = norm.ppf(0.975) * draws.std(axis=1, ddof=1) / math.sqrt(runs)
    assert z_coverage(runs) == pytest.approx((np.abs(draws.mean(1)) <= half).mean(), abs=0.005)
    assert half_width(1.0, runs, student=True) > half_width(1.0, runs)


def test_smallest_deviation_is_one_picture_in_one_run():
    values = np.full(15, 90.0)
    values[0] += 100 / 33
    assert smallest_deviation(33, 15) == pytest.approx(values.std(ddof=1))


@pytest.mark.parametrize("ddof", [0, 1])
def test_no_number_lies_farther_from_the_mean_than_samuelson_says(ddof):
    values = np.zeros(15)
    values[0] = 1.0  # where the bound is reached
    away = abs(values[0] - values.mean())
    assert farthest_from_mean(values.std(ddof=ddof), 15, sample=ddof == 1) == pytest.approx(away)
    draws = np.random.default_rng(1).exponential(size=(500, 15))
    away = np.abs(draws - draws.mean(1, keepdims=True)).max(1)
    assert (away <= farthest_from_mean(draws.std(1, ddof=ddof), 15, sample=ddof == 1) + 1e-12).all()


def test_totals_behind_a_mean():
    assert possible_totals(Printed("74.923"), 3589, 15) == (15 * 2689,)
    assert possible_totals(Printed("99.512"), 327, 15) == ()


def test_fitting_sets_keep_a_set_that_really_gave_the_figures():
    random = np.random.default_rng(2)
    for pictures in (120, 205, 331):
        hits = random.binomial(pictures, 0.98, 15)
        accuracy = 100 * hits / pictures
        figures = f"{accuracy[3]:.1f}", f"{accuracy.mean():.3f}", f"{accuracy.std(ddof=1):.2f}"
        assert pictures in fitting_sets(*map(Printed, figures), 15, range(100, 400))


def test_no_likely_size_of_ck_plus_fits():
    row, single = PAPER.table(7).row("CK+"), PAPER.table(5).rows[-1].accuracy
    found = fitting_sets(single, row.mean, row.deviation, 15, range(10, 401))
    assert found and not {32, 33, 65, 66, 327} & set(found)


def test_chance_that_mean_and_one_run_are_printed_alike_by_simulation():
    # Few pictures and a wide spread, so that the event is common enough to be simulated.
    pictures, right, runs, sigma = 200, 150, 5, 1.5
    random = np.random.default_rng(3)
    hits = np.round(random.normal(75, sigma, (400_000, runs)) / 100 * pictures)
    named, _ = chance_of_one_figure(right, pictures, sigma, runs, decimals=1)
    alike = np.round(100 * hits.mean(1) / pictures, 1) == np.round(100 * hits[:, 0] / pictures, 1)
    assert named == pytest.approx(alike.mean(), rel=0.1)


def test_the_floor_of_a_cross_entropy_is_below_what_any_logits_give_and_is_reached():
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        logits = 4 * torch.randn(200, 7, generator=generator)
        labels = torch.randint(7, (200,), generator=generator)
        accuracy = (logits.argmax(1) == labels).float().mean().item()
        assert torch.nn.functional.cross_entropy(logits, labels).item() > lowest_cross_entropy(accuracy)
    # One right answer given surely, one wrong by a hair between two classes.
    logits = torch.tensor([[60.0, 0, 0], [30.0, 30.0001, 0]])
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 0])).item()
    assert loss == pytest.approx(lowest_cross_entropy(0.5), abs=1e-3)
    assert smallest_batch(loss / 64, 0.5) == pytest.approx(64, rel=1e-3)
    with pytest.raises(DataError, match=r"expected an accuracy in 0..1, found 74.92"):
        lowest_cross_entropy(74.92)


def test_z_coverage_is_the_closed_form():
    assert z_coverage(15) == pytest.approx(2 * t.cdf(1.959964, 14) - 1, abs=1e-6)
    assert f"{z_coverage(15):.3f} {z_coverage(5):.3f}" == "0.930 0.878"
