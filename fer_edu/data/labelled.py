"""The last step of every reader of picture files: files whose label is known become a `FaceSet`."""

import sys
import warnings
from typing import NamedTuple

import numpy as np
import torch

from ..errors import DataError, DataWarning
from .counts import differences
from .faceset import FaceSet
from .failures import left_out, refuse
from .pictures import BACKGROUND, SIDE
from .reading import read_pictures
from .tree import shown

DAMAGED = ("refuse", "skip")


class Labelled(NamedTuple):
    """One picture of a set: its path below the root, the emotion its layout gives it, and who is in it, or None."""

    file: str
    emotion: str
    group: str | None = None


def face_set(
    name,
    title,
    root,
    pictures,
    classes,
    failures=(),
    notes=(),
    published=None,
    damaged="refuse",
    crop="square",
    background=BACKGROUND,
    progress=None,
):
    """Read the pictures and return their FaceSet, in the order given, with `sizes` and `files`.

    pictures: `Labelled`s. failures: `Failure`s that the reader met before it came to the pixels. published: class ->
    number of pictures that the set should have, or None, or an int where only their sum is known.
    damaged: "refuse" raises one DataError about all bad files; "skip" leaves them out, with a note and a DataWarning.
    """
    if damaged not in DAMAGED:
        raise DataError(f"expected damaged out of {', '.join(DAMAGED)}, found {damaged!r}: name one of those.")
    reading = read_pictures(root, [picture.file for picture in pictures], name, crop, background, progress)
    failures = (*failures, *reading.failures)
    if damaged == "refuse":
        refuse(failures, title, root)
    pictures = [pictures[row] for row in reading.kept]
    if not pictures:
        raise DataError(
            f"expected pictures of {title} in {shown(root)}, found none that can be read: get a fresh copy."
        )
    labels = np.array([classes.index(picture.emotion) for picture in pictures])
    notes = (*notes, *left_out(failures), *_enlarged(reading.sizes), *_counted(title, classes, labels, published))
    if notes:
        warnings.warn(f"this copy of {title} needs a second look: {' '.join(notes)}", DataWarning, _stacklevel())
    group_names = tuple(sorted({picture.group for picture in pictures} - {None}))
    number = {group: index for index, group in enumerate(group_names)}
    return FaceSet(
        images=torch.from_numpy(reading.images).unsqueeze(1),
        labels=torch.from_numpy(labels),
        classes=classes,
        groups=torch.tensor([number[picture.group] for picture in pictures]) if group_names else None,
        group_names=group_names,
        name=name,
        notes=notes,
        sizes=torch.from_numpy(reading.sizes),
        files=np.array([picture.file for picture in pictures]),
    )


def _enlarged(sizes):
    small = int((sizes.min(1) < SIDE).sum())
    noun = "picture is" if small == 1 else "pictures are"
    return (f"{small:,} {noun} smaller than {SIDE} px and enlarged, which adds no detail.",) if small else ()


def _counted(title, classes, labels, published):
    if isinstance(published, int):
        same = len(labels) == published
        return () if same else (f"{title} has {len(labels):,} pictures instead of {published:,}.",)
    if published is None:
        return ()
    found = np.bincount(labels, minlength=len(classes))
    return differences(title, classes, found, [published[emotion] for emotion in classes])


def _stacklevel():
    """Return the level at which a warning of the caller's names the line of the user's that asked for the set."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("fer_edu."):
        frame, level = frame.f_back, level + 1
    return level
