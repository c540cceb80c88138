"""What was handed in: every notebook in a folder, read before any of it is run."""

import hashlib
import os
import re
from collections import Counter
from dataclasses import dataclass, field, replace
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
    folder. Hidden files and folders (.ipynb_checkpoints) are passed over; where other students' folders hold one, a
    folder without a notebook is a Submission with a remark, its file the folder's name and a slash. course: number ->
    Path of the course's own notebook. answers: number -> {exercise: the expression that the course checks}. Raises
    FerEduError where there is no notebook at all.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FerEduError(f"expected a folder of notebooks, found no folder {folder}: check the path.")
    paths = [path.relative_to(folder) for path in folder.rglob("*")]
    paths = sorted(path for path in paths if not any(part.startswith((".", "__MACOSX")) for part in path.parts))
    folders = [path for path in paths if len(path.parts) == 1 and (folder / path).is_dir()]
    others = Counter(path.parts[0] for path in paths if path.suffix.lower() != ".ipynb" and (folder / path).is_file())
    paths = [path for path in paths if path.suffix.lower() == ".ipynb"]
    if not paths:
        raise FerEduError(
            f"expected notebooks in {folder} or in a folder for each student in it, found none: unpack what was "
            "handed in."
        )
    found = [read(folder, path, course, answers) for path in paths]
    times = Counter((one.student, one.notebook) for one in found if one.cells)
    for place, one in enumerate(found):
        if one.notebook and times[one.student, one.notebook] > 1:
            remark = f"one of {times[one.student, one.notebook]} notebooks {one.notebook} of this student"
            found[place] = replace(one, remarks=(*one.remarks, remark))
    served = {path.parts[0] for path in paths if len(path.parts) > 1}
    for path in folders:
        if served and path.name not in served:
            name = _shown(path)
            remark = f"expected a notebook, found none among {others[path.name]} files: ask for the .ipynb itself."
            found.append(Submission(name, f"{name}/", remarks=(remark,)))
    return sorted(found, key=lambda one: (one.student, one.file))


def read(folder, path, course, answers):
    """Return the Submission at folder/path; one that cannot be read has a remark that says why."""
    whole = folder / path
    named = next((n for n, own in course.items() if own.stem in path.stem or path.name.startswith(f"{n}_")), None)
    student = path.parts[0] if len(path.parts) > 1 else _student(path.stem, course[named].stem if named else "")
    one = {"student": _shown(student), "file": _shown(path)}
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
    """Return what a file's name says beside the notebook's name, and beside the (1) of a second download."""
    said = re.sub(r"\s*\(\d+\)$", "", stem)
    return re.sub(r"^[\s_-]+|[\s_-]+$", "", said.replace(notebook, "") if notebook else said) or stem


def _shown(path):
    """Return a path as text that a table and a terminal take: what cannot be printed stands as its escape."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        sign if sign.isprintable() or (sign.isspace() and sign > "\x7f") else repr(sign)[1:-1] for sign in text
    )
