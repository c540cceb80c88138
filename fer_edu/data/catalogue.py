"""Which data sets there are, how each is asked for, and `load`, which finds the reader.

`fer_edu.data`'s docstring shows it in use. FER-2013 has its official split; CK+, JAFFE, FERG and a folder of one's own
are read whole and then divided by `splits.split`.
"""

import importlib
from dataclasses import replace

from ..errors import DataError
from . import splits

_SPLIT = {"protocol": str, "folds": int, "fold": int, "seed": int}
_PICTURES = {"crop": str, "background": int, "damaged": str}

OPTIONS = {
    "faces": {"size": int, "seed": int, "difficulty": str, "shortcut": str},
    "fer2013": {},
    "ckplus": {"frames": str, "neutral": bool, **_PICTURES, **_SPLIT},
    "jaffe": {**_PICTURES, **_SPLIT},
    "ferg": {**_PICTURES, **_SPLIT},
    "folder": {**_PICTURES, **_SPLIT},
    "digits": {"size": int, "seed": int, "distortion": str},
    "mnist": {"size": int, "seed": int, "distortion": str},
}
"""Data set -> the options that `load` takes for it, with their types."""

PROTOCOL = {"ckplus": "subjects", "jaffe": "subjects", "ferg": "leave-one-out", "folder": "random"}
"""Data set that is read whole -> the protocol by which it is split where none is asked for."""

WHOLE = "all"
"""The split that is no split: every picture of CK+, JAFFE, FERG or a folder."""

DRAWN = ("faces", "digits")
"""Data sets without files."""

_KINDS = {int: "a whole number", str: "a word", bool: "true or false"}


def names():
    """Return the names of the data sets that this version reads."""
    return tuple(OPTIONS)


def split_names(name):
    """Return the splits of a data set, in the order of use: fit on the first, choose on the second, score the third."""
    _check_name(name)
    return splits.Split._fields


def load(name, split="train", root=None, **options):
    """Return one split of a data set as a FaceSet: images uint8 [N, 1, 48, 48], labels int64 [N].

    name: one of `names()`. split: "train", "val" or "test"; fer2013 also takes its official names; ckplus, jaffe, ferg
        and folder also "all".
    root: the folder or file of a data set that is read from disk; None: its environment variable, such as FER2013_ROOT,
        CKPLUS_ROOT, JAFFE_ROOT or FERG_ROOT.
    options: for faces size (pictures), seed, difficulty and shortcut ("glasses-angry-0.9"); see `fe.faces.load_split`.
        For digits and mnist size, seed and distortion; see `fe.data.digits.load`.
        A folder with train, val and test in it is split by these unless a protocol is asked for.
        For ckplus, jaffe, ferg and folder protocol, folds, fold and seed, see `fe.data.split`, and what their readers
        take: `fe.data.ckplus.read` and so on.
    Raises DataError on an unknown name, split or option, and on data that are missing or damaged.
    """
    _check_name(name)
    for option, value in options.items():
        _check_option(name, option)
        kind = OPTIONS[name][option]
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise DataError(f"expected {option} as {_KINDS[kind]}, found {value!r}: give {name} another {option}.")
    if name in PROTOCOL:
        return _part_of_whole(name, split, root, options)
    if name == "fer2013":
        from . import fer2013

        return fer2013.load(split, root)
    if name in DRAWN and root is not None:
        raise DataError(f"expected no root for {name}, which needs no files, found {str(root)!r}: leave it out.")
    if name == "mnist" and root is None:
        raise DataError("expected the folder that holds MNIST/raw as root, found none: give mnist a root.")
    _check_split(split, split_names(name))
    if name == "faces":
        from .. import faces  # here, because the generator itself builds on FaceSet

        return faces.load_split(split=split, **options)
    from . import digits

    return digits.load(split, root=root, **options)


def _part_of_whole(name, split, root, options):
    """Read the whole set and return the part of it that `split` names."""
    _check_split(split, (*splits.Split._fields, WHOLE))
    how = {option: options.pop(option) for option in _SPLIT if option in options}
    if name == "folder":
        if root is None:
            raise DataError("expected the folder that holds your pictures as root, found none: write folder:PATH.")
        from . import folder

        if split != WHOLE and not how and folder.is_divided(root):
            return replace(folder.read(root, split=split, **options), split=split)
    whole = importlib.import_module(f".{name}", __package__).read(root, **options)
    if split == WHOLE:
        return whole
    return getattr(splits.split(whole, **{"protocol": PROTOCOL[name], **how}), split)


def parse(spec):
    """Return (name, root, options) of a data set as the command line names it, as `load` takes them.

    spec: "faces", "faces:size=4000,seed=3", "fer2013:PATH", "ckplus:PATH,fold=3,neutral=true" or "ferg:fold=2" with the
    root in the environment. Nothing is read. Raises DataError on an unknown name or option, or a value that is none.
    """
    name, colon, rest = spec.partition(":")
    _check_name(name)
    if colon and not rest:
        raise DataError(f"expected a path or options after the colon of {spec!r}, found nothing: leave the colon out.")
    items = rest.split(",") if rest else []
    start = 0 if name in DRAWN else _start_of_options(name, items)
    options = {}
    for item in items[start:]:
        option, equals, text = (part.strip() for part in item.partition("="))
        if not (equals and text):
            raise DataError(f"expected option=value, found {item!r} in {spec!r}: write faces:size=4000,seed=3.")
        _check_option(name, option)
        if option in options:
            raise DataError(f"expected each option once, found {option} twice in {spec!r}: leave one out.")
        options[option] = _value(text, OPTIONS[name][option], option, spec)
    return name, ",".join(items[:start]) or None, options


def _start_of_options(name, items):
    """Return where the options begin behind a path, which may itself hold commas and equals signs."""
    start = len(items)
    while start and items[start - 1].partition("=")[0].strip() in OPTIONS[name] and "=" in items[start - 1]:
        start -= 1
    return start


def _value(text, kind, option, spec):
    try:
        return {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
    except (ValueError, KeyError):
        raise DataError(f"expected {option} as {_KINDS[kind]}, found {text!r} in {spec!r}: mend the value.") from None


def _check_name(name):
    if name not in OPTIONS:
        raise DataError(f"expected a data set out of {', '.join(names())}, found {name!r}: name one of those.")


def _check_split(split, known):
    if split not in known:
        raise DataError(f"expected a split out of {', '.join(known)}, found {split!r}: name one of those.")


def _check_option(name, option):
    if option not in OPTIONS[name]:
        known = f"an option out of {', '.join(OPTIONS[name])}" if OPTIONS[name] else "no options"
        raise DataError(f"expected {known} for {name}, found {option!r}: leave it out.")
