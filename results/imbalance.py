"""Uneven classes and copies in FER-2013: what each remedy does to a small CNN, seed by seed.

    python results/imbalance.py run --fer2013 ROOT [--seeds 5] [--first 0] [--rows ...] [--out results/imbalance.json]
    python results/imbalance.py tell results/imbalance.json       print the table of a record
    python results/imbalance.py ship results/imbalance.json       write its short form, which notebook 01 shows

Rows: nothing; oversampling until all classes are alike; half of the way; class weights in the loss; and nothing, but
fitted without what the audit leaves out for fitting. All rows show about as many pictures in all, so an epoch that
is longer by oversampling is run less often.

A tenth of Training, the same for all rows of a seed, chooses the epoch; it takes no part in fitting, and neither does
any exact or near copy of it (the audit finds them). PublicTest is scored once, as it is and without what the audit
leaves out for scoring. PrivateTest is not read. Seed k draws the tenth, start weights and order, so differences are
taken seed by seed. Run again with --out, it goes on after the last run written.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu.evaluation import student_t
from fer_edu.files import write_json

ROWS = {
    "none": {"oversample": "none"},
    "balanced": {"oversample": "balanced"},
    "sqrt": {"oversample": "sqrt"},
    "weights": {"oversample": "weights"},
    "none, without copies": {"oversample": "none", "clean": True},
}
EPOCHS = 10
CHANNELS = (16, 32, 64)
SCORES = ("accuracy", "balanced", "disgust", "happy", "accuracy without copies")


def divided(train, seed):
    """Return (to fit on, to choose on): a tenth of Training for choosing, and the rest without copies of it."""
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    tenth = len(train) // 10
    choose, rest = train[order[:tenth].sort().values], train[order[tenth:].sort().values]
    report = fe.data.audit({"train": rest, "val": choose})
    kinds = ("in a later set", "near in a later set")
    return fe.data.exclude(rest, report, kinds=kinds), choose


def run(sets, test, seed, oversample, clean=False):
    """Train one network, and return its scores on PublicTest."""
    (fit, choose), (whole, kept) = sets, test
    if clean:
        fit = fe.data.exclude(fit, fe.data.audit({"train": fit, "val": whole}), use="fit")
    shown = len(fe.data.epoch_indices(fit.labels, oversample))
    recipe = fe.training.recipe("classroom", epochs=round(EPOCHS * len(fit) / shown), oversample=oversample)
    network = fe.models.create("cnn", classes=7, seed=seed, channels=CHANNELS)
    history = fe.training.fit(network, fit, choose, recipe, seed=seed, progress="none")
    report = fe.evaluation.evaluate(network, whole)
    recall = {row.name: row.recall for row in report.per_class}
    return {
        "accuracy": report.accuracy,
        "balanced": sum(recall.values()) / len(recall),
        "disgust": recall["disgust"],
        "happy": recall["happy"],
        "accuracy without copies": fe.evaluation.evaluate(network, kept).accuracy,
        "recall": recall,
        "fitted on": len(fit),
        "epochs": recipe.epochs,
        "best epoch": history.best["epoch"],
    }


def tell(record):
    """Print a line a row: each score with its interval over the seeds, and its difference from `none`, paired."""
    runs = record["runs"]
    base = {entry["seed"]: entry for entry in runs if entry["row"] == "none"}
    for row in ROWS:
        entries = [entry for entry in runs if entry["row"] == row]
        if len(entries) < 2:
            continue
        print(f"{row} ({len(entries)} seeds)")
        for score in SCORES:
            mean, half = student_t([100 * entry[score] for entry in entries])
            gap, gap_half = student_t([100 * (entry[score] - base[entry["seed"]][score]) for entry in entries])
            against = "" if row == "none" else f"   minus none {gap:+5.1f} ± {gap_half:.1f}"
            print(f"    {score:25} {mean:5.1f} ± {half:.1f} %{against}")
        lost = [loss(entry) for entry in entries]
        more = [loss(entry) - loss(base[entry["seed"]]) for entry in entries]
        against = "" if row == "none" else "   minus none {:+5.2f} ± {:.2f}".format(*student_t(more))
        print("    loss without copies       {:5.2f} ± {:.2f}".format(*student_t(lost)) + against)


def loss(entry):
    """Return by how many points the accuracy of a run falls when the copies leave PublicTest."""
    return 100 * (entry["accuracy"] - entry["accuracy without copies"])


def short(record):
    """Return the short form: each row's scores, a number a seed, for the seeds that all rows have."""
    runs = {(entry["row"], entry["seed"]): entry for entry in record["runs"]}
    seeds = sorted(seed for row, seed in runs if row == "none" and all((other, seed) in runs for other in ROWS))
    rows = {row: {score: [round(runs[row, seed][score], 5) for seed in seeds] for score in SCORES} for row in ROWS}
    return {key: record[key] for key in ("command", "network", "device", "versions")} | {"seeds": seeds, "rows": rows}


def ship(record):
    """Write the short form into the package."""
    write_json(Path(fe.records.__file__).parent / "imbalance.json", short(record))


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("part", choices=("run", "tell", "ship"))
    ask.add_argument("file", nargs="?", type=Path, help="for tell and ship: the record")
    ask.add_argument("--fer2013", metavar="ROOT")
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--first", type=int, default=0, help="the first seed")
    ask.add_argument("--rows", nargs="*", default=list(ROWS), choices=list(ROWS))
    ask.add_argument("--out", type=Path)
    ask = ask.parse_args()
    if ask.part != "run":
        return {"tell": tell, "ship": ship}[ask.part](json.loads(ask.file.read_text(encoding="utf-8")))

    train, val = (fe.data.load("fer2013", split, ask.fer2013) for split in ("train", "val"))
    kept = fe.data.exclude(val, fe.data.audit({"train": train, "val": val}), use="score")
    runs = []
    if ask.out and ask.out.exists():
        runs = json.loads(ask.out.read_text(encoding="utf-8"))["runs"]
    for seed in range(ask.first, ask.first + ask.seeds):
        sets = divided(train, seed)
        for row in ask.rows:
            if any((entry["row"], entry["seed"]) == (row, seed) for entry in runs):
                continue
            start = time.monotonic()
            scores = run(sets, (val, kept), seed, **ROWS[row])
            runs.append({"row": row, "seed": seed, **scores, "seconds": round(time.monotonic() - start, 1)})
            print(json.dumps({key: runs[-1][key] for key in ("row", "seed", *SCORES, "seconds")}), flush=True)
            if ask.out:
                write_json(ask.out, record(runs, train, val))
    tell({"runs": runs})


def record(runs, train, val):
    device = fe.training.choose_device()
    return {
        "command": "python results/imbalance.py run --fer2013 ROOT --seeds 5 --out results/imbalance.json",
        "network": {"model": "cnn", "channels": list(CHANNELS)},
        "device": fe.training.device.describe(device),
        "precision": fe.training.choose_precision("auto", device),
        "versions": {"fer_edu": fe.__version__, "torch": torch.__version__, "python": platform.python_version()},
        "fingerprints": {"train": train.fingerprint(), "val": val.fingerprint()},
        "runs": runs,
    }


if __name__ == "__main__":
    main()
