"""The files below a folder: links followed, loops cut, by-products of the operating system passed over."""

import os
from pathlib import Path
from typing import NamedTuple

from ..errors import DataError

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
"""Endings that are read as pictures, in any case."""

BY_PRODUCTS = (".", "__MACOSX")
"""How names begin that no data set gave: hidden files, macOS's `._x.png`, notebooks' checkpoints."""


class Tree(NamedTuple):
    """What `walk` found. root: the folder, absolute. files: paths below it with `/`, sorted. notes: sentences."""

    root: Path
    files: tuple
    notes: tuple


def walk(root, suffixes=PICTURES, depth=8):
    """Return the Tree of the files below `root` whose names end in one of `suffixes`, in any case.

    A folder to which several ways lead, as a link to its own parent does, is read once, by the way without links where
    there is one; a note names the links left out. depth: folders below each other; a home folder given by mistake is
    not searched to its end. Raises DataError on a folder that is not there or cannot be read.
    """
    root = Path(root).expanduser()
    if not root.is_dir():
        found, first = ("a file", "unpack an archive first, and ") if root.exists() else ("nothing", "")
        raise DataError(
            f"expected a folder in {shown(root)}, found {found} there: {first}give the folder that holds the set."
        )
    root = root.resolve()
    files, seen, again = [], set(), []
    real, links = [(str(root), "", 0)], []
    while real or links:
        path, below, level = real.pop() if real else links.pop(0)  # links wait until all that is reached without is
        status = os.stat(path)
        if (status.st_dev, status.st_ino) in seen:
            again.append(below)
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in _entries(path):
            if entry.name.startswith(BY_PRODUCTS):
                continue
            inner = f"{below}/{entry.name}" if below else entry.name
            if os.path.isdir(entry.path):  # False for a link that leads nowhere or to itself
                if level < depth:
                    (links if entry.is_symlink() else real).append((entry.path, inner, level + 1))
            elif entry.name.lower().endswith(suffixes):
                files.append(inner)
    notes = ()
    if again:
        noun = "link leads" if len(again) == 1 else "links lead"
        notes = (f"{len(again):,} {noun} to a folder that is read already: {shown(', '.join(sorted(again)[:3]))}.",)
    return Tree(root, tuple(sorted(files)), notes)


def shown(path):
    """Return a path as text that can be printed: bytes that are no UTF-8 become a replacement mark."""
    return os.fsencode(path).decode("utf-8", "replace")


def _entries(path):
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(
            f"expected a folder that can be read, found that {shown(path)} cannot ({error.strerror}): check its rights."
        ) from None
