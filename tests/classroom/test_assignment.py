"""What is handed out: the course's notebooks with nothing to copy in them, whole or not at all."""

import re
from pathlib import Path

import nbformat
import pytest

from fer_edu.classroom import course, make_assignment
from fer_edu.classroom.assignment import student_notebook
from fer_edu.errors import FerEduError

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = sorted(course.notebooks())
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def test_no_line_of_a_solution_and_no_output_is_handed_out(tmp_path):
    made = make_assignment(NUMBERS, tmp_path / "out")
    handed = "\n".join(path.read_text(encoding="utf-8") for path in made.iterdir())
    cells = [cell for path in made.glob("*.ipynb") for cell in nbformat.read(path, 4).cells]
    told = "\n".join(cell.source for cell in cells)
    lines = 0
    for number in NUMBERS:
        source = next(ROOT.glob(f"notebooks/src/{number}_*.py")).read_text(encoding="utf-8")
        elsewhere = SOLUTION.sub("", source)
        for block in SOLUTION.findall(source):
            for line in map(str.strip, block.splitlines()):
                if len(line) > 8 and line not in elsewhere:
                    lines += 1
                    assert line not in told, f"{number}: {line}"
    assert lines > 150  # the solutions were found
    assert "SOLUTION" not in handed and "solutions/" not in handed
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_the_folder_says_what_to_install_how_to_start_and_how_to_hand_in(tmp_path):
    made = make_assignment(["03"], tmp_path / "out", package="fer-edu[lab] @ git+https://example.org/x")
    assert sorted(path.name for path in made.iterdir()) == [
        "03_bilinear_sampling.ipynb",
        "README.md",
        "requirements.txt",
    ]
    assert (made / "requirements.txt").read_text() == "fer-edu[lab] @ git+https://example.org/x\n"
    readme = (made / "README.md").read_text(encoding="utf-8")
    assert "`03_bilinear_sampling.ipynb`: exercises 03.1 to 03.5" in readme
    assert "## Hand in" in readme and 'hint("03.1")' in readme


def test_the_handed_out_notebook_is_marked_as_not_attempted_by_its_own_checks(tmp_path):
    text = student_notebook(course.notebooks()["02"])
    cells = course.code_cells(text.encode())
    numbers = [check.number for code in cells for check in course.checks_in(code)]
    assert numbers == ["02.1", "02.2", "02.3", "02.4", "02.5"]
    assert course.number_of(cells) == "02"


@pytest.mark.parametrize("left", ["folder", "file", "link"])
def test_nothing_that_is_there_is_written_over(tmp_path, left):
    out = tmp_path / "out"
    {"folder": out.mkdir, "file": out.touch, "link": lambda: out.symlink_to(tmp_path / "nowhere")}[left]()
    with pytest.raises(FerEduError, match="expected a folder that is not there yet, found .*out"):
        make_assignment(["03"], out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    write = Path.write_text

    def full(path, *arguments, **keywords):
        if path.name == "README.md":
            raise OSError(28, "No space left on device")
        return write(path, *arguments, **keywords)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FerEduError, match="expected a place to write to, found .*No space left"):
        make_assignment(["03"], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_checkout_whose_notebook_holds_an_answer_hands_out_nothing(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(course.notebooks()["00"], 4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("pixels_to_the_right = ...", "pixels_to_the_right = 12")
    nbformat.write(notebook, tmp_path / "notebooks" / "00_start_here.ipynb")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FerEduError, match=r"expected 00_start_here.ipynb without answers, found one for 00\.1"):
        make_assignment(["00"], tmp_path / "out")


def test_every_check_of_the_course_is_found_with_its_answer_and_a_starter():
    from fer_edu import exercises

    for number, path in course.notebooks().items():
        found = [check for code in course.code_cells(path.read_bytes()) for check in course.checks_in(code)]
        assert [check.number for check in found] == [each.number for each in exercises.exercises(number)]
        assert all(check.answer for check in found)
        student_notebook(path)  # raises where a check has no starter above it


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('fe.exercises.check("02.1", (a,  b))', [("02.1", "(a, b)")]),
        ('from fer_edu.exercises import check\ncheck("02.1", a)', [("02.1", "a")]),
        ('%matplotlib inline\n!ls\nfe.exercises.check("02.1", a)', [("02.1", "a")]),
        ('# fe.exercises.check("02.1", a)', []),
        ("\"fe.exercises.check('02.1', a)\"", []),
        ('if True\n    fe.exercises.check("02.1", a)', [("02.1", None)]),
        ('fe.exercises.check(number, a)\ncheck("one", 2)', []),
    ],
)
def test_checks_are_found_in_what_students_write(code, expected):
    assert [(check.number, check.answer) for check in course.checks_in(code)] == expected
