"""The table of marks: a CSV that is whole after every submission, and that a later run goes on with."""

import csv
import io
from pathlib import Path

from ..errors import FerEduError
from ..files import write_atomically

CORRECT, NOT_REACHED, NOT_MARKED = "correct", "not reached", "not marked: "
LONGEST = 2000  # characters of a remark: part of it is the notebook's own words, and no table holds any length
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # by which a spreadsheet knows one
HEAD = ("student", "file", "notebook")
TAIL = ("points", "of", "seconds", "peak MB", "remark", "sha256")


def row_of(submission, exercises, found):
    """Return the row of one submission as a dict.

    exercises: the numbers of its notebook's. found: what its sitting told: statuses, remarks, seconds, peak.
    """
    statuses = {number: found["statuses"].get(number, NOT_REACHED) for number in exercises}
    return {
        "student": submission.student,
        "file": submission.file,
        "notebook": submission.notebook or "",
        **statuses,
        "points": sum(status == CORRECT for status in statuses.values()),
        "of": len(exercises),
        "seconds": found["seconds"],
        "peak MB": found["peak"],
        "remark": "; ".join(dict.fromkeys([*submission.remarks, *found["remarks"]]))[:LONGEST],
        "sha256": submission.digest,
    }


def read(path):
    """Return file -> row of an earlier run's CSV, empty where there is none; FerEduError where it is another table."""
    path = Path(path)
    if not path.exists():
        return {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            table = csv.DictReader(handle)
            if not {*HEAD, *TAIL} <= set(table.fieldnames or ()):
                raise ValueError
            rows = list(table)
        if any(None in row or None in row.values() for row in rows):
            raise ValueError
        return {_plain(row["file"]): {name: _plain(value) for name, value in row.items()} for row in rows}
    except (OSError, ValueError, csv.Error):
        raise FerEduError(
            f"expected the marks of an earlier run or no file, found another file at {path}: choose another path."
        ) from None


def write(path, rows):
    """Write the rows (dicts) in the order of student and file, whole or not at all.

    With a byte order mark, by which spreadsheets know UTF-8. A text that a spreadsheet would take for a formula gets an
    apostrophe in front: students choose the names of their files.
    """
    known = {*HEAD, *TAIL}
    exercises = sorted({name for row in rows for name in row} - known, key=_order)
    text = io.StringIO()
    table = csv.DictWriter(text, [*HEAD, *exercises, *TAIL], restval="", lineterminator="\n")
    table.writeheader()
    for row in sorted(rows, key=lambda row: (row["student"], row["file"])):
        table.writerow({name: _safe(value) for name, value in row.items()})
    content = text.getvalue().encode("utf-8-sig", errors="backslashreplace")
    write_atomically(path, lambda temporary: temporary.write_bytes(content))


def _order(number):
    chapter, _, running = number.partition(".")
    return chapter, int(running) if running.isdigit() else 0


def _safe(value):
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(FORMULA) else value


def _plain(value):
    return value[1:] if value[:1] == "'" and value.lstrip("'").startswith(FORMULA) else value


def summary(rows):
    """Return lines for the screen: how many got each exercise right."""
    counted = {}
    for row in rows:
        for name, status in row.items():
            if name[:2].isdigit() and status:
                right, of = counted.get(name, (0, 0))
                counted[name] = (right + (status == CORRECT), of + 1)
    return [
        f"{name}  {right} of {of} correct"
        for name, (right, of) in sorted(counted.items(), key=lambda item: _order(item[0]))
    ]
