"""A run on disk, so that it can be interrupted at any moment and goes on with the same result.

    run.json       what is trained, on what, how, with which versions: written once, before the first step
    last.pt        everything needed to go on after the last whole epoch
    best.pt        the checkpoint of the best epoch on val, for fer_edu.models.load_checkpoint
    history.json   a line an epoch, to read and to draw

Each file is replaced whole. best.pt is written before last.pt: a kill in between repeats one epoch and writes the same
best.pt again.
"""

import hashlib
import json
import platform
import sys
from contextlib import contextmanager, suppress
from dataclasses import MISSING, fields
from pathlib import Path

import numpy
import torch

from .. import __version__
from ..errors import RunFolderError
from ..files import write_atomically, write_json
from ..models.checkpoint import read, save_checkpoint
from ..models.registry import options_of
from .device import describe
from .recipes import Recipe

STATE = "fer-edu training state 1"


def describe_run(model, train, val, recipe, seed, device, precision, start=None):
    """Return what identifies a run (`identity`: must agree to go on) and what only explains it."""
    return {
        "identity": {
            "model": model.name,
            "options": json.loads(json.dumps(vars(model.options))),
            "recipe": recipe.as_dict(),
            "seed": seed,
            "start": None if start is None else fingerprint(start),
            "data": {
                part: {"name": s.name, "split": s.split, "pictures": len(s), "fingerprint": s.fingerprint()}
                for part, s in (("train", train), ("val", val))
            },
        },
        "parameters": sum(p.numel() for p in model.parameters()),
        "device": describe(device),
        "precision": precision,
        "versions": {
            "fer_edu": __version__,
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
        },
        "command": command(),
    }


def command():
    """Return the fer-edu command that this process runs, or None where it runs something else."""
    program, *arguments = sys.argv
    # torchrun and `python -m fer_edu.cli` name the file of the module.
    return " ".join(["fer-edu", *arguments]) if Path(program).name in ("fer-edu", "cli.py") else None


def fingerprint(model):
    """Return 16 hexadecimal digits that name a network's weights."""
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def defaults(kind):
    """Return the default of each field of a dataclass that has one."""
    return {field.name: field.default for field in fields(kind) if field.default is not MISSING}


def differences(expected, found, path=""):
    """Return the leaves in which two nested dictionaries differ, as "path: expected, not found"."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = [*expected, *(k for k in found if k not in expected)]
        return [line for k in keys for line in differences(expected.get(k), found.get(k), f"{path}.{k}" if path else k)]
    return [] if expected == found else [f"{path} {found!r} instead of {expected!r}"]


class RunFolder:
    """The folder `path` of one run; opens a run already there if it is the same one."""

    def __init__(self, path, description):
        self.path = Path(path).expanduser()
        self.description = description
        run = self.path / "run.json"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for left in self.path.glob(".[0-9]*.*"):  # half-written by a process that was killed
                left.unlink()
            if run.exists():
                found = json.loads(run.read_text(encoding="utf-8"))["identity"]
                # A run from before a field was there did what its default does.
                found["recipe"] = {**defaults(Recipe), **found["recipe"]}
                found["options"] = {**defaults(type(options_of(found["model"]))), **found["options"]}
                differing = differences(description["identity"], found)
                if differing:
                    raise RunFolderError(
                        f"expected {self.path} to be empty or to hold this same run, found a run with "
                        f"{'; '.join(differing[:4])}: choose another folder, or the same settings to go on."
                    )
            else:
                write_json(run, description)
        except OSError as error:
            raise RunFolderError(
                f"expected a folder to write the run to, found that {self.path} cannot be written "
                f"({error.strerror or error}): choose another folder."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise RunFolderError(
                f"expected a run in {run}, found a file that cannot be read: choose another folder or delete that one."
            ) from error

    def load_state(self):
        """Return the state after the last whole epoch, or None where no epoch has ended; history.json then tells it.

        A kill between the two files leaves history.json an epoch behind: after the last epoch nothing else would mend
        it.
        """
        path, history = self.path / "last.pt", self.path / "history.json"
        if not path.exists():
            return None
        state, told = read(path, STATE), 0
        with suppress(OSError, ValueError):
            told = len(json.loads(history.read_text(encoding="utf-8")))
        if told != len(state["history"]):
            with self._room():
                write_json(history, state["history"])
        return state

    def save_best(self, model, classes, epoch, accuracy):
        with self._room():
            save_checkpoint(
                self.path / "best.pt", model, classes, epoch=epoch, val_accuracy=accuracy, run=self.description
            )

    def save_state(self, state):
        """Write last.pt, then history.json."""
        content = {"format": STATE, **state}
        with self._room():
            write_atomically(self.path / "last.pt", lambda temporary: torch.save(content, temporary))
            write_json(self.path / "history.json", state["history"])

    @contextmanager
    def _room(self):
        """Turn what a full disk raises into one sentence; torch raises a RuntimeError of its own."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise RunFolderError(
                f"expected room to save the epoch in {self.path}, found that it cannot be written ({why}): what was "
                "saved before is whole; make room and run the same command again."
            ) from error
