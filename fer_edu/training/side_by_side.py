"""Several seeds of one network trained at once, for a GPU that one small network does not fill.

Each seed keeps its own order, augmentation and mixing, its own best epoch and its own run folder, which is the folder
of a run alone: either can go on with what the other began. In float32 and without dropout its weights are those of
training it alone up to rounding; with dropout the masks differ, as one generator draws those of all seeds.
On a CPU it works and does not pay: grouped convolutions there take over twice the processor time of one after another.
"""

import json
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from ..errors import DeviceError, ModelError, TrainingError
from ..files import write_json
from ..models import load_checkpoint
from .device import choose_device, choose_precision
from .distributed import launched
from .loop import History, check_sets, start_weights
from .progress import Progress
from .run_folder import RunFolder, describe_run
from .stacked import StackedSteps, score_each, stack


def fit_seeds(
    models,
    train,
    val,
    recipe,
    seeds,
    device="auto",
    checkpoint=None,
    progress="auto",
    on_epoch=None,
    start=None,
    save_every=20.0,
):
    """Train the models in place, each as `fit` would with its seed, and return a list of their `History`.

    models: networks of one name with the same options. seeds: whole numbers, one a model, no two alike.
    checkpoint: a folder with a run folder "seed-K" for each, or None. The epochs are saved when `save_every` seconds
    have passed since they last were, and at the end; 0: after each epoch.
    progress: tells the mean of the seeds. on_epoch: called after each epoch with {seed: its line of the history}.
    Everything else as for `fit`.
    A seed whose loss stops being a number is left out from there on: a warning says so, its history ends with
    `stopped`, and its model, and best.pt, hold its best epoch; stopped.json keeps it out of a run that goes on.
    Errors: as for `fit`; TrainingError where all seeds have stopped. ModelError for models of several kinds.
    """
    _check(models, seeds)
    for model in models:
        check_sets(model, train, val)
    if launched():
        raise DeviceError(
            "expected one process for seeds side by side, found several: give each rank seeds of its own."
        )
    device = choose_device(device)
    precision = choose_precision(recipe.precision, device)
    runs = []
    for model, seed in zip(models, seeds, strict=True):
        folder = None
        if checkpoint is not None:
            description = describe_run(model, train, val, recipe, seed, device, precision, start)
            folder = RunFolder(Path(checkpoint).expanduser() / f"seed-{seed}", description)
        start_weights(model, recipe, seed, start)
        model.classes = train.classes
        runs.append(Run(seed, model, folder))
        runs[-1].load()

    living = [run for run in runs if run.stopped is None]
    begun = min((len(run.rows) for run in living), default=recipe.epochs)
    steps = report = None
    try:
        if begun < recipe.epochs:
            steps = _steps(living, train, recipe, device, precision, [run.state for run in living] if begun else None)
            shown = steps.count * steps.batch_size * len(living)
            report, saved = Progress(progress, recipe.epochs, steps.count, begun + 1, shown), time.monotonic()
        for run in living:
            if len(run.rows) == begun:
                run.state = None
        for epoch in range(begun + 1, recipe.epochs + 1):
            started = time.monotonic()
            train_losses, rate, why = steps.epoch(epoch, report.step)
            val_losses, accuracies = score_each(steps.scored, val, device)
            for place, run in enumerate(living):
                if len(run.rows) >= epoch:
                    continue  # its folder holds this epoch already
                run.stopped = why[place]
                if run.stopped is None:
                    row = {
                        "epoch": epoch,
                        "learning_rate": rate,
                        "train_loss": train_losses[place],
                        "val_loss": val_losses[place],
                        "val_accuracy": accuracies[place],
                        "seconds": time.monotonic() - started,  # of all seeds together
                    }
                    run.add(row, steps.scored, place)
            others = any(run.stopped is not None or run.arrives(epoch) for run in living)
            if others or epoch == recipe.epochs or time.monotonic() - saved >= save_every:
                living, states = _save(living, steps, epoch)
                saved = time.monotonic()
                if living and others:  # another stack, or other weights in it
                    steps = _steps(living, train, recipe, device, precision, states)
            if not living:
                break
            report.epoch(_mean([run.rows[epoch - 1] for run in living]))
            if on_epoch is not None:
                on_epoch({run.seed: run.rows[epoch - 1] for run in living})
    finally:
        if report is not None:
            report.close()
        for run in runs:
            if run.best is not None:
                run.model.load_state_dict(run.best["weights"])
            run.model.to(device, memory_format=torch.channels_last).eval()
    if not living:
        raise TrainingError(f"{runs[0].stopped} So it was with seed {runs[0].seed}; the others have stopped too.")
    return [History(tuple(run.rows), run.stopped) for run in runs]


@dataclass
class Run:
    """One of the seeds: its network, its run folder or None, and how far it has come.

    rows, best: as in `fit`. stopped: the sentence that says why it cannot go on, or None. state: what its folder holds
    of a later epoch than the others', until they arrive there.
    """

    seed: int
    model: nn.Module
    folder: RunFolder | None
    rows: list = field(default_factory=list)
    best: dict | None = None
    stopped: str | None = None
    state: dict | None = None
    improved: bool = False  # since it was last saved

    def load(self):
        """Take up what the folder holds."""
        if self.folder is None:
            return
        self.state = self.folder.load_state()
        if self.state is not None:
            self.rows, self.best = list(self.state["history"]), self.state["best"]
        if (path := self.folder.path / "stopped.json").exists():
            stopped = json.loads(path.read_text(encoding="utf-8"))
            self.stopped, self.rows = stopped["why"], stopped["history"]
            if self.rows:
                best = load_checkpoint(self.folder.path / "best.pt")
                self.best = {"accuracy": best.record["val_accuracy"], "weights": best.state_dict()}

    def arrives(self, epoch):
        """Say whether the others are now where this seed's folder was at the start."""
        return self.state is not None and len(self.rows) == epoch

    def add(self, row, scored, place):
        """Note an epoch, and its weights, at `place` in the stack, where it is the best so far."""
        self.rows.append(row)
        if self.best is None or row["val_accuracy"] > self.best["accuracy"]:
            weights = {name: value[place].clone() for name, value in scored.state_dict().items()}
            self.best, self.improved = {"accuracy": row["val_accuracy"], "weights": weights}, True

    def save(self, state):
        """Write best.pt where there is a better epoch, then last.pt, as for a run alone."""
        if self.folder is not None:
            self.save_best()
            self.folder.save_state({**state, "history": self.rows, "best": self.best})

    def save_best(self):
        if self.improved:
            self.model.load_state_dict(self.best["weights"])
            epoch = next(row["epoch"] for row in self.rows if row["val_accuracy"] == self.best["accuracy"])
            self.folder.save_best(self.model, self.model.classes, epoch, self.best["accuracy"])
            self.improved = False

    def stop(self):
        """Say that the seed is left out, and write what it reached."""
        kept = f" Epoch {len(self.rows)} was its last good one." if self.rows else ""
        warnings.warn(f"seed {self.seed} has stopped, the others go on: {self.stopped}{kept}", stacklevel=3)
        if self.folder is not None:
            self.save_best()
            write_json(self.folder.path / "stopped.json", {"why": self.stopped, "history": self.rows})


def _check(models, seeds):
    """ModelError unless there are as many models, all of one kind, as seeds, all different."""
    if not models or len(models) != len(seeds) or len(set(seeds)) != len(seeds):
        raise ModelError(
            f"expected a model for each of several different seeds, found {len(models)} models and the seeds "
            f"{list(seeds)}: give as many of each."
        )
    for model in models[1:]:
        if (model.name, model.options) != (models[0].name, models[0].options):
            raise ModelError(
                f"expected models of one kind, found {models[0].name!r} with {models[0].options} and {model.name!r} "
                f"with {model.options}: create all with the same name and options."
            )


def _steps(runs, train, recipe, device, precision, states):
    """Return the steps of these runs, from their models' weights on or, where states are given, from those."""
    network = stack([run.model.to(device) for run in runs])
    steps = StackedSteps(network, train, recipe, device, precision, [run.seed for run in runs])
    if states is not None:
        steps.load_states(states)
    return steps


def _save(runs, steps, epoch):
    """Save the seeds that are at `epoch`, let go of those that have stopped; return the others and their states."""
    states = dict(zip([run.seed for run in runs], steps.states(), strict=True))
    for run in runs:
        if run.arrives(epoch):  # what its folder held is what it goes on from
            states[run.seed], run.state = run.state, None
    living = [run for run in runs if run.stopped is None]
    for run in living:
        if len(run.rows) == epoch:
            run.save(states[run.seed])
    for run in runs:  # after the others: a kill before this repeats the epoch with it
        if run.stopped is not None:
            run.stop()
    return living, [states[run.seed] for run in living]


def _mean(rows):
    """Return the mean of several seeds' lines of the history."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]} | {"epoch": rows[0]["epoch"]}
