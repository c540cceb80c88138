"""Notebook 06: the mistakes that its checks know, and its references against torch and the recipes."""

import pytest
import torch

from fer_edu import exercises
from fer_edu.exercises import ch06


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
    ("06.5", 70.9, "two numbers are wanted"),
    ("06.5", (15, 70.9), "between 0 and 1"),
    ("06.5", (0.15, 70.9 * 60), "seconds: divide by 60"),
    ("06.5", (0.15, 70.9 / 60), "hours"),
    ("06.5", (0.15, 10.6), "at the whole ceiling"),
    ("06.5", (0.15, 1.595), "multiplied by the share"),
    ("06.5", (0.15, 70.9 / 300), "one epoch"),
    ("06.5", (0.15, 3 * 70.9), "do not multiply by 3"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


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


@pytest.mark.parametrize("share", [0.02, 0.15, 0.5, 1.0])
def test_any_share_is_a_fair_guess_if_the_minutes_follow_from_it(share):
    seconds_at_the_ceiling = 300 * 28709 * 600_000_000 / 8_100_000_000_000
    assert exercises.check("06.5", (share, round(seconds_at_the_ceiling / share / 60, 1))).correct
