"""Judge one answer in the kernel that holds it. Its text is sent to the kernel: it may use nothing of this package.

The checks are imported anew for every answer, so a notebook that put other functions into `fer_edu.exercises` is judged
by those on the disk. That stops a careless trick, not a determined one: the answer's own code runs in this process too.
"""

import importlib
import json
import sys

PACKAGE = "fer_edu.exercises"


def judge(number, answer, names):
    """Return JSON: status, message and `changed` (whether the notebook replaced a check) of one exercise.

    answer: the expression that the course's notebook checks. names: the notebook's namespace. A name that is not there
    makes the status "not reached".
    """
    try:
        value = eval(answer, names)
    except NameError as error:
        return json.dumps({"status": "not reached", "message": str(error), "changed": False})
    import torch

    import fer_edu

    theirs = _set_aside()
    sys.modules["fer_edu"] = fer_edu
    try:
        exercises = importlib.import_module(PACKAGE)
        exercises.STRICT = ()  # a check that raises would be no outcome
        changed = _changed(theirs, exercises, number) or names.get("fe", fer_edu) is not fer_edu
        with torch.random.fork_rng(devices=[]):  # the cells below draw as they did without this check
            exercises.check(number, value)
        row = exercises._session.row(exercises.find(number))
        return json.dumps({"status": row["status"], "message": row["message"], "changed": changed})
    finally:
        _set_aside()
        sys.modules.update(theirs)
        if PACKAGE in theirs:
            fer_edu.exercises = theirs[PACKAGE]


def _set_aside():
    """Take the modules of the checks out of sys.modules and return them."""
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]
    return {name: sys.modules.pop(name) for name in names}


def _changed(theirs, exercises, number):
    """Say whether the modules that the notebook used hold another `check` than those that were just imported."""
    if PACKAGE not in theirs:
        return False
    try:
        chapter = theirs.get(f"{PACKAGE}.ch{number[:2]}")
        pairs = [(theirs[PACKAGE].check, exercises.check), (theirs[PACKAGE].find, exercises.find)]
        if chapter is not None:
            old = next(each for each in chapter.EXERCISES if each.number == number)
            pairs.append((old.check, exercises.find(number).check))
        return any(getattr(a, "__code__", None) != getattr(b, "__code__", None) for a, b in pairs)
    except Exception:  # not even of the shape that a check has
        return True
