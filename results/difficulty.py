"""How hard each preset of the face generator is: what a small network learns, beside the best that anybody could do.

    python results/difficulty.py [--presets easy classroom wild cartoon] [--faces 4000] [--seeds 3]
                                 [--fer2013 ROOT] [--out results/faces-difficulty.json]

For each preset: the accuracy on 1,000 faces of val of a plain network of three convolutions, trained by the classroom
recipe; the same with every picture un-warped by its true pose first; and the ceiling given the action units. With
--fer2013 the same network, recipe and number of pictures on FER-2013: Training, scored on PublicTest. The epoch is
chosen on the faces that are scored, everywhere alike, so all figures flatter a little. Seed k draws faces, start
weights and order. Run again with --out, it goes on after the last score that was written.
"""

import argparse
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn

import fer_edu as fe
from fer_edu.files import write_json


class SmallCNN(nn.Module):
    """Three times convolution, normalisation, ReLU and pooling, then two linear layers: 0.41 M parameters."""

    def __init__(self, classes):
        super().__init__()
        self.options = SimpleNamespace(classes=classes)
        layers, channels = [], 1
        for width in (32, 64, 96):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]
            channels = width
        self.features = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3))
        self.head = nn.Sequential(nn.Linear(96 * 36, 96), nn.ReLU(), nn.Linear(96, classes))

    def localisation_parameters(self):
        return []

    def forward(self, x):
        return self.head(self.features((x - 0.5) / 0.25))


def accuracy(train, val, seed):
    torch.manual_seed(seed)
    model = SmallCNN(len(train.classes))
    history = fe.training.fit(model, train, val, fe.training.recipe("classroom"), seed=seed, progress="none")
    return history.best["val_accuracy"]


def faces_of(preset, size, seed):
    return [
        fe.data.load("faces", split=split, size=n, seed=seed, difficulty=preset)
        for split, n in (("train", size), ("val", 1000))
    ]


def real_faces(root, size, seed):
    train, val = (fe.data.load("fer2013", split=split, root=root) for split in ("train", "val"))
    return train[torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:size]], val


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--presets", nargs="*", default=list(fe.faces.PRESETS))
    ask.add_argument("--faces", type=int, default=4000)
    ask.add_argument("--seeds", type=int, default=3)
    ask.add_argument("--fer2013", metavar="ROOT")
    ask.add_argument("--out", type=Path)
    ask = ask.parse_args()
    record = {"faces": ask.faces, "scores": {}}
    if ask.out and ask.out.exists():
        record = json.loads(ask.out.read_text(encoding="utf-8"))
        if record["faces"] != ask.faces:
            sys.exit(
                f"expected a record of {ask.faces} faces in {ask.out}, found {record['faces']}: name another file."
            )
    record["command"] = command(ask)
    record["device"] = fe.training.choose_device().type
    record["versions"] = {"fer_edu": fe.__version__, "torch": torch.__version__}

    def score(name, seed, pair):
        """Score one seed of one row, unless the record already has it; pair() returns train and val."""
        scores = record["scores"].setdefault(name, [])
        if seed == len(scores):
            scores.append(round(accuracy(*pair(), seed), 4))
            if ask.out:
                write_json(ask.out, record)
        print(f"{name:24s} seed {seed}  {100 * scores[seed]:5.1f} %", flush=True)

    record["ceilings"] = {}
    for preset in fe.faces.PRESETS:
        best = fe.faces.ceiling(preset)
        record["ceilings"][preset] = {"labels": round(best.accuracy, 4), "clean labels": round(best.clean_accuracy, 4)}
    for seed in range(ask.seeds):
        for preset in ask.presets:
            score(preset, seed, lambda preset=preset, seed=seed: faces_of(preset, ask.faces, seed))
            score(
                f"{preset}, pose undone",
                seed,
                lambda preset=preset, seed=seed: map(fe.faces.upright, faces_of(preset, ask.faces, seed)),
            )
        if ask.fer2013:
            score("FER-2013", seed, lambda seed=seed: real_faces(ask.fer2013, ask.faces, seed))
    if ask.out:
        write_json(ask.out, record)
    print()
    for name, scores in record["scores"].items():
        best = record["ceilings"].get(name)
        beside = (
            f"; ceiling {100 * best['labels']:.1f} %, on clean labels {100 * best['clean labels']:.1f} %"
            if best
            else ""
        )
        tell(name, scores, beside)
    for preset in ask.presets:
        pair = record["scores"][preset], record["scores"][f"{preset}, pose undone"]
        tell(f"{preset}, gain by pose", [b - a for a, b in zip(*pair, strict=True)])


def tell(name, scores, beside=""):
    if len(scores) < 2:
        print(f"{name:24s} {100 * scores[0]:5.1f} %{beside}")
        return
    mean, half = fe.evaluation.student_t(scores)
    print(f"{name:24s} {100 * mean:5.1f} % +- {100 * half:.1f} (95 %, {len(scores)} seeds){beside}")


def command(ask):
    """Return what was typed, with ROOT for the folder of the data, which is nobody else's business."""
    typed = f"python results/difficulty.py --presets {' '.join(ask.presets)} --faces {ask.faces} --seeds {ask.seeds}"
    return typed + (" --fer2013 ROOT" if ask.fer2013 else "") + f" --out {ask.out}"


if __name__ == "__main__":
    main()
