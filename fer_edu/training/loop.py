"""The training loop. Reads top to bottom: set up, go on where an earlier run stopped, epochs, best weights.

Once more with the same seed: on a CPU, with the same number of threads and the same torch, every weight is the same to
the last bit. On CUDA the random numbers are the same too, but not all sums. The sampler's way back (F.grid_sample's
backward) adds up in whatever order its threads arrive, and rounding depends on the order; cuDNN may choose an algorithm
that does likewise. A last digit that differs can grow, over thousands of steps, into other weights and another
accuracy: by how much is measured by benchmarks/reproducibility.py, never assumed. Asking torch for deterministic
algorithms is no way out: for this backward it has none and raises an error. On another kind of device the random
numbers are others too.
"""

import copy
import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..errors import DataError, DeviceError, ModelError, TrainingError
from ..models import gaussian_start, predict
from .device import choose_precision
from .distributed import ALONE, join
from .progress import Progress
from .run_folder import RunFolder, describe_run
from .steps import Steps


@dataclass(frozen=True)
class History:
    """What happened: `epochs`, a tuple of dictionaries, one an epoch, with

    epoch (from 1), learning_rate (at its end), train_loss (cross-entropy on augmented pictures, with dropout, the mean
    over the pictures as the epoch shows them: each as often as it is shown, times its class's weight where classes are
    weighed), val_loss (plain cross-entropy, each picture once), val_accuracy (0..1), seconds.
    stopped: of a seed of several that could not go on: the sentence that says why; else None.
    """

    epochs: tuple
    stopped: str | None = None

    def __getitem__(self, name):
        """Return one column as a list, e.g. history["val_accuracy"]."""
        return [row[name] for row in self.epochs]

    @property
    def best(self):
        """The line of the epoch with the highest val accuracy; the first of equals."""
        return max(self.epochs, key=lambda row: row["val_accuracy"])


def validate(model, val, world=ALONE):
    """Return (cross-entropy, accuracy) on a FaceSet, as floats; several ranks share the pictures."""
    logits = world.gather(len(val), predict(model, val.images[world.rows(len(val))]))
    return F.cross_entropy(logits, val.labels).item(), (logits.argmax(1) == val.labels).float().mean().item()


def fit(
    model,
    train,
    val,
    recipe,
    device="auto",
    checkpoint=None,
    seed=0,
    progress="auto",
    on_epoch=None,
    start=None,
    compile=False,
):
    """Train `model` in place on `train`, choose its best epoch on `val`, and return the `History`.

    model: a network of fer_edu.models. train, val: FaceSets. recipe: a `Recipe`.
    device: "auto", "cpu", "cuda", "mps". checkpoint: a run folder to write to and to resume from, or None.
    progress: "auto", "bar", "lines", "none". on_epoch: called after each epoch with its line of the history.
    start: a trained network of the same kind (of load_checkpoint or pretrained) whose weights training starts from.
    compile: have torch.compile build the network's step; with CUDA graphs on a GPU. Minutes to start, faster steps.
    At the end the model holds the best epoch's weights, in evaluation mode, on the device, and knows its `.classes`.
    Errors: DataError, DeviceError, ModelError, RunFolderError, CheckpointError; TrainingError where the loss stops
    being a number: the model then holds the best epoch so far, and the run folder the last whole one.
    """
    check_sets(model, train, val)
    world, device = join(device)
    precision = choose_precision(recipe.precision, device)
    world.check_batch(min(recipe.batch_size, len(train)))
    if compile and world.size > 1:
        raise DeviceError(f"expected one process to compile for, found {world.size} ranks: leave compiling out.")
    folder = None
    if checkpoint is not None:
        description = describe_run(model, train, val, recipe, seed, device, precision, start)
        description |= {"ranks": world.size} if world.size > 1 else {}
        folder = world.first(RunFolder, checkpoint, description)
    start_weights(model, recipe, seed, start)

    model.classes = train.classes
    model.to(device, memory_format=torch.channels_last)
    forward = torch.compile(model, mode="reduce-overhead" if device.type == "cuda" else None) if compile else None
    steps = Steps(model, train, recipe, device, precision, seed, forward, world)
    rows, best = [], None
    state = world.first(folder.load_state) if folder else None
    if state is not None:
        steps.load_state(state)
        rows, best = state["history"], state["best"]

    if world.rank > 0:
        progress, on_epoch = "none", None
    report = Progress(progress, recipe.epochs, steps.count, len(rows) + 1, steps.count * steps.batch_size)
    try:
        with world.together():
            for epoch in range(len(rows) + 1, recipe.epochs + 1):
                begun = time.monotonic()
                train_loss, rate = steps.epoch(epoch, report.step)
                val_loss, accuracy = validate(steps.scored, val, world)
                rows.append(
                    {
                        "epoch": epoch,
                        "learning_rate": rate,
                        "train_loss": train_loss,
                        "val_loss": val_loss,
                        "val_accuracy": accuracy,
                        "seconds": time.monotonic() - begun,
                    }
                )
                improved = best is None or accuracy > best["accuracy"]
                if improved:
                    best = {"accuracy": accuracy, "weights": copy.deepcopy(steps.scored.state_dict())}
                if folder:
                    world.first(save_epoch, folder, steps, rows, best, improved)
                report.epoch(rows[-1])
                if on_epoch is not None:
                    on_epoch(rows[-1])
    except TrainingError as error:
        kept = f" Epoch {len(rows)} is kept in {folder.path}." if folder and rows else ""
        raise TrainingError(f"{error}{kept}") from None
    finally:
        report.close()
        if best is not None:
            model.load_state_dict(best["weights"])
        model.eval()
    return History(tuple(rows))


def check_sets(model, train, val):
    """DataError where there is nothing to train on or to choose on, or where the classes are not the network's."""
    for part, faces in (("train", train), ("val", val)):
        if len(faces) == 0:
            raise DataError(f"expected pictures in {part}, found an empty set: load another split or a larger one.")
    if train.classes != val.classes or len(train.classes) != model.options.classes:
        raise DataError(
            f"expected train, val and model with the same classes, found {len(train.classes)}, {len(val.classes)} and "
            f"{model.options.classes}: create the model with classes={len(train.classes)}."
        )


def start_weights(model, recipe, seed, start=None):
    """Give the network the weights from which training starts: its own, the recipe's Gaussian ones or `start`'s."""
    if recipe.start_deviation is not None:
        gaussian_start(model, recipe.start_deviation, torch.Generator().manual_seed(seed))
    if start is not None:
        copy_weights(start, model)


def save_epoch(folder, steps, rows, best, improved):
    """Write the state after an epoch, and before it the checkpoint where the epoch is the best so far."""
    if improved:
        folder.save_best(steps.scored, steps.model.classes, rows[-1]["epoch"], rows[-1]["val_accuracy"])
    folder.save_state({**steps.state(), "history": rows, "best": best})


def copy_weights(start, model):
    """Copy the weights of one network into another; ModelError where they are not of one kind."""
    if (start.name, start.options) != (model.name, model.options):
        raise ModelError(
            f"expected to start from a {model.name!r} with {model.options}, found {start.name!r} with {start.options}: "
            "create the model with the same name and options."
        )
    model.load_state_dict(start.state_dict())
