"""The sources for instructors hold what nbgrader asks for: marked solutions and locked, graded checks, one a point."""

import ast
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("notebook_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

each_source = pytest.mark.parametrize("source", build.sources(), ids=lambda path: path.stem)

# What the schema of nbgrader's cell metadata (version 3) allows in an instructor's source; points only where graded.
FIELDS = {"schema_version", "grade_id", "grade", "locked", "solution", "task"}


def graded(notebook):
    """Return grade_id -> cell for the cells that nbgrader handles."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    assert len(set(ids)) == len(ids)
    return dict(zip(ids, cells, strict=True))


def as_released(code):
    """Return the code of a cell as nbgrader gives it to students: its own starter, and no hidden tests."""
    code = re.sub(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", r"\1raise NotImplementedError()", code, flags=re.S)
    return re.sub(r"\n### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS", "", code, flags=re.S)


@each_source
def test_metadata_follow_nbgraders_schema(source):
    for grade_id, cell in graded(build.nbgrader_notebook(source)).items():
        data = cell.metadata.nbgrader
        assert re.fullmatch(r"[a-zA-Z0-9_\-]+", grade_id)
        assert data.schema_version == 3 and data.task is False
        assert data.grade is data.locked is not data.solution
        assert set(data) == FIELDS | ({"points"} if data.grade else set())
        assert not data.grade or data.points == 1


@each_source
def test_every_exercise_has_an_answer_to_write_and_a_check_that_is_graded(source):
    from fer_edu import exercises

    ids = list(graded(build.nbgrader_notebook(source)))
    numbers = [exercise.number.replace(".", "-") for exercise in exercises.exercises(source.stem[:2])]
    assert [each for each in ids if each.endswith("-check")] == [f"{number}-check" for number in numbers]
    for number in numbers:
        assert ids.index(f"{number}-answer") < ids.index(f"{number}-check")


@each_source
def test_solutions_stand_in_solution_cells_alone_and_nothing_was_run(source):
    notebook = build.nbgrader_notebook(source)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            solution = cell.metadata.get("nbgrader", {}).get("solution", False)
            assert (build.BEGIN in cell.source) is solution
            assert cell.outputs == [] and cell.execution_count is None


@each_source
def test_a_check_shows_to_students_and_raises_for_the_grade(source):
    for grade_id, cell in graded(build.nbgrader_notebook(source)).items():
        if grade_id.endswith("-check"):
            shown, graded_code = ast.parse(as_released(cell.source)), ast.parse(cell.source)
            assert isinstance(shown.body[-1], ast.Expr)  # a cell's last expression is what a notebook shows
            assert isinstance(graded_code.body[-1], ast.Assert)
            assert ast.unparse(shown.body[-1]) in ast.unparse(graded_code.body[-1])


@each_source
def test_what_students_get_runs_to_the_end(source):
    """A starter that raises at the top level is allowed to, and the name that the check asks for exists."""
    names = {}
    for cell in graded(build.nbgrader_notebook(source)).values():
        code = as_released(cell.source)
        if "\nraise NotImplementedError()" in code:
            assert "raises-exception" in cell.metadata.tags
            with pytest.raises(NotImplementedError):
                exec(code, names)
            assigned = [node for node in ast.parse(code).body if isinstance(node, ast.Assign)]
            defined = [target.id for node in assigned for target in node.targets]
            assert defined and all(names[name] is ... for name in defined)


@pytest.fixture
def small(tmp_path):
    """Return a function that writes a source of these cells."""

    def write(*cells):
        path = tmp_path / "notebooks/src/00_small.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"# %%\n{cell}\n\n" for cell in cells), encoding="utf-8")
        return path

    return write


ANSWER = "### BEGIN SOLUTION\na = 2\n### END SOLUTION"
CHECK = 'fe.exercises.check("00.1", a)'


def test_an_answer_in_two_cells_gets_two_ids(small):
    notebook = build.nbgrader_notebook(small(ANSWER, ANSWER, CHECK))
    assert list(graded(notebook)) == ["00-1-answer", "00-1-answer-2", "00-1-check"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((ANSWER,), "without a check below it"),
        ((f"{ANSWER}\n{CHECK}",), "stands in the cell of a solution"),
        ((ANSWER, f"{CHECK}\n{CHECK}"), "2 checks stand in one cell"),
        ((ANSWER, CHECK, CHECK), "checked twice"),
        (("### BEGIN SOLUTION\na = 2", CHECK), "without ### END SOLUTION"),
    ],
)
def test_a_source_that_could_not_be_graded_is_refused(small, cells, message):
    with pytest.raises(build.BuildError, match=message):
        build.nbgrader_notebook(small(*cells))


def test_the_command_writes_a_course_folder_and_keeps_its_settings(tmp_path, capsys):
    assert build.main(["--nbgrader", str(tmp_path), "00"]) == 0
    (written,) = tmp_path.glob("source/*/*.ipynb")
    assert written.parent.name == written.stem == "00_start_here"
    assert str(written) in capsys.readouterr().out
    settings = tmp_path / "nbgrader_config.py"
    assert "c.Execute.timeout" in settings.read_text()
    settings.write_text("mine")
    build.main(["--nbgrader", str(tmp_path), "00"])
    assert settings.read_text() == "mine"
