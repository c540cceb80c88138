"""Each dial does what it says and no more, and the random numbers of a setting stay what they were."""

import math

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline

import fer_edu as fe
from fer_edu.data.augmentation import (
    ERASED,
    HIGHEST,
    KNOTS,
    THINNEST,
    Augmentation,
    augment,
    displacement,
    random_theta,
    rectangles,
)
from fer_edu.errors import DataError, RecipeError

NONE = Augmentation(flip=False, rotation=0, scale=0, shear=0, shift=0)
GREY_DIALS = ("distortion", "contrast", "brightness", "noise", "erase")


def pictures(n=4):
    return torch.rand(n, 1, 48, 48, generator=torch.Generator().manual_seed(0))


def only(**dials):
    return Augmentation(**{"flip": False, **dict.fromkeys(HIGHEST, 0.0), **dials})


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_no_augmentation_is_the_identity():
    torch.testing.assert_close(augment(pictures(), NONE), pictures(), atol=1e-5, rtol=0)
    assert Augmentation.off() == NONE


def test_flip_mirrors_half_of_the_pictures():
    x = pictures(400)
    y = augment(x, Augmentation(flip=True, rotation=0, scale=0, shear=0, shift=0), torch.Generator().manual_seed(1))
    same = (y - x).abs().amax((1, 2, 3)) < 1e-4
    mirrored = (y - x.flip(3)).abs().amax((1, 2, 3)) < 1e-4
    assert (same ^ mirrored).all()
    assert 150 < mirrored.sum() < 250


def test_dials_bound_what_they_name():
    theta = random_theta(
        2000, Augmentation(flip=False, rotation=10, scale=0.1, shear=0, shift=0.05), torch.Generator().manual_seed(0)
    )
    angle = torch.rad2deg(torch.atan2(theta[:, 1, 0], theta[:, 0, 0]))
    scale = 1 / theta[:, 0, :2].norm(dim=1)
    assert 9 < angle.abs().max() <= 10.001
    assert 0.9 <= scale.min() < 0.91
    assert 1.09 < scale.max() <= 1.101
    assert 0.09 < theta[:, :, 2].abs().max() <= 0.1  # a shift of 0.05 of the side is 0.1 in normalised units


def test_rotation_alone_keeps_lengths():
    theta = random_theta(
        50, Augmentation(flip=False, rotation=30, scale=0, shear=0, shift=0), torch.Generator().manual_seed(0)
    )
    torch.testing.assert_close(theta[:, :, :2] @ theta[:, :, :2].mT, torch.eye(2).expand(50, 2, 2), atol=1e-6, rtol=0)


@pytest.mark.parametrize("share", [1.0, -1.0])
def test_a_quarter_turn_is_numpys(monkeypatch, share):
    x = pictures()
    monkeypatch.setattr(torch, "rand", lambda n, k, **_: torch.full((n, k), (share + 1) / 2))  # at its extreme
    turned = augment(x, only(rotation=90))
    expected = np.rot90(x.numpy(), k=round(share), axes=(2, 3)).copy()
    torch.testing.assert_close(turned, torch.from_numpy(expected), atol=1e-4, rtol=0)


def test_same_generator_same_batch():
    a, b = (augment(pictures(), Augmentation(), torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(a, b)


@pytest.mark.parametrize("shear", [0.3])
def test_shear_keeps_upright_lines_within_its_angle(shear):
    theta = random_theta(
        500, Augmentation(flip=False, rotation=0, scale=0, shear=shear, shift=0), torch.Generator().manual_seed(0)
    )
    assert theta[:, 0, 1].abs().max() <= shear
    assert theta[:, 0, 1].abs().max() > 0.9 * shear
    assert math.isclose(theta[:, 0, 0].min().item(), 1, abs_tol=1e-6)


def test_an_affine_setting_takes_the_random_numbers_it_always_took():
    generator = seeded(7)
    augment(pictures(5), Augmentation(), generator)
    expected = seeded(7)
    torch.rand(5, 7, generator=expected)
    assert torch.equal(generator.get_state(), expected.get_state())


@pytest.mark.parametrize("more", [{"distortion": 0.05}, {"contrast": 0.5}, {"shift": 0.1}, {"noise": 0.01}])
def test_moving_one_dial_leaves_what_the_others_do(more):
    x = torch.full((40, 1, 48, 48), 0.3)
    chosen = {"rotation": 20, "brightness": 0.1, "erase": 0.5}
    before, after = (augment(x, only(**dials), seeded()) for dials in (chosen, chosen | more))
    assert torch.equal(before == 0.5, after == 0.5)  # the same rectangles
    rest = before != 0.5
    assert (before - after)[rest].abs().max() < (0.06 if "noise" in more else 1e-5)  # the same brightness


@pytest.mark.parametrize("dial", GREY_DIALS)
def test_same_seed_same_pictures_and_a_picture_does_not_depend_on_its_neighbours(dial):
    chosen = only(rotation=10, **{dial: HIGHEST[dial] / 2})
    x = pictures(6)
    other = x.clone()
    other[1:] = other[1:].flip(2)
    a, b = augment(x, chosen, seeded()), augment(other, chosen, seeded())
    assert torch.equal(a[0], b[0])
    assert torch.equal(a, augment(x, chosen, seeded()))
    assert not torch.equal(a, augment(x, chosen, seeded(1)))
    assert (augment(x, only(**{dial: HIGHEST[dial]}), seeded()) - x).abs().max() > 0.05


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_shape_type_device_and_range_are_kept_and_channels_change_alike(dtype):
    everything = Augmentation(distortion=0.05, contrast=0.5, brightness=0.3, erase=0.5)
    x = torch.rand(4, 1, 40, 56, generator=seeded()).to(dtype).expand(4, 3, 40, 56)
    y = augment(x, everything, seeded())
    assert (y.shape, y.dtype, y.device) == (x.shape, x.dtype, x.device)
    assert y.min() >= 0 and y.max() <= 1
    assert torch.equal(y[:, 0], y[:, 1]) and torch.equal(y[:, 0], y[:, 2])
    noisy = augment(x, only(noise=0.1), seeded())
    assert noisy.dtype == dtype and noisy.min() >= 0 and noisy.max() <= 1


def test_displacement_is_scipys_cubic_b_spline():
    knots = torch.rand(3, 2, KNOTS + 3, KNOTS + 3, generator=seeded()) * 2 - 1
    field = displacement(knots, 48, 32)
    at_knots = np.arange(-3, KNOTS + 4)
    rows = BSpline(at_knots, np.eye(KNOTS + 3), 3)((np.arange(48) + 0.5) / 48 * KNOTS)
    columns = BSpline(at_knots, np.eye(KNOTS + 3), 3)((np.arange(32) + 0.5) / 32 * KNOTS)
    expected = np.einsum("yk,nckl,xl->ncyx", rows, knots.numpy(), columns)
    np.testing.assert_allclose(field.numpy(), expected, atol=1e-6)


def test_distortion_is_small_smooth_and_never_folds_the_picture():
    knots = torch.rand(2000, 2, KNOTS + 3, KNOTS + 3, generator=seeded()) * 2 - 1
    moved = HIGHEST["distortion"] * displacement(knots, 48, 48) * 48  # pixels
    assert moved.abs().max() <= 4.8
    assert 0.2 < moved.std() / 4.8 < 0.4  # "most points move by a third of it"
    across, down = moved.diff(dim=3)[:, :, :-1], moved.diff(dim=2)[..., :-1]
    area = (1 + across[:, 0]) * (1 + down[:, 1]) - across[:, 1] * down[:, 0]
    assert area.min() > 0
    bend = moved.diff(n=2, dim=3).abs().max()
    assert bend < 0.25  # pixels between neighbours: independent pixels would bend by up to 19


def test_distortion_moves_a_ramp_by_what_the_field_says():
    ramp = ((torch.arange(48) + 0.5) / 48).expand(2, 1, 48, 48)  # its grey is the place in x
    generator = seeded()
    torch.rand(2, 7, generator=generator)
    field = displacement(torch.rand(2, 2, KNOTS + 3, KNOTS + 3, generator=generator) * 2 - 1, 48, 48)
    seen = augment(ramp, only(distortion=0.05), seeded())
    inside = slice(4, -4)
    torch.testing.assert_close(
        seen[..., inside, inside], (ramp + 0.05 * field[:, :1])[..., inside, inside], atol=1e-5, rtol=0
    )


def test_brightness_adds_up_to_its_share_and_contrast_keeps_the_mean():
    x = 0.4 + 0.2 * pictures(500)  # far enough from black and white for neither to cut anything
    added = (augment(x, only(brightness=0.2), seeded()) - x).flatten(1)
    torch.testing.assert_close(added.amax(1), added.amin(1), atol=1e-5, rtol=0)
    assert 0.19 < added[:, 0].max() <= 0.2001 and -0.2001 <= added[:, 0].min() < -0.19
    assert abs(added[:, 0].mean()) < 5 * 0.2 / 3**0.5 / 500**0.5
    stretched = augment(x, only(contrast=0.5), seeded())
    torch.testing.assert_close(stretched.mean((1, 2, 3)), x.mean((1, 2, 3)), atol=1e-5, rtol=0)
    ratio = stretched.flatten(1).std(1) / x.flatten(1).std(1)
    assert 0.5 <= ratio.min() + 1e-4 < 0.52 and 1.48 < ratio.max() <= 1.5001


def test_noise_has_its_standard_deviation():
    x = torch.full((200, 1, 48, 48), 0.5)
    changed = augment(x, only(noise=0.05), seeded()) - x
    assert changed.std().item() == pytest.approx(0.05, rel=0.01)
    assert abs(changed.mean().item()) < 5 * 0.05 / (200 * 48 * 48) ** 0.5


def test_erase_covers_the_promised_area_in_the_promised_share_of_pictures():
    x = torch.ones(2000, 1, 48, 48)
    y = augment(x, only(erase=0.3), seeded())
    covered = (y == 0.5).float().mean((1, 2, 3))
    hit = covered > 0
    assert abs(hit.float().mean() - 0.3) < 5 * (0.3 * 0.7 / 2000) ** 0.5
    assert torch.equal((y == 1) | (y == 0.5), torch.ones_like(y, dtype=torch.bool))
    rounding = 0.02  # half a pixel on each of two sides of up to 40 pixels
    assert ERASED[0] - rounding < covered[hit].min() and covered[hit].max() < ERASED[1] + rounding
    assert covered[hit].mean().item() == pytest.approx(sum(ERASED) / 2, abs=0.01)


def test_an_erased_rectangle_is_one_whole_rectangle_anywhere():
    covered = rectangles(torch.rand(3000, 4, generator=seeded()), 48, 48)[:, 0]
    tall, wide = covered.any(2).sum(1), covered.any(1).sum(1)
    assert torch.equal(tall * wide, covered.sum((1, 2)))
    ratio = tall / wide
    assert THINNEST * 0.8 < ratio.min() < 0.4 and 2.5 < ratio.max() < 1.25 / THINNEST
    assert covered.any(0).all()  # even the corners
    share = covered.float().mean(0)
    torch.testing.assert_close(share[:24].mean(), share[24:].mean(), atol=0.01, rtol=0)


@pytest.mark.parametrize("dial", HIGHEST)
@pytest.mark.parametrize("value", [-0.01, math.nan, math.inf, "0.1", None, True])
def test_a_dial_that_makes_no_sense_is_refused(dial, value):
    with pytest.raises(RecipeError, match=f"expected {dial} from 0 to .*found.*: give"):
        Augmentation(**{dial: value})
    with pytest.raises(RecipeError, match=f"expected {dial} from 0 to"):
        fe.training.recipe("classroom", **{dial: value})
    with pytest.raises(RecipeError, match=f"expected {dial} from 0 to"):
        Augmentation(**{dial: HIGHEST[dial] * 1.01})


def test_wrong_flips_and_wrong_pictures_are_refused():
    with pytest.raises(RecipeError, match="flip as True or False, found 1"):
        Augmentation(flip=1)
    with pytest.raises(DataError, match=r"expected pictures as float .*uint8.*divide uint8 by 255"):
        augment(torch.zeros(2, 1, 48, 48, dtype=torch.uint8), NONE)


def test_a_recipe_asks_for_every_dial():
    dials = {name: highest / 2 for name, highest in HIGHEST.items()}
    assert Augmentation.of(fe.training.recipe("classroom", flip=False, **dials)) == Augmentation(flip=False, **dials)


def test_a_known_seed_gives_the_theta_it_always_gave():
    """Written down before there were other dials than the affine ones: a run made then can be made again."""
    before = torch.tensor([[-0.9783, 0.0455, 0.0599], [0.0786, 0.9812, -0.07]])
    torch.testing.assert_close(random_theta(4, Augmentation(), seeded(3))[1], before, atol=1e-4, rtol=0)
