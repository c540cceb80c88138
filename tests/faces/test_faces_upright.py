"""Undoing the pose shows the face that would have been drawn without one."""

import pytest
import torch

from fer_edu import faces
from fer_edu.data import FaceSet
from fer_edu.errors import DataError


def test_an_upright_face_is_the_one_drawn_without_a_pose():
    dials = faces.Difficulty(rotation=(-40.0, 40.0), scale=(0.8, 1.0), shift=(-0.1, 0.1))
    posed = faces.sample(40, difficulty=dials)
    level, _ = faces.photograph(posed.truth.scene.replace(theta=torch.eye(2, 3).expand(40, 2, 3)))
    middle = (..., slice(12, 36), slice(12, 36))  # the rim may have left the posed picture
    seen = faces.upright(posed)
    before = (posed.images[middle].float() - level[middle].float()).abs().mean()
    after = (seen.images[middle].float() - level[middle].float()).abs().mean()
    assert after < 8 < before / 3  # 5.6 grey levels: what sampling twice softens
    assert torch.equal(seen.labels, posed.labels) and torch.equal(seen.truth.theta, posed.truth.theta)


def test_without_known_poses_it_is_refused():
    plain = FaceSet(torch.zeros(1, 1, 48, 48, dtype=torch.uint8), torch.zeros(1, dtype=torch.int64), ("a", "b"))
    with pytest.raises(DataError, match="pose is known"):
        faces.upright(plain)
