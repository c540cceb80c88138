"""One network out of several cycles of one training: the mean of their weights, batch normalisation counted anew.

    python results/average.py RUN [RUN ...] --data fer2013:ROOT --out RUN

Each RUN is a run folder of `fer-edu train` whose recipe keeps a running average of the weights, and each but the first
started from the one before it (`--start`), so that all lie in one valley: the mean of what they end with (the running
average after the last epoch; no epoch is chosen) can be better than any of them. The means and deviations of batch
normalisation are then taken anew from all of train, without augmentation, since val is not augmented either
(torch.optim.swa_utils.update_bn). Writes a run folder that results/make_record.py takes. val is scored and chooses
nothing here; test is not read.
"""

import argparse
import json
from pathlib import Path

import torch
from torch.optim.swa_utils import update_bn

import fer_edu as fe
from fer_edu.files import write_json


def ending(run):
    """Return a run's running average after its last epoch, name -> tensor; float parts alone."""
    average = torch.load(run / "last.pt", map_location="cpu", weights_only=True)["average"]
    if average is None:
        raise SystemExit(f"expected a run with a running average in {run}, found none: train with --set ema=0.999.")
    weights = {name.removeprefix("module."): tensor for name, tensor in average.items()}
    return {name: tensor for name, tensor in weights.items() if tensor.is_floating_point()}


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("runs", nargs="+", type=Path)
    ask.add_argument("--data", required=True, help="the data that the runs used, as for fer-edu train")
    ask.add_argument("--out", required=True, type=Path)
    ask = ask.parse_args()
    name, root, options = fe.data.parse(ask.data)
    train, val = (fe.data.load(name, split=split, root=root, **options) for split in ("train", "val"))
    model = fe.models.load_checkpoint(ask.runs[-1] / "best.pt")
    endings = [ending(run) for run in ask.runs]
    mean = {key: torch.stack([weights[key] for weights in endings]).mean(0) for key in endings[0]}
    model.load_state_dict(model.state_dict() | mean)
    update_bn((images.float() / 255 for images in train.images.split(256)), model.train())
    model.eval()

    report = fe.evaluation.evaluate(model, val)
    history = []
    for run in ask.runs:
        done = len(history)  # epochs are counted on from cycle to cycle
        rows = json.loads((run / "history.json").read_text(encoding="utf-8"))
        history += [{**row, "epoch": done + row["epoch"]} for row in rows]
    about = json.loads((ask.runs[-1] / "run.json").read_text(encoding="utf-8"))
    about["command"] = (
        f"python results/average.py {' '.join(f'runs/{run.name}' for run in ask.runs)} --data {name}:ROOT"
    )
    about["command"] += f" --out runs/{ask.out.name}"
    ask.out.mkdir(parents=True, exist_ok=True)
    record = {"averaged": [run.name for run in ask.runs], "val_accuracy": report.accuracy, "run": about}
    fe.models.save_checkpoint(ask.out / "best.pt", model, train.classes, **record)
    write_json(ask.out / "run.json", about)
    write_json(ask.out / "history.json", history)
    print(report)


if __name__ == "__main__":
    main()
