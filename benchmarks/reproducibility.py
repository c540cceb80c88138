"""How far apart two runs of the same seed end on a device.

    python benchmarks/reproducibility.py [--device auto] [--epochs 2] [--size 1000] [--runs 2] [--model sdl-small]

Trains the same seed several times on generated faces and prints each run's accuracies, and how far its weights and its
logits on the validation faces lie from the first run's. On a CPU every difference is 0, and anything else ends in exit
code 1. On CUDA they need not be 0, see fer_edu/training/loop.py. Beside them, for scale: what another seed gives.
"""

import argparse
import sys

import torch

import fer_edu as fe
from fer_edu.training.device import describe


def train(name, sets, recipe, device, seed):
    """Return (weights, logits on val, val accuracy of each epoch) of one run, as its last epoch leaves them."""
    model, last = fe.models.create(name, seed=seed), []

    def keep(row):
        if row["epoch"] == recipe.epochs:
            weights = {key: value.detach().cpu().clone() for key, value in model.state_dict().items()}
            last.extend([weights, fe.models.predict(model, sets[1].images)])

    history = fe.training.fit(model, *sets, recipe, device, seed=seed, progress="none", on_epoch=keep)
    return *last, history["val_accuracy"]


def compare(run, first):
    """Return (largest difference of a weight, largest of a logit, share of the faces called differently)."""
    weights = max((run[0][key] - first[0][key]).abs().max().item() for key in first[0])
    called = (run[1].argmax(1) != first[1].argmax(1)).float().mean().item()
    return weights, (run[1] - first[1]).abs().max().item(), called


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default auto)")
    parser.add_argument("--model", default="sdl-small", help="a name of fer_edu.models.names() (default sdl-small)")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--size", type=int, default=1000, help="generated faces to train on (default 1000)")
    parser.add_argument("--runs", type=int, default=2, help="how often the same seed is trained (default 2)")
    args = parser.parse_args()

    device = fe.training.choose_device(args.device)
    sets = [fe.data.load("faces", split=split, size=size) for split, size in (("train", args.size), ("val", 500))]
    recipe = fe.training.recipe("classroom", epochs=args.epochs)
    precision = fe.training.choose_precision(recipe.precision, device)
    print(f"{args.model} on {describe(device)}, {precision}, torch {torch.__version__}")
    print(f"{args.epochs} epochs of {args.size} generated faces, {args.runs} runs of seed 0 and one of seed 1\n")
    print(f"{'run':<8}{'weights':>12}{'logits':>12}{'called otherwise':>19}   val accuracy of each epoch")

    runs, worst = [], 0.0
    for seed in [0] * args.runs + [1]:
        runs.append(train(args.model, sets, recipe, device, seed))
        weights, logits, called = compare(runs[-1], runs[0])
        if seed == 0:
            worst = max(worst, weights, logits)
        accuracies = " ".join(f"{accuracy:.2%}" for accuracy in runs[-1][2])
        label = f"seed {seed}"
        print(f"{label:<8}{weights:>12.3g}{logits:>12.3g}{called:>19.2%}   {accuracies}", flush=True)
    print(f"\nlargest difference of the same seed: {worst:.3g}")
    return int(device.type == "cpu" and worst > 0)


if __name__ == "__main__":
    sys.exit(main())
