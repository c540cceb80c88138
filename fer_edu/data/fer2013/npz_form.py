"""FER-2013 as an npz with the arrays `images`, `labels` and `usage`."""

import numpy as np

from ...errors import DataError
from ..cache import DAMAGED
from .official import PARTS, Rows


def read(path):
    """Return the Rows of an npz: images uint8 [N, 48, 48] or [N, 1, 48, 48], labels 0..6, usage 0..2 or its names.

    Raises DataError on a missing array, another shape or type, or a value out of range.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            missing = [name for name in ("images", "labels", "usage") if name not in stored.files]
            if missing:
                _fail(path, "the arrays images, labels and usage", f"only {', '.join(stored.files) or 'none'}")
            images, labels, usage = (stored[name] for name in ("images", "labels", "usage"))
    except DAMAGED as error:
        raise DataError(
            f"expected an npz, found a damaged or other file in {path} ({error}): get a fresh copy."
        ) from None
    n = len(images) if images.ndim else 0
    if images.dtype != np.uint8 or images.shape not in ((n, 48, 48), (n, 1, 48, 48)):
        _fail(path, "images as uint8 [N, 48, 48]", f"{images.dtype} {list(images.shape)}")
    if usage.dtype.kind in "US":
        usage = _codes(path, usage.astype(str))
    for name, array, limit in (("labels", labels, 6), ("usage", usage, 2)):
        if array.shape != (n,) or array.dtype.kind not in "iu":
            _fail(path, f"{name} as whole numbers [{n}]", f"{array.dtype} {list(array.shape)}")
        if n and not 0 <= array.min() <= array.max() <= limit:
            _fail(path, f"{name} in 0..{limit}", f"{array.min()}..{array.max()}")
    return Rows(images.reshape(n, 48, 48), labels.astype(np.uint8), usage.astype(np.uint8))


def _codes(path, names):
    known, position = np.unique(names, return_inverse=True)
    for name in known:
        if name not in PARTS:
            _fail(path, f"usage out of {', '.join(PARTS)}", repr(str(name)))
    return np.array([PARTS.index(name) for name in known], np.uint8)[position].reshape(names.shape)


def _fail(path, expected, found):
    usage = ", ".join(f"{code} {name}" for code, name in enumerate(PARTS))
    raise DataError(f"expected {expected}, found {found} in {path}: write images, labels and usage ({usage}).")
