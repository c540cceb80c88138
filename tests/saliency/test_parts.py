import pytest
import torch

import fer_edu as fe
from fer_edu.errors import DataError, ModelError
from fer_edu.faces.scene import photograph
from fer_edu.geometry import build_theta
from fer_edu.saliency.parts import FER2013_THETA, PART_NAMES, parts_of, sizes, upright_parts


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(40, seed=11, difficulty="wild")


def test_parts_are_the_truths_masks_and_skin_is_the_rest_of_the_head(faces):
    parts, truth = parts_of(faces), faces.truth
    for name in ("brows", "nose", "mouth", "cheeks"):
        assert torch.equal(parts == 1 + PART_NAMES.index(name), truth.part(name)), name
    assert ((parts == 2) <= truth.part("eyes")).all()
    head = truth.part("face") & ~truth.part("occluder")
    assert ((parts > 0) <= head).all()
    assert torch.equal(parts == 0, ~head)
    assert truth.part("occluder").any()  # or nothing of this was tried


def test_a_set_without_truth_has_no_parts():
    faces = fe.faces.sample(2, seed=0)
    bare = fe.data.FaceSet(faces.images, faces.labels, faces.classes)
    with pytest.raises(DataError, match="take the template"):
        parts_of(bare)


def test_the_template_is_where_upright_drawn_faces_have_their_parts():
    """Drawn again from other people: nine in ten pixels of each part's template lie on the part's usual place."""
    scene = fe.faces.sample(300, seed=77).truth.scene
    _, masks = photograph(scene.replace(theta=torch.eye(2, 3).repeat(300, 1, 1)))
    share = masks.float().mean(0)
    template = upright_parts(1)[0]
    for number, name in enumerate(PART_NAMES[:5], 1):
        usual = share[number - 1] > 0.2 * share[number - 1].max()
        assert usual[template == number].float().mean() > 0.9, name
        assert (template == number)[usual].float().mean() > 0.6, name
    assert ((template > 0) == (share[5] > 0.5)).float().mean() > 0.98
    assert torch.equal(template, template.flip(1))


def test_the_template_follows_a_pose():
    """A look moved right by a quarter of the picture shows the face 12 pixels further left."""
    moved = upright_parts(2, build_theta(shift=(0.5, 0.0)))
    upright = upright_parts(2)
    assert moved.dtype == torch.int64 and moved.shape == (2, 48, 48)
    assert torch.equal(moved[:, :, :36], upright[:, :, 12:]) and (moved[:, :, 36:] == 0).all()
    assert torch.equal(upright_parts(fe.faces.sample(2, seed=0).images), upright)


def test_the_template_on_drawn_faces_meets_the_true_parts(faces):
    """Under the true pose, an eye's template lies nearer to the eyes than elsewhere: chance is 2 % of the picture."""
    parts, guess = parts_of(faces), upright_parts(40, faces.truth.theta)
    eyes = (guess == 2) & (parts > 0)
    assert (parts[eyes] == 2).float().mean() > 0.4


def test_fer2013s_frame_puts_the_eyes_where_its_mean_picture_has_them():
    rows, columns = (upright_parts(1, FER2013_THETA)[0] == 2).nonzero().float().T
    left = columns < 24
    assert rows.mean().item() == pytest.approx(17.2, abs=0.7)
    assert 23.5 - columns[left].mean().item() == pytest.approx(8.7, abs=0.7)
    rows, _ = (upright_parts(1, FER2013_THETA)[0] == 4).nonzero().float().T
    assert rows.mean().item() == pytest.approx(38.3, abs=1)


def test_a_pose_of_another_shape_or_no_picture_is_refused():
    with pytest.raises(ModelError, match=r"theta as \[3, 2, 3\], found \[2, 2, 3\]"):
        upright_parts(3, torch.eye(2, 3).expand(2, 2, 3))
    with pytest.raises(ModelError, match="at least one picture"):
        upright_parts(0)


def test_sizes_count_the_pixels_of_each_pixels_part():
    parts = torch.tensor([[[0, 0, 1], [1, 1, 4]], [[2, 2, 2], [2, 2, 2]]])
    assert sizes(parts).tolist() == [[[2, 2, 3], [3, 3, 1]], [[6, 6, 6], [6, 6, 6]]]
