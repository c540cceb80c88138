"""What holds for every exercise of every chapter: three answers, hints, a solution, the same cases for everybody."""

import functools
import math

import pytest
import torch

from fer_edu import exercises
from fer_edu.errors import FerEduError

ALL = [exercise for notebook in exercises.notebooks() for exercise in exercises.exercises(notebook)]
each_exercise = pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.number)
each_function = pytest.mark.parametrize("exercise", [e for e in ALL if callable(e.reference)], ids=lambda e: e.number)


def starter(*_, **__):
    raise NotImplementedError


@pytest.mark.parametrize("notebook", exercises.notebooks())
def test_exercises_of_a_notebook_are_numbered_from_one(notebook):
    numbers = [exercise.number for exercise in exercises.exercises(notebook)]
    assert numbers == [f"{notebook}.{k}" for k in range(1, len(numbers) + 1)]
    assert len(numbers) >= 3


@each_exercise
def test_reference_is_correct(exercise):
    outcome = exercises.check(exercise.number, exercise.reference)
    assert outcome.status == "correct"
    assert outcome.message == exercise.why


@each_exercise
def test_starter_is_not_attempted(exercise):
    answer = starter if callable(exercise.reference) else ...
    assert exercises.check(exercise.number, answer).status == "not attempted"
    assert exercises.check(exercise.number, ...).status == "not attempted"


@each_exercise
@pytest.mark.parametrize(
    "answer", [None, "twelve", [], math.nan, True, print, lambda *a: None, lambda *a: 1 / 0, lambda: 1]
)
def test_nothing_that_a_student_gives_raises(exercise, answer):
    outcome = exercises.check(exercise.number, answer)
    assert outcome.status == "incorrect"
    assert outcome.message[0].isupper()
    assert outcome.message.endswith((".", "?", ")")) or outcome.message.startswith("Your function stopped with")


def as_text(values):
    """Return arguments as text, tensors with all their numbers."""
    return str([value.tolist() if isinstance(value, torch.Tensor) else value for value in values])


@each_function
def test_the_cases_are_the_same_for_everybody(exercise):
    def cases(seed):
        seen = []

        @functools.wraps(exercise.reference)
        def noted(*arguments, **keywords):
            seen.append(as_text([*arguments, *keywords.values()]))
            return exercise.reference(*arguments, **keywords)

        torch.manual_seed(seed)
        assert exercises.check(exercise.number, noted).correct
        return seen

    assert cases(0) == cases(1) != []


@each_function
def test_a_function_that_overwrites_its_arguments_is_judged_by_its_answer(exercise):
    @functools.wraps(exercise.reference)
    def greedy(*arguments, **keywords):
        answer = exercise.reference(*arguments, **keywords)
        with torch.no_grad():
            for value in (*arguments, *keywords.values()):
                if isinstance(value, torch.Tensor):
                    value.zero_()
        return answer

    assert exercises.check(exercise.number, greedy).correct


@each_exercise
def test_hints_grow_and_end(exercise):
    given = [exercises.hint(exercise.number).message for _ in range(len(exercise.hints) + 1)]
    assert len(exercise.hints) >= 2
    assert given[-1] == given[-2] == exercise.hints[-1]
    assert len(set(given)) == len(exercise.hints)


@each_exercise
def test_solution_shows_an_answer_and_the_reasoning(exercise):
    text = repr(exercises.solution(exercise.number))
    assert exercise.why in text
    assert ("def " in text) == callable(exercise.reference)


@pytest.mark.parametrize(("name", "value"), [("FER_EDU_STRICT", "1"), ("NBGRADER_EXECUTION", "validate")])
def test_strict_mode_raises_on_anything_but_correct(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert exercises.check("00.1", 12).correct
    for answer in (11, ..., None):
        with pytest.raises(exercises.StrictError, match=r"00\.1"):
            exercises.check("00.1", answer)


def test_outcomes_are_shown_with_a_word_and_escaped():
    outcome = exercises.check("00.1", "<b>")
    assert "incorrect" in outcome._repr_html_() and "<b>)" not in outcome._repr_html_()
    assert "&lt;b&gt;" in outcome._repr_html_()


@pytest.mark.parametrize("number", ["00.9", "99.1", "", "x", None, 0.1])
def test_an_unknown_number_is_said_in_one_sentence(number):
    with pytest.raises(FerEduError, match=r"^expected .*found"):
        exercises.check(number, 1)
