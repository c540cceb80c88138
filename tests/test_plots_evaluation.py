"""The figures of chapter 7 show the numbers that they were given."""

import math

import numpy as np
import pytest
import torch

pytest.importorskip("matplotlib")

from scipy import stats

from fer_edu import plots_evaluation, records
from fer_edu.errors import DataError
from fer_edu.evaluation import (
    Reliability,
    Report,
    bought_by_peeking,
    paired_t,
    precision_recall,
    reliability,
    roc,
    student_t,
)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def bars(ax):
    """The (left, right) ends of the thick horizontal lines on axes, from the top down."""
    wide = [line for line in ax.lines if line.get_linewidth() >= 5]
    return [tuple(line.get_xdata()) for line in sorted(wide, key=lambda line: line.get_ydata()[0])]


def test_a_confusion_matrix_has_true_classes_as_rows_and_percents_of_rows():
    pytest.importorskip("sklearn")
    report = Report(torch.tensor([[3, 1], [0, 0]]), ("happy", "sad"), {})
    counts, shares = plots_evaluation.confusions(report).axes
    assert counts.images[0].get_array().tolist() == [[3, 1], [0, 0]]
    assert shares.images[0].get_array().tolist() == [[75, 25], [0, 0]]
    assert (counts.get_ylabel(), counts.get_xlabel()) == ("true class", "answer")
    assert sorted(texts(counts)) == ["0", "0", "1", "3"]


def test_two_uncertainties_are_the_seeds_scipys_wilson_and_both():
    sheet = plots_evaluation.two_uncertainties({"ours": (0.56, 0.007, 3589, (0.55, 0.57))})
    (ax,) = sheet.axes
    wilson = stats.binomtest(round(0.56 * 3589), 3589).proportion_ci(0.95, method="wilson")
    seeds, pictures, both = bars(ax)
    assert seeds == pytest.approx((0.553, 0.567))
    assert pictures == pytest.approx((wilson.low, wilson.high), abs=1e-6)
    assert both[0] == pytest.approx(0.56 - math.hypot(0.007, 0.56 - wilson.low), abs=1e-6)
    assert both[1] == pytest.approx(0.56 + math.hypot(0.007, wilson.high - 0.56), abs=1e-6)
    assert [label.get_text() for label in ax.get_yticklabels()][1] == "over 3,589 test pictures"
    runs = next(line for line in ax.lines if line.get_marker() == "|")
    assert list(runs.get_xdata()) == [0.55, 0.57]


def test_equal_scores_of_test_sets_stand_on_top_of_each_other():
    (ax,) = plots_evaluation.scatter_of_test_sets([0.8, 0.9, 0.8], 100, 0.85).axes
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert dots == [(0.8, 1), (0.9, 1), (0.8, 2)]


def test_coverage_is_drawn_over_the_sizes_with_the_promise():
    (ax,) = plots_evaluation.measured_coverage((3, 15), {"z": [0.81, 0.93], "t": [0.95, 0.95]}).axes
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[0.81, 0.93], [0.95, 0.95]]
    assert list(ax.lines[2].get_ydata()) == [0.95, 0.95]
    assert len({line.get_marker() for line in ax.lines[:2]}) == 2  # not told apart by colour alone


def test_ranking_curves_carry_their_areas_and_guessing():
    scores, positive = torch.tensor([0.9, 0.7, 0.6, 0.2]), torch.tensor([True, False, True, False])
    curves = {"fear": (roc(scores, positive), precision_recall(scores, positive))}
    left, right = plots_evaluation.ranking_curves(curves, {"fear": 0.5}).axes
    assert left.get_legend().get_texts()[0].get_text() == "fear: area 0.750"
    assert right.get_legend().get_texts()[0].get_text() == "fear: average precision 0.833"
    np.testing.assert_array_equal(left.lines[0].get_xdata(), curves["fear"][0].x)
    assert right.lines[1].get_ydata() == [0.5, 0.5]


def test_reliability_draws_records_and_reports_alike_and_hatches_what_is_too_sure():
    probabilities = torch.tensor([[0.95, 0.05], [0.95, 0.05], [0.6, 0.4], [0.6, 0.4]])
    found = reliability(probabilities, torch.tensor([0, 1, 0, 0]), bins=10)
    record = {
        "counts": found.counts.tolist(),
        "confidence": found.confidence.tolist(),
        "accuracy": found.accuracy.tolist(),
        "ece": found.ece,
    }
    sheet = plots_evaluation.reliability({"a": found, "b": record})
    a, b, below, _ = sheet.axes
    heights = [[(bar.get_x(), bar.get_height(), bar.get_hatch()) for bar in ax.patches] for ax in (a, b)]
    assert heights[0] == heights[1]
    assert [(round(height, 3), hatch) for _, height, hatch in heights[0]] == [(1.0, ""), (0.5, "//")]
    assert a.get_title() == "a: ECE 42.5 points"  # gaps of 0.45 and 0.4, two answers each
    assert [round(bar.get_height(), 2) for bar in below.patches if bar.get_height()] == [0.5, 0.5]


def test_an_empty_bin_of_a_diagram_has_no_bar():
    empty = Reliability(np.linspace(0, 1, 3), np.array([0, 4]), np.array([0.0, 0.8]), np.array([0.0, 0.75]))
    above = plots_evaluation.reliability({"a": empty}).axes[0]
    assert len(above.patches) == 1


def test_risk_is_drawn_over_coverage():
    (ax,) = plots_evaluation.risk_coverage({"a": ([0.5, 1.0], [0.1, 0.3])}).axes
    assert ax.lines[0].get_xydata().tolist() == [[0.5, 0.1], [1.0, 0.3]]
    assert ax.lines[1].get_xydata().tolist() == [[1.0, 0.3]]


def test_peeking_marks_each_runs_epochs_and_the_mean_gain():
    val, test = [[0.60, 0.64, 0.62], [0.5, 0.6, 0.7]], [[0.63, 0.60, 0.61], [0.55, 0.58, 0.57]]
    left, right = plots_evaluation.peeking(val, test).axes
    marks = {line.get_marker(): line.get_xydata().tolist() for line in left.lines[:3]}
    assert marks["s"] == [[2, 0.60]] and marks["*"] == [[1, 0.63]]
    assert right.lines[0].get_xdata() == pytest.approx([3, 1])
    assert right.get_title().startswith("bought by peeking: 2.00 ±")


def test_peeking_draws_a_single_run_and_refuses_other_shapes():
    left, right = plots_evaluation.peeking([[0.6, 0.7]], [[0.6, 0.7]]).axes
    assert left.get_title() == "1 of 1 runs" and right.get_title() == ""
    with pytest.raises(DataError, match="expected val and test"):
        plots_evaluation.peeking([[0.6, 0.7]], [[0.6]])


def test_shares_have_wilson_bars_and_say_where_there_is_nothing():
    sheet = plots_evaluation.shares({"one": {"a": (6, 10), "b": (0, 0)}, "two": {"a": (1, 4), "b": (3, 4)}}, "right")
    left, right = sheet.axes
    wilson = stats.binomtest(6, 10).proportion_ci(0.95, method="wilson")
    assert bars(left) == [pytest.approx((wilson.low, wilson.high))]
    assert texts(left) == ["6/10", " no pictures"] and texts(right) == ["1/4", "3/4"]


def test_agreement_leaves_out_small_rows_and_draws_both_judges():
    rows = [
        {"leading": 2, "label": [1, 3], "majority": [0, 1]},
        {"leading": 9, "label": [30, 40], "majority": [32, 40]},
    ]
    (ax,) = plots_evaluation.by_agreement(rows).axes
    points = [line.get_xydata()[0].tolist() for line in ax.lines if line.get_marker() in "os"]
    assert points == [[8.92, 0.75], [9.08, 0.8]]
    assert texts(ax) == ["40"]


def recorded(name):
    if name not in records.names():
        pytest.skip(f"the record {name} does not ship yet")
    return records.read(name)


def share(pair):
    return pair[0] / pair[1]


def test_what_notebook_07_says_of_the_judged_network_is_so():
    """A record that is made again, of another network, may make the prose wrong: here it would show."""
    judged = recorded("judged")
    leak, votes, fitted = judged["leakage"], judged["votes"], judged["calibration"]
    assert share(leak["all"]) - share(leak["without exact"]) > 0.01
    assert share(leak["exact copies"]) > leak["expected of the copies' classes"] + 0.1
    assert leak["exact copies"][1] == 280
    assert fitted["after"]["nll"] < fitted["before"]["nll"]
    assert min(judged["abstention"]["risk"]) > 0
    by = {row["leading"]: share(row["majority"]) - share(row["label"]) for row in votes["by_agreement"][-8:]}
    assert by[10] > 0 and all(by[k] < 0 for k in (3, 4, 5))
    assert votes["ceiling"]["one_against_label"] < judged["correct"] / judged["pictures"]
    assert votes["expected_agreement"] < votes["ceiling"]["best_agreement"] < 0.9


def test_what_notebook_07_says_of_two_samplers_is_so():
    rows = records.read("imbalance")["rows"]
    gains = {key: np.subtract(rows["sqrt"][key], rows["none"][key]) for key in ("balanced", "accuracy")}
    assert 0.045 < gains["balanced"].mean() < 0.055 and paired_t(gains["balanced"]) < 0.01
    assert paired_t(gains["accuracy"]) > 0.05
    # "In these five it did not": the paired interval is no narrower than two independent ones would make it.
    alone = [student_t(rows[name]["balanced"])[1] for name in ("none", "sqrt")]
    assert student_t(gains["balanced"])[1] > math.hypot(*alone)


def test_what_notebook_07_says_of_peeking_is_so():
    record = recorded("peeking")
    found = bought_by_peeking(record["val"], record["test"])
    # Beside 25 epochs that are equally good, of 3,589 pictures each: the largest of 25 draws less another one.
    luck = np.random.default_rng(0).binomial(3589, 0.72, size=(2000, 25)).max(1).mean() / 3589 - 0.72
    gains = 100 * (found.best_on_test - found.chosen_on_val)
    assert 0 < found.gain < luck and (gains > 1).sum() == 1 and 0.05 < np.median(gains) < 0.5
    assert found.interval[0] < 0.0005  # "its interval reaches down to it"
