"""What is installed, which device is used, and which data sets are found: `fer-edu doctor`."""

import importlib.metadata
import os
import platform
from functools import partial

import torch

from . import __version__, data, models, training
from .data import ferplus, tree
from .data.about import ABOUT
from .errors import FerEduError

PACKAGES = ("torch", "torchvision", "numpy", "captum", "matplotlib", "ipywidgets", "jupyterlab", "scikit-learn")

COUNTED = ("ferg",)
"""Sets of so many files that they are counted here and not read."""


def examine(roots):
    """Print what there is, and return the exit code: 1 where a package that the notebooks need is missing.

    roots: data set -> folder, in place of its environment variable.
    """
    print(f"fer-edu {__version__}, Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    missing = []
    for package in PACKAGES:
        try:
            print(f"  {package:14}{importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
            print(f"  {package:14}not installed")
    device = training.choose_device()
    precision = training.choose_precision("auto", device)
    print(f"device: {training.device.describe(device)}, trains in {precision}; {torch.get_num_threads()} threads")
    print(f"shipped networks: {', '.join(models.pretrained_names()) or 'none'}")
    print("data sets:")
    print("  faces         ready: drawn by the program, no download")
    for name, about in ABOUT.items():
        for line in _found(name, roots.get(name) or os.environ.get(about.variable)):
            print(f"  {name:14}{line}")
    if missing:
        print(f"The notebooks need {', '.join(missing)}: run `pip install -e .[lab]` in the checkout.")
    return 1 if missing else 0


def _found(name, root):
    """Yield lines that say what is found of one data set."""
    if root is None and not (name == "ferplus" and ferplus.beside()):
        option = " or give --fer2013 PATH" if name == "fer2013" else ""
        yield f"not configured: set {ABOUT[name].variable} to the folder of your copy{option}"
        return
    for label, look in _looks(name, root):
        try:
            yield label + look()
        except FerEduError as error:
            yield f"{label}{error}"


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
