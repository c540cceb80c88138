"""Notebook 12: the mistakes that its checks know, and its references against other libraries and counted cases."""

import math

import pytest
import torch
from scipy import stats

from fer_edu import evaluation, exercises
from fer_edu.exercises import ch12


def silent(change):
    """Return a student's function: the reference, whose three numbers are changed where there are any."""

    def changed(confidence, right, target):
        found = ch12.least_sure_answer(confidence, right, target)
        return None if found is None else change(confidence, right, *found)

    return changed


def surest_first(confidence, right, target):
    """Stops at the first threshold from above: the highest that reaches the target."""
    for threshold in confidence.unique().flip(0):
        answered = confidence >= threshold
        if right[answered].float().mean() >= target:
            return threshold.item(), answered.float().mean().item(), right[answered].float().mean().item()
    return None


def only_above(confidence, right, target):
    for threshold in confidence.unique():
        answered = confidence > threshold
        if answered.any() and right[answered].float().mean() >= target:
            return threshold.item(), answered.float().mean().item(), right[answered].float().mean().item()
    return None


def crops_of(picture, pixels):
    side, starts = picture.shape[-1] - 2 * pixels, range(2 * pixels + 1)
    return torch.stack([picture[:, top : top + side, left : left + side] for top in starts for left in starts])


def shifted(count):
    """Return a student's function: all answers, the middle one, and what `count` makes of both."""

    def student(classify, picture, pixels):
        answers = classify(crops_of(picture, pixels))
        return float(count(answers, answers[len(answers) // 2]))

    return student


def across_only(classify, picture, pixels):
    side = picture.shape[-1] - 2 * pixels
    rows = picture[:, pixels : pixels + side]
    answers = classify(torch.stack([rows[..., left : left + side] for left in range(2 * pixels + 1)]))
    return ((answers != answers[pixels]).sum() / (2 * pixels)).item()


def whole_pictures(classify, picture, pixels):
    rolled = [picture.roll((y, x), (1, 2)) for y in range(-pixels, pixels + 1) for x in range(-pixels, pixels + 1)]
    answers = classify(torch.stack(rolled))
    return (answers != answers[len(answers) // 2]).float().mean().item()


MISTAKES = [
    ("12.1", {"A", "C"}, "1 more of the six"),
    ("12.1", {"A"}, "2 more of the six"),
    ("12.1", {"A", "B", "C", "E"}, "not B: the picture was in the memory"),
    ("12.1", "acde", "not D: the outputs were cleared"),
    ("12.1", ["A", "C", "E", "F"], "not F: the button makes the kernel forget"),
    ("12.1", {"A", "G"}, "letters from A to F"),
    ("12.1", 3, "letters are wanted"),
    ("12.2", 0.667, "three numbers"),
    ("12.2", (2.0, 0.5, 0.889), "T = 1: that is 16 to the two others"),
    ("12.2", (0.5, 0.5, 0.889), "T = 1: softmax takes the powers"),
    ("12.2", (0.667, 0.333, 0.889), "T = 2: divide the logits by T"),
    ("12.2", (0.667, 0.889, 0.5), "T = 2: T = 2 makes it less sure"),
    ("12.2", (0.667, 0.816, 0.889), "T = 2: the root of the share alone"),
    ("12.2", (0.667, 0.5, 1.333), "T = 0.5: divide the logits by T"),
    ("12.2", (0.667, 0.5, 0.444), "T = 0.5: the square of the share alone"),
    ("12.2", (0.667, 0.5, 0.5), "T = 0.5: T = 0.5 makes it surer"),
    ("12.2", (66.7, 0.5, 0.889), "in percent"),
    ("12.3", surest_first, "the lowest such threshold"),
    ("12.3", only_above, "use >="),
    ("12.3", silent(lambda c, r, t, share, hits: (t, share * len(c), hits)), "the coverage is a share"),
    ("12.3", silent(lambda c, r, t, share, hits: (t, 1 - share, hits)), "not* answered"),
    ("12.3", silent(lambda c, r, t, share, hits: (t, share * hits, hits)), "counts right answers alone"),
    ("12.3", silent(lambda c, r, t, share, hits: (t, share, share * hits)), "not by all"),
    ("12.3", silent(lambda c, r, t, share, hits: (t, share, r.float().mean().item())), "on all pictures"),
    ("12.3", silent(lambda c, r, t, share, hits: (t, share, 1 - hits)), "share of wrong answers"),
    ("12.3", lambda c, r, target: ch12.least_sure_answer(c, r, target) and (target, 0.8, 0.75), "that is the target"),
    ("12.3", lambda c, r, target: ch12.least_sure_answer(c, r, target) or (1.0, 0.0, 1.0), "so None is wanted"),
    ("12.3", lambda c, r, target: None, "the answer is None, but from 0.50 on"),
    ("12.3", lambda c, r, target: 0.5, "three numbers"),
    ("12.4", shifted(lambda a, middle: (a != middle).float().mean()), "divide by 24, not by 25"),
    ("12.4", shifted(lambda a, middle: (a != middle).sum()), "number of crops"),
    ("12.4", shifted(lambda a, middle: ((a == middle).sum() - 1) / (len(a) - 1)), "stays the same"),
    ("12.4", shifted(lambda a, middle: (a != a.mode().values).sum() / (len(a) - 1)), "the first or the most frequent"),
    ("12.4", shifted(lambda a, middle: (a != a[0]).sum() / (len(a) - 1)), "the first or the most frequent"),
    ("12.4", shifted(lambda a, middle: (a != middle).any()), "another question"),
    ("12.4", shifted(lambda a, middle: 100 * (a != middle).sum() / (len(a) - 1)), "in percent"),
    ("12.4", across_only, "across *and* down"),
    ("12.4", whole_pictures, "crops of shape [1, 48, 48]"),
    ("12.5", 1.68, "four numbers"),
    ("12.5", (1.8, 0.4167, 0.823, 75.6), "only the 28"),
    ("12.5", (1.2, 0.4167, 0.823, 75.6), "right alarms"),
    ("12.5", (1.68, 0.6, 0.823, 75.6), "that is the recall"),
    ("12.5", (1.68, 0.5833, 0.823, 75.6), "the share that is wrong"),
    ("12.5", (1.68, 0.714, 0.823, 75.6), "divide by all alarms"),
    ("12.5", (1.68, 0.909, 0.823, 75.6), "2 against 28"),
    ("12.5", (1.68, 41.67, 0.823, 75.6), "in percent"),
    ("12.5", (1.68, 0.4167, 0.177, 75.6), "chance of *no* false alarm"),
    ("12.5", (1.68, 0.4167, 1.68, 75.6), "at most 1"),
    ("12.5", (1.68, 0.4167, 0.823, 2.7), "for one student"),
    ("12.5", (1.68, 0.4167, 0.823, 129.6), "all alarms"),
    ("12.6", "A", "nobody measured a feeling"),
    ("12.6", "b", "not measured"),
    ("12.6", "D", "other students"),
    ("12.6", "E", "not the same pictures"),
    ("12.6", "F", "one letter"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("12.1", {"E", "A", "C"}),
        ("12.1", "a, c, e"),
        ("12.2", torch.tensor([2 / 3, 0.5, 8 / 9])),
        ("12.2", (0.67, 0.5, 0.89)),
        ("12.5", (1.7, 0.42, 0.82, 76)),
        ("12.6", " c "),
    ],
)
def test_a_right_answer_may_be_rounded_and_written_in_other_ways(number, answer):
    assert exercises.check(number, answer).correct


def test_the_temperatures_on_paper_are_torchs_softmax():
    logits = torch.tensor(ch12.WEIGHTS).double().log()
    shares = [(logits / t).softmax(0).max().item() for t in (1.0, ch12.HOT, ch12.COLD)]
    assert exercises.exercises("12")[1].reference == pytest.approx(shares)
    assert shares[0] > ch12.LINE > shares[1]


def test_the_threshold_is_the_one_that_a_risk_coverage_curve_gives():
    for name, confidence, right, target in ch12.SILENCE_CASES:
        confidence, right = torch.as_tensor(confidence), torch.as_tensor(right).bool()
        curve = evaluation.risk_coverage(confidence, right)
        good = (1 - curve.risk >= target - 1e-9).nonzero()[0]
        found = ch12.least_sure_answer(confidence, right, target)
        if not len(good):
            assert found is None, name
        else:
            last = good[-1]  # the largest coverage
            assert found == pytest.approx((curve.thresholds[last], curve.coverage[last], 1 - curve.risk[last])), name


def test_the_share_of_changed_answers_is_counted_by_hand():
    _, classify, ramp, pixels = ch12.SHIFT_CASES[0]
    assert ch12.share_changed(classify, ramp, pixels) == pytest.approx(20 / 24)
    _, classify, ramp, pixels = ch12.SHIFT_CASES[1]
    assert ch12.share_changed(classify, ramp, pixels) == pytest.approx(6 / 8)


def test_the_class_of_30_is_the_binomial_distribution():
    alarms, precise, chance, lesson = exercises.exercises("12")[4].reference
    calm = stats.binom(ch12.STUDENTS - ch12.ANGRY, ch12.FALSE)
    assert alarms == pytest.approx(calm.mean())
    assert chance == pytest.approx(calm.sf(0), abs=5e-4)
    right = stats.binom(ch12.ANGRY, ch12.FOUND).mean()
    assert precise == pytest.approx(right / (right + calm.mean()), abs=5e-4)
    assert lesson == pytest.approx(ch12.PICTURES * calm.mean())


def test_every_wrong_line_and_claim_has_a_reason_of_its_own():
    assert len({*ch12.LEAVES.values(), *ch12.STAYS.values()}) == 6
    assert set(ch12.LEAVES) == ch12.LEFT
    assert len(set(ch12.CLAIMS.values())) == 4
    low, high = evaluation.wilson(9, 10)
    assert (round(100 * low), round(100 * high)) == (60, 98)
    assert math.isclose(0.94**28, 0.177, abs_tol=5e-4)
