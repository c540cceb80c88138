import pytest
import torch
from torch import nn

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.models import SDLOptions, gaussian_start


def pictures(n=4):
    return torch.rand(n, 1, 48, 48, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", fe.models.names())
def test_gives_one_logit_a_class(name):
    assert fe.models.create(name, classes=8)(pictures()).shape == (4, 8)


def test_has_four_convolutions_two_transformers_and_two_final_layers():
    model = fe.models.create("sdl")
    assert sum(isinstance(m, nn.Conv2d) for m in model.baseline) == 4
    assert sum(isinstance(m, fe.models.SpatialTransformer) for m in model.modules()) == 2
    assert [layer.out_features for layer in model.final_layers] == [128, 7]


@pytest.mark.parametrize("name", ["sdl", "sdl-plain"])
def test_every_relu_is_a_module_used_once(name):
    """Guided backpropagation and DeepLift hook ReLU modules, and want each used once."""
    model = fe.models.create(name).eval()
    calls = []
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda m, *_: calls.append(id(m)))
    model(pictures())
    assert len(calls) == len(set(calls)) == 2 * (3 + 1) + 2 + 4 + 1  # localisations, SDL blocks, baseline, classifier


@pytest.mark.parametrize(
    "options",
    [
        {"order": "relu-conv-pool"},
        {"join": "both"},
        {"batch_norm": False},
        {"normalisation": "fixed"},
        {"normalisation": "none", "padding_mode": "zeros"},
        {"sampler": "written out"},
        {"kernel": 5},
        {"sdl_pools": (4, 2)},
    ],
)
def test_every_open_choice_can_be_made_and_trains_a_step(options):
    model = fe.models.create("sdl", seed=0, **options)
    model(pictures()).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


def test_samplers_give_the_same_network():
    ours, fused = (fe.models.create("sdl", seed=0, sampler=s).eval() for s in ("written out", "fused"))
    torch.testing.assert_close(ours(pictures()), fused(pictures()), atol=1e-5, rtol=1e-5)


def test_same_seed_same_weights_and_the_callers_random_state_is_left_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    a, b, c = (fe.models.create("sdl", seed=s) for s in (3, 3, 4))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(a.classifier[1].weight, b.classifier[1].weight)
    assert not torch.equal(a.classifier[1].weight, c.classifier[1].weight)


def test_picture_normalisation_undoes_contrast_and_brightness():
    model = fe.models.create("sdl", seed=0).eval()
    x = pictures() * 0.5
    torch.testing.assert_close(model.normalise(x), model.normalise(x * 1.6 + 0.1), atol=0.1, rtol=0)


def test_an_even_picture_stays_finite():
    assert fe.models.create("sdl").eval()(torch.zeros(1, 1, 48, 48)).isfinite().all()


def test_gaussian_start_has_the_papers_deviation_and_keeps_the_identity():
    model = gaussian_start(fe.models.create("sdl-plain", sampler="written out"), 0.05, torch.Generator().manual_seed(0))
    weights = model.classifier[1].weight
    assert weights.std().item() == pytest.approx(0.05, rel=0.02)
    assert weights.mean().item() == pytest.approx(0, abs=0.001)
    seen = model.observe(pictures())
    torch.testing.assert_close(seen.theta1, torch.eye(2, 3).expand(4, 2, 3))
    torch.testing.assert_close(seen.theta2, torch.eye(2, 3).expand(4, 2, 3))
    torch.testing.assert_close(seen.warped, pictures(), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (torch.zeros(2, 48, 48), r"float32 \[2, 48, 48\]"),
        (torch.zeros(2, 3, 48, 48), r"\[2, 3, 48, 48\]"),
        (torch.zeros(2, 1, 48, 48, dtype=torch.uint8), "uint8"),
    ],
)
def test_wrong_pictures_are_refused_in_a_sentence(x, found):
    with pytest.raises(ModelError, match=found):
        fe.models.create("sdl")(x)


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": "pool-first"},
        {"sdl_channels": (8,)},
        {"dropout": 1.5},
        {"batch_norm": "yes"},
        {"classes": 1},
        {"width": 3},
    ],
)
def test_wrong_option_is_refused_in_a_sentence(wrong):
    with pytest.raises(ModelError, match="expected"):
        fe.models.create("sdl", **wrong)


def test_unknown_model_lists_the_known():
    with pytest.raises(ModelError, match="sdl-plain"):
        fe.models.create("resnet")


def test_options_survive_json_lists():
    assert SDLOptions(baseline_channels=[32, 64, 96, 128]) == SDLOptions()
