"""Back from printed digits to whole pictures: a share of n pictures is one of n + 1 numbers, and few of them fit.

Brown and Heathers 2017 ("The GRIM test", doi:10.1177/1948550616673876) made the idea a tool of referees.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import DataError


def possible_hits(printed, pictures, percent=True):
    """Return which whole numbers of hits among `pictures` give the printed share, a tuple, empty where none does.

    printed: a `Printed`, in percent, or a share in 0..1 where percent is False.
    """
    times = 100 if percent else 1
    middle = float(printed) / times * pictures
    reach = printed.half_unit / times * pictures + 1
    first, last = max(0, math.floor(middle - reach)), min(pictures, math.ceil(middle + reach))
    return tuple(hits for hits in range(first, last + 1) if printed.says(times * hits / pictures))


def possible_wholes(printed, hits, largest):
    """Return which whole numbers n, from `hits` to `largest`, give the printed share (0..1) hits / n, a tuple."""
    return tuple(n for n in range(max(hits, 1), largest + 1) if printed.says(hits / n))


@dataclass(frozen=True)
class Counts:
    """What a table of scores says in pictures. Each field int64 [C], in the order of the table's rows.

    hits: named right. pictures: of that class. predicted: named as that class, right or wrong.
    """

    names: tuple
    hits: np.ndarray
    pictures: np.ndarray
    predicted: np.ndarray

    @property
    def right(self):
        return int(self.hits.sum())

    @property
    def total(self):
        return int(self.pictures.sum())

    @property
    def accuracy(self):
        """In percent."""
        return 100 * self.right / self.total

    def scores(self):
        """Return precision, recall and F1 of each class (Eqs. 7 to 9 of the paper), float64 [C, 3]; 0 for 0 / 0."""
        with np.errstate(invalid="ignore"):
            columns = (
                self.hits / self.predicted,
                self.hits / self.pictures,
                2 * self.hits / (self.pictures + self.predicted),  # the harmonic mean of the two
            )
        return np.nan_to_num(np.stack(columns, axis=1))


def counts_behind(table, pictures):
    """Return the `Counts` behind a table of scores, from its digits and the number of pictures of each class.

    table: a `Table` of `Scores` (table 8 or 9). pictures: int [C], in the order of its rows. DataError where a score
    fits no whole number of pictures, or several.
    """
    total, hits, predicted = sum(pictures), [], []
    for row, n in zip(table.rows, pictures, strict=True):
        found = possible_hits(row.recall, n, percent=False)
        hits.append(only(found, f"hits of {n:,} for a recall of {row.recall}", row.emotion))
        found = possible_wholes(row.precision, hits[-1], total)
        predicted.append(only(found, f"predictions for a precision of {row.precision}", row.emotion))
    return Counts(table.names, *(np.array(column, dtype=np.int64) for column in (hits, pictures, predicted)))


def only(found, what, name):
    """Return the only entry of a tuple, or raise DataError."""
    if len(found) != 1:
        raise DataError(f"expected one whole number of {what} ({name}), found {list(found)}: check the digits.")
    return found[0]
