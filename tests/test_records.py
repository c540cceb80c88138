"""What ships with the package is what was measured: the short records agree with the long ones."""

import importlib.util
import json
from pathlib import Path

import pytest

from fer_edu import records
from fer_edu.data.fer2013 import COUNTS
from fer_edu.errors import DataError
from fer_edu.photos import framing

ROOT = Path(__file__).resolve().parents[1]


def script(name):
    """Return results/NAME.py as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"results/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_transformers_short_record_is_made_of_the_long_ones():
    assert records.read("transformer") == script("transformer").short()


def test_the_imbalances_short_record_is_made_of_the_long_one():
    long = json.loads((ROOT / "results/imbalance.json").read_text(encoding="utf-8"))
    assert records.read("imbalance") == script("imbalance").short(long)
    assert len(records.read("imbalance")["seeds"]) >= 4


@pytest.mark.parametrize(("name", "seeds"), [("ablation", 5), ("paper-recipe", 3)])
def test_a_sweeps_short_record_is_made_of_the_long_one_and_has_what_its_plan_asks_for(name, seeds):
    long = json.loads((ROOT / f"results/{name}.json").read_text(encoding="utf-8"))
    plan = json.loads((ROOT / f"results/plans/{name}.json").read_text(encoding="utf-8"))
    assert records.read(name.replace("-", "_")) == script("ship_sweep").short(long)
    assert list(long["rows"]) == list(plan["rows"])
    assert len(long["seeds"]) == seeds == plan["seeds"]
    assert (long["pictures"], long["base"]) == (plan["pictures"], plan["base"])


def test_the_data_sets_record_counts_every_picture_of_the_published_parts_once():
    """Training and PublicTest alone; the rows of the table of labels against votes are the published class counts."""
    record = records.read("data_sets")
    assert list(record["votes"]) == ["Training", "PublicTest"]
    for part, row in record["votes"].items():
        assert tuple(map(sum, row["majority"])) == COUNTS[part]
        assert row["pictures"] == sum(row["leading"]) == sum(COUNTS[part])
    assert record["audit"]["pictures"] == {"train": 28_709, "val": 3_589}


def test_the_data_sets_record_agrees_with_what_others_counted():
    """280 of PublicTest's pictures also stand in Training, pixel for pixel: 7.8 %."""
    record = records.read("data_sets")
    (across,) = [row for row in record["audit"]["findings"] if row["kind"] == "copies across sets"]
    assert (across["count"], across["of"]) == (280, 3_589)


def test_the_judged_network_is_the_shipped_one_and_every_count_is_of_its_answers():
    judged = records.read("judged")
    long = json.loads((ROOT / f"results/{judged['network']}.json").read_text(encoding="utf-8"))
    assert judged["confusion"] == long["val"]["confusion"]
    assert tuple(map(sum, judged["confusion"])) == COUNTS["PublicTest"]
    assert judged["correct"] == sum(row[k] for k, row in enumerate(judged["confusion"]))
    assert judged["leakage"]["all"] == judged["votes"]["against_label"] == [judged["correct"], judged["pictures"]]
    for copies, others in (("exact copies", "without exact"), ("exact and near copies", "without exact and near")):
        assert list(map(sum, zip(*map(judged["leakage"].get, (copies, others)), strict=True))) == [
            judged["correct"],
            judged["pictures"],
        ]
    for part in ("before", "after"):
        assert sum(judged["calibration"][part]["counts"]) == judged["calibration"]["scored_on"]
    for views, look in judged["looks"].items():
        assert look["correct"] == long["val_looks"][views]["correct"]
        assert look["correct"] - judged["correct"] == look["mcnemar"]["only_b"] - look["mcnemar"]["only_a"]


def test_the_peeking_record_has_both_curves_of_every_seed():
    peeking = records.read("peeking")
    assert len(peeking["seeds"]) == 8
    for part, pictures in (("val", peeking["held_out"]), ("test", sum(COUNTS["PublicTest"]))):
        assert [len(curve) for curve in peeking[part]] == [peeking["epochs"]] * 8
        # Every accuracy is a whole number of pictures.
        hits = [pictures * share for curve in peeking[part] for share in curve]
        assert max(abs(hit - round(hit)) for hit in hits) < 0.05


@pytest.mark.parametrize("part", ["faces", "digits"])
def test_every_row_has_five_seeds(part):
    long = json.loads((ROOT / f"results/transformer-{part}.json").read_text(encoding="utf-8"))
    assert {name: len(runs) for name, runs in long["runs"].items()} == dict.fromkeys(long["runs"], 5)


def test_an_unknown_record_is_named():
    with pytest.raises(DataError, match="record out of ablation, .*transformer, found 'x'"):
        records.read("x")


def test_the_papers_recipe_is_dead_after_three_epochs_as_the_notebook_says():
    letter = records.read("paper_letter")
    assert [row["epoch"] for row in letter["history"]] == [1, 2, 3]
    assert all(block["gradient"] == 0 for block in letter["blocks"].values())
    assert letter["blocks"]["hidden layer"]["dead"] == letter["blocks"]["hidden layer"]["units"]
    assert letter["largest bias of the hidden layer"] < 0
    # The two matrices of the L2 term and the last bias; 128 units, 7 classes.
    assert sorted(map(len, letter["moments"]["above 1e-40"])) == [1, 2, 2]
    assert sorted(letter["answers on PublicTest"])[:-1] == [0] * 6
    assert letter["right on PublicTest"] in COUNTS["PublicTest"]


@pytest.mark.parametrize("name", ["shortcut", "attention"])
def test_what_a_saliency_script_measured_ships_in_short(name):
    long = json.loads((ROOT / f"results/{name}.json").read_text(encoding="utf-8"))
    assert records.read(name) == script(name).short(long)


def test_the_shortcuts_record_has_five_seeds_and_the_attentions_three_of_every_row():
    behaviour = records.read("shortcut")["networks"]["cnn"]["behaviour"]
    assert {len(row["accuracy"]) for row in behaviour.values()} == {5}
    assert {len(row["accuracy"]) for row in records.read("attention")["rows"].values()} == {3}


def test_the_leaderboard_is_made_of_the_long_record_of_fifteen_networks_and_the_shipped_one():
    long = json.loads((ROOT / "results/saliency.json").read_text(encoding="utf-8"))
    assert records.read("leaderboard") == script("saliency").short(long)
    assert len(long["networks"]) == 16
    assert {network["faces"] for network in long["networks"].values()} == {200}


def test_the_own_face_record_counts_every_face_once_and_its_framing_is_what_crop_uses():
    record = records.read("own_face")
    judging, shifts = record["judging"], record["shifts"]
    assert judging["fitted_on"] + judging["answered"][1] == 3_589
    rows = judging["by_class"].values()
    assert sum(row["answered"][0] for row in rows) == judging["answered"][0] == judging["right"][1]
    assert sum(row["right_when_said"][0] for row in rows) == judging["right"][0]
    assert sum(shifts["histogram"]) == 1000 == shifts["answered"]["any"][1] + shifts["not_answered"]["any"][1]
    assert 1000 - shifts["histogram"][0] == shifts["all"]["any"][0]
    mean = sum(k * count for k, count in enumerate(shifts["histogram"])) / 24_000
    assert abs(mean - shifts["all"]["share"]) < 1e-4
    assert abs(record["framing"]["side"] - framing.FRAME) < 0.005
    assert abs(record["framing"]["down"] - framing.DOWN) < 0.005
