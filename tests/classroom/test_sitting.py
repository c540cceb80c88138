"""The order of a sitting, the verdict of one answer, and the clock that it runs by; no kernel is needed for these."""

import json
import subprocess
import sys

import psutil
import pytest

from fer_edu import exercises
from fer_edu.classroom.judging import judge
from fer_edu.classroom.kernel import Ended, Interrupted
from fer_edu.classroom.processes import processor_time, waiting
from fer_edu.classroom.sitting import sit


def verdict(status, changed=False):
    row = json.dumps({"status": status, "message": "", "changed": changed})
    return {"user_expressions": {"verdict": {"status": "ok", "data": {"text/plain": repr(row)}}}}


def told(cells, answers, ask):
    """Return (number -> last status, remarks) of a sitting whose kernel is `ask`."""
    heard = []
    try:
        sit(cells, answers, ask, lambda **what: heard.append(what))
    except Ended as end:
        heard.append({"remark": str(end)})
    return (
        {each["number"]: each["status"] for each in heard if "number" in each},
        [each["remark"] for each in heard if "remark" in each],
    )


def test_an_answer_is_judged_where_its_check_stands_and_the_last_of_two_checks_counts():
    asked, verdicts = [], iter([verdict("incorrect"), verdict("correct"), verdict("not attempted")])

    def ask(code, expressions=None):
        asked.append(code or "verdict")
        return next(verdicts) if expressions else {}

    cells = [("a = 1", ()), ("check 1", ("00.1",)), ("a = 2", ()), ("check 1 again", ("00.1",))]
    statuses, remarks = told(cells, {"00.1": "a", "00.2": "b"}, ask)
    assert asked == ["a = 1", "check 1", "verdict", "a = 2", "check 1 again", "verdict", "verdict"]
    assert statuses == {"00.1": "correct", "00.2": "not attempted"}
    assert remarks == ["no check of 00.2 in it: judged at the end"]


def test_a_cell_or_an_answer_that_takes_too_long_costs_only_itself():
    def ask(code, expressions=None):
        if code == "slow" or "00.1" in str(expressions):
            raise Interrupted("took over 9 s")
        return verdict("correct") if expressions else {}

    cells = [("slow", ("00.1",)), ("check 2", ("00.2",))]
    statuses, remarks = told(cells, {"00.1": "a", "00.2": "b"}, ask)
    assert statuses == {"00.1": "incorrect", "00.2": "correct"}
    assert remarks == ["code cell 1 took over 9 s", "00.1 took over 9 s"]


def test_what_was_known_before_the_end_is_kept():
    def ask(code, expressions=None):
        if code == "leave":
            raise Ended("gone")
        return verdict("correct") if expressions else {}

    statuses, remarks = told([("1", ("00.1",)), ("leave", ()), ("2", ("00.2",))], {"00.1": "a", "00.2": "b"}, ask)
    assert statuses == {"00.1": "correct"} and remarks == ["code cell 2: gone"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"user_expressions": {"verdict": {"status": "ok", "data": {"text/plain": "'{}'"}}}},
        {"user_expressions": {"verdict": {"status": "ok", "data": {"text/plain": "__import__('os')"}}}},
    ],
)
def test_a_reply_that_is_no_verdict_is_no_outcome(content):
    statuses, remarks = told([("1", ("00.1",))], {"00.1": "a"}, lambda code, expressions=None: content)
    assert statuses == {} and remarks == ["the check of 00.1 gave no outcome"]


@pytest.mark.parametrize("exercise", [each for n in exercises.notebooks() for each in exercises.exercises(n)[-1:]])
def test_the_marker_agrees_with_the_course_and_leaves_its_modules_as_they_were(exercise):
    import fer_edu

    before = {name: module for name, module in sys.modules.items() if name.startswith("fer_edu.exercises")}
    right = json.loads(judge(exercise.number, "answer", {"answer": exercise.reference, "fe": fer_edu}))
    started = json.loads(judge(exercise.number, "answer", {"answer": ..., "fe": fer_edu}))
    assert (right["status"], started["status"]) == ("correct", "not attempted")
    assert not right["changed"]
    assert {name: module for name, module in sys.modules.items() if name.startswith("fer_edu.exercises")} == before
    assert fer_edu.exercises is exercises


def test_a_check_that_was_replaced_in_its_chapter_is_noticed(monkeypatch):
    import fer_edu
    from fer_edu.exercises import ch00

    easy = [ch00.Exercise(each.number, "", lambda answer: None, ("",), 1, "") for each in ch00.EXERCISES]
    monkeypatch.setattr(ch00, "EXERCISES", easy)
    found = json.loads(judge("00.1", "answer", {"answer": 3, "fe": fer_edu}))
    assert found["status"] == "incorrect" and found["changed"]


def test_the_clock_tells_sleeping_from_computing():
    with (
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]) as sleeper,
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) as worker,
    ):
        try:
            processes = [psutil.Process(sleeper.pid), psutil.Process(worker.pid)]
            while processor_time(processes[1:]) < 0.3 or not waiting(processes[:1]):
                pass
            assert not waiting(processes)
        finally:
            sleeper.kill()
            worker.kill()
