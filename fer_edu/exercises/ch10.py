"""Exercises of notebook 10: what a list leaves out, a share that no count gives, digits to pictures, a planted slip."""

import math

import torch

from ..paper import VERDICTS, planted_table
from .exercise import Exercise, close, is_number, kind, looks_like, number_wanted

HITS = (876, 241, 167, 325, 414, 611)  # of section 5.2, disgust left out


def check_disgust(answer):
    if reason := number_wanted(answer):
        return reason
    mistakes = (
        (0, "not named in the list does not mean never named right: add up the six that are."),
        (sum(HITS), "that is what the six classes of the list have: how many are missing to 2,689?"),
        (900, "that is how many are named wrong in all: here right ones are missing."),
        (2689 - sum(HITS) + 1, "one too many: add up the six again."),
    )
    if close(answer, 2689 - sum(HITS), 1e-9):
        return None
    return looks_like(answer, mistakes, 1e-9) or f"{float(answer):,.0f} is not what 2,689 leaves: add up the six again."


def check_validation(answer):
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two percentages are wanted, (below, above); this is {kind(answer)}."
    if reason := next(filter(None, map(number_wanted, answer)), None):
        return reason
    below, above = map(float, answer)
    wanted = [100 * hits / 3588 for hits in (2736, 2737)]
    if below > above and abs(below - wanted[1]) < 0.006 and abs(above - wanted[0]) < 0.006:
        return "the two have changed places: the smaller one first."
    if abs(below / 100 - wanted[0] / 100) < 6e-5 and abs(above / 100 - wanted[1] / 100) < 6e-5:
        return None
    if max(below, above) < 1.5:
        return "percentages are wanted: multiply by 100."
    if (below, above) == (2736, 2737):
        return "those are the right numbers of pictures: divide each by 3,588."
    if any(abs(value - 76.26) < 0.0005 for value in answer):
        return "76.26 is the printed figure: which accuracies do 2,736 and 2,737 pictures of 3,588 have?"
    if abs(below - 100 * 2736 / 3589) < 0.002 and abs(above - 100 * 2737 / 3589) < 0.002:
        return "that is of 3,589: section 5 says 3588."
    return "not yet: 0.7626 · 3588 lies between two whole numbers; divide each of them by 3588."


def named_as(precision, hits):
    """How often a class was named, from its printed precision and its hits."""
    return round(hits / precision)


def check_named(student):
    if not callable(student):
        return "give the function itself, without brackets: check('10.2', named_as)."
    # On paper first: 0.75 and 3 hits are 4. Then fear of table 8, whose quotient is a hair below a whole number.
    for precision, hits in ((0.75, 3), (0.575862069, 167), (0.512765957, 241), (1.0, 55), (0.995995996, 995)):
        found, wanted = student(precision, hits), named_as(precision, hits)
        if reason := number_wanted(found):
            return reason
        if float(found) == wanted:
            continue
        where = f"For a precision of {precision} and {hits} hits: "
        if abs(float(found) - hits / precision) < 1e-9:
            return f"{where}{float(found)!r} is no number of pictures: round it."
        if float(found) == int(hits / precision) or float(found) == math.floor(hits / precision):
            return (
                f"{where}{float(found):,.0f}. `int` and `//` cut off, and printed digits may lie a hair below: round."
            )
        if close(found, hits * precision) or close(found, round(hits * precision)):
            return f"{where}you multiplied; precision = hits / named, so named = hits / precision."
        return f"{where}expected {wanted}, found {float(found):g}."
    return None


def lowest_loss(accuracy):
    """The smallest mean cross-entropy, in nats, that a classifier of this accuracy (0 to 1) can have."""
    return (1 - accuracy) * math.log(2)


def check_floor(student):
    if not callable(student):
        return "give the function itself, without brackets: check('10.5', lowest_loss)."
    for accuracy in (0.0, 1.0, 0.5, 0.7492):
        found, wanted = student(accuracy), lowest_loss(accuracy)
        if reason := number_wanted(found):
            return reason
        if close(found, wanted, 1e-6):
            continue
        # The last accuracy tells the mistakes apart, the first ones do not.
        last = student(0.7492)
        mistakes = (
            (0.7492 * math.log(2), "the right answers may cost nothing; it is the wrong ones that must cost."),
            (1 - 0.7492, "that is in bits: log 2 to the base 2 is 1. Nats are wanted, the natural logarithm."),
            (
                (1 - 0.7492) * math.log(7),
                "ln 7 is what guessing costs; a wrong answer can be nearly right: two classes share.",
            ),
            (
                -math.log(0.7492),
                "the mean of logarithms is not the logarithm of the mean: count the wrong answers' cost.",
            ),
            (math.log(2), "that is the cost of one wrong answer: how many of the answers are wrong?"),
            ((1 - 0.7492) * math.log10(2), "that is the logarithm to the base 10: take math.log."),
            (100 * lowest_loss(0.7492), "accuracy comes as a share, 0 to 1, not in percent."),
        )
        why = (is_number(last) and looks_like(last, mistakes, 1e-5)) or "which probability has the true class at best?"
        why = why[:1].upper() + why[1:]
        return f"For an accuracy of {accuracy:g}: expected {wanted:.4f}, found {float(found):.4f}. {why}"
    return None


def wrong_cell(cells):
    """The (row, column) of the one wrong cell in a table whose last row and column are totals."""
    row = (cells[:, :-1].sum(1) != cells[:, -1]).nonzero().item()
    column = (cells[:-1].sum(0) != cells[-1]).nonzero().item()
    return row, column


def check_wrong_cell(student):
    if not callable(student):
        return "give the function itself, without brackets: check('10.4', wrong_cell)."
    # A table small enough for paper first, then planted ones: body, a total of a row, of a column, and of all.
    small = torch.tensor([[3, 4, 7], [2, 6, 7], [5, 9, 14]])  # 6 should be 5
    cases = [(small, (1, 1))]
    for seed in (0, 4, 3, 12, 95, 1, 17, 108, 33):
        planted = planted_table(seed)
        cases.append((torch.from_numpy(planted.cells), planted.wrong))
    for cells, wanted in cases:
        found = student(cells.clone())
        if found is None:
            return "your function returns None: does it end without `return`?"
        found = found.tolist() if isinstance(found, torch.Tensor) else found
        if not isinstance(found, list | tuple) or len(found) != 2 or not all(map(is_number, found)):
            return f"a pair (row, column) is wanted, this is {kind(found)}."
        row, column = (int(value) for value in found)
        if (row, column) == wanted:
            continue
        table = f"In the table {cells.tolist()}: expected {wanted}, found {(row, column)}."
        if (column, row) == wanted:
            return f"{table} Row and column have changed places: the row comes first."
        last = (cells.shape[0] - 1, cells.shape[1] - 1)
        if wanted[0] == last[0] or wanted[1] == last[1]:
            return f"{table} A total can be wrong, too: check the sums of the last row and the last column as well."
        if row == wanted[0] or column == wanted[1]:
            return f"{table} One of the two is right: the wrong cell is where a row's sum and a column's sum both fail."
        return f"{table} Which row does not add up to its total, and which column?"
    return None


CASES = (
    "'96.4 % of the 50 test pictures were named right.'",
    "'On a random tenth of our own pictures, which cannot be passed on, we reach 81.3 %.'",
    "'Over 5 runs, 70.0 ± 0.88 % (95 %, z = 1.96, σ = 1.0).'",
    "'60.2 % over 5 seeds.' You follow the text, choose where it is silent, and get 52.0 ± 0.8 %.",
)
RIGHT = (
    "contradicts itself",
    "not reproducible from the text",
    "holds with a reservation",
    "not reproduced by us",
)
WHYS = (
    "50 pictures give whole multiples of 2 %: 48 are 96 % and 49 are 98 %.",
    "nobody else can compute it; that says nothing about whether it is right.",
    "1.96 · 1.0 / √5 is 0.88, as printed; but with 5 runs z covers the mean less often than 95 times in 100, and the "
    "test pictures' own luck is left out.",
    "you ran it and got something else; your choices may be the cause, so it is not called wrong.",
)


def check_verdicts(answer):
    if not isinstance(answer, list | tuple) or len(answer) != len(CASES):
        return f"a list of {len(CASES)} verdicts is wanted; this is {kind(answer)}."
    for number, (found, wanted, why) in enumerate(zip(answer, RIGHT, WHYS, strict=True), start=1):
        if found not in VERDICTS:
            return f"number {number}: a verdict out of {', '.join(VERDICTS)} is wanted, this is {found!r}."
        if found != wanted:
            return f"number {number}, not {found!r}: {why}"
    return None


EXERCISES = (
    Exercise(
        number="10.1",
        title="what the list leaves out (paper and pencil)",
        check=check_disgust,
        hints=(
            "Section 5.2 lists six of seven classes, and the number of all that were named right.",
            "876 + 241 + 167 + 325 + 414 + 611 = 2,634. And all are 2,689.",
        ),
        reference=55,
        why="2,689 - 2,634 = 55, and there are 55 disgusted faces: all of them, which is the recall of 1 in table 8.",
    ),
    Exercise(
        number="10.2",
        title="from digits to pictures",
        check=check_named,
        hints=(
            "Precision is hits divided by how often the class was named. Solve for the latter.",
            "Printed digits are rounded, so the quotient lies near a whole number, not on it: `round`.",
        ),
        reference=named_as,
        why="Nine digits of a precision and the hits leave one whole number: the sum of a column of the confusion "
        "matrix.",
    ),
    Exercise(
        number="10.3",
        title="a share that no count gives (paper and pencil)",
        check=check_validation,
        hints=(
            "Which number of pictures is 76.26 % of 3588? It is not whole.",
            "0.7626 · 3588 = 2736.2. What do 2736 and 2737 give, with two decimals?",
            "(100 · 2736 / 3588, 100 · 2737 / 3588).",
        ),
        reference=(76.25, 76.28),
        why="No number of 3588 pictures is printed as 76.26 %. 2,737 of 3589 is, the size that section 4.1 gives.",
    ),
    Exercise(
        number="10.4",
        title="the planted slip",
        check=check_wrong_cell,
        hints=(
            "Add the first cells of each row and compare with its last one. In how many rows does that fail?",
            "Every cell, a total too, stands in one row's sum and in one column's. Where both fail is the cell.",
            "`(cells[:, :-1].sum(1) != cells[:, -1]).nonzero().item()` is the row.",
        ),
        reference=wrong_cell,
        why="One wrong cell spoils one sum along its row and one along its column, and no other cell lies in both.",
    ),
    Exercise(
        number="10.5",
        title="the smallest loss beside an accuracy (think first)",
        check=check_floor,
        hints=(
            "A right answer can cost next to nothing. What does a wrong one cost at least?",
            "If the answer is wrong, another class has at least the true one's probability p, and both together at "
            "most 1.",
            "So p is at most 1/2, and the cost -ln p at least ln 2. Which share of the answers is wrong?",
        ),
        reference=lowest_loss,
        why="Each wrong answer costs at least ln 2 = 0.693, and 1 - accuracy of the answers are wrong.",
    ),
    Exercise(
        number="10.6",
        title="which verdict? (no code)",
        check=check_verdicts,
        hints=(
            "Ask of each: can I check it from what is printed? Does it clash with something else that is printed? Did "
            "I run it?",
            "Number 1: what does one picture of 50 count? Number 4: you ran it.",
        ),
        reference=list(RIGHT),
        why=" ".join(f"{k}: {why}" for k, why in enumerate(WHYS, start=1)),
    ),
)
