"""Marking runs code that anything may be wrong with: it spoils its own row, and no other row, file or process.

One folder of submissions is marked once; the tests read its rows. Few of them let a check run, since that imports
torch; limits are generous but where a limit is what is tested.
"""

import csv
import os
import socket
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from fer_edu.classroom import Limits, mark
from fer_edu.classroom.marking import NO_NETWORK
from fer_edu.errors import FerEduError

CHECKS = [
    'fe.exercises.check("00.1", pixels_to_the_right)',
    'fe.exercises.check("00.2", look_theta)',
    'fe.exercises.check("00.3", share_inside)',
]
RIGHT = "pixels_to_the_right = 12"
UNATTEMPTED = "share_inside = ..."
WRONG = "def look_theta(rotation, scale):\n    return 7"


def save(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path.write_text(nbformat.writes(notebook))


@pytest.fixture(scope="module")
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def connects(port):
    return f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=60).close()\n{RIGHT}"


FORGED = {"number": "00.1", "status": "correct", "message": "", "seconds": 1, "peak": 1, "stage": "done"}
SUBMISSIONS = {
    "raises": ["1 / 0", "raise SystemExit(1)", "fe.nothing", *CHECKS],
    "leaves": ["x = 1", "import os\nos._exit(3)", RIGHT, *CHECKS],
    "quits": ["exit()", RIGHT, *CHECKS],
    "kills itself": ["import os\nos.kill(os.getpid(), 9)", RIGHT, *CHECKS],
    "kills its parent": ["import os\nos.kill(os.getppid(), 9)", RIGHT, *CHECKS],
    "asks": ["name = input('who? ')\npixels_to_the_right = 12", *CHECKS],
    "destroys": [
        "import os, shutil, pathlib\nos.chdir('/')\nhome = pathlib.Path.home()",
        # Anywhere else it would be the home of whoever runs this test.
        "if home.parent.name.startswith('fer-'):\n    shutil.rmtree(home)",
        "raise KeyboardInterrupt",
        *CHECKS,
    ],
    "goes deep": ["import os\nfor _ in range(3000):\n    os.mkdir('a')\n    os.chdir('a')", *CHECKS],
    "installs": ["import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'list'], check=True)", *CHECKS],
    "prints a verdict": [
        f"import json, os\nprint(json.dumps({FORGED}))",
        f"os.write(1, json.dumps({FORGED}).encode())",
        f"with open(f'/proc/{{os.getppid()}}/fd/1', 'w') as pipe:\n    print(json.dumps({FORGED}), file=pipe)",
    ],
    "loud": [
        "print('x' * 1_000_000)",
        "while True:\n    print('x' * 1_000)",
        RIGHT,
        *CHECKS,
    ],
    "sly": [
        "import fer_edu as fe\nfrom fer_edu.exercises import Outcome, ch00\n"
        "fe.exercises.check = lambda number, answer: Outcome(number, 'correct', '')",
        "pixels_to_the_right = 3\nlook_theta = share_inside = ...",
        CHECKS[0],
        'fe.exercises.check("00.2", 12)',
    ],
    "older": [RIGHT.replace("12", "..."), CHECKS[0], 'fe.exercises.check("00.9", 1)'],
    "elsewhere": ["print('nothing of the course')"],
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory, server):
    """Return (name -> row, the folder) of submissions that misbehave within generous limits."""
    folder = tmp_path_factory.mktemp("handed-in")
    for name, cells in SUBMISSIONS.items():
        save(folder / name / "00_start_here.ipynb", *cells)
    tidy = ["import fer_edu as fe", connects(server), CHECKS[0], WRONG, CHECKS[1], UNATTEMPTED, CHECKS[2]]
    save(folder / "tidy_00_start_here.ipynb", *tidy)
    save(folder / "wrong number" / "02_affine_grids.ipynb", "1 / 0", *CHECKS)
    for name, content in (("empty", b""), ("torn", b'{"cells": ['), ("binary", bytes(range(256)))):
        (folder / name).mkdir()
        (folder / name / "00_start_here.ipynb").write_bytes(content)
    (folder / "link").mkdir()
    (folder / "link" / "00_start_here.ipynb").symlink_to(folder / "tidy_00_start_here.ipynb")
    save(folder / ".ipynb_checkpoints" / "tidy_00_start_here-checkpoint.ipynb", "1")
    rows = mark(folder, limits=Limits(seconds=400, cell=300, memory=4000, output=2), jobs=2, say=lambda line: None)
    return {row["student"]: row for row in rows}, folder


def outcomes(row):
    return [row["00.1"], row["00.2"], row["00.3"]]


def test_the_outcomes_of_a_tidy_submission_are_those_of_its_answers(marked):
    row = marked[0]["tidy"]
    assert outcomes(row) == ["correct", "incorrect", "not attempted"]
    assert (row["points"], row["of"], row["remark"], row["notebook"]) == (1, 3, "", "00")
    assert row["seconds"] > 0 and row["peak MB"] > 20


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("raises", "code cell 1 raised ZeroDivisionError; 00.1: name 'pixels_to_the_right' is not defined"),
        ("leaves", "the kernel was ended by the notebook's code"),
        ("quits", "the kernel was ended by the notebook's code"),
        ("kills itself", "the kernel was ended by the notebook's code"),
        ("kills its parent", "its marking was killed"),
        ("asks", "name 'pixels_to_the_right' is not defined"),
        ("destroys", "name 'pixels_to_the_right' is not defined"),
        ("goes deep", "00.1: name 'pixels_to_the_right' is not defined"),
        ("installs", "code cell 1 raised CalledProcessError"),
        ("prints a verdict", "no check of 00.1, 00.2, 00.3 in it"),
        ("elsewhere", "no check of 00.1, 00.2, 00.3 in it"),
        ("wrong number", "named 02, holds 00"),
        ("empty", "found an empty file"),
        ("torn", "cannot be read"),
        ("binary", "cannot be read"),
        ("link", "found a link"),
    ],
)
def test_a_submission_that_misbehaves_has_a_row_that_says_how(marked, name, remark):
    row = marked[0][name]
    assert outcomes(row) == ["not reached"] * 3
    assert (row["points"], row["of"]) == (0, 3)
    assert remark in row["remark"]


def test_printing_without_end_costs_its_cell_and_not_the_answers_below(marked):
    row = marked[0]["loud"]
    assert "code cell 2 put out over 2 MB" in row["remark"] and "cell 1 " not in row["remark"]
    assert outcomes(row) == ["correct", "not reached", "not reached"]


def test_a_replaced_check_is_not_believed_and_is_named(marked):
    row = marked[0]["sly"]
    assert outcomes(row) == ["incorrect", "not attempted", "not attempted"]
    assert "the check of 00.1 was replaced" in row["remark"]
    assert "the call that checks 00.2 was changed" in row["remark"]
    assert "no check of 00.3 in it: judged" in row["remark"]


def test_a_notebook_of_another_version_is_judged_as_far_as_it_goes(marked):
    row = marked[0]["older"]
    assert outcomes(row) == ["not attempted", "not reached", "not reached"]
    assert "checks 00.9, which notebook 00 does not have" in row["remark"]


def test_the_table_holds_every_row_in_the_order_of_the_students(marked):
    rows, folder = marked
    with open(folder / "marks.csv", encoding="utf-8-sig", newline="") as handle:
        table = list(csv.DictReader(handle))
    assert [row["student"] for row in table] == sorted(rows)
    assert set(rows) > set(SUBMISSIONS) and len(rows) == len(SUBMISSIONS) + 6
    assert list(table[0]) == [
        *("student", "file", "notebook", "00.1", "00.2", "00.3"),
        *("points", "of", "seconds", "peak MB", "remark", "sha256"),
    ]
    assert [row["00.1"] for row in table] == [rows[row["student"]]["00.1"] for row in table]


ENDLESS = f"86321.{os.getpid()}"  # seconds of a sleep that nobody else on this machine asks for
LIMITED = {
    "loops": ["import time\nwhile True:\n    time.sleep(0.01)", "share_inside", *CHECKS],
    "awaits": ["import asyncio\nawait asyncio.sleep(1_000_000)", *CHECKS],
    "holds on": [
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except KeyboardInterrupt:\n        pass"
    ],
    "eats": ["held = []\nwhile True:\n    held.append(b'x' * 20_000_000)", *CHECKS],
    "forks": [
        "import os, subprocess, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        subprocess.run(['sleep', '{ENDLESS}'], env={{'PATH': os.environ['PATH']}})\n    os._exit(0)",
        f"subprocess.Popen(['sleep', '{ENDLESS}'], start_new_session=True)\ntime.sleep(1)",
        *CHECKS,
    ],
}


def test_what_loops_or_eats_memory_or_forks_is_ended_with_all_its_processes(tmp_path):
    for name, cells in LIMITED.items():
        save(tmp_path / name / "00_start_here.ipynb", *cells)
    rows = {row["student"]: row for row in mark(tmp_path, limits=Limits(300, 8, 400), jobs=2, say=lambda line: None)}
    assert "code cell 1 took over 8 s" in rows["loops"]["remark"]
    assert "code cell 1 took over 8 s" in rows["awaits"]["remark"]
    for name in ("loops", "awaits"):
        assert "name 'share_inside' is not defined" in rows[name]["remark"]  # it went on below
    assert "code cell 1: took over 8 s and could not be interrupted" in rows["holds on"]["remark"]
    assert "used over 400 MB" in rows["eats"]["remark"] and rows["eats"]["peak MB"] > 400
    assert "name 'share_inside' is not defined" in rows["forks"]["remark"]
    left = [each for each in psutil.process_iter(["cmdline"]) if ENDLESS in (each.info["cmdline"] or [])]
    for each in left:
        each.kill()
    assert left == []


def test_an_interrupted_marking_goes_on_where_it_was(tmp_path):
    for name in "ab":
        save(tmp_path / name / "00_start_here.ipynb", "import os\nos._exit(0)", CHECKS[0])

    def interrupt(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mark(tmp_path, say=interrupt)
    assert (tmp_path / "marks.csv").read_text("utf-8-sig").count("\n") == 2
    said = []
    rows = mark(tmp_path, say=said.append)
    assert [row["student"] for row in rows] == ["a", "b"]
    assert [line[:8] for line in said if line[1:4] == "/1 "] == ["1/1  b/0"]
    save(tmp_path / "b" / "00_start_here.ipynb", "import os\nos._exit(1)", CHECKS[1])  # handed in once more
    mark(tmp_path, say=said.append)
    assert [line[:8] for line in said if line[1:4] == "/1 "] == ["1/1  b/0"] * 2


def test_a_marking_that_is_killed_leaves_no_process(tmp_path):
    save(tmp_path / "00_start_here.ipynb", "import subprocess\nsubprocess.run(['sleep', '86322.5'])")
    code = f"from fer_edu.classroom import mark; mark({str(tmp_path)!r})"
    marking = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)

    def sleepers():
        return [each for each in psutil.process_iter(["cmdline"]) if "86322.5" in (each.info["cmdline"] or [])]

    def wait(condition):
        for _ in range(1200):
            if condition():
                return True
            time.sleep(0.1)
        return False

    assert wait(sleepers)
    marking.kill()
    marking.wait()
    assert wait(lambda: not sleepers())


def test_a_students_file_in_the_current_folder_is_not_run_by_the_marking(tmp_path, monkeypatch):
    save(tmp_path / "00_start_here.ipynb", "import os\nos._exit(0)")
    (tmp_path / "psutil.py").write_text("raise SystemExit('a student is here')\n")
    monkeypatch.chdir(tmp_path)
    (row,) = mark(".", say=lambda line: None)
    assert row["remark"] == "code cell 1: the kernel was ended by the notebook's code"


def test_a_long_path_of_temporary_files_leaves_room_for_the_kernels_sockets(tmp_path, monkeypatch):
    from fer_edu.classroom import marking

    (tmp_path / ("t" * 100)).mkdir()
    monkeypatch.setattr(marking.tempfile, "tempdir", str(tmp_path / ("t" * 100)))
    save(tmp_path / "00_start_here.ipynb", "import os\nos._exit(0)")
    (row,) = mark(tmp_path, say=lambda line: None)
    assert row["remark"] == "code cell 1: the kernel was ended by the notebook's code"


def test_a_submission_that_changes_the_installed_packages_ends_the_marking(tmp_path, monkeypatch):
    from fer_edu.classroom import marking

    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setattr(marking.sysconfig, "get_path", lambda name: str(packages))
    save(tmp_path / "in" / "00_start_here.ipynb", f"import os\nos.mkdir({str(packages / 'x-1.dist-info')!r})")
    with pytest.raises(FerEduError, match="and the installed packages as they were, found them changed while 00_start"):
        mark(tmp_path / "in", say=lambda line: None)


def test_a_folder_without_a_notebook_has_a_row_until_there_is_one(tmp_path):
    save(tmp_path / "a" / "00_start_here.ipynb", "import os\nos._exit(0)")
    (tmp_path / "b").mkdir()
    rows = mark(tmp_path, say=lambda line: None)
    assert [(row["student"], row["file"], row["points"]) for row in rows][1] == ("b", "b/", 0)
    save(tmp_path / "b" / "00_start_here.ipynb", "import os\nos._exit(0)")
    mark(tmp_path, say=lambda line: None)
    assert "b/," not in (tmp_path / "marks.csv").read_text("utf-8-sig")


def test_without_network_a_submission_connects_to_nothing(tmp_path, server):
    if sys.platform != "linux" or subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode:
        pytest.skip("this system makes no name spaces for its users")
    save(tmp_path / "00_start_here.ipynb", connects(server), *CHECKS)
    (row,) = mark(tmp_path, network=False, say=lambda line: None)
    assert "name 'pixels_to_the_right' is not defined" in row["remark"]


def test_a_table_that_is_no_table_of_marks_is_not_written_over(tmp_path):
    save(tmp_path / "00_start_here.ipynb", "1")
    (tmp_path / "other.csv").write_text("name,grade\nme,1\n")
    with pytest.raises(FerEduError, match=r"expected the marks of an earlier run or no file, found another file"):
        mark(tmp_path, csv=tmp_path / "other.csv")
    assert (tmp_path / "other.csv").read_text() == "name,grade\nme,1\n"


def test_nothing_of_the_instructors_environment_reaches_a_notebook(monkeypatch):
    from fer_edu.classroom.sitting import environment

    monkeypatch.setenv("FER2013_ROOT", "/data")
    monkeypatch.setenv("SECRET_TOKEN", "x")
    given = environment("/somewhere", "mark", 1)
    assert given["HOME"] == "/somewhere" and given["FER_EDU_PROGRESS"] == "off" and given["PATH"] == os.environ["PATH"]
    assert "FER2013_ROOT" not in given and "SECRET_TOKEN" not in given
