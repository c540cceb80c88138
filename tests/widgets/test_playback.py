"""The playback shows what the watch kept, at every epoch, and marks the epoch on the curves."""

import io
import itertools

import numpy as np
import pytest
import torch
from PIL import Image

from fer_edu import data, models, widgets
from fer_edu.errors import DataError
from fer_edu.geometry import build_theta
from fer_edu.models import Glance
from fer_edu.widgets.playback import ENLARGED, GAP, MARGIN, SHOWN


def watch(n=8, epochs=3):
    """Return a watch on n faces whose looks turn by 10° an epoch."""
    faces = data.load("faces", split="test", size=n)
    kept = models.Watch(models.create("st-cnn", seed=0), faces.images)
    for epoch in range(1, epochs + 1):
        kept.glances.append(Glance(epoch, build_theta(torch.full((n,), 10.0 * epoch)), 0.2 * epoch, 0.05 * epoch))
    return kept


def drawn(state):
    return np.asarray(Image.open(io.BytesIO(state.png())).convert("RGB"))


@pytest.mark.parametrize("first", [0, 2])
def test_below_each_face_stands_what_the_glance_sees(first):
    state = widgets.PlaybackState(watch(), epoch=3, first=first)
    picture, seen = drawn(state), state.watch.seen(state.glance)
    column, side = (48 + 2 * MARGIN) * ENLARGED, 48 * ENLARGED
    top = 20 + column + GAP
    for k in range(SHOWN):
        left = k * column + MARGIN * ENLARGED
        found = picture[top : top + side : ENLARGED, left : left + side : ENLARGED, 0]
        assert np.array_equal(found, seen[first + k, 0].numpy())


def test_each_epoch_looks_different_and_is_marked_where_its_curve_is():
    state = widgets.PlaybackState(watch())
    pictures = []
    for state.epoch in range(4):
        pictures.append(drawn(state))
        for (xs, ys), name in zip(state.places, ("distance", "outside"), strict=True):
            assert xs == sorted(xs) and ys == sorted(ys, reverse=True), name  # later is right, more is up
    for one, other in itertools.pairwise(pictures):
        assert (one != other).any()


def test_in_words():
    state = widgets.PlaybackState(watch())
    assert state.describe() == "before training: mean |θ − I| = 0.00; 0% of the samples lie outside"
    state.epoch = 2
    assert state.describe() == "after epoch 2: mean |θ − I| = 0.40; 10% of the samples lie outside"


def test_its_controls_reach_every_epoch_and_face_and_the_button_moves_the_epoch():
    view = widgets.Playback(widgets.PlaybackState(watch()))
    assert view.walk() >= 4
    assert (view.controls["epoch"].max, view.controls["first"].max) == (3, 2)
    view.controls["epoch"].value = 3
    assert "after epoch 3" in view.words.value
    assert view.play.max == 3 and view.children[0] is view.play


def test_fewer_faces_than_columns_are_shown():
    view = widgets.Playback(widgets.PlaybackState(watch(n=2), titles=["sad", "happy"]))
    assert view.controls["first"].max == 0 and view.walk() > 0


def test_a_watch_that_has_seen_nothing_is_refused():
    with pytest.raises(DataError, match="has seen a training, found none"):
        widgets.PlaybackState(watch(epochs=0))
