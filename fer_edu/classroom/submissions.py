"""What was handed in: every notebook in a folder, read before any of it is run."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FerEduError
from .course import checks_in, code_cells, number_of

LARGEST = 100  # MB of a notebook's file


@dataclass(frozen=True)
class Submission:
    """One file. cells: (code, numbers of the exercises that it checks) of each code cell.

    notebook: the number ("02"), or None where nothing in it belongs to the course. digest: of the file, 12 digits.
    remarks: what is odd about it.
    """

    student: str
    file: str
    digest: str = ""
    notebook: str | None = None
    cells: tuple = ()
    remarks: tuple = field(default=())


def find(folder, course, answers):
    """Return the `Submission`s in `folder`, in the order of their names.

    folder/*.ipynb: the student is what the file's name says beside the notebook's; folder/STUDENT/**/*.ipynb: the first
    folder. Hidden files and folders (.ipynb_checkpoints) are passed over. course: number -> Path of the course's own
    notebook. answers: number -> {exercise: the expression that the course checks}. Raises FerEduError where none is.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FerEduError(f"expected a folder of notebooks, found no folder {folder}: check the path.")
    paths = [path.relative_to(folder) for path in folder.rglob("*.ipynb")]
    paths = sorted(path for path in paths if not any(part.startswith(".") for part in path.parts))
    if not paths:
        raise FerEduError(
            f"expected notebooks in {folder} or in a folder for each student in it, found none: unpack what was "
            "handed in."
        )
    return sorted((read(folder, path, course, answers) for path in paths), key=lambda one: (one.student, one.file))


def read(folder, path, course, answers):
    """Return the Submission at folder/path; one that cannot be read has a remark that says why."""
    whole = folder / path
    named = next((n for n, own in course.items() if own.stem in path.stem or path.name.startswith(f"{n}_")), None)
    student = path.parts[0] if len(path.parts) > 1 else _student(path.stem, course[named].stem if named else "")
    one = {"student": student, "file": path.as_posix()}
    try:
        if whole.is_symlink() or not whole.is_file():
            raise FerEduError("expected a notebook, found a link or a folder: ask for the file itself.")
        if whole.stat().st_size > LARGEST * 2**20:
            raise FerEduError(f"expected a notebook, found over {LARGEST} MB: ask for it without outputs.")
        content = whole.read_bytes()
        one["digest"] = hashlib.sha256(content).hexdigest()[:12]
        code = code_cells(content)
    except (FerEduError, OSError) as error:
        return Submission(**one, notebook=named, remarks=(str(error),))
    number = number_of(code) or named
    if number not in course:
        return Submission(**one, remarks=("no exercise of the course is in it",))
    remarks = [f"named {named}, holds {number}"] if named not in (number, None) else []
    cells = []
    for text in code:
        checks = checks_in(text)
        cells.append((text, tuple(dict.fromkeys(check.number for check in checks))))
        for check in checks:
            if check.number not in answers[number]:
                remarks.append(f"checks {check.number}, which notebook {number} does not have")
            elif check.answer != answers[number][check.number]:
                remarks.append(f"the call that checks {check.number} was changed")
    return Submission(**one, notebook=number, cells=tuple(cells), remarks=tuple(remarks))


def _student(stem, notebook):
    """Return what a file's name says beside the notebook's name."""
    return re.sub(r"^[\s_-]+|[\s_-]+$", "", stem.replace(notebook, "") if notebook else stem) or stem
