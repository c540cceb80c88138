"""Turn a run folder into a record under results/ and, on request, into a network that ships with the package.

    python results/make_record.py RUN NAME --data fer2013:PATH [--exclude audit.json] [--ship]

Writes results/NAME.json: how the run was made (run.json), its history, and the best checkpoint's scores on val, scored
anew here: plain, with flips, with shifts, and with --exclude also plain without what the audit leaves out for scoring.
--ship writes the best checkpoint to fer_edu/weights/NAME.pt, kernels and matrices in half precision; the scores are
those of that file. Never touches the test split.
"""

import argparse
import json
from pathlib import Path

import fer_edu as fe
from fer_edu.files import write_json

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--data", required=True, help="the data that the run used, as for fer-edu train")
    parser.add_argument("--exclude", metavar="FILE", help="an audit's JSON: also score without the copies it lists")
    parser.add_argument("--ship", action="store_true")
    args = parser.parse_args()

    run, history = (json.loads((args.run / f"{part}.json").read_text(encoding="utf-8")) for part in ("run", "history"))
    name, root, options = fe.data.parse(args.data)
    options.pop("size", None)  # the size named on the command line is that of the training set
    val = fe.data.load(name, split="val", root=root, **options)
    expected = run["identity"]["data"]["val"]["fingerprint"]
    if val.fingerprint() != expected:
        raise SystemExit(f"expected the run's val set {expected}, found {val.fingerprint()}: give its --data.")
    model = fe.models.load_checkpoint(args.run / "best.pt")
    if args.ship:
        shipped = HERE.parent / "fer_edu" / "weights" / f"{args.name}.pt"
        fe.models.save_checkpoint(shipped, model, model.classes, half=True, **model.record)
        model = fe.models.load_checkpoint(shipped)
    report = fe.evaluation.evaluate(model, val)
    looks = {views: fe.evaluation.evaluate(model, val, views) for views in fe.models.VIEWS[1:]}
    if run["command"] and root:  # where the data lay on one machine is nobody else's business
        run["command"] = run["command"].replace(str(root), "ROOT")
    averaged = model.record.get("averaged")  # of results/average.py, which chooses no epoch
    best = max(history, key=lambda row: row["val_accuracy"])
    record = {
        "name": args.name,
        "run": run,
        "chosen_epoch": None if averaged else best["epoch"],
        "val_accuracy": report.accuracy,
        "val": report.as_dict(),
        "val_looks": {views: {"accuracy": r.accuracy, "correct": r.correct} for views, r in looks.items()},
        "history": history,
    }
    if args.exclude:
        kept = fe.evaluation.evaluate(model, fe.data.exclude(val, args.exclude, use="score"))
        record["val_without_copies"] = {key: kept.as_dict()[key] for key in ("accuracy", "correct", "pictures", "data")}
    write_json(HERE / f"{args.name}.json", record)
    print(report)
    for views, r in looks.items():
        print(f"with {views}: {r.correct} of {r.pictures}, {r.accuracy:.2%}")
    if args.exclude:
        print(f"plain, without copies: {kept.correct} of {kept.pictures}, {kept.accuracy:.2%}")


if __name__ == "__main__":
    main()
