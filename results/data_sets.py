"""What is in FER-2013, in numbers: FER+'s votes, what the audit finds, and what copies are worth to a network.

    python results/data_sets.py --fer2013 ROOT --ferplus FILE

Reads Training and PublicTest, never PrivateTest. ROOT: a copy of FER-2013 in the original order (its csv or an npz).
FILE: fer2013new.csv. Writes fer_edu/records/data_sets.json, which ships with the package and which notebook 01 shows:
counts alone, no picture and no row. It takes a quarter of a minute.
"""

import argparse
from importlib.metadata import version
from pathlib import Path

import torch

import fer_edu as fe
from fer_edu.data.fer2013 import PARTS
from fer_edu.emotions import CLASSES_8
from fer_edu.files import write_json

COMMAND = "python results/data_sets.py --fer2013 ROOT --ferplus FILE"
NO_MAJORITY = len(CLASSES_8)
"""The column of pictures without a majority, after those of the eight emotions."""


def votes(faces):
    """Return the numbers of one part: how the annotators' votes stand to the original labels."""
    majority = faces.votes.majority()
    columns = torch.where(majority < 0, NO_MAJORITY, majority)
    table = torch.zeros(len(faces.classes), NO_MAJORITY + 1, dtype=torch.int64)
    table.index_put_((faces.labels, columns), torch.ones(len(faces), dtype=torch.int64), accumulate=True)
    leading = faces.votes.emotions.amax(1).long()
    bits = faces.votes.entropy()
    return {
        "pictures": len(faces),
        "majority": table.tolist(),  # [label, majority]; the last column: no majority
        "leading": torch.bincount(leading, minlength=11).tolist(),  # pictures whose first emotion has 0, 1, ... votes
        "entropy": [round(bits[faces.labels == k].mean().item(), 4) for k in range(len(faces.classes))],
        "not_a_face": int((~faces.votes.faces()).sum()),
    }


def findings(audit, sets):
    """Return the audit's findings, a row a finding: level, kind, sets, count, of, title."""
    rows = [{key: row[key] for key in ("level", "kind", "sets", "count", "of", "title")} for row in audit.table()]
    return {"pictures": {name: len(faces) for name, faces in sets.items()}, "findings": rows}


def memory(network, val, audit):
    """Return how many pictures of val a shipped network names: those on which it was fitted, and the rest.

    Copies may also be easier than the rest. So "alike" is the share named of pictures that are like the copies but not
    in train: the same classes as often, and as many votes for the label, in fifths.
    """
    right = (fe.models.predict(fe.models.pretrained(network), val.images).argmax(1) == val.labels).double()
    known = torch.zeros(len(val), dtype=torch.bool)
    known[list(audit.leave_out["val"]["in an earlier set"])] = True
    share = val.votes.emotions.gather(1, val.labels[:, None])[:, 0] / val.votes.cast
    kind = 5 * val.labels + (5 * share).long().clamp(max=4)
    alike = []
    for one in kind[known].unique():
        others = right[(kind == one) & ~known]
        if len(others):
            alike += [others.mean().item()] * int((kind[known] == one).sum())
    return {
        "network": network,
        "in train": {"right": int(right[known].sum()), "of": int(known.sum())},
        "others": {"right": int(right[~known].sum()), "of": int((~known).sum())},
        "alike": {"share": round(sum(alike) / len(alike), 4), "of": len(alike)},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fer2013", required=True, type=Path)
    parser.add_argument("--ferplus", required=True, type=Path)
    args = parser.parse_args()

    sets = {split: fe.data.load("fer2013", split, root=args.fer2013) for split in ("train", "val")}
    sets = {split: fe.data.with_votes(faces, args.ferplus) for split, faces in sets.items()}
    audit = fe.data.audit(sets)
    record = {
        "command": COMMAND,
        "versions": {name: version(name) for name in ("fer_edu", "torch")},
        "fingerprints": {split: faces.fingerprint() for split, faces in sets.items()},
        "votes": {part: votes(faces) for part, faces in zip(PARTS, sets.values(), strict=False)},
        "audit": findings(audit, sets),
        "memory": memory("sdl-fer2013", sets["val"], audit),
    }
    write_json(Path(fe.records.__file__).parent / "data_sets.json", record)


if __name__ == "__main__":
    main()
