"""Where a copy of FER-2013 lies, and in which of its forms. The package's docstring lists them in order."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import DataError
from .. import cache
from ..about import about
from . import csv_form, folder_form, npz_form
from .official import TRAINING, UNDIVIDED, Rows

READER_VERSION = 2
"""Goes up when the readers give other rows for the same files, so that caches written before are not used."""

OBTAIN = about("fer2013").advice
"""What to do without a copy: where it is obtained, under what terms, in which forms it is read."""


@dataclass(frozen=True)
class Source:
    """One copy on the disk. form: "csv", "npz", "pair" (train.csv, test.csv) or "folder"; paths: what it lies in."""

    form: str
    paths: tuple

    def identity(self):
        """Return a str that changes when anything changes that `rows()` depends on."""
        of_path = folder_form.identity if self.form == "folder" else cache.file_identity
        described = repr((READER_VERSION, self.form, [of_path(path) for path in self.paths]))
        return hashlib.sha256(described.encode()).hexdigest()

    def rows(self):
        """Read the whole copy and return its Rows. Raises DataError where it is not what its form promises."""
        if self.form == "pair":
            parts = {"train.csv": TRAINING, "test.csv": UNDIVIDED}
            pair = [csv_form.read(path, parts[path.name.lower()]) for path in self.paths]
            fields = ("images", "labels", "parts")
            return Rows(*(np.concatenate([getattr(rows, field) for rows in pair]) for field in fields))
        reader = {"csv": csv_form, "npz": npz_form, "folder": folder_form}[self.form]
        return reader.read(self.paths[0])

    def __str__(self):
        return " and ".join(str(path) for path in self.paths)


def find(root=None):
    """Return the Source in `root` (str or Path, `~` allowed), or raise a DataError that says where to get one."""
    root = root or os.environ.get("FER2013_ROOT")
    if not root:
        raise DataError(f"expected the folder of FER-2013, found neither root nor FER2013_ROOT: {OBTAIN}.")
    path = Path(root).expanduser()
    if not path.exists():
        raise DataError(f"expected FER-2013 in {path}, found nothing there: {OBTAIN}.")
    path = path.resolve()
    if path.is_file():
        return _source_of_file(path)
    try:
        deeper = sorted(entry for entry in path.iterdir() if entry.is_dir() and os.access(entry, os.R_OK | os.X_OK))
        for folder in (path, *deeper):
            if source := _source_in(folder):
                return source
        held = ", ".join(sorted(entry.name for entry in path.iterdir())[:5]) or "nothing"
    except OSError as error:
        raise DataError(
            f"expected a folder in {path}, found that it cannot be read ({error}): check its rights."
        ) from None
    raise DataError(f"expected FER-2013 in {path}, found none of its forms there (but {held}): {OBTAIN}.")


def _source_of_file(path):
    kind = path.suffix.lower()
    if path.name.lower() in ("train.csv", "test.csv"):
        return _source_in(path.parent, forms=("pair",))
    if kind in (".csv", ".npz"):
        return Source(kind[1:], (path,))
    raise DataError(f"expected a folder, .csv or .npz, found {path.name}: unpack an archive first, or {OBTAIN}.")


def _source_in(folder, forms=("csv", "npz", "pair", "folder")):
    """Return the first form that lies in `folder` itself, or None."""
    files = {entry.name.lower(): entry for entry in sorted(folder.iterdir()) if entry.is_file()}
    candidates = (
        ("csv", ("fer2013.csv",)),
        ("csv", ("icml_face_data.csv",)),
        ("npz", ("fer2013.npz",)),
        ("pair", ("train.csv", "test.csv")),
    )
    for form, names in candidates:
        paths = tuple(files[name] for name in names if name in files)
        if paths and form in forms:
            return Source(form, paths)
    return Source("folder", (folder,)) if "folder" in forms and folder_form.split_folders(folder) else None
