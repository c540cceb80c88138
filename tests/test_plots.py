"""Each figure holds what it promises, in the right place."""

import numpy as np
import pytest
import torch

pytest.importorskip("matplotlib")

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from fer_edu import faces, plots
from fer_edu.errors import DataError
from fer_edu.evaluation import confusion_matrix
from fer_edu.geometry import affine_grid, identity_theta, to_pixels
from fer_edu.training import History

ROWS = tuple(
    {"epoch": k, "learning_rate": 0.01, "train_loss": 2 / k, "val_loss": 2.2 / k, "val_accuracy": a, "seconds": 1.0}
    for k, a in ((1, 0.2), (2, 0.6), (3, 0.5))
)


@pytest.fixture(scope="module")
def some():
    return faces.sample(5, seed=0)


def test_a_sheet_shows_every_face_with_its_class(some):
    sheet = plots.faces(some, columns=3)
    assert isinstance(sheet, Figure)
    shown = [ax for ax in sheet.axes if ax.images]
    assert len(sheet.axes) == 6 and len(shown) == 5
    for ax, image, label in zip(shown, some.images, some.labels.tolist(), strict=True):
        assert np.array_equal(ax.images[0].get_array(), image[0].numpy())
        assert ax.get_title() == some.classes[label]
        assert ax.images[0].get_clim() == (0, 255)  # one scale for all: a dark face stays dark


def test_pictures_in_0_to_1_are_drawn_on_that_scale():
    sheet = plots.faces(torch.full((1, 1, 48, 48), 0.5), columns=1)
    assert sheet.axes[0].images[0].get_clim() == (0, 1)


def test_a_batch_is_no_picture():
    _, ax = plots.figure(2, 2)
    with pytest.raises(DataError, match="one grey picture"):
        plots.picture(ax, torch.zeros(3, 48, 48))


def test_identity_looks_at_the_outer_corners_of_the_picture():
    expected = torch.tensor([[-0.5, -0.5], [47.5, -0.5], [47.5, 47.5], [-0.5, 47.5]])
    torch.testing.assert_close(plots.corners(identity_theta()), expected)


def test_corners_enclose_the_grid():
    """The mean of the corners is where the grid's mean looks, and a half-size look spans half the pixels."""
    theta = torch.tensor([[0.4, -0.3, 0.1], [0.3, 0.4, -0.2]])
    grid = to_pixels(affine_grid(theta[None], (1, 1, 48, 48)), 48)[0]
    corners = plots.corners(theta)
    torch.testing.assert_close(corners.mean(0), grid.mean((0, 1)), rtol=0, atol=1e-4)
    first = grid[0, 0] + (grid[0, 0] - grid[1, 1]) / 2  # half a pixel further out
    torch.testing.assert_close(corners[0], first, rtol=0, atol=1e-4)
    side = (corners[1] - corners[0]).norm().item()
    assert side == pytest.approx(24)


def test_the_quadrilateral_is_closed_and_its_upper_left_marked(some):
    theta = torch.tensor([[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]])
    sheet = plots.unwarp(some.images[0], theta, some.images[0])
    outline, dot = sheet.axes[0].lines
    assert outline.get_xydata().shape == (5, 2)
    assert outline.get_xydata()[0].tolist() == outline.get_xydata()[-1].tolist() == [11.5, 11.5]
    assert dot.get_xydata().tolist() == [[11.5, 11.5]]


def test_maps_share_one_scale_which_has_a_sign_only_where_they_have(some):
    values = torch.rand(5, 48, 48, generator=torch.Generator().manual_seed(0)) * torch.arange(1, 6).view(5, 1, 1)
    drawn = [ax.images[0] for ax in plots.maps(some.images, values, columns=3).axes if ax.images]
    limits = {image.get_clim() for image in drawn if image.get_cmap().name == "Purples"}
    assert len(limits) == 1 and next(iter(limits))[0] == 0
    sheet = plots.maps(some.images, values - 1, some.truth.part("mouth"))
    signed = [ax.images[0] for ax in sheet.axes if ax.images and ax.images[0].get_cmap().name == "PuOr"]
    low, high = signed[0].get_clim()
    assert len(signed) == 5 and low == -high


def test_all_zero_maps_are_drawn(some):
    plots.maps(some.images, torch.zeros(5, 48, 48))


@pytest.mark.parametrize("history", [History(ROWS), {"history": list(ROWS)}, list(ROWS)])
def test_learning_curves_draw_each_epoch_and_the_best(history):
    loss, accuracy = plots.learning_curves(history, chance=1 / 7).axes
    assert [
        line.get_ydata().tolist() if hasattr(line.get_ydata(), "tolist") else list(line.get_ydata())
        for line in loss.lines
    ] == [
        [row["train_loss"] for row in ROWS],
        [row["val_loss"] for row in ROWS],
    ]
    assert list(accuracy.lines[1].get_xdata()) == [2] and list(accuracy.lines[1].get_ydata()) == [0.6]
    assert accuracy.get_ylim() == (0, 1)
    assert {text.get_text() for text in accuracy.get_legend().get_texts()} == {"val", "best epoch on val", "guessing"}


def test_no_epoch_no_curves():
    with pytest.raises(DataError, match="at least one epoch"):
        plots.learning_curves({"history": []})


def test_confusion_has_a_row_for_each_true_class():
    counts = confusion_matrix(torch.tensor([0, 0, 0, 0, 1]), torch.tensor([0, 1, 1, 1, 1]), 3)
    ax = plots.confusion(counts, ("a", "b", "c")).axes[0]
    assert [t.get_text() for t in ax.texts] == ["25", "75", "0", "0", "100", "0", "0", "0", "0"]
    assert ax.get_ylabel() == "true class" and [t.get_text() for t in ax.get_yticklabels()] == ["a", "b", "c"]
    counted = plots.confusion(counts, ("a", "b", "c"), normalised=False).axes[0]
    assert [t.get_text() for t in counted.texts] == ["1", "3", "0", "0", "1", "0", "0", "0", "0"]


def test_bars_have_the_classes_colours():
    ax = plots.bars_by_class({"happy": 3, "sad": 1}, "pictures").axes[0]
    assert [to_hex(bar.get_facecolor()).upper() for bar in ax.patches] == ["#E69F00", "#0072B2"]


def test_style_can_be_set_outside_a_notebook():
    import matplotlib

    with matplotlib.rc_context():
        plots.style()
        assert matplotlib.rcParams["font.size"] == plots.STYLE["font.size"]
