"""Where a tensor differs from the expected one, and why: the first wrong place and the likely cause."""

import math

import torch

from .exercise import close, looks_like, tensor_wanted


def compare(found, expected, mistakes=(), axes=("row", "column"), last=None, tolerance=1e-4):
    """Return the reason why `found` is not `expected`, or None where it is.

    found: what a student's function returned, anything. expected: float tensor.
    mistakes: (tensor, reason) pairs; the reason of the first tensor that `found` agrees with everywhere is told.
    axes: names of the leading axes. last: names of the parts of the last axis, such as "(x, y)", where that axis is one
    vector that is shown as a whole; None where every number stands for itself.
    tolerance: absolute, and relative for numbers above 1.

    The reason is the first wrong place with both its values, then the cause: one of `mistakes`, else what can be told
    from the two tensors alone (changed places, a wrong sign, a constant factor, a constant added, the border).
    """
    if reason := tensor_wanted(found, expected.shape):
        shape_is_wrong = isinstance(found, torch.Tensor) and found.shape != expected.shape
        cause = shape_is_wrong and (looks_like(found, mistakes, tolerance) or permuted(found, expected, last))
        return f"{reason} {capital(cause)}" if cause else reason
    found, expected = found.detach().cpu().double(), expected.detach().cpu().double()
    wrong = (found - expected).abs() > tolerance * (1 + expected.abs())
    if not wrong.any():
        return None
    cause = looks_like(found, mistakes, tolerance) or likely_cause(found, expected, wrong, last, tolerance)
    place = first_place(found, expected, wrong, axes, last)
    return f"{place} {capital(cause)}" if cause else place


def first_place(found, expected, wrong, axes, last):
    """Return the first wrong place and its two values, as a sentence; a vector on the last axis is shown whole."""
    if last is not None:
        wrong = wrong.any(dim=-1)
    place = tuple(wrong.nonzero()[0].tolist())
    names = ("entry",) * (len(place) - len(axes)) + tuple(axes)[max(len(axes) - len(place), 0) :]
    at = ", ".join(f"{name} {k}" for name, k in zip(names, place, strict=True))
    wanted, given = shown_apart(expected[place], found[place])
    what = "" if last is None else f"{last} = "
    return f"{f'At {at}: expected' if at else 'Expected'} {what}{wanted}, found {given}."


def likely_cause(found, expected, wrong, last, tolerance):
    """Return what the two tensors alone tell of the cause, or None."""

    def same(a, b):
        return close(a, b, tolerance)

    spread = not same(expected, expected.flatten()[0].expand_as(expected))  # all alike: every change is constant
    if cause := changed_places(found, expected, last, same):
        return cause
    if last is not None and (part := one_part(found, expected, wrong, last)) is not None:
        found, expected = found[..., part], expected[..., part]
        name = parts(last)[part]
        change = constant_change(found, expected, same, name) if expected.numel() > 1 else None
        return change or changed_direction(found, expected, None, same) or f"Only {name} is wrong."
    if spread and (cause := constant_change(found, expected, same)):
        return cause
    if last is not None and expected[..., 0].numel() > 1:
        off = (found - expected).flatten(0, -2)
        if same(off, off[0].expand_as(off)):
            return f"Everywhere {show(off[0])} is added."
    if cause := changed_direction(found, expected, last, same):
        return cause
    return only_at_the_border(wrong if last is None else wrong.any(dim=-1))


def changed_places(found, expected, last, same):
    """Return the sentence for axes that changed places, or None."""
    lead = expected.dim() - (last is not None)
    swapped = last is not None and expected.shape[-1] == 2 and same(found.flip(-1), expected)
    rows, columns = lead - 2, lead - 1
    square = lead >= 2 and expected.shape[rows] == expected.shape[columns]
    transposed = square and same(found.transpose(rows, columns), expected)
    if swapped:
        or_rows = " (or rows and columns, which looks the same here)" if transposed else ""
        return f"{' and '.join(parts(last))} have changed places{or_rows}: the last axis is {last}."
    if transposed:
        return "Rows and columns have changed places."
    return None


def changed_direction(found, expected, last, same):
    """Return the sentence for an axis that runs the other way, or None."""
    rows, columns = (-2, -1) if last is None else (-3, -2)
    if expected.dim() < -rows:
        return None
    if same(found.flip(columns), expected):
        return "It is mirrored: the columns run from right to left."
    if same(found.flip(rows), expected):
        return "It stands upside down: the rows run from the bottom to the top."
    return None


def one_part(found, expected, wrong, last):
    """Return the index of the only part of the last axis that is wrong anywhere, or None where several are."""
    bad = wrong.flatten(0, -2).any(dim=0) if wrong.dim() > 1 else wrong
    return int(bad.nonzero()[0]) if bad.sum() == 1 and len(bad) == len(parts(last)) > 1 else None


def constant_change(found, expected, same, name=None):
    """Return the sentence for one wrong sign, factor or added number everywhere, or None. name: of the quantity."""
    subject = f"{name} is everywhere" if name else "Everywhere it is"
    largest = expected.abs().argmax()
    if (size := expected.flatten()[largest].item()) != 0:
        factor = found.flatten()[largest].item() / size
        if same(found, factor * expected):
            if abs(factor) < 1e-6:
                return f"{subject} 0."
            sign = "the other sign" if factor < 0 else ""
            times = max(abs(factor), 1 / abs(factor))
            way = "large" if abs(factor) > 1 else "small"
            much = "" if math.isclose(times, 1, rel_tol=1e-3) else f"{show(torch.tensor(times))} times too {way}"
            if sign:
                of_what = f"{name} has" if name else "It has"
                return f"{of_what} the wrong sign everywhere{f', and is {much}' if much else ''}."
            return f"{subject} {much}." if much else None
    off = (found - expected).flatten()
    if same(off, off[:1].expand_as(off)):
        return f"{subject} {show(off[0].abs())} too {'large' if off[0] > 0 else 'small'}."
    return None


def only_at_the_border(wrong):
    """Return the sentence for places that are wrong along the edges of the last two axes only, or None."""
    if wrong.dim() < 2 or min(wrong.shape[-2:]) < 3 or wrong[..., 1:-1, 1:-1].any() or wrong.sum() < 2:
        return None  # one wrong place alone may lie there by chance
    return "Only the border is wrong: what does your function take outside?"


def permuted(found, expected, last):
    """Return the sentence for a tensor whose axes stand in another order, or None."""
    given, wanted = list(found.shape), list(expected.shape)
    if sorted(given) != sorted(wanted) or len(wanted) < 2:
        return None
    lead = len(wanted) - (last is not None)
    if last is not None and given[-1] != wanted[-1]:
        return f"{last} belongs on the last axis."
    if lead >= 2 and given == [*wanted[: lead - 2], wanted[lead - 1], wanted[lead - 2], *wanted[lead:]]:
        return "Rows and columns have changed places."
    return "The axes stand in another order."


def parts(last):
    """Return ("x", "y") for "(x, y)"."""
    return tuple(part.strip() for part in last.strip("()").split(","))


def show(values, digits=3):
    """Return a number, or the numbers of a vector in brackets, rounded to `digits` decimals and without -0."""
    if values.dim() == 0:
        return f"{round(values.item(), digits) + 0.0:.{digits + 3}g}"
    return f"({', '.join(show(value, digits) for value in values)})"


def shown_apart(expected, found):
    """Return both as text, with as many decimals as it takes for the two to look different, three at least."""
    for digits in range(3, 9):
        texts = show(expected, digits), show(found, digits)
        if texts[0] != texts[1]:
            break
    return texts


def capital(sentence):
    """Return a sentence with its first letter large, unless it begins with the name of a quantity such as x."""
    return sentence if sentence[1:2] in (" ", ",") else sentence[:1].upper() + sentence[1:]
