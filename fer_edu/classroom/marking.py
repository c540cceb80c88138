"""Mark a folder of submissions: each in processes of its own, so that it can spoil no row but its own."""

import importlib.util
import json
import os
import secrets
import subprocess
import sys
import sysconfig
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from ..errors import FerEduError
from . import course, marks, submissions
from .limits import LOADED, Limits

NEEDED = ("jupyter_client", "ipykernel", "nbformat", "psutil")
GRACE = 300  # seconds that a sitting has beside its limit: the kernel's start and its end
LONGEST_PLACE = 75  # bytes of the path of temporary files: a socket's whole path has room for 103 of them at most
NO_NETWORK = ("unshare", "--user", "--map-current-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")


def mark(folder, csv=None, limits=None, jobs=1, again=False, network=True, say=print):
    """Run every notebook in `folder`, judge its exercises, and return the rows of the table as dicts.

    folder: see `submissions.find`. csv: where the table is written, after every submission (default:
    folder/marks.csv); a row that is there for the same file is kept unless `again`. limits: `Limits`. jobs: how many
    run at once. network: False takes it from them (Linux). say: takes the lines that tell how far it is.
    """
    limits = limits or Limits()
    _check(limits, jobs, network)
    own = course.notebooks()
    answers = {number: _answers(path) for number, path in own.items()}
    found = submissions.find(folder, own, answers)
    csv = Path(csv or Path(folder).expanduser() / "marks.csv").expanduser()
    rows = {} if again else marks.read(csv)
    rows = {file: row for file, row in rows.items() if not file.endswith("/")}  # a folder may hold a notebook by now
    todo = [one for one in found if not _has(rows, one)]
    if len(todo) < len(found):
        say(f"{len(found) - len(todo)} of {len(found)} are in {csv} already; --again marks them anew")
    before, threads = _fingerprint(), max(1, (os.cpu_count() or 1) // jobs)
    running, executor = set(), ThreadPoolExecutor(jobs)
    try:
        tasks = {
            executor.submit(_sit, one, answers.get(one.notebook, {}), limits, threads, network, running): one
            for one in todo
        }
        for count, task in enumerate(as_completed(tasks), start=1):
            one = tasks[task]
            row = rows[one.file] = marks.row_of(one, answers.get(one.notebook, {}), task.result())
            _write(csv, rows)
            remark = f"; {row['remark']}" if row["remark"] else ""
            say(f"{count}/{len(todo)}  {one.file}: {row['points']} of {row['of']}, {row['seconds']:.0f} s{remark}")
            if _fingerprint() != before:
                raise FerEduError(
                    f"expected fer_edu.exercises and the installed packages as they were, found them changed while "
                    f"{one.file} ran: install the package anew, and mark in an account that cannot write there."
                )
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in list(running):
            with suppress(OSError):
                process.kill()
        executor.shutdown(wait=True)
    done = [rows[one.file] for one in found]
    for line in marks.summary(done):
        say(line)
    return done


def _check(limits, jobs, network):
    """Raise FerEduError where this machine cannot mark, or a limit makes no sense."""
    if os.name != "posix":
        raise FerEduError("expected Linux or macOS, found Windows: mark in WSL, the Linux that comes with Windows.")
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise FerEduError(
            f"expected the kernel of Jupyter, found {', '.join(missing)} not installed: "
            'run `pip install -e ".[lab]"` in the checkout.'
        )
    for name, value in {**asdict(limits), "jobs": jobs}.items():
        if not 0 < value < float("inf"):
            raise FerEduError(f"expected {name} above 0, found {value}: give another number.")
    if not network:
        try:
            able = subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode == 0
        except OSError:
            able = False
        if not able:
            raise FerEduError(
                "expected a Linux that lets its users make name spaces (`unshare --user --net`), found none: mark "
                "without --no-network, or in a container that has no network."
            )


def _answers(path):
    """Return exercise -> the expression that the course's own notebook at `path` checks."""
    cells = course.code_cells(path.read_bytes())
    return {check.number: check.answer for code in cells for check in course.checks_in(code)}


def _has(rows, one):
    row = rows.get(one.file)
    return row is not None and row["sha256"] == one.digest and marks.NOT_MARKED not in row["remark"]


def _fingerprint():
    """Return what changes when somebody writes to the files of the checks, or installs or removes a package."""
    folder = Path(__file__).resolve().parents[1] / "exercises"
    checks = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.py"))]
    return checks, sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))


def _write(csv, rows):
    try:
        marks.write(csv, list(rows.values()))
    except OSError as error:
        raise FerEduError(
            f"expected a place for the table, found that {csv} cannot be written ({error.strerror or error}): choose "
            "another path with --csv."
        ) from error


def _sit(one, answers, limits, threads, network, running):
    """Return what the sitting of one submission told: statuses, remarks, seconds, peak."""
    found = {"statuses": {}, "remarks": [], "seconds": 0.0, "peak": 0}
    if not one.cells:
        return found
    try:
        with _folder() as folder:
            _sit_in(folder, one.cells, answers, limits, threads, network, running, found)
    except OSError as error:  # a full disk, or no process more
        found["remarks"].append(f"{marks.NOT_MARKED}{error.strerror or error}")
    return found


@contextmanager
def _folder():
    """Make a folder for one sitting and remove it, however deep what a notebook left in it: Python's way recurses."""
    place = tempfile.gettempdir()
    folder = tempfile.mkdtemp(prefix="fer-", dir=place if len(os.fsencode(place)) <= LONGEST_PLACE else "/tmp")
    try:
        yield folder
    finally:
        for command in (("chmod", "-R", "u+rwX"), ("rm", "-rf")):
            subprocess.run([*command, "--", folder], stderr=subprocess.DEVNULL)


def _sit_in(folder, cells, answers, limits, threads, network, running, found):
    """Have the cells sit in `folder`, and take what they tell into `found`."""
    from .processes import end_marked

    name, seal = secrets.token_hex(16), secrets.token_hex(16)
    Path(folder, "work").mkdir()
    request = {
        "cells": cells,
        "answers": answers,
        "limits": asdict(limits),
        "folder": folder,
        "mark": name,
        "threads": threads,
        "seal": seal,
    }
    prefix = () if network else NO_NETWORK
    with (
        open(Path(folder, "errors.txt"), "wb") as errors,
        subprocess.Popen(
            [*prefix, sys.executable, "-P", "-m", "fer_edu.classroom.sitting"],  # -P: no student's file is imported
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        ) as process,
    ):
        running.add(process)
        alarm = threading.Timer(LOADED * limits.seconds + GRACE, process.kill)
        alarm.start()
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(request).encode())
                process.stdin.close()
            ending = _listen(process.stdout, found, seal)
        finally:
            alarm.cancel()
            running.discard(process)
            process.kill()
            end_marked(name)
    if ending == "started":
        found["remarks"].append("its marking was killed, by its code or from outside")
    elif ending is None:
        said = Path(folder, "errors.txt").read_text(errors="replace").strip().splitlines()
        found["remarks"].append(f"{marks.NOT_MARKED}{said[-1] if said else 'its processes did not start'}")


def _environment():
    """Return the variables of this process; a checkout that is not installed is in reach of the other one by them."""
    here = Path(__file__).resolve().parents[2]
    if not (here / "pyproject.toml").is_file():
        return None
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(here), *filter(None, [os.environ.get("PYTHONPATH")])])}


def _listen(lines, found, seal):
    """Take in what a sitting tells, line by line, until it ends; return how far it came: None, "started" or "done".

    seal: what each line of the sitting carries, and no line that a notebook wrote into the pipe.
    """
    stage = None
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:  # cut off by its end
            continue
        if not isinstance(told, dict) or told.get("seal") != seal:
            continue
        stage = told.get("stage", stage)
        found.update(seconds=told["seconds"], peak=max(found["peak"], told["peak"]))
        if "number" in told:
            found["statuses"][told["number"]] = told["status"]
        if "remark" in told:
            found["remarks"].append(told["remark"])
    return stage
