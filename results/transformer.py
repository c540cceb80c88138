"""What a spatial transformer buys: the same small network with and without one, seed by seed.

    python results/transformer.py faces  [--seeds 5] [--rows ...] [--out results/transformer-faces.json]
    python results/transformer.py digits [--seeds 5] [--rows ...] [--out results/transformer-digits.json] [--mnist ROOT]
    python results/transformer.py tell FILE       print the table of a record
    python results/transformer.py ship            write the short form of both records that notebook 04 shows

faces: drawn faces that are turned, shrunk and moved far (`POSED`), with known poses: accuracy on test, and how unevenly
posed the faces still are after the un-warping, up to the constant offset that a classifier cannot know (the offset is
taken on val, the errors on test). digits: distorted digits as in Jaderberg et al. 2015, section 4.1, a CNN against an
ST-CNN; on scikit-learn's digits, or on MNIST where --mnist names its folder.

The epoch is chosen on val, test is scored once. Seed k draws pictures, start weights and order; rows of one seed have
the same pictures, so differences are taken seed by seed. Run again with --out, it goes on after the last run written.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu.evaluation import pose_errors, student_t
from fer_edu.files import write_json

POSED = fe.faces.Difficulty(rotation=(-45.0, 45.0), scale=(0.7, 1.0), shift=(-0.2, 0.2), noise=(0.0, 0.02))
"""Textbook expressions on faces that are turned, shrunk and moved far."""

UPRIGHT = fe.geometry.build_theta(scale=1 / 0.85)
"""Where a posed face is to stand after an ideal look: upright, in the middle, of middle size."""

FACES = {  # row -> what differs from an st-cnn at the input that learns at the full rate
    "cnn": {"model": "cnn"},
    "st-cnn": {},
    "frozen identity": {"frozen": True},
    "on the first feature maps": {"transformer": "features"},
    "localisation rate x 0.1": {"rate": 0.1},
    "localisation rate x 3": {"rate": 3.0},
    "localisation rate x 10": {"rate": 10.0},
    "zero padding": {"padding_mode": "zeros"},
    "zero padding, normalised before": {"padding_mode": "zeros", "normalise": "before"},
    "random start": {"identity_start": False},
    "cnn, as many parameters": {"model": "cnn", "hidden": 83},
    "taught the pose first": {"taught": True, "rate": 0.1},
    "cnn, pose undone": {"model": "cnn", "undone": True},
}
DIGITS = {
    f"{distortion}, {model}": {"distortion": distortion, "model": model, "rate": 0.1}
    for distortion in ("R", "RTS", "P", "E")
    for model in ("cnn", "st-cnn")
} | {  # row -> what differs from "RTS, st-cnn", whose localisation network learns at a tenth of the rate
    "RTS, localisation rate x 1": {"distortion": "RTS", "rate": 1.0},
    "RTS, localisation rate x 10": {"distortion": "RTS", "rate": 10.0},
    "RTS, zero padding, normalised before": {
        "distortion": "RTS",
        "rate": 0.1,
        "padding_mode": "zeros",
        "normalise": "before",
    },
    "RTS, random start": {"distortion": "RTS", "rate": 0.1, "identity_start": False},
}
PUBLISHED = {  # percent error on MNIST, Jaderberg et al. 2015, table 1: CNN and ST-CNN with an affine transformer
    "R, cnn": 1.2, "RTS, cnn": 0.8, "P, cnn": 1.5, "E, cnn": 1.4,
    "R, st-cnn": 0.7, "RTS, st-cnn": 0.5, "P, st-cnn": 0.8, "E, st-cnn": 1.2,
}  # fmt: skip


def train(sets, seed, recipe, model="st-cnn", taught=False, **options):
    """Train one network; return it, what `Watch` saw of 100 test pictures, and the accuracy on test."""
    train, val, test = sets
    network = fe.models.create(model, classes=len(train.classes), seed=seed, **options)
    if taught:
        teach(network, train, seed)
    watch = fe.models.Watch(network, test.images[:100])
    fe.training.fit(network, train, val, recipe, seed=seed, progress="none", on_epoch=watch)
    return network, watch, fe.evaluation.evaluate(network, test).accuracy


def teach(network, faces, seed, epochs=8):
    """Train the localisation network by the true poses, before the labels: could it un-warp, if it were told?"""
    wanted = fe.geometry.compose(fe.geometry.invert(faces.truth.theta), UPRIGHT)
    optimizer = torch.optim.AdamW(network.localisation_parameters(), lr=0.003)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for batch in torch.randperm(len(faces), generator=generator).split(64):
            theta = network.theta(faces.images[batch].float() / 255)
            loss = (theta - wanted[batch]).square().sum(dim=(1, 2)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def recipe(epochs, rate=1.0):
    """No augmentation: the poses are those of the set. Batches of 64, for more steps."""
    still = {"flip": False, "rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}
    return fe.training.recipe("classroom", epochs=epochs, batch_size=64, localisation_rate=rate, **still)


def thetas(network, faces):
    """Return θ of every picture of a set, float32 [n, 2, 3]."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        return torch.cat([network.theta(x.to(device).float() / 255).cpu() for x in faces.images.split(500)])


def run_faces(ask, seed, rate=1.0, undone=False, **options):
    sizes = {"train": ask.size or 4000, "val": 1000, "test": 1000}
    sets = [fe.faces.load_split(split, size, seed, POSED) for split, size in sizes.items()]
    if undone:
        sets = [fe.faces.upright(faces) for faces in sets]
    network, watch, accuracy = train(sets, seed, recipe(ask.epochs or 12, rate), **options)
    found = {"accuracy": accuracy, "parameters": sum(p.numel() for p in network.parameters())}
    if not undone:  # there is no pose left to measure
        _, val, test = sets
        offset = pose_errors(thetas(network, val), val.truth.theta).offset
        errors = pose_errors(thetas(network, test), test.truth.theta, offset)
        found |= {name: getattr(errors, name) for name in ("angle", "scale", "shift", "mirrored", "flat")}
        found |= {"distance": watch.glances[-1].distance, "outside": watch.glances[-1].outside}
    return found


def run_digits(ask, seed, distortion, rate, **options):
    names = {"name": "digits"} if ask.mnist is None else {"name": "mnist", "root": ask.mnist}
    whole = {"train": 50_000, "val": 10_000, "test": 10_000}  # MNIST: each original once
    sizes = {"train": None, "val": None, "test": None} if ask.mnist is None else whole
    sizes = sizes | ({"train": ask.size} if ask.size else {})
    sets = [
        fe.data.load(split=split, size=size, seed=seed, distortion=distortion, **names) for split, size in sizes.items()
    ]
    _, watch, accuracy = train(sets, seed, recipe(ask.epochs or 6, rate), **options)
    return {"error": 1 - accuracy, "distance": watch.glances[-1].distance, "outside": watch.glances[-1].outside}


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("part", choices=("faces", "digits", "tell", "ship"))
    ask.add_argument("file", nargs="?", type=Path, help="for tell: the record")
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--rows", nargs="*", help="which rows, by name; all if none is named")
    ask.add_argument("--size", type=int, help="training pictures; else 4,000 faces, 6,000 digits, MNIST's 50,000")
    ask.add_argument("--epochs", type=int, help="12 on faces, 6 on digits if not given")
    ask.add_argument("--mnist", metavar="ROOT", help="the folder that holds MNIST/raw")
    ask.add_argument("--out", type=Path)
    ask = ask.parse_args()
    if ask.part == "tell":
        return tell(json.loads(ask.file.read_text(encoding="utf-8")))
    if ask.part == "ship":
        return ship()
    rows, run = (FACES, run_faces) if ask.part == "faces" else (DIGITS, run_digits)
    unknown = [name for name in ask.rows or () if name not in rows]
    if unknown:
        sys.exit(f"expected rows out of {', '.join(rows)}, found {', '.join(unknown)}: check the spelling.")
    settings = {"part": ask.part, "size": ask.size, "epochs": ask.epochs, "data": "mnist" if ask.mnist else ask.part}
    record = {"settings": settings, "runs": {}}
    if ask.out and ask.out.exists():
        record = json.loads(ask.out.read_text(encoding="utf-8"))
        if record["settings"] != settings:
            sys.exit(f"expected a record of {settings} in {ask.out}, found {record['settings']}: name another file.")
    record["command"] = command(ask)
    record["device"] = fe.training.choose_device().type
    record["versions"] = {"fer_edu": fe.__version__, "torch": torch.__version__}
    for seed in range(ask.seeds):  # seed by seed, so that an early stop leaves whole pairs
        for name in ask.rows or rows:
            done = record["runs"].setdefault(name, [])
            if seed < len(done):
                continue
            start = time.monotonic()
            done.append({key: round(value, 5) for key, value in run(ask, seed, **rows[name]).items()})
            if ask.out:
                write_json(ask.out, record)
            print(f"{name}, seed {seed}, {time.monotonic() - start:.0f} s: {done[-1]}", flush=True)
    tell(record)


def tell(record):
    """Print mean ± half of the 95 % interval of every row and number, and the differences that are of interest."""
    main = "accuracy" if record["settings"]["part"] == "faces" else "error"
    for name, runs in record["runs"].items():
        cells = []
        for key in runs[0]:
            values = [run[key] for run in runs]
            mean, half = student_t(values) if len(values) > 1 else (values[0], math.nan)
            percent = 100 if key in ("accuracy", "error", "mirrored", "flat", "outside") else 1
            digits = 0 if key == "parameters" else 1 if percent == 100 or key == "angle" else 2
            cells.append(f"{key} {percent * mean:.{digits}f}" + (f" ± {percent * half:.{digits}f}" if digits else ""))
        published = f"; published on MNIST {PUBLISHED[name]} %" if name in PUBLISHED else ""
        print(f"{name:32} n={len(runs)}  " + ", ".join(cells) + published)
    print(f"\ndifference in {main}, in points, seed by seed")
    for name, runs in record["runs"].items():
        base = f"{name.split(', ')[0]}, cnn" if main == "error" else "cnn"
        if name == base or base not in record["runs"] or len(runs) < 2:
            continue
        pairs = list(zip(runs, record["runs"][base], strict=False))
        mean, half = student_t([a[main] - b[main] for a, b in pairs])
        print(f"{name:32} minus {base:8} {100 * mean:+.1f} ± {100 * half:.1f}")


def short():
    """Return the short form of both records: part -> row -> number -> a list over seeds."""
    record = {"commands": {}, "published": PUBLISHED}
    for part in ("faces", "digits"):
        full = json.loads((Path(__file__).parent / f"transformer-{part}.json").read_text(encoding="utf-8"))
        record["commands"][part] = full["command"]
        record[part] = {
            name: {key: [run[key] for run in runs] for key in runs[0]} for name, runs in full["runs"].items()
        }
    return record


def ship():
    write_json(Path(fe.records.__file__).parent / "transformer.json", short())


def command(ask):
    """Return what was typed, with ROOT for the folder of the data, which is nobody else's business."""
    parts = [f"python results/transformer.py {ask.part} --seeds {ask.seeds}"]
    parts += [f"--{name} {getattr(ask, name)}" for name in ("size", "epochs") if getattr(ask, name)]
    parts += ["--rows " + " ".join(f'"{name}"' for name in ask.rows)] if ask.rows else []
    return " ".join([*parts, *(["--mnist ROOT"] if ask.mnist else []), f"--out {ask.out}"])


if __name__ == "__main__":
    main()
