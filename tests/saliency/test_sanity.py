"""Randomised weights: what stays, what falls, and a model that is left as it was."""

import pytest
import torch
from scipy.stats import spearmanr

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.models import predict
from fer_edu.saliency import cascade, edges, similarity
from fer_edu.saliency.sanity import learned_layers, randomised

IMAGES = fe.faces.sample(6, seed=1).images


@pytest.fixture(scope="module")
def shipped():
    return fe.models.pretrained("sdl-faces")


def test_similarity_is_spearmans_with_shared_ranks():
    a, b = torch.randint(-4, 5, (2, 3, 6, 6), generator=torch.Generator().manual_seed(0)).float()
    for absolute in (False, True):
        pairs = zip(a.abs(), b.abs(), strict=True) if absolute else zip(a, b, strict=True)
        expected = [spearmanr(one.flatten(), other.flatten()).statistic for one, other in pairs]
        assert similarity(a, b, absolute).tolist() == pytest.approx(expected, abs=1e-6)


def test_a_flipped_sign_is_seen_unless_signs_are_left_out():
    maps = torch.randn(2, 6, 6, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(similarity(maps, -maps), -torch.ones(2))
    assert torch.allclose(similarity(maps, -maps, absolute=True), torch.ones(2))


def test_an_even_map_is_like_nothing():
    assert similarity(torch.zeros(1, 4, 4), torch.rand(1, 4, 4)).isnan().all()


@pytest.mark.parametrize(
    ("name", "first", "last", "number"),
    [
        ("cnn", "parts.0.0", "classifier.5", 5),
        ("st-cnn", "transformer.localisation", "classifier.5", 6),
        ("sdl", "baseline.0", "classifier.4", 10),
    ],
)
def test_layers_stand_in_the_order_in_which_a_picture_meets_them(name, first, last, number):
    model = fe.models.create(name, seed=0)
    layers = learned_layers(model, IMAGES)
    assert (next(iter(layers)), next(reversed(layers)), len(layers)) == (first, last, number)
    held = {id(p) for modules in layers.values() for module in modules for p in module.parameters()}
    assert held == {id(p) for p in model.parameters()}


def test_a_map_that_knows_no_network_stays_and_the_gradient_falls(shipped):
    stays = cascade(shipped, IMAGES, method=lambda model, images, target: edges(images))
    assert all(torch.allclose(step.signed, torch.ones(6)) for step in stays)
    falls = cascade(shipped, IMAGES)
    assert falls[0].layer is None and torch.allclose(falls[0].signed, torch.ones(6))
    assert [step.layer for step in falls[1:]] == list(learned_layers(shipped, IMAGES))[::-1]
    assert falls[-1].signed.mean().abs() < 0.2


def test_each_step_explains_the_answer_of_the_untouched_network(shipped):
    asked = []

    def note(model, images, target):
        asked.append((predict(model, images), target))
        return torch.rand(6, 48, 48)

    cascade(shipped, IMAGES, method=note)
    answers = predict(shipped, IMAGES).argmax(1)
    assert all(torch.equal(target, answers) for _, target in asked)
    assert torch.equal(asked[0][0], predict(shipped, IMAGES))
    assert all(not torch.allclose(logits, asked[0][0], atol=0.1) for logits, _ in asked[1:])


@pytest.mark.parametrize("name", ["cnn", "st-cnn", "sdl"])
def test_nothing_learned_is_left_in_the_end(name):
    model = fe.models.create(name, seed=0)
    with torch.no_grad():
        for value in [*model.parameters(), *(b for b in model.buffers() if b.is_floating_point())]:
            value.fill_(777.0)
    fresh = randomised(model, IMAGES).state_dict()
    assert not any((value == 777).any() for value in fresh.values())
    assert all(value.isfinite().all() for value in fresh.values())


def test_the_fresh_network_is_the_seeds_and_looks_straight_ahead(shipped):
    first, again, other = (randomised(shipped, IMAGES, seed) for seed in (1, 1, 2))
    answers = [predict(model, IMAGES) for model in (first, again, other)]
    assert torch.equal(answers[0], answers[1]) and not torch.equal(answers[0], answers[2])
    assert torch.allclose(first.theta(IMAGES.float() / 255), fe.geometry.identity_theta(6))
    assert not first.training


def test_the_model_and_the_random_state_are_left_as_they_were(shipped):
    before = {name: value.clone() for name, value in shipped.state_dict().items()}
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    cascade(shipped, IMAGES)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(value, before[name]) for name, value in shipped.state_dict().items())
    assert not any(module._forward_hooks for module in shipped.modules())


def test_maps_of_other_pictures_are_refused():
    with pytest.raises(DataError, match="two maps for each picture"):
        similarity(torch.zeros(2, 4, 4), torch.zeros(3, 4, 4))
