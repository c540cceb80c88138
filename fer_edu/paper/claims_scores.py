"""Claims about scores: do tables 8 and 9 follow from whole pictures, and which accuracy belongs to which set?"""

import numpy as np

from ..emotions import CLASSES
from ..errors import DataError
from ..evaluation import wilson
from . import ours
from .claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, RESERVED, question
from .counts import Counts, counts_behind
from .margins import possible_cells

TOPIC = "the scores"


def pictures_of_test(paper):
    """Return the test pictures of each class as section 5.2 implies them; disgust's are what the others leave."""
    printed = [0 if name == "disgust" else int(paper.number("counts", f"{name} pictures")) for name in CLASSES]
    printed[CLASSES.index("disgust")] = int(paper.number("counts", "pictures")) - sum(printed)
    return printed


def hits_of_test(paper):
    """Return the hits of each class as section 5.2 prints them; disgust's are what 2,689 leaves for it."""
    printed = [0 if name == "disgust" else int(paper.number("counts", name)) for name in CLASSES]
    printed[CLASSES.index("disgust")] = int(paper.number("counts", "right")) - sum(printed)
    return printed


def behind(paper, number):
    """Return the `Counts` behind table 8 or 9, or None where its digits fit no whole pictures."""
    pictures = pictures_of_test(paper) if number == 8 else [int(paper.number("FERG split", "a class"))] * 7
    try:
        return counts_behind(paper.table(number), pictures)
    except DataError:
        return None


def agreeing(table, counts):
    """Return how many of a table's scores are, to the last digit, those of some counts, and how many scores it has."""
    found = [
        cell.says(value)
        for row, values in zip(table.rows, counts.scores(), strict=True)
        for cell, value in zip(row[1:], values, strict=True)
    ]
    return sum(found), len(found)


@question(
    "2,689 of 3,589 right is 74.923 %",
    "section 5.2",
    "recognizes 2689 correct facial expressions out of 3589 emotions, for a 74.923 % accuracy",
    TOPIC,
)
def accuracy(paper):
    """Divide; add the six printed hits and those that table 8's recall of disgust gives."""
    right, pictures = int(paper.number("counts", "right")), int(paper.number("counts", "pictures"))
    recall = float(paper.table(8).cell("disgust", "recall"))
    disgust = round(recall * pictures_of_test(paper)[CLASSES.index("disgust")])
    total = sum(hits_of_test(paper)) - hits_of_test(paper)[CLASSES.index("disgust")] + disgust
    share = 100 * right / pictures
    fits = paper.number("counts", "accuracy").says(share) and total == right
    return (
        HOLDS if fits else CONTRADICTS,
        {"share": round(share, 4), "sum of the hits": total, "printed": right},
        f"{right:,} / {pictures:,} = {share:.3f} %; the six hits and the {disgust} of disgust, which is left out of "
        f"the list, add up to {total:,}.",
    )


@question(
    "Table 8 follows from section 5.2's counts",
    "table 8, section 5.2",
    "precision, recall and F1 of seven classes, up to nine decimals",
    TOPIC,
)
def table_8(paper):
    """Divide the counts; find the whole numbers of predictions behind the precisions; compare all 21 numbers."""
    table, hits, pictures = paper.table(8), hits_of_test(paper), pictures_of_test(paper)
    counts = behind(paper, 8)
    if counts is None or counts.hits.tolist() != hits:
        return CONTRADICTS, {}, "Table 8's digits do not come from the counts of section 5.2."
    right, of = agreeing(table, Counts(table.names, np.array(hits), np.array(pictures), counts.predicted))
    return (
        HOLDS if right == of else CONTRADICTS,
        {"numbers that agree": right, "of": of},
        f"{right} of {of} numbers are right to the last digit: a reader can check them, because the counts are "
        "printed.",
    )


@question(
    "A confusion matrix with these sums exists",
    "table 8, figure 12",
    "figure 12 shows the matrix; its sums follow from table 8's precision and recall",
    TOPIC,
)
def matrix(paper):
    """Add the predictions that the precisions imply; ask by linear programming which values each cell can have."""
    counts = behind(paper, 8)
    if counts is None:
        return CONTRADICTS, {}, "The digits fit no whole numbers of predictions."
    named = int(counts.predicted.sum())
    try:
        lowest, highest = possible_cells(counts.hits, counts.pictures, counts.predicted)
    except DataError:
        return (
            CONTRADICTS,
            {"predictions": named},
            f"No matrix has these sums: {named:,} predictions for {counts.total:,}.",
        )
    beside = ~np.eye(len(CLASSES), dtype=bool)
    known = int((lowest == highest)[beside].sum())
    forced = [(int(n), CLASSES[i], CLASSES[j]) for (i, j), n in np.ndenumerate(lowest) if i != j and n > 0]
    said = "; ".join(f"at least {n} of {a} must be called {b}" for n, a, b in forced)
    return (
        HOLDS,
        {"predictions": named, "pictures": counts.total, "cells beside the diagonal that must be 0": known},
        f"The predictions add up to {named:,}, one a picture, though nothing forces nine printed decimals to do so; "
        f"{known} of 42 cells must be 0{'; ' + said if said else ''}.",
    )


@question(
    "Disgust 100 %, surprise 99.5 %, fear 32 %",
    "table 8",
    "disgust: precision 1, recall 1; surprise: precision 1, recall 0.995192308",
    TOPIC,
)
def profile(paper):
    """Compare table 8's recalls with our network's and with the majority of FER+'s ten annotators on PublicTest."""
    counts, people, mine = behind(paper, 8), ours.annotators(), ours.best_counts()
    if counts is None:
        return CONTRADICTS, {}, "The digits fit no whole numbers of pictures."
    numbers, above = {}, []
    for name in ("disgust", "surprise"):
        k = CLASSES.index(name)
        high = wilson(int(people.hits[k]), int(people.pictures[k]))[1]
        theirs = 100 * counts.hits[k] / counts.pictures[k]
        numbers[f"{name}: paper"] = round(float(theirs), 1)
        numbers[f"{name}: majority of ten people"] = round(float(100 * people.hits[k] / people.pictures[k]), 1)
        if mine is not None:
            numbers[f"{name}: our network"] = round(float(100 * mine.hits[k] / mine.pictures[k]), 1)
        above.append(theirs > 100 * high)
    called, of = ours.surprise_among_fear()
    feared = counts.predicted[CLASSES.index("surprise")] - counts.hits[CLASSES.index("surprise")]
    run = (
        ""
        if mine is None
        else f"; our network reaches {numbers['disgust: our network']} and {numbers['surprise: our network']} %"
    )
    because = (
        f"Against the labels, the majority of ten annotators reaches {numbers['disgust: majority of ten people']} % "
        f"for disgust and {numbers['surprise: majority of ten people']} % for surprise{run}, on PublicTest; and the "
        f"majority calls {called} of {of} pictures labelled fear surprised, where table 8 has {feared} such pictures "
        f"of {int(counts.pictures[2])}."
    )
    return NOT_REPRODUCED if all(above) else HOLDS, numbers, because


@question(
    "Nearly all errors sit in three classes",
    "section 5.2",
    "angry 241/491, fear 167/528, sad 325/594; the others 1,956 of 1,976",
    TOPIC,
)
def two_halves(paper):
    """Score the three weak and the four strong classes apart, here and for the annotators' majority."""
    weak = np.array([name in ("angry", "fear", "sad") for name in CLASSES])
    counts, people = behind(paper, 8), ours.annotators()
    if counts is None:
        return CONTRADICTS, {}, "The digits fit no whole numbers of pictures."
    gap = {
        who: [round(float(100 * c.hits[part].sum() / c.pictures[part].sum()), 1) for part in (weak, ~weak)]
        for who, c in (("paper", counts), ("majority of ten people", people))
    }
    mine = ours.best_counts()
    if mine is not None:
        gap["our network"] = [round(float(100 * mine.hits[p].sum() / mine.pictures[p].sum()), 1) for p in (weak, ~weak)]
    said = "; ".join(f"{who} {a} and {b} %" for who, (a, b) in gap.items())
    return (
        RESERVED,
        {who: f"{a} / {b}" for who, (a, b) in gap.items()},
        f"Right in the three weak and in the other four classes: {said}; that these three are hard is no surprise, an "
        "almost perfect score on the rest is one.",
    )


@question(
    "Table 9 follows from whole pictures",
    "table 9, section 5",
    "1000 test pictures a class; precision, recall and F1 up to nine decimals",
    TOPIC,
)
def table_9(paper):
    """Find the whole numbers of hits and predictions behind table 9, and compute all 21 numbers from them."""
    counts = behind(paper, 9)
    if counts is None:
        return CONTRADICTS, {}, "Some of table 9's digits fit no whole numbers of 1,000 pictures."
    right, of = agreeing(paper.table(9), counts)
    named = int(counts.predicted.sum())
    return (
        HOLDS if right == of and named == counts.total else CONTRADICTS,
        {"numbers that agree": right, "of": of, "hits": counts.right, "predictions": named},
        f"{right} of {of} numbers agree to the last digit, and the predictions that the precisions imply add up to "
        f"{named:,}.",
    )


QUESTIONS = (accuracy, table_8, matrix, profile, two_halves, table_9)
