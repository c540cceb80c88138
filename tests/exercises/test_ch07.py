"""Notebook 07: the mistakes that its checks know, and its references against other libraries."""

import math

import pytest
import torch
from scipy import stats

from fer_edu import exercises
from fer_edu.exercises import ch07


def f1_of(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def scores(change):
    """Return a student's function: the reference, changed."""
    return lambda confusion, k: change(*ch07.class_scores(confusion, k))


def divides_by_zero(confusion, k):
    hit = int(confusion[k, k])
    precision, recall = hit / int(confusion[:, k].sum()), hit / int(confusion[k].sum())
    return precision, recall, f1_of(precision, recall)


def torch_divides_by_zero(confusion, k):
    precision = confusion[k, k] / confusion[:, k].sum()
    recall = confusion[k, k] / confusion[k].sum()
    return precision, recall, 2 * precision * recall / (precision + recall)


def coin(only_a, only_b, tail):
    n, few = only_a + only_b, min(only_a, only_b)
    return tail(n, few) / 2**n


MISTAKES = [
    ("07.1", 0.94, "four numbers"),
    ("07.1", (0.92, 0.75, 0.6, 2 / 3), "not called fear"),
    ("07.1", (0.90, 0.75, 0.6, 2 / 3), "without fear"),
    ("07.1", (0.94, 0.6, 0.75, 2 / 3), "the precision: that is the recall"),
    ("07.1", (0.94, 0.75, 0.75, 2 / 3), "the recall: that is the precision"),
    ("07.1", (0.94, 0.75, 0.6, 0.675), "ordinary mean"),
    ("07.1", (0.94, 0.75, 0.6, 1 / 3), "factor 2"),
    ("07.1", (0.94, 0.75, 0.6, 0.45), "product alone"),
    ("07.1", (94, 75, 60, 67), "in percent"),
    ("07.1", (0.94, 0.75, 0.6, math.nan), "finite"),
    ("07.2", lambda confusion, k: ch07.class_scores(confusion.T, k), "changed places"),
    ("07.2", divides_by_zero, "divides by 0"),
    ("07.2", torch_divides_by_zero, "0 / 0 is no number"),
    ("07.2", scores(lambda p, r, f: (p, r, (p + r) / 2)), "ordinary mean"),
    ("07.2", scores(lambda p, r, f: (p, r)), "three numbers"),
    ("07.2", lambda confusion, k: (float(confusion[k, k] / confusion.sum()),) * 3, "not by all pictures"),
    ("07.3", (0.5, 0.5, 0.625, 0.4), "the precision: that is the recall"),
    ("07.3", (2 / 3, 0.75, 0.625, 0.4), "two of the four"),
    ("07.3", (2 / 3, 0.5, 0.375, 0.4), "calm face leads"),
    ("07.3", (2 / 3, 0.5, 5, 0.4), "divide by the 8 pairs"),
    ("07.3", (2 / 3, 0.5, 0.625, 2 / 3), "false alarms"),
    ("07.3", (2 / 3, 0.5, 0.625, 2 / 9), "only the false alarms"),
    ("07.4", (0.290, 0.835), "wilson's is another"),
    ("07.4", (0.308, 0.910), "wilson's is another"),
    ("07.4", (0.203, 0.835), "divide the half width"),
    ("07.4", (0.431, 1.169), "at the end"),
    ("07.4", (0.440, 0.703), "multiplied by z"),
    ("07.4", (0.350, 0.793), "under the root"),
    ("07.4", 0.6, "two numbers"),
    ("07.5", (0.858, 1.5, 1.5), "one run"),
    ("07.5", (0.103, 1.5, 1.5), "standard error"),
    ("07.5", (0.0572, 1.5, 1.5), "not by 15"),
    ("07.5", (0.22, 0.015, 1.5), "points are wanted"),
    ("07.5", (0.22, 0.75, 1.5), "take it twice"),
    ("07.5", (0.22, 0.387, 1.5), "do not make the pictures more"),
    ("07.5", (0.22, 1.5, 0.75), "do not halve it"),
    ("07.5", (0.22, 1.5, 0.103), "over seeds after 60"),
    ("07.5", (0.22, 1.5, 0.1935), "the same ones in all 60"),
    ("07.6", lambda a, b: coin(a, b, lambda n, few: sum(math.comb(n, k) for k in range(few + 1))), "one side"),
    ("07.6", lambda a, b: coin(a, b, lambda n, few: math.comb(n, few)), "exactly this outcome"),
    ("07.6", lambda a, b: coin(a, b, lambda n, few: 2 * math.comb(n, few)), "not this one alone"),
    ("07.6", lambda a, b: coin(a, b, lambda n, few: 2 * sum(math.comb(n, k) for k in range(few))), "itself belongs"),
    (
        "07.6",
        lambda a, b: coin(a, b, lambda n, few: 2 * sum(math.comb(n, k) for k in range(few + 1))),
        "above 1",
    ),
    (
        "07.6",
        lambda a, b: min(1.0, 2 * sum(math.comb(a + b, k) for k in range(a + 1)) / 2 ** (a + b)),
        "smaller of the two",
    ),
    ("07.6", lambda a, b: ch07.mcnemar_p(a, b) if a + b else 0 / (a + b), "divides by 0"),
    ("07.8", (-0.025, 0.125), "sign"),
    ("07.8", (-0.05, 0.125), "weigh each bin"),
    ("07.8", (0.7, 0.125), "take the mean confidence away"),
    ("07.8", (0.025, 0.025), "cancelled"),
    ("07.8", (0.025, 0.15), "weigh each bin"),
    ("07.8", (0.025, 0.2), "largest gap"),
    ("07.7", lambda val, test: tuple(reversed(ch07.two_reports(val, test))), "changed places"),
    ("07.7", lambda val, test: (val.amax(1).mean().item(), test.amax(1).mean().item()), "accuracy on val"),
    ("07.7", lambda val, test: (test.amax(1).mean().item(),) * 2, "chosen on test"),
    ("07.7", lambda val, test: (test[:, -1].mean().item(), test.amax(1).mean().item()), "last epoch"),
    (
        "07.7",
        lambda val, test: (test[:, val.mean(0).argmax()].mean().item(), test.amax(1).mean().item()),
        "its own epoch",
    ),
    ("07.7", lambda val, test: (ch07.two_reports(val, test)[0], test.max().item()), "best of all runs"),
    ("07.7", lambda val, test: (ch07.two_reports(val, test)[0], test.mean(0).max().item()), "then the mean"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("number", [f"07.{k}" for k in range(1, 9)])
def test_references_are_correct_and_starters_not_attempted(number):
    reference = next(e.reference for e in exercises.exercises("07") if e.number == number)
    assert exercises.check(number, reference).correct
    assert exercises.check(number, ...).status == "not attempted"


@pytest.mark.parametrize("case", ch07.SCORE_CASES, ids=lambda case: case[0])
def test_scores_are_scikit_learns_also_where_it_divides_by_zero(case):
    metrics = pytest.importorskip("sklearn.metrics")
    _, table, k = case
    true = [row for row, counts in enumerate(table) for count in counts for _ in range(count)]
    predicted = [column for counts in table for column, count in enumerate(counts) for _ in range(count)]
    expected = metrics.precision_recall_fscore_support(true, predicted, labels=[k], zero_division=0)
    assert ch07.class_scores(torch.tensor(table), k) == pytest.approx([part[0] for part in expected[:3]])


def test_the_ranking_on_paper_is_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    names, scored = [1] * 4 + [0] * 2, [*ch07.AFRAID, *ch07.CALM]
    said = [score >= ch07.LINE for score in scored]
    crowd = names + [0] * 4, said + [score >= ch07.LINE for score in ch07.CALM] * 2
    reference = exercises.exercises("07")[2].reference
    assert reference == pytest.approx(
        [
            metrics.precision_score(names, said),
            metrics.recall_score(names, said),
            metrics.roc_auc_score(names, scored),
            metrics.precision_score(*crowd),
        ]
    )


def test_wilson_on_paper_is_scipys_but_for_the_rounded_z():
    level = 2 * stats.norm.cdf(2) - 1
    interval = stats.binomtest(ch07.HITS, ch07.FACES).proportion_ci(level, method="wilson")
    assert ch07.wilson_by_hand(ch07.HITS, ch07.FACES) == pytest.approx((interval.low, interval.high))
    exact = stats.binomtest(ch07.HITS, ch07.FACES).proportion_ci(0.95, method="wilson")
    assert exercises.check("07.4", (round(exact.low, 3), round(exact.high, 3))).correct


def test_the_numbers_of_two_uncertainties_follow_from_scipy():
    assert stats.t.ppf(0.975, ch07.RUNS - 1) == pytest.approx(2.145, abs=5e-4)
    exact = 100 * stats.norm.ppf(0.975) * math.sqrt(ch07.SCORE * (1 - ch07.SCORE) / ch07.PICTURES)
    assert exercises.check("07.5", (0.2215, exact, exact)).correct


@pytest.mark.parametrize(("only_a", "only_b"), [(5, 1), (0, 8), (31, 14), (6, 6), (150, 118)])
def test_mcnemar_is_scipys_exact_binomial_test(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b).pvalue
    assert ch07.mcnemar_p(only_a, only_b) == pytest.approx(expected)


def test_a_tensor_and_whole_numbers_are_answers_too():
    assert exercises.check("07.1", torch.tensor([0.94, 0.75, 0.6, 0.6667])).correct
    assert exercises.check("07.6", lambda a, b: torch.tensor(ch07.mcnemar_p(a, b), dtype=torch.float64)).correct
