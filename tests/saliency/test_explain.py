"""Every method against Captum called directly, against closed forms of a linear network, and at its limits."""

import warnings

import captum.attr as captum
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.saliency.explaining import METHODS, explain, methods
from fer_edu.saliency.parts import parts_of, sizes

TARGET = torch.tensor([3, 0, 6])


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(3, seed=4)


@pytest.fixture(scope="module")
def model():
    """A network with transformers that look a little aside, so that the way through θ counts."""
    model = fe.models.create("sdl-small", seed=0).eval()
    with torch.no_grad():
        for transformer in model.transformers:
            transformer.localisation.head[-1].bias.add_(0.1 * torch.tensor([1.0, 0.5, -0.5, 0.5, -1.0, 1.0]))
            transformer.localisation.head[-1].weight.normal_(std=0.05, generator=torch.Generator().manual_seed(0))
    return model


def asked_directly(model, x, faces):
    """What Captum itself answers, with the numbers that `explain` documents as its defaults."""
    grey = x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x)
    layer = model.baseline[11]  # the ReLU of the third convolution
    noisy = []
    for k in range(3):
        torch.manual_seed(0)
        noisy.append(
            captum.NoiseTunnel(captum.Saliency(model)).attribute(
                x[k : k + 1], target=TARGET[k : k + 1], nt_samples=24, stdevs=0.1, abs=False
            )
        )

    def enlarge(maps):
        return captum.LayerAttribution.interpolate(maps, (48, 48), "bilinear")

    parts = parts_of(faces)
    return {
        "gradient": captum.Saliency(model).attribute(x, target=TARGET, abs=False),
        "gradient x input": captum.InputXGradient(model).attribute(x, target=TARGET),
        "smoothgrad": torch.cat(noisy),
        "integrated gradients": captum.IntegratedGradients(model).attribute(x, grey, target=TARGET, n_steps=32),
        "guided backprop": captum.GuidedBackprop(model).attribute(x, target=TARGET),
        "deconvolution": captum.Deconvolution(model).attribute(x, target=TARGET),
        "gradcam": enlarge(captum.LayerGradCam(model, layer).attribute(x, target=TARGET)),
        "hirescam": enlarge(
            captum.LayerGradientXActivation(model, layer).attribute(x, target=TARGET).sum(1, keepdim=True)
        ),
        "occlusion": captum.Occlusion(model).attribute(x, (1, 8, 8), (1, 4, 4), grey, target=TARGET),
        "feature ablation": captum.FeatureAblation(model).attribute(x, grey, TARGET, feature_mask=parts[:, None]),
    }


def test_the_names_are_the_twelve_of_the_course():
    assert len(methods()) == 12 and {"gradient", "deeplift", "hirescam", "shapley"} < set(methods())


def test_each_method_is_captums_own_to_the_last_digits(model, faces):
    x = (faces.images.float() / 255).requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direct = asked_directly(model, x, faces)
    for method in set(methods()) - {"deeplift", "shapley"}:  # which have tests of their own
        parts = parts_of(faces) if METHODS[method].asks_parts else None
        maps = explain(model, faces.images, TARGET, method, parts=parts).maps
        expected = direct[method].detach()[:, 0]
        assert expected.abs().max() > 0, method
        assert torch.allclose(maps, expected, rtol=0, atol=5e-6 * expected.abs().max().item()), method


def test_deeplift_is_captums_where_no_two_rules_meet_and_adds_up_where_they_do(faces):
    """Between a ReLU and a max-pool that follows at once Captum 0.9.0 loses one of the two rules."""
    torch.manual_seed(0)
    apart = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.MaxPool2d(2), nn.Flatten())
    apart.append(nn.Linear(4 * 22 * 22, 7))
    x = faces.images.float() / 255
    grey = x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direct = captum.DeepLift(apart).attribute(x, grey, target=TARGET).detach()[:, 0]
        found = explain(apart, faces.images, TARGET, "deeplift")
        assert torch.allclose(found.maps, direct, atol=1e-7)
        assert found.gap.abs().max() < 1e-6
        meeting = fe.models.create("cnn", seed=0).eval()
        _, lost = captum.DeepLift(meeting).attribute(x, grey, target=TARGET, return_convergence_delta=True)
    assert lost.abs().max() > 1e-4
    assert explain(meeting, faces.images, TARGET, "deeplift").gap.abs().max() < 1e-6


@pytest.fixture
def linear():
    """logits = W x + b over 12 x 12 pixels, without any bend."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 4)).eval()


def test_a_linear_network_has_closed_forms(linear):
    x = torch.rand(5, 1, 12, 12, generator=torch.Generator().manual_seed(2))
    target = torch.tensor([0, 1, 2, 3, 0])
    w = linear[1].weight.detach()[target].view(5, 12, 12)
    away = (x - x.mean(dim=(1, 2, 3), keepdim=True))[:, 0]
    parts = (torch.arange(144) // 36).view(1, 12, 12).expand(5, -1, -1)
    of_parts = torch.stack([(w * away * (parts == k)).sum((1, 2)) for k in range(4)], 1)
    on_pixels = of_parts.gather(1, parts.flatten(1)).view(5, 12, 12)
    truth = {
        "gradient": w,
        "gradient x input": w * x[:, 0],
        "smoothgrad": w,
        "integrated gradients": w * away,
        "deeplift": w * away,
        "feature ablation": on_pixels,
        "shapley": on_pixels / 36,
    }
    for method, expected in truth.items():
        given = parts if METHODS[method].asks_parts else None
        found = explain(linear, x, target, method, parts=given)
        assert torch.allclose(found.maps, expected, atol=1e-5), method
        if found.gap is not None:
            # From black, a linear network's bias cancels: nothing is missing from any of these sums.
            assert found.gap.abs().max() < 1e-5, method
    # One window of one pixel is one pixel taken away.
    assert torch.allclose(explain(linear, x, target, "occlusion", window=1, stride=1).maps, w * away, atol=1e-5)
    black = explain(linear, x, target, "integrated gradients", baseline="black")
    assert torch.allclose(black.maps, w * x[:, 0], atol=1e-5)


def test_a_map_speaks_for_a_class_with_its_sign(linear):
    """A pixel whose weight is negative speaks against the class wherever it is bright: no absolute values."""
    maps = explain(linear, torch.rand(1, 1, 12, 12), 0, "gradient").maps
    assert (maps < 0).any() and (maps > 0).any()


def test_gradcam_keeps_what_is_negative_unless_told_not_to(model, faces):
    for method in ("gradcam", "hirescam"):
        signed = explain(model, faces.images, TARGET, method)
        cut = explain(model, faces.images, TARGET, method, relu=True)
        assert signed.maps.min() < 0 <= cut.maps.min()
        assert any("Negative values are kept" in note for note in signed.notes)
        assert not any("Negative" in note for note in cut.notes)


# What makes a method small, for tests that do not ask about its numbers.
SMALL = {
    "smoothgrad": {"samples": 7},
    "integrated gradients": {"steps": 7},
    "occlusion": {"window": 16, "stride": 16},
    "shapley": {"parts": (torch.arange(48) // 16).expand(3, 48, 48)},
}


@pytest.mark.parametrize("method", methods())
def test_a_map_hangs_neither_on_its_neighbours_nor_on_the_batches(model, faces, method):
    options = SMALL.get(method, {})
    mine = {name: value[1:2] if name == "parts" else value for name, value in options.items()}
    whole = explain(model, faces.images, TARGET, method, **options).maps
    alone = explain(model, faces.images[1:2], TARGET[1:2], method, **mine).maps
    one_by_one = explain(model, faces.images, TARGET, method, memory=0.1, **options).maps
    # Another batch size rounds otherwise, and under noise some max-pool then chooses another of two equal pixels.
    near = (2e-3 if method == "smoothgrad" else 1e-4) * whole.abs().max()
    assert (alone[0] - whole[1]).abs().max() <= near
    assert (one_by_one - whole).abs().max() <= near


@pytest.mark.parametrize("method", methods())
def test_no_batch_is_larger_than_memory_allows(model, faces, method, monkeypatch):
    monkeypatch.setattr("fer_edu.saliency.explaining.pictures_at_once", lambda *rest: 5)
    passed = []
    hook = model.register_forward_hook(lambda module, inputs, output: passed.append(len(inputs[0])))
    monkeypatch.setattr("fer_edu.saliency.inputs.FORWARD", 5)
    try:
        options = {
            name: value.repeat(4, 1, 1) if name == "parts" else value for name, value in SMALL.get(method, {}).items()
        }
        explain(model, faces.images.repeat(4, 1, 1, 1), 0, method, **options)
    finally:
        hook.remove()
    assert max(passed) <= 5 and sum(passed) >= 12


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("sdl-small", {"order": "relu-conv-pool", "join": "both"}),
        ("sdl-small", {"batch_norm": False, "normalisation": "fixed"}),
        ("sdl-small", {"branches": "baseline"}),
        ("st-cnn", {"transformer": "features", "sampler": "written out"}),
        ("cnn", {}),
    ],
)
def test_every_network_of_the_course_can_be_explained_by_every_method(name, options, faces):
    network = fe.models.create(name, seed=0, **options)
    for method in methods():
        found = explain(network, faces.images, method=method, **SMALL.get(method, {}))
        assert found.maps.shape == (3, 48, 48) and found.maps.dtype == torch.float32, method
        assert found.maps.isfinite().all() and (found.maps != 0).any(), method
        assert torch.equal(found.target, found.logits.argmax(1)) and found.method == method


@pytest.mark.parametrize("method", methods())
def test_the_model_comes_back_as_it_was(faces, method):
    network = fe.models.create("st-cnn", seed=0).train()
    network.parts[0].eval()
    next(network.parameters()).requires_grad_(False)

    def state():
        return [
            (module.training, sorted(vars(module)), len(module._forward_hooks), len(module._forward_pre_hooks))
            for module in network.modules()
        ] + [(weight.requires_grad, weight.grad) for weight in network.parameters()]

    before, torch_state = state(), torch.get_rng_state()
    explain(network, faces.images, method=method, **SMALL.get(method, {}))
    assert state() == before
    assert torch.equal(torch.get_rng_state(), torch_state)
    # An error in the middle leaves as little behind.
    stop = network.classifier[3].register_forward_hook(Breaking(after=2))
    with pytest.raises(ZeroDivisionError):
        explain(network, faces.images, method=method, **SMALL.get(method, {}))
    stop.remove()
    assert state() == before


class Breaking:
    """A hook that lets some passes through, then fails."""

    def __init__(self, after):
        self.left = after

    def __call__(self, module, inputs, output):
        self.left -= 1
        if self.left < 0:
            raise ZeroDivisionError


@pytest.mark.parametrize("method", methods())
def test_captums_warnings_do_not_reach_a_student(model, faces, method):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explain(model, faces.images, TARGET, method, **SMALL.get(method, {}))


@pytest.mark.parametrize("method", methods())
def test_a_picture_of_one_grey_has_a_map_of_zeros_and_a_note(model, faces, method):
    images = torch.cat([torch.full_like(faces.images[:1], 90), faces.images[:1]])
    found = explain(model, images, 2, method)
    assert found.maps[0].eq(0).all() and found.maps[1].abs().max() > 0 and found.maps.isfinite().all()
    assert "1 of 2 pictures are of one even grey" in found.notes[0]


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_it_works_where_the_caller_has_switched_gradients_off(model, faces, method):
    expected = explain(model, faces.images, TARGET, method).maps
    with torch.no_grad():
        assert torch.equal(explain(model, faces.images, TARGET, method).maps, expected)
    with torch.inference_mode():
        assert torch.equal(explain(model, faces.images.clone(), TARGET, method).maps, expected)


def test_completeness_is_told_and_more_steps_mend_it(model, faces):
    few, many = (explain(model, faces.images, TARGET, "integrated gradients", steps=n) for n in (4, 64))
    x = faces.images.float() / 255
    with torch.no_grad():
        rise = (model(x) - model(x.mean(dim=(1, 2, 3), keepdim=True).expand_as(x))).gather(1, TARGET[:, None])[:, 0]
    assert torch.allclose(many.gap, many.maps.sum((1, 2)) - rise, atol=1e-5)
    assert many.gap.abs().max() < 0.1 * few.gap.abs().max()
    assert explain(model, faces.images, TARGET, "shapley").gap.abs().max() < 1e-5
    assert explain(model, faces.images, TARGET, "gradient").gap is None


def test_what_deeplift_has_no_rule_for_is_said(model, faces):
    told = explain(model, faces.images, TARGET, "deeplift").notes[0]
    assert "sampler" in told and "normalisation" in told
    assert not explain(fe.models.create("cnn", seed=0), faces.images, TARGET, "deeplift").notes


def test_held_the_normalisation_no_longer_takes_what_should_add_up(faces):
    """Without transformers nothing else stands in the way: DeepLift then adds up as it does for a network of bends."""
    network = fe.models.create("sdl-small", transformers="none", seed=0)
    as_it_is, held = (explain(network, faces.images, TARGET, "deeplift", held=held) for held in (False, True))
    assert held.gap.abs().max() < 1e-5 < 0.001 < as_it_is.gap.abs().max()
    assert as_it_is.notes and not held.notes
    # A network that is given normalised pictures from the start: the same maps of them, by Captum itself.
    outside = fe.models.create("sdl-small", transformers="none", normalisation="none", seed=0).eval()
    z = network.normalise(faces.images.float() / 255).requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direct = captum.InputXGradient(outside).attribute(z, target=TARGET).detach()[:, 0]
    assert torch.allclose(explain(network, faces.images, TARGET, "gradient x input", held=True).maps, direct, atol=1e-7)
    assert "normalise" not in vars(network)
    with pytest.raises(ModelError, match="found STCNN without"):
        explain(fe.models.create("cnn", seed=0), faces.images, TARGET, "deeplift", held=True)


def test_smoothgrad_is_the_same_for_a_seed_and_another_for_another(model, faces):
    first, again, other = (explain(model, faces.images, TARGET, "smoothgrad", seed=seed).maps for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    none = explain(model, faces.images, TARGET, "smoothgrad", noise=0.0, samples=2).maps
    assert torch.allclose(none, explain(model, faces.images, TARGET, "gradient").maps, atol=1e-5)
    assert explain(model, faces.images, TARGET, "smoothgrad", kind="squared").maps.min() >= 0


def test_a_parts_value_is_on_its_pixels_or_spread_over_them(model, faces):
    parts = parts_of(faces)
    for method in ("feature ablation", "shapley"):
        on, over = (explain(model, faces.images, TARGET, method, parts=parts, spread=s).maps for s in (False, True))
        assert torch.allclose(over * sizes(parts), on, atol=1e-6)


def test_options_are_given_back_as_they_were_used(model, faces):
    assert explain(model, faces.images, TARGET, "occlusion", stride=8).options == {
        "window": 8,
        "stride": 8,
        "baseline": "mean",
    }
    found = explain(model, faces.images, TARGET, "gradcam", layer="SDL-2")
    assert found.layer == "SDL-2" and "6 x 6" in found.notes[0]


WRONG = {
    "a method that is none": ({"method": "lime"}, "expected a method out of gradient, "),
    "an unknown option": ({"method": "occlusion", "size": 3}, "options out of window, stride, baseline for occlusion"),
    "an option of a method without": ({"method": "gradient", "steps": 3}, "no options for gradient, found steps"),
    "no steps": ({"method": "integrated gradients", "steps": 0}, "steps as a whole number in 1"),
    "half a sample": ({"method": "smoothgrad", "samples": 1.5}, "samples as a whole number"),
    "noise below none": ({"method": "smoothgrad", "noise": -0.1}, "noise as a deviation"),
    "an unknown kind": ({"method": "smoothgrad", "kind": "max"}, "kind out of mean, squared"),
    "a window larger than the picture": ({"method": "occlusion", "window": 49}, "window as a whole number in 1..48"),
    "a stride that leaves gaps": (
        {"method": "occlusion", "window": 4, "stride": 5},
        "stride as a whole number in 1..4",
    ),
    "a word for a truth value": ({"method": "gradcam", "relu": "no"}, "relu to be True or False"),
    "an unknown baseline": ({"method": "deeplift", "baseline": "blue"}, "baseline out of mean, black"),
    "a baseline above white": ({"method": "deeplift", "baseline": 255}, "baseline out of mean, black"),
    "baselines for others": ({"method": "deeplift", "baseline": torch.zeros(2, 1, 48, 48)}, "one for each, or one"),
    "an unknown layer": ({"method": "gradcam", "layer": "conv5"}, "a layer out of SDL-1, "),
    "a layer for a method without": ({"method": "gradient", "layer": "SDL-1"}, "only gradcam and hirescam ask"),
    "parts for a method without": (
        {"method": "gradient", "parts": torch.zeros(3, 48, 48)},
        "only feature ablation and",
    ),
    "parts of other pictures": ({"method": "shapley", "parts": torch.zeros(2, 48, 48).long()}, "take parts_of"),
    "no memory": ({"memory": 0}, "memory as a positive number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused_in_one_sentence(model, faces, name):
    keywords, said = WRONG[name]
    with pytest.raises(ModelError, match=said) as caught:
        explain(model, faces.images, TARGET, **keywords)
    assert str(caught.value).startswith("expected ")


def test_a_baseline_can_be_a_grey_or_pictures(model, faces):
    by_name, by_number, by_picture = (
        explain(model, faces.images, TARGET, "integrated gradients", baseline=baseline).maps
        for baseline in ("grey", 0.5, torch.full((1, 1, 48, 48), 0.5))
    )
    assert torch.equal(by_name, by_number) and torch.equal(by_name, by_picture)


class Calls(nn.Module):
    """A network whose bends are calls of functions."""

    def __init__(self, bend=F.relu, module=None):
        super().__init__()
        self.inner, self.out, self.module, self.bend = nn.Conv2d(1, 2, 3), nn.Linear(2 * 46 * 46, 7), module, bend

    def forward(self, x):
        x = self.bend(self.inner(x))
        return self.out((x if self.module is None else self.module(x)).flatten(1))


@pytest.mark.parametrize("method", ["guided backprop", "deconvolution"])
def test_methods_that_change_relus_refuse_a_network_without_them(faces, method):
    with pytest.raises(ModelError, match="1 ReLUs that are calls of a function"):
        explain(Calls(), faces.images, method=method)
    with pytest.raises(ModelError, match="1 ReLUs that are calls"):  # one of two would be changed
        explain(Calls(module=nn.ReLU()), faces.images, method=method)
    with pytest.raises(ModelError, match="found none"):
        explain(Calls(torch.tanh), faces.images, method=method)


def test_guided_backprop_and_deconvolution_take_a_relu_that_is_used_twice(faces):
    """Captum's hooks meet each use of it in turn: tried, so it is not refused."""

    class Twice(nn.Module):
        def __init__(self, one):
            super().__init__()
            self.first, self.second = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3)
            self.relu, self.out = nn.ReLU(), nn.Linear(3 * 44 * 44, 7)
            self.other = self.relu if one else nn.ReLU()

        def forward(self, x):
            return self.out(self.other(self.second(self.relu(self.first(x)))).flatten(1))

    reused, single = Twice(True), Twice(False)
    single.load_state_dict(reused.state_dict())
    for method in ("guided backprop", "deconvolution"):
        maps = [explain(network, faces.images, TARGET, method).maps for network in (reused, single)]
        assert torch.equal(*maps) and maps[0].abs().max() > 0
    with pytest.raises(ModelError, match=r"relu \(ReLU\) used 2 times"):
        explain(reused, faces.images, TARGET, "deeplift")


def test_deeplift_refuses_bends_for_which_it_would_take_the_plain_gradient(faces):
    with pytest.raises(ModelError, match="1 x relu outside"):
        explain(Calls(), faces.images, method="deeplift")
    with pytest.raises(ModelError, match="1 x gelu outside"):
        explain(Calls(nn.Identity(), nn.GELU()), faces.images, method="deeplift")
    explain(Calls(nn.Identity(), nn.Tanh()), faces.images, method="deeplift")


def test_gradcam_refuses_a_network_without_maps(faces):
    flat = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 4), nn.ReLU(), nn.Linear(4, 3))
    for method in ("gradcam", "hirescam"):
        with pytest.raises(ModelError, match="found none: choose a method"):
            explain(flat, faces.images, method=method)


def test_a_gradient_that_is_no_number_is_refused(faces):
    class Root(nn.Module):
        def forward(self, x):
            dark = (x - x.amin((1, 2, 3), keepdim=True)).flatten(1)
            return dark.sqrt() @ torch.ones(48 * 48, 2)

    with pytest.raises(ModelError, match="NaN or infinity in 3 of 3"):
        explain(Root(), faces.images, method="gradient")
