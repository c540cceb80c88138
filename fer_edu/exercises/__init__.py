"""Checks, hints and solutions of the exercises: one file a notebook, ch00.py, ch06.py.

check("00.1", answer)     correct, incorrect with a reason, or not attempted yet; never raises on a student's mistake
hint("00.1")              the next hint; call it again for a stronger one
solution("00.1")          a right answer and the reasoning
progress("00")            how far you are in this session

With FER_EDU_STRICT=1 in the environment `check` raises on anything but "correct": so solutions are tested.
"""

import importlib
import inspect
import os
from types import EllipsisType

from ..errors import FerEduError
from .exercise import Exercise
from .outcome import CORRECT, INCORRECT, NOT_ATTEMPTED, Note, Outcome

__all__ = ["Exercise", "Note", "Outcome", "StrictError", "check", "exercises", "hint", "progress", "solution"]

_latest = {}  # exercise number -> the last status in this session
_hints_given = {}


class StrictError(FerEduError):
    """Under FER_EDU_STRICT=1, an exercise that is not correct."""


def exercises(notebook):
    """Return the exercises of one notebook ("00"), in order; FerEduError where there are none."""
    name = f"{__name__}.ch{notebook}"
    try:
        return importlib.import_module(name).EXERCISES
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise FerEduError(
            f"expected the number of a notebook such as '00', found {notebook!r}: check the number."
        ) from None


def find(number):
    """Return the exercise of that number ("00.1"); FerEduError where there is none."""
    for exercise in exercises(str(number).split(".")[0]):
        if exercise.number == number:
            return exercise
    known = ", ".join(e.number for e in exercises(str(number).split(".")[0]))
    raise FerEduError(f"expected an exercise out of {known}, found {number!r}: check the number.")


def check(number, answer):
    """Judge a student's answer to exercise `number` and return the `Outcome`.

    answer: the value or the function that the exercise asks for. An Ellipsis, as the starter has it, or a function
    that raises NotImplementedError counts as not attempted; any other exception as incorrect, with its text.
    """
    exercise = find(number)
    try:
        reason = NotImplemented if isinstance(answer, EllipsisType) else exercise.check(answer)
    except NotImplementedError:
        reason = NotImplemented
    except Exception as error:  # whatever a student's function raises is an answer to judge, not a crash
        reason = f"your function stopped with {type(error).__name__}: {error}"
    if reason is NotImplemented:
        message = f'Fill in the cell above and run both again. fe.exercises.hint("{number}") helps.'
        outcome = Outcome(number, NOT_ATTEMPTED, message)
    elif reason is None:
        outcome = Outcome(number, CORRECT, exercise.why)
    else:
        outcome = Outcome(number, INCORRECT, f"{reason[:1].upper()}{reason[1:]}")
    _latest[number] = outcome.status
    if os.environ.get("FER_EDU_STRICT") == "1" and not outcome.correct:
        raise StrictError(repr(outcome))
    return outcome


def hint(number):
    """Return the next hint for exercise `number`; after the last one, the last one again."""
    hints = find(number).hints
    given = min(_hints_given.get(number, 0) + 1, len(hints))
    _hints_given[number] = given
    more = "" if given == len(hints) else " (call again for more)"
    return Note(f"Hint {given} of {len(hints)} for {number}:", hints[given - 1] + more)


def solution(number):
    """Return a right answer to exercise `number`, with the reasoning."""
    exercise = find(number)
    reference = exercise.reference
    code = inspect.getsource(reference).rstrip() if callable(reference) else repr(reference)
    return Note(f"Solution of {number}.", exercise.why, code=code)


def progress(notebook):
    """Return the state of every exercise of one notebook ("00") in this session."""
    marks = {CORRECT: "✔", INCORRECT: "✘", NOT_ATTEMPTED: "○"}
    rows = [(e, _latest.get(e.number, NOT_ATTEMPTED)) for e in exercises(notebook)]
    done = sum(status == CORRECT for _, status in rows)
    lines = [f"{marks[status]} {e.number} {e.title}: {status}" for e, status in rows]
    return Note(f"{done} of {len(rows)} exercises correct.", "\n" + "\n".join(lines))
