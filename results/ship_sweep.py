"""Write the short form of a sweep's record into the package, where a notebook reads it.

    fer-edu sweep results/plans/ablation.json --data fer2013:ROOT --out runs/ablation
    fer-edu sweep results/plans/ablation.json --out runs/ablation --merge results/ablation.json
    python results/ship_sweep.py results/ablation.json            -> fer_edu/records/ablation.json

The short form lacks each row's recipe and options, which its plan and the long form have.
"""

import argparse
import json
from pathlib import Path

import fer_edu as fe
from fer_edu.files import write_json

LEFT_OUT = ("recipe", "options")


def short(record):
    """Return the record without what the plan says anyway."""
    rows = {
        name: {key: value for key, value in row.items() if key not in LEFT_OUT} for name, row in record["rows"].items()
    }
    return {**record, "rows": rows}


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("record", type=Path)
    ask = ask.parse_args()
    record = json.loads(ask.record.read_text(encoding="utf-8"))
    name = ask.record.stem.replace("-", "_")
    write_json(Path(fe.records.__file__).parent / f"{name}.json", short(record))


if __name__ == "__main__":
    main()
