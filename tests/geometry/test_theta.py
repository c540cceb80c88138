"""θ by its meanings: built and taken apart, chained, turned round, fitted, in pixels."""

import math

import pytest
import torch

from fer_edu import geometry as g
from fer_edu.faces import theta_from

FLAGS = pytest.mark.parametrize("align_corners", [False, True])


def random_theta(n=200, seed=0, dtype=torch.float64):
    """θ of all kinds that keep an area: turned any way round, small and large, sheared, some mirrored."""
    draw = torch.Generator().manual_seed(seed)
    share = torch.rand(n, 6, generator=draw, dtype=dtype) * 2 - 1
    scale = torch.stack([1.1 + share[:, 1], 1.1 + share[:, 2]], 1)
    scale[::5, 1] *= -1
    return g.build_theta(share[:, 0] * 179, scale, share[:, 3], share[:, 4:])


def test_a_quarter_turn_by_hand():
    """Clockwise: the middle of the output's right edge looks at the middle of the lower edge."""
    theta = g.build_theta(rotation=90)
    assert theta.dtype == torch.float32 and theta.shape == (1, 2, 3)
    torch.testing.assert_close(g.transform_points(theta, torch.tensor([[1.0, 0.0]]))[0], torch.tensor([[0.0, 1.0]]))


def test_scale_shear_and_shift_by_hand():
    corner = torch.tensor([[1.0, 1.0]])
    for parts, expected in (
        ({"scale": 0.5}, (0.5, 0.5)),
        ({"scale": torch.tensor([[2.0, 0.5]])}, (2.0, 0.5)),
        ({"shear": 0.25}, (1.25, 1.0)),  # the lower edge slides to the right
        ({"shift": (0.5, -0.25)}, (1.5, 0.75)),
        ({"scale": 0.5, "shift": (0.5, 0)}, (1.0, 0.5)),  # the shift comes last, so the scale leaves it alone
    ):
        assert g.transform_points(g.build_theta(**parts), corner)[0, 0].tolist() == pytest.approx(expected), parts


def test_it_is_the_product_of_its_parts():
    angle = math.radians(30)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    slide, stretch = torch.tensor([[1.0, 0.3], [0.0, 1.0]]), torch.diag(torch.tensor([0.8, 1.2]))
    theta = g.build_theta(30, torch.tensor([[0.8, 1.2]]), 0.3, (0.1, -0.2))[0]
    torch.testing.assert_close(theta[:, :2], turn @ slide @ stretch)
    assert theta[:, 2].tolist() == pytest.approx([0.1, -0.2])


def test_taken_apart_and_built_again():
    theta = random_theta()
    parts = g.decompose_theta(theta)
    torch.testing.assert_close(g.build_theta(*parts), theta)
    assert (parts.scale[:, 0] > 0).all() and (parts.scale[::5, 1] < 0).all()
    again = g.decompose_theta(g.build_theta(*parts))
    for one, other in zip(parts, again, strict=True):
        torch.testing.assert_close(one, other)


def test_it_undoes_the_pose_that_the_face_generator_gives():
    """What is done to a face is p = scale R H q + shift, and theta_from is its inverse."""
    draw = torch.Generator().manual_seed(0)
    rotation, scale = torch.rand(20, generator=draw) * 90 - 45, 0.6 + torch.rand(20, generator=draw)
    shear, shift = torch.rand(20, generator=draw) - 0.5, torch.rand(20, 2, generator=draw) - 0.5
    done = g.build_theta(rotation, scale, shear, shift)
    torch.testing.assert_close(g.invert(done), theta_from(rotation, scale, shift, shear), atol=1e-5, rtol=1e-5)


def test_compose_is_one_look_through_another():
    first, then = random_theta(seed=1), random_theta(seed=2)
    points = torch.rand(7, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    chained = g.transform_points(first, g.transform_points(then, points))
    torch.testing.assert_close(g.transform_points(g.compose(first, then), points), chained)


def test_the_order_of_composing_matters_and_grouping_does_not():
    a, b, c = (random_theta(seed=seed) for seed in (1, 2, 3))
    torch.testing.assert_close(g.compose(g.compose(a, b), c), g.compose(a, g.compose(b, c)))
    turn, shift = g.build_theta(rotation=90), g.build_theta(shift=(0.5, 0))
    assert g.compose(shift, turn)[0, :, 2].tolist() == pytest.approx([0.5, 0])
    assert g.compose(turn, shift)[0, :, 2].tolist() == pytest.approx([0, 0.5], abs=1e-6)


def test_the_inverse_undoes_from_both_sides():
    theta, same = random_theta(), g.identity_theta(200, dtype=torch.float64)
    torch.testing.assert_close(g.compose(theta, g.invert(theta)), same)
    torch.testing.assert_close(g.compose(g.invert(theta), theta), same)
    torch.testing.assert_close(g.compose(theta, g.identity_theta(dtype=torch.float64)), theta)


def test_one_sampling_through_the_composed_look_is_two_samplings_of_a_smooth_picture():
    """Of a linear ramp, which bilinear sampling reproduces without loss."""
    ramp = torch.linspace(0, 1, 64).expand(1, 1, 64, 64).contiguous()
    first, then = g.build_theta(20, 0.5, 0, (0.1, 0)), g.build_theta(-35, 0.6, 0.1, (0, 0.1))
    middle = g.bilinear_sample(ramp, g.affine_grid(first, ramp.shape))
    twice = g.bilinear_sample(middle, g.affine_grid(then, ramp.shape))
    once = g.bilinear_sample(ramp, g.affine_grid(g.compose(first, then), ramp.shape))
    torch.testing.assert_close(twice, once, atol=1e-5, rtol=0)


def test_three_points_fix_theta_and_more_are_fitted():
    theta = random_theta(1)
    three = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)
    torch.testing.assert_close(g.fit_theta(three, g.transform_points(theta, three)[0]), theta)
    draw = torch.Generator().manual_seed(0)
    many = torch.rand(50, 2, generator=draw, dtype=torch.float64) * 2 - 1
    noisy = g.transform_points(theta, many)[0] + 0.01 * torch.randn(50, 2, generator=draw, dtype=torch.float64)
    fitted = g.fit_theta(many, noisy)
    residual = g.transform_points(fitted, many)[0] - noisy
    rows = torch.cat([many, torch.ones(50, 1, dtype=torch.float64)], 1)
    torch.testing.assert_close(rows.T @ residual, torch.zeros(3, 2, dtype=torch.float64), atol=1e-10, rtol=0)


@FLAGS
def test_pixel_matrix_is_theta_between_the_two_scales(align_corners):
    theta, points = random_theta(3), torch.tensor([[0.0, 0.0], [6.0, 2.0], [3.5, 1.25]], dtype=torch.float64)
    matrix = g.pixel_matrix(theta, (9, 5), (4, 8), align_corners)
    normal = torch.stack([g.to_normalised(points[:, k], n, align_corners) for k, n in enumerate((8, 4))], 1)
    source = g.transform_points(theta, normal)
    expected = torch.stack([g.to_pixels(source[..., k], n, align_corners) for k, n in enumerate((5, 9))], -1)
    found = torch.cat([points, torch.ones(3, 1, dtype=torch.float64)], 1) @ matrix.transpose(1, 2)
    torch.testing.assert_close(found[..., :2], expected)
    torch.testing.assert_close(found[..., 2], torch.ones(3, 3, dtype=torch.float64))


def test_the_identity_between_two_sizes_enlarges():
    """From 4 pixels to 8, the first output pixel looks a quarter of a pixel outside the first centre."""
    matrix = g.pixel_matrix(g.identity_theta(), (4, 4), (8, 8))[0]
    torch.testing.assert_close(matrix[:2], torch.tensor([[0.5, 0, -0.25], [0, 0.5, -0.25]]))


def test_half_precision_is_raised_to_float32():
    theta = random_theta(4).bfloat16()
    assert g.invert(theta).dtype == g.compose(theta, theta).dtype == torch.float32
    assert g.transform_points(theta, torch.zeros(1, 2)).dtype == torch.float32


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: g.invert(torch.zeros(2, 3)), r"expected theta of shape \[n, 2, 3\], found \[2, 3\]"),
        (lambda: g.invert(torch.zeros(1, 2, 3)), "keeps an area, found number 0 with determinant 0"),
        (lambda: g.decompose_theta(torch.zeros(1, 2, 3)), "keeps an area"),
        (lambda: g.fit_theta(torch.zeros(2, 2), torch.zeros(2, 2)), "at least three pairs"),
        (lambda: g.fit_theta(torch.tensor([[0.0, 0], [1, 1], [2, 2]]), torch.zeros(3, 2)), "one line"),
        (lambda: g.build_theta(torch.zeros(2), torch.ones(3)), "with one n, found"),
        (lambda: g.build_theta(shift=(0.1, 0.2, 0.3)), "expected rotation"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
