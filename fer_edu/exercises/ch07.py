"""Exercises of notebook 07: F1 and Wilson on paper, scores, ranks, two uncertainties, McNemar, peeking, calibration."""

import math

import torch

from .exercise import Exercise, close, is_number, kind, looks_like, number_wanted

COUNTED = ("no", "one", "two", "three", "four")
TABLE = ((88, 2), (4, 6))  # of 07.1: rows true, columns answered; first "not fear", then "fear"


def several(answer, names, expected, mistakes, tolerance=0.002):
    """Return the reason why `answer` is not the numbers `expected`, or None where it is.

    names, expected: one for each number. mistakes: name -> (value, reason) pairs. tolerance: as `close` takes it.
    """
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    if not isinstance(answer, list | tuple) or len(answer) != len(expected):
        return f"{COUNTED[len(expected)]} numbers are wanted, {', '.join(names)}; this is {kind(answer)}."
    if reason := next(filter(None, map(number_wanted, answer)), None):
        return reason
    for name, found, wanted in zip(names, answer, expected, strict=True):
        if not close(found, wanted, tolerance):
            if why := looks_like(found, mistakes.get(name, ()), tolerance):
                return f"the {name}: {why}"
            if close(found, 100 * wanted, tolerance):
                return f"the {name} is in percent: shares from 0 to 1 are wanted."
            return f"the {name}: {float(found):.4g} is not right."
    return None


def check_table(answer):
    (calm, alarm), (missed, hit) = TABLE
    faces, fear, said = calm + alarm + missed + hit, missed + hit, alarm + hit
    precision, recall = hit / said, hit / fear
    names = ("accuracy", "precision", "recall", "F1")
    mistakes = {
        "accuracy": (
            ((calm + missed) / faces, "that is the share of faces that were not called fear."),
            ((calm + alarm) / faces, "that is the share of faces without fear, what always saying no would get."),
            (hit / faces, "the faces rightly *not* called fear are right, too: add them."),
        ),
        "precision": (
            (recall, "that is the recall: precision divides by how many were called fear."),
            (hit / faces, "divide by how many were called fear, not by all faces."),
        ),
        "recall": (
            (precision, "that is the precision: recall divides by how many are afraid."),
            (calm / (calm + alarm), "that is the recall of the faces without fear."),
        ),
        "F1": (
            ((precision + recall) / 2, "that is the ordinary mean: F1 is the harmonic one, 2pr / (p + r)."),
            (precision * recall / (precision + recall), "the factor 2 is missing."),
            (precision * recall, "that is the product alone: 2pr / (p + r)."),
            (math.sqrt(precision * recall), "that is the geometric mean: F1 is the harmonic one, 2pr / (p + r)."),
        ),
    }
    expected = ((calm + hit) / faces, precision, recall, 2 * precision * recall / (precision + recall))
    return several(answer, names, expected, mistakes)


def class_scores(confusion, k):
    """Precision, recall and F1 of class k; a ratio whose denominator is 0 is 0."""
    hit = int(confusion[k, k])
    said, there = int(confusion[:, k].sum()), int(confusion[k].sum())
    precision = hit / said if said else 0.0
    recall = hit / there if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


SCORE_CASES = (
    ("the table of 07.1, fear", TABLE, 1),
    ("three classes, the first", ((5, 3, 0), (1, 6, 1), (2, 0, 2)), 0),
    ("three classes, the second", ((5, 3, 0), (1, 6, 1), (2, 0, 2)), 1),
    ("a class that is never answered", ((4, 0, 2), (3, 0, 1), (0, 0, 5)), 1),
    ("a class without pictures", ((4, 1, 2), (0, 0, 0), (0, 2, 5)), 1),
    ("a class that neither exists nor is answered", ((4, 0, 2), (0, 0, 0), (1, 0, 5)), 1),
)


def check_scores(student):
    if not callable(student):
        return "give the function itself, without brackets: check('07.2', class_scores)."
    for name, table, k in SCORE_CASES:
        confusion = torch.tensor(table)
        expected = class_scores(confusion, k)
        try:
            found = student(confusion.clone(), k)
        except ZeroDivisionError:
            return f"For {name}: your function divides by 0. A ratio whose denominator is 0 counts as 0 here."
        if not isinstance(found, list | tuple | torch.Tensor) or len(found) != 3:
            return f"return three numbers, precision, recall and F1; this is {kind(found)}."
        if any(is_number(value) and math.isnan(float(value)) for value in found):
            return f"For {name}: 0 / 0 is no number for torch. A ratio whose denominator is 0 counts as 0 here."
        turned = class_scores(confusion.T, k)
        if all(close(a, b) for a, b in zip(found, turned, strict=True)) and not close(expected[0], expected[1]):
            return (
                f"For {name}: precision and recall have changed places. Rows are the true classes, so precision "
                "divides by the sum of a column."
            )
        precision, recall, _ = expected
        whole = float(confusion.sum())
        known = {
            "precision": ((confusion[k, k] / whole, "divide by the column's sum, not by all pictures."),),
            "recall": ((confusion[k, k] / whole, "divide by the row's sum, not by all pictures."),),
            "F1": (((precision + recall) / 2, "that is the ordinary mean: F1 is the harmonic one."),),
        }
        known = {key: tuple((float(value), why) for value, why in pairs) for key, pairs in known.items()}
        if reason := several(found, ("precision", "recall", "F1"), expected, known, tolerance=1e-4):
            return f"For {name}: {reason}"
    return None


AFRAID, CALM, LINE = (0.9, 0.8, 0.6, 0.3), (0.7, 0.4), 0.65  # of 07.3: probabilities of fear, and the threshold


def ranks(afraid, calm, line):
    """Precision and recall of fear at the threshold, and the share of pairs in which the afraid face leads."""
    hits, alarms = sum(p >= line for p in afraid), sum(p >= line for p in calm)
    led = sum((a > c) + 0.5 * (a == c) for a in afraid for c in calm)
    return hits / (hits + alarms), hits / len(afraid), led / (len(afraid) * len(calm))


def check_ranks(answer):
    precision, recall, area = ranks(AFRAID, CALM, LINE)
    crowded = ranks(AFRAID, 3 * CALM, LINE)[0]
    names = ("precision", "recall", "area under the ROC curve", "precision in the calm crowd")
    mistakes = {
        "precision": ((recall, "that is the recall: of the faces called fear, how many are?"),),
        "recall": (
            (precision, "that is the precision: of the four afraid, how many are called fear?"),
            (3 / 4, "one of the three called fear is calm: two of the four afraid lie above 0.65."),
        ),
        "area under the ROC curve": (
            (1 - area, "that is the share of pairs in which the calm face leads."),
            (area * len(AFRAID) * len(CALM), "that is the number of pairs won: divide by the 8 pairs."),
        ),
        "precision in the calm crowd": (
            (precision, "three times as many calm faces raise three times as many false alarms."),
            (precision / 3, "only the false alarms become three times as many, not everything called fear."),
        ),
    }
    return several(answer, names, (precision, recall, area, crowded), mistakes)


HITS, FACES = 6, 10  # of 07.4: the recall of 07.1


def wilson_by_hand(hits, n, z=2.0):
    """Wilson's interval (low, high) of hits / n."""
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - half, centre + half


def check_wilson(answer):
    z, share, n = 2.0, HITS / FACES, FACES
    error = math.sqrt(share * (1 - share) / n)
    low, high = wilson_by_hand(HITS, FACES)
    root = math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    by_sign = {"low": -1, "high": 1}
    mistakes = {
        name: (
            (share + sign * z * error, "that is p ± z·√(p(1-p)/n), which can leave 0..1; Wilson's is another formula."),
            (centre + sign * z * root, "divide the half width by 1 + z²/n, too."),
            (share + z * z / (2 * n) + sign * z * root, "divide by 1 + z²/n at the end."),
            (centre + sign * root / (1 + z * z / n), "the root is still to be multiplied by z = 2."),
            (centre + sign * z * error / (1 + z * z / n), "z²/(4n²) is missing under the root."),
        )
        for name, sign in by_sign.items()
    }
    # Whoever takes 1.96 for 2 is right to the digits that the exercise asks for.
    return several(answer, ("low", "high"), (low, high), mistakes, tolerance=0.006)


RUNS, DEVIATION, SCORE, PICTURES = 15, 0.4, 0.72, 3589  # of 07.5: deviation in points


def check_two_uncertainties(answer):
    seeds, half_runs = 2.145 * DEVIATION / math.sqrt(RUNS), 2.0 * DEVIATION / math.sqrt(4 * RUNS)
    test = 200 * math.sqrt(SCORE * (1 - SCORE) / PICTURES)
    names = ("half width over seeds", "half width over test pictures", "half width over test pictures after 60 runs")
    mistakes = {
        names[0]: (
            (2.145 * DEVIATION, "divide by √15: that is the interval of one run, not of the mean."),
            (DEVIATION / math.sqrt(RUNS), "that is the standard error: multiply it by t = 2.145."),
            (2.145 * DEVIATION / RUNS, "divide by √15, not by 15."),
        ),
        names[1]: (
            (test / 100, "that is a share: points are wanted."),
            (test / 2, "that is the standard error: take it twice."),
            (200 * math.sqrt(SCORE * (1 - SCORE) / (RUNS * PICTURES)), "15 runs do not make the pictures more."),
            (200 * SCORE * (1 - SCORE) / math.sqrt(PICTURES), "the root goes over p(1-p), too."),
        ),
        names[2]: (
            (test / 2, "more runs do not halve it: how many test pictures are there now?"),
            (half_runs, "that is the half width over seeds after 60 runs."),
            (200 * math.sqrt(SCORE * (1 - SCORE) / (60 * PICTURES)), "the pictures are the same ones in all 60 runs."),
            (test / math.sqrt(60), "the pictures are the same ones in all 60 runs."),
        ),
    }
    return several(answer, names, (seeds, test, test), mistakes, tolerance=0.04)


def mcnemar_p(only_a, only_b):
    """The exact two-sided p of McNemar's test: is a fair coin that uneven?"""
    n, few = only_a + only_b, min(only_a, only_b)
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(few + 1)) / 2**n)


def check_mcnemar(student):
    if not callable(student):
        return "give the function itself, without brackets: check('07.6', mcnemar_p)."
    # On paper: 1 against 5 of six throws, 2 · (1 + 6) / 64.
    for only_a, only_b in ((5, 1), (1, 5), (0, 8), (31, 14), (12, 11), (6, 6), (0, 0), (150, 118)):
        name = f"{only_a} against {only_b}"
        try:
            found = student(only_a, only_b)
        except ZeroDivisionError:
            return f"For {name}: your function divides by 0. With no coin thrown nothing speaks against fairness: 1."
        except OverflowError:
            return f"For {name}: the numbers grow too large for floats: divide whole numbers only at the end."
        if reason := number_wanted(found):
            return f"For {name}: {reason}"
        n, few = only_a + only_b, min(only_a, only_b)
        tail = sum(math.comb(n, k) for k in range(few + 1)) / 2**n
        expected = mcnemar_p(only_a, only_b)
        mistakes = (
            (tail, "that is one side only: take it twice."),
            (2 * tail, "that is above 1: a probability ends there."),
            (math.comb(n, few) / 2**n, "that is the chance of exactly this outcome: add all that are as uneven."),
            (2 * math.comb(n, few) / 2**n, "add all outcomes that are as uneven or more, not this one alone."),
            (2 * (tail - math.comb(n, few) / 2**n), "the outcome itself belongs to the sum."),
            (2 * sum(math.comb(n, k) for k in range(only_a + 1)) / 2**n, "sum up to the smaller of the two."),
            (min(1.0, 2 * sum(math.comb(n, k) for k in range(only_a + 1)) / 2**n), "sum up to the smaller of the two."),
        )
        if not close(found, expected, 1e-6):
            why = looks_like(found, mistakes, 1e-6) or f"expected {expected:.6g}, found {float(found):.6g}."
            return f"For {name}: {why}"
    return None


def two_reports(val, test):
    """The mean test accuracy at the epoch chosen on val, and of the best epoch on test, over the runs."""
    chosen = test[torch.arange(len(test)), val.argmax(dim=1)]
    return chosen.mean().item(), test.amax(dim=1).mean().item()


PEEKING_CASES = (
    # On paper: val is best in epoch 2, where test has 0.60; the best of test is 0.63.
    ("one run", ((0.60, 0.64, 0.62),), ((0.63, 0.60, 0.61),)),
    ("two runs", ((0.50, 0.70, 0.60), (0.55, 0.52, 0.61)), ((0.58, 0.57, 0.62), (0.66, 0.54, 0.59))),
    (
        "three runs of five epochs",
        ((0.31, 0.42, 0.45, 0.44, 0.43), (0.30, 0.41, 0.40, 0.47, 0.46), (0.29, 0.40, 0.44, 0.43, 0.48)),
        ((0.33, 0.40, 0.43, 0.46, 0.44), (0.28, 0.43, 0.42, 0.45, 0.48), (0.31, 0.38, 0.47, 0.41, 0.45)),
    ),
)


def check_peeking(student):
    if not callable(student):
        return "give the function itself, without brackets: check('07.7', two_reports)."
    for name, val, test in PEEKING_CASES:
        val, test = torch.tensor(val), torch.tensor(test)
        found = student(val.clone(), test.clone())
        honest, peeked = two_reports(val, test)
        rows = torch.arange(len(val))
        common = val.mean(dim=0).argmax()
        if isinstance(found, list | tuple | torch.Tensor) and len(found) == 2 and honest != peeked:
            first, second = found
            if close(first, peeked) and close(second, honest):
                return f"For {name}: the two have changed places: the honest one comes first."
        mistakes = {
            "honest report": (
                (val.amax(dim=1).mean().item(), "that is the accuracy on val: take test's at the same epoch."),
                (test[:, common].mean().item(), "each run chooses its own epoch, not one for all."),
                (test[:, -1].mean().item(), "that is the last epoch."),
                (test.mean().item(), "that is the mean over all epochs."),
                (peeked, "that epoch was chosen on test."),
                (val[rows, test.argmax(dim=1)].mean().item(), "val and test have changed roles."),
            ),
            "peeker's report": (
                (test.max().item(), "that is the best of all runs: take each run's best epoch, then the mean."),
                (test.mean(dim=0).max().item(), "each run's best epoch first, then the mean over runs."),
                (val.amax(dim=1).mean().item(), "that is the best of val."),
                (peeked - honest, "that is the gain: both reports are wanted."),
            ),
        }
        if reason := several(found, ("honest report", "peeker's report"), (honest, peeked), mistakes, tolerance=1e-4):
            return f"For {name}: {reason}"
    return None


BINS = ((10, 0.9, 7), (30, 0.6, 21))  # of 07.8: answers, their mean confidence, how many are right


def check_calibration(answer):
    n = sum(count for count, _, _ in BINS)
    right = sum(hits for _, _, hits in BINS) / n
    sure = sum(count * confidence for count, confidence, _ in BINS) / n
    gaps = [(count / n, hits / count - confidence) for count, confidence, hits in BINS]
    ece = sum(share * abs(gap) for share, gap in gaps)
    names = ("accuracy minus mean confidence", "ECE")
    mistakes = {
        names[0]: (
            (sure - right, "the sign is the other one: accuracy minus confidence."),
            (right, "that is the accuracy: take the mean confidence away."),
            (sure, "that is the mean confidence."),
            (sum(gap for _, gap in gaps), "weigh each bin by its share of the answers."),
            (sum(gap for _, gap in gaps) / 2, "weigh each bin by its share of the answers."),
        ),
        names[1]: (
            (abs(right - sure), "the gaps cancelled: take each bin's gap without its sign first."),
            (sum(abs(gap) for _, gap in gaps) / 2, "weigh each bin by its share of the answers."),
            (sum(abs(gap) for _, gap in gaps), "weigh each bin by its share of the answers."),
            (max(abs(gap) for _, gap in gaps), "that is the largest gap: ECE is their weighted mean."),
        ),
    }
    return several(answer, names, (right - sure, ece), mistakes, tolerance=0.001)


EXERCISES = (
    Exercise(
        number="07.1",
        title="F1 from four counts (paper and pencil)",
        check=check_table,
        hints=(
            "Write the 2 x 2 table: called fear or not, afraid or not. The four counts add up to 100.",
            "6 hits, 2 false alarms, 4 missed, 88 rightly left alone.",
            "Precision 6/8, recall 6/10, F1 = 2 · 6 / (2 · 6 + 2 + 4).",
        ),
        reference=(0.94, 0.75, 0.6, 2 / 3),
        why="F1 leaves the 88 out: it does not pay for calling calm faces calm. Accuracy is nearly all about them.",
    ),
    Exercise(
        number="07.2",
        title="precision, recall and F1 of a class",
        check=check_scores,
        hints=(
            "The hits stand on the diagonal. Rows are the true classes, columns the answers.",
            "precision = hits / sum of the column, recall = hits / sum of the row.",
            "Ask whether a denominator is 0 before you divide: three places.",
        ),
        reference=class_scores,
        why="A class that is never answered has no precision. Counting it as 0 is a rule: a paper should say so.",
    ),
    Exercise(
        number="07.3",
        title="a threshold and a ranking (paper and pencil)",
        check=check_ranks,
        hints=(
            "At 0.65 three faces are called fear: 0.9, 0.8 and the calm 0.7.",
            "There are 4 · 2 pairs of an afraid and a calm face. In how many has the afraid one the larger number?",
            "In the crowd there are six calm faces: three of them at 0.7, so 2 hits and 3 false alarms.",
        ),
        reference=(2 / 3, 0.5, 0.625, 0.4),
        why="The ROC curve compares within classes, so the crowd does not move it. Precision depends on the crowd.",
    ),
    Exercise(
        number="07.4",
        title="Wilson's interval (paper and pencil)",
        check=check_wilson,
        hints=(
            "p = 0.6, n = 10, z = 2: z²/n = 0.4, z²/(2n) = 0.2, z²/(4n²) = 0.01.",
            "Centre: (0.6 + 0.2) / 1.4.",
            "Half width: 2 / 1.4 · √(0.024 + 0.01), and √0.034 is 0.184.",
        ),
        reference=(0.308, 0.835),
        why="Ten afraid faces cannot tell a recall of 0.35 from one of 0.8. Such a cell is in every confusion matrix.",
    ),
    Exercise(
        number="07.5",
        title="two uncertainties (paper and pencil)",
        check=check_two_uncertainties,
        hints=(
            "Over seeds: 2.145 · 0.4 / √15. Over pictures: 2 · √(0.72 · 0.28 / 3,589), times 100 for points.",
            "√15 is 3.87; 0.72 · 0.28 / 3,589 is 0.0000562, and its root 0.0075.",
            "How many test pictures are there after 60 runs?",
        ),
        reference=(0.22, 1.5, 1.5),
        why="More runs shrink the first and leave the second as it is: all runs are scored on the same pictures.",
    ),
    Exercise(
        number="07.6",
        title="McNemar's exact test",
        check=check_mcnemar,
        hints=(
            "If both networks are as good, each disagreement is a fair coin: there are 2**n ways for n of them.",
            "math.comb(n, k) of the ways have k heads. Add those with k from 0 to the smaller count.",
            "Twice that, divided by 2**n, and never above 1.",
        ),
        reference=mcnemar_p,
        why="Pictures that both name right, or both wrong, say nothing about which is better: they are not in it.",
    ),
    Exercise(
        number="07.7",
        title="two reports of one experiment",
        check=check_peeking,
        hints=(
            "val.argmax(dim=1) is the epoch that each run chooses, on val.",
            "test[torch.arange(len(test)), epochs] picks one number a run.",
            "The peeker: test.amax(dim=1). Both reports are means over the runs.",
        ),
        reference=two_reports,
        why="A maximum is never below any other entry of its row: who peeks gains, or at best gains nothing.",
    ),
    Exercise(
        number="07.8",
        title="calibration of two bins (paper and pencil)",
        check=check_calibration,
        hints=(
            "28 of 40 are right. The mean confidence is (10 · 0.9 + 30 · 0.6) / 40.",
            "The bins' gaps are 0.7 - 0.9 and 0.7 - 0.6.",
            "ECE = 10/40 · 0.2 + 30/40 · 0.1.",
        ),
        reference=(0.025, 0.125),
        why="Too sure in one bin and not sure enough in the other cancel in the mean, and not in the ECE.",
    ),
)
