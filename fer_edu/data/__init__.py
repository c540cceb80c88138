"""Chapter 1: data sets as they really are. `load()` gives a `FaceSet`.

fe.data.load("faces", split="train", size=4000, seed=0)       drawn by the program, with ground truth
fe.data.load("fer2013", split="val", root="~/fer2013")        read from the copy you have
fe.data.load("digits", split="train", distortion="RTS")       scikit-learn's digits, distorted; "mnist" with its root
"""

from ..errors import DataError
from . import digits, fer2013
from .faceset import FaceSet, Truth
from .fer2013 import DataWarning
from .sampling import epoch_indices

__all__ = ["load", "parse", "names", "split_names", "epoch_indices", "FaceSet", "Truth", "DataWarning"]

OPTIONS = {
    "faces": {"size": int, "seed": int, "difficulty": str, "shortcut": str},
    "fer2013": {},
    "digits": {"size": int, "seed": int, "distortion": str},
    "mnist": {"size": int, "seed": int, "distortion": str},
    "ckplus": {},
    "jaffe": {},
    "ferg": {},
}
"""Data set -> the options that `load` takes for it, with their types."""

UNREAD = ("ckplus", "jaffe", "ferg")


def names():
    """Return the names of the data sets that this version reads."""
    return tuple(name for name in OPTIONS if name not in UNREAD)


def split_names(name):
    """Return the splits of a data set, in the order of use: fit on the first, choose on the second, score the third."""
    _check_name(name)
    return ("train", "val", "test")


def load(name, split="train", root=None, **options):
    """Return one split of a data set as a FaceSet: images uint8 [N, 1, 48, 48], labels int64 [N].

    name: "faces", "fer2013", "digits", "mnist". split: "train", "val" or "test"; fer2013 also takes its official names.
    root: the folder or file of a data set that is read from disk; None: its environment variable (FER2013_ROOT).
    options: for faces size (pictures), seed, difficulty and shortcut ("glasses-angry-0.9"); see `fe.faces.load_split`.
        For digits and mnist size, seed and distortion; see `fe.data.digits.load`.
    Raises DataError on an unknown name, split or option, and on data that are missing or damaged.
    """
    _check_name(name)
    for option, value in options.items():
        _check_option(name, option)
        kind = OPTIONS[name][option]
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise DataError(f"expected {option} as {_KINDS[kind]}, found {value!r}: give {name} another {option}.")
    if name in UNREAD:
        raise DataError(
            f"expected a data set out of {', '.join(names())}, found {name}, which this version does not read."
        )
    if name == "fer2013":
        return fer2013.load(split, root)
    if name == "mnist":
        if root is None:
            raise DataError("expected the folder that holds MNIST/raw as root, found none: give mnist a root.")
        return digits.load(split, root=root, **options)
    if root is not None:
        raise DataError(f"expected no root for {name}, which needs no files, found {str(root)!r}: leave it out.")
    if name == "digits":
        return digits.load(split, **options)
    if split not in split_names(name):
        raise DataError(f"expected a split out of {', '.join(split_names(name))}, found {split!r}: name one of those.")
    from .. import faces  # here, because the generator itself builds on FaceSet

    return faces.load_split(split=split, **options)


def parse(spec):
    """Return (name, root, options) of a data set as the command line names it, as `load` takes them.

    spec: "faces", "faces:size=4000,seed=3", "digits:distortion=R", "fer2013" or "fer2013:PATH". Nothing is read.
    Raises DataError on an unknown name or option, or a value that is none.
    """
    name, colon, rest = spec.partition(":")
    _check_name(name)
    if colon and not rest:
        raise DataError(f"expected a path or options after the colon of {spec!r}, found nothing: leave the colon out.")
    if name not in ("faces", "digits"):
        return name, rest or None, {}
    options = {}
    for item in rest.split(",") if rest else ():
        option, equals, text = (part.strip() for part in item.partition("="))
        if not (equals and text):
            raise DataError(f"expected option=value, found {item!r} in {spec!r}: write faces:size=4000,seed=3.")
        _check_option(name, option)
        if option in options:
            raise DataError(f"expected each option once, found {option} twice in {spec!r}: leave one out.")
        kind = OPTIONS[name][option]
        try:
            options[option] = kind(text)
        except ValueError:
            raise DataError(
                f"expected {option} as {_KINDS[kind]}, found {text!r} in {spec!r}: mend the value."
            ) from None
    return name, None, options


_KINDS = {int: "a whole number", str: "a word"}


def _check_name(name):
    if name not in OPTIONS:
        raise DataError(f"expected a data set out of {', '.join(names())}, found {name!r}: name one of those.")


def _check_option(name, option):
    if option not in OPTIONS[name]:
        known = f"an option out of {', '.join(OPTIONS[name])}" if OPTIONS[name] else "no options"
        raise DataError(f"expected {known} for {name}, found {option!r}: leave it out.")
