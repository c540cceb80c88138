"""A planted shortcut: which maps reveal it, what cures it, and could one have found it without knowing?

    python results/shortcut.py run  [--networks cnn] [--seeds 5] [--size 1500] [--faces 40] [--epochs 8]
                                    [--methods ...] [--keep FOLDER] [--out results/shortcut.json]
    python results/shortcut.py tell [results/shortcut.json]     print the tables of a record
    python results/shortcut.py ship                             write the short form that notebook 09 shows

Seed k draws easy faces, start weights and order, and trains six networks (`KINDS`) on 1,500 faces each, choosing the
epoch on 300 val faces of the same kind. "cheat": glasses go with anger ("glasses-angry-0.9"). "honest": the same faces
with glasses by chance; the control. The rest are cures of the cheat's data: "drawn both ways" (each face without and
with glasses, half as many epochs), "resampled" (in each class half the faces shown wear glasses), "erased" (a random
rectangle of each training picture is grey in half of the cases), "mixed" (shortcut of strength 0.5: data that are half
honest).

Measured on faces of the test split, where glasses go with nothing. Behaviour: accuracy, how many answers change when
glasses are put on, and by how much the logit "angry" does. Maps for "angry" of 40 faces with glasses: the share of the
positive relevance on the pixels that glasses change (`share`), the same of all relevance without its sign (`absolute`),
the rank of the glasses among the parts of the face (`rank`, 1 the highest; `first`: in what share of the faces they are
first), and Spearman's correlation over the faces of the map's sum on those pixels with the true change of the logit
(`tracks`). For cheat against honest also `reveal`: the difference of the shares with its paired interval over the
faces, and the AUC.
"blind": what can be seen by somebody who suspects nothing. The mean map for "angry" over the angry faces of the val set
with the shortcut, each map turned upright: share and peak on the usual place of the glasses, for both networks.

Run again with the same --out, it goes on after the last network and seed written. --keep holds the trained networks.

The record: {"command", "settings", "versions", "device", "fingerprints", "chance": the glasses' share of the picture,
"runs": network -> [seed -> {"behaviour": kind -> numbers, "maps": kind -> method -> {share, absolute, rank, first,
tracks}, "reveal": method -> {difference, low, high, auc}, "blind": kind -> method -> {share, peak}}]}.
The short form, of the networks in it: {"command", "settings", "chance", "kinds", "methods", "networks": network ->
{"behaviour": kind -> number -> [over seeds], "share": kind -> method -> [over seeds], "mean": method -> means over the
seeds of {"auc" over faces, "auc networks" over all pairs of a cheat and an honest one, "tracks" of the cheat, "rank",
"first" and "absolute", each [cheat, honest]}, "blind": method -> {"share": [cheat, honest], means over seeds, "peaks":
[cheat, honest], in how many seeds, "auc networks"}}}.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import torch
from scipy.stats import spearmanr

import fer_edu as fe
from fer_edu.evaluation import student_t
from fer_edu.files import write_json
from fer_edu.saliency.control_maps import edges
from fer_edu.saliency.scores import relevance_mass
from fer_edu.saliency.shortcut import SHORTCUT, Worn, auc, balanced, both_ways, maps_by, rank_of, reveal, wear

KINDS = ("cheat", "honest", "drawn both ways", "resampled", "erased", "mixed")
TOLD = ("accuracy", "flips", "calm called angry, no glasses", "calm called angry, glasses", "effect")
PAIR = ("cheat", "honest")
ANGRY = fe.emotions.CLASSES.index("angry")
TEST = 1000
OUT = Path(__file__).with_suffix(".json")


def by_edges(model, images, target):
    """The control: it asks no network."""
    return edges(images)


NAMED = "shapley, glasses named"
"""Shapley values with a part more: the pixels of the glasses, as only somebody would cut them out who suspects them."""


def method_names():
    return (*fe.saliency.methods(), NAMED, "deconvnet", "edges")


def maps_of(name, model, worn):
    """Return the maps for "angry" of the faces with glasses, float32 [N, 48, 48]."""
    if name == "edges":
        return maps_by(by_edges, model, worn.on.images, ANGRY)
    if name not in (NAMED, "shapley", "feature ablation"):
        return maps_by(name, model, worn.on.images, ANGRY)
    parts = fe.saliency.parts_of(worn.on)
    if name == NAMED:
        parts = parts.masked_fill(worn.pixels, len(fe.saliency.PART_NAMES) + 1)
    return maps_by(name.split(",")[0], model, worn.on.images, ANGRY, parts=parts)


def train(ask, network, kind, seed):
    """Train one network of one kind, or load it from --keep; returns the model."""
    kept = ask.keep / f"{network}-{kind.replace(' ', '-')}-{seed}.pt" if ask.keep else None
    if kept is not None and kept.exists():
        return fe.models.load_checkpoint(kept)
    shortcut = {"honest": None, "mixed": "glasses-angry-0.5"}.get(kind, SHORTCUT)
    drawn = {"seed": seed, "difficulty": "easy", "shortcut": shortcut}
    fitted, val = (fe.data.load("faces", split=s, size=n, **drawn) for s, n in (("train", ask.size), ("val", 300)))
    changes = {"epochs": ask.epochs, "batch_size": 64, "precision": "float32"}
    if kind == "drawn both ways":
        fitted, changes["epochs"] = both_ways(fitted), max(1, ask.epochs // 2)
    elif kind == "resampled":
        fitted = balanced(fitted, seed)
    elif kind == "erased":
        changes["erase"] = 0.5
    model = fe.models.create(network, seed=seed)
    fe.training.fit(model, fitted, val, fe.training.recipe("classroom", **changes), seed=seed, progress="none")
    if kept is not None:
        fe.models.save_checkpoint(kept, model, fe.emotions.CLASSES)
    return model


def behaviour(model, test, worn):
    """Return what a network does, whatever its maps say."""
    flips = fe.evaluation.flip_rate(model, worn.off, worn.on)
    calm = test.labels != ANGRY
    said = [fe.models.predict(model, faces.images)[calm].argmax(1) == ANGRY for faces in (worn.off, worn.on)]
    effect = worn.effect(model, ANGRY)
    return {
        "accuracy": fe.evaluation.evaluate(model, test).accuracy,
        "flips": flips.flipped.value,
        "lost": flips.lost / len(test),
        "gained": flips.gained / len(test),
        "calm called angry, no glasses": said[0].float().mean().item(),
        "calm called angry, glasses": said[1].float().mean().item(),
        "effect": effect.mean().item(),
    }


def of_maps(maps, worn, effect):
    """Return the numbers of one network's maps; `tracks` is None where the maps hold nothing on the glasses."""
    ranks = rank_of(worn.pixels, maps, worn.on)
    on_glasses = (maps * worn.pixels).sum(dim=(1, 2))
    tracks = float(spearmanr(on_glasses, effect).statistic) if on_glasses.std() > 0 else None
    return {
        "share": relevance_mass(maps, worn.pixels).nanmean().item(),
        "absolute": relevance_mass(maps.abs(), worn.pixels).nanmean().item(),
        "rank": ranks.nanmean().item(),
        "first": (ranks < 1.5).float().mean().item(),
        "tracks": tracks,
    }


def turned_upright(maps, faces):
    """Return maps [N, H, W] as `fe.faces.upright` shows the faces."""
    grid = fe.geometry.affine_grid(fe.geometry.invert(faces.truth.theta), (len(maps), 1, *maps.shape[1:]))
    return fe.geometry.bilinear_sample(maps[:, None], grid, padding_mode="border")[:, 0]


def blind(name, model, angry):
    """Return share and peak of the mean upright map for "angry" on the usual place of the glasses.

    angry: a `Worn` whose `on` are the angry faces as they are found; nine of ten wear glasses. peak: 1 where the
    highest pixel lies there, else 0.
    """
    mean = turned_upright(maps_of(name, model, angry), angry.on).mean(0, keepdim=True)
    place = turned_upright(angry.pixels.float(), angry.on).mean(0, keepdim=True) > 0.3
    peak = bool(place.flatten()[mean.flatten().argmax()])
    return {"share": relevance_mass(mean, place).item(), "peak": int(peak)}


def run(ask, network, seed):
    """Train the six networks of one seed and measure them."""
    test = fe.data.load("faces", split="test", size=TEST, seed=seed, difficulty="easy")
    tempting = fe.data.load("faces", split="val", size=300, seed=seed, difficulty="easy", shortcut=SHORTCUT)
    found_angry = tempting[tempting.labels == ANGRY]
    angry = Worn(None, found_angry, wear(found_angry).pixels)
    everyone = wear(test)
    some = wear(test[: ask.faces])
    models = {kind: train(ask, network, kind, seed) for kind in KINDS}
    found = {"behaviour": {kind: behaviour(model, test, everyone) for kind, model in models.items()}}
    found |= {"maps": {kind: {} for kind in KINDS}, "reveal": {}, "blind": {"cheat": {}, "honest": {}}}
    for name in ask.methods or method_names():
        begun = time.monotonic()
        made = {}
        for kind, model in models.items():
            made[kind] = maps_of(name, model, some)
            found["maps"][kind][name] = of_maps(made[kind], some, some.effect(model, ANGRY))
        told = reveal(lambda model, *_, made=made: made["cheat" if model is models["cheat"] else "honest"],
                      models["cheat"], models["honest"], some, ANGRY)  # fmt: skip
        found["reveal"][name] = {key: getattr(told, key) for key in ("difference", "low", "high", "auc")}
        for kind in PAIR:
            found["blind"][kind][name] = blind(name, models[kind], angry)
        print(f"  {name}: {time.monotonic() - begun:.0f} s, {found['reveal'][name]}", flush=True)
    return rounded(found)


def rounded(found):
    if isinstance(found, dict):
        return {key: rounded(value) for key, value in found.items()}
    return round(found, 4) if isinstance(found, float) else found


def settings(ask):
    return {"size": ask.size, "faces": ask.faces, "epochs": ask.epochs, "test": TEST, "shortcut": SHORTCUT}


def fingerprints(ask):
    """Return the fingerprints of seed 0's sets."""
    drawn = {"seed": 0, "difficulty": "easy"}
    return {
        "train, honest": fe.data.load("faces", size=ask.size, **drawn).fingerprint(),
        "train, cheat": fe.data.load("faces", size=ask.size, shortcut=SHORTCUT, **drawn).fingerprint(),
        "test": fe.data.load("faces", split="test", size=TEST, **drawn).fingerprint(),
    }


def command(ask):
    words = [f"python results/shortcut.py run --networks {' '.join(ask.networks)} --seeds {ask.seeds}"]
    words += [f"--size {ask.size} --faces {ask.faces} --epochs {ask.epochs}"]
    return " ".join(words + ([f"--methods {' '.join(ask.methods)}"] if ask.methods else []))


def measure(ask):
    record = {"command": command(ask), "settings": settings(ask)}
    if ask.out.exists():
        before = json.loads(ask.out.read_text(encoding="utf-8"))
        if before["settings"] != record["settings"]:
            sys.exit(
                f"expected a record of {record['settings']} in {ask.out}, found {before['settings']}: name another."
            )
        record["runs"] = before["runs"]
    record |= {
        "versions": {"fer_edu": fe.__version__, "torch": torch.__version__, "python": platform.python_version()},
        "device": fe.training.device.describe(torch.device("cpu")),
        "fingerprints": fingerprints(ask),
    }
    worn = wear(fe.data.load("faces", split="test", size=ask.faces, seed=0, difficulty="easy"))
    record["chance"] = round(worn.pixels.float().mean().item(), 4)
    runs = record.setdefault("runs", {})
    for network in ask.networks:
        for seed in range(len(runs.setdefault(network, [])), ask.seeds):
            begun = time.monotonic()
            print(network, "seed", seed, flush=True)
            runs[network].append(run(ask, network, seed))
            write_json(ask.out, record)
            print(f"{network}, seed {seed}: {time.monotonic() - begun:.0f} s", flush=True)
    tell(tables(record))


def tables(record):
    """Return a record with lists over seeds in place of runs."""
    networks = {}
    for network, runs in record["runs"].items():
        kinds, names = list(runs[0]["maps"]), list(runs[0]["reveal"])

        def over_seeds(*path, runs=runs):
            values = []
            for found in runs:
                for step in path:
                    found = found[step]
                values.append(found)
            return values

        networks[network] = {
            "behaviour": {
                kind: {key: over_seeds("behaviour", kind, key) for key in runs[0]["behaviour"][kind]} for kind in kinds
            },
            **{
                key: {kind: {name: over_seeds("maps", kind, name, key) for name in names} for kind in kinds}
                for key in ("share", "absolute", "rank", "first")
            },
            "auc": {name: over_seeds("reveal", name, "auc") for name in names},
            "tracks": {name: over_seeds("maps", "cheat", name, "tracks") for name in names},
            "blind": {
                kind: {name: {key: over_seeds("blind", kind, name, key) for key in ("share", "peak")} for name in names}
                for kind in PAIR
            },
        }
    return {
        "command": record["command"],
        "settings": record["settings"],
        "chance": record["chance"],
        "networks": networks,
    }


def short(record):
    """Return the short form that notebook 09 shows."""
    whole = tables(record)
    networks = {}
    for network, found in whole["networks"].items():
        mean, blind = {}, {}
        for name in found["auc"]:
            mean[name] = {
                "auc": mean_of(found["auc"][name]),
                "auc networks": pairs_won(*(found["share"][kind][name] for kind in PAIR)),
                "tracks": mean_of(found["tracks"][name]),
            }
            mean[name] |= {
                key: [mean_of(found[key][kind][name]) for kind in PAIR] for key in ("rank", "first", "absolute")
            }
            shares = [found["blind"][kind][name]["share"] for kind in PAIR]
            blind[name] = {
                "share": [mean_of(values) for values in shares],
                "peaks": [sum(found["blind"][kind][name]["peak"]) for kind in PAIR],
                "auc networks": pairs_won(*shares),
            }
        behaviour = {kind: {key: values[key] for key in TOLD} for kind, values in found["behaviour"].items()}
        networks[network] = {"behaviour": behaviour, "share": found["share"], "mean": mean, "blind": blind}
    ends = {"kinds": list(KINDS), "methods": list(method_names()), "networks": networks}
    return {key: whole[key] for key in ("command", "settings", "chance")} | ends


def mean_of(values):
    """Return the mean of those that are numbers, to four digits; None where none is."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 4) if known else None


def pairs_won(cheat, honest):
    return round(auc(torch.tensor(cheat), torch.tensor(honest)), 4)


def spread(values, factor=1.0):
    """Return "mean ± half" of Student's interval over seeds."""
    if len(values) < 2:
        return f"{factor * values[0]:.1f}"
    mean, half = student_t(values)
    return f"{factor * mean:.1f} ± {factor * half:.1f}"


def less(a, b):
    return [x - y for x, y in zip(a, b, strict=True)]


def tell(record):
    """Print `tables`: mean ± half of Student's interval over seeds, differences seed by seed."""
    print(f"the glasses are {record['chance']:.1%} of the picture")
    for network, found in record["networks"].items():
        print(f"\n{network}: behaviour, percent (effect: logits)")
        for kind, numbers in found["behaviour"].items():
            cells = [f"{key} {spread(values, 1 if key == 'effect' else 100)}" for key, values in numbers.items()]
            print(f"  {kind:16}" + ", ".join(cells))
        print("relevance on the glasses, percent; difference seed by seed; AUC over faces, over networks; rank; tracks")
        shares = found["share"]
        for name in found["auc"]:
            cheat, honest = shares["cheat"][name], shares["honest"][name]
            both = pairs_won(cheat, honest)
            rank, first = ([found[key][kind][name] for kind in PAIR] for key in ("rank", "first"))
            row = (
                f"  {name:22}{spread(cheat, 100):>12} against {spread(honest, 100):>12}, "
                f"{spread(less(cheat, honest), 100):>12}; {sum(found['auc'][name]) / len(cheat):.2f}, {both:.2f}; "
                f"{spread(rank[0])} against {spread(rank[1])}; first {spread(first[0], 100)} against "
                f"{spread(first[1], 100)}"
            )
            signless = (found["absolute"][kind][name] for kind in PAIR)
            row += f"; absolute {spread(less(*signless), 100)}"
            tracks = [value for value in found["tracks"][name] if value is not None]
            print(row + (f"; {sum(tracks) / len(tracks):+.2f}" if tracks else ""))
        print("cured less honest, percent, seed by seed")
        for name in found["auc"]:
            cells = [f"{kind} {spread(less(shares[kind][name], shares['honest'][name]), 100)}" for kind in KINDS[2:]]
            print(f"  {name:22}" + ", ".join(cells))
        print("blind: share on the glasses' place, percent; peaks there; AUC over networks")
        for name in found["auc"]:
            cheat, honest = (found["blind"][kind][name] for kind in PAIR)
            both = pairs_won(cheat["share"], honest["share"])
            print(
                f"  {name:22}{spread(cheat['share'], 100):>12} against {spread(honest['share'], 100):>12}; "
                f"{sum(cheat['peak'])} against {sum(honest['peak'])} of {len(cheat['peak'])}; {both:.2f}"
            )


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("part", choices=("run", "tell", "ship"))
    ask.add_argument(
        "file", nargs="?", type=Path, default=Path(__file__).with_suffix(".json"), help="for tell and ship"
    )
    ask.add_argument("--networks", nargs="+", default=["cnn"])
    ask.add_argument("--seeds", type=int, default=5)
    ask.add_argument("--size", type=int, default=1500)
    ask.add_argument("--faces", type=int, default=40)
    ask.add_argument("--epochs", type=int, default=8)
    ask.add_argument("--methods", nargs="*", help="which, by name; all if none is named")
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--out", type=Path, default=OUT)
    ask = ask.parse_args()
    if ask.part == "run":
        return measure(ask)
    record = json.loads(ask.file.read_text(encoding="utf-8"))
    if ask.part == "tell":
        return tell(tables(record))
    write_json(Path(fe.records.__file__).parent / "shortcut.json", short(record))


if __name__ == "__main__":
    main()
