"""The figures of chapter 12 show the picture, the boxes and the answers that they were given."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

pytest.importorskip("matplotlib")

from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from fer_edu import faces, plots_photos
from fer_edu.emotions import CLASSES, COLOURS
from fer_edu.errors import DataError


@pytest.fixture
def photo():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    return SimpleNamespace(pixels=pixels)


@pytest.fixture
def box():
    return SimpleNamespace(left=10, top=5, size=40)


def outlines(ax):
    """(left, top, size) of the outlines on axes, without repetition, in order."""
    found = [(p.get_x() + 0.5, p.get_y() + 0.5, p.get_width()) for p in ax.patches if isinstance(p, Rectangle)]
    return list(dict.fromkeys(found))


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_boxes_lie_where_they_were_found_and_are_numbered_only_where_there_are_several(photo, box):
    other = SimpleNamespace(left=50, top=30, size=20)
    sheet = plots_photos.scenes([(photo, (box,)), (photo, (box, other)), (photo, ())], ["a", "b", "c"])
    one, two, none = sheet.axes
    assert np.array_equal(one.images[0].get_array(), photo.pixels)
    assert outlines(one) == [(10, 5, 40)] and texts(one) == []
    assert outlines(two) == [(10, 5, 40), (50, 30, 20)] and texts(two) == ["1", "2"]
    assert outlines(none) == [] and none.get_title() == "c"


def test_a_sentence_stands_below_its_own_photo(photo):
    sheet = plots_photos.scenes([(photo, ())] * 2, sentences=["no face was found", "three"], columns=2)
    assert [texts(ax) for ax in sheet.axes] == [["no face was found"], ["three"]]


def test_what_is_left_is_shown_beside_what_the_box_held_also_at_the_edge_of_the_photo(photo, box):
    crop = faces.sample(1, seed=0).images
    before, after = plots_photos.how_little(photo, box, crop).axes
    assert np.array_equal(before.images[0].get_array(), photo.pixels[5:45, 10:50])
    assert "4,800" in before.get_title() and "2,304" in after.get_title()
    assert np.array_equal(after.images[0].get_array(), crop[0, 0].numpy())
    cut = plots_photos.how_little(photo, SimpleNamespace(left=-10, top=-5, size=40), crop).axes[0]
    assert np.array_equal(cut.images[0].get_array(), photo.pixels[:35, :30])


def test_bars_are_as_high_as_the_probabilities_and_the_line_stands_at_the_threshold():
    p = torch.tensor([0.1, 0.0, 0.1, 0.5, 0.1, 0.1, 0.1])
    ax = plots_photos.confidences({"raw": p, "calibrated": p**2 / (p**2).sum()}, CLASSES, 0.6).axes[0]
    heights = [bar.get_height() for bar in ax.patches]
    assert heights[:7] == pytest.approx(p.tolist())
    assert heights[7:] == pytest.approx((p**2 / (p**2).sum()).tolist())
    assert ax.lines[0].get_ydata()[0] == 0.6
    assert len({bar.get_hatch() for bar in ax.patches}) == 2  # not told apart by colour alone
    alone = plots_photos.confidences({"raw": p}, CLASSES).axes[0]
    assert not alone.lines and alone.get_legend() is None


@pytest.mark.parametrize("sets", [0, 4])
def test_more_sets_of_probabilities_than_can_be_told_apart_are_refused(sets):
    with pytest.raises(DataError, match=f"1 to 3 sets of probabilities, found {sets}"):
        plots_photos.confidences({str(k): [1 / 7] * 7 for k in range(sets)}, CLASSES)


def tiles(ax, side):
    """The tiles [side][side] of a square of answers, without the frame of the middle."""
    flat = [p for p in ax.patches if p.get_fill()]
    return [flat[k * side : (k + 1) * side] for k in range(side)]


def test_a_tile_says_the_answer_at_its_place_and_is_hatched_where_it_differs_from_the_middle():
    answers = torch.full((5, 5), CLASSES.index("happy"))
    answers[0, 4] = CLASSES.index("fear")  # two up, two to the right
    silent = torch.zeros(5, 5, dtype=torch.bool)
    silent[4, 0] = True
    ax = plots_photos.shifts(answers, CLASSES, silent).axes[0]
    words = {text.get_position(): text.get_text() for text in ax.texts}
    assert words[2, -2] == "fear" and words[0, 0] == "happy" and words[-2, 2] == "happy?"
    square = tiles(ax, 5)
    hatched = [(row, column) for row in range(5) for column in range(5) if square[row][column].get_hatch()]
    assert hatched == [(0, 4)]
    assert square[4][0].get_alpha() < square[0][0].get_alpha()
    assert to_hex(square[0][4].get_facecolor()).upper() == COLOURS["fear"]
    low, high = ax.get_ylim()
    assert low > high  # down is down, as in a picture


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (25,)])
def test_answers_without_a_middle_are_refused(shape):
    with pytest.raises(DataError, match="odd S"):
        plots_photos.shifts(torch.zeros(shape, dtype=torch.long), CLASSES)


@pytest.mark.parametrize(("sure", "words"), [(0.8, "“happy”, 80%"), (0.4, "“I don't know” (happy, 40%)")])
def test_the_whole_way_says_the_answer_or_that_there_is_none(photo, box, sure, words):
    crop = faces.sample(1, seed=0).images
    p = torch.full((7,), (1 - sure) / 6)
    p[3] = sure
    answers = torch.full((5, 5), 3)
    answers[0, :2] = 6
    theta = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    sheet = plots_photos.one_answer(photo, box, crop, p, 0.6, answers, CLASSES, theta=theta)
    found, shrunk, asked, again = sheet.axes
    assert outlines(found) == [(10, 5, 40)]
    assert np.array_equal(shrunk.images[0].get_array(), crop[0, 0].numpy()) and shrunk.lines
    assert words in asked.get_title()
    assert "2 of 24 differ" in again.get_title()


def test_a_histogram_of_changes_counts_each_face_once():
    ax = plots_photos.changes([6, 3, 0, 1], 10, shifts=3).axes[0]
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.6, 0.3, 0, 0.1])
    assert texts(ax) == ["never: 60%"]
    with pytest.raises(DataError, match="sum 10"):
        plots_photos.changes([6, 3, 0, 0], 10, shifts=3)


def test_a_drawn_class_has_as_many_angry_as_said_and_frames_those_who_are_called_so():
    ax = plots_photos.class_of(30, 2, 1.0, 0.0).axes[0]
    assert texts(ax).count("A") == 2
    frames = [line for line in ax.lines if line.get_marker() == "s"]
    assert len(frames) == 2 and "2 rightly and 0 wrongly" in ax.get_title()
    everybody = plots_photos.class_of(30, 2, 0.0, 1.0).axes[0]
    assert "0 rightly and 28 wrongly" in everybody.get_title()
    assert plots_photos.class_of(30, 2, 0.6, 0.06, seed=5).axes[0].get_title() == (
        plots_photos.class_of(30, 2, 0.6, 0.06, seed=5).axes[0].get_title()
    )


def test_silence_shows_the_threshold_on_its_curve_and_both_shares_of_each_class():
    judging = {
        "coverage": [0.5, 1.0],
        "accuracy": [0.9, 0.7],
        "target": 0.8,
        "answered": [60, 100],
        "right": [48, 60],
        "by_class": {
            "happy": {"answered": [40, 50], "right_when_said": [36, 40]},
            "fear": {"answered": [20, 50], "right_when_said": [0, 0]},  # never said: no whisker that means anything
        },
    }
    left, right = plots_photos.silence(judging).axes
    assert left.lines[0].get_xdata().tolist() == [0.5, 1.0] and left.lines[0].get_ydata().tolist() == [0.9, 0.7]
    marked = next(line for line in left.lines if line.get_marker() == "D")
    assert (marked.get_xdata()[0], marked.get_ydata()[0]) == pytest.approx((0.6, 0.8))
    assert [bar.get_height() for bar in right.patches] == pytest.approx([0.8, 0.4, 0.9, 0.0])


def test_maps_stand_beside_the_crop_each_in_its_own_unit_around_0():
    crop, maps = faces.sample(1, seed=0).images, torch.randn(1, 48, 48, generator=torch.Generator().manual_seed(0))
    masks = torch.zeros(1, 48, 48, dtype=torch.bool)
    masks[0, 10:20, 10:20] = True
    face, first, louder = plots_photos.evidence(crop, {"a": maps, "b": 7 * maps}, masks).axes
    assert np.array_equal(face.images[0].get_array(), crop[0, 0].numpy())
    assert first.get_title() == "a" and first.images[0].get_clim() == (-1, 1)
    np.testing.assert_allclose(first.images[0].get_array(), louder.images[0].get_array(), rtol=1e-5)
    assert all(ax.collections for ax in (face, first, louder))  # the outline, everywhere
