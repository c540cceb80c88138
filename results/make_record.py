"""Turn a run folder into a record under results/ and, on request, into a network that ships with the package.

    python results/make_record.py RUN NAME --data fer2013:PATH [--ship]

Writes results/NAME.json: how the run was made (run.json), its history, and the best checkpoint's scores on val, scored
anew here. --ship also copies the best checkpoint to fer_edu/weights/NAME.pt. Never touches the test split.
"""

import argparse
import json
import shutil
from pathlib import Path

import fer_edu as fe
from fer_edu.files import write_atomically, write_json

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--data", required=True, help="the data that the run used, as for fer-edu train")
    parser.add_argument("--ship", action="store_true")
    args = parser.parse_args()

    run, history = (json.loads((args.run / f"{part}.json").read_text(encoding="utf-8")) for part in ("run", "history"))
    name, root, options = fe.data.parse(args.data)
    options.pop("size", None)  # the size named on the command line is that of the training set
    report = fe.evaluation.evaluate(
        fe.models.load_checkpoint(args.run / "best.pt"), fe.data.load(name, split="val", root=root, **options)
    )
    expected = run["identity"]["data"]["val"]["fingerprint"]
    if report.data["fingerprint"] != expected:
        raise SystemExit(f"expected the run's val set {expected}, found {report.data['fingerprint']}: give its --data.")
    best = max(history, key=lambda row: row["val_accuracy"])
    write_json(
        HERE / f"{args.name}.json",
        {
            "name": args.name,
            "run": run,
            "chosen_epoch": best["epoch"],
            "val_accuracy": report.accuracy,
            "val": report.as_dict(),
            "history": history,
        },
    )
    if args.ship:
        shipped = HERE.parent / "fer_edu" / "weights" / f"{args.name}.pt"
        write_atomically(shipped, lambda temporary: shutil.copyfile(args.run / "best.pt", temporary))
    print(report)


if __name__ == "__main__":
    main()
