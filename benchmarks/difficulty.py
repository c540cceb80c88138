"""How hard each preset is: what a small network learns from 4,000 faces, beside the best that anybody could do.

    python benchmarks/difficulty.py [--presets easy classroom wild cartoon] [--faces 4000] [--seeds 1] [--fer2013 ROOT]

For each preset: the accuracy on 1,000 faces of val of a plain network of three convolutions, trained by the classroom
recipe; the same with every picture un-warped by its true pose first; and the ceiling given the action units. With
--fer2013 the same network, recipe and number of pictures on FER-2013: Training, scored on PublicTest. The epoch is
chosen on the faces that are scored, everywhere alike.
"""

import argparse
from dataclasses import replace
from types import SimpleNamespace

import torch
from torch import nn

import fer_edu as fe


class SmallCNN(nn.Module):
    """Three times convolution, normalisation, ReLU and pooling, then two linear layers: 0.39 M parameters."""

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


def unwarped(faces):
    """Return the same faces seen through the look that undoes their true pose."""
    square = torch.cat([faces.truth.theta, torch.tensor([0.0, 0.0, 1.0]).expand(len(faces), 1, 3)], dim=1)
    grid = fe.geometry.affine_grid(torch.linalg.inv(square)[:, :2], faces.images.shape)
    upright = fe.geometry.bilinear_sample(faces.images.float(), grid, padding_mode="border")
    return replace(faces, images=upright.round().to(torch.uint8))


def accuracy(train, val, seed):
    torch.manual_seed(seed)
    model = SmallCNN(len(train.classes))
    history = fe.training.fit(model, train, val, fe.training.recipe("classroom"), seed=seed, progress="none")
    return history.best["val_accuracy"]


def tell(name, scores, beside=""):
    scores = torch.tensor(scores) * 100
    spread = f" +- {scores.std():.1f} over {len(scores)} seeds" if len(scores) > 1 else ""
    print(f"{name:28s} {scores.mean():5.1f} %{spread}{beside}", flush=True)


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--presets", nargs="*", default=list(fe.faces.PRESETS))
    ask.add_argument("--faces", type=int, default=4000)
    ask.add_argument("--seeds", type=int, default=1)
    ask.add_argument("--fer2013", metavar="ROOT")
    ask = ask.parse_args()
    for preset in ask.presets:
        ceiling = fe.faces.ceiling(preset)
        splits = [
            [fe.data.load("faces", split=split, size=size, seed=seed, difficulty=preset) for seed in range(ask.seeds)]
            for split, size in (("train", ask.faces), ("val", 1000))
        ]
        pairs = list(zip(*splits, strict=True))
        best = f"; ceiling {100 * ceiling.accuracy:.1f} %, on clean labels {100 * ceiling.clean_accuracy:.1f} %"
        tell(preset, [accuracy(train, val, seed) for seed, (train, val) in enumerate(pairs)], best)
        known = [accuracy(unwarped(train), unwarped(val), seed) for seed, (train, val) in enumerate(pairs)]
        tell(f"{preset}, pose undone", known)
    if ask.fer2013:
        train = fe.data.load("fer2013", split="train", root=ask.fer2013)
        val = fe.data.load("fer2013", split="val", root=ask.fer2013)
        scores = []
        for seed in range(ask.seeds):
            some = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[: ask.faces]
            scores.append(accuracy(train[some], val, seed))
        tell("FER-2013", scores)


if __name__ == "__main__":
    main()
