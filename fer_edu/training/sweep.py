"""Many runs of one plan, as independent jobs that any scheduler can share out, and one record merged from them.

A plan is JSON: what all runs have in common, and the rows, each of which changes something.

    {"what": "...", "model": "sdl-small", "options": {}, "recipe": "classroom", "set": {"epochs": 8},
     "pictures": 6000, "held_out": 1000, "seeds": 5, "base": "both transformers",
     "rows": {"both transformers": {}, "no transformer": {"says": "...", "options": {...}, "set": {...}}}}

A job is one row with one seed, in a run folder of its own: OUT/row/seed-K. Seed K draws the pictures out of train, the
start weights and the order, so rows are compared seed by seed. `held_out` pictures of train, none of which is fitted
on, choose the epoch; the data's val is scored once, at the end, into score.json. An interrupted job goes on.
"""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from ..errors import RecipeError, RunFolderError, TrainingError
from ..files import write_json
from ..models import create, predict
from .loop import fit
from .recipes import recipe
from .run_folder import RunFolder, describe_run

NEEDED = ("model", "recipe", "rows", "base")


@dataclass(frozen=True)
class Job:
    """One row of a plan with one seed: everything that decides its result but for the data."""

    row: str
    seed: int
    model: str
    options: dict
    recipe: str
    changes: dict
    pictures: int | None
    held_out: int

    @property
    def folder(self):
        """Where the run lies below the sweep's folder."""
        return Path(re.sub(r"[^a-z0-9]+", "-", self.row.lower()).strip("-")) / f"seed-{self.seed}"


def read_plan(path):
    """Return a plan, a dictionary; RecipeError where the file is none."""
    path = Path(path).expanduser()
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in NEEDED if name not in plan]
    except (OSError, ValueError, TypeError) as error:
        raise RecipeError(f"expected a plan as JSON in {path}, found none that can be read ({error}).") from error
    if missing or plan["base"] not in plan["rows"]:
        missing = missing or [f"a row {plan['base']!r}"]
        raise RecipeError(f"expected {', '.join(NEEDED)} in the plan {path}, missing is {', '.join(missing)}: add it.")
    return plan


def jobs(plan, changes=None, seeds=None):
    """Return the plan's jobs, seed by seed: when the work stops early, the seeds that are done are whole.

    changes: fields of the recipe that replace the plan's in every row, such as {"epochs": 60}. seeds: how many, or None
    for the plan's number. RecipeError and ModelError where a row asks for what is not there, before anything runs.
    """
    found = []
    for seed in range(plan.get("seeds", 1) if seeds is None else seeds):
        for row, own in plan["rows"].items():
            options = {**plan.get("options", {}), **own.get("options", {})}
            fields = {**plan.get("set", {}), **own.get("set", {}), **(changes or {})}
            name = own.get("recipe", plan["recipe"])
            job = Job(
                row,
                seed,
                own.get("model", plan["model"]),
                options,
                name,
                fields,
                plan.get("pictures"),
                plan.get("held_out", 1000),
            )
            recipe(name, **fields)
            found.append(job)
    for job in found[: len(plan["rows"])]:
        create(job.model, seed=0, **job.options)
    return found


def share(all_jobs, index, of):
    """Return the jobs of one out of `of` workers, index 0 .. of - 1."""
    if not 0 <= index < of:
        raise RecipeError(
            f"expected an index from 0 to {of - 1}, found {index}: --index counts from 0, --of is how many."
        )
    return all_jobs[index::of]


def parts(job, train):
    """Return (to fit on, to choose on): the job's own draw out of the FaceSet `train`, without overlap."""
    wanted = job.held_out + (job.pictures or 1)
    if len(train) < wanted:
        raise RecipeError(
            f"expected at least {wanted} pictures in train, found {len(train)}: lower the plan's numbers."
        )
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(job.seed))
    chosen = order[job.held_out :] if job.pictures is None else order[job.held_out : wanted]
    return train[chosen.sort().values], train[order[: job.held_out].sort().values]


def run_job(job, train, val, out, device="auto", progress="none"):
    """Run one job, or go on with it; return its score.json, a dictionary, at once where it is done.

    train, val: FaceSets, whole. out: the sweep's folder. A run whose loss stops being a number is a result too: its
    `stopped` says where, and the score is that of the best epoch before, or of guessing where there is none.
    """
    folder = Path(out).expanduser() / job.folder
    model = create(job.model, classes=len(train.classes), seed=job.seed, **job.options)
    chosen = recipe(job.recipe, **job.changes)
    fitted, held_out = parts(job, train)
    done = folder / "score.json"
    if done.exists():
        score = json.loads(done.read_text(encoding="utf-8"))
        # Opening the folder as this run refuses one that is of other settings or data.
        RunFolder(folder, describe_run(model, fitted, held_out, chosen, job.seed, torch.device("cpu"), ""))
        if score["val"] != val.fingerprint():
            raise RunFolderError(
                f"expected {done} to be a score on val {val.fingerprint()}, found one on {score['val']}: give the same "
                "--data, or choose another folder."
            )
        return score
    begun, stopped = time.monotonic(), None
    try:
        fit(model, fitted, held_out, chosen, device=device, checkpoint=folder, seed=job.seed, progress=progress)
    except TrainingError as error:
        stopped = str(error).replace(str(folder), folder.name)
    logits = predict(model, val.images)
    history = folder / "history.json"
    rows = json.loads(history.read_text(encoding="utf-8")) if history.exists() else []
    score = {
        "row": job.row,
        "seed": job.seed,
        "accuracy": (logits.argmax(1) == val.labels).double().mean().item(),
        "train_loss": [round(row["train_loss"], 5) for row in rows],
        "stopped": stopped,
        "pictures": len(fitted),
        "seconds": round(time.monotonic() - begun, 1),
        "parameters": sum(p.numel() for p in model.parameters()),
        "val": val.fingerprint(),
    }
    write_json(done, score)
    return score


def merge(plan, all_jobs, out, about=None):
    """Return the record of a sweep, JSON-able: about each row, a number a seed for the seeds that all rows have.

    about: a dictionary of what else is to stand in it. RunFolderError where no seed is whole in every row.
    """
    out = Path(out).expanduser()
    scores, runs = {}, {}
    for job in all_jobs:
        if (out / job.folder / "score.json").exists():
            scores[job.row, job.seed] = json.loads((out / job.folder / "score.json").read_text(encoding="utf-8"))
            runs[job.row] = json.loads((out / job.folder / "run.json").read_text(encoding="utf-8"))
    seeds = sorted({job.seed for job in all_jobs})
    seeds = [seed for seed in seeds if all((row, seed) in scores for row in plan["rows"])]
    if not seeds:
        raise RunFolderError(f"expected a seed that is done in every row below {out}, found none: run the jobs first.")
    first = runs[plan["base"]]
    rows = {}
    for row, own in plan["rows"].items():
        found = [scores[row, seed] for seed in seeds]
        rows[row] = {
            "group": own.get("group", ""),
            "says": own.get("says", ""),
            "accuracy": [round(score["accuracy"], 6) for score in found],
            "train_loss": [score["train_loss"] for score in found],
            "stopped": [score["stopped"] for score in found],
            "seconds": [score["seconds"] for score in found],
            "parameters": found[0]["parameters"],
            "recipe": runs[row]["identity"]["recipe"],
            "options": runs[row]["identity"]["options"],
        }
    return {
        **(about or {}),
        "what": plan.get("what", ""),
        "network": {"model": first["identity"]["model"], "parameters": rows[plan["base"]]["parameters"]},
        "epochs": first["identity"]["recipe"]["epochs"],
        "pictures": scores[plan["base"], seeds[0]]["pictures"],
        "data": first["identity"]["data"]["train"]["name"],
        "val": scores[plan["base"], seeds[0]]["val"],
        "device": first["device"],
        "precision": first["precision"],
        "versions": first["versions"],
        "seeds": seeds,
        "base": plan["base"],
        "rows": rows,
    }
