"""Our runs beside the paper's tables: the same rows, with the protocol in columns of its own."""

import textwrap
from dataclasses import dataclass

from .. import records
from ..emotions import CLASSES
from ..errors import DataError
from ..evaluation import student_t, wilson
from . import ours
from .document import PAPER
from .rivals import REPORTED, own_figure
from .spread import half_width

PROTOCOL = ("who", "accuracy, %", "split", "chosen on", "starts from", "views", "copies", "seeds", "95 % interval")
NOT_RUN = "not run"


@dataclass(frozen=True, repr=False)
class SideBySide:
    """number: of the paper's table. columns, rows: text. note: what to know before comparing."""

    number: int
    columns: tuple
    rows: tuple
    note: str

    def markdown(self):
        lines = [f"| {' | '.join(self.columns)} |", f"|{' --- |' * len(self.columns)}"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in self.rows])

    def _repr_markdown_(self):
        return f"**Beside table {self.number}**\n\n{self.markdown()}\n\n{self.note}"

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        lines = [f"Beside table {self.number}"]
        for row in (self.columns, *self.rows):
            lines.append("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        return "\n".join([*lines, *textwrap.wrap(self.note, 100)])


def percent(pair):
    """Return a pair of shares as "65.7 to 68.8"."""
    return " to ".join(f"{100 * share:.1f}" for share in pair)


def table_3(paper):
    rows = []
    for row in paper.table(3).rows[:-1]:
        known = own_figure(row.reference)
        protocol = ("not checked",) * 3 if known is None else (known.split, known.selection, known.start)
        own = "" if known is None or float(known.accuracy) == float(row.accuracy) else f" (itself: {known.accuracy})"
        views = "" if known is None else known.views
        rows.append((f"{row.method} {row.reference}, as quoted", f"{row.accuracy}{own}", *protocol, views, "", "", ""))
    for work in REPORTED:
        if not work.reference:
            name = f"{work.name}, as reported"
            rows.append((name, str(work.accuracy), work.split, work.selection, work.start, work.views, "", "", ""))
    right, pictures = (int(paper.number("counts", name)) for name in ("right", "pictures"))
    interval = percent(wilson(right, pictures))
    mine = paper.table(3).rows[-1]
    rows.append(
        ("the paper", str(mine.accuracy), "PrivateTest, by its counts", "not said", "Gaussian weights", "not said")
        + ("not mentioned", "one, of 15", interval)
    )
    run, without = ours.best_network()
    copies = f"{ours.exact_copies()[0]} in"
    for name, scored, held in (("sdl-fer2013", run, copies), ("the same, without copies", without, "left out")):
        rows.append(
            (f"ours: {name}", f"{scored.accuracy:.2f}", "PublicTest", "PublicTest itself", "from scratch", "one")
            + (held, "one", percent(wilson(scored.right, scored.pictures)))
        )
    for seeds, name in our_seeds():
        mean, half = student_t(seeds.accuracy)
        rows.append(
            (f"ours: {name}", f"{mean:.1f}", "PublicTest", "held-out Training", "from scratch", "one")
            + (copies, str(len(seeds.accuracy)), f"{mean - half:.1f} to {mean + half:.1f} (seeds)")
        )
    note = (
        "Intervals: Wilson's, for the test pictures, unless (seeds) stands there. Rows reported by others were not "
        "run by us; an empty cell: not known to us. PublicTest and PrivateTest are two draws of the same kind of "
        "picture; where the epoch was chosen on the pictures that are scored, the figure flatters."
    )
    return SideBySide(3, PROTOCOL, tuple(rows), note)


def our_seeds():
    """Return ((Seeds, name), ...): the rows of our sweeps that stand beside tables 3 and 7."""
    cnn = records.read("imbalance")["rows"]["none"]["accuracy"]
    return (
        (ours.sweep("ablation", "both transformers"), "sdl-small, both transformers"),
        (ours.sweep("ablation", "no transformer"), "sdl-small, no transformer"),
        (ours.sweep("paper_recipe", "to the letter"), "sdl-small, the paper's recipe"),
        (ours.Seeds("none", tuple(100 * a for a in cnn), "a small CNN"), "a small CNN, no transformer"),
    )


def never_run(number):
    """Return tables 5 and 6: rows as quoted, and that we have no run."""

    def table(paper):
        rows = [
            (f"{r.method} {r.reference}, as quoted", str(r.accuracy), *[""] * 7) for r in paper.table(number).rows[:-1]
        ]
        mine = paper.table(number).rows[-1]
        rows.append(("the paper", str(mine.accuracy), "not said", "not said", "Gaussian weights", "", "", "", ""))
        rows.append(("ours", NOT_RUN, *[""] * 7))
        data = {5: "CK+", 6: "FERG"}[number]
        note = f"We have no copy of {data} and have run nothing on it. A fair run divides it by person or character."
        return SideBySide(number, PROTOCOL, tuple(rows), note)

    return table


def table_7(paper):
    columns = ("runs of", "mean, %", "σ, points", "n", "± z", "± Student's t", "± test pictures")
    test = {"FER-2013": int(paper.number("counts", "pictures")), "FERG": int(paper.number("FERG split", "test"))}
    rows = []
    for row in paper.table(7).rows:
        runs, sigma = int(row.runs), float(row.deviation)
        half = f"{half_width(sigma, runs, student=True):.2f}"
        luck = luck_of(float(row.mean), test[row.data]) if row.data in test else "not said"
        rows.append((f"the paper, {row.data}", row.mean, row.deviation, row.runs, f"{float(row.half):.2f}", half, luck))
    pictures = ours.best_network()[0].pictures
    for seeds, name in our_seeds():
        n = len(seeds.accuracy)
        halves = [f"{half_width(seeds.deviation, n, student=student):.2f}" for student in (False, True)]
        luck = luck_of(seeds.mean, pictures)
        rows.append((f"ours: {name}", f"{seeds.mean:.2f}", f"{seeds.deviation:.2f}", str(n), *halves, luck))
    rows += [(f"ours, {data}", NOT_RUN, *[""] * 5) for data in ("FERG", "CK+")]
    note = "The first two ± are about seeds, on one test set. The last is about the draw of the test pictures (Wilson)."
    return SideBySide(7, columns, tuple(tuple(map(str, row)) for row in rows), note)


def luck_of(accuracy, pictures):
    """Return half of Wilson's interval of an accuracy in percent, in points, as text."""
    low, high = wilson(round(accuracy / 100 * pictures), pictures)
    return f"{50 * (high - low):.2f}"


def table_8(paper):
    columns = (
        "class",
        "paper: precision",
        "recall",
        "F1",
        "ours: precision",
        "recall",
        "F1",
        "recall, 95 %",
        "people: recall",
    )
    mine, people = ours.best_counts(), ours.annotators()
    scores = None if mine is None else mine.scores()
    rows = []
    for k, (name, row) in enumerate(zip(CLASSES, paper.table(8).rows, strict=True)):
        theirs = [f"{float(value):.3f}" for value in row[1:]]
        if scores is None:
            run = ["not shipped"] * 3 + [""]
        else:
            run = [f"{value:.3f}" for value in scores[k]] + [percent(wilson(int(mine.hits[k]), int(mine.pictures[k])))]
        rows.append((name, *theirs, *run, f"{people.hits[k] / people.pictures[k]:.3f}"))
    note = (
        "The paper: PrivateTest. Ours: sdl-fer2013, one run, PublicTest, epoch chosen there. People: how often the "
        "majority of FER+'s ten annotators names PublicTest's pictures as they are labelled."
    )
    return SideBySide(8, columns, tuple(rows), note)


def table_9(paper):
    columns = ("class", "paper: precision", "recall", "F1", "ours")
    rows = [
        (name, *(f"{float(value):.3f}" for value in row[1:]), NOT_RUN)
        for name, row in zip(CLASSES, paper.table(9).rows, strict=True)
    ]
    return SideBySide(9, columns, tuple(rows), "We have no copy of FERG, so we have run nothing on it.")


TABLES = {3: table_3, 5: never_run(5), 6: never_run(6), 7: table_7, 8: table_8, 9: table_9}


def side_by_side(number, paper=PAPER):
    """Return our runs beside table 3, 5, 6, 7, 8 or 9, a `SideBySide`; DataError for another number."""
    if number not in TABLES:
        raise DataError(f"expected one of tables {', '.join(map(str, TABLES))}, found {number!r}: name one of those.")
    return TABLES[number](paper)
