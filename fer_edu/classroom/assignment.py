"""A folder to hand out: notebooks without solutions and without outputs, what to install, and how to hand in."""

import os
import re
import tempfile
import tomllib
from pathlib import Path

from ..errors import FerEduError
from . import course

UNANSWERED = re.compile(r"= \.\.\.|raise NotImplementedError")

README = """\
# Assignment

{list}

## Start

1. Install what `requirements.txt` names, into an environment of its own: `pip install -r requirements.txt`.
2. Run `jupyter lab` in this folder and open the notebook.
3. Run the cells from top to bottom with Shift + Enter. Make each prediction before you run the cell below it.
4. Fill in the cells that hold `...` or `raise NotImplementedError`, and run the check below: it says *correct*,
   *incorrect* with the first wrong place, or *not attempted*. You may check as often as you like.
   `fe.exercises.hint("{first}")` gives a hint, and a stronger one when you call it again.

Does something not work? `fer-edu doctor` says in words what is missing.

## Hand in

1. Leave the cells that check (`fe.exercises.check(...)`) as they are. Cells of your own are welcome.
2. In the menu: Kernel, Restart Kernel and Run All Cells. What does not run from top to bottom cannot be marked. The
   notebook may not ask for input or install packages, and it will be run without your files and data sets, each cell
   within a time limit.
3. Save, and hand in the notebook{several} under the name that it has here.

The package that you install holds a solution of every exercise, shown by `fe.exercises.solution`. Try first, then take
hints: an answer that was copied teaches nothing, and you may be asked to explain yours.
"""


def make_assignment(numbers, out=None, package=None):
    """Write the notebooks of these numbers ("03") as an assignment into a new folder, and return its Path.

    out: the folder, default assignment-03 (or assignment-03-04) in the working folder; it may not exist yet. It is
    written whole or not at all. package: the line of requirements.txt, else see `requirements`. The notebooks are the
    checkout's student notebooks, their outputs cleared: a saved output would tell what a student is to predict, and
    what comes back then holds what the student ran. Raises FerEduError where a notebook is missing or holds an answer.
    """
    own = course.notebooks()
    numbers = list(dict.fromkeys(numbers))
    unknown = [number for number in numbers if number not in own]
    if unknown or not numbers:
        raise FerEduError(
            f"expected numbers of notebooks out of {', '.join(own)}, found {', '.join(unknown) or 'none'}: check the "
            "numbers."
        )
    out = Path(out or f"assignment-{'-'.join(numbers)}").expanduser()
    if os.path.lexists(out):
        raise FerEduError(f"expected a folder that is not there yet, found {out}: remove it, or choose another --out.")
    texts = {own[number].name: student_notebook(own[number]) for number in numbers}
    texts["README.md"] = readme([own[number] for number in numbers])
    texts["requirements.txt"] = f"{package or requirements()}\n"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
            made = Path(temporary, out.name)
            made.mkdir()
            for name, text in texts.items():
                (made / name).write_text(text, encoding="utf-8")
            made.rename(out)
    except OSError as error:
        raise FerEduError(
            f"expected a place to write to, found that {out} cannot be made ({error.strerror or error}): choose "
            "another --out."
        ) from error
    return out


def student_notebook(path):
    """Return the text of the student notebook at `path` without outputs; FerEduError where an answer stands in it."""
    import nbformat

    content = path.read_bytes()
    pending = ""
    for code in course.code_cells(content):
        checks = course.checks_in(code)
        if checks and not UNANSWERED.search(pending):
            raise FerEduError(
                f"expected {path.name} without answers, found one for {checks[0].number}: get the notebook back with "
                f"`git checkout -- notebooks/{path.name}`, and try answers in a copy."
            )
        pending = "" if checks else pending + code
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    return nbformat.writes(notebook) + "\n"


def readme(paths):
    """Return the README of an assignment of the notebooks at `paths`."""
    lines = []
    for path in paths:
        cells = course.code_cells(path.read_bytes())
        numbers = [check.number for code in cells for check in course.checks_in(code)]
        lines.append(f"- `{path.name}`: exercises {numbers[0]} to {numbers[-1]}")
    several = "" if len(paths) == 1 else "s, each"
    return README.format(list="\n".join(lines), first=f"{paths[0].name[:2]}.1", several=several)


def requirements():
    """Return the line that installs the package: from its public address, where pyproject.toml of the checkout has one.

    Without an address it is a comment: a bare name would let pip install whatever bears that name on PyPI.
    """
    settings = course.notebooks()["00"].parents[1] / "pyproject.toml"
    try:
        tool = tomllib.loads(settings.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        tool = {}
    place = tool.get("fer-edu", {}).get("repository", "").rstrip("/")
    return f"fer-edu[lab] @ git+{place}" if place else "# fer-edu[lab] @ git+https://... (where your students get it)"
