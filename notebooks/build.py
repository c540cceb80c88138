#!/usr/bin/env python3
"""Turn notebooks/src/NN_name.py into the notebook that a student opens and the one that holds the solutions.

    python notebooks/build.py [NN ...]           build all, or those of these numbers, and run every cell of both
    python notebooks/build.py --check [NN ...]   run nothing; exit 1 and name each notebook that its source has left
    python notebooks/build.py --relink           run nothing; write the project's public address into all notebooks and
                                                 the README, for when it is set or changes: no output hangs on it
    python notebooks/build.py --nbgrader COURSE [NN ...]
                                                 run nothing; write each as an assignment into an nbgrader course folder

A source is a jupytext py:percent script with the solutions in it, each between the two markers that nbgrader uses:

    ### BEGIN SOLUTION
    ### END SOLUTION

In the student's notebook a marked block becomes a starter that is valid Python: inside a function a comment and
`raise NotImplementedError`, at the top level `name = ...` for every name that the block assigns. Two lines of a source
are filled in from `[tool.fer-edu] repository` in pyproject.toml, the public address (empty: there is none yet):

    <!-- badges -->     in markdown: the Binder and Colab badges, or nothing
    # <install>         in code: how the package gets here

So is, in README.md, what stands between these:

    <!-- badges --> <!-- /badges -->       the badges of notebook 00
    <!-- open NN --> <!-- /open -->        plain links that open notebook NN on Binder and on Colab

Both notebooks are run, with outputs kept, so that they can be read without a kernel. They are written only if every
cell of both ran. The roots of data sets (`DATA`) are hidden from the kernels: photographs may not be passed on, so none
may end up in an output.

For instructors with nbgrader (0.9; it is no dependency of this project) `--nbgrader COURSE` writes
COURSE/source/NN_name/NN_name.ipynb, and COURSE/nbgrader_config.py where there is none. Then, in COURSE:

    nbgrader generate_assignment NN_name         release/ holds what students get: starters, checks that show
    nbgrader validate NN_name.ipynb              a student, before handing in: names each check that is not correct
    nbgrader autograde NN_name                   a point for each exercise that is correct

The kernel that grades needs fer_edu. Each check is locked and graded. Its last line is a hidden test, which nbgrader
takes out of what students get and puts back to grade: an `assert`, since nbgrader gives no point to a cell that raises
and all points to one that shows text. A solution at the top level keeps its starter above it and may raise, since
nbgrader's own starter raises there and would end *Run all*.
"""

import argparse
import ast
import hashlib
import os
import re
import sys
import textwrap
import tomllib
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN_BEGIN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
BADGES, INSTALL = "<!-- badges -->", "# <install>"
LINKS = re.compile(r"<!-- (?P<kind>badges|open)(?: (?P<number>\d\d))? -->.*?<!-- /(?P=kind) -->", re.DOTALL)
IMAGES = {
    "Binder": "https://mybinder.org/badge_logo.svg",
    "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
}
WIDGET = "application/vnd.jupyter.widget-view+json"
KINDS = ("student", "solution")
DATA = ("FER2013_ROOT", "FERPLUS_ROOT", "CKPLUS_ROOT", "JAFFE_ROOT", "FERG_ROOT")
CELL_TIMEOUT = 900  # seconds; generous, since a loaded machine must not fail a build
NBGRADER_CONFIG = f"""c = get_config()  # noqa: F821
c.Execute.timeout = {CELL_TIMEOUT}  # seconds a cell; nbgrader's 30 are too few where a notebook trains
"""


class BuildError(Exception):
    """A source that cannot be built, or a notebook that does not run. The message says which and why."""


def targets(source):
    """Return kind -> the notebook file that `source` (notebooks/src/NN_name.py) is built into."""
    folder = source.parents[1]
    name = f"{source.stem}.ipynb"
    return {"student": folder / name, "solution": folder / "solutions" / name}


def repository(project=None):
    """Return the project's public address, "https://github.com/OWNER/NAME", or "" where pyproject.toml has none."""
    project = project or ROOT / "pyproject.toml"
    settings = tomllib.loads(project.read_text(encoding="utf-8"))
    address = settings.get("tool", {}).get("fer-edu", {}).get("repository", "").rstrip("/").removesuffix(".git")
    if address and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise BuildError(
            f"expected [tool.fer-edu] repository such as https://github.com/OWNER/NAME, found {address}: "
            "Binder's and Colab's links are made from a project on GitHub."
        )
    return address


def doors(address, notebook):
    """Return name -> the link that opens notebooks/`notebook` there; {} without a public address."""
    if not address:
        return {}
    place = address.removeprefix("https://github.com/")
    return {
        "Binder": f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath=lab/tree/notebooks/{notebook}",
        "Colab": f"https://colab.research.google.com/github/{place}/blob/main/notebooks/{notebook}",
    }


def badges(address, notebook):
    """Return the markdown of the Binder and Colab badges of notebooks/`notebook`; "" without a public address."""
    return " ".join(f"[![{name}]({IMAGES[name]})]({link})" for name, link in doors(address, notebook).items())


def install_lines(address):
    """Return the code that stands for `# <install>`: on Colab it installs the package once, elsewhere it says how.

    %pip raises nothing when it fails, so the last line does. What else Colab needs, the packages do by themselves:
    anywidget turns on Colab's support for its widgets, and "auto" takes the GPU where there is one.
    """
    if not address:
        return '# Is fer_edu not found? In the folder that holds pyproject.toml run: pip install -e ".[lab]"'
    return (
        "import sys, importlib.util as modules\n"
        'if "google.colab" in sys.modules and not modules.find_spec("fer_edu"):  # Colab starts without the package\n'
        f'    %pip install -q "fer-edu[notebooks] @ git+{address}"\n'
        '    assert modules.find_spec("fer_edu"), "not installed: read above what pip says, then run this cell again"'
    )


def readme(text, address, numbers):
    """Return the README's text with the links that `address` gives. numbers: "NN" -> the notebook's file name."""

    def filled(match):
        kind, number = match["kind"], match["number"]
        if kind == "badges":
            links = badges(address, numbers["00"])
            return f"<!-- badges -->\n{links}\n<!-- /badges -->" if links else "<!-- badges -->\n<!-- /badges -->"
        if number not in numbers:
            raise BuildError(f"expected numbers of notebooks in README.md, found <!-- open {number} -->")
        links = "".join(f" · [{name}]({link})" for name, link in doors(address, numbers[number]).items())
        return f"<!-- open {number} -->{links}<!-- /open -->"

    return LINKS.sub(filled, text)


def starter(block, indent):
    """Return what a student finds in the place of the solution `block`, a list of lines indented by `indent`."""
    if indent:
        return [f"{indent}# YOUR CODE HERE", f"{indent}raise NotImplementedError"]
    names = []
    for statement in ast.parse("\n".join(block)).body:
        if isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets):
            names += [target.id for target in statement.targets]
        elif not isinstance(statement, ast.Expr):
            raise BuildError(f"a top-level solution may only assign names, found: {ast.unparse(statement)[:60]}")
    return [f"{name} = ..." for name in dict.fromkeys(names)]


def without_solutions(code):
    """Return the code of a cell with each marked solution replaced by its starter."""
    kept, block = [], None
    for line in code.splitlines():
        mark = line.strip()
        if mark == BEGIN:
            if block is not None:
                raise BuildError(f"{BEGIN} stands inside a solution")
            block, indent = [], line[: len(line) - len(line.lstrip())]
        elif mark == END:
            if block is None:
                raise BuildError(f"{END} stands without {BEGIN}")
            kept += starter([each.removeprefix(indent) for each in block], indent)
            block = None
        else:
            (kept if block is None else block).append(line)
    if block is not None:
        raise BuildError(f"{BEGIN} stands without {END}")
    return "\n".join(kept)


def without_markers(code):
    """Return the code of a cell with the marker lines taken out and the solutions left in."""
    return "\n".join(line for line in code.splitlines() if line.strip() not in (BEGIN, END))


def with_markers(code):
    """Return the code of a cell as it is, after a look at its markers."""
    without_solutions(code)
    return code


# What each kind of notebook makes of a cell's code.
SOLUTIONS = {"student": without_solutions, "solution": without_markers, "nbgrader": with_markers}


def assemble(source, kind, address=None):
    """Return the notebook of one kind ("student", "solution", "nbgrader") that `source` describes, not yet run."""
    address = repository() if address is None else address
    notebook = jupytext.read(source, fmt="py:percent")
    cells, seen = [], {}
    for cell in notebook.cells:
        text = cell.source
        if cell.cell_type == "markdown":
            text = text.replace(BADGES, badges(address, targets(source)["student"].name)).strip()
        else:
            text = text.replace(INSTALL, install_lines(address))
            text = SOLUTIONS[kind](text)
        tags = list(cell.metadata.get("tags", []))
        make = nbformat.v4.new_markdown_cell if cell.cell_type == "markdown" else nbformat.v4.new_code_cell
        # An id that depends on the source's text alone: the same build twice, and both kinds, name a cell alike.
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cells.append(make(text, id=f"{digest}-{seen[digest]}", metadata={"tags": tags} if tags else {}))
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )


def nbgrader_notebook(source, address=None):
    """Return the notebook of `source` as an instructor's source for nbgrader: solutions marked, checks graded."""
    notebook = assemble(source, "nbgrader", address)
    numbers, waiting, used = [], [], set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        checks = check_calls(cell.source)
        if BEGIN in cell.source:
            if checks:
                raise BuildError(f"the check of {checks[0][0]} stands in the cell of a solution: give it its own cell")
            cell.source, may_raise = with_starters(cell.source)
            if may_raise:  # nbgrader puts a `raise` in the solution's place: the cells below must run all the same
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
            waiting.append(cell)
        elif checks:
            if len(checks) > 1:
                raise BuildError(f"{len(checks)} checks stand in one cell: give each its own cell")
            ((number, call),) = checks
            numbers.append(number)
            hidden = f"assert (outcome := {call}).correct, outcome"
            cell.source += f"\n{HIDDEN_BEGIN}\n{hidden}\n{HIDDEN_END}"
            for each in waiting:
                each.metadata["nbgrader"] = graded_cell(number, "answer", used)
            cell.metadata["nbgrader"] = graded_cell(number, "check", used)
            waiting = []
    if waiting:
        raise BuildError("a solution stands without a check below it, so nbgrader could not grade it")
    if len(set(numbers)) < len(numbers):
        raise BuildError("an exercise is checked twice, so it would give two points")
    return notebook


def check_calls(code):
    """Return (number, source of the call) for each fe.exercises.check("NN.k", ...) in a cell."""
    if "exercises.check(" not in code:
        return []
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [
        (ast.literal_eval(call.args[0]), ast.get_source_segment(code, call))
        for call in calls
        if ast.unparse(call.func).endswith("exercises.check")
    ]


def with_starters(code):
    """Return the code with `name = ...` above each solution at the top level, and whether there is one."""
    lines, found = code.splitlines(), False
    for begin in reversed([k for k, line in enumerate(lines) if line == BEGIN]):
        lines[begin:begin] = starter(lines[begin + 1 : lines.index(END, begin)], "")
        found = True
    return "\n".join(lines), found


def graded_cell(number, role, used):
    """Return nbgrader's metadata for a cell; its grade_id, such as "02-1-answer", is added to `used`."""
    name = f"{number.replace('.', '-')}-{role}"
    grade_id = next(each for k in range(1, 100) if (each := name if k == 1 else f"{name}-{k}") not in used)
    used.add(grade_id)
    check = role == "check"
    points = {"points": 1} if check else {}
    kinds = {"grade": check, "locked": check, "solution": not check, "task": False}
    return {"schema_version": 3, "grade_id": grade_id, **kinds, **points}


def write_course(chosen, course):
    """Write the sources as assignments into the nbgrader course folder `course`; return the notebooks' paths."""
    notebooks = {
        course / "source" / source.stem / f"{source.stem}.ipynb": nbgrader_notebook(source) for source in chosen
    }
    for path, notebook in notebooks.items():
        nbformat.validate(notebook)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, nbformat.writes(notebook) + "\n")
    if not (course / "nbgrader_config.py").exists():
        write_whole(course / "nbgrader_config.py", NBGRADER_CONFIG)
    return list(notebooks)


def kernel_environment(kind):
    """Return the environment in which a notebook is built: without data sets, and strict where solutions are shown."""
    environment = {name: value for name, value in os.environ.items() if name not in (*DATA, "FER_EDU_STRICT")}
    environment["FER_EDU_PROGRESS"] = "off"  # a build is nobody's progress
    if kind == "solution":
        environment["FER_EDU_STRICT"] = "1"
    return environment


def execute(notebook, kind, folder):
    """Run every cell in place, as if the notebook lay in `folder`; BuildError with the traceback of one that fails."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors: its warnings about transport are not ours to mend
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute(env=kernel_environment(kind))
    except (DeadKernelError, AssertionError):  # nbclient's own clean-up asserts when the kernel is gone
        raise BuildError("the kernel was killed: stopped from outside, or out of memory") from None
    except CellExecutionError as error:
        raise BuildError(re.sub(r"\x1b\[[0-9;]*m", "", str(error))) from None
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}  # the kernel's own answer names Python's patch version
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            # Without a kernel a widget's view is an error message; its picture, which stands beside it, is not.
            if "data" in output and len(output["data"]) > 1:
                output["data"].pop(WIDGET, None)


def machine_paths(notebook):
    """Return the places in the outputs that name this machine's folders, as text."""
    found = []
    pattern = re.compile("|".join(re.escape(str(p)) for p in {ROOT, Path.home(), Path(sys.prefix)}) + r"|/tmp/")
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            texts = [output.get("text", "")] + [
                v for k, v in output.get("data", {}).items() if not k.startswith("image/")
            ]
            found += [f"cell {number}: {m.group()}" for text in texts for m in pattern.finditer(str(text))]
    return found


def build(source):
    """Build, run and write both notebooks of one source."""
    done = {}
    assembled = {kind: assemble(source, kind) for kind in KINDS}  # both at once: the source may be edited meanwhile
    for kind, path in targets(source).items():
        path.parent.mkdir(exist_ok=True)
        notebook = assembled[kind]
        execute(notebook, kind, path.parent)
        if found := machine_paths(notebook):
            raise BuildError(
                f"{path.name} ({kind}) names this machine's folders in its outputs: {'; '.join(found[:3])}"
            )
        nbformat.validate(notebook)
        done[path] = nbformat.writes(notebook) + "\n"
    for path, text in done.items():
        write_whole(path, text)


def write_whole(path, text):
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def contents(notebook):
    """Return what `--check` compares: (cell_type, source, tags) of every cell."""
    return [(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", []))) for cell in notebook.cells]


def stale(source):
    """Return one line for each notebook of `source` that is missing or no longer says what the source says."""
    lines = []
    for kind, path in targets(source).items():
        name = f"{path.parent.name}/{path.name}"
        if not path.exists():
            lines.append(f"{name} is missing")
            continue
        wanted, found = contents(assemble(source, kind)), contents(nbformat.read(path, as_version=4))
        if wanted != found:
            pairs = zip(wanted, found, strict=False)
            first = next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(wanted), len(found)))
            lines.append(f"{name} differs from src/{source.name} from cell {first} on")
    return lines


def relink(source, address=None):
    """Return path -> text of the notebooks of `source` that must change for the public address, and for nothing else.

    BuildError where anything else differs from the source: that needs a build.
    """
    changed = {}
    texts = [cell.source for cell in jupytext.read(source, fmt="py:percent").cells]
    for kind, path in targets(source).items():
        if not path.exists():
            raise BuildError(f"{path.name} ({kind}) is missing: build it")
        wanted, found = assemble(source, kind, address), nbformat.read(path, as_version=4)
        before = contents(found)
        for new, old, text in zip(wanted.cells, found.cells, texts, strict=False):
            head, mark, rest = text.partition(BADGES if BADGES in text else INSTALL)
            if mark and old.source.startswith(head.strip()) and old.source.endswith(rest.strip()):
                old.source = new.source
        if contents(found) != contents(wanted):
            raise BuildError(f"{path.name} ({kind}) differs from its source in more than the address: build it")
        if contents(found) != before:
            changed[path] = nbformat.writes(found) + "\n"
    return changed


def linked_readme(path=ROOT / "README.md", address=None):
    """Return the README's text as it is and as the public address would have it."""
    text = path.read_text(encoding="utf-8")
    numbers = {source.name[:2]: f"{source.stem}.ipynb" for source in (ROOT / "notebooks/src").glob("[0-9][0-9]_*.py")}
    return text, readme(text, repository() if address is None else address, numbers)


def sources(numbers=(), folder=ROOT / "notebooks/src"):
    """Return the source files, all or those whose name begins with one of `numbers`."""
    found = sorted(folder.glob("[0-9][0-9]_*.py"))
    unknown = [n for n in numbers if not any(path.name.startswith(f"{n}_") for path in found)]
    if unknown:
        raise BuildError(f"expected numbers of notebooks in {folder.name}/, found {', '.join(unknown)}")
    return [path for path in found if not numbers or path.name[:2] in numbers]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Build the notebooks from notebooks/src.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which notebooks; all if none is named")
    parser.add_argument("--check", action="store_true", help="only compare sources with notebooks; run nothing")
    parser.add_argument("--relink", action="store_true", help="only write the project's address into them; run nothing")
    parser.add_argument("--nbgrader", metavar="COURSE", type=Path, help="write assignments into this course folder")
    options = parser.parse_args(arguments)
    try:
        chosen = sources(options.numbers)
        if options.check:
            lines = [line for source in chosen for line in stale(source)]
            if lines:
                lines.append(("run: python notebooks/build.py " + " ".join(options.numbers)).rstrip())
            before, after = linked_readme()
            if before != after:
                lines.append("README.md has not the project's address: run: python notebooks/build.py --relink")
            if lines:
                print("\n".join(lines), file=sys.stderr)
                return 1
            print(f"{len(chosen)} sources agree with their notebooks")
            return 0
        if options.relink:
            changed = {path: text for source in chosen for path, text in relink(source).items()}
            before, after = linked_readme()
            if before != after:
                changed[ROOT / "README.md"] = after
            for path, text in changed.items():
                write_whole(path, text)
            print(f"{len(changed)} files changed")
            return 0
        if options.nbgrader:
            for path in write_course(chosen, options.nbgrader):
                print(f"wrote {path}")
            return 0
        for source in chosen:
            build(source)
            print(f"built {source.stem}", flush=True)
    except BuildError as error:
        print(textwrap.indent(str(error), "  ").strip(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
