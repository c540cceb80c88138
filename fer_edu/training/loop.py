"""The training loop. Reads top to bottom: set up, go on where an earlier run stopped, epochs, best weights.

Epoch e draws all its randomness (order, augmentation, dropout) from (seed, e) alone, so a run that was stopped and
resumed takes the same steps as one that was not.
"""

import copy
import math
import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..data.augmentation import Augmentation, augment
from ..data.sampling import class_weights, epoch_indices
from ..errors import DataError, TrainingError
from ..models import gaussian_start, predict
from .device import choose_device, choose_precision
from .objective import Objective
from .progress import Progress
from .recipes import learning_rate
from .run_folder import RunFolder, describe_run


@dataclass(frozen=True)
class History:
    """What happened: `epochs`, a tuple of dictionaries, one an epoch, with

    epoch (from 1), learning_rate (at its end), train_loss (cross-entropy on augmented pictures, with dropout, the mean
    over the pictures as the epoch shows them: each as often as it is shown, times its class's weight where classes are
    weighed), val_loss (plain cross-entropy, each picture once), val_accuracy (0..1), seconds.
    """

    epochs: tuple

    def __getitem__(self, name):
        """Return one column as a list, e.g. history["val_accuracy"]."""
        return [row[name] for row in self.epochs]

    @property
    def best(self):
        """The line of the epoch with the highest val accuracy; the first of equals."""
        return max(self.epochs, key=lambda row: row["val_accuracy"])


def parameter_groups(model, recipe):
    """AdamW's groups: localisation networks apart from the rest, biases and normalisation without decay."""
    localisation = {id(p) for p in model.localisation_parameters()}
    groups = []
    for is_localisation in (False, True):
        for decays in (False, True):
            chosen = [
                p for p in model.parameters() if (id(p) in localisation) == is_localisation and (p.dim() > 1) == decays
            ]
            groups.append(
                {
                    "params": chosen,
                    "weight_decay": recipe.weight_decay if decays else 0.0,
                    "share": recipe.localisation_rate if is_localisation else 1.0,  # of the recipe's learning rate
                }
            )
    return groups


def validate(model, val):
    """Return (cross-entropy, accuracy) on a FaceSet, as floats."""
    logits = predict(model, val.images)
    return F.cross_entropy(logits, val.labels).item(), (logits.argmax(1) == val.labels).float().mean().item()


def fit(model, train, val, recipe, device="auto", checkpoint=None, seed=0, progress="auto", on_epoch=None):
    """Train `model` in place on `train`, choose its best epoch on `val`, and return the `History`.

    model: a network of fer_edu.models. train, val: FaceSets. recipe: a `Recipe`.
    device: "auto", "cpu", "cuda", "mps". checkpoint: a run folder to write to and to resume from, or None.
    progress: "auto", "bar", "lines", "none". on_epoch: called after each epoch with its line of the history.
    At the end the model holds the best epoch's weights, in evaluation mode, on the device, and knows its `.classes`.
    Errors: DataError, DeviceError, RunFolderError, CheckpointError; TrainingError where the loss stops being a number.
    """
    for part, faces in (("train", train), ("val", val)):
        if len(faces) == 0:
            raise DataError(f"expected pictures in {part}, found an empty set: load another split or a larger one.")
    if train.classes != val.classes or len(train.classes) != model.options.classes:
        raise DataError(
            f"expected train, val and model with the same classes, found {len(train.classes)}, {len(val.classes)} and "
            f"{model.options.classes}: create the model with classes={len(train.classes)}."
        )
    device = choose_device(device)
    precision = choose_precision(recipe.precision, device)
    folder = None
    if checkpoint is not None:
        folder = RunFolder(checkpoint, describe_run(model, train, val, recipe, seed, device, precision))
    if recipe.start_deviation is not None:
        gaussian_start(model, recipe.start_deviation, torch.Generator().manual_seed(seed))

    model.classes = train.classes
    model.to(device, memory_format=torch.channels_last)
    weights = class_weights(train.labels.to(device), len(train.classes), recipe.oversample)
    objective = Objective(recipe.lambda1, recipe.lambda2, recipe.label_smoothing, weights)
    augmentation = Augmentation.of(recipe)
    optimizer = torch.optim.AdamW(parameter_groups(model, recipe), lr=recipe.learning_rate, fused=device.type != "mps")
    images, labels = train.images.to(device), train.labels.to(device)  # a whole data set is one small tensor
    rows, best = [], None

    state = folder.load_state() if folder else None
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        rows, best = state["history"], state["best"]

    generator = torch.Generator(device)
    batch_size = min(recipe.batch_size, len(train))
    steps = len(epoch_indices(train.labels, recipe.oversample, torch.Generator().manual_seed(0))) // batch_size
    report = Progress(progress, recipe.epochs, steps, first_epoch=len(rows) + 1)
    try:
        for epoch in range(len(rows) + 1, recipe.epochs + 1):
            start = time.monotonic()
            generator.manual_seed(seed * 1_000_003 + epoch)
            order = epoch_indices(
                train.labels, recipe.oversample, torch.Generator().manual_seed(seed * 1_000_003 + epoch)
            )
            order = order.to(device)
            total = torch.zeros((), device=device)  # summed on the device: reading it each step would make the GPU wait
            model.train()
            with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
                torch.manual_seed(seed * 1_000_003 + epoch)  # dropout draws from torch's global state
                for step in range(steps):
                    rate = learning_rate(recipe, epoch - 1 + step / steps)
                    for group in optimizer.param_groups:
                        group["lr"] = rate * group["share"]
                    batch = order[step * batch_size : (step + 1) * batch_size]
                    x = augment(images[batch].float() / 255, augmentation, generator)
                    x = x.contiguous(memory_format=torch.channels_last)
                    with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
                        logits = model(x)
                    loss, entropy = objective(model, logits, labels[batch])
                    optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    optimizer.step()
                    total += entropy.detach()
                    report.step(epoch, step, entropy.detach())
            train_loss = total.item() / steps
            if not math.isfinite(train_loss):
                kept = f"; epoch {len(rows)} is kept in {folder.path}" if folder and rows else ""
                raise TrainingError(
                    f"expected a finite loss, found {train_loss} in epoch {epoch} at learning rate {rate:.3g}: "
                    f"lower the learning rate{kept}."
                )
            val_loss, accuracy = validate(model, val)
            rows.append(
                {
                    "epoch": epoch,
                    "learning_rate": rate,
                    "train_loss": train_loss,
                    "val_loss": val_loss,
                    "val_accuracy": accuracy,
                    "seconds": time.monotonic() - start,
                }
            )
            if best is None or accuracy > best["accuracy"]:
                best = {"accuracy": accuracy, "weights": copy.deepcopy(model.state_dict())}
                if folder:
                    folder.save_best(model, train.classes, epoch, accuracy)
            if folder:
                folder.save_state(
                    {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "history": rows, "best": best}
                )
            report.epoch(rows[-1])
            if on_epoch is not None:
                on_epoch(rows[-1])
    finally:
        report.close()
    model.load_state_dict(best["weights"])
    model.eval()
    return History(tuple(rows))
