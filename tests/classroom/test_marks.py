"""The table of marks: what is written is read again, and no spreadsheet runs a student's file name."""

import pytest

from fer_edu.classroom import marks
from fer_edu.classroom.submissions import Submission
from fer_edu.errors import FerEduError

FOUND = {"statuses": {"02.1": "correct", "02.2": "incorrect"}, "remarks": ["a", "a", "b"], "seconds": 1.5, "peak": 7}


def row(student, file, exercises=("02.1", "02.2", "02.10")):
    return marks.row_of(Submission(student, file, "abc", "02", remarks=("odd",)), exercises, FOUND)


def test_a_row_counts_what_is_correct_and_says_each_remark_once():
    one = row("mueller", "mueller/02.ipynb")
    assert (one["points"], one["of"], one["02.10"], one["remark"]) == (1, 3, "not reached", "odd; a; b")


def test_what_is_written_is_read_again_whoever_the_students_are(tmp_path):
    names = ["Ünal, Ömer", '=cmd("x")', "'=cmd", "''+1", "＝1", "\n=2", "-2", "'quoted", "two\nlines", "x"]
    marks.write(tmp_path / "m.csv", [row(name, f"{name}/02.ipynb") for name in names])
    found = marks.read(tmp_path / "m.csv")
    assert {each["student"] for each in found.values()} == set(names)
    assert set(found) == {f"{name}/02.ipynb" for name in names}
    text = (tmp_path / "m.csv").read_text("utf-8-sig")
    assert "\n=cmd" not in text and "\n＝" not in text and '"\n=2"' not in text
    marks.write(tmp_path / "again.csv", found.values())
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "m.csv").read_bytes()


def test_exercises_stand_in_the_order_of_their_numbers_over_several_notebooks(tmp_path):
    rows = [row("b", "b"), {**row("a", "a", ("01.2", "01.1")), "notebook": "01"}]
    marks.write(tmp_path / "m.csv", rows)
    head, first, _ = (tmp_path / "m.csv").read_text("utf-8-sig").splitlines()
    assert head.split(",")[3:8] == ["01.1", "01.2", "02.1", "02.2", "02.10"]
    assert first.startswith("a,a,01,not reached,not reached,,,,0,2")


CUT_OFF = "student,file,notebook,points,of,seconds,peak MB,remark,sha256\n1,2\n"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", CUT_OFF])
def test_another_table_is_refused(tmp_path, text):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(FerEduError, match="found another file"):
        marks.read(tmp_path / "m.csv")


def test_the_summary_counts_each_exercise_over_who_has_it():
    lines = marks.summary([row("a", "a"), row("b", "b", ("02.1",))])
    assert lines == ["02.1  2 of 2 correct", "02.2  0 of 1 correct", "02.10  0 of 1 correct"]


def test_a_remark_of_any_length_leaves_a_table_that_is_read_again(tmp_path):
    found = FOUND | {"remarks": ["x" * 300_000]}
    marks.write(tmp_path / "m.csv", [marks.row_of(Submission("a", "a", "abc", "02"), (), found)])
    assert 100 < len(marks.read(tmp_path / "m.csv")["a"]["remark"]) < 10_000
