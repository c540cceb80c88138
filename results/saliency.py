"""Which saliency methods tell the truth about a network? All of them, on 15 networks that were trained for it.

    python results/saliency.py train --checkpoints DIR [--networks cnn-0 cnn-1]
    python results/saliency.py run   --checkpoints DIR [--networks cnn-0 cnn-1] [--faces 200] [--out FILE]
    python results/saliency.py tell  [--out FILE]      print the board
    python results/saliency.py ship  [--out FILE]      write its short form, which notebook 09 shows

Networks: "sdl-small", "cnn" and "st-cnn", five seeds each, by the recipe "classroom" on 4,000 drawn faces; and one of
each type on shuffled labels. Every network has faces of its own, for training and for test. Scored are the first faces
of its test set that it names right, for the right class, by `fer_edu.saliency.score`. "sdl-faces", which ships, is
scored too and stands apart from the intervals. FILE is results/saliency.json where none is given.
Run again, both commands go on where they stopped.

The long record, results/saliency.json:
    command, versions, device, settings
    networks    name -> model, seed, weights (fingerprint), epoch, hits and pictures (on test), faces (scored),
                test (fingerprint), seconds, scores: row of the board -> score -> float
    shuffled    type -> hits and pictures (of its own shuffled labels), similarity: method -> [signed, absolute] to the
                maps of the network of the same type, seed 0, that learned the true labels
    cascade     network, faces, methods: method -> list of {layer, signed, absolute}, from the untouched network down
The short record, fer_edu/records/leaderboard.json, `fe.records.read("leaderboard")`:
    command, versions, settings
    networks    name -> accuracy, faces
    rows        methods, controls, references: the names of the board's rows, best part removal first
    good        score -> "high" or "low", the end that is good
    chance      score -> what an even map scores, for those that have it
    table       row -> score -> mean, half, verdict (beside edges), as `saliency.leaderboard` gives them; of part
                removal also types (type -> [mean, half]), difference, difference_half and p
    against     row -> method -> difference, difference_half, p, verdict, of part removal: to the best method, and to
                "the cue itself", which knows the face and not the network
    shipped     row -> part removal, of "sdl-faces"
    shuffled, cascade   as above
"""

import argparse
import json
import platform
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu import saliency
from fer_edu.files import write_json
from fer_edu.saliency import board
from fer_edu.training.run_folder import fingerprint

TYPES = ("sdl-small", "cnn", "st-cnn")
SEEDS = 5
SHIPPED = "sdl-faces"
NETWORKS = {f"{kind}-{k}": (kind, 100 * t + k) for k in range(SEEDS) for t, kind in enumerate(TYPES)}
"""Name -> (type, seed); no two networks share a seed, so each has its own faces, start weights and order."""

STILL = {"flip": False, "rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}
"""No augmentation: shuffled labels can only be learnt by heart."""

PRIMARY = "part removal"
FALLING = ("gradient", "integrated gradients", "guided backprop", "deconvnet", "gradcam", "occlusion")
"""The methods whose cascade is kept."""


def train(kind, seed, folder):
    """Train one network on its own 4,000 faces, or go on."""
    faces, val = (fe.faces.load_split(split, size, seed) for split, size in (("train", 4000), ("val", 1000)))
    model = fe.models.create(kind, classes=7, seed=seed)
    recipe = fe.training.recipe("classroom")
    return fe.training.fit(model, faces, val, recipe, "cpu", checkpoint=folder, seed=seed, progress="none")


def shuffled_faces(seed):
    """Return 1,000 faces whose labels were dealt out anew: nothing is left to learn but each single picture."""
    faces = fe.faces.load_split("train", 1000, seed)
    order = torch.randperm(len(faces), generator=torch.Generator().manual_seed(seed))
    return replace(faces, labels=faces.labels[order])


def train_by_heart(kind, seed, folder):
    """Train one network on shuffled labels; the epoch that knows most of them by heart is kept."""
    faces = shuffled_faces(seed)
    model = fe.models.create(kind, classes=7, seed=seed, dropout=0.0)
    recipe = fe.training.recipe("classroom", epochs=30, batch_size=64, **STILL)
    return fe.training.fit(model, faces, faces, recipe, "cpu", checkpoint=folder, seed=seed, progress="none")


def network(ask, name):
    """Return a trained network of the folder of checkpoints."""
    return laid_out(fe.models.load_checkpoint(ask.checkpoints / name / "best.pt"))


def laid_out(model):
    """Return the model with its kernels laid out channels last, with which one CPU thread is twice as fast."""
    return model.to(memory_format=torch.channels_last)


def hits(model, faces):
    """Return, for each face, whether the model names it right, bool [N]."""
    return fe.models.predict(model, faces.images).argmax(1) == faces.labels


def named_right(model, seed, n):
    """Return (all test faces of a seed, the first n that the model names right)."""
    test = fe.faces.load_split("test", 1000, seed)
    return test, test[hits(model, test).nonzero()[:n, 0]]


def score(model, seed, ask):
    """Return one network's part of the record."""
    start = time.monotonic()
    test, faces = named_right(model, seed, ask.faces)
    scores = saliency.score(model, faces, seed=seed, steps=ask.steps, samples=ask.samples, few=ask.few)
    return {
        "model": model.name,
        "seed": seed,
        "weights": fingerprint(model),
        "epoch": model.record.get("epoch"),
        "hits": int(hits(model, test).sum()),
        "pictures": len(test),
        "faces": len(faces),
        "test": test.fingerprint(),
        "seconds": round(time.monotonic() - start),
        "scores": rounded(scores, 5),
    }


def by_heart(kind, ask):
    """Compare the maps of the network of a type that learned shuffled labels with those of its seed 0."""
    learned, shuffled = network(ask, f"{kind}-0"), network(ask, f"{kind}-shuffled")
    seed = NETWORKS[f"{kind}-0"][1]
    _, faces = named_right(learned, seed, ask.few)
    own = shuffled_faces(seed)
    similar = {}
    for method in board.names():
        if method in board.CONTROLS + board.REFERENCES:
            continue
        maps, others = (board.map_of(model, faces, method, faces.labels) for model in (learned, shuffled))
        similar[method] = [
            float(saliency.similarity(maps, others, absolute=absolute).nanmean()) for absolute in (False, True)
        ]
    return {"hits": int(hits(shuffled, own).sum()), "pictures": len(own), "similarity": rounded(similar, 4)}


def falling(model, seed, n):
    """Randomise the shipped network from the top down under several methods."""
    _, faces = named_right(model, seed, n)
    found = {}
    for method in FALLING:
        draw = method
        if method in board.OURS:

            def draw(fallen, images, target):
                return board.map_of(fallen, faces, "deconvnet", target)

        steps = saliency.cascade(model, faces.images, faces.labels, draw)
        found[method] = [
            {"layer": step.layer, "signed": float(step.signed.nanmean()), "absolute": float(step.absolute.nanmean())}
            for step in steps
        ]
    return {"network": SHIPPED, "faces": len(faces), "methods": rounded(found, 4)}


def run(ask):
    settings = {
        "difficulty": "classroom",
        "recipe": "classroom",
        "train": 4000,
        "val": 1000,
        "faces": ask.faces,
        "few": ask.few,
        "steps": ask.steps,
        "samples": ask.samples,
    }
    record = {"command": command(ask), "settings": settings, "networks": {}, "shuffled": {}}
    if ask.out.exists():
        record = json.loads(ask.out.read_text(encoding="utf-8"))
        if record["settings"] != settings:
            raise SystemExit(f"expected a record of {settings} in {ask.out}, found another: name another file.")
    record["versions"] = {name: version(name) for name in ("fer_edu", "torch", "captum")}
    record["versions"]["python"] = platform.python_version()
    record["device"] = fe.training.device.describe(torch.device("cpu"))
    for name in ask.networks or [*NETWORKS, SHIPPED]:
        if name in record["networks"]:
            continue
        if name == SHIPPED:
            model, seed = laid_out(fe.models.pretrained(SHIPPED)), 300
        else:
            model, seed = network(ask, name), NETWORKS[name][1]
        record["networks"][name] = score(model, seed, ask)
        write_json(ask.out, record)
        print(f"{name}: {record['networks'][name]['seconds']} s", flush=True)
    if "cascade" not in record:
        record["cascade"] = falling(laid_out(fe.models.pretrained(SHIPPED)), 300, min(ask.faces, 30))
        write_json(ask.out, record)
    for kind in TYPES:
        if kind not in record["shuffled"] and (ask.checkpoints / f"{kind}-shuffled").exists():
            record["shuffled"][kind] = by_heart(kind, ask)
            write_json(ask.out, record)


def short(record):
    """Return the short form of the long record."""
    networks = {name: record["networks"][name] for name in [*NETWORKS, SHIPPED] if name in record["networks"]}
    rows = [(network["model"], network["scores"]) for name, network in networks.items() if name != SHIPPED]
    table = saliency.leaderboard(rows)
    kept = ("mean", "half", "verdict")
    for scores in table.values():
        for name, summary in scores.items():
            if name != PRIMARY and summary is not None:
                scores[name] = {key: summary[key] for key in kept if key in summary}
    order = sorted(table, key=lambda method: -table[method][PRIMARY]["mean"])
    groups = {"controls": board.CONTROLS, "references": board.REFERENCES}
    groups = {"methods": [m for m in table if not any(m in g for g in groups.values())], **groups}
    groups = {group: [method for method in order if method in members] for group, members in groups.items()}
    shipped = networks.get(SHIPPED, {}).get("scores", {})
    found = {
        "command": record["command"],
        "versions": record["versions"],
        "settings": record["settings"],
        "networks": {
            name: {"accuracy": network["hits"] / network["pictures"], "faces": network["faces"]}
            for name, network in networks.items()
        },
        "rows": groups,
        "good": board.SCORES,
        "chance": {
            name: sum(scores["chance"][name] for _, scores in rows) / len(rows) for name in rows[0][1]["chance"]
        },
        "table": {method: table[method] for method in order},
        "against": {
            other: against(rows, other, groups["methods"]) for other in (groups["methods"][0], "the cue itself")
        },
        "shipped": {method: scores[PRIMARY] for method, scores in shipped.items() if method != "chance"},
        "shuffled": record["shuffled"],
        "cascade": record.get("cascade"),
    }
    return rounded(found, 4)


def against(rows, other, methods):
    """Compare the part removal of the methods with that of another row, network by network."""
    wanted = ("difference", "difference_half", "p", "verdict")
    table = saliency.leaderboard(rows, control=other)
    return {m: {name: table[m][PRIMARY][name] for name in wanted} for m in methods if m != other}


def tell(record):
    """Print the board: part removal with its interval and what becomes of it beside edges, and the other means."""
    found = short(record)
    others = [name for name in found["good"] if name != PRIMARY]
    print(f"{len(found['networks'])} networks; an even map: {found['chance']}")
    print(f"{'':22} {PRIMARY:>17}  {'less edges':>17} {'p':>8} {'':16}", *(f"{name[:13]:>14}" for name in others))
    for group in found["rows"].values():
        for method in group:
            row = found["table"][method]
            main = row[PRIMARY]
            beside = f"{'':44}"
            if "difference" in main:
                beside = f"{main['difference']:+9.3f} ± {main['difference_half']:.3f} {main['p']:8.4f} "
                beside += f"{main.get('verdict', ''):16}"
            means = ("" if row[name] is None else f"{row[name]['mean']:.3f}" for name in others)
            print(f"{method:22} {main['mean']:9.3f} ± {main['half']:.3f}  {beside}", *(f"{mean:>14}" for mean in means))


def rounded(content, digits):
    """Return nested dictionaries and lists with all floats rounded; one that is no number becomes None."""
    if isinstance(content, dict):
        return {key: rounded(value, digits) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [rounded(value, digits) for value in content]
    if isinstance(content, float):
        return round(content, digits) if content == content else None
    return content


def command(ask):
    dials = f"--faces {ask.faces} --few {ask.few} --steps {ask.steps} --samples {ask.samples}"
    return f"python results/saliency.py run --checkpoints DIR {dials}"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("part", choices=("train", "run", "tell", "ship"))
    ask.add_argument("--checkpoints", type=Path, help="the folder of the trained networks, for train and run")
    ask.add_argument("--networks", nargs="*", help=f"which networks, such as cnn-0 or {SHIPPED}; all if none is named")
    ask.add_argument("--faces", type=int, default=200, help="scored for each network")
    ask.add_argument("--few", type=int, default=60, help="of them, for the scores that take long")
    ask.add_argument("--steps", type=int, default=12, help="of deletion and insertion")
    ask.add_argument("--samples", type=int, default=30, help="of infidelity and sensitivity-n")
    ask.add_argument("--out", type=Path, default=Path("results/saliency.json"))
    ask = ask.parse_args()
    if ask.part in ("train", "run") and ask.checkpoints is None:
        raise SystemExit("expected --checkpoints, found none: name a folder for the trained networks.")
    if ask.part == "train":
        for name, (kind, seed) in NETWORKS.items():
            if name in (ask.networks or NETWORKS):
                print(name, train(kind, seed, ask.checkpoints / name).best, flush=True)
        for kind in TYPES if not ask.networks else ():
            seed = NETWORKS[f"{kind}-0"][1]
            print(kind, "shuffled", train_by_heart(kind, seed, ask.checkpoints / f"{kind}-shuffled").best, flush=True)
    elif ask.part == "run":
        run(ask)
    else:
        record = json.loads(ask.out.read_text(encoding="utf-8"))
        if ask.part == "tell":
            tell(record)
        else:
            write_json(Path(fe.records.__file__).parent / "leaderboard.json", short(record))


if __name__ == "__main__":
    main()
