"""A run that is killed, short of disk, started from a trained network, or averaged."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
import torch

import fer_edu as fe
from fer_edu.errors import ModelError, RunFolderError
from fer_edu.training.steps import Steps

from .test_fit import assert_same, new_model, quick, stripes, weights, without_seconds

# A process that trains the same small run in the folder that it is given.
RUN = """
import sys
sys.path.insert(0, {here!r})
import torch, fer_edu as fe
from test_fit import new_model, quick, stripes
torch.set_num_threads(1)
recipe = quick(epochs=12, ema=0.9)
fe.training.fit(new_model(), stripes(200, 0), stripes(80, 1), recipe, "cpu", sys.argv[1], progress="lines")
"""


@pytest.fixture(scope="module")
def sets():
    return stripes(200, 0), stripes(80, 1)


def start_run(folder, **keywords):
    """Start that process. -B: it writes no compiled modules, which a process without room would leave cut off."""
    command = [sys.executable, "-B", "-c", RUN.format(here=os.path.dirname(__file__)), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **keywords)


def test_killed_at_random_moments_it_ends_as_if_it_never_was(sets, tmp_path):
    # Each start imports torch anew, which takes seconds: FER_EDU_KILLS=10 asks for more of them than every run needs.
    moments = torch.rand(int(os.environ.get("FER_EDU_KILLS", 3)), generator=torch.Generator().manual_seed(0)).tolist()
    epochs_before = 0
    for moment in moments:
        process = start_run(tmp_path / "killed")
        process.stdout.readline()  # the first epoch of this process has ended
        time.sleep(moment * 0.5)
        process.kill()
        process.wait()
        done = len(json.loads((tmp_path / "killed" / "history.json").read_text()))
        assert done > epochs_before or done == 12  # each process kept at least the epoch that it told of
        epochs_before = done
    process = start_run(tmp_path / "killed")
    process.communicate()
    assert process.returncode == 0
    whole = start_run(tmp_path / "whole")
    whole.communicate()
    assert len(json.loads((tmp_path / "killed" / "history.json").read_text())) == 12
    ends = [fe.models.load_checkpoint(tmp_path / name / "best.pt") for name in ("killed", "whole")]
    assert_same(weights(ends[0]), weights(ends[1]))
    states = [torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("killed", "whole")]
    assert_same(states[0]["model"], states[1]["model"])
    assert not list((tmp_path / "killed").glob(".*"))


@pytest.mark.parametrize(
    ("name", "time"), [("best.pt", 1), ("last.pt", 1), ("history.json", 1), ("last.pt", 2), ("history.json", 2)]
)
def test_stopped_before_a_file_is_replaced_it_ends_as_if_it_never_was(sets, tmp_path, monkeypatch, name, time):
    """Which file, and in which epoch; after the second, the last, none comes that would mend it."""
    recipe, written, replace = quick(epochs=2, ema=0.9), [], os.replace

    def stop(temporary, path):
        written.append(path.name)
        if path.name == name and written.count(name) == time:
            raise KeyboardInterrupt
        replace(temporary, path)

    whole, resumed = new_model(), new_model()
    expected = fe.training.fit(whole, *sets, recipe, "cpu", progress="none")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            fe.training.fit(new_model(), *sets, recipe, "cpu", tmp_path, progress="none")
    history = fe.training.fit(resumed, *sets, recipe, "cpu", tmp_path, progress="none")
    assert without_seconds(history) == without_seconds(expected)
    assert json.loads((tmp_path / "history.json").read_text()) == list(history.epochs)
    assert_same(weights(resumed), weights(whole))
    assert_same(weights(fe.models.load_checkpoint(tmp_path / "best.pt")), weights(whole))


def test_a_full_disk_ends_in_one_sentence_and_the_checkpoint_before_survives(sets, tmp_path):
    with pytest.raises(Stopped):
        fe.training.fit(
            new_model(), *sets, quick(epochs=12, ema=0.9), "cpu", tmp_path, progress="none", on_epoch=stop_after_two
        )
    before = {name: (tmp_path / name).read_bytes() for name in ("best.pt", "last.pt", "history.json")}

    def no_room():  # files may not grow beyond 4 KB: what a full disk does, for one process
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    process = start_run(tmp_path, preexec_fn=no_room, stderr=subprocess.PIPE)
    _, errors = process.communicate()
    assert process.returncode != 0
    assert "RunFolderError: expected room to save the epoch" in errors
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.pt", "history.json", "last.pt", "run.json"]
    process = start_run(tmp_path)
    process.communicate()
    assert process.returncode == 0
    assert len(json.loads((tmp_path / "history.json").read_text())) == 12


class Stopped(Exception):
    """Raised in place of KeyboardInterrupt."""


def stop_after_two(row):
    if row["epoch"] == 2:
        raise Stopped


def test_the_running_average_is_that_of_the_weights_after_each_step(sets):
    recipe = quick(ema=0.5, rotation=0.0)
    steps = Steps(new_model(), sets[0], recipe, torch.device("cpu"), "float32", 0)
    seen, real = [], steps.optimizer.step

    def step():
        real()
        seen.append(weights(steps.model)["classifier.1.weight"])

    steps.optimizer.step = step
    steps.epoch(1)
    expected = seen[0]  # the first step starts the average
    for value in seen[1:]:
        expected = 0.5 * expected + 0.5 * value
    assert torch.allclose(steps.scored.state_dict()["classifier.1.weight"], expected, atol=1e-6)


def test_what_is_scored_and_kept_is_the_running_average(sets, tmp_path):
    model = new_model()
    history = fe.training.fit(model, *sets, quick(ema=0.9), "cpu", tmp_path, progress="none")
    kept = fe.models.load_checkpoint(tmp_path / "best.pt")
    assert_same(weights(kept), weights(model))
    assert fe.evaluation.evaluate(kept, sets[1]).accuracy == pytest.approx(history.best["val_accuracy"])
    state = torch.load(tmp_path / "last.pt", weights_only=True)
    assert not torch.equal(state["model"]["classifier.1.weight"], state["average"]["module.classifier.1.weight"])


def test_starts_from_a_trained_network_and_says_from_which(sets, tmp_path):
    first = new_model()
    fe.training.fit(first, *sets, quick(), "cpu", progress="none")
    begun = fe.evaluation.evaluate(first, sets[0]).accuracy
    recipe, second = quick(epochs=1, learning_rate=1e-9), new_model()
    fe.training.fit(second, *sets, recipe, "cpu", tmp_path, progress="none", start=first)
    assert fe.evaluation.evaluate(second, sets[0]).accuracy == pytest.approx(begun, abs=0.05)
    identity = json.loads((tmp_path / "run.json").read_text())["identity"]
    assert len(identity["start"]) == 16
    with pytest.raises(RunFolderError, match="start"):
        fe.training.fit(new_model(), *sets, recipe, "cpu", tmp_path, progress="none")
    with pytest.raises(ModelError, match="same name and options"):
        fe.training.fit(fe.models.create("sdl", classes=2), *sets, recipe, "cpu", progress="none", start=first)


@pytest.mark.parametrize("changes", [{"mixup": 1.0}, {"cutmix": 1.0}, {"mixup": 0.2, "cutmix": 1.0}])
def test_mixing_changes_the_steps_and_still_learns(sets, changes):
    plain, mixed = new_model(), new_model()
    fe.training.fit(plain, *sets, quick(epochs=1), "cpu", progress="none")
    history = fe.training.fit(mixed, *sets, quick(epochs=6, **changes), "cpu", progress="none")
    assert history.best["val_accuracy"] > 0.8
    assert not torch.equal(weights(plain)["classifier.1.weight"], weights(mixed)["classifier.1.weight"])


def test_a_run_from_before_a_field_was_there_goes_on(sets, tmp_path):
    fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    run = json.loads((tmp_path / "run.json").read_text())
    for name in ("mixup", "cutmix", "ema", "noise"):
        del run["identity"]["recipe"][name]
    for name in ("branches", "transformers", "frozen"):
        del run["identity"]["options"][name]
    del run["identity"]["start"]
    (tmp_path / "run.json").write_text(json.dumps(run))
    history = fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    assert len(history.epochs) == 1
    with pytest.raises(RunFolderError, match="mixup"):
        fe.training.fit(new_model(), *sets, quick(epochs=1, mixup=1.0), "cpu", tmp_path, progress="none")
