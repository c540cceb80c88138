"""fer-edu sweep, and the options of train and evaluate that came with it, as a user meets them."""

import json

import pytest

from fer_edu.cli import main

TINY = {"baseline_channels": [4, 4, 8, 8], "sdl_channels": [2, 4], "hidden": 16}
FACES = ["--data", "faces:size=120,seed=1"]


@pytest.fixture
def plan(tmp_path):
    content = {
        "what": "a test",
        "model": "sdl-small",
        "options": TINY,
        "recipe": "classroom",
        "set": {"epochs": 1, "batch_size": 20},
        "pictures": 60,
        "held_out": 20,
        "seeds": 2,
        "base": "base",
        "rows": {"base": {}, "L2 term": {"set": {"lambda1": 0.001}, "says": "a penalty"}},
    }
    (tmp_path / "plan.json").write_text(json.dumps(content))
    return tmp_path / "plan.json"


def test_two_workers_share_a_plan_and_their_runs_merge_into_one_record(plan, tmp_path, capsys):
    out, record = tmp_path / "runs", tmp_path / "record.json"
    for index in ("0", "1"):
        assert main(["sweep", str(plan), *FACES, "--out", str(out), "--index", index, "--of", "2"]) == 0
    said = capsys.readouterr().out
    assert said.count("val accuracy") == 4 and "L2 term, seed 1" in said
    assert main(["sweep", str(plan), "--out", str(out), "--merge", str(record)]) == 0
    table = capsys.readouterr().out
    assert "L2 term" in table and "against base" in table
    found = json.loads(record.read_text())
    assert found["plan"] == "plan.json" and found["seeds"] == [0, 1]
    assert len(found["rows"]["L2 term"]["accuracy"]) == 2
    assert str(tmp_path) not in record.read_text()  # nothing of this machine in what is passed on


def test_a_worker_that_is_started_again_runs_nothing_twice(plan, tmp_path, capsys):
    argv = ["sweep", str(plan), *FACES, "--out", str(tmp_path / "runs"), "--seeds", "1"]
    assert main(argv) == 0
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("*.*")}
    assert main(argv) == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").rglob("*.*")} == files


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--index", "2", "--of", "2"], "an index from 0 to 1"),
        (["--set", "epochs=0"], "epochs"),
        (["--merge", "record.json"], "run the jobs first"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(plan, tmp_path, capsys, argv, sentence):
    assert main(["sweep", str(plan), *FACES, "--out", str(tmp_path / "runs"), *argv]) == 2
    assert sentence in capsys.readouterr().err
    assert main(["sweep", str(tmp_path / "none.json"), "--out", str(tmp_path / "runs")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_train_starts_from_a_checkpoint_and_evaluate_looks_more_than_once(tmp_path, capsys):
    options = [part for name, value in TINY.items() for part in ("--option", f"{name}={json.dumps(value)}")]
    train = ["train", "sdl-small", *FACES, *options, "--set", "epochs=1", "--set", "batch_size=20"]
    assert main([*train, "--out", str(tmp_path / "first")]) == 0
    start = ["--start", str(tmp_path / "first")]
    assert main([*train, *start, "--set", "ema=0.9", "--out", str(tmp_path / "second")]) == 0
    assert json.loads((tmp_path / "second/run.json").read_text())["identity"]["start"]
    assert main([*train[:2], *FACES, *start, "--out", str(tmp_path / "third")]) == 2
    assert "same name and options" in capsys.readouterr().err
    for views in ("plain", "flips", "shifts"):
        assert main(["evaluate", str(tmp_path / "second"), *FACES, "--views", views, "--json", "-"]) == 0
        assert json.loads(capsys.readouterr().out)["views"] == views


def test_seeds_side_by_side_have_a_folder_each_and_a_summary(tmp_path, capsys):
    options = [part for name, value in TINY.items() for part in ("--option", f"{name}={json.dumps(value)}")]
    argv = ["train", "sdl-small", *FACES, *options, "--set", "epochs=1", "--set", "batch_size=20"]
    assert main([*argv, "--seeds", "2", "--side-by-side", "--out", str(tmp_path / "r")]) == 0
    said = capsys.readouterr().out
    assert said.count("best epoch 1") == 2 and "over 2 seeds" in said
    scores = {}
    for seed in (0, 1):
        assert main(["evaluate", str(tmp_path / f"r/seed-{seed}"), "--data", "faces:seed=1", "--json", "-"]) == 0
        scores[seed] = json.loads(capsys.readouterr().out)["accuracy"]
    summary = json.loads((tmp_path / "r/summary.json").read_text())
    assert [row["val_accuracy"] for row in summary["runs"]] == pytest.approx(list(scores.values()))
