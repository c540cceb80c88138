"""`Pool`: the pictures of all sets under audit as one array, and where each of them stands."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from ...errors import DataError
from ..faceset import FaceSet

SIDE = 48
PIXELS = SIDE * SIDE
CHUNK = 512  # pictures


@dataclass(frozen=True, eq=False)
class Pool:
    """names: of the sets, in the order fit, choose, score. sets: the `FaceSet` of each.

    pixels: uint8 [N, 2304], the pictures of all sets, one after the other. which: int64 [N], the number of the set of
    each. index: int64 [N], its place there. labels: str [N], its class by name, since sets may differ in their classes.
    """

    names: tuple
    sets: tuple
    pixels: np.ndarray
    which: np.ndarray
    index: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.pixels)

    def places(self, pictures):
        """Return ((set name, index), ...) of pictures given by their number in the pool."""
        return tuple((self.names[self.which[k]], int(self.index[k])) for k in pictures)

    def of(self, number):
        """Return the rows of `pixels` that are set `number`'s, as a slice."""
        start = sum(len(faces) for faces in self.sets[:number])
        return slice(start, start + len(self.sets[number]))


def pool(sets):
    """Return the Pool of one FaceSet, of a sequence of them (named by their splits), or of a mapping name -> FaceSet.

    Raises DataError where there is nothing to audit, or two sets have one name.
    """
    named = _named(sets)
    for name, faces in named:
        if not isinstance(faces, FaceSet):
            raise DataError(f"expected a FaceSet as {name!r}, found {type(faces).__name__}: load one first.")
        if not len(faces):
            raise DataError(f"expected pictures to audit, found the empty set {name!r}: leave it out.")
    lengths = [len(faces) for _, faces in named]
    return Pool(
        names=tuple(name for name, _ in named),
        sets=tuple(faces for _, faces in named),
        pixels=np.concatenate([faces.images.cpu().numpy().reshape(-1, PIXELS) for _, faces in named]),
        which=np.repeat(np.arange(len(named)), lengths),
        index=np.concatenate([np.arange(n) for n in lengths]),
        labels=np.concatenate([np.array(faces.classes)[faces.labels.cpu().numpy()] for _, faces in named]),
    )


def measure(pixels, judge, width=(), dtype=torch.float32):
    """Return what `judge` says of each picture, a tensor [N, *width], asking it for a few hundred pictures at a time.

    pixels: uint8 [N, 2304]. judge: takes uint8 [n, 48, 48], returns [n, *width]. The answers go where they belong at
    once: kept apart until the end, these little tensors would stand between the large ones that come and go, and the
    memory allocator could not use the gaps again (it took 480 MB for 32,000 pictures).
    """
    pictures = torch.as_tensor(pixels).view(-1, SIDE, SIDE)
    answers = torch.empty(len(pictures), *width, dtype=dtype)
    for start in range(0, len(pictures), CHUNK):
        answers[start : start + CHUNK] = judge(pictures[start : start + CHUNK])
    return answers


def _named(sets):
    """Return [(name, set), ...]."""
    if isinstance(sets, FaceSet):
        return [(sets.split or sets.name or "pictures", sets)]
    if isinstance(sets, Mapping):
        named = [(str(name), faces) for name, faces in sets.items()]
    elif isinstance(sets, (list, tuple)):
        named = [(getattr(faces, "split", "") or f"set {k}", faces) for k, faces in enumerate(sets, 1)]
    else:
        raise DataError(f"expected one FaceSet or several, found {type(sets).__name__}: load one first.")
    names = [name for name, _ in named]
    if not names:
        raise DataError("expected one FaceSet or more, found none: name the sets to audit.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(
            f"expected a name of its own for each set, found two called {twice!r}: give them as a mapping name -> set."
        )
    return named
