"""A cache of arrays that take seconds to read and are wanted again tomorrow.

One uncompressed npz a source, under the user's cache folder. It is used only while its key, which describes the source
as it lies on the disk, is the one it was written with; a damaged one is written anew. A cache only saves time: where
it cannot be written, nothing happens.
"""

import contextlib
import hashlib
import os
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..files import write_atomically

WHOLE = 16 * 2**20  # bytes: a file up to this size is digested whole, of a larger one this much in samples
SAMPLE = 64 * 2**10  # bytes of one sample

DAMAGED = (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What numpy raises on a missing, foreign, cut-off or bit-flipped npz (each array carries a CRC)."""


def folder():
    """Return the cache folder as a Path: $FER_EDU_CACHE, or `fer-edu` in the place the system keeps caches in."""
    if os.environ.get("FER_EDU_CACHE"):
        return Path(os.environ["FER_EDU_CACHE"]).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fer-edu"


def file_identity(path):
    """Return a tuple that changes when the file `path` is moved, replaced or edited.

    Reading 271 MB to see whether they changed would cost what the cache saves, so of a large file only samples are
    read. The change time catches an edit between the samples, even one that puts the modification time back.
    """
    path = Path(path).resolve()
    status = path.stat()
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as handle:
        if status.st_size <= WHOLE:
            digest.update(handle.read())
        else:
            # The first and the last sample are the file's two ends, where cut-off and appended copies differ.
            for start in np.linspace(0, status.st_size - SAMPLE, WHOLE // SAMPLE).astype(np.int64):
                handle.seek(int(start))
                digest.update(handle.read(SAMPLE))
    return str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest.hexdigest()


def fetch(name, key, wanted, build):
    """Return {array name: array} for the names in `wanted`, from the cache or from `build()`.

    name: what the cache file is called; a source that changed takes the place of its former self.
    key: str that describes the source and the reader's version.
    build: function that returns every array of the source, as {array name: numpy array}.
    """
    arrays = load(name, key, wanted)
    if arrays is None:
        built = build()
        store(name, key, built)
        arrays = {array: built[array] for array in wanted}
    return arrays


def load(name, key, wanted):
    """Return {array name: array} for the names in `wanted`, or None where the cache does not hold them under `key`."""
    try:
        with np.load(folder() / f"{name}.npz", allow_pickle=False) as stored:
            return {array: stored[array] for array in wanted} if str(stored["key"]) == key else None
    except (RuntimeError, *DAMAGED):  # RuntimeError: no home folder
        return None


def store(name, key, arrays):
    """Write {array name: array} under `key`, where that is possible."""

    def save(temporary):
        with open(temporary, "wb") as handle:  # to a name np.savez would add ".npz"
            np.savez(handle, key=np.array(key), **arrays)

    with contextlib.suppress(RuntimeError, OSError):  # read-only or full: the next run reads the source again
        write_atomically(folder() / f"{name}.npz", save)
