"""The occluder hides what it covers and no more, the answers are the network's own, and the hand is followed."""

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("ipywidgets")

from fer_edu import data, faces, models, plots
from fer_edu.errors import DataError, ModelError
from fer_edu.saliency.occluding import FILLS
from fer_edu.widgets import occluder_picture
from fer_edu.widgets.occluder import FROZEN, LIVE, OccluderExplorer, OccluderState


@pytest.fixture(scope="module")
def drawn():
    return faces.sample(4, seed=3)


@pytest.fixture(scope="module")
def restless():
    """An ST-CNN whose look depends on what it is given."""
    model = models.create("st-cnn", seed=0).eval()
    with torch.no_grad():
        last = model.transformer.localisation.head[-1]
        last.weight.normal_(0, 0.3, generator=torch.Generator().manual_seed(1))
    return model


@pytest.fixture
def state(restless, drawn):
    return OccluderState(restless, drawn, 1)


def by_hand(image, top, left, window, level):
    """A picture [1, 1, H, W] with a square of one grey level, in plain numpy."""
    pixels = image.numpy().copy()
    pixels[:, :, max(top, 0) : max(top + window, 0), max(left, 0) : max(left + window, 0)] = level
    return torch.from_numpy(pixels)


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("place", [(24, 24), (0, 0), (47, 30)])
@pytest.mark.parametrize("window", [3, 10])
def test_the_square_hides_its_pixels_and_no_others(state, place, window):
    state.fill, state.window = "black", window
    state.move(*place)
    expected = by_hand(state.image[None], place[0] - window // 2, place[1] - window // 2, window, 0)[0]
    assert torch.equal(state.occluded, expected)


def test_the_probabilities_are_the_networks_for_that_picture(state, restless, drawn):
    state.fill = "black"
    state.move(20, 17)
    hidden = by_hand(drawn.images[1:2], 15, 12, 10, 0)
    expected = models.predict(restless, torch.cat([drawn.images[1:2], hidden])).softmax(1)
    torch.testing.assert_close(state.plain, expected[0])
    torch.testing.assert_close(state.probabilities, expected[1])
    assert state.answer == drawn.classes[expected[1].argmax()]
    assert (
        f"{expected[1, drawn.labels[1]]:.0%}, without the square {expected[0, drawn.labels[1]]:.0%}" in state.describe()
    )


@torch.no_grad()
def test_frozen_looks_where_it_looked_without_the_square_and_live_does_not(state, restless, drawn):
    state.fill, state.window = "black", 20
    state.move(30, 24)
    plain, hidden = drawn.images[1:2].float() / 255, by_hand(drawn.images[1:2], 20, 14, 20, 0).float() / 255
    before, after = restless.theta(plain), restless.theta(hidden)
    shift = (plots.corners(before[0]) - plots.corners(after[0])).norm(dim=1).mean().item()
    assert shift > 0.5  # or the test could not tell the two apart
    logits = {}
    for name, theta in ((LIVE, after), (FROZEN, before)):
        value = restless.transformer.transform((hidden - 0.5) / 0.25, theta)
        for part in restless.parts:
            value = part(value)
        logits[name] = restless.classifier(value)[0]
        state.theta = name
        torch.testing.assert_close(state.probabilities, logits[name].softmax(0))
        torch.testing.assert_close(state.look, plots.corners(theta[0]))
        assert state.moved == pytest.approx((shift if name == LIVE else 0.0,), abs=1e-4)
    assert not torch.allclose(logits[LIVE], logits[FROZEN], atol=1e-3)


def test_a_network_without_transformers_has_no_look(drawn):
    state = OccluderState(models.create("cnn", seed=0), drawn)
    live = state.probabilities
    state.theta = FROZEN
    assert torch.equal(state.probabilities, live)
    assert state.look is None and state.moved == () and "look" not in state.describe()
    state.png()


@pytest.mark.parametrize("theta", [LIVE, FROZEN])
def test_the_map_holds_what_the_drag_shows_at_each_place(state, theta):
    state.theta, state.window = theta, 20
    assert state.map is None
    measured = state.measure()
    for row, column in ((0, 0), (3, 9), (14, 14)):
        state.move(int(measured.tops[row]) + 10, int(measured.lefts[column]) + 10)
        # The map's grey is 0.5; that of a picture of whole levels is 128 of 255.
        shown = state.probabilities[state.label].item()
        assert measured.probability[row, column].item() == pytest.approx(shown, abs=1e-4)
    assert measured.probability.max() - measured.probability.min() > 1e-3


def test_a_map_is_kept_for_its_settings_alone(state, monkeypatch):
    state.window = 24
    first = state.measure()
    monkeypatch.setattr("fer_edu.widgets.occluder.occlude", lambda *given, **named: pytest.fail("measured again"))
    assert state.measure() is first
    state.move(3, 3)
    assert state.map is first
    for name, value in (("window", 20), ("fill", "black"), ("theta", FROZEN), ("face", 2)):
        before = getattr(state, name)
        setattr(state, name, value)
        assert state.map is None
        setattr(state, name, before)
        assert state.map is first


def test_each_place_of_the_map_is_drawn_at_the_squares_middle(state):
    state.window = 10
    measured = state.measure()
    values = torch.zeros_like(measured.probability)
    values[2, 15] = 1.0
    state._maps[state._key] = replace(measured, probability=values)
    state.move(47, 0)  # the square itself is out of the way
    panel = np.asarray(occluder_picture.zeiler_map(state)).astype(int)[occluder_picture.TITLE :]
    blue = np.argwhere((panel == occluder_picture.DARK).all(axis=2))
    middle = (blue.min(0) + blue.max(0) + 1) / 2 / occluder_picture.SMALL
    # Windows stand at even tops and lefts; that from 4 to 13 has pixel 9, whose centre is at 9.5, in its middle.
    assert middle == pytest.approx([2 * 2 + 5 + 0.5, 2 * 15 + 5 + 0.5], abs=0.25)


def test_bars_and_ticks_are_as_long_as_the_probabilities(state):
    shares = torch.tensor([0.5, 0.25, 0.1, 0.05, 0.04, 0.03, 0.03])
    state._answer = (state.occluded, shares, None, [])
    state.plain = shares.flip(0)
    sheet = np.asarray(occluder_picture.bars(state)).astype(int)
    for k, share in enumerate(shares.tolist()):
        line = sheet[occluder_picture.TITLE + occluder_picture.ROW * k + 7]
        blue = (line == occluder_picture.DARK).all(axis=1).sum()
        assert blue == pytest.approx(share * occluder_picture.BAR, abs=3.1)  # the tick may lie over it
        tick = np.flatnonzero((line[occluder_picture.NAME - 2 :] == 0).all(axis=1)).mean() - 2
        assert tick == pytest.approx(state.plain[k].item() * occluder_picture.BAR, abs=1)


def test_the_picture_changes_with_every_setting(state):
    seen = {state.png()}
    for name, value in (
        ("row", 10),
        ("column", 8),
        ("window", 14),
        *(("fill", fill) for fill in FILLS if fill != state.fill),
        ("theta", FROZEN),
        ("face", 2),
    ):
        setattr(state, name, value)
        seen.add(state.png())
    assert len(seen) == 6 + len(FILLS) - 1


def test_a_hand_outside_the_picture_brings_the_square_to_the_border(state):
    state.move(-9, 60)
    assert (state.row, state.column, state.corner) == (0, 47, (-5, 42))


def test_what_is_not_there_is_refused_in_one_sentence(state, drawn):
    for name, value, words in (
        ("row", 48, r"row in 0\.\.47, found 48"),
        ("column", -1, r"column in 0\.\.47, found -1"),
        ("window", 1, r"window in 2\.\.24, found 1"),
        ("window", 10.5, "found 10.5"),
        ("fill", "red", "fill out of grey, .*found 'red'"),
        ("theta", "held", "theta out of live, frozen, found 'held'"),
        ("face", 4, r"a face in 0\.\.3, found 4"),
    ):
        before = getattr(state, name)
        with pytest.raises(DataError, match=words):
            setattr(state, name, value)
        assert getattr(state, name) == before
    with pytest.raises(ModelError, match="of the faces' 7 classes, found one of 8"):
        OccluderState(models.create("cnn", seed=0, classes=8), drawn)


@pytest.fixture
def view(state):
    return OccluderExplorer(state)


def test_the_model_comes_back_as_it_was(drawn):
    model = models.create("st-cnn", seed=0)
    model.train()
    hooks = [len(module._forward_hooks) for module in model.modules()]
    state = OccluderState(model, drawn, theta=FROZEN)
    state.png()
    assert all(module.training for module in model.modules())
    assert [len(module._forward_hooks) for module in model.modules()] == hooks
    assert all(weight.requires_grad for weight in model.parameters())


def test_the_sliders_follow_the_hand(view):
    pytest.importorskip("anywidget")
    before = view.image.value
    view.pad.asked = {"row": 12, "column": 31, "number": 7}
    assert (view.state.row, view.state.column) == (12, 31)
    assert (view.controls["row"].value, view.controls["column"].value) == (12, 31)
    assert view.image.value != before
    assert view.pad.answered == 7 and view.pad.spot == {"row": 12, "column": 31}
    assert view.pad.pixels == view.state.occluded.numpy().tobytes()


def test_the_canvas_follows_the_sliders(view):
    pytest.importorskip("anywidget")
    view.controls["row"].value = 5
    view.controls["window"].value = 16
    view.controls["fill"].value = "black"
    assert view.pad.spot == {"row": 5, "column": 24} and view.pad.window == 16
    shown = np.frombuffer(view.pad.pixels, np.uint8).reshape(48, 48)
    assert (shown[:13, 16:32] == 0).all() and not (shown[13:, :] == 0).all()
    look = torch.tensor(view.pad.looks[1]) - 0.5
    torch.testing.assert_close(look, view.state.look)


def test_a_question_that_fails_is_answered_all_the_same(view, monkeypatch):
    pytest.importorskip("anywidget")
    monkeypatch.setattr(view.state, "move", lambda *place: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        view.pad.asked = {"row": 1, "column": 1, "number": 3}
    assert view.pad.answered == 3  # or the canvas would wait for ever


def test_one_move_draws_one_picture(view, monkeypatch):
    drawn = []
    monkeypatch.setattr(type(view), "redraw", lambda self: drawn.append(1))
    view.move(7, 9)
    assert len(drawn) == 1


def test_without_anywidget_the_sliders_do_and_the_face_is_in_the_picture(state, monkeypatch):
    with_pad = OccluderExplorer(state)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "fer_edu.widgets.occluder_pad", raising=False)
    view = OccluderExplorer(state)
    assert view.pad is None and "pip install anywidget" in view.notice.value
    if with_pad.pad is not None:
        assert picture(view.image.value).shape[1] > picture(with_pad.image.value).shape[1] + 200
    before = view.image.value
    view.controls["row"].value = 3
    assert view.image.value != before
    view.walk()


def test_the_button_measures_the_map(view):
    view.controls["window"].value = 24
    before = view.image.value
    view.button.click()
    assert view.state.map is not None and view.image.value != before and not view.button.disabled


def test_walk_moves_everything_and_ends_where_it_began(view):
    view.state.window = 24  # a map of few places
    view.follow()
    before = view.words.value, view.state.row, view.state.column, view.state.map
    assert before[3] is None
    assert view.walk() > 2 * 4 + len(FILLS) + 1
    assert (view.words.value, view.state.row, view.state.column) == before[:3]
    assert view.state.map is not None


def test_photographs_are_never_saved_in_a_notebook(view, restless, drawn):
    photographs = replace(drawn, truth=None)
    bundle = OccluderExplorer(OccluderState(restless, photographs))._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "image/png" not in bundle and "Labelled" in bundle["text/plain"]
    assert "image/png" in view._repr_mimebundle_()


def test_digits_can_be_hidden_too():
    digits = data.load("digits", split="val", size=5)
    state = OccluderState(models.create("st-cnn", seed=0, classes=10), digits, row=10, column=10)
    assert len(state.probabilities) == 10
    state.png()
