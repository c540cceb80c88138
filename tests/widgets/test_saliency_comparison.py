"""The maps compared are those of the methods, on one scale whose middle is 0, with scores that can be trusted."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

pytest.importorskip("ipywidgets")
pytest.importorskip("captum")

from fer_edu import data, faces, models, plots, saliency
from fer_edu.errors import DataError, ModelError
from fer_edu.geometry import build_theta
from fer_edu.widgets import compared_maps, saliency_picture
from fer_edu.widgets.saliency import SaliencyComparison, SaliencyState
from fer_edu.widgets.saliency_state import ANSWER, OWN, OWN_LAYER, SAME

QUICK = ("gradient", "gradient x input", "edges", "none")


@pytest.fixture(scope="module")
def drawn():
    return faces.sample(7, seed=3)


@pytest.fixture(scope="module")
def model():
    return models.create("sdl-small", seed=0).eval()


@pytest.fixture
def state(model, drawn):
    return SaliencyState(model, drawn, QUICK, 1)


def pixels(state):
    return np.asarray(Image.open(io.BytesIO(state.png())).convert("RGB")).astype(int)


def planted(state, values):
    """Give the state's "edges" a map of our own, as if it had been computed."""
    scores = {name: score(values[None], state.truth[None]).item() for name, score in compared_maps.SCORES.items()}
    state._kept[state._key("edges")] = compared_maps.Shown(values, scores)


def test_every_method_is_offered_and_every_map_is_its_methods_own(model, drawn):
    state = SaliencyState(model, drawn, face=1, target="sad")
    assert state.choices[:12] == saliency.methods() and set(state.choices[12:]) == {
        "deconvnet",
        "edges",
        "noise",
        "centre",
    }
    one, sad = drawn.images[1:2], drawn.classes.index("sad")
    for name in ("gradient", "integrated gradients", "gradcam", "occlusion"):
        torch.testing.assert_close(state.map(name).values, saliency.explain(model, one, sad, name).maps[0])
    for name, maps in saliency.controls(one).items():
        torch.testing.assert_close(state.map(name).values, maps[0])
    projected = saliency.Deconvnet(model).project(one, "logits", sad).maps[0]
    torch.testing.assert_close(state.map("deconvnet").values, projected)


def test_parts_are_the_true_ones_where_they_are_known(model, drawn):
    state = SaliencyState(model, drawn, ("feature ablation",), 1)
    one = drawn[1:2]
    true = saliency.explain(model, one.images, method="feature ablation", parts=saliency.parts_of(one))
    torch.testing.assert_close(state.map("feature ablation").values, true.maps[0])
    unknown = SaliencyState(model, replace(drawn, truth=None), ("feature ablation",), 1)
    template = saliency.explain(model, one.images, method="feature ablation")
    torch.testing.assert_close(unknown.map("feature ablation").values, template.maps[0])
    assert not torch.allclose(true.maps, template.maps)


def test_only_what_has_changed_is_computed_again(state, monkeypatch):
    asked = []
    explain = saliency.explain
    monkeypatch.setattr(
        compared_maps, "explain", lambda *given, **named: asked.append(given[3]) or explain(*given, **named)
    )
    state.png()
    assert asked == ["gradient", "gradient x input"]
    state.png()
    state.scale, state.over, state.cue, state.layer = SAME, True, False, state.layers[0]
    state.png()
    assert len(asked) == 2  # neither method asks about a layer
    state.methods = ("gradcam", "gradient")
    state.png()
    state.layer = state.layers[1]
    state.png()
    assert asked[2:] == ["gradcam", "gradcam"]
    state.face, state.methods = 2, QUICK
    state.png()
    state.face = 1
    state.png()
    assert asked[4:] == ["gradient", "gradient x input"]


def test_the_class_that_is_asked_about_is_the_answer_unless_one_is_named(state, model, drawn):
    answer = models.predict(model, drawn.images).argmax(1)
    assert state.target == ANSWER and state.asked == answer[1]
    own = state.map("gradient").values
    other = (int(answer[1]) + 1) % 7
    state.target = other
    assert state.target == drawn.classes[other] and state.asked == other
    assert not torch.equal(state.map("gradient").values, own)
    assert f"What speaks for {drawn.classes[other]}?" in state.describe()
    state.target = None
    assert state.target == ANSWER and torch.equal(state.map("gradient").values, own)


def test_a_map_of_the_cue_scores_all_and_its_opposite_nothing(state):
    planted(state, state.truth.float())
    assert state.map("edges").scores == {"mass": 1.0, "rank": 1.0, "pointing": 1.0}
    assert [saliency_picture.score(state, "edges", row) for row in ("mass", "rank", "pointing")] == [
        "100%",
        "100%",
        "yes",
    ]
    planted(state, 1 - state.truth.float())
    assert state.map("edges").scores == {"mass": 0.0, "rank": 0.0, "pointing": 0.0}
    assert saliency_picture.score(state, "edges", "pointing") == "no"


def test_an_even_map_scores_chance(state, drawn):
    planted(state, torch.ones(48, 48))
    share = (saliency.cue_masks(drawn[1:2])[0]).float().mean().item()
    assert state.chance == pytest.approx(share) and 0 < share < 0.5
    for value in state.map("edges").scores.values():
        assert value == pytest.approx(share, rel=1e-4)
    assert f"the cue is {share:.1%} of the picture" in state.describe()
    assert saliency_picture.score(state, "edges", "pointing") == f"a tie: {share:.0%}"


def test_a_neutral_face_has_no_cue_and_no_scores(model):
    resting = faces.sample(30, seed=1)
    resting = resting[resting.labels == resting.classes.index("neutral")]
    state = SaliencyState(model, resting, ("edges",))
    assert not state.truth.any() and "shows no cue" in state.describe()
    assert saliency_picture.score(state, "edges", "mass") == ""  # not computed yet
    state.png()
    assert saliency_picture.score(state, "edges", "mass") == "–"


def test_the_gap_is_the_methods_own(state, model, drawn):
    state.methods = ("gradient x input", "gradient")
    state.png()
    gap = saliency.explain(model, drawn.images[1:2], method="gradient x input").gap.item()
    assert saliency_picture.score(state, "gradient x input", "gap") == f"{gap:+.3f} logits"
    assert saliency_picture.score(state, "gradient", "gap") == "–"


def test_zero_is_the_middle_of_the_colours_and_both_ends_mean_as_much():
    colours = saliency_picture.coloured(torch.tensor([[-9.0, -2.0, 0.0, 2.0, 9.0]]), 2.0)[0].astype(int)
    assert (colours[0] == colours[1]).all() and (colours[3] == colours[4]).all()
    assert np.ptp(colours[2]) == 0 and colours[2].min() > 240
    light = saliency_picture.scale().astype(float) @ [0.2126, 0.7152, 0.0722]
    half = len(light) // 2
    assert (np.diff(light[: half + 1]) > 0).all() and (
        np.diff(light[half:]) < 0
    ).all()  # the sign is not needed to read


def test_each_map_has_its_own_limit_or_maps_of_one_unit_share_one(state):
    state.methods = ("gradient", "smoothgrad", "gradient x input", "edges")
    state.png()
    own = {name: state.limit(name) for name in state.methods}
    for name in state.methods:
        expected = np.quantile(state.map(name).values.abs().numpy(), 0.995)
        assert own[name] == pytest.approx(expected, rel=1e-4)
    state.scale = SAME
    shared = {name: state.limit(name) for name in state.methods}
    assert shared["gradient"] == shared["smoothgrad"] == max(own["gradient"], own["smoothgrad"])
    assert shared["gradient x input"] == own["gradient x input"] and shared["edges"] == own["edges"]
    assert any(note.startswith("In logits per unit of brightness: gradient, smoothgrad") for note in state.notes())


def test_every_pixel_of_a_map_is_drawn_in_its_colour(state):
    state.cue = False
    sheet = pixels(state)
    times = saliency_picture.TIMES
    top, left = saliency_picture.TITLE, 48 * times + saliency_picture.GAP
    tile = sheet[top : top + 48 * times, left : left + 48 * times]
    expected = saliency_picture.coloured(state.map("gradient").values, state.limit("gradient"))
    assert (tile == expected.repeat(times, 0).repeat(times, 1)).all()


def test_over_the_face_nothing_is_coloured_where_the_map_is_zero(state):
    values = torch.zeros(48, 48)
    values[10, 20] = 1.0
    planted(state, values)
    state.methods, state.cue, state.look, state.over = ("edges",), False, False, True
    sheet = pixels(state)
    times, top = saliency_picture.TIMES, saliency_picture.TITLE
    wide = 48 * times
    face, tile = (sheet[top : top + wide, left : left + wide] for left in (0, wide + saliency_picture.GAP))
    differs = (face != tile).any(axis=2)
    expected = np.zeros((48, 48), bool)
    expected[10, 20] = True
    assert (differs == expected.repeat(times, 0).repeat(times, 1)).all()


def test_the_cue_is_outlined_where_it_lies(state):
    state.methods, state.look = ("edges",), False
    with_cue, state.cue = pixels(state), False
    differs = (with_cue != pixels(state)).any(axis=2)
    times, top = saliency_picture.TIMES, saliency_picture.TITLE
    tile = differs[top : top + 48 * times, : 48 * times]
    cue = state.truth.numpy().repeat(times, 0).repeat(times, 1)
    assert tile.any() and not (tile & ~cue).any()
    assert not (saliency_picture.rim(torch.zeros(48, 48, dtype=torch.bool), 2)).any()


def test_a_rim_follows_a_square_and_the_border_of_the_picture():
    mask = torch.zeros(5, 5, dtype=torch.bool)
    mask[:2, 1:3] = True
    times = saliency_picture.TIMES
    expected = np.zeros((5 * times, 5 * times), bool)
    expected[: 2 * times, times : 3 * times] = True
    expected[1 : 2 * times - 1, times + 1 : 3 * times - 1] = False
    assert ((saliency_picture.rim(mask, 1) > 0) == expected).all()


def test_the_looks_are_the_transformers_in_the_pictures_frame(drawn):
    model = models.create("sdl", seed=0).eval()
    theta1, theta2 = build_theta(20.0, 0.8), build_theta(0.0, 0.5, 0.0, (0.2, 0.0))
    with torch.no_grad():
        for block, theta in ((model.sdl1, theta1), (model.sdl2, theta2)):
            block.transformer.localisation.head[-1].bias.copy_(theta.flatten())
    state = SaliencyState(model, drawn, ("edges",))
    torch.testing.assert_close(state.looks[0], plots.corners(theta1[0]))
    square = torch.cat([theta1[0], torch.tensor([[0.0, 0, 1]])]) @ torch.cat([theta2[0], torch.tensor([[0.0, 0, 1]])])
    torch.testing.assert_close(state.looks[1], plots.corners(square[:2]))
    before, state.look = state.png(), False
    assert state.png() != before


def test_a_method_that_cannot_explain_the_network_says_why_and_the_others_go_on(drawn):
    smooth = nn.Sequential(nn.Conv2d(1, 4, 5, 4), nn.Tanh(), nn.Flatten(), nn.Linear(4 * 121, 7))
    state = SaliencyState(smooth, drawn, ("guided backprop", "gradient", "gradcam"))
    state.png()
    assert "ReLU" in state.map("guided backprop").refusal and state.limit("guided backprop") is None
    assert state.map("gradcam").refusal and state.map("gradient").values is not None
    assert saliency_picture.score(state, "guided backprop", "mass") == ""


def test_photographs_have_no_scores_and_are_not_saved(state, model, drawn, tmp_path):
    photographs = replace(drawn, truth=None)
    private = SaliencyState(model, photographs, QUICK)
    assert private.truth is None and private.chance is None and private.map("gradient").scores == {}
    assert private.describe().startswith("Labelled")
    bundle = SaliencyComparison(private)._repr_mimebundle_()
    assert "image/png" not in bundle
    assert "image/png" in SaliencyComparison(state)._repr_mimebundle_()
    with pytest.raises(DataError, match="photographs=True"):
        private.save(tmp_path / "it.png")
    assert not list(tmp_path.iterdir())
    assert private.save(tmp_path / "it.png", photographs=True).stat().st_size > 1000


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")])
def test_a_figure_is_saved_as_its_suffix_says(state, tmp_path, suffix, start):
    path = state.save(tmp_path / f"maps{suffix}")
    assert path.read_bytes().startswith(start)


def test_a_figure_that_cannot_be_saved_is_refused(state, tmp_path):
    with pytest.raises(DataError, match=r"ending in \.png, \.svg, \.pdf, found 'maps\.jpg'"):
        state.save(tmp_path / "maps.jpg")
    with pytest.raises(DataError, match="found no .*nowhere"):
        state.save(tmp_path / "nowhere" / "maps.png")


def test_what_is_not_there_is_refused_in_one_sentence(state, drawn):
    for name, value, words in (
        ("face", 7, r"a face in 0\.\.6, found 7"),
        ("target", "joy", "found 'joy'"),
        ("target", 7, "found 7"),
        ("layer", "conv9", "found 'conv9'"),
        ("methods", ("gradient", "lime"), "found 'lime'"),
        ("methods", (), "found 0"),
        ("methods", ("edges",) * 5, "found 5"),
        ("scale", "log", "found 'log'"),
    ):
        before = getattr(state, name)
        with pytest.raises(DataError, match=words):
            setattr(state, name, value)
        assert getattr(state, name) == before
    with pytest.raises(ModelError, match="found one of 8"):
        SaliencyState(models.create("cnn", seed=0, classes=8), drawn)


def test_the_sliders_choose_the_maps(state, drawn):
    view = SaliencyComparison(state)
    before = view.image.value
    view.controls["method 4"].value = "noise"
    assert state.methods == ("gradient", "gradient x input", "edges", "noise") and view.image.value != before
    before = view.image.value
    view.controls["target"].value = drawn.classes[(state.asked + 1) % 7]
    assert view.image.value != before and view.words.value.endswith("chance.")
    view.controls["method 1"].value = "gradcam"
    before = view.image.value
    view.controls["layer"].value = state.layers[-1]
    assert view.image.value != before and "gradcam" in view.below.value
    view.controls["layer"].value = OWN_LAYER
    assert view.image.value == before


def test_a_slow_map_does_not_keep_the_others_waiting(state):
    state.methods = ("integrated gradients", "gradient", "smoothgrad", "edges")
    view = SaliencyComparison(state)
    shown = []
    view.image.observe(lambda change: shown.append(list(state.missing)), "value")
    state.face = 3
    view.redraw()
    assert shown == [["integrated gradients", "smoothgrad"], ["smoothgrad"], []]
    shown.clear()
    state.over = True
    view.redraw()
    assert shown == [[]]


def test_a_state_of_fewer_methods_leaves_places_open(model, drawn):
    view = SaliencyComparison(SaliencyState(model, drawn, ("edges",)))
    assert [view.controls[f"method {k}"].value for k in (1, 2, 3, 4)] == ["edges", "none", "none", "none"]
    assert view.state.named == ["edges"]
    view.controls["method 1"].value = "none"
    assert view.state.named == []


def test_walk_moves_everything_and_ends_where_it_began(model, drawn, monkeypatch):
    class Quick:
        """As if every method took no time: walk asks for hundreds of maps."""

        def __init__(self, model, images, target, method, **named):
            self.maps, self.gap, self.notes = torch.full((1, 48, 48), float(len(method))), None, ()

    monkeypatch.setattr(compared_maps, "explain", Quick)
    view = SaliencyComparison(SaliencyState(model, drawn[:2], QUICK, scale=OWN))
    before = view.image.value, view.words.value, view.below.value, view.state.methods
    assert view.walk() > 4 * len(view.state.choices)
    assert (view.image.value, view.words.value, view.below.value, view.state.methods) == before


def test_digits_have_maps_without_scores():
    digits = data.load("digits", split="val", size=3)
    state = SaliencyState(models.create("cnn", seed=0, classes=10), digits, ("gradient", "edges"))
    assert len(state.probabilities) == 10
    state.png()
