"""A check knows three answers, and gives each likely mistake its own reason."""

import math

import pytest
import torch

from fer_edu import exercises
from fer_edu.errors import FerEduError
from fer_edu.exercises import ch00, ch06

ALL = [exercise for notebook in ("00", "06") for exercise in exercises.exercises(notebook)]
each_exercise = pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.number)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("FER_EDU_STRICT", raising=False)
    monkeypatch.setattr(exercises, "_latest", {})
    monkeypatch.setattr(exercises, "_hints_given", {})


def starter(*_, **__):
    raise NotImplementedError


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
    assert outcome.message[0].isupper() and outcome.message.endswith((".", "?", ")", "given", "zero"))


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


def turned_back(rotation, scale):
    return ch00.look(-rotation, scale)


def in_degrees(rotation, scale):
    return torch.tensor(
        [
            [scale * math.cos(rotation), -scale * math.sin(rotation), 0],
            [scale * math.sin(rotation), scale * math.cos(rotation), 0],
        ]
    )


def adam_with_l2_for_decay(w, gradient, rate, l2=0.0, decay=0.0):
    return ch06.first_step(w, gradient, rate, l2 + decay)


def decay_without_rate(w, gradient, rate, l2=0.0, decay=0.0):
    return ch06.first_step(w, gradient, rate, l2) - decay * w


def without_correction(w, gradient, rate, l2=0.0, decay=0.0):
    gradient = gradient + l2 * w
    return w - rate * decay * w - rate * 0.1 * gradient / ((0.001 * gradient**2).sqrt() + 1e-8)


def without_root(w, gradient, rate, l2=0.0, decay=0.0):
    return w - rate * decay * w - rate / (gradient + l2 * w)


def uphill(w, gradient, rate, l2=0.0, decay=0.0):
    return 2 * w - ch06.first_step(w, gradient, rate, l2, decay)


def l2_as_decay(w, gradient, rate, l2=0.0, decay=0.0):
    return ch06.first_step(w, gradient, rate, 0.0, l2 + decay)


MISTAKES = [
    ("00.1", 24, "a shift of 2 is the whole width"),
    ("00.1", -12, "the direction is not"),
    ("00.1", 0.5, "normalised coordinates"),
    ("00.1", 11.75, "outer edges"),
    ("00.1", 7, "not yet"),
    ("00.2", turned_back, "turns the other way"),
    ("00.2", in_degrees, "math.radians"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, 1 / scale), "scale works backwards"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, 1.0), "scale is not used"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, scale)[:, :2], "the shape [2, 3] is wanted"),
    ("00.2", lambda rotation, scale: ch00.look(rotation, scale).tolist(), "torch.Tensor is wanted"),
    ("00.3", lambda saliency, mask: saliency[mask].mean(), "that is the mean"),
    ("00.3", lambda saliency, mask: mask.float().mean(), "share of the pixels"),
    ("00.3", lambda saliency, mask: saliency[mask].sum() / saliency[~mask].sum(), "inside by outside"),
    ("00.3", lambda saliency, mask: saliency[mask].mean() / saliency.mean(), "two means"),
    ("00.3", lambda saliency, mask: 0.3, "expected 0.6"),
    ("06.1", 0.095, "the ½"),
    ("06.1", 0.029, "Eq. 6"),
    ("06.1", 0.0295, "changed places"),
    ("06.1", 0.0455, "squares each weight and then adds"),
    ("06.2", adam_with_l2_for_decay, "√v divided it away"),
    ("06.2", decay_without_rate, "not multiplied by the learning rate"),
    ("06.2", without_correction, "3.2 times too long"),
    ("06.2", without_root, "square root"),
    ("06.2", uphill, "uphill"),
    ("06.2", l2_as_decay, "l2 acts like decay"),
    ("06.2", lambda w, gradient, rate, l2, decay: w - rate * gradient, "plain gradient descent"),
    ("06.3", lambda epoch: 0.03 * 0.9**epoch, "every epoch: it should wait"),
    ("06.3", lambda epoch: 0.03 * 0.9 ** (epoch / 10), "use //"),
    ("06.3", lambda epoch: 0.03 * 0.1 ** (epoch // 10), "leaves 90 %"),
    ("06.3", lambda epoch: 0.03, "never falls"),
    ("06.3", lambda epoch: 0.03 * 0.9 ** (epoch // 10 + 1), "too early"),
    ("06.4", 15, "0.15"),
    ("06.4", 1, "share of *time*"),
    ("06.4", 1 / 0.15, "upside down"),
    ("06.4", 0.05, "do not divide by 3"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("answer", [12, 12.0, torch.tensor(12)])
def test_a_number_may_come_as_int_float_or_tensor(answer):
    assert exercises.check("00.1", answer).correct


def test_first_step_is_torchs_adam_and_adamw():
    for kind, strength in ((torch.optim.Adam, {"l2": 0.3}), (torch.optim.AdamW, {"decay": 0.3})):
        w = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)
        w.grad = torch.tensor([0.5, -0.01, -0.2])
        expected = ch06.first_step(w.detach().clone(), w.grad.clone(), 0.1, **strength)
        kind([w], lr=0.1, weight_decay=0.3).step()
        torch.testing.assert_close(w.detach(), expected)


def test_paper_rate_is_the_recipes():
    from fer_edu.training import learning_rate, recipe

    for epoch in (0, 9, 10, 299):
        assert ch06.paper_rate(epoch) == pytest.approx(learning_rate(recipe("paper"), epoch))


def test_look_is_where_the_explorer_looks():
    from fer_edu.widgets import ThetaState

    state = ThetaState(torch.zeros(1, 48, 48, dtype=torch.uint8), rotation=20, scale=0.7)
    torch.testing.assert_close(ch00.look(20, 0.7), state.theta)


def test_strict_mode_raises_on_anything_but_correct(monkeypatch):
    monkeypatch.setenv("FER_EDU_STRICT", "1")
    assert exercises.check("00.1", 12).correct
    for answer in (11, ..., None):
        with pytest.raises(exercises.StrictError, match=r"00\.1"):
            exercises.check("00.1", answer)


def test_progress_counts_the_latest_answers():
    assert "0 of 3" in repr(exercises.progress("00"))
    exercises.check("00.1", 12)
    exercises.check("00.3", 1)
    text = repr(exercises.progress("00"))
    assert "1 of 3" in text and "✔ 00.1" in text and "✘ 00.3" in text and "○ 00.2" in text
    exercises.check("00.1", 24)
    assert "0 of 3" in repr(exercises.progress("00"))


def test_outcomes_are_shown_with_a_word_and_escaped():
    outcome = exercises.check("00.1", "<b>")
    assert "incorrect" in outcome._repr_html_() and "<b>)" not in outcome._repr_html_()
    assert "&lt;b&gt;" in outcome._repr_html_()


@pytest.mark.parametrize("number", ["00.9", "99.1", "", "x"])
def test_an_unknown_number_is_said_in_one_sentence(number):
    with pytest.raises(FerEduError, match=r"^expected .*found"):
        exercises.check(number, 1)
