"""What can be looked at once torch can be imported: device, shipped networks, cache, data sets."""

import os
import tempfile
from functools import partial
from pathlib import Path

import torch

from .. import data, models, training
from ..data import cache, ferplus, tree
from ..data.about import ABOUT
from ..errors import FerEduError
from .finding import Finding
from .machine import disk

COUNTED = ("ferg",)
"""Sets of so many files that they are counted here and not read."""


def tell(roots):
    """Print device, networks and data sets; return what is wrong with them as findings.

    roots: data set -> folder, in place of its environment variable.
    """
    device = training.choose_device()
    precision = training.choose_precision("auto", device)
    print(f"device: {training.device.describe(device)}, trains in {precision}; {torch.get_num_threads()} threads")
    print(f"shipped networks: {', '.join(models.pretrained_names()) or 'none'}")
    print(f"cache: {cache.folder()}")
    print("data sets:")
    print("  faces         ready: drawn by the program, no download")
    findings = [*_weights(), *_cache()]
    for name, about in ABOUT.items():
        for line, wrong in _found(name, roots.get(name) or os.environ.get(about.variable)):
            print(f"  {name:14}{line}")
            if wrong:
                findings.append(Finding(f"{name}: {line}", grave=False))
    return findings


def _weights():
    """Yield the shipped networks that cannot be loaded."""
    names = models.pretrained_names()
    if not names:
        yield Finding(
            "The shipped networks are missing from the installed fer_edu: run `pip install --force-reinstall --no-deps "
            "-e .` in the checkout."
        )
    for name in names:
        try:
            models.pretrained(name)
        except FerEduError:
            yield Finding(
                f"The shipped network {name} is damaged or of another version (fer_edu/weights/{name}.pt): get it back "
                "with `git checkout -- fer_edu/weights` in the checkout, or install fer-edu again."
            )


def _cache():
    """Yield what keeps the cache folder from being written."""
    folder = cache.folder()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Finding(
            f"The cache folder {folder} cannot be written ({error.strerror or error}), so a data set may be read anew "
            "each time and the state of your exercises is not kept: set FER_EDU_CACHE to a folder of your own.",
            grave=False,
        )
        return
    yield from disk(Path(folder), "of the cache folder")


def _found(name, root):
    """Yield (line, whether something is wrong) that say what is found of one data set."""
    if root is None and not (name == "ferplus" and ferplus.beside()):
        option = " or give --fer2013 PATH" if name == "fer2013" else ""
        yield f"not configured: set {ABOUT[name].variable} to the folder of your copy{option}", False
        return
    for label, look in _looks(name, root):
        try:
            yield label + look(), False
        except FerEduError as error:
            yield f"{label}{error}", True


def _looks(name, root):
    """Return pairs (label, function that returns what is there in words)."""
    if name == "fer2013":
        return [(f"{split}: ", partial(_pictures, name, split, root)) for split in data.split_names(name)]
    if name == "ferplus":
        return [("", lambda: f"{sum(map(len, ferplus.read(root).values())):,} rows of votes")]
    if name in COUNTED:
        return [("", lambda: f"{len(tree.walk(root).files):,} picture files, read when they are first used")]
    return [("", lambda: _pictures(name, "all", root))]


def _pictures(name, split, root):
    faces = data.load(name, split, root)
    people = f" of {len(faces.group_names)} people" if faces.group_names else ""
    return f"{len(faces)} pictures{people}"
