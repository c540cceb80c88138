"""Notebook 03: the mistakes that its checks know, and its references against the geometry."""

import math

import pytest
import torch

from fer_edu import exercises, geometry
from fer_edu.exercises import ch03


def changed(place, expected=(24, 32, -5, 48)):
    """Return the answer to 03.1 with another number at each place of the dict."""
    return [place.get(k, value) for k, value in enumerate(expected)]


def own_value(image, x_s, y_s, align_corners=False, opposite=False, guard=True, transposed=False):
    """A student's `look_at`, with the mistakes that students make."""
    height, width = image.shape
    if align_corners:
        x, y = (x_s + 1) / 2 * (width - 1), (y_s + 1) / 2 * (height - 1)
    else:
        x, y = (x_s + 1) * width / 2 - 0.5, (y_s + 1) * height / 2 - 0.5
    left, top = math.floor(x), math.floor(y)
    value = 0
    for row in (top, top + 1):
        for column in (left, left + 1):
            weight = (1 - abs(x - column)) * (1 - abs(y - row))
            if opposite:
                weight = abs(x - column) * abs(y - row)
            if not guard or (0 <= row < height and 0 <= column < width):
                value += weight * (image[column, row] if transposed else image[row, column])
    return value


def nearest(image, x_s, y_s):
    x, y = ch03.pixel(x_s, image.shape[1]), ch03.pixel(y_s, image.shape[0])
    return image[min(max(round(y), 0), image.shape[0] - 1), min(max(round(x), 0), image.shape[1] - 1)]


def border(image, x_s, y_s):
    return geometry.bilinear_sample(image[None, None], torch.tensor([[[[x_s, y_s]]]]), padding_mode="border")


def without_guard(image, x_s, y_s):
    return own_value(image, x_s, y_s, guard=False)


def autograd_slope(sample_flag=False, factor=1.0, which=0):
    """Return a `slope_by_x` through autograd, times a factor that may depend on the image."""

    def slope(image, x_s, y_s):
        grid = torch.tensor([[[[x_s, y_s]]]], requires_grad=True)
        geometry.bilinear_sample(image[None, None], grid, sample_flag).sum().backward()
        scale = factor(*image.shape) if callable(factor) else factor
        return grid.grad[0, 0, 0, which] * scale

    return slope


def rows_swapped(image, x_s, y_s):
    y = ch03.pixel(y_s, image.shape[0])
    mirrored = ch03.pixel(0, 1) + math.floor(y) + 1 - (y - math.floor(y))  # the place with the other share
    return ch03.slope_by_x(image, x_s, geometry.to_normalised(mirrored, image.shape[0]))


def upper_row(image, x_s, y_s):
    y = math.floor(ch03.pixel(y_s, image.shape[0]))
    return ch03.slope_by_x(image, x_s, geometry.to_normalised(y, image.shape[0]) + 1e-9)


def theta_through(target):
    return lambda pull: torch.einsum("hwi,hwj->ij", pull, target(*pull.shape[:2]))


MISTAKES = [
    ("03.1", changed({0: 22}), "shares of x and y"),
    ("03.1", changed({0: 55}), "opposite corner"),
    ("03.1", changed({0: 37}), "rows and columns"),
    ("03.1", changed({0: 20}), "nearest pixel"),
    ("03.1", changed({0: 35}), "plain mean"),
    ("03.1", changed({1: -32}), "sign"),
    ("03.1", changed({1: 20}), "upper row alone"),
    ("03.1", changed({1: 68}), "share and 1 - share"),
    ("03.1", changed({1: 35}), "y says how to mix"),
    ("03.1", [24, -5, 32, 48], "that is ∂V/∂y"),
    ("03.1", changed({2: 5}), "sign"),
    ("03.1", changed({2: 25}), "share and 1 - share"),
    ("03.1", changed({2: 40}), "right column alone"),
    ("03.1", changed({3: 32}), "width / 2 is missing"),
    ("03.1", changed({3: 96}), "not of 1"),
    ("03.1", changed({3: 21.33}), "upside down"),
    ("03.1", changed({3: 7}), "not yet"),
    ("03.1", [24, 32, -5], "list of 4 numbers"),
    ("03.1", changed({2: "five"}), "∂V/∂y: a number is wanted"),
    ("03.2", lambda image, x_s, y_s: own_value(image, y_s, x_s), "x and y have changed places"),
    ("03.2", lambda image, x_s, y_s: own_value(image, x_s, y_s, align_corners=True), "align_corners=True"),
    ("03.2", lambda image, x_s, y_s: own_value(image, x_s, y_s, opposite=True), "opposite corner"),
    ("03.2", lambda image, x_s, y_s: own_value(image, x_s, y_s, transposed=True), "image[row, column]"),
    ("03.2", nearest, "nearest pixel"),
    ("03.2", border, "outside must be 0"),
    ("03.2", without_guard, "add its term only where"),
    ("03.2", lambda image, x_s, y_s: ch03.look_at(image, x_s, y_s) + 1, "expected 3.25, found 4.25"),
    ("03.3", autograd_slope(factor=lambda h, w: 2 / w), "factor width / 2 is missing"),
    ("03.3", autograd_slope(factor=2.0), "the whole width"),
    ("03.3", autograd_slope(factor=lambda h, w: (w - 1) / w), "align_corners=True"),
    ("03.3", autograd_slope(sample_flag=True), "place and the factor of align_corners=True"),
    ("03.3", autograd_slope(factor=lambda h, w: h / w), "half the *height*"),
    ("03.3", autograd_slope(which=1), "∂V/∂y_s"),
    ("03.3", autograd_slope(factor=-1.0), "sign"),
    ("03.3", autograd_slope(factor=0.0), "0 everywhere"),
    ("03.3", rows_swapped, "share and 1 - share"),
    ("03.3", upper_row, "upper row alone"),
    ("03.4", theta_through(lambda h, w: geometry.target_points(h, w, align_corners=True)), "align_corners=True"),
    ("03.4", theta_through(lambda h, w: geometry.target_points(h, w)[..., [1, 0, 2]]), "x_t and y_t have changed"),
    ("03.4", lambda pull: ch03.gradient_of_theta(pull).flip(0), "the two rows have changed places"),
    ("03.4", lambda pull: ch03.gradient_of_theta(pull) / pull[..., 0].numel(), "mean over the pixels"),
    ("03.4", lambda pull: ch03.gradient_of_theta(pull) * torch.tensor([1.0, 1, 0]), "third column"),
    ("03.4", lambda pull: ch03.gradient_of_theta(pull).T, "rows and columns have changed places"),
    ("03.4", lambda pull: ch03.gradient_of_theta(pull) * torch.tensor([[pull.shape[1]], [pull.shape[0]]]) / 2, "twice"),
    ("03.5", [4, 1, 2.5, 4], "slope to the right"),
    ("03.5", [1, 4, 5, 4], "2h apart"),
    ("03.5", [1, 4, 2.5, 2.5], "floor takes one"),
    ("03.5", [1, 4, 2.5, 1], "the other side"),
    ("03.5", [1, 4, 2.5, 0], "weights* change"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower(), outcome.message


@pytest.mark.parametrize("number", ["03.1", "03.5"])
def test_reasons_of_a_number_do_not_collide(number):
    """On paper a mistake is told from one number, so no two mistakes may lead to the same one."""
    for name, right, mistakes, _ in ch03.PAPER if number == "03.1" else ch03.KINK:
        values = [right] + [value for value, _ in mistakes]
        assert len({round(value, 2) for value in values}) == len(values), name


def test_a_negative_index_that_wraps_is_named():
    def wrapping(image, x_s, y_s):
        values, p, q = ch03.corners(image, x_s, y_s, outside="wrap")
        return ch03.mix(values, p, q)

    assert "last* column" in exercises.check("03.2", wrapping).message


def test_a_list_with_one_starter_left_is_not_attempted():
    assert exercises.check("03.1", [24, ..., -5, 48]).status == "not attempted"


def test_answers_may_come_as_a_tensor():
    assert exercises.check("03.1", torch.tensor([24.0, 32, -5, 48])).correct


def test_another_way_to_write_it_is_right_too():
    assert exercises.check("03.2", own_value).correct
    assert exercises.check("03.3", autograd_slope()).correct
    assert exercises.check("03.4", theta_through(geometry.target_points)).correct


def test_the_case_on_paper_is_what_the_geometry_says():
    image = torch.tensor([[10.0, 30, 50], [20, 40, 70], [0, 80, 60]])
    shift = [geometry.to_normalised(place, 3) for place in (0.25, 1.2)]
    seen = geometry.step(image, torch.tensor([[1.0, 0, shift[0]], [0, 1, shift[1]]]), 1, 1)
    assert [seen.value, seen.by_x, seen.by_y, seen.by_source[0]] == pytest.approx(
        exercises.find("03.1").reference, abs=1e-4
    )


def test_the_kink_is_what_the_geometry_says():
    row = torch.tensor([[2.0, 3, 7]])
    left, at, right = (
        geometry.step(row, torch.tensor([[1.0, 0, geometry.to_normalised(x, 3)], [0, 1, 0]]), 0, 1)
        for x in (0.5, 1, 1.5)
    )
    found = [left.by_x, right.by_x, right.value - left.value, at.by_x]
    assert found == pytest.approx(exercises.find("03.5").reference, abs=1e-5)


@pytest.mark.parametrize("pull", ch03.pulls())
def test_theta_gradient_is_the_geometrys(pull):
    torch.testing.assert_close(ch03.gradient_of_theta(pull), geometry.theta_gradient(pull[None])[0])
