"""One submission sits its exam: its cells run in a kernel, and after each check the course's own check is asked.

Run as a process of its own, `python -m fer_edu.classroom.sitting`, by `marking`: a request as JSON comes in on standard
input, and one line of JSON goes out as soon as something is known, so that what was known before a crash is kept.
"""

import ast
import json
import os
import sys
import time
from pathlib import Path

from .limits import Limits

JUDGE = Path(__file__).with_name("judging.py")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX")


def environment(home, mark, threads):
    """Return the environment of a student's kernel: few of the instructor's variables, no data set, no GPU."""
    from .processes import MARK

    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    home = str(home)
    return kept | {
        "HOME": home,
        "TMPDIR": home,
        "PIP_PYTHON": "/nothing-is-installed-while-marking",  # pip stops: it would change the instructor's environment
        "FER_EDU_PROGRESS": "off",
        "CUDA_VISIBLE_DEVICES": "",  # the same device for everybody
        "OMP_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait shall sleep, not burn what a submission is given
        MARK: mark,
    }


def sit(cells, answers, ask, tell):
    """Run the cells in order and judge the answers.

    cells: (code, numbers of the exercises that it checks) each. answers: number -> the expression that the course
    checks. ask(code, expressions): see Kernel.ask. tell(**what): takes what became known: an exercise's status and
    message, or a remark.
    """
    from .kernel import Ended, Interrupted

    judged, raised = set(), False
    for place, (code, numbers) in enumerate(cells, start=1):
        try:
            error = ask(code).get("ename")
            if error and not raised:
                raised = True
                tell(remark=f"code cell {place} raised {error[:40]}")
        except Interrupted as stop:
            tell(remark=f"code cell {place} {stop}")
        except Ended as end:
            raise Ended(f"code cell {place}: {end}") from None
        for number in numbers:
            if number in answers:
                judged.add(number)
                judge(number, answers[number], ask, tell)
    late = [number for number in answers if number not in judged]
    if late:
        tell(remark=f"no check of {', '.join(late)} in it: judged at the end")
    for number in late:
        judge(number, answers[number], ask, tell)


def judge(number, answer, ask, tell):
    """Ask the kernel for the course's own verdict on one answer, and tell it."""
    from .kernel import Interrupted

    text = JUDGE.read_text(encoding="utf-8")
    builtins = "__import__('builtins')"  # a notebook may have names of its own for exec and globals
    expression = (
        f"(lambda here, names: ({builtins}.exec({text!r}, here), here['judge']({number!r}, {answer!r}, names))[1])"
        f"({{'__name__': 'judging'}}, {builtins}.globals())"
    )
    try:
        found = ask("", {"verdict": expression})["user_expressions"]["verdict"]
        if found["status"] != "ok":
            tell(number=number, status="incorrect", message="", remark=f"{number} stopped with {found['ename']}")
            return
        row = json.loads(ast.literal_eval(found["data"]["text/plain"]))
        if row["changed"]:
            tell(remark=f"the check of {number} was replaced by the notebook's code")
        missing = {"remark": f"{number}: {row['message']}"} if row["status"] == "not reached" else {}
        tell(number=number, status=row["status"], message=row["message"], **missing)
    except Interrupted as stop:
        tell(number=number, status="incorrect", message="", remark=f"{number} {stop}")
    except (KeyError, ValueError, SyntaxError, TypeError):
        tell(remark=f"the check of {number} gave no outcome")


def main():
    from .kernel import Ended, Kernel
    from .processes import adopt_orphans, end_descendants, limit_files_and_processes

    request = json.load(sys.stdin)
    folder = Path(request["folder"])
    kernel, start = None, time.monotonic()

    def tell(**what):
        measured = {"peak": round(kernel.peak) if kernel else 0, "seconds": round(time.monotonic() - start, 1)}
        print(json.dumps(what | measured | {"seal": request["seal"]}), flush=True)

    adopt_orphans()
    limit_files_and_processes()
    try:
        given = environment(folder / "work", request["mark"], request["threads"])
        kernel = Kernel(folder, given, Limits(**request["limits"]))
        tell(stage="started")
        sit(request["cells"], request["answers"], kernel.ask, tell)
        tell(stage="done")
    except Ended as end:
        if kernel is None:
            sys.exit(str(end))
        tell(remark=str(end), stage="done")
    finally:
        end_descendants()


if __name__ == "__main__":
    main()
