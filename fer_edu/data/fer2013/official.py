"""FER-2013 as it was published: its three parts, their counts, and how a copy differs from them.

Goodfellow et al. 2013, "Challenges in Representation Learning: A report on three machine learning contests". The
challenge fitted on Training, showed a leaderboard on PublicTest and was decided on PrivateTest; here they are train,
val and test.
"""

from dataclasses import dataclass

import numpy as np

from ...emotions import CLASSES
from ...errors import DataError, DataWarning
from .. import counts

__all__ = ["DataWarning", "Rows", "differences", "split_of"]  # DataWarning was born here

TRAINING, PUBLIC_TEST, PRIVATE_TEST, UNDIVIDED = range(4)
"""Which part a picture belongs to. UNDIVIDED: to one of the two test halves, and the copy does not say to which."""

PARTS = ("Training", "PublicTest", "PrivateTest")
"""The official names, in the order of the codes."""

COUNTS = {
    "Training": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "PublicTest": (467, 56, 496, 895, 653, 415, 607),
    "PrivateTest": (491, 55, 528, 879, 594, 416, 626),
}
"""Pictures of each class, in the order of `fe.emotions.CLASSES`."""

SPLITS = {
    "train": (TRAINING,),
    "val": (PUBLIC_TEST,),
    "test": (PRIVATE_TEST,),
    "publictest+privatetest": (PUBLIC_TEST, PRIVATE_TEST),
}
"""Split -> the parts it takes. The last is for copies that merge the halves: only who asks for it by name gets it."""

ALIASES = {"training": "train", "publictest": "val", "privatetest": "test"}

UNLABELLED = 255
"""Label of a picture whose emotion the copy does not give."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a reader found: images uint8 [N, 48, 48], labels uint8 [N] (0..6, or UNLABELLED), parts uint8 [N] (codes).

    notes: sentences on what in this copy could not be taken at face value.
    """

    images: np.ndarray
    labels: np.ndarray
    parts: np.ndarray
    notes: tuple = ()


def split_of(name):
    """Return the split that `name` means: one of SPLITS or, in any case, an official name."""
    split = ALIASES.get(str(name).lower(), str(name).lower())
    if split not in SPLITS:
        known = ", ".join((*SPLITS, *PARTS))
        raise DataError(f"expected a split out of {known}, found {name!r}: name one of those.")
    return split


def differences(split, labels):
    """Return how the class counts of `labels` (int [N]) differ from the published split, as sentences (0 or 1)."""
    names = [PARTS[part] for part in SPLITS[split]]
    expected = np.sum([COUNTS[name] for name in names], axis=0)
    found = np.bincount(labels, minlength=len(CLASSES))
    return counts.differences(" + ".join(names), CLASSES, found, expected)
