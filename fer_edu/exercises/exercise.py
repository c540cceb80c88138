"""What an exercise is, and the small vocabulary in which the chapters write their checks."""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Exercise:
    """One exercise of one notebook.

    The cases that `check` tries are the same for every student and every run: written out as numbers, or drawn from a
    seed that stands in the check. At least one is small enough to be computed on paper.

    number: "00.1", the notebook's number and a running one. title: a few words.
    check: takes the student's answer (a value or a function); returns None where it is right, else the reason why not,
        naming the likely cause. What it raises counts as a mistake of the student's function.
    hints: from a nudge to nearly the answer. reference: a right answer, of the kind that `check` takes.
    why: the reasoning, shown with the solution and after a right answer.
    """

    number: str
    title: str
    check: Callable
    hints: tuple
    reference: object
    why: str


def unfinished(answer):
    """Say whether a starter's `...` still stands in an answer, by itself or anywhere in its lists and tuples."""
    return answer is ... or (isinstance(answer, list | tuple) and any(map(unfinished, answer)))


def is_number(value):
    """Say whether value is one real number: a Python or numpy number or a tensor of one element; no truth value."""
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and value.dtype != torch.bool
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def close(found, expected, tolerance=1e-4):
    """Say whether two numbers, or two tensors of one shape, agree within `tolerance`, relative above 1."""
    if not isinstance(expected, torch.Tensor):
        return is_number(found) and math.isclose(float(found), expected, rel_tol=tolerance, abs_tol=tolerance)
    if not isinstance(found, torch.Tensor):
        try:
            found = torch.as_tensor(found)
        except (TypeError, ValueError, RuntimeError):
            return False
    return found.shape == expected.shape and torch.allclose(
        found.double(), expected.double(), rtol=tolerance, atol=tolerance
    )


def number_wanted(value):
    """Return the reason why `value` is not one finite number, or None where it is one."""
    if value is None:
        return "the answer is None: does your function end without `return`?"
    if not is_number(value):
        return f"a number is wanted, this is {kind(value)}."
    if not math.isfinite(float(value)):
        return f"a finite number is wanted, this is {float(value)}: is something divided by zero?"
    return None


def tensor_wanted(value, shape):
    """Return the reason why `value` is not a float tensor of `shape`, or None where it is one."""
    if value is None:
        return "your function returns None: does it end without `return`?"
    if not isinstance(value, torch.Tensor):
        return f"a torch.Tensor is wanted, this is {kind(value)}: wrap it in torch.tensor(...)."
    if tuple(value.shape) != tuple(shape):
        return f"the shape {list(shape)} is wanted, this is {list(value.shape)}."
    if not value.is_floating_point():
        return f"floating-point numbers are wanted, these are {str(value.dtype).removeprefix('torch.')}."
    if not bool(torch.isfinite(value).all()):
        return "some numbers are infinite or not a number: is something divided by zero?"
    return None


def kind(value):
    """Return a short description of what a value is, for a message to a student."""
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {list(value.shape)}"
    if callable(value):
        return "a function: call it, or give its result"
    return f"{type(value).__name__} ({str(value)[:40]})"


def looks_like(found, mistakes, tolerance=1e-4):
    """Return the reason that belongs to the first of `mistakes` (value, reason) that `found` agrees with, or None."""
    for value, reason in mistakes:
        if close(found, value, tolerance):
            return reason
    return None
