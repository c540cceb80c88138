"""Part removal: on a linear network, whose answer to each picture is a sum that can be done by hand."""

from math import isnan

import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.faces import ACTION_UNITS, unit_masks, without
from fer_edu.saliency import Removal, cue_masks, noise, part_removal, removal
from fer_edu.saliency.cue import EXPRESSIVE_PARTS, pairs, true_change


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(40, seed=3)


@pytest.fixture(scope="module")
def linear():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7))


@pytest.fixture(scope="module")
def lost(linear, faces):
    return removal(linear, faces, faces.labels)


def by_hand(change, size=6):
    """Return a Removal of parts that are columns of a picture, each `size` pixels wide."""
    change = torch.tensor(change)
    n, p = change.shape
    pixels = torch.zeros(n, p, 4, p * size, dtype=torch.bool)
    for k in range(p):
        pixels[:, k, :, k * size : (k + 1) * size] = True
    return Removal(tuple("abcdef"[:p]), pixels, change)


def test_the_parts_share_out_the_action_units():
    assert sorted(unit for units in EXPRESSIVE_PARTS.values() for unit in units) == sorted(ACTION_UNITS)


def test_the_cue_is_where_any_unit_shows_and_nowhere_on_a_face_without_units(faces):
    assert torch.equal(cue_masks(faces), unit_masks(faces).any(dim=1))
    assert not cue_masks(without(faces, "all")).any()


def test_the_change_is_the_answer_to_the_picture_less_the_answer_without_the_part(linear, faces, lost):
    k = lost.parts.index("mouth")
    fewer = without(faces, EXPRESSIVE_PARTS["mouth"])
    weights = linear[1].weight[faces.labels].view(-1, 48, 48)
    expected = (weights * (faces.images.float() - fewer.images.float())[:, 0] / 255).sum(dim=(1, 2))
    shows = lost.change[:, k].isfinite()
    assert 20 < shows.sum() < 40
    assert torch.allclose(lost.change[shows, k], expected[shows], atol=1e-4)
    assert torch.equal(fewer.images[~shows], faces.images[~shows])


def test_a_part_that_shows_nothing_has_no_pixels(lost):
    assert not lost.pixels[lost.change.isnan()].any()
    assert lost.pixels[lost.change.isfinite()].any()


def test_the_map_of_the_true_change_scores_one_and_its_opposite_minus_one():
    lost = by_hand([[3.0, 1.0, -2.0], [0.5, 4.0, 2.0]])
    assert part_removal(true_change(lost), lost) == pytest.approx(1)
    assert part_removal(-true_change(lost), lost) == pytest.approx(-1)


def test_on_drawn_faces_too_the_true_change_scores_near_one(lost):
    assert part_removal(true_change(lost), lost) > 0.9


def test_what_a_linear_network_truly_loses_in_each_pixel_scores_high(linear, faces, lost):
    weights = linear[1].weight[faces.labels].view(-1, 48, 48).detach()
    truth = weights * (faces.images.float() - without(faces, "all").images.float())[:, 0] / 255
    assert part_removal(truth, lost) > 0.8 > 0.3 > abs(part_removal(noise(faces.images), lost))


def test_the_score_is_spearmans_of_the_parts_within_each_face():
    change = [[3.0, 1.0, -2.0], [0.5, torch.nan, 2.0]]
    lost = by_hand(change)
    maps = torch.rand(2, 4, 18, generator=torch.Generator().manual_seed(0))
    mean = [maps[i, :, k * 6 : k * 6 + 6].mean().item() for i, k in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2))]
    first, second = sum(mean[:3]) / 3, sum(mean[3:]) / 2
    relevance = [value - first for value in mean[:3]] + [value - second for value in mean[3:]]
    # 3, 1, -2 about their mean of 2/3; 0.5, 2 about 1.25.
    expected = spearmanr(relevance, [7 / 3, 1 / 3, -8 / 3, -0.75, 0.75]).statistic
    assert part_removal(maps, lost) == pytest.approx(expected)


def test_how_strong_a_face_is_altogether_does_not_matter():
    lost = by_hand([[3.0, 1.0], [0.5, 2.0], [1.0, 4.0]])
    maps = torch.rand(3, 4, 12, generator=torch.Generator().manual_seed(0))
    shifted = maps + torch.tensor([5.0, -3.0, 0.0])[:, None, None]
    assert part_removal(maps, lost) == pytest.approx(part_removal(shifted, lost))


def test_an_even_map_scores_nothing_and_a_face_of_one_part_is_left_out():
    lost = by_hand([[3.0, 1.0, -2.0], [1.0, torch.nan, torch.nan]])
    assert part_removal(torch.full((2, 4, 18), 0.3), lost) == part_removal(torch.zeros(2, 4, 18), lost) == 0
    assert len(pairs(torch.rand(2, 4, 18), lost)[0]) == 3
    assert isnan(part_removal(torch.rand(1, 4, 18), Removal(lost.parts, lost.pixels[1:], lost.change[1:])))


def test_only_drawn_faces_and_maps_of_the_same_faces_are_taken(linear, faces, lost):
    with pytest.raises(DataError, match="without a scene"):
        cue_masks(fe.data.FaceSet(faces.images, faces.labels, faces.classes))
    with pytest.raises(DataError, match="a map for each face"):
        part_removal(torch.zeros(3, 48, 48), lost)
    with pytest.raises(DataError, match="finite numbers"):
        part_removal(torch.full((40, 48, 48), torch.nan), lost)
