"""What torch computes, the translated JavaScript computes too: node runs it."""

import json
import shutil
import subprocess

import pytest
import torch

from fer_edu.errors import DataError
from fer_edu.widgets.javascript import translate

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="needs node: install Node.js")


def run(script):
    """Return what a script's last `print` wrote, read as JSON."""
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def evaluate(program, values):
    """Return the outputs of a program, name -> list, for name -> number."""
    names = "\n".join(f"const {name} = {value!r};" for name, value in values.items())
    outputs = ", ".join(f"{name}: [{', '.join(texts)}]" for name, texts in program.outputs.items())
    body = "\n".join((names, *program.once, *program.each))
    return run(f"{body}\nconsole.log(JSON.stringify({{{outputs}}}, (key, v) => typeof v === 'boolean' ? +v : v));")


def arithmetic(n):
    a, x = n["a"], n["x"]
    return {
        "sums": torch.cat([a + x, a - x, 3 - x, torch.add(a, x, alpha=2), torch.sub(a, x, alpha=0.5), -x], 1),
        "products": torch.cat([a * x, a / x, 1 / x, x * x, x**2, x**3, x.square(), x.reciprocal()], 1),
        "roots": torch.cat([x.abs().sqrt(), x.sign(), x.abs(), x.sin(), x.cos(), x.exp(), x.floor()], 1),
        "limits": torch.cat([x.clamp(0, 1), x.clamp(min=0.3), x.clamp(max=a), torch.maximum(a, x), x.remainder(1)], 1),
        "truths": torch.cat([x < 0, x >= a, (x < 0) | (a > 0), ~(x > 0), (x > 0) & (a > 0)], 1),
        "choices": torch.where(x > a, x * 2, a * 3),
    }


def in_place(n):
    a, x = n["a"], n["x"]
    table = torch.zeros(3, 2)
    table[0] = torch.cat([a, x], 1)[0]
    table[:, 1].add_(10)
    row = table[1:].select(0, 0)
    row.mul_(2).sub_(x[0])
    flat = table.view(-1)
    flat[5] = 7
    marks = torch.zeros(1, 2, 1, dtype=torch.bool)
    marks[:, 0] = x < a
    marks[:, 1].masked_fill_((a > 0), True)
    b = (x + a).neg_().clamp_(min=-0.5).square_()
    return {"table": table, "marks": marks, "b": b, "copied": table.repeat(1, 2).flip(1), "split": table.unbind(1)[1]}


def constants(n):
    axis = (2 * torch.arange(4, dtype=torch.float32) + 1) / 4 - 1
    scaled = axis * n["x"] + torch.full((4,), 1.5)
    return {"scaled": scaled, "alone": axis.exp()[None], "likes": torch.ones_like(n["x"])}


def types(n):
    whole = (n["x"] * 10).to(torch.int32)
    true = n["x"] > n["a"]
    return {"whole": whole - 3, "rest": n["x"] * 10 - whole, "true": true.float() * 2, "any": whole.bool()}


@needs_node
@pytest.mark.parametrize("function", [arithmetic, in_place, constants, types])
@pytest.mark.parametrize("a, x", [(0.25, 0.75), (0.5, -1.25), (-0.3, 2.0)])
def test_node_gets_what_torch_gets(function, a, x):
    program = translate(function, ("a",), ("x",))
    found = evaluate(program, {"a": a, "x": x})
    expected = function({"a": torch.tensor([[a]]), "x": torch.tensor([[x]])})
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        computed = torch.tensor(found[name], dtype=torch.float32)
        torch.testing.assert_close(computed, tensor.reshape(-1).float(), rtol=1e-5, atol=1e-6)


def test_what_does_not_depend_on_the_pixel_is_computed_once():
    program = translate(lambda n: {"y": (n["a"] * 3).sqrt() * n["x"] + (n["a"] * 3).sqrt()}, ("a",), ("x",))
    assert len(program.once) == 1 and "Math.sqrt((a * 3))" in program.once[0]
    assert program.each == () and "sqrt" not in program.outputs["y"][0]


def test_equal_expressions_are_one_and_unused_ones_none():
    def function(n):
        unused = n["x"].exp()
        unused.add_(1)
        return {"y": (n["x"] + 1).sqrt() * 2 + (n["x"] + 1).sqrt()}

    program = translate(function, (), ("x",))
    text = "".join((*program.each, *program.outputs["y"]))
    assert text.count("sqrt") == 1 and "exp" not in text


def test_an_operation_that_is_not_known_is_named():
    with pytest.raises(DataError, match="found torch's div: "):
        translate(lambda n: {"y": torch.div(n["x"], 2, rounding_mode="floor")}, (), ("x",))
    with pytest.raises(DataError, match=r"^expected operations .*, found torch's cumsum: .*\.$"):
        translate(lambda n: {"y": n["x"].cumsum(1)}, (), ("x",))


def test_a_branch_on_a_value_cannot_be_translated():
    with pytest.raises(DataError, match="found torch's _local_scalar_dense"):
        translate(lambda n: {"y": n["x"] if float(n["x"]) > 0 else -n["x"]}, (), ("x",))
