"""The course's progress outlives a kernel, and nothing that happens to its file stops a check."""

import json

import pytest

from fer_edu import exercises
from fer_edu.exercises import kept
from fer_edu.exercises.record import Record


def new_session(monkeypatch):
    monkeypatch.setattr(exercises, "_session", Record())


def lines():
    return repr(exercises.progress()).splitlines()


def test_the_course_remembers_what_another_kernel_judged(monkeypatch):
    exercises.check("00.1", 12)
    exercises.check("00.2", 1)
    new_session(monkeypatch)
    assert "notebook 00: 1/3 correct ✔✘○" in lines()
    assert "0 of 3" in repr(exercises.progress("00"))  # a notebook's own progress is that of its session
    exercises.check("00.2", ...)  # an empty starter takes nothing back
    assert "notebook 00: 1/3 correct ✔✘○" in lines()
    exercises.check("00.1", 24)
    new_session(monkeypatch)
    assert "notebook 00: 0/3 correct ✘✘○" in lines()


def test_only_number_and_status_are_kept():
    exercises.check("00.1", 12)
    assert json.loads(kept.place().read_text()) == {"00.1": "correct"}


@pytest.mark.parametrize("text", ["", "no JSON", "[1, 2]", '{"00.1": 7, "00.2": "correct"}'])
def test_a_damaged_file_is_no_progress_and_is_mended(text):
    kept.place().write_text(text)
    before = {"00.2": "correct"} if "00.2" in text else {}
    assert kept.read() == before
    exercises.check("00.1", 12)
    assert kept.read() == before | {"00.1": "correct"}


def test_a_check_works_where_nothing_can_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FER_EDU_PROGRESS", str(tmp_path / "file" / "progress.json"))
    assert exercises.check("00.1", 12).correct
    assert "notebook 00: 1/3 correct ✔○○" in lines()


def test_off_keeps_nothing_and_strict_neither(monkeypatch):
    path = kept.place()
    monkeypatch.setenv("FER_EDU_STRICT", "1")
    exercises.check("00.1", 12)
    monkeypatch.delenv("FER_EDU_STRICT")
    monkeypatch.setenv("FER_EDU_PROGRESS", "off")
    exercises.check("00.1", 12)
    assert not path.exists() and kept.read() == {}


def test_by_default_it_lies_in_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("FER_EDU_PROGRESS")
    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path))
    assert kept.place() == tmp_path / "progress.json"
