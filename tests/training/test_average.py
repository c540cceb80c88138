"""results/average.py: the mean of what two cycles end with, and batch statistics of pictures as they are."""

import json
import runpy
import sys
from pathlib import Path

import pytest
import torch

import fer_edu as fe

SCRIPT = Path(__file__).resolve().parents[2] / "results/average.py"
TINY = {"baseline_channels": (4, 4, 8, 8), "sdl_channels": (2, 4), "hidden": 16}
DATA = "faces:size=80,seed=1"


@pytest.fixture(scope="module")
def cycles(tmp_path_factory):
    """Two short cycles, the second of which starts from the first, each with a running average."""
    folder = tmp_path_factory.mktemp("cycles")
    train, val = (fe.data.load("faces", split, size=80, seed=1) for split in ("train", "val"))
    recipe, start = fe.training.recipe("classroom", epochs=1, batch_size=20, ema=0.5), None
    for name in ("one", "two"):
        model = fe.models.create("sdl", seed=0, **TINY)
        fe.training.fit(model, train, val, recipe, "cpu", folder / name, progress="none", start=start)
        start = model
    return folder


def averaged(monkeypatch, cycles, *names, data=DATA):
    out = cycles / "-".join(["of", *names])
    argv = [str(SCRIPT), *(str(cycles / name) for name in names), "--data", data, "--out", str(out)]
    monkeypatch.setattr(sys, "argv", argv)
    runpy.run_path(str(SCRIPT), run_name="__main__")
    return fe.models.load_checkpoint(out / "best.pt")


def kept(cycles, name):
    average = torch.load(cycles / name / "last.pt", weights_only=True)["average"]
    return {key.removeprefix("module."): value for key, value in average.items()}


def test_every_weight_is_the_mean_of_both_ends_and_the_statistics_are_those_of_plain_pictures(monkeypatch, cycles):
    model = averaged(monkeypatch, cycles, "one", "two")
    one, two = kept(cycles, "one"), kept(cycles, "two")
    for name, value in model.named_parameters():
        torch.testing.assert_close(value.detach(), (one[name] + two[name]) / 2)
    first = next(part for part in model.modules() if isinstance(part, torch.nn.BatchNorm2d))
    train = fe.data.load("faces", "train", size=80, seed=1)
    seen = []
    first.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        model(train.images.float() / 255)
    torch.testing.assert_close(first.running_mean, seen[0].mean((0, 2, 3)), rtol=1e-4, atol=1e-5)


def test_epochs_are_counted_on_and_no_path_of_the_machine_is_kept(monkeypatch, cycles):
    averaged(monkeypatch, cycles, "one", "two")
    out = cycles / "of-one-two"
    assert [row["epoch"] for row in json.loads((out / "history.json").read_text())] == [1, 2]
    assert str(cycles) not in (out / "run.json").read_text()


def test_a_run_without_a_running_average_is_refused(monkeypatch, cycles):
    train, val = (fe.data.load("faces", split, size=80, seed=1) for split in ("train", "val"))
    recipe = fe.training.recipe("classroom", epochs=1, batch_size=20)
    model = fe.models.create("sdl", seed=0, **TINY)
    fe.training.fit(model, train, val, recipe, "cpu", cycles / "plain", progress="none")
    with pytest.raises(SystemExit, match="running average in .*, found none"):
        averaged(monkeypatch, cycles, "plain")
