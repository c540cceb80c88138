"""Infidelity and sensitivity-n: 0 and 1 on a linear network, and Captum's infidelity on another."""

import pytest
import torch
from captum.metrics import infidelity as captums
from torch import nn

from fer_edu.errors import DataError, ModelError
from fer_edu.saliency import infidelity, sensitivity_n
from fer_edu.saliency.fidelity import squares, subsets

PICTURES = torch.rand(4, 1, 16, 16, generator=torch.Generator().manual_seed(0))


def network(seed=0, bent=False):
    torch.manual_seed(seed)
    if bent:
        return nn.Sequential(nn.Flatten(), nn.Linear(256, 20), nn.Tanh(), nn.Linear(20, 3))
    return nn.Sequential(nn.Flatten(), nn.Linear(256, 3))


@pytest.fixture(scope="module")
def linear():
    return network()


@pytest.fixture(scope="module")
def weights(linear):
    """The gradient of the second logit, and what each pixel adds to it beside mean grey."""
    gradient = linear[1].weight[1].detach().view(1, 16, 16).expand(4, 16, 16)
    return {"gradient": gradient, "additive": gradient * (PICTURES - PICTURES.mean(dim=(2, 3), keepdim=True))[:, 0]}


@pytest.mark.parametrize("take", [lambda *a: squares(*a, sides=(2, 8)), lambda *a: subsets(*a, n=30)])
@pytest.mark.parametrize("kind", ["gradient", "additive"])
def test_a_linear_network_is_foretold_exactly_by_its_weights(linear, weights, kind, take):
    trials = take(linear, PICTURES, 1)
    assert trials.change.abs().max() > 0.01
    assert infidelity(weights[kind], trials, kind).max() < 1e-10
    assert torch.allclose(sensitivity_n(weights[kind], trials, kind), torch.ones(4), atol=1e-4)


def test_the_opposite_map_is_as_wrong_as_can_be(linear, weights):
    trials = subsets(linear, PICTURES, 1, n=30)
    against = -weights["additive"]
    assert torch.allclose(sensitivity_n(against, trials), -torch.ones(4), atol=1e-4)
    assert torch.allclose(infidelity(against, trials), 4 * trials.change.square().mean(dim=1), rtol=1e-3)
    # No scale >= 0 helps it, so it foretells nothing.
    assert torch.allclose(infidelity(against, trials, scaled=True), torch.ones(4))


def test_scaled_infidelity_asks_nothing_about_the_maps_unit(linear, weights):
    trials = squares(linear, PICTURES, 1, sides=(2, 8))
    assert infidelity(17 * weights["additive"], trials).min() > 0.01
    assert infidelity(17 * weights["additive"], trials, scaled=True).max() < 1e-6
    assert torch.allclose(infidelity(torch.zeros(4, 16, 16), trials, scaled=True), torch.ones(4))


def test_infidelity_is_captums_when_both_take_the_same_away():
    model = network(bent=True)
    trials = squares(model, PICTURES, 2, samples=12, sides=(2, 8))
    maps = torch.rand(4, 16, 16, generator=torch.Generator().manual_seed(1))
    amounts = (trials.taken * trials.amount[:, None]).transpose(0, 1).flatten(0, 1)[:, None]

    def replay(x):  # Captum asks for all samples of all pictures at once, sample by sample
        order = torch.arange(12).repeat(4) * 4 + torch.arange(4).repeat_interleave(12)
        return amounts[order], x - amounts[order]

    expected = captums(
        model, replay, PICTURES, maps[:, None], target=2, n_perturb_samples=12, max_examples_per_batch=None
    )
    assert torch.allclose(infidelity(maps, trials, "gradient"), expected.float(), rtol=1e-4)


def test_sensitivity_is_pearsons_correlation():
    model = network(bent=True)
    trials = subsets(model, PICTURES, 0, n=40, samples=20)
    maps = torch.rand(4, 16, 16, generator=torch.Generator().manual_seed(1))
    foretold = (trials.taken[1] * maps[1]).sum(dim=(1, 2))
    expected = torch.corrcoef(torch.stack([foretold, trials.change[1]]))[0, 1]
    assert sensitivity_n(maps, trials)[1].item() == pytest.approx(expected.item(), abs=1e-4)


def test_what_is_taken_is_what_was_asked_for(linear):
    trials = subsets(linear, PICTURES, 1, n=30, samples=9)
    assert trials.taken.shape == (4, 9, 16, 16)
    assert (trials.taken.sum(dim=(2, 3)) == 30).all()
    trials = squares(linear, PICTURES, 1, samples=1000, sides=(3, 5))
    rows, columns = trials.taken.any(dim=3).sum(dim=2), trials.taken.any(dim=2).sum(dim=2)
    assert torch.equal(rows, columns) and set(rows.flatten().tolist()) == {3, 4, 5}
    assert torch.equal(trials.taken.sum(dim=(2, 3)), rows * columns)
    assert trials.taken.any(dim=(0, 1)).all()  # every place of the picture is reached


def test_the_same_seed_takes_the_same(linear):
    first, again, other = (squares(linear, PICTURES, 1, sides=(2, 8), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.taken, again.taken) and not torch.equal(first.taken, other.taken)


def test_an_even_map_foretells_nothing_about_subsets_of_one_size(linear):
    trials = subsets(linear, PICTURES, 1, n=30)
    assert (sensitivity_n(torch.full((4, 16, 16), 0.3), trials) == 0).all()


def test_an_even_picture_says_nothing_about_its_map(linear):
    trials = subsets(linear, torch.full((1, 1, 16, 16), 0.5), 1, n=30)
    assert sensitivity_n(torch.rand(1, 16, 16), trials).isnan().all()
    assert infidelity(torch.rand(1, 16, 16), trials, scaled=True).isnan().all()


def test_what_makes_no_sense_is_refused(linear):
    trials = subsets(linear, PICTURES, 1, n=30, samples=3)
    with pytest.raises(ModelError, match="a map for each picture"):
        infidelity(torch.zeros(3, 16, 16), trials)
    with pytest.raises(DataError, match="kind out of additive, gradient"):
        infidelity(torch.zeros(4, 16, 16), trials, "sum")
    with pytest.raises(DataError, match=r"n in 1\.\.255 pixels"):
        subsets(linear, PICTURES, 1, n=256)
    with pytest.raises(DataError, match="sides within 1 and 16"):
        squares(linear, PICTURES, 1, sides=(4, 17))
