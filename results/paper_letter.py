"""The paper's recipe to the letter, on all of FER-2013: a look into the network where its training was stopped.

    fer-edu train sdl-plain --data fer2013:ROOT --recipe paper --set epochs=3 --out runs/paper
    python results/paper_letter.py runs/paper --fer2013 ROOT

Reads Training and PublicTest, never PrivateTest. Writes fer_edu/records/paper_letter.json, which ships: the history,
how the last epoch's network answers every picture, which units give 0 for every picture of Training (in a block of
convolutions: a whole map), and the norm of the gradient of the cross-entropy over all of Training by each block's
weights.

And what AdamW remembers. Its first moment falls by a tenth a step while a gradient is exactly 0: where it is down at
the smallest number that float32 has, about 1e-45, the augmented pictures of many hundred steps gave no gradient either.
Where moreover all units of the hidden layer are dead, their inputs are 0 for every picture and their biases below 0,
nothing can wake them: only the last bias still learns, so that no further epoch makes the answer depend on the face.
"""

import argparse
import json
from pathlib import Path

import torch
from torch.nn import functional as F

import fer_edu as fe
from fer_edu.files import write_json

BLOCKS = ("SDL-1", "SDL-2", "baseline", "hidden layer")


def blocks(model):
    """Return the blocks of an SDL network and the last ReLU of each, name -> (module with the weights, ReLU)."""
    relu = torch.nn.ReLU
    ends = [[part for part in block.extract if isinstance(part, relu)][-1] for block in (model.sdl1, model.sdl2)]
    ends += [[part for part in block if isinstance(part, relu)][-1] for block in (model.baseline, model.classifier)]
    linear = next(part for part in model.classifier if isinstance(part, torch.nn.Linear))
    return dict(zip(BLOCKS, zip((model.sdl1, model.sdl2, model.baseline, linear), ends, strict=True), strict=True))


def look_inside(model, faces, batch=256):
    """Return (logits of all pictures, and a dictionary a block: dead units, units, gradient norm)."""
    model.eval()
    model.zero_grad()
    parts, kept, highest, logits = blocks(model), {}, {}, []
    hooks = [
        relu.register_forward_hook(lambda module, inputs, output, name=name: kept.update({name: output.detach()}))
        for name, (_, relu) in parts.items()
    ]
    for images, labels in zip(faces.images.split(batch), faces.labels.split(batch), strict=True):
        answer = model(images.float() / 255)
        (F.cross_entropy(answer, labels, reduction="sum") / len(faces)).backward()
        logits.append(answer.detach())
        for name, output in kept.items():
            most = output.transpose(0, 1).flatten(1).amax(1)
            highest[name] = torch.maximum(highest[name], most) if name in highest else most
    for hook in hooks:
        hook.remove()
    rows = {}
    for name, (module, _) in parts.items():
        gradient = torch.cat([p.grad.flatten() for p in module.parameters() if p.grad is not None])
        dead = int((highest[name] <= 0).sum())
        rows[name] = {"dead": dead, "units": len(highest[name]), "gradient": gradient.norm().item()}
    return torch.cat(logits), rows


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("run", type=Path)
    ask.add_argument("--fer2013", required=True, metavar="ROOT")
    ask.add_argument("--out", type=Path, default=Path(fe.records.__file__).parent / "paper_letter.json")
    ask = ask.parse_args()
    train, val = (fe.data.load("fer2013", split, ask.fer2013) for split in ("train", "val"))
    run, history = (json.loads((ask.run / f"{part}.json").read_text(encoding="utf-8")) for part in ("run", "history"))
    model = fe.models.load_checkpoint(ask.run / "best.pt")
    state = torch.load(ask.run / "last.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    logits, rows = look_inside(model, train)
    moments = [kept["exp_avg"] for kept in state["optimizer"]["state"].values()]
    alive = [list(moment.shape) for moment in moments if moment.abs().max() > 1e-40]
    hidden = next(part for part in model.classifier if isinstance(part, torch.nn.Linear))
    answers = fe.models.predict(model, val.images).argmax(1)
    record = {
        "command": run["command"].replace(
            str(ask.run), "runs/paper"
        ),  # where it lay on one machine is nobody else's business
        "run": {key: run[key] for key in ("device", "precision", "versions") if key in run},
        "fingerprints": {"train": train.fingerprint(), "val": val.fingerprint()},
        "history": history,
        "blocks": rows,
        "moments": {"steps": int(next(iter(state["optimizer"]["state"].values()))["step"]), "tensors": len(moments)}
        | {"above 1e-40": alive},
        "largest bias of the hidden layer": hidden.bias.max().item(),
        "spread": logits.std(0).max().item(),  # of a logit over all of Training: 0 where the answer ignores the face
        "train_loss": F.cross_entropy(logits, train.labels).item(),
        "answers on PublicTest": torch.bincount(answers, minlength=7).tolist(),
        "right on PublicTest": int((answers == val.labels).sum()),
    }
    write_json(ask.out, record)
    print(json.dumps({key: record[key] for key in list(record)[4:]}, indent=1))


if __name__ == "__main__":
    main()
