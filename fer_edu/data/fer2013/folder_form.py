"""FER-2013 as folders: train|test/<class>/<picture>.jpg, with or without the official part in the file name.

Training_123.jpg, PublicTest_45.jpg and PrivateTest_7.jpg say where they belong. im12.png does not, and then a lone
`test` folder holds both halves of the test, which cannot be told apart.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...emotions import CLASSES, canonical
from ...errors import DataError
from ..failures import Failure, refuse
from ..pictures import PictureError, read_picture
from .official import COUNTS, PARTS, PRIVATE_TEST, PUBLIC_TEST, TRAINING, UNDIVIDED, Rows

FOLDERS = {
    "train": TRAINING,
    "training": TRAINING,
    "val": PUBLIC_TEST,
    "valid": PUBLIC_TEST,
    "validation": PUBLIC_TEST,
    "publictest": PUBLIC_TEST,
    "test": UNDIVIDED,
    "testing": UNDIVIDED,
    "privatetest": PRIVATE_TEST,
}
"""Folder name -> part. A plain `test` beside a validation folder is the other half; alone it is undivided."""

FITTING = ((TRAINING,), (PUBLIC_TEST,), (PRIVATE_TEST,), (PUBLIC_TEST, PRIVATE_TEST))
"""Folder's part -> the parts that the names of its files may say without contradicting it."""

SUFFIXES = {".jpg", ".jpeg", ".png"}
MARK = re.compile(rf"(?<![a-z])({'|'.join(PARTS)})(?![a-z])", re.IGNORECASE)
OFFICIAL_PART = {name.lower(): part for part, name in enumerate(PARTS)}


class Picture(NamedTuple):
    """One file of the copy: where it is, what it shows, and to which part its folder and its name assign it."""

    path: str
    status: os.stat_result
    label: int
    folder_part: int
    name_part: int | None


def split_folders(root):
    """Return [(part, folder Path)] for the split folders that lie in `root`, sorted by part and name."""
    found = [(FOLDERS[entry.name.lower()], entry) for entry in Path(root).iterdir() if _is_split(entry)]
    parts = {part for part, _ in found}
    if PUBLIC_TEST in parts and PRIVATE_TEST not in parts:
        found = [(PRIVATE_TEST if part == UNDIVIDED else part, entry) for part, entry in found]
    return sorted(found)


def _is_split(entry):
    return entry.name.lower() in FOLDERS and entry.is_dir()


def identity(root):
    """Return a list that changes when a picture of the copy is added, dropped, renamed, replaced or edited."""
    return [(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns) for path, status, *_ in _pictures(root)]


def read(root):
    """Return the Rows of a folder copy, ordered by part and the number in the file name.

    Raises DataError, naming the file or folder, on an unknown class; and, after all were read, on pictures that are
    damaged or not 48 x 48, all of which its `failures` lists.
    """
    pictures = _pictures(root)
    if not pictures:
        raise DataError(
            f"expected pictures (jpg or png) under {root}/train/<class>, found none: check that the copy is complete."
        )
    parts, notes = _parts(pictures)
    order = sorted(range(len(pictures)), key=lambda i: (parts[i], _number(pictures[i].path), pictures[i].path))
    images = np.empty((len(order), 48, 48), np.uint8)
    failures = {}

    def decode(row):
        path = pictures[order[row]].path
        try:
            images[row] = _decode(path)
        except PictureError as error:
            file = Path(path).relative_to(root).as_posix()
            failures[row] = Failure(file, error.expected, error.found, error.advice)

    with ThreadPoolExecutor() as pool:  # Pillow decodes without holding Python's lock
        for _ in pool.map(decode, range(len(order))):
            pass
    refuse([failures[row] for row in sorted(failures)], "FER-2013", root, advice="")
    labels = np.array([pictures[i].label for i in order], np.uint8)
    return Rows(images, labels, np.array([parts[i] for i in order], np.uint8), notes)


def _pictures(root):
    """Return the copy's pictures, sorted by path."""
    pictures = []
    for part, split in split_folders(root):
        for entry in sorted(os.scandir(split), key=lambda entry: entry.name):
            if not entry.is_dir() or entry.name.startswith((".", "__")):  # .ipynb_checkpoints, __MACOSX
                continue
            emotion = canonical(entry.name)
            if emotion not in CLASSES:
                raise DataError(
                    f"expected folders named after the classes {', '.join(CLASSES)}, found {entry.name!r} in {split}: "
                    "rename or remove it."
                )
            for file in sorted(os.scandir(entry.path), key=lambda file: file.name):
                # A name that starts with a dot is a by-product of the system (macOS: ._im12.png), not a picture.
                if os.path.splitext(file.name)[1].lower() in SUFFIXES and not file.name.startswith("."):
                    mark = MARK.search(file.name)
                    named = OFFICIAL_PART[mark[1].lower()] if mark else None
                    pictures.append(Picture(file.path, file.stat(), CLASSES.index(emotion), part, named))
    return pictures


def _parts(pictures):
    """Return the part of each picture, and notes. A file name is believed before the folder it lies in."""
    unmarked = np.bincount([p.folder_part for p in pictures if p.name_part is None], minlength=4)
    part_of_folder = {part: part for part in range(4)}
    notes = []
    for part in (PUBLIC_TEST, PRIVATE_TEST):
        if not unmarked[part]:
            continue
        official = sum(COUNTS[PARTS[part]])
        if unmarked[part] > 1.25 * official:
            # Copies go round whose `validation` is both halves: too many pictures to be one.
            part_of_folder[part] = UNDIVIDED
        elif unmarked[part] != official:
            notes.append(
                f"{unmarked[part]:,} pictures are taken for {PARTS[part]} because of their folder alone: their file "
                "names do not say it."
            )
    moved = sum(p.name_part not in (None, *FITTING[p.folder_part]) for p in pictures)
    if moved:
        notes.append(
            f"{moved:,} pictures lie in the folder of another part than their file names say; the names count."
        )
    parts = [part_of_folder[p.folder_part] if p.name_part is None else p.name_part for p in pictures]
    return parts, tuple(notes)


def _number(path):
    """Return the last number in the file name, which counts the rows of the original file, or -1."""
    numbers = re.findall(r"\d+", os.path.splitext(os.path.basename(path))[0])
    return int(numbers[-1]) if numbers else -1


def _decode(path):
    """Return one picture as uint8 [48, 48]. It is never resized: a picture of another size is another picture."""
    grey, (height, width) = read_picture(path)
    if (height, width) != (48, 48):
        raise PictureError(path, "48 x 48 pixels", f"{width} x {height}", "use the original picture")
    return grey
