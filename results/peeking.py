"""What does the habit of reporting the best epoch on the test set buy? Accuracy of each epoch on two sets, by seed.

    python results/peeking.py --fer2013 ROOT [--seeds 8] [--out fer_edu/records/peeking.json]

A seed draws 4,000 pictures of Training to fit on and 1,000 others, and trains sdl-small on them with the paper's kind
of schedule, a rate that falls in steps. After every epoch the network names the 1,000 held-out pictures, which an
honest run chooses its epoch by, and PublicTest, which here plays the test set that nobody should have looked at.
PrivateTest is not read. The record is short, so it is written where it ships; notebook 07 shows it. Run again with the
same --out, it goes on after the last seed written.
"""

import argparse
import json
import platform
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu.files import write_json

PICTURES, HELD_OUT, EPOCHS = 4000, 1000, 25
RECIPE = {"epochs": EPOCHS, "schedule": "steps", "step_epochs": 10, "step_factor": 0.9}


def accuracy(model, faces):
    """Return the share of a FaceSet's pictures that the model names right."""
    predicted = fe.models.predict(model, faces.images).argmax(1)
    return round((predicted == faces.labels).double().mean().item(), 5)


def run(train, test, seed):
    """Train one network; return (accuracy of each epoch on the held-out pictures, the same on `test`)."""
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    held_out, fitted = (train[part.sort().values] for part in order[: HELD_OUT + PICTURES].split([HELD_OUT, PICTURES]))
    model = fe.models.create("sdl-small", seed=seed)
    val_curve, test_curve = [], []

    def look(row):
        val_curve.append(round(row["val_accuracy"], 5))
        test_curve.append(accuracy(model, test))

    recipe = fe.training.recipe("classroom", **RECIPE)
    fe.training.fit(model, fitted, held_out, recipe, seed=seed, on_epoch=look, progress="none")
    return val_curve, test_curve


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--fer2013", metavar="ROOT")
    ask.add_argument("--seeds", type=int, default=8)
    ask.add_argument("--out", type=Path, default=Path(fe.records.__file__).parent / "peeking.json")
    ask = ask.parse_args()
    train, test = (fe.data.load("fer2013", split, ask.fer2013) for split in ("train", "val"))
    device = fe.training.choose_device()
    record = {
        "command": f"python results/peeking.py --fer2013 ROOT --seeds {ask.seeds}",
        "network": "sdl-small",
        "pictures": PICTURES,
        "held_out": HELD_OUT,
        "epochs": EPOCHS,
        "recipe": {"classroom": RECIPE},
        "device": fe.training.device.describe(device),
        "precision": fe.training.choose_precision("auto", device),
        "versions": {"fer_edu": fe.__version__, "torch": torch.__version__, "python": platform.python_version()},
        "fingerprints": {"train": train.fingerprint(), "test": test.fingerprint()},
        "seeds": [],
        "val": [],
        "test": [],
    }
    if ask.out.exists():
        before = json.loads(ask.out.read_text(encoding="utf-8"))
        record |= {key: before[key] for key in ("seeds", "val", "test")}
    for seed in range(ask.seeds):
        if seed not in record["seeds"]:
            val_curve, test_curve = run(train, test, seed)
            record["seeds"].append(seed)
            record["val"].append(val_curve)
            record["test"].append(test_curve)
            write_json(ask.out, record)
            print(seed, max(val_curve), test_curve[val_curve.index(max(val_curve))], max(test_curve), flush=True)


if __name__ == "__main__":
    main()
