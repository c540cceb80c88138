"""Exercises of notebook 06: Eq. 5 and one step of AdamW on paper, the schedule, what "100 %" does not say, a T4."""

import math

import torch

from .exercise import Exercise, close, kind, looks_like, number_wanted, tensor_wanted


def check_penalty(answer):
    if reason := number_wanted(answer):
        return reason
    mistakes = (
        (0.095, "the ½ in front of the bracket of Eq. 5 is missing."),
        (0.029, "these are the sums of W of Eq. 6: Eq. 5 squares each weight before it adds."),
        (0.0145, "the weights are not squared: Eq. 5 squares each weight before it adds."),
        (0.0295, "λ₁ and λ₂ have changed places: λ₁ = 0.001 belongs to W₁."),
        (0.0455, "ΣW² squares each weight and then adds: 1 + 4, not (1 - 2)²."),
        (0.0435, "a square is never negative: (-2)² = 4 adds to the sum."),
    )
    found = float(answer)
    if close(found, 0.0475, 1e-6):
        return None
    return looks_like(found * 1000, [(value * 1000, why) for value, why in mistakes]) or (
        "not yet: square each weight, add within a layer, multiply by that layer's λ, add both, halve."
    )


def first_step(w, gradient, rate, l2=0.0, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam's first step. l2: strength of ½·l2·Σw² in the loss; decay: strength of AdamW's decoupled decay."""
    gradient = gradient + l2 * w  # the L2 term's gradient joins the others before Adam sees them
    m = (1 - beta1) * gradient / (1 - beta1)  # the averages start at 0; the division corrects for that
    v = (1 - beta2) * gradient**2 / (1 - beta2)
    return w - rate * decay * w - rate * m / (v.sqrt() + eps)


def check_first_step(student):
    if not callable(student):
        return "give the function itself, without brackets: check('06.2', first_step)."
    w, rate = torch.tensor([2.0, -1.0]), 0.1
    along, against = torch.tensor([0.5, -0.01]), torch.tensor([-0.5, 0.01])  # the signs of w, and the opposite ones
    cases = (("no decay", along, 0.0, 0.0), ("decay=0.1", along, 0.0, 0.1), ("l2=1", against, 1.0, 0.0))
    for name, gradient, l2, decay in cases:
        direction = gradient.sign()
        found = student(w.clone(), gradient.clone(), rate, l2, decay)
        if reason := tensor_wanted(found, (2,)):
            return reason
        expected = first_step(w, gradient, rate, l2, decay)
        mistakes = [
            (first_step(w, gradient, -rate, l2, -decay), "the step goes uphill: subtract it."),
            (w - rate * decay * w - rate * (gradient + l2 * w), "that is plain gradient descent: divide by √v."),
            (
                w - rate * decay * w - rate * 0.1 / 0.001**0.5 * direction,
                "the step is 3.2 times too long: m and v start at 0, divide them by 1 - beta1 and 1 - beta2.",
            ),
            (
                w - rate * decay * w - rate / (gradient + l2 * w),
                "that divides by v: its square root is wanted, so that the gradient's size cancels.",
            ),
        ]
        if decay:
            mistakes += [
                (w - decay * w - rate * direction, "the decay is not multiplied by the learning rate."),
                (
                    w - rate * direction,
                    "the decay changes nothing: it is left out, or it went into the gradient and √v divided it away.",
                ),
                (w + rate * decay * w - rate * direction, "the decay has the wrong sign: it makes weights smaller."),
            ]
        if l2:
            mistakes += [
                (
                    w - rate * l2 * w - rate * direction,
                    "l2 acts like decay here: add l2 * w to the gradient, before m and v.",
                ),
                (w - rate * direction, "l2 changes nothing: add l2 * w to the gradient, before m and v."),
            ]
        if not close(found, expected, 1e-5):
            return f"With {name}: " + (
                looks_like(found, mistakes) or f"expected {show(expected)}, found {show(found)}."
            )
    return None


def show(values):
    """Return a vector on one line, rounded."""
    return str([round(value, 5) for value in values.tolist()])


def paper_rate(epoch):
    """The paper's learning rate in epoch 0, 1, ... 299: 0.03, × 0.9 every ten epochs."""
    return 0.03 * 0.9 ** (epoch // 10)


def check_paper_rate(student):
    if not callable(student):
        return "give the function itself, without brackets: check('06.3', paper_rate)."
    for epoch in (0, 9, 10, 25, 299):
        found = student(epoch)
        if reason := number_wanted(found):
            return reason
        steps = epoch // 10
        mistakes = (
            (0.03 * 0.9**epoch, "this shrinks at every epoch: it should wait for ten of them."),
            (
                0.03 * 0.9 ** (epoch / 10),
                "this shrinks a little at every epoch: the paper's rate falls in steps, use //.",
            ),
            (0.03 * 0.9 * steps, "0.9 is multiplied by the number of steps: it should be raised to that power."),
            (0.03 * 0.1**steps, "this takes 90 % away at each step: × 0.9 leaves 90 %."),
            (0.03 * 0.9 ** (steps + 1), "the first step comes too early: epochs 0 to 9 run at 0.03."),
            (0.03, "the rate never falls."),
        )
        if not close(found / 0.03, 0.9**steps, 1e-6):
            why = looks_like(found / 0.03, [(v / 0.03, reason) for v, reason in mistakes])
            return f"In epoch {epoch}: " + (why or f"expected {0.03 * 0.9**steps:.4g}, found {float(found):.4g}.")
    return None


def check_busy(answer):
    if reason := number_wanted(answer):
        return reason
    mistakes = (
        (15, "the number is right as a percentage: give it as a share, 0.15."),
        (1, "100 % is the share of *time* in which something ran: here the share of the *operations* is asked."),
        (1 / 0.15, "upside down: done operations divided by possible ones."),
        (0.05, "0.6 already holds the way forward and the way back: do not divide by 3."),
        (1.2, "those are the million million operations a second that it does: divide by the 8 that it could do."),
    )
    found = float(answer)
    return (
        None
        if close(found, 0.15, 1e-6)
        else looks_like(found, mistakes)
        or ("not yet: operations done in a second, divided by the operations that are possible in a second.")
    )


T4 = 8.1e12  # float32 operations a second that its data sheet promises
LONG_RUN = 300 * 28_709 * 0.6e9  # operations: epochs, pictures, operations a picture


def minutes_on_a_t4(share):
    """Return how many minutes the paper's 300 epochs take on a T4 of which training uses `share` of the arithmetic."""
    return LONG_RUN / (T4 * share) / 60


def check_long_run(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two numbers are wanted, your share and the minutes, (share, minutes); this is {kind(answer)}."
    for value in answer:
        if reason := number_wanted(value):
            return reason
    share, minutes = map(float, answer)
    if not 0 < share <= 1:
        return (
            f"your share is {share:g}: no machine does more than all of the operations that it could do, nor less than "
            "none. Give a number between 0 and 1."
        )
    if minutes <= 0:
        return "a time is more than 0 minutes."
    ratio = math.log(minutes / minutes_on_a_t4(share))
    if close(ratio, 0.0, 0.03):  # three percent off, by paper and pencil
        return None
    mistakes = (
        (60, "those are seconds: divide by 60."),
        (1 / 60, "those are hours: the minutes are wanted."),
        (share, "that is the time at the whole ceiling: with a smaller share it takes longer, so divide by it."),
        (share * share, "you multiplied by the share: with a smaller share it takes longer, so divide by it."),
        (1 / 300, "that is one epoch: there are 300."),
        (3, "0.6 · 10⁹ already holds the way forward and the way back: do not multiply by 3."),
        (60 * share, "those are seconds, at the whole ceiling: divide by your share and by 60."),
    )
    return looks_like(ratio, [(math.log(times), why) for times, why in mistakes], 0.03) or (
        "not yet: all operations of the run, divided by those that it does in a second, are the seconds."
    )


EXERCISES = (
    Exercise(
        number="06.1",
        title="Eq. 5 for three weights (paper and pencil)",
        check=check_penalty,
        hints=(
            "W₁ has two weights: square them, add them. W₂ has one.",
            "ΣW₁² = 1 + 4 = 5 and ΣW₂² = 9. Now the two λ and the ½.",
        ),
        reference=0.0475,
        why="½ (0.001 · 5 + 0.01 · 9) = ½ (0.005 + 0.09) = 0.0475.",
    ),
    Exercise(
        number="06.2",
        title="Adam's first step, with L2 and with decoupled decay",
        check=check_first_step,
        hints=(
            "Three lines: m from the gradient, v from its square, then the new w. Where does l2 belong, where decay?",
            "The gradient of ½·l2·Σw² is l2·w: add it to the gradient first. decay never touches m and v.",
            "In the first step m / (1 - beta1) after correction is the gradient itself, and v is its square.",
        ),
        reference=first_step,
        why="What goes in through the gradient is divided by √v; what goes in beside it is not: two different things.",
    ),
    Exercise(
        number="06.3",
        title="the paper's learning rate",
        check=check_paper_rate,
        hints=(
            "How many times has the rate been multiplied by 0.9 in epoch 25?",
            "epoch // 10 is the number of whole tens; ** is a power in Python.",
        ),
        reference=paper_rate,
        why="After 299 epochs it has been cut 29 times: 0.03 · 0.9²⁹ = 0.0014, still no small rate for AdamW.",
    ),
    Exercise(
        number="06.4",
        title="what 100 % busy does not say (paper and pencil)",
        check=check_busy,
        hints=(
            "How many operations does it do in a second? Pictures a second times operations a picture.",
            "2,000 · 0.6 · 10⁹ = 1.2 · 10¹² operations a second are done; 8 · 10¹² are possible.",
        ),
        reference=0.15,
        why="1.2 of 8 million million: 15 % of the arithmetic, though something ran all the time.",
    ),
    Exercise(
        number="06.5",
        title="300 epochs on a T4 (paper and pencil)",
        check=check_long_run,
        hints=(
            "First all operations of the run: epochs times pictures times operations a picture.",
            "300 · 28,709 · 0.6 · 10⁹ = 5.2 · 10¹⁵ operations. At the whole 8.1 · 10¹² a second: 640 seconds.",
            "With a share of 0.1 it takes ten times as long. Then from seconds to minutes.",
        ),
        reference=(0.15, 70.9),
        why="5.2 · 10¹⁵ operations are 10.6 minutes at the ceiling; divided by your share, a matter of an hour or two.",
    ),
)
