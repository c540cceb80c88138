"""Tables with one wrong cell, for practice: made from a seed, so everybody finds the same one."""

from dataclasses import dataclass

import numpy as np

from ..emotions import CLASSES

ROWS = ("Training", "Validation", "Testing", "Total")
COLUMNS = (*CLASSES, "Total")


@dataclass(frozen=True, eq=False)
class Planted:
    """cells: int64 [4, 8], counts of pictures with totals in the last row and column; exactly one of them is wrong.

    wrong: (row, column) of that cell. was: the right number.
    """

    cells: np.ndarray
    wrong: tuple
    was: int

    def __str__(self):
        """The table, without the answer."""
        lines = [f"{'':12}" + "".join(f"{name:>10}" for name in COLUMNS)]
        for name, row in zip(ROWS, self.cells.tolist(), strict=True):
            lines.append(f"{name:12}" + "".join(f"{count:10,}" for count in row))
        return "\n".join(lines)


def planted_table(seed):
    """Return a `Planted` table of a data set like FER-2013: sizes, wrong cell and kind of slip follow from the seed.

    The slip is one that people make: a digit typed wrong, two neighbouring digits swapped, or one picture too many or
    too few. Every cell, a total too, stands in one sum along its row and one along its column, so the wrong one is
    where both fail, and only one cell is there.
    """
    random = np.random.default_rng(seed)
    shares = random.dirichlet([4.0] * len(CLASSES))
    counts = np.array([random.multinomial(n, shares) for n in random.integers(900, 30_000, 3)])
    rows = np.concatenate([counts, counts.sum(0, keepdims=True)])
    cells = np.concatenate([rows, rows.sum(1, keepdims=True)], axis=1).astype(np.int64)
    row, column = int(random.integers(len(ROWS))), int(random.integers(len(COLUMNS)))
    was = int(cells[row, column])
    cells[row, column] = slip(was, random)
    return Planted(cells, (row, column), was)


def slip(number, random):
    """Return a number that somebody might have typed instead of this one, never the same."""
    digits = list(str(number))
    k = int(random.integers(len(digits)))
    kind = random.integers(3)
    if kind == 0:
        digits[k] = str((int(digits[k]) + int(random.integers(1, 10))) % 10)
    elif kind == 1 and len(digits) > 1:
        k = min(k, len(digits) - 2)
        digits[k], digits[k + 1] = digits[k + 1], digits[k]
    found = int("".join(digits))
    return found if found != number else number + (1 if random.integers(2) or number == 0 else -1)
