"""The committed notebooks are what their sources say, and hold nothing that must not be passed on."""

import dataclasses
import importlib.util
import json
import re
from pathlib import Path

import nbformat
import pytest

from fer_edu.data.about import ABOUT
from fer_edu.models import SDLOptions

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("notebook_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

SOURCES = build.sources()
NOTEBOOKS = [path for source in SOURCES for path in build.targets(source).values()]
STUDENT = [build.targets(source)["student"] for source in SOURCES]


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda p: f"{p.parent.name}/{p.stem}")


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@named(SOURCES)
def test_committed_notebooks_say_what_their_source_says(path):
    assert build.stale(path) == []


@named(NOTEBOOKS)
def test_every_cell_was_run_in_order_without_an_error(path):
    cells = [cell for cell in code_cells(path) if cell.source.strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [o for cell in cells for o in cell.outputs if o.output_type == "error"]


@named(NOTEBOOKS)
def test_outputs_name_no_folder_of_the_machine(path):
    text = json.dumps([cell.outputs for cell in code_cells(path)])
    text = re.sub(r'"image/png": "[^"]*"', "", text)
    folders = "|".join(f"/{name}/" for name in ("home", "root", "work", "tmp", "Users"))
    assert not re.findall(rf"(?:{folders}|site-packages|[A-Z]:\\\\)\S*", text)


@named(NOTEBOOKS)
def test_outputs_hold_no_widget_that_needs_a_kernel_and_no_time_stamps(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        for output in cell.get("outputs", []):
            assert build.WIDGET not in output.get("data", {})


@named(STUDENT)
def test_student_notebook_holds_no_solution_and_says_so_when_checked(path):
    solved = {cell.id: cell.source for cell in code_cells(path.parent / "solutions" / path.name)}
    blanked = [cell for cell in code_cells(path) if cell.source != solved[cell.id]]
    assert len(blanked) >= 3
    for cell in blanked:
        assert "NotImplementedError" in cell.source or cell.source.endswith("= ...")
    text = "".join(cell.source for cell in code_cells(path))
    assert build.BEGIN not in text and build.END not in text
    checks = [cell for cell in code_cells(path) if "fe.exercises.check(" in cell.source]
    assert checks and all("not attempted" in str(cell.outputs) for cell in checks)


@named([path.parent / "solutions" / path.name for path in STUDENT])
def test_solutions_are_correct_and_compared(path):
    checks = [cell for cell in code_cells(path) if "fe.exercises.check(" in cell.source]
    assert checks
    for cell in checks:
        assert " correct" in cell.outputs[0]["data"]["text/plain"]
        assert cell.source.startswith("# NBVAL_CHECK_OUTPUT")


@named(STUDENT)
def test_notebook_follows_the_template(path):
    text = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells)
    for part in ("What you need", "How long", "Predict.", "paper and pencil", "By hand", "Explore", "## Take away"):
        assert part.lower() in text.lower(), part
    for part in ("An honest limitation", "## References", ".walk()"):
        assert part in text, part
    assert text.count("<details>") >= 2
    assert len(set(re.findall(r'exercises\.check\("([\d.]+)"', text))) >= 3
    assert "simply" not in text.lower()


def test_kernels_of_a_build_do_not_see_data_sets(monkeypatch):
    roots = {about.variable for about in ABOUT.values()}
    for root in roots:
        monkeypatch.setenv(root, "/somewhere")
    for kind in build.KINDS:
        assert not roots & set(build.kernel_environment(kind))
    assert build.kernel_environment("solution")["FER_EDU_STRICT"] == "1"
    assert "FER_EDU_STRICT" not in build.kernel_environment("student")


@named([path for path in SOURCES if "fer2013" in path.read_text()])
def test_pictures_of_fer2013_are_never_drawn(path):
    """Wherever a notebook may hold FER-2013, each sheet of faces stands behind the choice that it does not."""
    lines = path.read_text().splitlines()
    drawn = [k for k, line in enumerate(lines) if "plots.faces(" in line or "plots.maps(" in line]
    for k in drawn:
        assert lines[k].startswith("    ") and lines[k - 1] == "else:"
        assert any(line == "if fer2013:" for line in lines[k - 6 : k])


def test_the_table_of_notebook_05_has_every_open_choice_of_the_network():
    table = [
        line for line in (ROOT / "notebooks/src/05_the_sdl_network.py").read_text().splitlines() if "# | `" in line
    ]
    named = [name for row in table for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert named == sorted(set(named), key=named.index)  # each once
    assert set(named) == {field.name for field in dataclasses.fields(SDLOptions)}
    for row in table:
        said, choice = row.split("|")[2:4]
        for name in re.findall(r"`(\w+)`", row.split("|")[1])[:1]:
            default = getattr(SDLOptions(), name)
            text = f'"{default}"' if isinstance(default, str) else str(default)
            assert text in choice, (name, said)


def test_a_solution_in_a_function_becomes_a_starter_that_stops():
    code = "def f(x):\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION\n\nprint(1)"
    expected = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError\n\nprint(1)"
    assert build.without_solutions(code) == expected
    assert build.without_markers(code) == "def f(x):\n    y = x\n    return y\n\nprint(1)"


def test_a_solution_at_the_top_becomes_names_to_fill_in():
    code = "### BEGIN SOLUTION\na = 1  # why\nb = c = a + 1\na = 2\n### END SOLUTION"
    assert build.without_solutions(code) == "a = ...\nb = ...\nc = ..."


@pytest.mark.parametrize(
    "code",
    [
        "### BEGIN SOLUTION\na = 1",
        "a = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\na = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\nfor a in b:\n    c = a\n### END SOLUTION",
    ],
)
def test_markers_that_do_not_fit_stop_the_build(code):
    with pytest.raises(build.BuildError):
        build.without_solutions(code)


@pytest.fixture
def project(tmp_path):
    """Return a source in a small project of its own."""
    source = tmp_path / "notebooks/src/00_small.py"
    source.parent.mkdir(parents=True)
    source.write_text(
        "# %% [markdown]\n# # Small\n# <!-- badges -->\n\n# %%\n# <install>\n1 + 1\n\n"
        '# %% tags=["exercise"]\n### BEGIN SOLUTION\na = 2\n### END SOLUTION\n'
    )
    return source


def test_check_names_the_notebook_that_its_source_has_left(project):
    assert build.stale(project) == ["notebooks/00_small.ipynb is missing", "solutions/00_small.ipynb is missing"]
    for kind, path in build.targets(project).items():
        path.parent.mkdir(exist_ok=True)
        nbformat.write(build.assemble(project, kind), path)
    assert build.stale(project) == []
    project.write_text(project.read_text().replace("a = 2", "a = 3"))
    assert build.stale(project) == ["solutions/00_small.ipynb differs from src/00_small.py from cell 2 on"]
    project.write_text(project.read_text().replace('"exercise"', '"other"'))
    assert len(build.stale(project)) == 2


def test_check_runs_nothing_and_fails_with_one_line_a_notebook(project, monkeypatch, capsys):
    monkeypatch.setattr(build, "sources", lambda numbers: [project])
    monkeypatch.setattr(build, "execute", lambda *_: pytest.fail("--check must not run cells"))
    assert build.main(["--check"]) == 1
    assert "notebooks/00_small.ipynb is missing" in capsys.readouterr().err


def test_the_same_source_gives_the_same_bytes_and_ids(project):
    for kind in build.KINDS:
        assert nbformat.writes(build.assemble(project, kind)) == nbformat.writes(build.assemble(project, kind))
    ids = [[cell.id for cell in build.assemble(project, kind).cells] for kind in build.KINDS]
    assert ids[0] == ids[1] and len(set(ids[0])) == 3


def test_a_notebook_with_a_failing_cell_is_not_written(project):
    project.write_text(project.read_text().replace("1 + 1", "1 / 0"))
    with pytest.raises(build.BuildError, match="ZeroDivisionError"):
        build.build(project)
    assert not any(path.exists() for path in build.targets(project).values())


def test_a_notebook_that_names_a_folder_of_this_machine_is_not_written(project):
    project.write_text(project.read_text().replace("1 + 1", "import sys\nprint(sys.prefix)"))
    with pytest.raises(build.BuildError, match="names this machine's folders"):
        build.build(project)
    assert not any(path.exists() for path in build.targets(project).values())


def test_an_unknown_number_is_named():
    with pytest.raises(build.BuildError, match="found 99"):
        build.sources(["99"])
