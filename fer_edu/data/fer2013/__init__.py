"""FER-2013 in the forms in which people have it, with the three official parts kept apart.

In the folder given, or one level deeper, the nearest and then the first of these is read:

1. fer2013.csv              emotion,pixels,Usage: the 2013 challenge's file
2. icml_face_data.csv       emotion, Usage, pixels: the same rows under another header
3. fer2013.npz              images uint8 [N, 48, 48], labels 0..6, usage 0..2 or "Training", "PublicTest", "PrivateTest"
4. train.csv, test.csv      emotion,pixels: Training, and both test halves in one, in the challenge without labels
5. train|val|test/<class>/  .jpg, .jpeg or .png pictures, with the part in the file name (PublicTest_45.jpg) or without

1 to 3 may have any name where the file itself is given. The pictures carry no licence to hand them on, so nothing here
downloads them.
"""

import hashlib
import warnings

import numpy as np
import torch

from ...emotions import CLASSES
from ...errors import DataError
from .. import cache
from ..faceset import FaceSet
from .official import COUNTS, PARTS, SPLITS, UNDIVIDED, UNLABELLED, DataWarning, differences, split_of
from .source import Source, find

__all__ = ["load", "find", "Source", "COUNTS", "PARTS", "SPLITS", "DataWarning"]


def load(split="train", root=None):
    """Return one split of FER-2013 as a FaceSet: images uint8 [N, 1, 48, 48], labels int64 [N] in the official order.

    split: train (Training), val (PublicTest), test (PrivateTest), or one of these official names; or
    "publictest+privatetest", both test halves, for copies that do not tell them apart.
    root: the folder that holds the copy (see above), or its file; None: $FER2013_ROOT.
    Where the class counts are not the published ones, `notes` says how, and a DataWarning.
    Raises DataError where there is no copy, it is damaged, or it lacks the split. The first load reads the whole copy
    and leaves it in the cache (`data.cache`), from which later loads take their split.
    """
    split = split_of(split)
    source = find(root)
    # The labels of every part come along (36 KB): they tell what the copy holds, if not the split asked for.
    wanted = ["notes", *(f"labels{part}" for part in range(4))]
    wanted += [f"images{part}" for part in _candidates(split)]
    try:
        name = f"fer2013-{hashlib.sha256(str(source).encode(errors='surrogateescape')).hexdigest()[:16]}"
        arrays = cache.fetch(name, source.identity(), wanted, lambda: _by_part(source.rows()))
    except OSError as error:
        raise DataError(f"expected to read {source}, found that it cannot be ({error}): check its rights.") from None
    labels = [arrays[f"labels{part}"] for part in range(4)]
    taken = _taken(split, labels, source)
    images = [torch.from_numpy(arrays[f"images{part}"]) for part in taken]
    targets = np.concatenate([labels[part] for part in taken])
    notes = (*differences(split, targets), *(str(note) for note in arrays["notes"]))
    if split in ("val", "test") and len(labels[UNDIVIDED]):
        notes += (f"{len(labels[UNDIVIDED]):,} test pictures are left out: nothing says to which half they belong.",)
    if notes:
        warnings.warn(
            f"this copy of FER-2013 differs from the published one: {' '.join(notes)}", DataWarning, stacklevel=3
        )
    return FaceSet(
        images=(torch.cat(images) if len(images) > 1 else images[0]).unsqueeze(1),
        labels=torch.from_numpy(targets.astype(np.int64)),
        classes=CLASSES,
        name="fer2013",
        split=split,
        notes=notes,
    )


def _by_part(rows):
    """Return the arrays that are cached: images and labels of each part, in the copy's order, and the notes."""
    arrays = {"notes": np.array(rows.notes, dtype=np.str_)}
    for part in range(4):
        of_part = rows.parts == part
        arrays[f"images{part}"], arrays[f"labels{part}"] = rows.images[of_part], rows.labels[of_part]
    return arrays


def _taken(split, labels, source):
    """Return the parts that make up the split in this copy, or raise a DataError that says why it has none."""
    official = SPLITS[split]
    names = " and ".join(PARTS[part] for part in official)
    undivided = len(labels[UNDIVIDED])
    unlabelled = (labels[UNDIVIDED] == UNLABELLED).any()
    held = [part for part in _candidates(split) if len(labels[part])]
    if (UNDIVIDED in held and not unlabelled) or len(held) == len(official):
        return held
    if undivided and unlabelled and split != "train":
        raise DataError(
            f"expected {names} with labels, found {undivided:,} test rows without emotions in {source}: take a copy "
            "with labels, such as the challenge's icml_face_data.csv or fer2013.csv."
        )
    if undivided and split in ("val", "test"):
        raise DataError(
            f"expected {names}, found {undivided:,} test pictures in {source} that do not say whether they are "
            "PublicTest or PrivateTest: take a copy that does (fer2013.csv, or files named PublicTest_... and "
            "PrivateTest_...), or ask for both halves as split 'publictest+privatetest'."
        )
    counts = [f"{PARTS[part]} {len(labels[part]):,}" for part in range(3) if len(labels[part])]
    counts += [f"undivided test {undivided:,}"] if undivided else []
    found = ", ".join(counts) or "no pictures"
    raise DataError(f"expected {names} for split {split!r}, found {found} in {source}: take a copy that has it.")


def _candidates(split):
    """Return the parts that may make up a split: undivided test pictures only where both halves are wanted."""
    return (*SPLITS[split], UNDIVIDED) if len(SPLITS[split]) > 1 else SPLITS[split]
