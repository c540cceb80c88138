"""The deconvnet against a case worked out by hand, and against Captum's deconvolution times the activation."""

import warnings

import pytest
import torch
from torch import nn

from fer_edu import data, models, saliency
from fer_edu.errors import ModelError
from fer_edu.saliency import deconvnet
from fer_edu.saliency.adjoints import Convolution, MaxPool, Rectify
from fer_edu.saliency.deconvnet import Deconvnet
from fer_edu.saliency.where import looking


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="val", size=4, seed=0).images


def made(name, seed=1, **options):
    """Return a network whose weights, running statistics and θ are all away from where they start."""
    model = models.create(name, seed=seed, **options).eval()
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2, generator=g)
                module.running_var.uniform_(0.5, 2, generator=g)
                module.weight.uniform_(0.5, 1.5, generator=g)
                module.bias.normal_(0, 0.2, generator=g)
            if isinstance(module, models.SpatialTransformer) and not getattr(model.options, "frozen", False):
                module.localisation.head[-1].weight.normal_(0, 0.2, generator=g)
    return model


def by_captum(model, x, layer, channel, place, method="Deconvolution"):
    """Return Captum's map [N, H, W] of one neuron each, θ held."""
    captum = pytest.importorskip("captum.attr")
    found = []
    with warnings.catch_warnings(), looking(model, lambda _, theta: theta.detach()):
        warnings.simplefilter("ignore")
        for one, at in zip(x, place.tolist(), strict=True):
            one = one[None].clone().requires_grad_()
            if layer == "logits":
                found.append(getattr(captum, method)(model).attribute(one, target=channel))
            else:
                neuron = getattr(captum, f"Neuron{method}")(model, saliency.layers(model)[layer])
                found.append(neuron.attribute(one, neuron_selector=(channel, *at)))
    return torch.cat(found).detach().sum(dim=1)


# The case of notebook 09. A picture of 4 x 5; the first filter takes the right pixel minus the left one, so
#
#     picture            map               max-pool of 2      after ReLU
#     1 3 2 2 6          2 -1  0  4
#     0 1 4 3 3          1  3 -1  0        3  4               3  4       won at (1, 1) and (0, 3)
#     5 4 4 2 1         -1  0 -2 -1        5 -1               5  0       won at (3, 1) and (2, 3)
#     2 2 7 5 3          0  5 -2 -2
#
# the second filter (1 -1 / 1 2) with the bias -1 gives 3 - 4 + 5 + 0 - 1 = 3. Back: 3 times the filter is
# (3 -3 / 3 6); ReLU (3 0 / 3 6), though the last block was silent on the way up; 3, 3 and 6 to the places (1, 1),
# (3, 1) and (2, 3) of the map; a value v there is -v in the left pixel and +v in the right one.
PICTURE = torch.tensor([[1.0, 3, 2, 2, 6], [0, 1, 4, 3, 3], [5, 4, 4, 2, 1], [2, 2, 7, 5, 3]]).view(1, 1, 4, 5) / 10
BY_HAND = torch.tensor([[0.0, 0, 0, 0, 0], [0, -3, 3, 0, 0], [0, 0, 0, -6, 6], [0, -3, 3, 0, 0]]) / 10


@pytest.fixture
def small():
    first, second = nn.Conv2d(1, 1, (1, 2), bias=False), nn.Conv2d(1, 1, 2)
    model = nn.Sequential(first, nn.MaxPool2d(2), nn.ReLU(), second, nn.ReLU())
    with torch.no_grad():
        first.weight.copy_(torch.tensor([-1.0, 1]).view(1, 1, 1, 2))
        second.weight.copy_(torch.tensor([[1.0, -1], [1, 2]]).view(1, 1, 2, 2))
        second.bias.fill_(-0.1)  # the picture above is in tenths
    return model.eval()


def test_a_pass_is_the_one_worked_out_by_hand(small):
    found = Deconvnet(small).project(PICTURE, "4", 0)
    assert found.activation.item() == pytest.approx(0.3)
    assert found.place.tolist() == [[0, 0]] and found.box.tolist() == [[0, 0, 4, 5]]
    assert torch.allclose(found.maps[0], BY_HAND, atol=1e-6)


def test_backpropagation_stops_where_the_way_up_was_silent(small):
    """Without the deconvnet's ReLU the -3 goes on, to (0, 3); the 6 stops at the silent block."""
    expected = torch.tensor([[0.0, 0, 0, 3, -3], [0, -3, 3, 0, 0], [0, 0, 0, 0, 0], [0, -3, 3, 0, 0]]) / 10
    assert torch.allclose(Deconvnet(small, "backprop").project(PICTURE, "4", 0).maps[0], expected, atol=1e-6)
    expected[0] = 0
    assert torch.allclose(Deconvnet(small, "guided").project(PICTURE, "4", 0).maps[0], expected, atol=1e-6)


def no_relu(step, signal, kept):
    return signal


def with_bias(step, signal, size, back=Convolution.back):
    return back(step, signal, size) + (0 if step.bias is None else step.bias.view(1, -1, 1, 1))


def switches_of_another(step, signal, kept, back=MaxPool.back):
    return back(step, signal, (kept[0].roll(1, dims=0).flip(3), kept[1]))


def mean_unpooling(step, signal, kept):
    height, width = kept[1]
    return nn.functional.interpolate(signal / 4, size=(height, width))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [(Rectify, no_relu), (Convolution, with_bias), (MaxPool, switches_of_another), (MaxPool, mean_unpooling)],
)
def test_the_hand_computed_case_tells_a_wrong_way_back(small, monkeypatch, kind, wrong):
    """The mistakes of deconvnets that are about: no ReLU, biases added, another picture's switches, no switches."""
    monkeypatch.setattr(kind, "back", wrong)
    assert (Deconvnet(small).project(PICTURE, "4", 0).maps[0] - BY_HAND).abs().max() > 0.01


NETWORKS = {
    "sdl, both joined": ("sdl-small", {"normalisation": "fixed", "join": "both"}),
    "sdl, the other order": ("sdl-small", {"normalisation": "fixed", "order": "relu-conv-pool", "kernel": 5}),
    "sdl, one transformer": ("sdl-small", {"normalisation": "none", "transformers": "sdl2", "padding_mode": "zeros"}),
    "sdl-plain": ("sdl-plain", {"normalisation": "fixed", "padding_mode": "reflection"}),
    "baseline": ("sdl-small", {"normalisation": "fixed", "branches": "baseline"}),
    "cnn": ("cnn", {}),
    "st-cnn, input": ("st-cnn", {}),
    "st-cnn, normalised before": ("st-cnn", {"normalise": "before", "padding_mode": "zeros"}),
    "st-cnn, features": ("st-cnn", {"transformer": "features"}),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_projection_is_captums_deconvolution_times_the_activation(name, faces):
    """The paper's start is the activation, Captum's is 1. Batch normalisation is folded here and is a layer there."""
    kind, options = NETWORKS[name]
    model, x = made(kind, **options), faces[:2].float() / 255
    network = Deconvnet(model)
    for layer in network.layers:
        channel = network.features(faces[:2], layer).amax(dim=(0, 2, 3)).argmax().item()  # one that fires
        found = network.project(faces[:2], layer, channel)
        expected = by_captum(model, x, layer, channel, found.place) * found.activation[:, None, None]
        # The four weights hang on a coordinate in float32, of which a last digit is 1e-6 of a pixel.
        through = any(step["kind"] == "look through θ" for step in network.steps(layer))
        assert torch.allclose(found.maps, expected, rtol=0, atol=3e-6 if through else 1e-6), layer
        assert found.maps.abs().amax(dim=(1, 2)).min() > 5e-5, layer  # what agrees is not empty


def test_the_guided_rule_is_captums_guided_backprop_times_the_activation(faces):
    model, x = made("st-cnn"), faces.float() / 255
    found = Deconvnet(model, "guided").project(faces, "part 3", 3)
    expected = by_captum(model, x, "part 3", 3, found.place, "GuidedBackprop") * found.activation[:, None, None]
    assert torch.allclose(found.maps, expected, rtol=0, atol=1e-6) and expected.abs().max() > 1e-3


def test_the_backprop_rule_is_the_gradient_times_the_activation(faces):
    model = made("sdl-small", normalisation="fixed")
    found = Deconvnet(model, "backprop").project(faces, "logits", 2)
    gradient = saliency.where_to_look(model, faces, 2).what
    assert torch.allclose(found.maps, gradient * found.activation.abs()[:, None, None], rtol=0, atol=1e-6)


def test_a_picture_is_projected_with_its_mean_and_deviation_held(faces):
    """The same weights in a network that is given pictures already normalised: its maps over the deviation."""
    model = made("sdl-small")
    inner = made("sdl-small", normalisation="none")
    inner.load_state_dict(model.state_dict())
    x = faces.float() / 255
    for layer in ("SDL-2", "baseline 3", "logits"):
        found = Deconvnet(model).project(faces, layer, 1)
        expected = by_captum(inner, model.normalise(x), layer, 1, found.place)
        deviation = x.std(dim=(1, 2, 3), correction=0) + 0.02
        expected = expected * (found.activation.abs() / deviation)[:, None, None]
        assert torch.allclose(found.maps, expected, rtol=1e-4, atol=1e-6), layer


def test_overlapping_pools_too_agree_with_captum(faces):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 5, stride=2, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.Sequential(nn.Conv2d(4, 6, 3, dilation=2, groups=2), nn.ReLU(), nn.AvgPool2d(3, 2)),
        nn.Flatten(),
        nn.Linear(54, 3),
    ).eval()
    network = Deconvnet(model)
    assert network.layers == ("1", "2", "3.1", "3.2", "logits")
    x = faces.float() / 255
    for layer in network.layers:
        found = network.project(faces, layer, 2)
        expected = by_captum(model, x, layer, 2, found.place) * found.activation.abs()[:, None, None]
        assert torch.allclose(found.maps, expected, rtol=0, atol=1e-6), layer


def test_a_layer_that_is_used_twice_counts_twice(faces):
    torch.manual_seed(0)
    relu = nn.ReLU()
    model = nn.Sequential(nn.Conv2d(1, 3, 3), relu, nn.Conv2d(3, 2, 3), relu, nn.Flatten(), nn.Linear(2 * 44**2, 3))
    network = Deconvnet(model)
    assert network.layers == ("1", "3", "logits")
    with torch.no_grad():
        logits = model(faces.float() / 255)
    assert torch.allclose(network.features(faces, "logits")[:, :, 0, 0], logits, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_its_layers_are_those_of_the_network_with_the_same_maps(name, faces):
    kind, options = NETWORKS[name]
    model = made(kind, **options)
    network, named = Deconvnet(model), saliency.layers(model)
    assert network.layers == (*named, "logits")
    seen = {}
    for layer, module in named.items():
        module.register_forward_hook(lambda _, __, output, layer=layer: seen.update({layer: output}))
    with torch.no_grad():
        logits = model(faces.float() / 255)
    for layer in named:
        found = network.features(faces, layer)
        assert found.shape[1] == network.channels(layer)
        assert torch.allclose(found, seen[layer], atol=1e-5), layer
    assert torch.allclose(network.features(faces, "logits")[:, :, 0, 0], logits, atol=1e-5)


def test_the_steps_name_the_way_and_what_is_kept_for_the_way_back():
    steps = Deconvnet(models.create("sdl-small")).steps("SDL-1")
    assert [step["kind"] for step in steps] == [
        "normalise",
        "look through θ",
        "convolution",
        "ReLU",
        "average pool",
    ]
    assert all(step["name"] and step["keeps"] and step["way_back"] for step in steps)


def test_a_constant_picture_has_a_map_of_zeros_or_numbers(faces):
    grey = torch.full_like(faces, 128)
    for layer in ("SDL-2", "baseline 4", "logits"):
        assert Deconvnet(made("sdl-small")).project(grey, layer, 0).maps.isfinite().all()


def test_a_silent_map_projects_to_nothing(small):
    with torch.no_grad():
        small[3].bias.fill_(-100)
    found = Deconvnet(small).project(PICTURE, "4", 0)
    assert found.activation.item() == 0 and found.maps.abs().max() == 0


def test_a_negative_logit_shows_what_spoke_for_it(small):
    """Kept with a plus sign: the start is 0.97, not -0.97, and the ReLU lets the same signal pass as above."""
    model = nn.Sequential(*small[:4])  # without the last ReLU
    with torch.no_grad():
        model[3].bias.fill_(-1.37)
    found = Deconvnet(model).project(PICTURE, "logits", 0)
    assert found.activation.item() == pytest.approx(-0.97)
    assert torch.allclose(found.maps[0], BY_HAND / 0.3 * 0.97, atol=1e-5)


def test_batches_and_chosen_places_change_nothing(faces, monkeypatch):
    network = Deconvnet(made("sdl-small"))
    channel = torch.tensor([0, 5, 2, 7])
    whole = network.project(faces, "SDL-1", channel)
    monkeypatch.setattr(deconvnet, "BATCH", 3)
    parts = network.project(faces.float() / 255, "SDL-1", channel, whole.place)
    assert torch.allclose(whole.maps, parts.maps, atol=1e-5) and torch.equal(whole.box, parts.box)
    assert torch.equal(parts.channel, channel)
    one = network.project(faces[1:2], "SDL-1", 5, tuple(whole.place[1].tolist()))
    assert torch.allclose(one.maps[0], whole.maps[1], atol=1e-5)


def test_the_box_is_where_the_gradient_lives():
    """A network of linear layers reads every pixel of its receptive field, so the two must be equal, also when cut."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 2, 5, stride=2, padding=2),
        nn.AvgPool2d(3, 2),
        nn.Conv2d(2, 2, 3, dilation=2, padding=1),
        nn.AvgPool2d(2),
    )
    x = torch.rand(1, 1, 33, 41, requires_grad=True)
    y, network = model(x), Deconvnet(model)
    for row in range(y.shape[2]):
        for column in range(y.shape[3]):
            (gradient,) = torch.autograd.grad(y[0, 1, row, column], x, retain_graph=True)
            rows, columns = gradient[0, 0].nonzero().unbind(1)
            expected = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
            assert network.project(x.detach(), "3", 1, (row, column)).box[0].tolist() == [int(n) for n in expected]


@pytest.mark.parametrize("name", ["sdl, both joined", "sdl, one transformer", "st-cnn, input", "st-cnn, features"])
def test_nothing_is_projected_outside_the_box_also_through_transformers(name, faces):
    kind, options = NETWORKS[name]
    network = Deconvnet(made(kind, **options))
    for layer in network.layers[:-1]:
        found = network.project(faces, layer, 1)
        scale = found.maps.abs().amax()
        for map_, (top, left, bottom, right) in zip(found.maps, found.box.tolist(), strict=True):
            outside = map_.clone()
            outside[top:bottom, left:right] = 0
            assert outside.abs().max() <= 1e-3 * scale


def test_an_inner_place_of_baseline_two_sees_ten_pixels(faces):
    """Two convolutions of 3 and two pools of 2: 2 · (2 · 1 + 2) + 2 = 10."""
    box = Deconvnet(models.create("sdl-small", seed=0)).project(faces[:1], "baseline 2", 0, (5, 6)).box[0]
    assert box.tolist() == [4 * 5 - 3, 4 * 6 - 3, 4 * 5 + 7, 4 * 6 + 7]


def test_the_network_stays_as_it_was_and_its_copy_too(faces):
    model = made("sdl-small")
    network = Deconvnet(model)
    before = network.project(faces, "SDL-2", 0).maps
    model.train()
    weights = [weight.clone() for weight in model.parameters()]
    again = network.project(faces, "SDL-2", 0).maps
    assert model.training and all(weight.requires_grad for weight in model.parameters())
    assert torch.equal(before, again)
    assert all(torch.equal(*pair) for pair in zip(weights, model.parameters(), strict=True))
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
    assert torch.equal(before, network.project(faces, "SDL-2", 0).maps)


class Residual(nn.Module):
    def forward(self, x):
        return x


BAD_NETWORKS = {
    "another network": (Residual(), "found Residual"),
    "an activation without a way back": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh()), "found Tanh"),
    "a padding that is no zero": (
        nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")),
        "padding_mode=reflect",
    ),
    "a normalisation that cannot be folded": (nn.Sequential(nn.ReLU(), nn.BatchNorm2d(1)), "right after"),
    "a pool whose last windows are cut": (nn.Sequential(nn.AvgPool2d(2, ceil_mode=True)), "AvgPool2d"),
}


@pytest.mark.parametrize("name", BAD_NETWORKS)
def test_a_network_without_a_known_way_back_is_refused_in_a_sentence(name):
    model, found = BAD_NETWORKS[name]
    with pytest.raises(ModelError, match="^expected .*: .*[.]$") as raised:
        Deconvnet(model)
    assert found in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("conv", 0), "'conv'"),
        (("SDL-1", 8), "maps 0 to 7"),
        (("SDL-1", -1), "found -1"),
        (("logits", 7), "maps 0 to 6"),
        (("SDL-1", 0.5), "a map's number"),
        (("SDL-1", torch.tensor([1, 2])), "a map's number"),
        (("SDL-1", 0, (24, 0)), "24 rows"),
        (("SDL-1", 0, (-1, 0)), "24 rows"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(arguments, found, faces):
    with pytest.raises(ModelError, match="^expected .*: .*[.]$") as raised:
        Deconvnet(models.create("sdl-small")).project(faces, *arguments)
    assert found in str(raised.value)


def test_an_unknown_rule_and_weights_that_are_no_numbers_are_refused(faces):
    model = models.create("cnn")
    with pytest.raises(ModelError, match="found 'zeiler'"):
        Deconvnet(model, "zeiler")
    with torch.no_grad():
        model.parts[0][0].weight.fill_(torch.nan)
    with pytest.raises(ModelError, match="NaN"):
        Deconvnet(model).project(faces, "logits", 0)
