"""The figures of chapter 3 show the geometry's numbers at the geometry's places."""

import pytest
import torch

pytest.importorskip("matplotlib")

from matplotlib.patches import Rectangle

from fer_edu import geometry, plots_sampling

VALUES = (30, 20, 70, 40)


def boxes(axes, corner):
    """Return the boxes with the hatch of one corner."""
    return [p for p in axes.patches if isinstance(p, Rectangle) and p.get_hatch() == plots_sampling.CORNERS[corner][1]]


@pytest.mark.parametrize(("p", "q"), [(0.75, 0.4), (0.2, 0.5), (0.0, 0.0)])
def test_areas_are_the_weights_in_both_ways_of_drawing(p, q):
    image = torch.tensor(VALUES, dtype=torch.float32).view(2, 2)
    place = [geometry.to_normalised(share, 2) for share in (p, q)]
    seen = geometry.step(image, torch.tensor([[1.0, 0, place[0]], [0, 1, place[1]]]), 0, 0, size=(1, 1))
    sheet = plots_sampling.weights(VALUES, p, q)
    for axes in sheet.axes:
        for corner, neighbour in enumerate(seen.neighbours):
            (box,) = boxes(axes, corner)
            assert box.get_width() * box.get_height() == pytest.approx(neighbour.weight, abs=1e-6)
    assert sheet.get_supxlabel().endswith(f"= {seen.value:.4g}")


def test_each_covered_part_lies_in_its_own_pixel_and_the_other_opposite_to_it():
    cover, between = plots_sampling.weights(VALUES, 0.75, 0.4).axes
    for corner in range(4):
        row, column = divmod(corner, 2)
        (box,) = boxes(cover, corner)
        assert column - 0.5 <= box.get_x() and box.get_x() + box.get_width() <= column + 0.5
        assert row - 0.5 <= box.get_y() and box.get_y() + box.get_height() <= row + 0.5
        (box,) = boxes(between, corner)
        touches = (box.get_x() == 0) == (column == 1) and (box.get_y() == 0) == (row == 1)
        assert touches
    assert cover.yaxis_inverted() and between.yaxis_inverted()  # y points down


def test_kink_marks_the_slope_that_floor_picks():
    value, slope = plots_sampling.kink((0, 1, 3), 1).axes
    names = [text.get_text() for text in value.get_legend().get_texts()]
    assert names == ["V(x)", "slope to the left, 1", "half and half, 1.5", "slope to the right, 2"]
    star = [line for line in slope.lines if line.get_marker() == "*"]
    seen = geometry.step(torch.tensor([[0.0, 1, 3]]), torch.tensor([[1.0, 0, 0], [0, 1, 0]]), 0, 1)
    assert [list(line.get_ydata()) for line in star] == [[seen.by_x]]


def test_places_are_drawn_where_the_grid_says():
    grid = geometry.affine_grid(geometry.build_theta(20, 0.8), (1, 1, 4, 4))[0]
    x, y = (geometry.to_pixels(grid[..., k], 6) for k in (0, 1))
    ax = plots_sampling.places(torch.rand(6, 6), x, y).axes[0]
    centres, looks = ax.lines
    assert len(centres.get_xdata()) == 36
    torch.testing.assert_close(torch.tensor(looks.get_xydata()).float(), torch.stack([x, y], -1).view(-1, 2))
