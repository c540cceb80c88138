"""Printed numbers and how each follows from a few quantities, such as the pictures that were named right."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..emotions import CLASSES
from .document import PAPER
from .printed import Printed


@dataclass(frozen=True)
class Place:
    """One printed number. where: table or section. name: of the number there. formula: how it follows, in words.

    read: quantities -> the number, in the unit that is printed. solve: (quantities, number) -> quantities that give it,
    as nearly as whole pictures allow.
    """

    where: str
    name: str
    printed: Printed
    formula: str
    read: Callable
    solve: Callable


def root(where, name, printed, key, formula="a number of its own"):
    """Return the place of a quantity itself."""
    return Place(where, name, printed, formula, lambda q: q[key], lambda q, new: q | {key: new})


def count(where, name, printed, key, least=None, most=None):
    """Return the place of a whole number, from the quantity `least` (or 0) to the quantity `most` (or without end)."""

    def solve(q, new):
        whole = max(round(new), 0 if least is None else q[least])
        return q | {key: whole if most is None else min(whole, q[most])}

    return Place(where, name, printed, "a count of its own", lambda q: q[key], solve)


def score_places(number, table, prefix):
    """Return the places of table 8 or 9: precision, recall and F1 of each class, from its counts."""
    found = []
    for row in table.rows:
        h, n, p = (f"{prefix}{kind} {row.emotion.lower()}" for kind in ("hits", "pictures", "named"))
        for column, formula, read, solve in (
            (
                "precision",
                "hits / named so",
                lambda q, h=h, p=p: q[h] / q[p],
                lambda q, v, h=h, p=p: q | {p: max(round(q[h] / v), q[h])} if v > 0 else q | {h: 0},
            ),
            (
                "recall",
                "hits / pictures",
                lambda q, h=h, n=n: q[h] / q[n],
                lambda q, v, h=h, n=n: q | {h: min(max(round(v * q[n]), 0), q[n])},
            ),
            (
                "f1",
                "2 hits / (pictures + named so)",
                lambda q, h=h, n=n, p=p: 2 * q[h] / (q[n] + q[p]),
                lambda q, v, h=h, n=n, p=p: q | {p: max(round(2 * q[h] / v - q[n]), q[h])} if v > 0 else q | {h: 0},
            ),
        ):
            cell = getattr(row, column)
            found.append(Place(f"table {number}", f"{row.emotion}, {column}", cell, formula, read, solve))
    return found


def total(q, kind):
    """Return the sum of a kind of count over the seven classes, and what is not given to any of them."""
    return sum(q[f"{kind} {name}"] for name in CLASSES) + q.get(f"{kind} of no class", 0)


def sum_place(where, name, printed, kind, formula):
    """Return the place of such a sum; a change of it belongs to no class in particular."""

    def solve(q, new):
        spare = f"{kind} of no class"
        return q | {spare: q.get(spare, 0) + max(round(new), 1) - total(q, kind)}

    return Place(where, name, printed, formula, lambda q: total(q, kind), solve)


def accuracy_place(where, name, printed, prefix):
    """Return the place of an accuracy in percent: hits in all / pictures in all."""
    hits, pictures = f"{prefix}hits", f"{prefix}pictures"

    def solve(q, new):
        spare = f"{hits} of no class"
        return q | {spare: q.get(spare, 0) + round(new / 100 * total(q, pictures)) - total(q, hits)}

    return Place(
        where, name, printed, "all hits / all pictures", lambda q: 100 * total(q, hits) / total(q, pictures), solve
    )


def fer_places(paper):
    """Return the places that follow from section 5.2's counts."""
    made = []
    for name in CLASSES:
        if name != "disgust":
            hits, pictures = f"hits {name}", f"pictures {name}"
            made.append(count("section 5.2", f"{name}: hits", paper.number("counts", name), hits, most=pictures))
            printed = paper.number("counts", f"{name} pictures")
            made.append(count("section 5.2", f"{name}: pictures", printed, pictures, least=hits))
    made += [
        sum_place("section 5.2", "right in all", paper.number("counts", "right"), "hits", "sum of the hits"),
        sum_place(
            "section 5.2", "pictures in all", paper.number("counts", "pictures"), "pictures", "sum of the pictures"
        ),
        accuracy_place("section 5.2", "accuracy", paper.number("counts", "accuracy"), ""),
    ]
    made += score_places(8, paper.table(8), "")
    printed = paper.number("counts", "pictures")
    made.append(sum_place("table 8, implied", "named in all", printed, "named", "sum over the columns: one a picture"))
    made += [
        accuracy_place("table 3", "The proposed Model", paper.table(3).rows[-1].accuracy, ""),
        accuracy_place("abstract", "FER-2013", paper.number("abstract", "FER-2013"), ""),
        accuracy_place("section 5", "FER-2013, test accuracy", paper.number("split", "accuracy"), ""),
        accuracy_place("section 6", "FER-2013", paper.number("conclusion", "FER-2013"), ""),
        sum_place(
            "section 5", "FER-2013, test pictures", paper.number("split", "test"), "pictures", "as in section 5.2"
        ),
    ]
    return made


def ferg_places(paper):
    """Return the places that follow from table 9's counts."""
    return [
        *score_places(9, paper.table(9), "FERG "),
        accuracy_place("table 6", "The proposed Model", paper.table(6).rows[-1].accuracy, "FERG "),
        accuracy_place(
            "section 5", "FERG, called training accuracy", paper.number("training accuracy", "FERG"), "FERG "
        ),
        accuracy_place("section 5", "FERG, beside table 6", paper.number("FERG split", "accuracy"), "FERG "),
        accuracy_place("section 6", "FERG", paper.number("conclusion", "FERG"), "FERG "),
        accuracy_place("abstract", "FERG", paper.number("abstract", "FERG"), "FERG "),
    ]


def ck_places(paper):
    """Return the places of CK+'s accuracy and of table 4's counts."""
    row = paper.table(4).rows[0]
    names = paper.table(4).columns[1:-1]
    made = [count("table 4", name, getattr(row, name), f"CK+ {name}") for name in names]

    def solve(q, new):
        return q | {"CK+ of no class": round(new) - sum(q[f"CK+ {name}"] for name in names)}

    def read(q):
        return sum(q[f"CK+ {name}"] for name in names) + q["CK+ of no class"]

    made.append(Place("table 4", "total", row.total, "sum of the row", read, solve))
    made.append(Place("section 5", "CK+, labelled", paper.number("CK+", "labelled"), "as in table 4", read, solve))
    for where, name, printed in (
        ("table 5", "The proposed Model", paper.table(5).rows[-1].accuracy),
        ("section 5", "CK+, called training accuracy", paper.number("training accuracy", "CK+")),
        ("section 6", "CK+", paper.number("conclusion", "CK+")),
        ("abstract", "CK+", paper.number("abstract", "CK+")),
    ):
        made.append(root(where, name, printed, "CK+ accuracy", "as in table 5"))
    return made


def split_places(paper):
    """Return the places that follow from table 2's counts."""
    made = []
    for row in paper.table(2).rows:
        made += [count("table 2", f"{row.part}, {name}", getattr(row, name), f"{row.part} {name}") for name in CLASSES]
        made.append(sum_place("table 2", f"{row.part}, total", row.total, row.part, "sum of the row"))
    training, rest = (row.part for row in paper.table(2).rows)
    for where, key in (("section 5", "split"), ("section 4.1", "FER-2013")):
        printed = paper.number(key, "training")
        made.append(sum_place(where, "FER-2013, training pictures", printed, training, "table 2's total"))

        def solve(q, new):
            spare = f"{rest} of no class"
            return q | {spare: q.get(spare, 0) + round(new) + total(q, "pictures") - total(q, rest)}

        made.append(
            Place(
                where,
                "FER-2013, validation pictures",
                paper.number(key, "validation"),
                "table 2's second total less the test pictures",
                lambda q: total(q, rest) - total(q, "pictures"),
                solve,
            )
        )
    return made


def interval_places(paper):
    """Return the places of table 7."""
    z, made = float(paper.number("15 runs", "z")), []
    for row in paper.table(7).rows:
        m, s, n = (f"{kind} {row.data}" for kind in ("mean", "σ", "n"))
        made += [
            root("table 7", f"{row.data}, mean", row.mean, m),
            root("table 7", f"{row.data}, σ", row.deviation, s),
            Place(
                "table 7",
                f"{row.data}, n",
                row.runs,
                "a number of its own",
                lambda q, n=n: q[n],
                lambda q, new, n=n: q | {n: max(round(new), 1)},
            ),
            root("table 7", f"{row.data}, interval: centre", row.centre, m, "the mean"),
            Place(
                "table 7",
                f"{row.data}, interval: ±",
                row.half,
                "1.96 σ / √n",
                lambda q, s=s, n=n: z * q[s] / math.sqrt(q[n]),
                lambda q, new, s=s, n=n: q | {s: new * math.sqrt(q[n]) / z},
            ),
        ]
    return made


def rival_places(paper):
    """Return the places of what tables 1 and 3 quote twice, and of section 2's text."""
    third = {row.reference: row for row in paper.table(3).rows if row.reference}
    texts = {"[17]": "attentional", "[9]": "words", "[21]": "handcrafted"}
    made = []
    for row in paper.table(1).rows:
        made.append(root("table 1", f"{row.technique} {row.reference}", row.accuracy, f"rival {row.reference}"))
        if row.reference in third:
            other = third[row.reference]
            made.append(root("table 3", f"{other.method} {row.reference}", other.accuracy, f"rival {row.reference}"))
        if row.reference in texts:
            statement = paper.statement(texts[row.reference])
            made.append(root(statement.where, row.reference, statement.numbers["accuracy"], f"rival {row.reference}"))
    return made


def places(paper=PAPER):
    """Return every printed number that the others hang on or that hangs on others, a tuple of `Place`."""
    parts = (fer_places, ferg_places, ck_places, split_places, interval_places, rival_places)
    return tuple(place for part in parts for place in part(paper))
