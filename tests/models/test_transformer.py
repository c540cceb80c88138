import pytest
import torch
from torch import nn

from fer_edu.errors import ModelError
from fer_edu.models import SpatialTransformer


def pictures(n=2, size=48):
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("sampler", ["written out", "fused"])
def test_starts_as_the_identity(sampler):
    x = pictures()
    torch.testing.assert_close(SpatialTransformer(1, 48, sampler=sampler)(x), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("padding", ["zeros", "border"])
def test_both_samplers_are_one_function(padding):
    torch.manual_seed(0)
    ours = SpatialTransformer(1, 48, sampler="written out", padding_mode=padding)
    fused = SpatialTransformer(1, 48, sampler="fused", padding_mode=padding)
    nn.init.normal_(ours.localisation.head[-1].weight, 0, 0.5)  # away from the identity
    fused.load_state_dict(ours.state_dict())
    results = []
    for module in (ours, fused):
        x = pictures().requires_grad_()
        value = module(x)
        value.square().sum().backward()
        results.append((value.detach(), x.grad, module.localisation.head[-1].weight.grad))
    assert (ours.theta(pictures()) - torch.eye(2, 3)).abs().max() > 0.05
    torch.testing.assert_close(results[0][0], results[1][0], atol=1e-5, rtol=0)
    torch.testing.assert_close(results[0][1], results[1][1], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(results[0][2], results[1][2], atol=1e-3, rtol=1e-3)


def test_theta_maps_output_to_input():
    """Looking twice as wide (θ = 2 I) shows the picture at half its size: the middle keeps its place."""
    transformer = SpatialTransformer(1, 48, padding_mode="zeros")
    x = torch.ones(1, 1, 48, 48)
    seen = transformer.transform(x, 2 * torch.eye(2, 3)[None])
    assert seen[0, 0, 24, 24] == 1
    assert seen[0, 0, 2, 2] == 0
    assert seen.mean().item() == pytest.approx(0.25, abs=0.01)


def test_theta_stays_float32_under_autocast():
    transformer = SpatialTransformer(1, 48)
    with torch.autocast("cpu", torch.bfloat16):
        assert transformer.theta(pictures()).dtype == torch.float32
        assert transformer(pictures()).dtype == torch.float32


@pytest.mark.parametrize("sampler", ["written out", "fused"])
@pytest.mark.parametrize("padding", ["zeros", "border"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_theta_that_is_no_number_is_handed_on_and_crashes_nothing(sampler, padding, value):
    transformer = SpatialTransformer(1, 48, sampler=sampler, padding_mode=padding)
    with torch.no_grad():
        transformer.localisation.head[-1].bias[2] = value
    seen = transformer(pictures().requires_grad_())
    seen.sum().backward()
    assert seen.isnan().any()


def test_localisation_has_the_parts_that_the_paper_names():
    kinds = [type(m) for m in SpatialTransformer(1, 48).localisation.modules() if not list(m.children())]
    assert kinds.count(nn.Conv2d) == 3
    assert kinds.count(nn.MaxPool2d) == 3
    assert kinds.count(nn.Linear) == 2


@pytest.mark.parametrize("wrong", [{"sampler": "fast"}, {"padding_mode": "wrap"}])
def test_unknown_choice_is_named(wrong):
    with pytest.raises(ModelError, match="use one of those"):
        SpatialTransformer(1, 48, **wrong)
