"""From torch to JavaScript: run a function of tensors once, and write down what it did to every number.

A browser can then repeat the computation without a kernel, and there is one renderer, not two. `translate` calls the
function on tensors of one number each (one face, one pixel) and watches every operation that torch carries out, also
those in place and on views. The result is a table of expressions: equal ones are one entry, constants are computed at
once, what does not depend on the pixel is told apart from what does, and what no output needs is left out.

Only elementwise operations, views, copies and constants can be translated; control flow that looks at a tensor's
values cannot, because it would be followed once and for all.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

from ..errors import DataError

# Operation -> what it is in JavaScript, and in Python to compute constants. {0}, {1}, {2} stand for the operands.
OPERATIONS = {
    "add": ("({0} + {1})", lambda a, b: a + b),
    "sub": ("({0} - {1})", lambda a, b: a - b),
    "mul": ("({0} * {1})", lambda a, b: a * b),
    "div": ("({0} / {1})", lambda a, b: a / b if b else math.copysign(math.inf, a) if a else math.nan),
    "neg": ("(-{0})", lambda a: -a),
    "abs": ("Math.abs({0})", abs),
    "sign": ("Math.sign({0})", lambda a: float(a > 0) - float(a < 0)),
    "sqrt": ("Math.sqrt({0})", lambda a: math.sqrt(a) if a >= 0 else math.nan),
    "sin": ("Math.sin({0})", math.sin),
    "cos": ("Math.cos({0})", math.cos),
    "exp": ("Math.exp({0})", math.exp),
    "tanh": ("Math.tanh({0})", math.tanh),
    "trunc": ("Math.trunc({0})", lambda a: float(math.trunc(a))),
    "floor": ("Math.floor({0})", lambda a: float(math.floor(a))),
    "pow": ("Math.pow({0}, {1})", lambda a, b: a**b),
    "maximum": ("Math.max({0}, {1})", max),
    "minimum": ("Math.min({0}, {1})", min),
    "lt": ("({0} < {1})", lambda a, b: a < b),
    "le": ("({0} <= {1})", lambda a, b: a <= b),
    "gt": ("({0} > {1})", lambda a, b: a > b),
    "ge": ("({0} >= {1})", lambda a, b: a >= b),
    "eq": ("({0} === {1})", lambda a, b: a == b),
    "ne": ("({0} !== {1})", lambda a, b: a != b),
    "logical_or": ("({0} || {1})", lambda a, b: bool(a or b)),
    "logical_and": ("({0} && {1})", lambda a, b: bool(a and b)),
    "logical_not": ("(!{0})", lambda a: not a),
    "where": ("({0} ? {1} : {2})", lambda a, b, c: b if a else c),
}

# Other names of these in torch, or combinations of them: written with the methods of `Expressions`.
COMBINATIONS = {
    "rsub": lambda e, a, b, alpha=1: e.of("sub", b, e.of("mul", alpha, a)),
    "add": lambda e, a, b, alpha=1: e.of("add", a, e.of("mul", alpha, b)),
    "sub": lambda e, a, b, alpha=1: e.of("sub", a, e.of("mul", alpha, b)),
    "reciprocal": lambda e, a: e.of("div", 1.0, a),
    "square": lambda e, a: e.of("mul", a, a),
    "pow": lambda e, a, b: e.of("mul", a, a) if b == 2 else e.of("pow", a, b),
    "clamp": lambda e, a, low=None, high=None: e.clamp(a, low, high),
    "clamp_min": lambda e, a, low: e.clamp(a, low, None),
    "clamp_max": lambda e, a, high: e.clamp(a, None, high),
    "remainder": lambda e, a, b: e.of("sub", a, e.of("mul", b, e.of("floor", e.of("div", a, b)))),
    "lerp": lambda e, a, b, t: e.of("add", a, e.of("mul", t, e.of("sub", b, a))),
    "masked_fill": lambda e, a, mask, value: e.of("where", mask, value, a),
    "bitwise_or": lambda e, a, b: e.of("logical_or", a, b),
    "bitwise_and": lambda e, a, b: e.of("logical_and", a, b),
    "bitwise_not": lambda e, a: e.of("logical_not", a),
    "_to_copy": lambda e, a, dtype=None, **options: e.of_type(a, dtype),
    "copy": lambda e, a, b, non_blocking=False: b,
    "fill": lambda e, a, b: b,
    "zero": lambda e, a: 0.0,
}

MOVES = ("clone", "repeat", "cat", "stack", "flip")
"""Operations that only put numbers elsewhere; views do too, and torch itself says which those are."""

FRESH = ("zeros_like", "ones_like", "full_like", "empty_like", "new_zeros", "new_ones", "new_full", "new_empty")
"""Operations that look at a tensor's shape alone."""


class Expressions:
    """A growing table of expressions. An entry is (operation, *operands), where operands are numbers of earlier
    entries, or ("constant", value), or ("input", name)."""

    def __init__(self):
        self.entries, self.numbers = [], {}

    def _entry(self, *entry):
        # repr tells 1 from 1.0 and True, and 0.0 from -0.0; a dictionary alone would not.
        key = repr(entry)
        if key not in self.numbers:
            self.numbers[key] = Expression(len(self.entries))
            self.entries.append(entry)
        return self.numbers[key]

    def input(self, name):
        return self._entry("input", name)

    def constant(self, value):
        return value if isinstance(value, Expression) else self._entry("constant", value)

    def value(self, expression):
        """Return the value of a constant, or None where it is not one."""
        kind, *rest = self.entries[expression.number]
        return rest[0] if kind == "constant" else None

    def of(self, operation, *operands):
        """Return the expression of an operation on expressions or plain numbers."""
        operands = [self.constant(operand) for operand in operands]
        known = [self.value(operand) for operand in operands]
        if all(value is not None for value in known):
            return self.constant(OPERATIONS[operation][1](*known))
        # What leaves the other operand as it is.
        neutral = {"add": 0, "mul": 1}.get(operation)
        if neutral is not None and neutral in known:
            return operands[1 - known.index(neutral)]
        if (operation, known[-1]) in (("sub", 0), ("div", 1)):
            return operands[0]
        return self._entry(operation, *(operand.number for operand in operands))

    def of_type(self, a, dtype):
        """Return the expression in another type: numbers are doubles here, but whole ones are made whole."""
        if dtype is None or dtype.is_floating_point:
            return a
        return self.of("ne", a, 0) if dtype is torch.bool else self.of("trunc", a)

    def clamp(self, a, low, high):
        a = a if low is None else self.of("maximum", a, low)
        return a if high is None else self.of("minimum", a, high)


@dataclass(frozen=True)
class Expression:
    """One entry of an `Expressions` table, by its number."""

    number: int


class Recorder(TorchDispatchMode):
    """While it is entered, follows which expression every element of every tensor is.

    A tensor is known by the cells of its memory, a list that it shares with its views, and by where in it each of its
    elements lies, int64 of its shape. So a view is the same view of these places, and writing in place is writing
    into the cells.
    """

    def __init__(self):
        super().__init__()
        self.expressions = Expressions()
        self.known = {}

    def name(self, tensor, cells):
        """Say which expressions the elements of a new tensor are, in reading order."""
        # The tensor itself is kept too: its id must not be given to another one.
        self.known[id(tensor)] = (tensor, cells, torch.arange(tensor.numel()).view(tensor.shape))

    def cells(self, tensor):
        """Return the expressions of a tensor's elements, as an object array of its shape."""
        if id(tensor) not in self.known:
            self.name(tensor, [self.expressions.constant(value) for value in tensor.reshape(-1).tolist()])
        _, cells, places = self.known[id(tensor)]
        found = np.empty(places.numel(), dtype=object)
        found[:] = [cells[place] for place in places.reshape(-1).tolist()]
        return found.reshape(tuple(places.shape))

    def __torch_dispatch__(self, operation, types, arguments=(), keywords=None):
        keywords = keywords or {}
        name = operation._schema.name.removeprefix("aten::")
        in_place = name.endswith("_")
        name = name.removesuffix("_")
        operands = tree_map_only(torch.Tensor, self.cells, arguments)
        result = operation(*arguments, **keywords)
        if operation.is_view:
            self._view(operation, result, arguments, keywords)
        elif name in MOVES:
            self._move(operation, result, operands, keywords)
        elif name in COMBINATIONS or (name in OPERATIONS and not keywords):
            self._calculate(name, result, operands, keywords, arguments[0] if in_place else None)
        elif name in FRESH or all(self._constant(leaf) for leaf in tree_leaves(operands)):
            for tensor in result if isinstance(result, (list, tuple)) else (result,):
                self.cells(tensor)
        else:
            raise DataError(
                f"expected operations that JavaScript can repeat pixel by pixel, found torch's {name}: "
                "draw without it, or add it to fer_edu/widgets/javascript.py."
            )
        return result

    def _view(self, operation, result, arguments, keywords):
        _, cells, places = self.known[id(arguments[0])]
        places = operation(places, *arguments[1:], **keywords)
        many = isinstance(result, (list, tuple))
        for tensor, its_places in zip(result, places, strict=True) if many else ((result, places),):
            self.known[id(tensor)] = (tensor, cells, its_places)

    def _move(self, operation, result, operands, keywords):
        first, *rest = operands
        cells, places = [], []
        for found in first if isinstance(first, (list, tuple)) else [first]:
            places.append(torch.arange(len(cells), len(cells) + found.size).view(found.shape))
            cells.extend(found.reshape(-1))
        moved = operation(places if isinstance(first, (list, tuple)) else places[0], *rest, **keywords)
        self.name(result, [cells[place] for place in moved.reshape(-1).tolist()])

    def _calculate(self, name, result, operands, keywords, target):
        rule = COMBINATIONS.get(name, lambda e, *values: e.of(name, *values))
        shape = tuple(result.shape)
        spread = [np.broadcast_to(a, shape).reshape(-1) if isinstance(a, np.ndarray) else a for a in operands]
        values = [
            self.expressions.constant(
                rule(self.expressions, *(a[k] if isinstance(a, np.ndarray) else a for a in spread), **keywords)
            )
            for k in range(result.numel())
        ]
        if target is None:
            self.name(result, values)
            return
        _, cells, places = self.known[id(target)]
        for place, value in zip(places.reshape(-1).tolist(), values, strict=True):
            cells[place] = value

    def _constant(self, operand):
        return not isinstance(operand, np.ndarray) or all(
            self.expressions.value(cell) is not None for cell in operand.reshape(-1)
        )


@dataclass(frozen=True)
class Program:
    """A translated function.

    once: statements that depend on no pixel. each: statements for one pixel, to stand after `once`. outputs: name ->
    list of JavaScript expressions, one an element of that output, to be evaluated after `each`. The inputs are
    variables of their own names.
    """

    once: tuple
    each: tuple
    outputs: dict


@torch.no_grad()
def translate(function, once, each):
    """Translate a function of single numbers to JavaScript.

    function: takes a dict, name -> float32 [1, 1], and returns a dict, name -> tensor; called once. once, each: names
    of the inputs that are the same for all pixels, and of those that differ. Returns a `Program`.

    Raises DataError where the function does what cannot be translated; the sentence names the operation.
    """
    recorder = Recorder()
    inputs = {name: torch.full((1, 1), 0.5) for name in (*once, *each)}
    for name, tensor in inputs.items():
        recorder.name(tensor, [recorder.expressions.input(name)])
    with recorder:
        results = function(inputs)
    outputs = {name: [cell.number for cell in recorder.cells(t).reshape(-1)] for name, t in results.items()}
    return _write(recorder.expressions.entries, outputs, set(each))


def _write(entries, outputs, each):
    """Turn the entries that the outputs need into statements."""
    uses = [0] * len(entries)
    for numbers in outputs.values():
        for number in numbers:
            uses[number] += 1
    varies = []
    for kind, *operands in entries:
        varies.append(
            operands[0] in each if kind == "input" else kind != "constant" and any(varies[k] for k in operands)
        )
    for (kind, *operands), count in zip(reversed(entries), reversed(uses), strict=True):
        if kind not in ("constant", "input") and count:
            for k in operands:
                uses[k] += 1
    # What is used in one place is written there; what is used often gets a name, and so does what is the same for all
    # pixels but used for each.
    kept = {number for numbers in outputs.values() for number in numbers if not varies[number]}
    for number, (kind, *operands) in enumerate(entries):
        if kind not in ("constant", "input") and varies[number] and uses[number]:
            kept.update(k for k in operands if not varies[k])
    texts, statements = [], {False: [], True: []}
    for number, (kind, *operands) in enumerate(entries):
        if kind == "input":
            text = operands[0]
        elif kind == "constant":
            text = _constant(operands[0])
        else:
            text = OPERATIONS[kind][0].format(*(texts[k] for k in operands)) if uses[number] else ""
            if uses[number] > 1 or (uses[number] and number in kept):
                statements[varies[number]].append(f"const t{number} = {text};")
                text = f"t{number}"
        texts.append(text)
    return Program(
        tuple(statements[False]),
        tuple(statements[True]),
        {name: [texts[number] for number in numbers] for name, numbers in outputs.items()},
    )


def _constant(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value) or math.isinf(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "(-Infinity)"}[str(float(value))]
    return repr(value) if value >= 0 and not str(value).startswith("-") else f"({value!r})"
