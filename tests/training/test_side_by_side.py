"""Seeds side by side: each is the run that it would be alone."""

import json

import pytest
import torch

import fer_edu as fe
from fer_edu.errors import DataError, DeviceError, ModelError, RunFolderError, TrainingError
from fer_edu.training import side_by_side, stacked
from fer_edu.training.side_by_side import fit_seeds
from fer_edu.training.stacked import StackedSteps
from fer_edu.training.steps import Steps

from .test_distributed import stripes

SMALL = {"baseline_channels": (4, 4, 8, 8), "sdl_channels": (2, 4), "hidden": 16, "classes": 2}
PLAIN = {"batch_norm": False, "dropout": 0.0}
EVERYTHING = {"oversample": "balanced", "ema": 0.5, "mixup": 0.2, "cutmix": 0.5, "lambda1": 0.001, "lambda2": 0.01} | {
    "noise": 0.05, "erase": 0.3, "distortion": 0.02, "label_smoothing": 0.1, "start_deviation": 0.05,
}  # fmt: skip
SEEDS = (3, 0, 11)


SETS = stripes(70, 0), stripes(41, 1)


def quick(**changes):
    return fe.training.recipe("classroom", **{"epochs": 2, "batch_size": 16, "precision": "float32", **changes})


def models(seeds=SEEDS, **options):
    return [fe.models.create("sdl", seed=seed, **SMALL | options) for seed in seeds]


def alone(seed, recipe, options, checkpoint=None):
    (model,) = models([seed], **options)
    return model, fe.training.fit(model, *SETS, recipe, "cpu", checkpoint, seed, "none")


def together(recipe, options, checkpoint=None, seeds=SEEDS, **keywords):
    networks = models(seeds, **options)
    keywords = {"progress": "none", "save_every": 0, **keywords}
    return networks, fit_seeds(networks, *SETS, recipe, list(seeds), "cpu", checkpoint, **keywords)


def without_seconds(history):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history.epochs]


def assert_alike(a, b):
    """The same weights but for rounding, which Adam enlarges here and there, and the same answers."""
    ours, theirs = a.state_dict(), b.state_dict()
    assert list(ours) == list(theirs)
    assert max((ours[name] - theirs[name]).abs().max().item() for name in ours) < 1e-3
    logits = [fe.models.predict(model, SETS[1].images) for model in (a, b)]
    torch.testing.assert_close(*logits, atol=1e-4, rtol=0)


def assert_same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        a, b = a.state_dict(), b.state_dict()
        assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize(
    "changes", [{}, EVERYTHING, {"oversample": "weights"}], ids=["classroom", "everything", "weights"]
)
def test_each_seed_ends_with_the_weights_of_training_it_alone(changes):
    recipe = quick(**changes)
    for model, history, seed in zip(*together(recipe, PLAIN), SEEDS, strict=True):
        expected, its_history = alone(seed, recipe, PLAIN)
        assert_alike(model, expected)
        for row, its in zip(without_seconds(history), without_seconds(its_history), strict=True):
            assert row == pytest.approx(its, abs=1e-4)


def test_batch_normalisation_keeps_each_seeds_own_running_values():
    recipe = quick(epochs=1, batch_size=64)  # one step: later ones differ by what rounding does to idle biases
    for model, seed in zip(together(recipe, {"dropout": 0.0})[0], SEEDS, strict=True):
        expected = dict(alone(seed, recipe, {"dropout": 0.0})[0].named_buffers())
        for name, value in model.named_buffers():
            torch.testing.assert_close(value, expected[name], atol=1e-6, rtol=1e-5)
            assert name.endswith("num_batches_tracked") is (value.dtype == torch.int64)


def test_the_same_parameters_decay_as_alone():
    """A bias of a stack has two dimensions, like a matrix, and still must not decay."""
    common = SETS[0], quick(), torch.device("cpu"), "float32"
    one, all_seeds = Steps(models([0])[0], *common, 0), StackedSteps(stacked.stack(models()), *common, SEEDS)

    def groups(steps):
        names = {id(parameter): name for name, parameter in steps.model.named_parameters()}
        return [
            (group["weight_decay"], group["share"], [names[id(parameter)] for parameter in group["params"]])
            for group in steps.optimizer.param_groups
        ]

    assert groups(all_seeds) == groups(one)
    assert any(name.endswith("bias") for decay, _, names in groups(one) for name in names if decay == 0)


def test_a_frozen_part_stays_as_it_is():
    networks, _ = together(quick(epochs=1), PLAIN | {"frozen": True}, seeds=SEEDS[:2])
    for model, seed in zip(networks, SEEDS, strict=False):
        assert_alike(model, alone(seed, quick(epochs=1), PLAIN | {"frozen": True})[0])


def test_dropout_differs_from_seed_to_seed_and_comes_again():
    kept = []
    for _ in range(2):
        networks = models([0, 0])
        network = stacked.stack(networks).train()
        torch.manual_seed(0)
        kept.append(stacked.each(network, SETS[0].images[:8].float() / 255))
    assert torch.equal(kept[0], kept[1])
    assert not torch.allclose(kept[0][0], kept[0][1])


def test_interrupted_and_resumed_equals_uninterrupted(tmp_path):
    recipe = quick(epochs=3, ema=0.5, oversample="balanced", mixup=0.2)
    whole, expected = together(recipe, {}, tmp_path / "whole")

    def stop(rows):
        if rows[SEEDS[0]]["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(recipe, {}, tmp_path / "parts", on_epoch=stop)
    resumed, histories = together(recipe, {}, tmp_path / "parts")
    assert [without_seconds(history) for history in histories] == [without_seconds(history) for history in expected]
    assert_same(resumed, whole)
    again, _ = together(recipe, {}, tmp_path / "parts")
    assert_same(again, whole)


def test_killed_between_two_folders_equals_uninterrupted(tmp_path, monkeypatch):
    whole, _ = together(quick(), {})
    saved, real = [], side_by_side.Run.save

    def save(run, state):
        saved.append(run.seed)
        if len(saved) == 5:  # the second seed's second epoch
            raise KeyboardInterrupt
        real(run, state)

    monkeypatch.setattr(side_by_side.Run, "save", save)
    with pytest.raises(KeyboardInterrupt):
        together(quick(), {}, tmp_path)
    epochs = [len(json.loads((tmp_path / f"seed-{seed}" / "history.json").read_text())) for seed in SEEDS]
    assert epochs == [2, 1, 1]
    assert_same(together(quick(), {}, tmp_path)[0], whole)


def test_a_seed_begun_side_by_side_goes_on_alone_and_the_other_way_round(tmp_path):
    recipe = quick(ema=0.5)

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(recipe, PLAIN, tmp_path, on_epoch=stop)
    expected = [alone(seed, recipe, PLAIN)[0] for seed in SEEDS]
    first, history = alone(SEEDS[0], recipe, PLAIN, tmp_path / f"seed-{SEEDS[0]}")
    assert len(history.epochs) == 2
    assert_alike(first, expected[0])
    for model, its in zip(together(recipe, PLAIN, tmp_path)[0], expected, strict=True):
        assert_alike(model, its)


def spoil(monkeypatch, step, place, seeds=3):
    """Let the pictures of one seed, by its place, be no numbers at that step, from 1."""
    calls, real = [], stacked.augment

    def augment(*args):
        calls.append(1)
        x = real(*args)
        if len(calls) == step:
            n = len(x) // seeds
            x[place * n : (place + 1) * n] = float("nan")
        return x

    monkeypatch.setattr(stacked, "augment", augment)


def test_a_seed_whose_loss_is_no_number_does_not_stop_the_others(tmp_path, monkeypatch):
    recipe = quick(epochs=3)
    spoil(monkeypatch, step=4 + 2, place=1)
    with pytest.warns(UserWarning, match=r"seed 0 has stopped, .* in epoch 2 at step 2 of 4, .* Epoch 1 was its last"):
        networks, histories = together(recipe, PLAIN, tmp_path)
    monkeypatch.undo()
    assert [len(history.epochs) for history in histories] == [3, 1, 3]
    assert [history.stopped is None for history in histories] == [True, False, True]
    for place in (0, 2):
        assert_alike(networks[place], alone(SEEDS[place], recipe, PLAIN)[0])
    best = fe.models.load_checkpoint(tmp_path / "seed-0" / "best.pt")
    assert fe.evaluation.evaluate(best, SETS[1]).accuracy == pytest.approx(histories[1].best["val_accuracy"])
    assert_same([networks[1]], [best])

    again, its_histories = together(recipe, PLAIN, tmp_path)  # nothing is left to do, and nothing is tried again
    assert its_histories == histories
    assert_same(again, networks)


def test_all_seeds_stopped_is_an_error(monkeypatch):
    spoil(monkeypatch, step=2, place=0, seeds=1)
    with pytest.warns(UserWarning), pytest.raises(TrainingError, match="in epoch 1 at step 2 of 4"):
        together(quick(), PLAIN, seeds=SEEDS[:2])


def test_folders_are_those_of_runs_alone(tmp_path):
    networks, histories = together(quick(), {}, tmp_path, save_every=1e9)
    for model, history, seed in zip(networks, histories, SEEDS, strict=True):
        folder = tmp_path / f"seed-{seed}"
        assert sorted(p.name for p in folder.iterdir()) == ["best.pt", "history.json", "last.pt", "run.json"]
        assert json.loads((folder / "run.json").read_text())["identity"]["seed"] == seed
        best = fe.models.load_checkpoint(folder / "best.pt")
        assert best.record["epoch"] == history.best["epoch"]
        assert fe.evaluation.evaluate(best, SETS[1]).accuracy == pytest.approx(history.best["val_accuracy"])
        assert_same([model], [best])
        assert not model.training


def test_epochs_are_saved_when_it_is_time(tmp_path):
    found = []
    together(
        quick(), PLAIN, tmp_path, save_every=1e9, on_epoch=lambda rows: found.append(len(list(tmp_path.rglob("*.pt"))))
    )
    assert found == [0, 6]


def test_lines_tell_the_mean(capsys):
    _, histories = together(quick(), PLAIN, progress="lines", seeds=SEEDS[:2])
    lines = capsys.readouterr().out.splitlines()
    mean = sum(history["val_accuracy"][1] for history in histories) / 2
    assert len(lines) == 2
    assert "epoch   2/2  loss" in lines[1] and f"val accuracy {mean:.1%}" in lines[1]


def test_what_does_not_fit_together_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ModelError, match=r"found 3 models and the seeds \[0, 1\]"):
        fit_seeds(models(), *SETS, quick(), [0, 1], "cpu")
    with pytest.raises(ModelError, match="several different seeds"):
        fit_seeds(models([1, 1]), *SETS, quick(), [1, 1], "cpu")
    with pytest.raises(ModelError, match="expected models of one kind"):
        fit_seeds([*models([0]), *models([1], hidden=8)], *SETS, quick(), [0, 1], "cpu")
    with pytest.raises(DataError, match="found an empty set"):
        fit_seeds(models(), SETS[0], SETS[1][:0], quick(), SEEDS, "cpu")
    monkeypatch.setattr(side_by_side, "launched", lambda: True)
    with pytest.raises(DeviceError, match="expected one process"):
        together(quick(), PLAIN)


def test_a_folder_of_another_run_is_refused(tmp_path):
    alone(0, quick(epochs=1), PLAIN, tmp_path / "seed-0")
    with pytest.raises(RunFolderError, match="recipe.epochs 1 instead of 2"):
        together(quick(), PLAIN, tmp_path)
