"""Scores of a map against a mask: hand-computed cases, ties, and pictures with nothing to find."""

import pytest
import torch

from fer_edu.errors import DataError
from fer_edu.saliency import chance, pointing_game, relevance_mass, relevance_rank

# Two masks of 2 of 4 pixels, an empty one and the whole picture.
MASKS = torch.tensor([[[1, 1], [0, 0]], [[1, 0], [0, 1]], [[0, 0], [0, 0]], [[1, 1], [1, 1]]]).bool()
MAPS = torch.tensor(
    [[[3.0, 1.0], [2.0, -9.0]], [[0.0, 5.0], [5.0, 5.0]], [[1.0, 2.0], [3.0, 4.0]], [[4.0, 3.0], [2.0, 1.0]]]
)
ALL = (pointing_game, relevance_mass, relevance_rank)


def test_hits_and_ties_of_the_pointing_game():
    # The second map's strongest value stands three times, once in the mask.
    assert pointing_game(MAPS, MASKS).tolist() == pytest.approx([1, 1 / 3, torch.nan, 1], nan_ok=True)


def test_mass_counts_positive_relevance_alone():
    assert relevance_mass(MAPS, MASKS).tolist() == pytest.approx([4 / 6, 5 / 15, torch.nan, 1], nan_ok=True)


def test_rank_shares_out_the_last_place():
    # First map: the two highest are 3 (inside) and 2. Second: two of three equal pixels count, one of three is inside.
    assert relevance_rank(MAPS, MASKS).tolist() == pytest.approx([1 / 2, 1 / 3, torch.nan, 1], nan_ok=True)


def test_rank_with_ties_is_the_mean_over_all_ways_to_break_them():
    generator = torch.Generator().manual_seed(0)
    maps = torch.randint(0, 4, (1, 6, 6), generator=generator).float()
    masks = torch.rand(1, 6, 6, generator=generator) < 0.4
    broken = maps + 0.5 * torch.rand(20_000, 6, 6, generator=generator)
    top = broken.flatten(1).topk(int(masks.sum()), dim=1).indices
    expected = masks.flatten()[top].float().mean()
    assert relevance_rank(maps, masks).item() == pytest.approx(expected.item(), abs=0.005)


@pytest.mark.parametrize("score", ALL)
def test_an_even_map_scores_chance(score):
    masks = torch.rand(5, 8, 8, generator=torch.Generator().manual_seed(1)) < 0.3
    assert torch.allclose(score(torch.full((5, 8, 8), 0.7), masks), chance(masks))


@pytest.mark.parametrize("score", ALL)
def test_noise_scores_chance_on_average(score):
    generator = torch.Generator().manual_seed(2)
    masks = torch.rand(3000, 6, 6, generator=generator) < 0.3
    found = score(torch.rand(3000, 6, 6, generator=generator), masks)
    assert found.nanmean().item() == pytest.approx(chance(masks).nanmean().item(), abs=0.03)


@pytest.mark.parametrize("score", ALL)
def test_a_map_that_is_its_mask_scores_one_and_its_opposite_nothing(score):
    masks = MASKS[:2]
    assert score(masks.float(), masks).tolist() == [1, 1]
    assert score(-masks.float(), masks).tolist() == [0, 0]


def test_chance_is_the_masks_share_and_unknown_where_nothing_is_to_be_found():
    assert chance(MASKS).tolist() == pytest.approx([0.5, 0.5, torch.nan, 1], nan_ok=True)


def test_a_map_without_positive_relevance_has_no_mass():
    assert relevance_mass(torch.zeros(1, 2, 2), MASKS[:1]).item() == 0


@pytest.mark.parametrize(
    ("maps", "masks", "message"),
    [
        (MAPS / 0, MASKS, "finite numbers, found . with NaN"),
        (MAPS[:2], MASKS, "a mask for each map"),
        (MAPS[:, None], MASKS, r"maps as \[N, H, W\]"),
        (MAPS, MASKS.float(), "masks as bool"),
    ],
)
@pytest.mark.parametrize("score", ALL)
def test_what_cannot_be_scored_is_refused(score, maps, masks, message):
    with pytest.raises(DataError, match=message):
        score(maps, masks)
