"""What and where to look: against autograd's whole gradient, a closed form on a ramp, and what a blind spot must be."""

import pytest
import torch
from torch import nn

from fer_edu import data, models, saliency
from fer_edu.errors import ModelError
from fer_edu.geometry import build_theta
from fer_edu.saliency.where import looking, thetas_of, transformers


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="val", size=3, seed=0).images


def made(name, **options):
    """Return a network whose transformers look somewhere else in each picture."""
    model = models.create(name, seed=1, **options).eval()
    g = torch.Generator().manual_seed(1)
    for transformer in transformers(model):
        nn.init.normal_(transformer.localisation.head[-1].weight, 0, 0.2, generator=g)
    return model


CASES = {
    "sdl": ("sdl-small", {}),
    "sdl, joined twice": ("sdl-small", {"join": "both", "padding_mode": "zeros"}),
    "sdl, written out": ("sdl-small", {"sampler": "written out"}),
    "sdl, one transformer": ("sdl-small", {"transformers": "sdl2"}),
    "st-cnn, input": ("st-cnn", {}),
    "st-cnn, features": ("st-cnn", {"transformer": "features"}),
    "cnn": ("cnn", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_and_where_add_up_to_the_whole_gradient(name, faces):
    kind, options = CASES[name]
    model = made(kind, **options)
    found = saliency.where_to_look(model, faces, [0, 3, 6])
    x = (faces.float() / 255).requires_grad_()
    logits = model(x)
    (whole,) = torch.autograd.grad(logits[torch.arange(3), torch.tensor([0, 3, 6])].sum(), x)
    assert torch.allclose(found.whole, whole[:, 0], rtol=0, atol=1e-6 * max(1, whole.abs().max().item()))
    assert torch.allclose(found.value, logits.detach()[torch.arange(3), found.target])
    count = len(transformers(model))
    assert found.theta.shape == found.theta_gradient.shape == (3, count, 2, 3)
    assert torch.equal(found.where, found.where_each.sum(dim=0))
    if count:
        assert found.where.abs().max() > 1e-5  # there is something to add
    else:
        assert found.where.abs().max() == 0


def test_the_activation_of_a_feature_map_is_split_too(faces):
    model = made("sdl-small")
    found = saliency.where_to_look(model, faces, 2, layer="SDL-2")
    x = (faces.float() / 255).requires_grad_()
    kept = []
    model.sdl2.register_forward_hook(lambda _, __, output: kept.append(output))
    model(x)
    strongest = kept[0][:, 2].flatten(1).amax(dim=1)
    (whole,) = torch.autograd.grad(strongest.sum(), x)
    assert torch.allclose(found.value, strongest) and torch.allclose(found.whole, whole[:, 0], rtol=0, atol=1e-6)
    baseline = saliency.where_to_look(model, faces, 2, layer="baseline 2")
    assert baseline.where.abs().max() == 0 and baseline.theta_gradient.abs().max() == 0  # it has no part in θ


def test_the_gradient_of_theta_has_a_closed_form_on_a_ramp():
    """Of the picture 0.1 + 0.3 x + 0.2 y a look at half the size gives back 0.1 + 0.3 x_s + 0.2 y_s at each point.

    With one weight w a point, ∂logit/∂θ = (0.3, 0.2) times the sum of w (x_t, y_t, 1).
    """
    torch.manual_seed(0)
    model = nn.Sequential(models.SpatialTransformer(1, 16, sampler="fused"), nn.Flatten(), nn.Linear(256, 2)).eval()
    with torch.no_grad():
        model[0].localisation.head[-1].bias.copy_(build_theta(rotation=0.2, scale=0.5).flatten())
    along = (torch.arange(16) * 2 + 1) / 16 - 1
    y_t, x_t = torch.meshgrid(along, along, indexing="ij")
    picture = 0.5 + 0.3 * x_t + 0.2 * y_t
    found = saliency.where_to_look(model, picture[None, None].clamp(0, 1), 1)
    moments = torch.stack([x_t, y_t, torch.ones_like(x_t)]).flatten(1) @ model[2].weight[1].detach()
    assert torch.allclose(found.theta_gradient[0, 0], torch.tensor([[0.3], [0.2]]) * moments, atol=1e-5)
    assert torch.allclose(found.theta[0, 0], build_theta(rotation=0.2, scale=0.5).view(2, 3))


def test_outside_of_what_is_sampled_a_network_is_blind_and_its_theta_is_not(faces):
    model = made("st-cnn")
    with torch.no_grad():
        model.transformer.localisation.head[-1].bias.copy_(build_theta(scale=0.3).flatten())
        model.transformer.localisation.head[-1].weight.mul_(0.1)
    found = saliency.where_to_look(model, faces, 0)
    outside = torch.ones(48, 48, dtype=torch.bool)
    outside[14:34, 14:34] = False
    assert (found.theta[:, 0, :, :2] - torch.eye(2) * 0.3).abs().max() < 0.05
    assert found.what[:, outside].abs().max() == 0
    assert found.what[:, ~outside].abs().max() > 0
    assert found.where[:, outside].abs().max() > 0


def test_batches_change_nothing_and_the_network_stays_as_it_was(faces, monkeypatch):
    model = made("sdl-small").train()
    whole = saliency.where_to_look(model, faces, 1)
    monkeypatch.setattr("fer_edu.saliency.where.BATCH", 2)
    parts = saliency.where_to_look(model, faces, 1)
    for name in ("what", "where", "where_each", "theta", "theta_gradient", "value"):
        assert torch.allclose(getattr(whole, name), getattr(parts, name), atol=1e-6), name
    assert model.training and all(weight.requires_grad and weight.grad is None for weight in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_network_looks_through_a_given_theta_only_for_a_while(faces):
    model, x = made("sdl-small"), faces.float() / 255
    own = thetas_of(model, x)
    assert torch.allclose(own[0], model.theta(x)) and len(own) == 2
    given = build_theta(scale=0.5).view(1, 2, 3)
    with torch.no_grad(), looking(model, lambda _, theta: given.expand_as(theta)):
        assert torch.equal(model.theta(x), given.expand(3, 2, 3))
    assert torch.allclose(model.theta(x), own[0])
    with pytest.raises(ZeroDivisionError), looking(model, lambda _, theta: theta):
        raise ZeroDivisionError
    assert not any(module._forward_hooks for module in model.modules())


def test_a_constant_picture_has_maps_of_zeros(faces):
    found = saliency.where_to_look(made("sdl-small"), torch.full_like(faces, 90), 0)
    assert found.what.abs().max() == 0 and found.where.abs().max() == 0 and found.value.isfinite().all()


@pytest.mark.parametrize(
    ("arguments", "found"),
    [({"target": 7}, "7"), ({"target": 0, "layer": "SDL-3"}, "SDL-3"), ({"layer": "SDL-1"}, "None")]
    + [
        ({"target": number, "layer": "SDL-1"}, text)
        for number, text in ((8, "found 8"), (-1, "found -1"), ([1, 2], "[2]"))
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(arguments, found, faces):
    with pytest.raises(ModelError, match="^expected .*: .*[.]$") as raised:
        saliency.where_to_look(models.create("sdl-small"), faces, **arguments)
    assert found in str(raised.value)
