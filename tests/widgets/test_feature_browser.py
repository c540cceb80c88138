"""The feature browser shows the patches for which a map fires most, their classes, and says when a map is dead."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

pytest.importorskip("ipywidgets")

from fer_edu import faces, models, plots, saliency
from fer_edu.errors import DataError, ModelError
from fer_edu.widgets import browser_picture, feature_browser, saliency_picture
from fer_edu.widgets.browser_picture import BETWEEN, CELL, GAP, SIDE, TITLE, WORD
from fer_edu.widgets.feature_browser import PATCHES, WHOLE, BrowserState, FeatureBrowser


@pytest.fixture(scope="module")
def drawn():
    """Twelve dark pictures; number k, of class k % 7, has one pixel of brightness 20 (k + 1) in row 4 + 3 k."""
    some = faces.sample(12, seed=0)
    images = torch.zeros_like(some.images)
    for k in range(12):
        images[k, 0, 4 + 3 * k, 20] = 20 * (k + 1)
    return replace(some, images=images, labels=torch.arange(12) % 7)


@pytest.fixture(scope="module")
def model():
    """Map 0 is brightness; map 1 fires for the two brightest pixels alone; map 2 never does. Then a layer of two."""
    first, second = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 2, 3, padding=1)
    with torch.no_grad():
        for layer in (first, second):
            layer.weight.zero_()
            layer.bias.zero_()
        first.weight[:, 0, 1, 1] = 1.0
        first.bias.copy_(torch.tensor([0.0, -201 / 255, -2.0]))
        second.weight[0, 0, 1, 1] = 1.0
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Flatten(), nn.Linear(2 * 48 * 48, 7))


@pytest.fixture
def state(model, drawn):
    return BrowserState(model, drawn)


def pixels(state):
    return np.asarray(Image.open(io.BytesIO(state.png())).convert("RGB")).astype(int)


def cell(sheet, place, right=False):
    """The pixels of one of the nine, left or right."""
    row, column = divmod(place, 3)
    top, left = TITLE + row * (CELL + WORD + GAP), column * (CELL + GAP) + right * (SIDE + BETWEEN)
    return sheet[top : top + CELL, left : left + CELL]


def test_the_strongest_come_first_and_their_classes_are_counted(state, drawn):
    assert state.layers == ("1", "3") and state.channels == 3
    assert state.index.tolist() == [11, 10, 9, 8, 7, 6, 5, 4, 3]
    # Pictures 11 to 3 are of the classes 4, 3, 2, 1, 0, 6, 5, 4, 3.
    names = drawn.classes
    assert state.counts == {names[3]: 2, names[4]: 2} | {names[k]: 1 for k in (0, 1, 2, 5, 6)}
    assert f"{names[3]} 2, {names[4]} 2, {names[0]} 1" in state.describe()
    assert "it fires for 100% of 12 faces" in state.describe()
    assert f"from {240 / 255:.2f} to {80 / 255:.2f}" in state.describe()


def test_a_map_that_fires_for_two_faces_shows_two(state):
    state.channel = 1
    assert state.index.tolist() == [11, 10] and state.active == pytest.approx(2 / 12)
    assert "it fires for 17% of 12 faces. The strongest 2, from 0.15 to 0.07" in state.describe()
    sheet = pixels(state)
    assert cell(sheet, 1).min() < 250 and (cell(sheet, 2) == 255).all()


def test_a_dead_map_is_said_and_has_no_patches(state):
    state.channel = 2
    assert "it fires for none of the 12 faces; it is dead here. 1 of the layer's 3 maps are dead" in state.describe()
    assert len(state.shown) == 0 and state.counts == {}
    sheet = pixels(state)
    assert (cell(sheet, 0) == 255).all() and (cell(sheet, 0, right=True) == 255).all()


def test_a_patch_has_its_activation_in_the_middle_and_its_projection_beside_it(state):
    sheet = pixels(state)
    for place, index in enumerate(state.index.tolist()):
        patch, projection = cell(sheet, place), cell(sheet, place, right=True)
        third = CELL // 3 + 1
        # The patch is 3 x 3 pixels, of which only the middle one is bright.
        brightest = np.unravel_index(patch.sum(axis=2).argmax(), patch.shape[:2])
        assert all(third <= at < 2 * third for at in brightest)
        assert patch[0, 0].max() < 20 * (index + 1)
        share = torch.tensor([[20 * (index + 1) / 255]])
        strongest = torch.tensor([[240 / 255]])
        expected = saliency_picture.coloured(share, strongest.item())[0, 0]  # one scale for all nine
        assert (projection[CELL // 2, CELL // 2] == expected).all()
        assert projection[2, 2].min() > 240


def test_whole_pictures_have_the_patch_framed(state):
    patches = pixels(state)
    state.pictures = WHOLE
    sheet = pixels(state)
    assert (sheet != patches).any()
    blue = tuple(int(plots.LOOK[k : k + 2], 16) for k in (1, 3, 5))
    for place, index in enumerate(state.index.tolist()):
        rows, columns = np.nonzero((cell(sheet, place) == blue).all(axis=2))
        middle = np.array([rows.min() + rows.max() + 1, columns.min() + columns.max() + 1]) / 2 * 48 / CELL
        assert middle == pytest.approx([4 + 3 * index + 0.5, 20.5], abs=0.5)


def test_what_it_shows_is_what_the_deconvnet_finds(drawn):
    some = faces.sample(20, seed=1)
    model = models.create("sdl-small", seed=0)
    state = BrowserState(model, some, "baseline 2", 3)
    maps = saliency.Deconvnet(model).features(some.images, "baseline 2")[:, 3]
    highest = maps.flatten(1).amax(1)
    expected = highest.sort(descending=True)
    found = state.found.activation[3, state.shown]
    torch.testing.assert_close(found, expected.values[: len(found)])
    assert state.active == pytest.approx((highest > 0).float().mean().item())
    projected = saliency.Deconvnet(model).project(some.images[state.index[:1]], "baseline 2", 3)
    torch.testing.assert_close(state.found.maps[3, 0], projected.maps[0])


def test_a_layer_is_searched_once(model, drawn, monkeypatch):
    asked = []
    search = saliency.strongest
    monkeypatch.setattr(
        feature_browser, "strongest", lambda *given, **named: asked.append(given[2]) or search(*given, **named)
    )
    state = BrowserState(model, drawn)
    for layer in ("3", "1", "3"):
        state.layer = layer
        for channel in range(state.channels):
            state.channel = channel
            state.png()
    assert asked == ["1", "3"]


def test_a_layer_of_fewer_maps_shows_its_last(state):
    state.channel = 2
    state.layer = "3"
    assert state.channel == 1
    with pytest.raises(DataError, match=r"a map in 0\.\.1, found 2"):
        state.channel = 2


def test_what_is_not_there_is_refused_in_one_sentence(state, model, drawn):
    for name, value, words in (
        ("layer", "conv9", "a layer out of 1, 3, found 'conv9'"),
        ("layer", "logits", "found 'logits'"),
        ("channel", -1, "found -1"),
        ("channel", 1.0, r"found 1\.0"),
        ("pictures", "boxes", "found 'boxes'"),
    ):
        before = getattr(state, name)
        with pytest.raises(DataError, match=words):
            setattr(state, name, value)
        assert getattr(state, name) == before
    with pytest.raises(DataError, match="at least one face"):
        BrowserState(model, drawn[:0])
    with pytest.raises(ModelError):
        BrowserState(nn.LSTM(3, 3), drawn)


def test_the_slider_ends_at_the_layers_last_map(state):
    view = FeatureBrowser(state)
    view.controls["channel"].value = 2
    assert "dead" in view.words.value
    view.controls["layer"].value = "3"
    assert (view.controls["channel"].value, view.controls["channel"].max, state.channel) == (1, 1, 1)
    view.controls["layer"].value = "1"
    assert view.controls["channel"].max == 2 and state.channel == 1
    before = view.image.value
    view.controls["pictures"].value = WHOLE
    assert view.image.value != before


def test_walk_visits_every_layer_and_ends_where_it_began(state):
    view = FeatureBrowser(state)
    view.controls["channel"].value = 1
    before = view.image.value, view.words.value
    seen = set()
    view.words.observe(lambda change: seen.add(change["new"].split(" of ")[0]), "value")
    assert view.walk() > 4
    assert {"1, map 0", "1, map 2", "3, map 0", "3, map 1"} <= seen
    assert (view.image.value, view.words.value, state.pictures) == (*before, PATCHES)


def test_photographs_are_never_saved_in_a_notebook(state, model, drawn):
    photographs = FeatureBrowser(BrowserState(model, replace(drawn, truth=None)))
    assert "image/png" not in photographs._repr_mimebundle_()
    bundle = FeatureBrowser(state)._repr_mimebundle_()
    assert "image/png" in bundle and bundle["text/plain"].startswith("FeatureBrowser: 1, map 0")


def test_a_patch_that_is_no_square_keeps_its_shape():
    patch = browser_picture.sized(Image.new("RGB", (12, 6)), Image.NEAREST)
    dark = np.argwhere(np.asarray(patch).max(axis=2) < 128)
    assert patch.size == (CELL, CELL)
    assert (dark.max(0) - dark.min(0) + 1).tolist() == [CELL // 2, CELL]
