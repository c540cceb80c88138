"""The loop: it learns, it resumes to the same result, and it refuses what does not fit."""

import json

import pytest
import torch

import fer_edu as fe
from fer_edu.data import FaceSet
from fer_edu.errors import CheckpointError, DataError, RunFolderError, TrainingError

SMALL = {"baseline_channels": (4, 4, 8, 8), "sdl_channels": (2, 4), "hidden": 16, "classes": 2}


def stripes(n, seed):
    """Two classes that a network learns in moments: upright and lying stripes, with noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(2, (n,), generator=generator)
    wave = (torch.arange(48) // 6 % 2 * 120).float()
    clean = torch.where(labels.view(-1, 1, 1) == 0, wave.view(1, 48, 1), wave.view(1, 1, 48)).expand(n, 48, 48)
    noisy = clean + torch.rand(n, 48, 48, generator=generator) * 100
    return FaceSet(noisy[:, None].to(torch.uint8), labels, ("lying", "upright"), name="stripes", split=str(seed))


@pytest.fixture(scope="module")
def sets():
    return stripes(200, 0), stripes(80, 1)


def new_model():
    return fe.models.create("sdl", seed=0, **SMALL)


def quick(**changes):
    return fe.training.recipe("classroom", **{"epochs": 4, "batch_size": 32, "rotation": 5.0, **changes})


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def assert_same(a, b):
    assert all(torch.equal(a[name], b[name]) for name in a)


def without_seconds(history):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in history.epochs]


def test_learns_and_ends_with_the_best_epochs_weights(sets):
    model = new_model()
    history = fe.training.fit(model, *sets, quick(), device="cpu", progress="none")
    assert len(history.epochs) == 4
    assert history.best["val_accuracy"] > 0.9
    assert fe.evaluation.evaluate(model, sets[1]).accuracy == pytest.approx(history.best["val_accuracy"])


def test_same_seed_same_weights_other_seed_others(sets):
    results = []
    for seed in (0, 0, 1):
        model = new_model()
        fe.training.fit(model, *sets, quick(epochs=2), device="cpu", seed=seed, progress="none")
        results.append(weights(model))
    assert_same(results[0], results[1])
    assert not torch.equal(results[0]["classifier.1.weight"], results[2]["classifier.1.weight"])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_interrupted_and_resumed_equals_uninterrupted(sets, tmp_path, precision):
    recipe = quick(precision=precision, lambda1=0.001, lambda2=0.01, oversample="balanced", start_deviation=0.05)
    whole = new_model()
    expected = fe.training.fit(whole, *sets, recipe, device="cpu", checkpoint=tmp_path / "whole", progress="none")

    def stop(row):
        if row["epoch"] in stops:
            stops.remove(row["epoch"])
            raise KeyboardInterrupt

    stops = {1, 3}
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            fe.training.fit(new_model(), *sets, recipe, "cpu", tmp_path / "parts", progress="none", on_epoch=stop)
    resumed = new_model()
    history = fe.training.fit(resumed, *sets, recipe, device="cpu", checkpoint=tmp_path / "parts", progress="none")
    assert without_seconds(history) == without_seconds(expected)
    assert_same(weights(resumed), weights(whole))
    best = [torch.load(tmp_path / run / "best.pt", weights_only=True)["weights"] for run in ("whole", "parts")]
    assert_same(*best)


def test_weighed_classes_change_nothing_where_all_are_equally_many():
    some = stripes(400, 2)
    half = torch.cat([torch.nonzero(some.labels == label).flatten()[:64] for label in (0, 1)])
    losses = {}
    for oversample in ("none", "weights"):
        history = fe.training.fit(
            new_model(), some[half], some, quick(epochs=1, oversample=oversample), "cpu", progress="none"
        )
        losses[oversample] = history["train_loss"][0]
    assert losses["weights"] == pytest.approx(losses["none"], rel=1e-4)


def test_weighed_classes_teach_the_rare_class(sets):
    """Ten lying stripes and 190 upright ones that cannot be told apart: the share that is called lying is the prior."""
    labels = torch.cat([torch.zeros(10, dtype=torch.int64), torch.ones(190, dtype=torch.int64)])
    noise = FaceSet(sets[0].images, labels[torch.randperm(200, generator=torch.Generator().manual_seed(0))], ("a", "b"))
    called = {}
    for oversample in ("none", "weights"):
        model = new_model()
        fe.training.fit(
            model, noise, noise, quick(epochs=1, batch_size=8, oversample=oversample), "cpu", progress="none"
        )
        called[oversample] = fe.models.predict(model, noise.images).softmax(1)[:, 0].mean().item()
    assert called["weights"] > called["none"] + 0.1


def test_every_dial_of_the_augmentation_reaches_the_pictures(sets):
    plain = {"epochs": 1, "rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0, "flip": False}
    start = fe.training.fit(new_model(), *sets, quick(**plain), "cpu", progress="none")["train_loss"]
    for dial in ("distortion", "contrast", "brightness", "noise", "erase"):
        changed = fe.training.fit(new_model(), *sets, quick(**plain | {dial: 0.1}), "cpu", progress="none")
        assert changed["train_loss"] != start, dial


def test_interrupted_inside_an_epoch_loses_that_epoch_only(sets, tmp_path, monkeypatch):
    from fer_edu.training import steps

    recipe, calls, real = quick(), [], steps.augment

    def augment(*args):
        calls.append(1)
        if len(calls) == 6 * 2 + 3:  # six steps an epoch: in the third epoch
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(steps, "augment", augment)
    with pytest.raises(KeyboardInterrupt):
        fe.training.fit(new_model(), *sets, recipe, device="cpu", checkpoint=tmp_path / "r", progress="none")
    assert len(json.loads((tmp_path / "r/history.json").read_text())) == 2
    resumed, whole = new_model(), new_model()
    fe.training.fit(resumed, *sets, recipe, device="cpu", checkpoint=tmp_path / "r", progress="none")
    fe.training.fit(whole, *sets, recipe, device="cpu", progress="none")
    assert_same(weights(resumed), weights(whole))


def test_finished_run_is_not_trained_again(sets, tmp_path):
    first = fe.training.fit(new_model(), *sets, quick(epochs=2), "cpu", tmp_path, progress="none")
    model = new_model()
    again = fe.training.fit(model, *sets, quick(epochs=2), "cpu", tmp_path, progress="none")
    assert again.epochs == first.epochs
    assert fe.evaluation.evaluate(model, sets[1]).accuracy == pytest.approx(first.best["val_accuracy"])


def test_run_folder_says_what_was_done(sets, tmp_path):
    fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path / "r", seed=5, progress="none")
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == ["best.pt", "history.json", "last.pt", "run.json"]
    run = json.loads((tmp_path / "r/run.json").read_text())
    assert run["identity"]["seed"] == 5
    assert run["identity"]["recipe"]["epochs"] == 1
    assert run["identity"]["data"]["train"]["fingerprint"] == sets[0].fingerprint()
    assert run["versions"]["torch"] == torch.__version__


def test_a_run_from_before_a_dial_existed_had_it_off(sets, tmp_path):
    first = fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    run = json.loads((tmp_path / "run.json").read_text())
    for dial in ("distortion", "contrast", "brightness", "noise", "erase"):
        assert run["identity"]["recipe"].pop(dial) == 0
    (tmp_path / "run.json").write_text(json.dumps(run))
    again = fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    assert again.epochs == first.epochs
    with pytest.raises(RunFolderError, match="recipe.noise 0.0 instead of 0.1"):
        fe.training.fit(new_model(), *sets, quick(epochs=1, noise=0.1), "cpu", tmp_path, progress="none")


@pytest.mark.parametrize("change", ["recipe", "seed", "data"])
def test_folder_of_another_run_is_refused(sets, tmp_path, change):
    fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    recipe = quick(epochs=2) if change == "recipe" else quick(epochs=1)
    train = stripes(200, 9) if change == "data" else sets[0]
    with pytest.raises(RunFolderError, match="found a run with"):
        fe.training.fit(
            new_model(), train, sets[1], recipe, "cpu", tmp_path, seed=1 if change == "seed" else 0, progress="none"
        )


def test_damaged_state_is_refused(sets, tmp_path):
    fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")
    (tmp_path / "last.pt").write_bytes((tmp_path / "last.pt").read_bytes()[:1000])
    with pytest.raises(CheckpointError, match="damaged"):
        fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", tmp_path, progress="none")


def test_folder_that_cannot_be_written_is_named(sets, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="cannot be written"):
        fe.training.fit(new_model(), *sets, quick(), "cpu", tmp_path / "file" / "run", progress="none")


def test_empty_split_is_named(sets):
    with pytest.raises(DataError, match="found an empty set"):
        fe.training.fit(new_model(), sets[0], sets[1][:0], quick(), "cpu", progress="none")


def test_other_classes_are_named(sets):
    with pytest.raises(DataError, match="classes=2"):
        fe.training.fit(fe.models.create("sdl"), *sets, quick(), "cpu", progress="none")


def test_loss_that_is_no_number_stops_and_keeps_the_last_good_epoch(sets, tmp_path, monkeypatch):
    from fer_edu.training import steps

    calls, real = [], steps.augment

    def augment(*args):
        calls.append(1)
        return real(*args) * (float("nan") if len(calls) > 6 + 2 else 1)

    monkeypatch.setattr(steps, "augment", augment)
    with pytest.raises(TrainingError, match="epoch 2 at step 3 of 6, at learning rate .* Epoch 1 is kept"):
        fe.training.fit(model := new_model(), *sets, quick(), "cpu", tmp_path / "r", progress="none")
    assert all(value.isfinite().all() for value in model.state_dict().values())
    assert len(json.loads((tmp_path / "r/history.json").read_text())) == 1


def test_training_leaves_the_callers_random_state_alone(sets):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    fe.training.fit(new_model(), *sets, quick(epochs=1), "cpu", progress="none")
    assert torch.equal(torch.get_rng_state(), before)


def test_lines_tell_epoch_loss_accuracy_and_time_left(sets, capsys):
    fe.training.fit(new_model(), *sets, quick(epochs=2), "cpu", progress="lines")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(word in lines[0] for word in ("epoch   1/2", "loss", "val accuracy", "left"))


def test_bar_tells_the_same(sets, capsys):
    fe.training.fit(new_model(), *sets, quick(epochs=2), "cpu", progress="bar")
    shown = capsys.readouterr().err
    assert all(word in shown for word in ("epoch 2/2", "loss", "val accuracy", "12/12"))


def test_compiled_it_takes_the_same_steps(sets, monkeypatch):
    real = torch.compile
    # The plumbing, without the minutes that a C++ compiler takes.
    monkeypatch.setattr(torch, "compile", lambda model, mode=None: real(model, backend="eager"))
    models = [new_model(), new_model()]
    recipe = quick(epochs=1, precision="float32")
    for model, compiled in zip(models, (False, True), strict=True):
        fe.training.fit(model, *sets, recipe, "cpu", progress="none", compile=compiled)
    for name, value in weights(models[0]).items():
        assert torch.allclose(value, weights(models[1])[name], atol=1e-4), name
