"""What a table of a paper is here: a caption, where it stands, and rows of one kind whose numbers are `Printed`."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from ..errors import DataError
from .printed import Printed


class Technique(NamedTuple):
    """A row of table 1."""

    technique: str
    database: str
    accuracy: Printed
    gap: str
    strength: str
    reference: str


class FerCounts(NamedTuple):
    """A row of table 2: pictures of each class."""

    part: str
    angry: Printed
    disgust: Printed
    fear: Printed
    happy: Printed
    sad: Printed
    surprise: Printed
    neutral: Printed
    total: Printed


class CkCounts(NamedTuple):
    """A row of table 4: labelled sequences of each class."""

    part: str
    angry: Printed
    disgust: Printed
    fear: Printed
    happy: Printed
    sad: Printed
    surprise: Printed
    contempt: Printed
    total: Printed


class Rival(NamedTuple):
    """A row of tables 3, 5 and 6: accuracy in percent."""

    method: str
    reference: str
    accuracy: Printed


class SeedInterval(NamedTuple):
    """A row of table 7: mean, standard deviation and half of the interval in percent of accuracy."""

    data: str
    mean: Printed
    deviation: Printed
    runs: Printed
    level: Printed
    centre: Printed
    half: Printed


class Scores(NamedTuple):
    """A row of tables 8 and 9: scores of one class, 0 to 1."""

    emotion: str
    precision: Printed
    recall: Printed
    f1: Printed


@dataclass(frozen=True)
class Table:
    """number, caption and section: where it stands in the paper. rows: named tuples, all of one kind."""

    number: int
    caption: str
    section: str
    rows: tuple

    @property
    def source(self):
        return f"table {self.number}, section {self.section}"

    @property
    def columns(self):
        return self.rows[0]._fields

    @property
    def names(self):
        """The first field of each row, by which `row` finds it."""
        return tuple(row[0] for row in self.rows)

    def row(self, name):
        """Return the row whose first field is `name`, in capitals or not; DataError where there is none."""
        for row in self.rows:
            if row[0].lower() == str(name).lower():
                return row
        raise DataError(f"expected a row out of {', '.join(self.names)}, found {name!r}: name one of those.")

    def cell(self, row, column):
        """Return what is printed in a row (its name) and a column (its field); DataError where there is no such."""
        if column not in self.columns:
            raise DataError(f"expected a column out of {', '.join(self.columns)}, found {column!r}: name one of those.")
        return getattr(self.row(row), column)

    def with_cell(self, row, column, text):
        """Return the table with another number in one cell; it keeps the decimals that the cell is printed with."""
        old = self.cell(row, column)
        if not isinstance(old, Printed):
            raise DataError(f"expected a cell with a number, found {old!r}: change a number.")
        new = Printed(text)
        new = Printed(text, max(old.decimals, new.decimals))
        found = self.row(row)
        return replace(self, rows=tuple(r._replace(**{column: new}) if r is found else r for r in self.rows))

    def markdown(self, columns=None):
        """Return the table as markdown; columns: which of them, or None for all."""
        columns = columns or self.columns
        lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
        lines += [f"| {' | '.join(getattr(row, column) for column in columns)} |" for row in self.rows]
        return "\n".join(lines)

    def __str__(self):
        widths = [max(len(c), *(len(getattr(row, c)) for row in self.rows)) for c in self.columns]
        lines = [f"Table {self.number}. {self.caption} (section {self.section})"]
        for cells in (self.columns, *self.rows):
            first, *others = (c for c in zip(cells, widths, strict=True))
            lines.append(f"{first[0]:{first[1]}}  " + "  ".join(f"{cell:>{width}}" for cell, width in others))
        return "\n".join(lines)


def rows_of(kind, *rows, decimals=None):
    """Return rows of `kind`; every text that reads as a number in a field annotated as Printed becomes one."""
    fields = kind.__annotations__
    made = []
    for row in rows:
        pairs = zip(fields.values(), row, strict=True)
        made.append(kind(*(Printed(text, decimals) if wanted is Printed else text for wanted, text in pairs)))
    return tuple(made)
