"""One pixel followed by hand: its numbers are the sampler's and autograd's, and those on paper."""

import pytest
import torch

from fer_edu import geometry as g

PICTURE = torch.tensor([[0.0, 10, 20], [30, 40, 50], [60, 70, 100]])


def test_a_case_on_paper():
    """Shifted by a third of three pixels' width: the middle pixel looks half a pixel to the right, at (1.5, 1)."""
    theta = torch.tensor([[1.0, 0, 1 / 3], [0, 1, 0]])
    seen = g.step(PICTURE, theta, row=1, column=1)
    assert seen.target == (0, 0)
    assert seen.source == pytest.approx((1 / 3, 0))
    assert seen.pixel == pytest.approx((1.5, 1)) and seen.looked_up == seen.pixel
    assert [(n.row, n.column) for n in seen.neighbours] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert [n.weight for n in seen.neighbours] == pytest.approx([0.5, 0.5, 0, 0])
    assert seen.value == pytest.approx(45)
    assert seen.by_x == pytest.approx(10)
    assert seen.by_y == pytest.approx(((70 - 40) + (100 - 50)) / 2)
    assert seen.by_source == pytest.approx((15, 60))  # three pixels are a length of 2
    assert seen.by_theta == (pytest.approx((0, 0, 15)), pytest.approx((0, 0, 60)))


@pytest.mark.parametrize("padding", g.PADDINGS)
@pytest.mark.parametrize("align_corners", [False, True])
def test_every_number_is_the_samplers_and_autograds(padding, align_corners):
    draw = torch.Generator().manual_seed(0)
    image = torch.rand(5, 7, generator=draw, dtype=torch.float64)
    for _ in range(20):
        theta = (torch.randn(1, 2, 3, generator=draw, dtype=torch.float64)).requires_grad_()
        row, column = (int(torch.randint(n, (), generator=draw)) for n in (4, 6))
        picture = image[None, None].clone().requires_grad_()
        grid = g.affine_grid(theta, (1, 1, 4, 6), align_corners)
        value = g.bilinear_sample(picture, grid, align_corners, padding)[0, 0, row, column]
        by_image, by_theta, by_grid = torch.autograd.grad(value, (picture, theta, grid))
        seen = g.step(image, theta[0], row, column, (4, 6), align_corners, padding)
        assert seen.value == pytest.approx(value.item())
        assert seen.source == pytest.approx(grid[0, row, column].tolist())
        assert seen.by_source == pytest.approx(by_grid[0, row, column].tolist())
        torch.testing.assert_close(torch.tensor(seen.by_theta, dtype=torch.float64), by_theta[0])
        felt = torch.zeros_like(image)
        for n in seen.neighbours:
            if n.inside:
                felt[n.row, n.column] += n.weight
        torch.testing.assert_close(felt, by_image[0, 0])


def test_the_four_weights_share_one_whole_and_balance_at_the_place():
    draw = torch.Generator().manual_seed(1)
    for _ in range(50):
        theta = torch.randn(2, 3, generator=draw)
        seen = g.step(torch.zeros(8, 8), theta, 3, 5)
        weights = [n.weight for n in seen.neighbours]
        assert sum(weights) == pytest.approx(1) and min(weights) >= 0
        balance = sum(n.weight * n.column for n in seen.neighbours), sum(n.weight * n.row for n in seen.neighbours)
        assert balance == pytest.approx(seen.looked_up, abs=1e-9)


def test_outside_counts_as_zero():
    far = g.step(PICTURE, torch.tensor([[1.0, 0, 5], [0, 1, 0]]), 1, 1)
    assert far.value == 0 and far.by_source == (0, 0)
    assert not any(n.inside for n in far.neighbours)


def test_in_words():
    text = g.step(PICTURE, torch.tensor([[1.0, 0, 1 / 3], [0, 1, 0]]), 1, 1).describe()
    assert "0.5 · 40 + 0.5 · 50 + 0 · 70 + 0 · 100 = 45" in text
    held = g.step(PICTURE, torch.tensor([[1.0, 0, 5], [0, 1, 0]]), 1, 1, padding_mode="border").describe()
    assert "looked up at (2, 1)" in held


@pytest.mark.parametrize(
    ("picture", "theta", "row", "padding", "sentence"),
    [
        (torch.zeros(2, 3, 3), torch.zeros(2, 3), 0, "zeros", "expected one picture"),
        (PICTURE, torch.zeros(1, 2, 3), 0, "zeros", r"theta \[2, 3\], found"),
        (PICTURE, torch.zeros(2, 3), 3, "zeros", "3 rows and 3 columns, found row 3"),
        (PICTURE, torch.zeros(2, 3), -1, "zeros", "found row -1"),
        (PICTURE, torch.zeros(2, 3), 0, "wrap", "found 'wrap'"),
    ],
)
def test_bad_input_is_named(picture, theta, row, padding, sentence):
    with pytest.raises(ValueError, match=sentence):
        g.step(picture, theta, row, 0, padding_mode=padding)
