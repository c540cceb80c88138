"""How far a student is in the course, from one session to the next: each notebook runs in a kernel of its own.

One small JSON file in the cache folder, exercise number -> the last status. FER_EDU_PROGRESS names another file, or is
"off". It says nothing about who answered or what, and `check` works where it cannot be written.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from ..data.cache import folder
from ..files import write_json
from .outcome import CORRECT, INCORRECT


def place():
    """Return the file's Path, or None where FER_EDU_PROGRESS is "off"."""
    chosen = os.environ.get("FER_EDU_PROGRESS")
    if chosen == "off":
        return None
    return Path(chosen).expanduser() if chosen else folder() / "progress.json"


def read():
    """Return exercise number -> "correct" or "incorrect"; nothing where the file is missing or damaged."""
    path = place()
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {number: status for number, status in found.items() if status in (CORRECT, INCORRECT)}


def keep(number, status):
    """Remember the status of one exercise."""
    if path := place():
        with suppress(OSError):
            write_json(path, read() | {number: status})
