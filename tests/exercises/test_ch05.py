"""Notebook 05: the mistakes that its checks know."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from fer_edu import exercises
from fer_edu.exercises import ch05
from fer_edu.geometry import affine_grid, bilinear_sample, build_theta, compose
from fer_edu.models import SDLOptions, create


def added_shifts(theta1, theta2):
    return torch.cat([theta1[..., :2] @ theta2[..., :2], theta1[..., 2:] + theta2[..., 2:]], dim=-1)


def joined(change):
    """Return the reference under other options."""
    return lambda options: ch05.joined_numbers(change(options))


def sides(o):
    side = o.image_size // o.sdl_pools[0]
    return o.image_size // 16, side // o.sdl_pools[1]


MISTAKES = [
    ("05.1", lambda block, x: block.extract(x), "transformer is missing"),
    ("05.1", lambda block, x: block.transformer(x), "still has to go through"),
    ("05.1", lambda block, x: block.transformer.theta(x), "that is theta"),
    (
        "05.1",
        lambda block, x: block.transformer.transform(block.extract(x), block.transformer.theta(x)),
        "the transformer comes first",
    ),
    (
        "05.1",
        lambda block, x: block.extract(
            block.transformer.transform(x, block.transformer.theta(x)[:1].expand(len(x), -1, -1))
        ),
        "each picture has its own",
    ),
    ("05.1", lambda block, x: None, "without `return`"),
    ("05.2", [-1.0, 0.75], "changed places"),
    ("05.2", [0.0, -1.0], "before the average"),
    ("05.2", [-0.25, -1.0], "no relu"),
    ("05.2", [3.0, -1.0], "first reading: that is the sum"),
    ("05.2", [1.5, -1.0], "let through"),
    ("05.2", [0.75, 1.0], "second reading: the convolution is missing"),
    ("05.2", (0.75, 0.0), "second relu"),
    ("05.2", [0.75, -4.0], "second reading: that is the sum"),
    ("05.2", 0.75, "two numbers"),
    ("05.2", [0.3, -1.0], "0.3 is not the average"),
    ("05.3", lambda o: o.baseline_channels[-1] * sides(o)[0] ** 2, "SDL-2's numbers are missing"),
    ("05.3", lambda o: o.baseline_channels[-1] + o.sdl_channels[1], "those are the channels"),
    ("05.3", lambda o: o.baseline_channels[-1] * sides(o)[0] + o.sdl_channels[1] * sides(o)[1], "square"),
    ("05.3", joined(lambda o: replace(o, join="sdl2")), "reaches the classifier, too"),
    ("05.3", joined(lambda o: replace(o, join="both")), "only SDL-2's"),
    (
        "05.3",
        lambda o: o.baseline_channels[-1] * (2 * sides(o)[0]) ** 2 + o.sdl_channels[1] * sides(o)[1] ** 2,
        "divided by 16",
    ),
    (
        "05.3",
        lambda o: (
            o.baseline_channels[-1] * sides(o)[0] ** 2 + o.sdl_channels[1] * (o.image_size // o.sdl_pools[1]) ** 2
        ),
        "smaller already",
    ),
    ("05.3", lambda o: 2304, "for image_size=32"),
    ("05.4", lambda a, b: compose(b, a), "theta2 first, then theta1"),
    ("05.4", lambda a, b: b, "leads from there into the picture"),
    ("05.4", lambda a, b: a, "theta2 is missing"),
    ("05.4", lambda a, b: a * b, "number by number"),
    ("05.4", added_shifts, "theta2's shift goes through"),
    ("05.4", lambda a, b: compose(a, b)[0], "shape"),
    ("05.5", 4608, "biases and the batch normalisation"),
    ("05.5", 4640, "batch normalisation is missing"),
    ("05.5", 4672, "biases are missing"),
    ("05.5", 4768, "do not count"),
    ("05.5", 384, "each of the 16 maps"),
    ("05.5", 4608 * 576, "multiply-adds"),
    ("05.5", 4640 * 576, "each place anew"),
    ("05.5", 5000, "5,000 is not right"),
    ("05.6", 34848, "biases are missing"),
    ("05.6", 105_705_600, "the paper's number"),
    ("05.6", 105_415_200, "multiply-adds"),
    ("05.6", 364, "there are 96"),
    ("05.6", 96 * 122, "three colours"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower().replace("θ", "theta")


@pytest.mark.parametrize("number", [f"05.{k}" for k in range(1, 7)])
def test_references_are_correct_and_starters_not_attempted(number):
    reference = next(e.reference for e in exercises.exercises("05") if e.number == number)
    assert exercises.check(number, reference).correct
    assert exercises.check(number, ...).status == "not attempted"


def test_the_block_of_the_check_looks_elsewhere_for_each_picture():
    """Else a forgotten transformer, or one θ for all, would pass."""
    block, x = ch05.posed_block()
    with torch.no_grad():
        theta = block.transformer.theta(x)
        torch.testing.assert_close(ch05.sdl_block(block, x), block(x))
    assert (theta - torch.eye(2, 3)).abs().amax() > 0.2 and not torch.allclose(theta[0], theta[1], atol=0.02)


def test_a_block_that_is_called_whole_counts_too():
    assert exercises.check("05.1", lambda block, x: block(x)).correct


def test_the_two_readings_are_torchs():
    x = torch.tensor(ch05.PIXELS).view(1, 1, 2, 2)
    convolution = nn.Conv2d(1, 1, 1, bias=False)
    convolution.weight.data.fill_(ch05.WEIGHT)
    first = nn.Sequential(convolution, nn.ReLU(), nn.AvgPool2d(2))
    second = nn.Sequential(nn.ReLU(), convolution, nn.AvgPool2d(2))
    found = [part(x).item() for part in (first, second)]
    assert found == pytest.approx(exercises.exercises("05")[1].reference)


def test_one_look_is_the_two_one_after_the_other():
    x = torch.linspace(0, 1, 48).expand(1, 1, 48, 48) + torch.linspace(0, 2, 48)[:, None]
    theta1, theta2 = build_theta(20.0, 0.5, 0.0, (0.1, 0.05)), build_theta(-35.0, 0.6, 0.0, (0.0, 0.1))

    def look(image, theta):
        return bilinear_sample(image, affine_grid(theta, image.shape))

    # A ramp is sampled without error, so two warps in a row and the one composed agree.
    twice = look(look(x, theta1), theta2)
    torch.testing.assert_close(look(x, ch05.where_sdl2_looks(theta1, theta2)), twice, atol=1e-4, rtol=0)


def test_the_numbers_on_paper_are_the_networks():
    model = create("sdl")
    assert sum(p.numel() for p in model.sdl2.extract.parameters()) == exercises.exercises("05")[4].reference
    assert ch05.joined_numbers(SDLOptions()) == model.final_layers[0].in_features
    layer = nn.Conv2d(3, 96, 11, stride=4)
    assert sum(p.numel() for p in layer.parameters()) == exercises.exercises("05")[5].reference
    assert layer(torch.zeros(1, 3, 227, 227)).shape[1:] == (96, 55, 55)
