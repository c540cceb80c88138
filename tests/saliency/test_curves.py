"""Deletion and insertion: closed forms on a linear network."""

import pytest
import torch
from torch import nn

from fer_edu.errors import DataError, ModelError
from fer_edu.saliency import deletion, insertion, noise
from fer_edu.saliency.curves import filling, places

PICTURES = torch.rand(3, 1, 12, 12, generator=torch.Generator().manual_seed(0))


def linear(weight, bias=0.0):
    """Return a network of two classes: the first one's logit is Σ weight · pixel + bias, the second one's is 0."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(weight.numel(), 2))
    with torch.no_grad():
        model[1].weight.copy_(torch.stack([weight.flatten(), torch.zeros(weight.numel())]))
        model[1].bias.copy_(torch.tensor([bias, 0.0]))
    return model


@pytest.fixture
def model():
    return linear(torch.randn(12, 12, generator=torch.Generator().manual_seed(1)))


def worth(model, x):
    """Return what each pixel adds to the first logit on the way from mean grey."""
    return (model[1].weight[0].view(1, 12, 12) * (x - x.mean(dim=(2, 3), keepdim=True))[:, 0]).detach()


def test_a_linear_networks_curves_are_known():
    # Four pixels, worth 4, 2, 1 and 0 logits beside black; they go in this order.
    model = linear(torch.tensor([[4.0, 2.0], [1.0, 0.0]]))
    x = torch.ones(1, 1, 2, 2)
    maps = torch.tensor([[[9.0, 3.0], [2.0, -1.0]]])
    gone = torch.tensor([7.0, 3.0, 1.0, 0.0, 0.0]).sigmoid()
    come = torch.tensor([0.0, 4.0, 6.0, 7.0, 7.0]).sigmoid()
    found = deletion(model, x, maps, 0, steps=4, fill="black")
    assert torch.allclose(found.probability[0], gone)
    assert found.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.area.item() == pytest.approx(((gone[0] + gone[4]) / 2 + gone[1:4].sum()).item() / 4)
    assert torch.allclose(insertion(model, x, maps, 0, steps=4, fill="black").probability[0], come)


def test_a_network_that_never_changes_its_mind_has_its_probability_for_an_area():
    model = linear(torch.zeros(12, 12), bias=2.0)
    expected = torch.tensor(2.0).sigmoid().expand(3)
    assert torch.allclose(deletion(model, PICTURES, noise(PICTURES), 0).area, expected)
    assert torch.allclose(insertion(model, PICTURES, noise(PICTURES), 0).area, expected)


def test_no_order_beats_that_of_the_true_worth(model):
    best = worth(model, PICTURES)
    for seed in range(5):
        other = noise(PICTURES, seed)
        assert (deletion(model, PICTURES, best, 0).area < deletion(model, PICTURES, other, 0).area).all()
        assert (insertion(model, PICTURES, best, 0).area > insertion(model, PICTURES, other, 0).area).all()


@pytest.mark.parametrize("fill", ["mean", "black", "blur"])
def test_both_curves_have_the_picture_at_one_end_and_the_fill_at_the_other(model, fill):
    maps = noise(PICTURES)
    gone, come = (curve(model, PICTURES, maps, 1, 7, fill).probability for curve in (deletion, insertion))
    whole, empty = (model(x).softmax(dim=1)[:, 1] for x in (PICTURES, filling(PICTURES, fill)))
    assert torch.allclose(gone[:, 0], whole) and torch.allclose(come[:, -1], whole)
    assert torch.allclose(gone[:, -1], empty) and torch.allclose(come[:, 0], empty)


def test_the_blur_keeps_what_is_even_and_flattens_what_is_not():
    assert torch.allclose(filling(torch.full((1, 1, 12, 12), 0.3), "blur"), torch.tensor(0.3))
    assert filling(PICTURES, "blur").std() < 0.5 * PICTURES.std()


def test_equal_pixels_go_in_no_order_of_the_picture():
    place = places(torch.zeros(2, 48, 48))
    assert torch.equal(place[0], place[1])
    rows = place[0].float().mean(dim=1)  # each about half of 2304, were they random
    assert sorted(place[0].flatten().tolist()) == list(range(2304))
    assert (rows - 1152).abs().max() < 400


def test_the_highest_pixel_goes_first():
    place = places(torch.tensor([[[0.1, 0.5], [-2.0, 0.3]]]))
    assert place.tolist() == [[[2, 0], [3, 1]]]


def test_a_network_in_training_mode_comes_back_as_it_was(model):
    dropping = nn.Sequential(nn.Dropout(0.5), *model).train()
    maps = worth(model, PICTURES)
    assert torch.equal(deletion(dropping, PICTURES, maps, 0).area, deletion(model, PICTURES, maps, 0).area)
    assert dropping.training and dropping[0].training and dropping[2].weight.requires_grad


def test_what_cannot_be_taken_away_is_refused(model):
    with pytest.raises(DataError, match="finite numbers"):
        deletion(model, PICTURES, torch.full((3, 12, 12), torch.nan), 0)
    with pytest.raises(ModelError, match="a map for each picture"):
        deletion(model, PICTURES, torch.zeros(3, 6, 6), 0)
    with pytest.raises(DataError, match="steps as a whole number"):
        insertion(model, PICTURES, noise(PICTURES), 0, steps=0)
    with pytest.raises(DataError, match="fill out of mean, black, blur"):
        insertion(model, PICTURES, noise(PICTURES), 0, fill="white")
    with pytest.raises(ModelError, match=r"class in 0\.\.1, found 2"):
        deletion(model, PICTURES, noise(PICTURES), 2)
