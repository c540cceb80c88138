"""The grid is drawn where torch's grid lies, on both pictures."""

import pytest
import torch
import torch.nn.functional as F

pytest.importorskip("matplotlib")

from matplotlib.patches import ConnectionPatch

from fer_edu.plots_grids import grid_on_both

THETA = torch.tensor([[0.5, 0.2, 0.1], [-0.3, 0.8, -0.2]])


def drawn_points(axes):
    """The points of the mesh, [k, 2]."""
    (dots,) = (line for line in axes.lines if line.get_linestyle() == "None")
    return torch.tensor(dots.get_xydata())


@pytest.mark.parametrize("align_corners", [False, True])
def test_the_grid_lies_where_torch_looks(align_corners):
    image = torch.rand(1, 6, 10, generator=torch.Generator().manual_seed(0))
    sheet = grid_on_both(image, THETA, every=2, arrows=((0, 1), (2, 3)), align_corners=align_corners)
    left, right = sheet.axes
    grid = F.affine_grid(THETA[None], (1, 1, 6, 10), align_corners=align_corners)
    size = torch.tensor([10.0, 6.0])
    in_pixels = (grid[0] + 1) / 2 * (size - 1) if align_corners else ((grid[0] + 1) * size - 1) / 2
    torch.testing.assert_close(drawn_points(left), in_pixels[1::2, 1::2].reshape(-1, 2).double(), atol=1e-5, rtol=0)
    assert drawn_points(right)[:2].tolist() == [[1, 1], [3, 1]]  # every second output pixel, x first
    seen = F.grid_sample(image[None], grid, align_corners=align_corners, padding_mode="border")[0, 0]
    torch.testing.assert_close(torch.tensor(right.images[0].get_array()), seen, atol=1e-6, rtol=0)

    arrows = [artist for artist in sheet.artists if isinstance(artist, ConnectionPatch)]
    assert [(arrow.axesA, arrow.axesB) for arrow in arrows] == [(right, left)] * 2  # from the output to the input
    assert [list(arrow.xy1) for arrow in arrows] == [[3, 1], [7, 5]]
    for arrow, (row, column) in zip(arrows, ((1, 3), (5, 7)), strict=True):
        assert list(arrow.xy2) == pytest.approx(in_pixels[row, column].tolist(), abs=1e-5)


def test_an_output_may_have_its_own_size():
    left, right = grid_on_both(torch.zeros(8, 8, dtype=torch.uint8), THETA, every=1, arrows=(), size=(2, 3)).axes
    assert left.images[0].get_array().shape == (8, 8) and right.images[0].get_array().shape == (2, 3)
    assert len(drawn_points(left)) == len(drawn_points(right)) == 6


def test_arrows_are_numbered_at_both_ends():
    left, right = grid_on_both(torch.zeros(8, 8), THETA, every=4, arrows=((0, 0), (1, 1))).axes
    for axes in (left, right):
        assert [text.get_text() for text in axes.texts] == ["1", "2"]
