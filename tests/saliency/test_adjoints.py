"""Each step's way back against its definition <A x, y> = <x, Aᵀ y>, and against what torch differentiates by itself."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from fer_edu.geometry import affine_grid, build_theta
from fer_edu.saliency.adjoints import (
    AveragePool,
    Convolution,
    Flatten,
    Join,
    Look,
    Matrix,
    MaxPool,
    Normalise,
    Rectify,
    fold,
    spread,
)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


THETA = build_theta(rotation=0.4, scale=1.2, shear=0.1, shift=(0.3, -0.2)).double().view(1, 2, 3).repeat(2, 1, 1)
PICTURES = (2, 4, 11, 7)  # odd, and no two alike

STEPS = {
    "convolution": Convolution(random(3, 4, 3, 3, seed=1), padding=(1, 1)),
    "convolution, strides that leave rows over": Convolution(random(3, 4, 3, 2, seed=1), None, (3, 2), (1, 0)),
    "convolution, dilated, in groups": Convolution(random(6, 2, 3, 3, seed=1), None, (2, 1), (2, 1), (2, 1), 2),
    "max-pool": MaxPool((2, 2), (2, 2)),
    "max-pool, overlapping windows": MaxPool((3, 3), (1, 2), (1, 1)),
    "max-pool, last windows cut short": MaxPool((2, 3), (2, 2), ceil_mode=True),
    "average pool": AveragePool((2, 2), (2, 2)),
    "average pool, overlapping windows": AveragePool((3, 2), (2, 1)),
    "average pool, padding counts": AveragePool((3, 3), (2, 2), (1, 1)),
    "average pool, padding does not count": AveragePool((3, 3), (2, 2), (1, 1), count_padding=False),
    "flatten": Flatten(),
    "look, border": Look(lambda x: THETA, "border"),
    "look, zeros": Look(lambda x: THETA, "zeros"),
    "look, reflection": Look(lambda x: THETA, "reflection"),
    "ReLU, as in backpropagation": Rectify("backprop"),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_way_back_is_the_adjoint_of_the_way_up(name):
    """Without biases forward(x) = A x, with A the linear map that the step is at x (its switches, its θ)."""
    step, x = STEPS[name], random(*PICTURES)
    up, kept = step.forward(x)
    y = random(*up.shape, seed=2)
    back = step.back(y, kept)
    assert back.shape == x.shape
    assert (up * y).sum().item() == pytest.approx((x * back).sum().item(), rel=1e-12)


@pytest.mark.parametrize("name", STEPS)
def test_the_way_back_is_what_torch_differentiates(name):
    step, x = STEPS[name], random(*PICTURES).requires_grad_()
    up, kept = step.forward(x)
    y = random(*up.shape, seed=3)
    (expected,) = torch.autograd.grad(up, x, y)
    assert torch.allclose(step.back(y, kept), expected, rtol=0, atol=1e-12)


def test_a_linear_layer_goes_back_by_its_transposed_matrix():
    weight, x, y = random(5, 9), random(2, 9, seed=1), random(2, 5, seed=2)
    step = Matrix(weight, random(5, seed=3))
    up, kept = step.forward(x)
    assert torch.allclose(up, F.linear(x, weight, step.bias))
    linear = ((up - step.bias) * y).sum().item()
    assert linear == pytest.approx((x * step.back(y, kept)).sum().item(), rel=1e-12)


def test_branches_that_were_joined_each_get_their_part_back():
    first, second = random(2, 3, 2, 2), random(2, 5, seed=1)
    up, kept = Join().forward(first, second)
    back = Join().back(up, kept)
    assert up.shape == (2, 17)
    assert torch.equal(back[0], first) and torch.equal(back[1], second)


@pytest.mark.parametrize("how", ["picture", "fixed", "none"])
def test_normalisation_goes_back_with_the_mean_and_the_deviation_held(how):
    """A z = z / deviation, with the deviation of the picture x that went up; "picture" adds 0.02 to it."""
    x, y = random(2, 1, 6, 5).abs(), random(2, 1, 6, 5, seed=1)
    deviation = {
        "picture": torch.stack([one.std(correction=0) + 0.02 for one in x]).view(2, 1, 1, 1),
        "fixed": torch.tensor(0.25),
        "none": torch.tensor(1.0),
    }[how]
    up, kept = Normalise(how).forward(x)
    assert torch.allclose(Normalise(how).back(y, kept), y / deviation, rtol=1e-12)
    if how == "picture":
        assert up.mean(dim=(1, 2, 3)).abs().max() < 1e-12


def test_the_three_rules_part_at_a_relu():
    x = torch.tensor([2.0, 2.0, -1.0, -1.0])
    signal = torch.tensor([3.0, -3.0, 3.0, -3.0])
    results = {}
    for rule in ("deconvnet", "backprop", "guided"):
        step = Rectify(rule)
        up, kept = step.forward(x)
        assert up.tolist() == [2, 2, 0, 0]
        results[rule] = step.back(signal, kept).tolist()
    assert results == {"deconvnet": [3, 0, 3, 0], "backprop": [3, -3, 0, 0], "guided": [3, 0, 0, 0]}


def test_values_unpooled_to_one_place_add_up():
    """The 9 wins both windows of three, which overlap in it: 4 and 5 come back to one pixel."""
    step = MaxPool((1, 3), (1, 2))
    up, kept = step.forward(torch.tensor([[[[1.0, 2, 9, 3, 4]]]]))
    assert up.flatten().tolist() == [9, 9]
    assert step.back(torch.tensor([[[[4.0, 5]]]]), kept).flatten().tolist() == [0, 0, 9, 0, 0]


@pytest.mark.parametrize("padding", ["border", "zeros", "reflection"])
def test_a_value_is_given_back_to_the_pixels_that_grid_sample_mixed(padding):
    image = random(2, 3, 9, 6).requires_grad_()
    grid = affine_grid(THETA, (2, 3, 5, 8))
    seen = F.grid_sample(image, grid, "bilinear", padding, align_corners=False)
    signal = random(2, 3, 5, 8, seed=1)
    (expected,) = torch.autograd.grad(seen, image, signal)
    assert torch.allclose(spread(signal, grid, 9, 6, padding), expected, rtol=0, atol=1e-12)


def test_a_value_between_four_pixels_is_shared_by_the_four_areas():
    """A single look at column 0.25, row 0.5 of a 2 x 2 picture: shares (3/4, 1/4) across and (1/2, 1/2) down."""
    place = torch.tensor([[[[(0.25 * 2 + 1) / 2 - 1, (0.5 * 2 + 1) / 2 - 1]]]])
    given = spread(torch.tensor([[[[8.0]]]]), place, 2, 2)
    assert given.flatten().tolist() == [3, 1, 3, 1]


def test_a_look_that_is_no_number_gives_nothing_back():
    grid = torch.full((1, 2, 2, 2), math.nan)
    assert spread(torch.ones(1, 1, 2, 2), grid, 3, 3, "zeros").abs().sum() == 0


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_a_folded_convolution_does_what_the_two_layers_did(affine, bias):
    torch.manual_seed(0)
    convolution, norm = nn.Conv2d(2, 3, 3, bias=bias), nn.BatchNorm2d(3, affine=affine)
    with torch.no_grad():
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.3, 3)
        if affine:
            norm.weight.normal_()
            norm.bias.normal_()
    convolution, norm = convolution.double().eval(), norm.double().eval()
    x = random(2, 2, 6, 6)
    folded, _ = Convolution(*fold(convolution.weight, convolution.bias, norm)).forward(x)
    assert torch.allclose(folded, norm(convolution(x)), atol=1e-12)
