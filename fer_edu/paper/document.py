"""`Paper`: all that is printed, in one object that can be changed in one place and asked again."""

from dataclasses import dataclass, replace

from ..errors import DataError
from .statements import STATEMENTS
from .tables import TABLES


@dataclass(frozen=True)
class Paper:
    """tables: a tuple of `Table`. statements: a tuple of `Statement`.

    A paper is never changed in place: `with_cell` and `with_number` return another one, so that whoever asks "what if
    this digit were another" keeps the printed one beside it.
    """

    tables: tuple = TABLES
    statements: tuple = STATEMENTS

    def table(self, number):
        """Return table 1 to 9; DataError for another number."""
        for table in self.tables:
            if table.number == number:
                return table
        raise DataError(
            f"expected the number of a table, 1 to {len(self.tables)}, found {number!r}: name one of those."
        )

    def statement(self, key):
        """Return the statement of that key; DataError where there is none."""
        for statement in self.statements:
            if statement.key == key:
                return statement
        known = ", ".join(s.key for s in self.statements)
        raise DataError(f"expected a statement out of {known}, found {key!r}: name one of those.")

    def number(self, key, name):
        """Return one number of a statement, such as number("epoch 184", "validation"), a `Printed`."""
        numbers = self.statement(key).numbers
        if name not in numbers:
            raise DataError(f"expected a number out of {', '.join(numbers)}, found {name!r}: name one of those.")
        return numbers[name]

    def with_cell(self, table, row, column, text):
        """Return the paper with another number in one cell of one table."""
        found = self.table(table)
        changed = found.with_cell(row, column, text)
        return replace(self, tables=tuple(changed if t is found else t for t in self.tables))

    def with_number(self, key, name, text):
        """Return the paper with another number in one statement."""
        found = self.statement(key)
        changed = found.with_number(name, text)
        return replace(self, statements=tuple(changed if s is found else s for s in self.statements))


PAPER = Paper()
