"""The pose error is 0 for a perfect un-warping, whatever constant it leaves, and the errors put in come out."""

import math

import pytest
import torch

from fer_edu import data
from fer_edu.errors import DataError
from fer_edu.evaluation import pose_errors
from fer_edu.faces import Difficulty, load_split
from fer_edu.geometry import build_theta, compose, identity_theta, invert

POSED = Difficulty(rotation=(-40.0, 40.0), scale=(0.6, 1.0), shift=(-0.2, 0.2))


def truth(n=200):
    return load_split("test", n, difficulty=POSED).truth.theta


@pytest.mark.parametrize("constant", [build_theta(), build_theta(70, 0.5, 0.1, (0.3, -0.2))])
def test_undoing_the_pose_up_to_a_constant_is_perfect(constant):
    pose = truth()
    found = pose_errors(compose(invert(pose), constant), pose)
    assert (found.angle, found.scale, found.shift) == pytest.approx((0, 0, 0), abs=1e-2)
    assert found.mirrored == found.flat == 0
    assert found.offset.rotation.item() == pytest.approx(70 if constant[0, 0, 2] else 0, abs=1e-2)


def test_doing_nothing_leaves_the_spread_of_the_poses():
    """Evenly drawn from -40 to 40: a deviation of 80 / √12. The logarithm of the scale likewise."""
    found = pose_errors(identity_theta(2000), load_split("test", 2000, difficulty=POSED).truth.theta)
    assert found.angle == pytest.approx(80 / math.sqrt(12), rel=0.05)
    logs = torch.linspace(0.6, 1.0, 10_001).log()
    assert found.scale == pytest.approx(100 * (math.exp(logs.std().item()) - 1), rel=0.05)


def test_errors_that_are_put_in_come_out():
    pose, n = truth(1000), 1000
    draw = torch.Generator().manual_seed(0)
    wrong = build_theta(
        5 * torch.randn(n, generator=draw), (0.1 * torch.randn(n, generator=draw)).exp(), 0.0,
        0.05 * torch.randn(n, 2, generator=draw),
    )  # fmt: skip
    found = pose_errors(compose(invert(pose), wrong), pose)
    assert found.angle == pytest.approx(5, rel=0.1)
    assert found.scale == pytest.approx(100 * (math.exp(0.1) - 1), rel=0.1)
    assert found.shift == pytest.approx(0.05 * math.sqrt(2) * 24, rel=0.1)


def test_angles_are_measured_around_the_circle():
    """Looks turned by 175° and -175° differ by 10°, not by 350°."""
    pose = identity_theta(2)
    found = pose_errors(torch.cat([build_theta(175), build_theta(-175)]), pose)
    assert found.angle == pytest.approx(5, abs=1e-3)
    assert abs(found.offset.rotation.item()) == pytest.approx(180, abs=1e-3)


def test_an_offset_taken_elsewhere_is_not_fitted_again():
    pose = truth()
    known = pose_errors(invert(pose), pose).offset
    found = pose_errors(compose(invert(pose), build_theta(10)), pose, known)
    assert found.angle == pytest.approx(10, abs=1e-2) and found.shift == pytest.approx(0, abs=1e-2)


def test_mirrored_and_flat_looks_are_counted():
    theta = torch.cat(
        [build_theta(), build_theta(), build_theta(scale=torch.tensor([[1.0, -1.0]])), torch.zeros(1, 2, 3)]
    )
    found = pose_errors(theta, identity_theta(4))
    assert (found.mirrored, found.flat) == (0.25, 0.25)
    assert "25% mirrored" in repr(found) and "25% flat" in repr(found)


def test_the_truth_of_a_set_is_taken_as_it_is():
    faces = data.load("faces", split="test", size=20)
    assert pose_errors(invert(faces.truth.theta), faces.truth.theta).angle < 0.01


def test_bad_input_is_named():
    with pytest.raises(DataError, match="found every one flat"):
        pose_errors(torch.zeros(3, 2, 3), identity_theta(3))
    with pytest.raises(DataError, match=r"one n, found \[2, 2, 3\] and \[3, 2, 3\]"):
        pose_errors(identity_theta(2), identity_theta(3))
