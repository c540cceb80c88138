import math

import pytest
import torch

from fer_edu.data.augmentation import Augmentation, augment, random_theta

NONE = Augmentation(flip=False, rotation=0, scale=0, shear=0, shift=0)


def pictures(n=4):
    return torch.rand(n, 1, 48, 48, generator=torch.Generator().manual_seed(0))


def test_no_augmentation_is_the_identity():
    torch.testing.assert_close(augment(pictures(), NONE), pictures(), atol=1e-5, rtol=0)


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
