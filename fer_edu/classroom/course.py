"""The notebooks of the checkout, and the checks of exercises that stand in a notebook's code."""

import ast
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..errors import FerEduError

NUMBER = re.compile(r"\d\d\.\d+")
_CALL = re.compile(r"\bcheck\(\s*[\"'](\d\d\.\d+)[\"']")
_MAGIC = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One `fe.exercises.check(number, answer)`; answer: the expression in ast's spelling, or None if unreadable."""

    number: str
    answer: str | None


def notebooks():
    """Return number -> Path of the student notebooks of the checkout, in order; FerEduError where there are none."""
    places = (Path.cwd() / "notebooks", Path(__file__).resolve().parents[2] / "notebooks")
    for place in places:
        found = {path.name[:2]: path for path in sorted(place.glob("[0-9][0-9]_*.ipynb"))}
        if "00" in found:
            return found
    raise FerEduError("expected the notebooks in ./notebooks, found none: run this in a checkout of the project.")


def checks_in(code):
    """Return the `Check`s in a cell's code, in order; of a cell that is no Python, those that can be recognised."""
    if "check(" not in code:
        return []
    for text in (code, _MAGIC.sub(r"\1pass", code)):  # a line that begins with % may be half an expression
        try:
            with warnings.catch_warnings(action="ignore"):  # of "\d", say: they would not name the notebook
                return _calls(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # whatever a student wrote
            continue
    return [Check(number, None) for number in _CALL.findall(code)]


def _calls(tree):
    """Return the `Check`s of a parsed cell."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) == 2 and _name(node.func) == "check":
            first = node.args[0]
            if isinstance(first, ast.Constant) and NUMBER.fullmatch(str(first.value)):
                found.append(Check(first.value, ast.unparse(node.args[1])))
    return found


def _name(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def number_of(cells):
    """Return the number ("02") that most of the checks in these code cells belong to, or None without a check."""
    counted = Counter(check.number[:2] for code in cells for check in checks_in(code))
    return counted.most_common(1)[0][0] if counted else None


def code_cells(content):
    """Return the code of each code cell of a notebook's file.

    content: bytes of an .ipynb of any version. Raises FerEduError with the reason where it is none.
    """
    import nbformat

    if not content.strip():
        raise FerEduError("expected a notebook, found an empty file: ask for it again.")
    try:
        with warnings.catch_warnings(action="ignore"):  # of cells without an id, say
            notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        code = [str(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
        return [text.encode("utf-8", "replace").decode("utf-8") for text in code]  # half an emoji cannot be sent
    except Exception as error:  # a foreign file breaks nbformat in more ways than it declares
        raise FerEduError(
            f"expected a notebook, found a file that cannot be read as one ({type(error).__name__}): ask for it again."
        ) from None
