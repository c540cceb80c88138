"""A session remembers the latest answers and the attempts, and writes them without naming a student or a folder."""

import json

import pytest

from fer_edu import exercises


def test_progress_of_a_notebook_counts_the_latest_answers():
    assert "0 of 3" in repr(exercises.progress("00"))
    exercises.check("00.1", 12)
    exercises.check("00.3", 1)
    text = repr(exercises.progress("00"))
    assert "1 of 3" in text and "✔ 00.1" in text and "✘ 00.3" in text and "○ 00.2" in text
    exercises.check("00.1", 24)
    assert "0 of 3" in repr(exercises.progress("00"))


def test_progress_of_the_course_has_a_line_for_every_notebook():
    exercises.check("00.1", 12)
    exercises.check("00.2", 1)
    exercises.check("06.4", 0.15)
    head, *lines = repr(exercises.progress()).splitlines()
    assert [line.split()[1].rstrip(":") for line in lines] == exercises.notebooks()
    assert head.strip() == f"2 of {len(exercises.outcomes())} exercises of the course correct."
    assert "notebook 00: 1/3 correct ✔✘○" in lines
    assert "notebook 06: 1/5 correct ○○○✔○" in lines


def outcome(number):
    return next(row for row in exercises.outcomes() if row["number"] == number)


def test_attempts_count_judged_answers_and_no_starters():
    assert outcome("00.1") == {
        "number": "00.1",
        "title": "a shift in pixels (paper and pencil)",
        "status": "not attempted",
        "message": "",
        "attempts": 0,
    }
    exercises.check("00.1", ...)
    assert outcome("00.1")["attempts"] == 0
    exercises.check("00.1", 24)
    exercises.check("00.1", 12)
    assert outcome("00.1")["attempts"] == 2
    assert outcome("00.1")["status"] == "correct"
    exercises.check("00.1", ...)
    assert (outcome("00.1")["attempts"], outcome("00.1")["status"]) == (2, "not attempted")


def test_a_strict_check_is_remembered_although_it_raises(monkeypatch):
    monkeypatch.setenv("FER_EDU_STRICT", "1")
    with pytest.raises(exercises.StrictError):
        exercises.check("00.1", 24)
    assert (outcome("00.1")["attempts"], outcome("00.1")["status"]) == (1, "incorrect")


def test_saved_outcomes_are_the_outcomes_with_the_versions(tmp_path):
    exercises.check("00.1", 24)
    exercises.save_outcomes(tmp_path / "deep/outcomes.json")
    content = json.loads((tmp_path / "deep/outcomes.json").read_text(encoding="utf-8"))
    assert content["outcomes"] == exercises.outcomes()
    assert set(content["versions"]) == {"fer_edu", "torch", "python"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["outcomes.json"]


@pytest.mark.parametrize(
    "folder", ["/ho" + "me/ada/x.png", "~/course/x.png", r"C:\Us" + r"ers\ada\x.png", "/mnt/ada lovelace/x.png"]
)
def test_outcomes_name_no_folder_of_the_students_machine(folder):
    def opens(rotation, scale):
        raise FileNotFoundError(f"No such file: {folder!r}")

    assert repr(folder) in exercises.check("00.2", opens).message
    message = outcome("00.2")["message"]
    assert message == "Your function stopped with FileNotFoundError: No such file: '…'"


def test_a_folder_without_quotes_is_left_out_too():
    def stops(rotation, scale):
        raise OSError("cannot read /mnt/ada/x.png here")

    exercises.check("00.2", stops)
    assert outcome("00.2")["message"].endswith("cannot read … here")


def test_what_only_looks_like_a_folder_stays():
    def stops(rotation, scale):
        raise ValueError("1/2 or 3 / 4 and x/y/z")

    exercises.check("00.2", stops)
    assert outcome("00.2")["message"].endswith("1/2 or 3 / 4 and x/y/z")
