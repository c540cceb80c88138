"""The live view shows what it was told, once an epoch; it costs a small share of the training and saves no picture."""

import itertools

import numpy as np
import pytest
import torch

pytest.importorskip("ipywidgets")

from fer_edu import data, models, plots_training, training
from fer_edu.widgets import LiveTraining, live


def row(epoch, accuracy=0.5, seconds=1.0):
    return {
        "epoch": epoch,
        "learning_rate": 0.001,
        "train_loss": 2.0 / epoch,
        "val_loss": 2.1 / epoch,
        "val_accuracy": accuracy,
        "seconds": seconds,
    }


@pytest.fixture
def faces():
    return data.load("faces", split="val", size=4, seed=0)


@pytest.fixture
def model():
    return models.create("st-cnn", seed=0)


def drawings(view, monkeypatch, cost):
    """Count a live view's redraws on a clock by which each takes `cost` seconds and nothing else takes any."""
    now, drawn = [0.0], []

    def redraw():
        now[0] += cost
        drawn.append(1)

    monkeypatch.setattr(live.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(view.view, "redraw", redraw)
    view.cost = cost
    return drawn


def test_each_epoch_is_taken_in_once():
    view = LiveTraining(epochs=3, chance=1 / 7, widget=True)
    assert view.state.describe() == "waiting for the first epoch"
    empty = view.view.image.value
    for epoch in (1, 2, 2, 3):
        view(row(epoch, 0.2 * epoch))
    assert sorted(view.state.rows) == [1, 2, 3]
    assert "epoch 3 of 3" in view.state.describe() and "60.0%" in view.state.describe()
    assert view.view.image.value != empty


def test_a_run_that_begins_again_replaces_the_curves_and_one_that_goes_on_keeps_them():
    view = LiveTraining(epochs=9, widget=False)
    for epoch in (1, 2, 3, 4):
        view(row(epoch))
    view(row(5))
    assert sorted(view.state.rows) == [1, 2, 3, 4, 5]
    view(row(1))
    assert sorted(view.state.rows) == [1]


def test_time_left_is_the_recent_pace_times_the_epochs_to_come():
    view = LiveTraining(epochs=20, widget=False)
    for epoch, seconds in enumerate([100.0, 2, 2, 2, 4, 5], start=1):
        view(row(epoch, seconds=seconds))
    assert view.state.left == pytest.approx(14 * 3.0)
    assert "time left 0:42" in view.state.describe()


def test_long_epochs_are_all_drawn(monkeypatch):
    view = LiveTraining(epochs=10, widget=True)
    drawn = drawings(view, monkeypatch, cost=0.1)
    for epoch in range(1, 11):
        view(row(epoch, seconds=6.0))
    assert len(drawn) == 10


def test_short_epochs_are_drawn_for_two_percent_of_their_time_and_the_last_one_always(monkeypatch):
    view = LiveTraining(epochs=301, widget=True)
    drawn = drawings(view, monkeypatch, cost=0.1)
    for epoch in range(1, 301):
        view(row(epoch, seconds=0.2))
    assert 11 <= len(drawn) <= 12  # 60 s of training, of which 2 % are 1.2 s
    before = len(drawn)
    view(row(301, seconds=0.2))
    assert len(drawn) == before + 1


def test_theta_of_the_face_is_followed_over_a_pause(model, faces):
    view = LiveTraining(epochs=3, widget=True).follow(model, faces.images)
    view(row(1))
    again = models.create("st-cnn", seed=0)  # as a cell makes it that runs again
    with torch.no_grad():
        again.transformer.localisation.head[-1].bias.add_(torch.tensor([0.3, 0, 0, 0, 0, 0.4]))
    view.follow(again, faces.images)(row(2))
    assert plots_training.distances(view.state.watch) == pytest.approx([0, 0, 0.5], abs=1e-5)
    assert view.state.watch.column("epoch") == [0, 1, 2]
    assert "|θ − I| of one face 0.50" in view.state.describe()


def test_the_face_is_drawn_with_the_look_unless_it_is_a_photograph(model, faces):
    for private in (False, True):
        view = LiveTraining(epochs=3, private=private, widget=True).follow(model, faces.images)
        view(row(1, seconds=1e6))
        axes = view.state.drawn[2]
        shown = [np.asarray(axes[name].images[-1].get_array()) for name in ("face", "seen")]
        assert len(axes["face"].lines) == 2  # the outline and its corner
        face = faces.images[0, 0].numpy()
        assert all(np.array_equal(each, face) != private for each in shown)  # θ is the identity
        assert all((each == each[0, 0]).all() == private for each in shown)


def test_drawing_again_adds_nothing_that_was_there(model, faces):
    view = LiveTraining(epochs=4, chance=1 / 7, widget=True).follow(model, faces.images)
    counts = set()
    for epoch in (1, 2, 3):
        view(row(epoch, seconds=1e6))
        counts.add(tuple(len(ax.lines) + len(ax.images) for ax in view.state.drawn[2].values()))
    assert len(counts) == 1


def test_a_saved_notebook_keeps_no_picture(model, faces):
    view = LiveTraining(epochs=2, widget=True).follow(model, faces.images)
    view(row(1))
    bundle = view._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert not [kind for kind in bundle if kind.startswith("image/")]


def test_without_a_notebook_it_prints_a_line_an_epoch(capsys):
    view = LiveTraining(epochs=2)
    assert view.view is None
    view(row(1, 0.25))
    view(row(2, 0.5))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(word in lines[0] for word in ("epoch   1/2", "25.0%", "left 0:01"))
    assert set(view._repr_mimebundle_()) == {"text/plain"}


def test_without_ipywidgets_it_prints_too(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    assert not live.has_front_end()


def test_a_real_training_is_followed_to_its_end(faces):
    view = LiveTraining(epochs=2, widget=True)
    model = models.create("st-cnn", seed=0)
    recipe = training.recipe("classroom", epochs=2, batch_size=2)
    history = training.fit(
        model, faces, faces, recipe, "cpu", progress="none", on_epoch=view.follow(model, faces.images)
    )
    assert [view.state.rows[epoch] for epoch in (1, 2)] == list(history.epochs)
    assert view.state.watch.column("epoch") == [0, 1, 2]
    assert view.state.left == 0
    assert list(itertools.pairwise(view.state.drawn[2]["loss"].lines[0].get_xdata())) == [(1, 2)]
