"""Does a transformer choose where to look, and do saliency maps agree with its choice?

    python results/attention.py run  [--rows ...] [--seeds 5] [--size 4000] [--epochs 12] [--keep FOLDER] [--out FILE]
    python results/attention.py tell [FILE]            print the tables of a record
    python results/attention.py ship --keep FOLDER     write the short form, and ship seed 0's network that was told

Faces that are small, anywhere in the frame, and before a structured background (`FAR`): here it would pay to look at
the face alone. Seed k draws pictures, start weights and order, and trains four networks (`ROWS`): "cnn", without a
transformer; "left to itself", an st-cnn that starts at the identity, as everywhere in this course; "starts narrow", the
same, but its look begins at 0.6 of the frame, so that it has to move to see a face that stands aside; "told first",
which is taught the true poses for eight epochs (as in results/transformer.py) and then the labels alone, as the others,
with its localisation network at a tenth of the rate. The epoch is chosen on val, test is scored once.

Measured on test: accuracy; how the looks follow the faces (`following`: the share of the frame that they cover, of the
face that they keep, of the face that the looks of *other* pictures would keep, the correlation of the centres in x and
y, and their distance in pixels). Then, for the network's own answers to 100 faces with relevance by gradient, with and
without its path through θ, integrated gradients, occlusion, and edges as a control: the share of the positive relevance
inside the quadrilateral, on the face and on the cue (the pixels that the expression changes), and the cue's share of
what lies inside the quadrilateral ("cue within"), each beside chance, the area's share. "blind": of the pixels that no
sampled point touches, their share of the picture, and the largest gradient there with θ held ("held") and through θ
("through"), as a share of the picture's largest; "share through theta": of all the gradient, without signs, what takes
the way through θ.

`sdl-faces`, the shipped network, is measured on the faces that it was trained for: what its first transformer covers.

Run again with the same --out, it goes on after the last network written. The record: {"command", "settings",
"versions", "device", "fingerprints", "runs": row -> [seed -> {"accuracy", "following": {...}, "maps": method -> area ->
share, "chance": area -> share, "blind": {...}}], "sdl-faces": {...}}. The short form has lists over seeds in place of
numbers.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu.evaluation import student_t
from fer_edu.files import write_json
from fer_edu.saliency.attention import attended, following, weight_read
from fer_edu.saliency.scores import chance, relevance_mass

DIALS = {
    "intensity": (0.8, 1.0),
    "scale": (0.45, 0.7),
    "shift": (-0.45, 0.45),
    "clutter": (0.0, 1.0),
    "noise": (0.0, 0.02),
}
FAR = fe.faces.Difficulty(**DIALS)
"""Plain expressions on small faces, anywhere in a cluttered frame."""

ROWS = {
    "cnn": {"model": "cnn"},
    "left to itself": {"rate": 0.3},
    "starts narrow": {"rate": 0.3, "start": 0.6},
    "told first": {"rate": 0.1, "told": True},
}
HELD = "gradient, theta held"
METHODS = ("gradient", HELD, "integrated gradients", "occlusion", "edges")
SIZES = {"train": None, "val": 500, "test": 1000}
OUT = Path(__file__).with_suffix(".json")
SHIPPED = "st-cnn-faces"
MAPS = 100


def sets(ask, seed):
    return [fe.faces.load_split(split, size or ask.size, seed, FAR) for split, size in SIZES.items()]


def train(ask, row, seed, drawn, model="st-cnn", rate=1.0, start=1.0, told=False):
    """Train one network, or load it from --keep; returns the model."""
    kept = ask.keep / f"{row.replace(' ', '-')}-{seed}.pt" if ask.keep else None
    if kept is not None and kept.exists():
        return fe.models.load_checkpoint(kept)
    fitted, val, _ = drawn
    network = fe.models.create(model, seed=seed)
    if network.transformer is not None:
        with torch.no_grad():
            network.transformer.localisation.head[-1].bias.mul_(start)
    if told:
        from transformer import teach  # the script beside this one

        teach(network, fitted, seed)
    still = {"flip": False, "rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0, "precision": "float32"}
    recipe = fe.training.recipe("classroom", epochs=ask.epochs, batch_size=64, localisation_rate=rate, **still)
    history = fe.training.fit(network, fitted, val, recipe, seed=seed, progress="none")
    if kept is not None:
        fe.models.save_checkpoint(kept, network, fe.emotions.CLASSES, epoch=history.best["epoch"])
    return network


@torch.inference_mode()
def looks(model, images):
    """Return θ of an st-cnn, or of an SDL network's first transformer, float32 [N, 2, 3]."""
    return torch.cat([model.theta(batch.float() / 255) for batch in images.split(200)])


def numbers_of(found):
    """Return a `Following` as means over the pictures."""
    x, y = found.correlation.tolist()
    return {
        "covered": found.covered.mean().item(),
        "kept": found.kept.nanmean().item(),
        "by others": found.by_others.nanmean().item(),
        "correlation x": x,
        "correlation y": y,
        "distance": found.distance.nanmean().item(),
    }


def maps_of(method, model, images):
    """Return the maps for the network's own answers, float32 [N, 48, 48]."""
    if method == "edges":
        return fe.saliency.edges(images)
    if method == HELD:
        return fe.saliency.where_to_look(model, images).what
    return fe.saliency.explain(model, images, method=method).maps


def of_maps(model, faces, theta):
    """Return (method -> area -> share of the positive relevance, area -> its share of the picture)."""
    areas = {
        "quadrilateral": attended(theta),
        "face": faces.truth.part("face"),
        "cue": fe.saliency.cue_masks(faces),
    }
    within = areas["cue"] & areas["quadrilateral"]
    shares = {name: chance(mask).nanmean().item() for name, mask in areas.items()}
    shares["cue within"] = (within.sum((1, 2)) / areas["quadrilateral"].sum((1, 2))).nanmean().item()
    found = {}
    for method in METHODS:
        maps = maps_of(method, model, faces.images)
        found[method] = {name: relevance_mass(maps, mask).nanmean().item() for name, mask in areas.items()}
        inside = relevance_mass(maps, areas["quadrilateral"])
        ratio = relevance_mass(maps, within) / inside
        found[method]["cue within"] = ratio[ratio.isfinite()].mean().item()
    return found, shares


def blind_spots(model, faces, theta):
    """Return what the pixels can do that no sampled point touches; None where there are none."""
    unread = weight_read(theta) == 0
    some = unread.any(dim=2).any(dim=1)
    if not some.any():
        return None
    split = fe.saliency.where_to_look(model, faces.images[some])
    largest = split.whole.abs().amax(dim=(1, 2))
    held, through = ((part.abs() * unread[some]).amax(dim=(1, 2)) / largest for part in (split.what, split.where))
    everywhere = split.where.abs().sum((1, 2)) / (split.what.abs() + split.where.abs()).sum((1, 2))
    return {
        "pictures": int(some.sum()),
        "unread": unread[some].float().mean().item(),
        "held": held.max().item(),
        "through": through.mean().item(),
        "share through theta": everywhere.mean().item(),
    }


def run(ask, row, seed, drawn):
    model = train(ask, row, seed, drawn, **ROWS[row])
    test = drawn[2]
    found = {"accuracy": fe.evaluation.evaluate(model, test).accuracy}
    if model.transformer is None:
        return rounded(found)
    theta = looks(model, test.images)
    found["following"] = numbers_of(following(theta, test.truth.part("face")))
    some = test[:MAPS]
    found["maps"], found["chance"] = of_maps(model, some, theta[:MAPS])
    found["blind"] = blind_spots(model, some, theta[:MAPS])
    return rounded(found)


def shipped():
    """Return what the first transformer of sdl-faces covers, of faces of the kind that it was trained on."""
    faces = fe.data.load("faces", split="test", size=500)
    theta = looks(fe.models.pretrained("sdl-faces"), faces.images)
    distance = (theta - fe.geometry.identity_theta()).flatten(1).norm(dim=1).mean().item()
    return rounded(numbers_of(following(theta, faces.truth.part("face"))) | {"distance from the identity": distance})


def rounded(found):
    if isinstance(found, dict):
        return {key: rounded(value) for key, value in found.items()}
    if isinstance(found, float):
        return None if found != found else float(f"{found:.4g}")  # a look that never moves has no correlation
    return found


def measure(ask):
    settings = {"size": ask.size, "epochs": ask.epochs, "maps": MAPS, "dials": {k: list(v) for k, v in DIALS.items()}}
    record = {"command": command(ask), "settings": settings, "runs": {}}
    if ask.out.exists():
        before = json.loads(ask.out.read_text(encoding="utf-8"))
        if before["settings"] != settings:
            found = before["settings"]
            sys.exit(f"expected a record of {settings} in {ask.out}, found {found}: name another file.")
        record |= {key: before[key] for key in ("runs", "fingerprints") if key in before}
    record["versions"] = {"fer_edu": fe.__version__, "torch": torch.__version__, "python": platform.python_version()}
    record["device"] = fe.training.device.describe(torch.device("cpu"))
    record["sdl-faces"] = shipped()
    for seed in range(ask.seeds):  # seed by seed, so that an early stop leaves whole pairs
        drawn = None
        for row in ask.rows:
            done = record["runs"].setdefault(row, [])
            if seed < len(done):
                continue
            drawn = drawn or sets(ask, seed)
            begun = time.monotonic()
            done.append(run(ask, row, seed, drawn))
            if seed == 0:
                record["fingerprints"] = dict(
                    zip(("train", "val", "test"), (part.fingerprint() for part in drawn), strict=True)
                )
            write_json(ask.out, record)
            print(f"{row}, seed {seed}, {time.monotonic() - begun:.0f} s: {done[-1]}", flush=True)
    tell(short(record))


def command(ask):
    rows = " ".join(f'"{row}"' for row in ask.rows)
    return f"python results/attention.py run --rows {rows} --seeds {ask.seeds} --size {ask.size} --epochs {ask.epochs}"


def short(record):
    """Return the short form: the same tree, with lists over seeds."""

    def over_seeds(values):
        if isinstance(values[0], dict):
            return {key: over_seeds([value[key] for value in values]) for key in values[0]}
        return list(values)

    rows = {}
    for row, runs in record["runs"].items():
        blind = [found["blind"] for found in runs if found.get("blind")]
        rows[row] = over_seeds([{key: value for key, value in found.items() if key != "blind"} for found in runs])
        if blind:
            rows[row]["blind"] = over_seeds(blind)
    return {key: record[key] for key in ("command", "settings", "sdl-faces")} | {"rows": rows}


def spread(values, factor=1.0, digits=1):
    values = [factor * value for value in values if value is not None]
    if len(values) < 2:
        return f"{values[0]:.{digits}f}" if values else "none"
    mean, half = student_t(values)
    return f"{mean:.{digits}f} ± {half:.{digits}f}"


def tell(record):
    """Print the tables of a short form: mean ± half of Student's interval over seeds."""
    for row, found in record["rows"].items():
        print(f"{row}: accuracy {spread(found['accuracy'], 100)} % over {len(found['accuracy'])} seeds")
        if "following" not in found:
            continue
        percent = ("covered", "kept", "by others")
        cells = [
            f"{key} {spread(values, 100 if key in percent else 1, 1 if key in percent else 2)}"
            for key, values in found["following"].items()
        ]
        print("  " + ", ".join(cells))
        for name, areas in {"chance": found["chance"], **found["maps"]}.items():
            print(f"  {name:22}" + ", ".join(f"{area} {spread(shares, 100)}" for area, shares in areas.items()))
        if "blind" in found:
            print("  unread: " + ", ".join(f"{key} {spread(v, 1, 4)}" for key, v in found["blind"].items()))
    print("sdl-faces:", record["sdl-faces"])


def ship(ask, record):
    write_json(Path(fe.records.__file__).parent / "attention.json", short(record))
    if ask.keep is None:
        return
    model = fe.models.load_checkpoint(ask.keep / "told-first-0.pt")
    path = Path(fe.models.__file__).parents[1] / "weights" / f"{SHIPPED}.pt"
    fe.models.save_checkpoint(path, model, fe.emotions.CLASSES, half=True)
    shipped = fe.models.load_checkpoint(path)
    val, test = (fe.faces.load_split(split, SIZES[split], 0, FAR) for split in ("val", "test"))
    made = {f"{part.split}_accuracy": fe.evaluation.evaluate(shipped, part).accuracy for part in (val, test)}
    made |= {"run": {"command": record["command"], "row": "told first", "seed": 0, "versions": record["versions"]}}
    fe.models.save_checkpoint(path, shipped, fe.emotions.CLASSES, half=True, **made)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB, {made}")


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("part", choices=("run", "tell", "ship"))
    ask.add_argument("file", nargs="?", type=Path, default=OUT, help="for tell and ship")
    ask.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--size", type=int, default=4000)
    ask.add_argument("--epochs", type=int, default=12)
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--out", type=Path, default=OUT)
    ask = ask.parse_args()
    if ask.part == "run":
        return measure(ask)
    record = json.loads(ask.file.read_text(encoding="utf-8"))
    return tell(short(record)) if ask.part == "tell" else ship(ask, record)


if __name__ == "__main__":
    main()
