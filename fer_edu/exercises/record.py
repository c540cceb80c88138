"""What a session remembers of its exercises: the last outcome of each, the attempts and the hints that were given."""

import platform
import re

import torch

from ..files import write_json
from .outcome import CORRECT, INCORRECT, NOT_ATTEMPTED, Note

MARKS = {CORRECT: "✔", INCORRECT: "✘", NOT_ATTEMPTED: "○"}

# A message may quote what a student's function raised, and that may name a folder of the student's machine.
_ROOT = r"(?:[A-Za-z]:\\|~?/)"
_FOLDERS = re.compile(rf"(?<=['\"]){_ROOT}[^'\"]+|(?<![\w.]){_ROOT}(?:[^\s'\"/\\]+[/\\])+[^\s'\"/\\]*")


class Record:
    """The outcomes of one session.

    latest: exercise number -> its last `Outcome`. attempts: number -> how often an answer was judged; a check of an
    empty starter is no attempt. hints: number -> how many of its hints were given.
    """

    def __init__(self):
        self.latest, self.attempts, self.hints = {}, {}, {}

    def add(self, outcome):
        """Take in what a check has answered."""
        self.latest[outcome.number] = outcome
        attempted = outcome.status != NOT_ATTEMPTED
        self.attempts[outcome.number] = self.attempts.get(outcome.number, 0) + attempted

    def status(self, exercise):
        """Return the last status of an exercise; "not attempted" where it was never checked."""
        outcome = self.latest.get(exercise.number)
        return outcome.status if outcome else NOT_ATTEMPTED

    def status_since(self, exercise, earlier):
        """Return the last status of an exercise, where earlier sessions left `earlier`, number -> status."""
        if self.attempts.get(exercise.number):
            return self.status(exercise)
        return earlier.get(exercise.number, NOT_ATTEMPTED)

    def row(self, exercise):
        """Return number, title, status, message and attempts of an exercise as a dict; no folder is named in it."""
        outcome = self.latest.get(exercise.number)
        return {
            "number": exercise.number,
            "title": exercise.title,
            "status": self.status(exercise),
            "message": _FOLDERS.sub("…", outcome.message) if outcome else "",
            "attempts": self.attempts.get(exercise.number, 0),
        }


def notebook_progress(record, exercises):
    """Return a Note with one line for each exercise of one notebook."""
    rows = [(e, record.status(e)) for e in exercises]
    done = sum(status == CORRECT for _, status in rows)
    lines = [f"{MARKS[status]} {e.number} {e.title}: {status}" for e, status in rows]
    return Note(f"{done} of {len(rows)} exercises correct.", "\n" + "\n".join(lines))


def course_progress(record, chapters, earlier):
    """Return a Note with one line for each notebook.

    chapters: number of the notebook -> its exercises. earlier: exercise number -> status, of earlier sessions.
    """
    lines, done, total = [], 0, 0
    for notebook, exercises in chapters.items():
        statuses = [record.status_since(e, earlier) for e in exercises]
        correct = statuses.count(CORRECT)
        lines.append(f"notebook {notebook}: {correct}/{len(statuses)} correct {''.join(MARKS[s] for s in statuses)}")
        done, total = done + correct, total + len(statuses)
    return Note(f"{done} of {total} exercises of the course correct.", "\n" + "\n".join(lines))


def write_outcomes(path, rows, version):
    """Write the rows to `path` as JSON, whole or not at all, with the versions that they were made with."""
    versions = {"fer_edu": version, "torch": torch.__version__, "python": platform.python_version()}
    write_json(path, {"kind": "fer_edu exercise outcomes", "schema": 1, "versions": versions, "outcomes": rows})
