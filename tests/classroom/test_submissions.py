"""What was handed in is read before any of it runs: nothing in it stops the reading, and nobody is left out."""

import json
import os
import sys
import warnings

import nbformat
import pytest

from fer_edu.classroom import course, submissions
from fer_edu.classroom.marking import _answers

RIGHT = "pixels_to_the_right = 12"


@pytest.fixture(scope="module")
def own():
    return course.notebooks()


@pytest.fixture
def found(tmp_path, own):
    """Return a function that reads what lies in tmp_path: (student, file) -> Submission."""

    def find():
        answers = {number: _answers(path) for number, path in own.items()}
        return {(one.student, one.file): one for one in submissions.find(tmp_path, own, answers)}

    return find


def save(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


def test_a_student_without_a_notebook_has_a_row_that_says_what_is_there(tmp_path, found):
    save(tmp_path / "anna" / "00_start_here.ipynb", RIGHT)
    (tmp_path / "bert" / "inner").mkdir(parents=True)
    (tmp_path / "bert" / "inner" / "all.zip").write_bytes(b"PK")
    (tmp_path / "cem" / ".ipynb_checkpoints").mkdir(parents=True)
    save(tmp_path / "cem" / ".ipynb_checkpoints" / "00_start_here-checkpoint.ipynb", RIGHT)
    (tmp_path / "__MACOSX" / "anna").mkdir(parents=True)
    (tmp_path / "marks.csv").write_text("")
    one = found()
    assert list(one) == [("anna", "anna/00_start_here.ipynb"), ("bert", "bert/"), ("cem", "cem/")]
    assert one["bert", "bert/"].remarks == (
        "expected a notebook, found none among 1 files: ask for the .ipynb itself.",
    )
    assert "none among 0 files" in one["cem", "cem/"].remarks[0]


def test_an_ending_in_capitals_is_read_too(tmp_path, found):
    save(tmp_path / "anna" / "00_start_here.IPYNB", RIGHT)
    assert found()["anna", "anna/00_start_here.IPYNB"].notebook == "00"


def test_two_notebooks_of_one_student_are_told_in_both_rows(tmp_path, found):
    for name in ("anna_00_start_here", "anna_00_start_here (1)", "anna_02_affine_grids", "bert_00_start_here"):
        save(tmp_path / f"{name}.ipynb", RIGHT)
    remarks = {file: one.remarks for (_, file), one in found().items()}
    both = ("one of 2 notebooks 00 of this student",)
    assert [student for student, _ in found()] == ["anna", "anna", "anna", "bert"]
    assert remarks["anna_00_start_here.ipynb"] == remarks["anna_00_start_here (1).ipynb"] == both
    assert remarks["anna_02_affine_grids.ipynb"] == remarks["bert_00_start_here.ipynb"] == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_no_terminal_takes_is_read_and_shown_with_escapes(tmp_path, found):
    folder = os.fsencode(tmp_path) + b"/b\xff\x1b[31m\n"
    os.mkdir(folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RIGHT)])
    with open(folder + b"/00_start_here.ipynb", "w") as handle:
        handle.write(nbformat.writes(notebook))
    save(tmp_path / "Jos\u00e9 \u5c71\u7530\u3000" / "00_start_here.ipynb", RIGHT)
    assert [student for student, _ in found()] == ["Jos\u00e9 \u5c71\u7530\u3000", r"b\xff\x1b[31m\n"]
    assert all(one.cells and file.isprintable() for (_, file), one in found().items() if file[0] == "b")


def test_a_check_of_any_length_is_read(tmp_path, found):
    long = "fe.exercises.check('00.1', " + " + ".join(["1"] * 800) + ")"
    save(tmp_path / "anna_00_start_here.ipynb", long)
    assert found()["anna", "anna_00_start_here.ipynb"].remarks == ("the call that checks 00.1 was changed",)


@pytest.mark.parametrize(
    "code",
    ["x = (3\n     % 2)\n{check}", "%%time\n{check}", "!ls\n%matplotlib inline\n{check}", "s = '\\d'\n{check}"],
)
def test_no_line_beside_a_check_hides_it_or_says_something(code):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (check,) = course.checks_in(code.replace("{check}", "fe.exercises.check('00.1', a)"))
    assert check == course.Check("00.1", "a")


def test_half_an_emoji_and_cells_without_names_are_read_in_silence():
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    notebook = {"cells": [{**cell, "source": ["x = '\ud83d'"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert course.code_cells(json.dumps(notebook).encode()) == ["x = '?'"]
