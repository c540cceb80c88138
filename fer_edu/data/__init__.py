"""Chapter 1: data sets as they really are. `load()` gives a `FaceSet`.

fe.data.load("faces", split="train", size=4000, seed=0)       drawn by the program, with ground truth
fe.data.load("fer2013", split="val", root="~/fer2013")        read from the copy you have, in its official split
fe.data.load("ckplus", split="test", root="~/CK+", fold=3)    by subject; "jaffe" and "ferg" (by character) likewise
fe.data.load("folder", split="train", root="~/mine")          any folder of <class>/*.png or *.jpg
fe.data.load("digits", split="train", distortion="RTS")       scikit-learn's digits, distorted; "mnist" with its root

fe.data.split(faces, protocol="leave-one-out", fold=2)        train, val, test in which nobody stands on two sides
fe.data.with_votes(fer)                                       the ten annotators of FER+ beside FER-2013's labels
fe.data.audit({"train": train, "val": val})                   what is wrong with a copy
fe.data.exclude(train, "audit.json", use="fit")               the set without what an audit found
fe.data.plant_faults(sets)                                    drawn sets with known faults, to audit
fe.data.about("ckplus")                                       who is in it, how it was made, where and on what terms
"""

import importlib

from ..errors import DataWarning
from . import ckplus, digits, fer2013, ferg, ferplus, folder, jaffe
from .about import About, about
from .catalogue import load, names, parse, split_names
from .faceset import FaceSet, Truth
from .faults import Planted, plant_faults
from .ferplus import by_majority, with_votes
from .sampling import class_weights, epoch_indices
from .splits import Split, shared_groups, split
from .votes import Votes

__all__ = [
    "load",
    "parse",
    "names",
    "split_names",
    "split",
    "shared_groups",
    "epoch_indices",
    "class_weights",
    "with_votes",
    "by_majority",
    "about",
    "audit",
    "exclude",
    "plant_faults",
    "About",
    "Audit",
    "Finding",
    "FaceSet",
    "Truth",
    "Votes",
    "Split",
    "Planted",
    "DataWarning",
    "ckplus",
    "digits",
    "fer2013",
    "ferg",
    "ferplus",
    "folder",
    "jaffe",
]

_AUDITING = ("Audit", "Finding", "audit", "exclude")


def __getattr__(name):
    if name in _AUDITING:  # loaded on first use: SciPy's statistics take a second and 70 MB
        return getattr(importlib.import_module(".auditing", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
