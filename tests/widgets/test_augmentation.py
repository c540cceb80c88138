"""The augmentation explorer shows what a training would, under the dials that it names."""

import io
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from PIL import Image

from fer_edu import faces, training, widgets
from fer_edu.data.augmentation import HIGHEST, Augmentation, augment
from fer_edu.errors import DataError, RecipeError
from fer_edu.widgets.augmentation import CAPTION, COLUMNS, DRAWN, GAP, ORIGINAL, OWN, PRESETS, ROWS, SLIDERS


@pytest.fixture(scope="module")
def drawn():
    return faces.sample(8, seed=2)


def picture(state):
    return np.asarray(Image.open(io.BytesIO(state.png())))


def test_the_draws_are_those_of_the_trainings_augmentation(drawn):
    state = widgets.AugmentationState(drawn, face=3, seed=11, augmentation=Augmentation(rotation=30.0, contrast=0.3))
    batch = (drawn.images[3].float() / 255).repeat(15, 1, 1, 1)
    expected = augment(batch, state.augmentation, torch.Generator().manual_seed(11))
    assert torch.equal(state.draws, expected)
    assert state.change == pytest.approx(255 * (expected - batch).abs().mean().item())


def test_off_shows_the_face_itself_fifteen_times(drawn):
    state = widgets.AugmentationState(drawn, face=5)
    state.preset = "off"
    assert state.change < 0.01
    shown, side, small = picture(state), 48 * ORIGINAL, 48 * DRAWN
    face = drawn.images[5, 0].numpy()
    big = shown[CAPTION : CAPTION + side, :side]
    assert np.abs(big.reshape(48, ORIGINAL, 48, ORIGINAL).mean((1, 3)) - face).mean() < 8  # enlarged smoothly
    tops = [r * (small + CAPTION) + CAPTION for r in range(ROWS)]
    lefts = [side + 3 * GAP + c * (small + GAP) for c in range(COLUMNS)]
    copies = [shown[y : y + small, x : x + small] for y in tops for x in lefts]
    assert all(np.array_equal(copies[0], copy) for copy in copies)
    assert np.abs(copies[0].reshape(48, DRAWN, 48, DRAWN).mean((1, 3)) - face).mean() < 8


def test_the_recipes_preset_is_the_recipe_and_the_state_starts_with_the_papers_words(drawn):
    best = training.recipe("best")
    assert all(getattr(PRESETS['recipe "best"'], f.name) == getattr(best, f.name) for f in fields(Augmentation))
    assert widgets.AugmentationState(drawn).preset == "the paper's words"


def test_a_preset_sets_every_dial_and_a_dial_leaves_the_preset(drawn):
    state = widgets.AugmentationState(drawn)
    for name, dials in PRESETS.items():
        state.preset = name
        assert state.augmentation == dials and state.preset == name
    state.turn(noise=0.01)
    assert state.preset == OWN and state.describe().startswith(OWN)
    state.preset = OWN
    assert state.augmentation.noise == 0.01


def test_every_dial_has_a_control_that_reaches_every_preset(drawn):
    view = widgets.AugmentationExplorer(widgets.AugmentationState(drawn))
    assert set(view.dials) == {f.name for f in fields(Augmentation)}
    for dials in PRESETS.values():
        for name, (_, highest, *_) in SLIDERS.items():
            assert getattr(dials, name) <= highest <= HIGHEST[name]


def test_a_slider_reaches_as_far_as_the_state_that_it_is_given(drawn):
    state = widgets.AugmentationState(drawn, augmentation=Augmentation(noise=0.9))
    view = widgets.AugmentationExplorer(state)
    assert view.controls["noise"].value == 0.9
    view.walk()
    assert state.augmentation == Augmentation(noise=0.9)


def test_controls_and_state_follow_each_other(drawn):
    view = widgets.AugmentationExplorer(widgets.AugmentationState(drawn))
    start = view.image.value
    view.controls["preset"].value = "strong"
    assert view.state.augmentation == PRESETS["strong"]
    assert view.controls["erase"].value == PRESETS["strong"].erase
    view.controls["erase"].value = 0.0
    assert view.controls["preset"].value == OWN and view.state.augmentation.erase == 0
    view.controls["preset"].value = "the paper's words"
    assert view.image.value == start
    view.controls["flip"].value = False
    view.controls["face"].value = 4
    assert not view.state.augmentation.flip and view.state.face == 4 and view.image.value != start


def test_draw_again_draws_others(drawn):
    view = widgets.AugmentationExplorer(widgets.AugmentationState(drawn, seed=3))
    start = view.image.value
    view.again.click()
    assert view.state.seed == 4 and view.image.value != start


@pytest.mark.parametrize("preset", [*PRESETS, OWN])
def test_walk_moves_everything_and_ends_where_it_began(drawn, preset):
    state = widgets.AugmentationState(drawn, face=2, seed=5, augmentation=Augmentation(shear=0.123))
    state.preset = preset
    view = widgets.AugmentationExplorer(state)
    before = state.augmentation, view.image.value, {name: c.value for name, c in view.controls.items()}
    assert view.walk() > 2 * len(SLIDERS)
    assert (state.augmentation, view.image.value, {name: c.value for name, c in view.controls.items()}) == before
    assert (state.face, state.seed) == (2, 5)


def test_photographs_are_never_saved_in_a_notebook(drawn):
    bundle = widgets.AugmentationExplorer(widgets.AugmentationState(replace(drawn, truth=None)))._repr_mimebundle_()
    assert "image/png" not in bundle and "grey levels" in bundle["text/plain"]
    assert "image/png" in widgets.AugmentationExplorer(widgets.AugmentationState(drawn))._repr_mimebundle_()


def test_bad_input_is_named(drawn):
    for face in (-1, 8):
        with pytest.raises(DataError, match=rf"a face in 0\.\.7, found {face}"):
            widgets.AugmentationState(drawn, face=face)
    with pytest.raises(DataError, match="at least one face"):
        widgets.AugmentationState(drawn[:0])
    state = widgets.AugmentationState(drawn)
    with pytest.raises(DataError, match="found 'mild'"):
        state.preset = "mild"
    with pytest.raises(RecipeError, match="expected noise from 0"):
        state.turn(noise=-1)
