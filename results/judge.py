"""A shipped network judged on FER-2013's PublicTest: counts, calibration, abstention, annotators, copies, two looks.

    python results/judge.py --fer2013 ROOT --ferplus FILE [--network sdl-fer2013]

Reads Training (only to find the copies) and PublicTest, never PrivateTest. ROOT: a copy of FER-2013 in the original
order (its csv or an npz). FILE: fer2013new.csv. Writes fer_edu/records/judged.json, which ships with the package and
which notebook 07 shows: counts alone, no picture and no row. It takes two minutes.

The temperature is fitted on one half of PublicTest, drawn by seed 0, and judged on the other. The network's epoch was
chosen on PublicTest, so all scores flatter it a little.
"""

import argparse
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

import fer_edu as fe
from fer_edu import evaluation
from fer_edu.files import write_json

COMMAND = "python results/judge.py --fer2013 ROOT --ferplus FILE"
EXACT = ("in an earlier set",)
NEAR = ("near in an earlier set", "mirrored in an earlier set")


def rounded(values, digits=5):
    """Return a list of numbers, rounded."""
    return [round(float(value), digits) for value in values]


def bins(probabilities, labels):
    """Return the reliability diagram and what it sums up to."""
    found = evaluation.reliability(probabilities, labels)
    return {
        "counts": found.counts.tolist(),
        "confidence": rounded(found.confidence),
        "accuracy": rounded(found.accuracy),
        "ece": round(found.ece, 5),
        "nll": round(evaluation.nll(probabilities, labels), 5),
    }


def calibration(logits, labels):
    """Fit the temperature on one half of the pictures, and judge it on the other."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    fitted, scored = order.tensor_split(2)
    temperature = evaluation.fit_temperature(logits[fitted], labels[fitted])
    return {
        "fitted_on": len(fitted),
        "scored_on": len(scored),
        "temperature": round(temperature, 4),
        "before": bins(logits[scored].softmax(1), labels[scored]),
        "after": bins(evaluation.apply_temperature(logits[scored], temperature), labels[scored]),
    }


def abstention(probabilities, right, points=50):
    """Return the risk-coverage curve at evenly spaced coverages."""
    curve = evaluation.risk_coverage(probabilities.amax(1), right)
    places = np.searchsorted(curve.coverage, np.linspace(1 / points, 1, points) - 1e-12)
    return {
        "coverage": rounded(curve.coverage[places]),
        "risk": rounded(curve.risk[places]),
        "threshold": rounded(curve.thresholds[places]),
        "area": round(curve.area, 5),
    }


def votes(predicted, faces):
    """Return the scores against FER+'s annotators, and what the annotators reach themselves."""
    found = evaluation.against_votes(predicted, faces.votes, faces.labels)
    ceiling = evaluation.annotator_ceiling(faces.votes, faces.labels)

    def pair(share):
        return [share.hits, share.n]

    return {
        "against_label": pair(found.against_label),
        "against_majority": pair(found.against_majority),
        "by_agreement": [
            {"leading": row.leading, "label": pair(row.against_label), "majority": pair(row.against_majority)}
            for row in found.by_agreement
        ],
        "expected_agreement": round(found.expected_agreement, 5),
        "ceiling": {
            "majority_against_label": pair(ceiling.majority_against_label),
            "one_against_label": round(ceiling.one_against_label, 5),
            "one_against_another": round(ceiling.one_against_another, 5),
            "best_agreement": round(ceiling.best_agreement, 5),
        },
    }


def leakage(right, labels, left_out):
    """Return [hits, pictures] of all, of the copies, and of what is left without them."""

    def marked(kinds):
        mask = torch.zeros(len(right), dtype=torch.bool)
        mask[sorted({row for kind in kinds for row in left_out.get(kind, ())})] = True
        return mask

    exact, both = (evaluation.leakage(right, marked(kinds), labels) for kinds in (EXACT, EXACT + NEAR))
    shares = {
        "all": exact.all,
        "exact copies": exact.copies,
        "without exact": exact.without,
        "exact and near copies": both.copies,
        "without exact and near": both.without,
    }
    found = {name: [share.hits, share.n] for name, share in shares.items()}
    return found | {"expected of the copies' classes": round(exact.expected, 5)}


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--fer2013", required=True, type=Path)
    ask.add_argument("--ferplus", required=True, type=Path)
    ask.add_argument("--network", default="sdl-fer2013")
    ask = ask.parse_args()

    sets = {split: fe.data.load("fer2013", split, root=ask.fer2013) for split in ("train", "val")}
    left_out = fe.data.audit(sets).leave_out["val"]
    val = fe.data.with_votes(sets["val"], ask.ferplus)
    model = fe.models.pretrained(ask.network)
    logits = {views: fe.models.predict(model, val.images, views=views) for views in fe.models.VIEWS}
    report = evaluation.evaluate(model, val)
    right = {views: found.argmax(1) == val.labels for views, found in logits.items()}
    record = {
        "command": COMMAND,
        "versions": {name: version(name) for name in ("fer_edu", "torch")},
        "fingerprints": {split: faces.fingerprint() for split, faces in sets.items()},
        "network": ask.network,
        "pictures": report.pictures,
        "correct": report.correct,
        "classes": list(report.classes),
        "confusion": report.confusion.tolist(),
        "balanced_accuracy": round(report.balanced_accuracy, 5),
        "macro_f1": round(report.macro_f1, 5),
        "kappa": round(report.kappa, 5),
        "top2": round(report.top2, 5),
        "calibration": calibration(logits["plain"], val.labels),
        "abstention": abstention(report.probabilities, right["plain"]),
        "votes": votes(report.predicted, val),
        "leakage": leakage(right["plain"], val.labels, left_out),
        "looks": {
            views: {
                "correct": int(right[views].sum()),
                "mcnemar": asdict(evaluation.mcnemar(right["plain"], right[views])),
            }
            for views in fe.models.VIEWS[1:]
        },
    }
    write_json(Path(fe.records.__file__).parent / "judged.json", record)


if __name__ == "__main__":
    main()
