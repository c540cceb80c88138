"""What hangs on what: change one printed number, and see which others would have to change with it.

Changing a number means finding the quantities that give it; then all other numbers are read again. What is not needed
for that is held as it is.
"""

import math
from dataclasses import dataclass

from ..emotions import CLASSES
from ..errors import DataError
from .claims_scores import behind
from .document import PAPER
from .places import Place, places
from .printed import Printed

MUST_CHANGE, DID_NOT_FIT = "must change", "did not fit before"


@dataclass(frozen=True)
class Consequence:
    """What a change does to one place. state: MUST_CHANGE, or DID_NOT_FIT where it contradicts the rest as printed.

    would_be: what would stand there, a `Printed`.
    """

    place: Place
    state: str
    would_be: Printed


def quantities(paper=PAPER):
    """Return what the printed numbers are read from, name -> number; DataError where scores fit no whole pictures."""
    found = {"CK+ of no class": 0, "CK+ accuracy": float(paper.table(5).rows[-1].accuracy)}
    for number, prefix in ((8, ""), (9, "FERG ")):
        counts = behind(paper, number)
        if counts is None:
            raise DataError(
                f"expected scores of whole pictures in table {number}, found others: take the printed paper."
            )
        for kind, values in (("hits", counts.hits), ("pictures", counts.pictures), ("named", counts.predicted)):
            found |= {f"{prefix}{kind} {name}": int(n) for name, n in zip(CLASSES, values, strict=True)}
    for row in paper.table(2).rows:
        found |= {f"{row.part} {name}": int(getattr(row, name)) for name in CLASSES}
    for name in paper.table(4).columns[1:-1]:
        found[f"CK+ {name}"] = int(getattr(paper.table(4).rows[0], name))
    z = float(paper.number("15 runs", "z"))
    for row in paper.table(7).rows:
        found |= {f"mean {row.data}": float(row.mean), f"n {row.data}": int(row.runs)}
        found[f"σ {row.data}"] = float(row.half) * math.sqrt(int(row.runs)) / z  # σ with more decimals than are printed
    return found | {f"rival {row.reference}": float(row.accuracy) for row in paper.table(1).rows}


class Dependencies:
    """The printed numbers of a paper and what hangs on what. places: a tuple of `Place`.

    quantities: what they are read from, as printed.
    """

    def __init__(self, paper=PAPER):
        self.places = places(paper)
        self.quantities = quantities(paper)

    def place(self, where, name):
        """Return one place; DataError where there is no such number."""
        for place in self.places:
            if (place.where, place.name) == (where, name):
                return place
        known = ", ".join(p.name for p in self.places if p.where == where) or ", ".join(self.groups)
        raise DataError(f"expected a number out of {known}, found {name!r} in {where!r}: name one of those.")

    @property
    def groups(self):
        """The tables and sections that have such numbers, in order."""
        return tuple(dict.fromkeys(place.where for place in self.places))

    def misfits(self):
        """Return the places that contradict the rest as they are printed, a tuple of `Consequence`."""
        return tuple(
            Consequence(place, DID_NOT_FIT, place.printed.would_be(value))
            for place in self.places
            if not place.printed.says(value := place.read(self.quantities))
        )

    def change(self, place, text):
        """Return (reached, consequences): what follows if `text` stood in `place`.

        reached: the nearest number that whole pictures allow, a `Printed`. consequences: a `Consequence` for each other
        place whose number would move and no longer be what is printed. DataError for a text that is no number.
        """
        after = place.solve(self.quantities, float(Printed(text)))
        found = []
        for other in self.places:
            before, value = other.read(self.quantities), other.read(after)
            if other is place or math.isclose(value, before, rel_tol=1e-12) or other.printed.says(value):
                continue
            state = MUST_CHANGE if other.printed.says(before) else DID_NOT_FIT
            found.append(Consequence(other, state, other.printed.would_be(value)))
        return place.printed.would_be(place.read(after)), tuple(found)
