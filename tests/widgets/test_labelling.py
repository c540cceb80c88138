"""The labelling game counts what was answered, shows the faces it says, and keeps no photograph in a notebook."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import confusion_matrix

from fer_edu import data, evaluation, faces, widgets
from fer_edu.data.votes import Votes
from fer_edu.emotions import CLASSES_8, COLOURS
from fer_edu.errors import DataError
from fer_edu.widgets.labelling import CANNOT_TELL
from fer_edu.widgets.labelling_picture import ENLARGED
from fer_edu.widgets.paint import readable


@pytest.fixture(scope="module")
def drawn():
    return faces.sample(60, seed=3)


def played(state, answers):
    for name in answers:
        state.answer(name)
    return state


def truth_names(state):
    return [state.classes[label] for label in state.truth.tolist()]


def picture(view):
    return np.asarray(Image.open(io.BytesIO(view.image.value)).convert("L"))


def test_a_game_shows_other_faces_each_and_a_seed_fixes_them(drawn):
    state = widgets.LabellingState(drawn, seed=4)
    assert len(set(state.picked.tolist())) == 20
    assert torch.equal(state.picked, widgets.LabellingState(drawn, seed=4).picked)
    assert not torch.equal(state.picked, widgets.LabellingState(drawn, seed=5).picked)
    assert torch.equal(state.shown.images, drawn.images[state.picked])


def test_every_face_of_the_set_is_as_likely_as_every_other():
    some = faces.sample(10, seed=0)
    shown = sum(
        torch.bincount(widgets.LabellingState(some, 4, seed).picked, minlength=10).float() for seed in range(500)
    )
    assert (shown - 200).abs().max() < 5 * (500 * 0.4 * 0.6) ** 0.5  # binomial, five standard deviations


def test_the_counts_are_scikit_learns(drawn):
    state = widgets.LabellingState(drawn, rounds=30)
    names = (*drawn.classes, CANNOT_TELL)
    answers = [names[k * 5 % len(names)] for k in range(30)]
    played(state, answers)
    expected = confusion_matrix(truth_names(state), answers, labels=names)
    assert np.array_equal(state.confusion.numpy(), expected[:-1])
    hits = sum(a == b for a, b in zip(answers, truth_names(state), strict=True))
    assert state.accuracy == pytest.approx(hits / 30)
    assert state.interval == evaluation.wilson(hits, 30)
    assert state.unsure == pytest.approx(answers.count(CANNOT_TELL) / 30)
    assert state.done and f"{hits} of 30" in state.describe()


def test_the_truth_of_a_drawn_face_is_what_it_was_drawn_for_not_its_label(drawn):
    mislabelled = replace(drawn, labels=(drawn.labels + 1) % 7)
    state = widgets.LabellingState(mislabelled)
    assert torch.equal(state.truth, drawn.truth.clean_labels[state.picked])


def test_the_best_single_answer_is_the_commonest_class_of_the_game(drawn):
    state = widgets.LabellingState(drawn)
    scores = {}
    for name in drawn.classes:
        state.restart(state.seed)
        scores[name] = played(state, [name] * 20).accuracy
    name, share = state.commonest
    assert share == pytest.approx(max(scores.values())) and scores[name] == pytest.approx(share)


def test_a_miss_is_explained_by_the_action_units_that_were_drawn():
    some = faces.sample(40, seed=1, difficulty="easy")
    state = widgets.LabellingState(some, rounds=40)
    for index, name in enumerate(truth_names(state)):
        units = {"happy": "AU6+12", "neutral": "no action unit"}
        if name in units:
            assert state.cause(index) == units[name]


def with_votes(some):
    """Three pictures: all say happy; happy 6, sad 4; sad 5, neutral 5."""
    counts = torch.zeros(3, 8, dtype=torch.uint8)
    happy, sad, neutral = (CLASSES_8.index(name) for name in ("happy", "sad", "neutral"))
    counts[0, happy], counts[1, happy], counts[1, sad], counts[2, sad], counts[2, neutral] = 10, 6, 4, 5, 5
    none = torch.zeros(3, dtype=torch.uint8)
    labels = torch.tensor([some.classes.index(name) for name in ("happy", "sad", "sad")])
    return replace(some[:3], truth=None, labels=labels, votes=Votes(counts, none, none))


def test_agreement_with_votes_worked_by_hand(drawn):
    state = widgets.LabellingState(with_votes(drawn), rounds=3)
    answers = {0: "happy", 1: "happy", 2: CANNOT_TELL}
    played(state, [answers[index] for index in state.picked.tolist()])
    votes = state.votes
    assert votes.yours == pytest.approx((1.0 + 0.6 + 0) / 3)
    assert votes.label == pytest.approx((1.0 + 0.4 + 0.5) / 3)
    assert votes.majority == pytest.approx(1 / 3)  # the second's is happy, the third has none
    assert votes.hit == pytest.approx(0, abs=1e-6)
    assert votes.missed == pytest.approx((0.970951 + 1) / 2, abs=1e-5)
    assert state.cause(state.picked.tolist().index(1)) == "votes: happy 6, sad 4"
    assert "53% are for your answers" in state.describe()
    state.png()


def test_without_a_miss_or_a_hit_there_is_no_entropy_of_it(drawn):
    state = widgets.LabellingState(with_votes(drawn), rounds=3)
    played(state, truth_names(state))
    assert state.votes.missed is None and state.votes.hit > 0
    assert "you missed the label" not in state.describe()
    assert widgets.LabellingState(drawn).shown.votes is None


def test_undo_takes_one_answer_back_and_none_before_the_first(drawn):
    state = widgets.LabellingState(drawn)
    state.undo()
    played(state, ["happy", "sad"]).undo()
    assert state.answers == ["happy"]


def test_bad_input_is_named(drawn):
    for rounds in (0, 61, 2.0, True):
        with pytest.raises(DataError, match=r"rounds in 1\.\.60"):
            widgets.LabellingState(drawn, rounds=rounds)
    state = widgets.LabellingState(drawn, rounds=1)
    with pytest.raises(DataError, match="found 'joy'"):
        state.answer("joy")
    for what in ("accuracy", "interval", "unsure", "votes"):
        with pytest.raises(DataError, match="at least one answer"):
            getattr(state, what)
    state.answer("happy")
    with pytest.raises(DataError, match="no more than 1 answer"):
        state.answer("happy")


def test_the_buttons_play_a_game_and_nothing_is_said_before_its_end(drawn):
    game = widgets.LabellingGame(widgets.LabellingState(drawn, rounds=5))
    truth = truth_names(game.state)
    for k, name in enumerate(truth):
        face = drawn.images[game.state.picked[k], 0].numpy()
        shown = picture(game)[: 48 * ENLARGED, : 48 * ENLARGED]
        blocks = shown.reshape(48, ENLARGED, 48, ENLARGED).mean((1, 3))
        assert np.abs(blocks - face).mean() < 8  # enlarged smoothly, it is this face
        assert game.words.value == f"Face {k + 1} of 5: which class do you give it?"
        game.answers[name].click()
    assert game.state.accuracy == 1 and "5 of 5 faces" in game.words.value
    assert all(pressed.disabled for pressed in (*game.answers.values(), game.back))
    kept = game.state.picked
    game.again.click()
    assert not game.state.answers and not torch.equal(game.state.picked, kept)
    assert game.back.disabled and not game.answers["happy"].disabled


def test_walk_plays_a_whole_game_and_leaves_all_as_it_was(drawn):
    game = widgets.LabellingGame(widgets.LabellingState(drawn, rounds=10))
    game.answers["sad"].click()
    before = game.image.value, game.words.value, game.state.picked.tolist()
    assert game.walk() == 14
    assert (game.image.value, game.words.value, game.state.picked.tolist()) == before
    assert game.state.answers == ["sad"]


def test_the_result_is_drawn_for_no_miss_and_for_twenty(drawn):
    state = widgets.LabellingState(drawn)
    heights = []
    for answers in (truth_names(state), [CANNOT_TELL] * 20):
        state.restart(state.seed)
        heights.append(Image.open(io.BytesIO(played(state, answers).png())).height)
    assert heights[1] > heights[0] + 400


def test_photographs_are_never_saved_in_a_notebook(drawn):
    bundle = widgets.LabellingGame(widgets.LabellingState(replace(drawn, truth=None)))._repr_mimebundle_()
    assert "image/png" not in bundle and "Face 1 of 20" in bundle["text/plain"]
    assert "image/png" in widgets.LabellingGame(widgets.LabellingState(drawn))._repr_mimebundle_()


def test_names_on_the_buttons_can_be_read():
    def luminance(colour):
        parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for name, colour in COLOURS.items():
        text = {"black": 0.0, "white": 1.0}[readable(colour)]
        light, dark = sorted((luminance(colour), text), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name  # WCAG 2.1, level AA


def test_digits_can_be_labelled_too():
    state = widgets.LabellingState(data.load("digits", split="val", size=30), rounds=3)
    game = widgets.LabellingGame(state)
    assert game.walk() == 7
