"""Checks, hints and solutions of the exercises: one file a notebook, ch00.py, ch02.py and so on.

check("00.1", answer)     correct, incorrect with a reason, or not attempted yet; never raises on a student's mistake
hint("00.1")              the next hint; call it again for a stronger one
solution("00.1")          a right answer and the reasoning
progress("00")            how far you are in this notebook, in this session
progress()                how far you are in the course, in this session and in earlier ones
outcomes()                the same as plain data, for instructors; save_outcomes(path) writes it as JSON

With FER_EDU_STRICT=1 in the environment `check` raises on anything but "correct": so solutions are tested. It does so
too where nbgrader runs the notebook: so `nbgrader validate` tells a student before handing in.
"""

import functools
import importlib
import inspect
import os
import pkgutil
import re
from types import FunctionType

import torch

from .. import __version__
from ..errors import FerEduError
from . import kept
from .exercise import Exercise, unfinished
from .outcome import CORRECT, INCORRECT, NOT_ATTEMPTED, Note, Outcome
from .record import Record, course_progress, notebook_progress, write_outcomes

__all__ = [
    "Exercise",
    "Note",
    "Outcome",
    "StrictError",
    "check",
    "exercises",
    "hint",
    "notebooks",
    "outcomes",
    "progress",
    "save_outcomes",
    "solution",
]

# Set in the environment, each makes `check` raise; nbgrader sets the second to "validate" or "autograde".
STRICT = ("FER_EDU_STRICT", "NBGRADER_EXECUTION")

_session = Record()


class StrictError(FerEduError):
    """Under FER_EDU_STRICT=1, an exercise that is not correct."""


def notebooks():
    """Return the numbers of the notebooks that have exercises, in order: ["00", "02", ...]."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return sorted(name[2:] for name in names if re.fullmatch(r"ch\d\d", name))


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


def strict():
    """Say whether `check` raises on anything but "correct"."""
    return any(os.environ.get(name, "") not in ("", "0") for name in STRICT)


def on_copies(function):
    """Return a student's function so that what it does to its tensors in place does not reach the check's own."""

    def copied(value):
        return value.clone() if isinstance(value, torch.Tensor) else value

    @functools.wraps(function)
    def called(*arguments, **keywords):
        return function(*map(copied, arguments), **{name: copied(value) for name, value in keywords.items()})

    return called


def check(number, answer):
    """Judge a student's answer to exercise `number` and return the `Outcome`.

    answer: the value or the function that the exercise asks for. An Ellipsis anywhere in it, as the starter has it, or
    a function that raises NotImplementedError counts as not attempted; any other exception as incorrect, with its text.
    """
    exercise = find(number)
    if isinstance(answer, FunctionType):
        answer = on_copies(answer)
    try:
        reason = NotImplemented if unfinished(answer) else exercise.check(answer)
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
    _session.add(outcome)
    if not strict() and outcome.status != NOT_ATTEMPTED:
        kept.keep(number, outcome.status)
    if strict() and not outcome.correct:
        raise StrictError(repr(outcome))
    return outcome


def hint(number):
    """Return the next hint for exercise `number`; after the last one, the last one again."""
    hints = find(number).hints
    given = min(_session.hints.get(number, 0) + 1, len(hints))
    _session.hints[number] = given
    more = "" if given == len(hints) else " (call again for more)"
    return Note(f"Hint {given} of {len(hints)} for {number}:", hints[given - 1] + more)


def solution(number):
    """Return a right answer to exercise `number`, with the reasoning."""
    exercise = find(number)
    reference = exercise.reference
    code = inspect.getsource(reference).rstrip() if callable(reference) else repr(reference)
    return Note(f"Solution of {number}.", exercise.why, code=code)


def progress(notebook=None):
    """Return the state of every exercise of one notebook ("00") in this session, or a line a notebook of the course.

    The course's lines also count what was answered in earlier sessions of this user on this machine, see `kept`.
    """
    if notebook is None:
        return course_progress(_session, {each: exercises(each) for each in notebooks()}, kept.read())
    return notebook_progress(_session, exercises(notebook))


def outcomes():
    """Return the state of every exercise of the course in this session as plain data, for instructors.

    A list of dicts, in the order of the course: number, title, status ("correct", "incorrect", "not attempted"),
    message (of the last check; "" without one) and attempts (how many answers were judged; a starter is none).
    """
    return [_session.row(exercise) for notebook in notebooks() for exercise in exercises(notebook)]


def save_outcomes(path):
    """Write `outcomes()` to `path` as JSON, whole or not at all, with the versions of fer_edu, torch and Python.

    It names neither the student nor a folder of the machine: an instructor tells files apart by their names.
    """
    write_outcomes(path, outcomes(), __version__)
