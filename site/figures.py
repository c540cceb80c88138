"""What a figure is, in words for whoever cannot see it: what is drawn, and the words in it, as the code says.

A figure that one function of the library draws is described by that function's documentation.
"""

import ast
import functools
import importlib
import inspect
import pkgutil
import re

from explorers import bound, loaded, parse

import fer_edu

NAMING = {"title", "xlabel", "ylabel", "label", "suptitle", "text"}
"""The keywords and the methods, some of them behind set_, by which matplotlib is given a figure's words."""


def figure_words(code, heading):
    """Return the alternative text of the figure that a cell draws.

    heading: of its section, for a figure that no function of the library draws as a whole.
    """
    tree = parse(code)
    calls = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Call)), key=place)
    whole = [call for call in calls if plot_of(call) in drawn()][-1:]
    nodes = [node for call in calls for node in named(call)] + [node for call in whole for node in listed(call, tree)]
    words = "; ".join(dict.fromkeys(text(node) for node in sorted(nodes, key=place) if text(node)))
    if not whole and not words:
        return f"Figure of the section “{heading}”. The text explains it."
    what = drawn()[plot_of(whole[0])] if whole else f"Figure of the section “{heading}”."
    return what + (f" Words in it: {words}." if words else "")


@functools.cache
def drawn():
    """Return module.function -> what it draws, from its documentation, of all that draw a whole figure."""
    found = {}
    for name in (each.name for each in pkgutil.iter_modules(fer_edu.__path__) if each.name.startswith("plots")):
        for function, code in inspect.getmembers(importlib.import_module(f"fer_edu.{name}"), inspect.isfunction):
            if words := what_it_draws(inspect.getdoc(code) or "", list(inspect.signature(code).parameters)):
                found[f"{name}.{function}"] = words
    return found


def what_it_draws(documentation, parameters):
    """Return the first sentence of a function's documentation without its "Draw"; "" where it draws no whole figure."""
    said = re.match(r"Draw,? (.+?)(?:;|(?<!\.)\.(?= |$))", " ".join(documentation.split()))
    if not said or parameters[:1] == ["axes"]:
        return ""
    words = re.sub(r" \[[^]]*\]", "", said[1])  # shapes are for who writes code
    for quoted in re.findall(r"`(\w+)`", words):
        words = words.replace(f"`{quoted}`", "…" if quoted in parameters else quoted)
    return f"{words[0].upper()}{words[1:]}."


def plot_of(call):
    """Return module.function of a call, as `drawn` names it; a function without its module is found by its name."""
    *module, name = ast.unparse(call.func).split(".")[-2:]
    ending = f"{module[0]}.{name}" if module else f".{name}"
    return next((each for each in drawn() if each == ending or (not module and each.endswith(ending))), "")


def named(call):
    """Return the nodes by which a call gives axes, a line or a picture its words."""
    name = ast.unparse(call.func).rpartition(".")[2]
    nodes = [keyword.value for keyword in call.keywords if keyword.arg in NAMING]
    return nodes + (call.args if name.removeprefix("set_") in NAMING else call.args[2:3] if name == "picture" else [])


def listed(call, tree):
    """Return the nodes by which a call names the parts of its figure, itself or in what the cell assigned before."""
    made = {name: node.value for node in tree.body if isinstance(node, ast.Assign) for name in bound(node)}
    nodes, wanted = [], list(call.args)
    while wanted:
        node = wanted.pop()
        nodes += spelled(node)
        wanted += [made.pop(name) for name in loaded(node) & made.keys()]
    return nodes


def spelled(node):
    """Return the texts in an expression, keys of dictionaries and items of lists too, but for a call's and an index."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return [node]
    if isinstance(node, ast.Dict):
        return [key for key in node.keys if key is not None]
    if isinstance(node, ast.Call | ast.Subscript | ast.Compare):
        return []
    return [each for part in ast.iter_child_nodes(node) for each in spelled(part)]


def place(node):
    """Return where a node stands in the code."""
    return node.lineno, node.col_offset


def text(node):
    """Return the text that a node spells, "…" for each part that is computed; "" where it spells no word."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    words = "".join(p.value if isinstance(getattr(p, "value", None), str) else "…" for p in parts)
    return " ".join(words.split()) if re.search(r"[^\W\d_]{2}", words) else ""
