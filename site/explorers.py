"""The explorers that need no kernel, each as a page of its own, in the state in which its notebook shows it.

Nothing of a notebook is run but the lines on which its explorer depends: `slice_of` walks back from the cell that
shows it, as a program slicer does (Weiser 1981).
"""

import ast
import re
from pathlib import Path

import nbformat

from fer_edu import widgets
from fer_edu.errors import DataError
from fer_edu.widgets.page import Page

HERE = Path(__file__).parent
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
FRAME = (HERE / "explorer.css").read_text(encoding="utf-8"), (HERE / "explorer_frame.js").read_text(encoding="utf-8")


def is_live(name):
    """Say whether the widget of this name is drawn by the browser alone, its state computed there."""
    return issubclass(getattr(widgets, name), Page)


def live_page(notebook, last):
    """Return the HTML of the explorer that cell number `last` of a notebook shows, to stand alone or in a frame.

    DataError where it is not in the state that the saved notebook shows: the notebook is older than the library.
    """
    shown = run(slice_of(notebook.cells[: last + 1]))
    saved = next(o["data"]["text/plain"] for o in notebook.cells[last].outputs if "text/plain" in o.get("data", {}))
    found = f"{type(shown).__name__}: {shown.state.describe()}"
    if found != saved:
        raise DataError(
            f"expected an explorer as the notebook saved it, {saved!r}, found {found!r}: build the notebook again."
        )
    style, script = FRAME
    page = shown.html().replace("</head>", f"{VIEWPORT}<style>{style}</style></head>", 1)
    return page.replace("</body>", f"<script>{script}</script></body>")


def slice_of(cells):
    """Return the statements, in order, on which the last expression of the last cell depends, as an ast.Module."""
    statements = [each for cell in cells if cell.cell_type == "code" for each in parse(cell.source).body]
    kept, wanted = statements[-1:], loaded(statements[-1])
    for each in reversed(statements[:-1]):
        if bound(each) & wanted:
            kept.insert(0, each)
            wanted |= loaded(each)
    return ast.Module(kept, [])


def parse(code):
    """Return the syntax tree of a cell; a line for IPython (%magic, !command) counts as `pass`."""
    return ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", code, flags=re.MULTILINE))


def loaded(statement):
    """Return the names that a statement reads."""
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def bound(statement):
    """Return the names that a statement sets or, by an item or an attribute, changes."""
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            names |= loaded(node.value)
    return names


def run(module):
    """Run the statements of a module and return what its last expression is worth."""
    names = {}
    *before, last = ast.fix_missing_locations(module).body
    exec(compile(ast.Module(before, []), "notebook", "exec"), names)
    return eval(compile(ast.Expression(last.value), "notebook", "eval"), names)


def read(path):
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)
