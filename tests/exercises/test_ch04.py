"""Notebook 04: the mistakes that its checks know."""

import pytest
import torch
from torch import nn

from fer_edu import exercises
from fer_edu.evaluation import pose_errors
from fer_edu.exercises import ch04
from fer_edu.geometry import affine_grid, build_theta, compose, decompose_theta
from fer_edu.models import share_outside


def set_to(weight, bias):
    """Return a function that fills a layer's weights with one number and sets its bias."""

    def student(layer):
        with torch.no_grad():
            if weight is not None:
                layer.weight.fill_(weight)
            layer.bias.copy_(torch.tensor(bias, dtype=torch.float32))

    return student


def frozen(layer):
    ch04.start_at_identity(layer)
    layer.requires_grad_(False)


def points(theta, size):
    return affine_grid(theta[None], (1, 1, size, size))[0]


def rms(values):
    return values.square().mean().sqrt()


def angle(theta):
    return decompose_theta(theta).rotation


def gain(half):
    """Return a function with the right mean and another half of the interval, of the differences."""

    def student(with_it, without):
        difference = torch.tensor(with_it) - torch.tensor(without)
        return difference.mean().item(), half(difference)

    return student


def unpaired(with_it, without):
    a, b = torch.tensor(with_it), torch.tensor(without)
    return (a.mean() - b.mean()).item(), 2.776 * ((a.var() + b.var()) / 5).sqrt().item()


MISTAKES = [
    ("04.2", [[1.5, -3, 3], [-0.5, 1, -1]], "∂L/∂V is missing"),
    ("04.2", [[-1.0, 2, -2], [3, -6, 6]], "rows have changed places"),
    ("04.2", [[-6.0, 3, 6], [2, -1, -2]], "x_t and y_t have changed places"),
    ("04.2", [[3.0, -6, 0], [-1, 2, 0]], "belongs to the shift"),
    ("04.2", [[3.0, -6, 6], [1, -2, 2]], "row 1"),
    ("04.2", [[3.0, -6], [-1, 2]], "two rows of three"),
    ("04.2", torch.tensor([[1.5, -3, 3], [-0.5, 1, -1]]), "∂L/∂V is missing"),
    ("04.1", set_to(0.0, [0] * 6), "looks at the middle"),
    ("04.1", set_to(0.0, [1] * 6), "all six are 1"),
    ("04.1", set_to(0.0, [1, 0, 0, 1, 0, 0]), "both rows follow x"),
    ("04.1", set_to(0.0, [0, 1, 0, 1, 0, 0]), "transposed"),
    ("04.1", set_to(None, [1, 0, 0, 0, 1, 0]), "weights are not 0"),
    ("04.1", frozen, "able to learn"),
    ("04.3", lambda theta, size: 1 - ch04.share_outside(theta, size), "share inside"),
    ("04.3", lambda theta, size: (points(theta, size).abs() > 1).float().mean(), "counted coordinates"),
    ("04.3", lambda theta, size: (points(theta, size).abs() > 1).all(-1).float().mean(), "x *or* y"),
    ("04.3", lambda theta, size: (points(theta, size) > 1).any(-1).float().mean(), "below -1"),
    ("04.3", lambda theta, size: (points(theta, size).abs() > 1).any(-1).sum(), "number of points"),
    ("04.5", lambda theta, truth: rms(angle(compose(truth, theta))), "constant offset"),
    ("04.5", lambda theta, truth: (angle(theta) - angle(truth)).std(correction=0), "to undo a turn"),
    ("04.5", lambda theta, truth: angle(theta).std(correction=0), "theta alone"),
    ("04.5", lambda theta, truth: torch.deg2rad(ch04.angle_error(theta, truth)), "radians"),
    ("04.5", lambda theta, truth: angle(compose(truth, theta)).std(), "n - 1"),
    ("04.4", lambda a, b: ch04.paired_gain(b, a), "wrong sign"),
    ("04.4", gain(lambda d: 1.96 * d.std().item() / 5**0.5), "z, 1.96"),
    ("04.4", gain(lambda d: 2.776 * d.std().item()), "root of 5"),
    ("04.4", gain(lambda d: d.std().item() / 5**0.5), "one standard error"),
    ("04.4", gain(lambda d: 2.776 * d.std(correction=0).item() / 5**0.5), "n - 1"),
    ("04.4", unpaired, "seed by seed"),
    ("04.4", lambda a, b: sum(a) / 5, "two numbers"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower().replace("θ", "theta")


@pytest.mark.parametrize("answer", [[[...] * 3] * 2, [[3.0, ..., 6.0], [-1.0, 2.0, -2.0]]])
def test_a_half_filled_answer_is_not_attempted(answer):
    assert exercises.check("04.2", answer).status == "not attempted"


def test_the_chain_on_paper_is_autograds():
    theta = torch.tensor([[0.7, 0.1, 0.2], [-0.3, 0.9, 0.1]], requires_grad=True)
    source = theta @ torch.tensor([*ch04.TARGET, 1.0])
    (ch04.LOSS_SLOPE * (torch.tensor(ch04.VALUE_SLOPES) * source).sum()).backward()
    torch.testing.assert_close(theta.grad, torch.tensor(ch04.EXERCISES[1].reference))


def test_a_layer_that_is_returned_counts_too():
    def student(layer):
        fresh = nn.Linear(layer.in_features, 6)
        ch04.start_at_identity(fresh)
        return fresh

    assert exercises.check("04.1", student).correct


def test_the_references_are_the_librarys():
    theta = build_theta(torch.tensor([20.0, -30]), 1.2, 0.1, (0.3, -0.2))
    both = sum(ch04.share_outside(one, 48) for one in theta) / 2
    assert both.item() == pytest.approx(share_outside(theta))
    truth = build_theta(torch.tensor([5.0, 40]), 0.9, 0.0, (0.1, 0.1))
    assert ch04.angle_error(theta, truth).item() == pytest.approx(pose_errors(theta, truth).angle, abs=1e-3)
