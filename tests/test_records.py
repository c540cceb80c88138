"""What ships with the package is what was measured: the short records agree with the long ones."""

import importlib.util
import json
from pathlib import Path

import pytest

from fer_edu import records
from fer_edu.errors import DataError

ROOT = Path(__file__).resolve().parents[1]


def test_the_transformers_short_record_is_made_of_the_long_ones():
    spec = importlib.util.spec_from_file_location("transformer", ROOT / "results/transformer.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert records.read("transformer") == script.short()


@pytest.mark.parametrize("part", ["faces", "digits"])
def test_every_row_has_five_seeds(part):
    long = json.loads((ROOT / f"results/transformer-{part}.json").read_text(encoding="utf-8"))
    assert {name: len(runs) for name, runs in long["runs"].items()} == dict.fromkeys(long["runs"], 5)


def test_an_unknown_record_is_named():
    with pytest.raises(DataError, match="record out of transformer, found 'x'"):
        records.read("x")
