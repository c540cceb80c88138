import numpy as np
import pytest
import torch

from fer_edu.data.auditing import near, near_pairs


def brute_force(pixels, line, mirrored=False):
    """{(i, j): correlation} with i < j, by numpy's own correlation of every pair."""
    x = pixels.reshape(len(pixels), -1).astype(np.float64)
    y = pixels.reshape(-1, 48, 48)[:, :, ::-1].reshape(len(pixels), -1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.corrcoef(x, y if mirrored else x)[: len(x), len(x) :]
    first, second = np.nonzero(np.triu(np.nan_to_num(table), 1) > line)
    return {(i, j): table[i, j] for i, j in zip(first.tolist(), second.tolist(), strict=True)}


@pytest.fixture(scope="module")
def spoiled(drawn):
    """Drawn faces, then copies that are brighter, noisy, mirrored or blended with another, and flat pictures."""
    noise = np.random.default_rng(0)
    x = drawn.images[:120, 0].numpy().astype(np.float64)
    copies = [0.7 * x[:20] + 50]
    copies += [x[20:40] + noise.normal(0, sigma, (20, 48, 48)) for sigma in (2, 5, 8, 10, 12)]
    copies += [x[40:60, :, ::-1], 0.8 * x[60:80] + 0.2 * x[80:100]]
    copies += [np.full((3, 48, 48), 9.0)]
    return np.concatenate([x, *copies]).clip(0, 255).round().astype(np.uint8).reshape(-1, 2304)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("line", [0.9, 0.97, 0.99])
def test_the_pairs_are_those_that_comparing_every_picture_with_every_other_finds(spoiled, line, mirrored):
    first, second, correlation = near_pairs(spoiled, line, mirrored)
    expected = brute_force(spoiled, line, mirrored)
    assert len(expected) >= 20
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == sorted(expected)
    assert correlation == pytest.approx([expected[pair] for pair in sorted(expected)], abs=1e-9)


@pytest.mark.parametrize("dense", [0, 10**9])
def test_neither_the_size_of_a_block_nor_the_way_of_multiplying_it_changes_a_digit(spoiled, monkeypatch, dense):
    expected = near_pairs(spoiled, 0.95)
    monkeypatch.setattr(near, "BLOCK", 37)
    monkeypatch.setattr(near, "DENSE", dense)
    for ours, theirs in zip(near_pairs(spoiled, 0.95), expected, strict=True):
        assert np.array_equal(ours, theirs)


def test_the_bound_is_never_below_the_correlation(spoiled):
    features = near._features(torch.from_numpy(spoiled)).double().numpy()
    exact = np.nan_to_num(np.corrcoef(spoiled[:-3].astype(np.float64)))
    assert (features[:-3] @ features[:-3].T - exact).min() > -1e-5


def test_a_picture_that_correlates_by_exactly_the_line_is_not_above_it():
    x = np.zeros((2, 2304), np.uint8)
    x[0, :1152] = 100
    x[1, :1152] = 100
    x[1, :288], x[1, 1152:1440] = 0, 100  # a quarter changed places: correlation 1/2
    assert near_pairs(x, 0.5)[0].tolist() == []
    assert near_pairs(x, 0.4999)[2].tolist() == [0.5]


def test_flat_pictures_and_no_pictures_have_no_pairs():
    for pixels in (np.zeros((0, 2304), np.uint8), np.zeros((1, 2304), np.uint8), np.full((5, 2304), 200, np.uint8)):
        assert [len(column) for column in near_pairs(pixels)] == [0, 0, 0]
