"""The figures of chapter 9 show the numbers that they were given, at the places where they belong."""

import numpy as np
import pytest
import torch

pytest.importorskip("matplotlib")

from fer_edu import plots_deconvnet
from fer_edu.errors import DataError
from fer_edu.saliency.growing import Growth
from fer_edu.saliency.occluding import Occluded
from fer_edu.saliency.top_patches import Strongest
from fer_edu.saliency.where import WhereToLook

CLASSES = ("angry", "happy", "sad")


def shown(axes):
    """The array of the last picture on axes."""
    return np.asarray(axes.images[-1].get_array())


def limits(axes):
    return tuple(axes.images[-1].get_clim())


def with_maps(sheet):
    """The axes that show a signed map."""
    return [ax for ax in sheet.axes if ax.images and ax.images[-1].get_cmap().name == plots_deconvnet.SIGNED]


def occluded(answer=None, theta_gap=0.0):
    """A study of a 12 x 12 picture with a window of 4 at every second place: 5 x 5 values."""
    places = torch.arange(0, 9, 2)
    values = torch.arange(25.0).view(5, 5) / 25
    return Occluded(
        probability=values + theta_gap,
        answer=torch.zeros(5, 5, dtype=torch.int64) if answer is None else answer,
        activation=values * 7,
        projection=torch.linspace(-1, 1, 144).view(12, 12),
        channel=3,
        layer="baseline 4",
        tops=places,
        lefts=places,
        window=4,
        target=1,
        plain_probability=0.9,
        plain_answer=1,
        plain_activation=7.0,
    )


def test_a_signed_scale_has_nothing_in_its_middle_and_forgives_one_loud_pixel():
    maps = torch.full((1, 40, 40), 0.5)
    maps[0, 0, 0] = -90
    assert plots_deconvnet.reach(maps) == pytest.approx(0.5)
    assert plots_deconvnet.reach(torch.zeros(1, 3, 3)) > 0
    with pytest.raises(DataError, match="at least one map"):
        plots_deconvnet.reach(torch.zeros(0, 3, 3))
    _, axes = plots_deconvnet.figure(2, 2)
    plots_deconvnet.signed(axes, -maps[0], 0.5)
    assert limits(axes) == (-0.5, 0.5)


def test_every_number_of_a_pass_by_hand_stands_in_its_cell():
    table = torch.tensor([[1.0, -2], [0.5, 0]])
    rings = torch.tensor([[False, True], [False, False]])
    left, right = plots_deconvnet.tables([table, table[:1]], ["a", "b"], [rings, None]).axes
    cells = {text.get_position(): text.get_text() for text in left.texts}
    assert cells == {(0, 0): "1", (1, 0): "-2", (0, 1): "0.5", (1, 1): "0"}
    assert len(right.texts) == 2
    ringed = [patch.get_xy() for patch in left.patches if patch.get_width() < 1]
    assert ringed == [(pytest.approx(0.54), pytest.approx(-0.46))]


def strongest(layer, side, k=9):
    count = 3 * k * side * side
    values = torch.arange(count).view(3, k, side, side)
    empty = torch.zeros(3, k, 4, dtype=torch.int64)
    return Strongest(
        layer=layer,
        channels=torch.tensor([0, 5, 7]),
        index=torch.zeros(3, k, dtype=torch.int64),
        activation=torch.ones(3, k),
        place=empty[..., :2],
        box=empty,
        cut=empty,
        patches=(values % 256).to(torch.uint8),
        projections=values.float() - count / 2,
        maps=torch.zeros(3, k, 8, 8),
        active=torch.ones(3),
    )


def test_patches_and_projections_of_the_top_nine_stand_in_the_same_order():
    found = {"SDL-1": strongest("SDL-1", 4), "baseline 1": strongest("baseline 1", 5)}
    sheet = plots_deconvnet.top_nine(found, maps=2)
    titles = [ax.get_title(loc="left") for ax in sheet.axes if ax.get_title(loc="left")]
    assert titles == ["SDL-1, map 0", "SDL-1, map 5", "baseline 1, map 0", "baseline 1, map 5"]
    signed = with_maps(sheet)
    grey = [ax for ax in sheet.axes if ax.images and ax not in signed]
    assert len(signed) == len(grey) == 4 * 9
    for patch, projection in zip(grey, signed, strict=True):
        # Both count on from one beginning, so a projection's numbers tell which patch belongs to it.
        offset = -3 * 9 * shown(patch).size / 2
        np.testing.assert_array_equal(shown(patch), (shown(projection) - offset) % 256)
    block = {limits(ax) for ax in signed[:3]}
    assert len(block) == 1


def test_a_map_with_fewer_than_nine_pictures_leaves_cells_empty():
    sheet = plots_deconvnet.top_nine({"SDL-1": strongest("SDL-1", 4, k=5)}, maps=1)
    assert len(with_maps(sheet)) == 5


def test_growth_shows_the_epochs_asked_for_cut_to_what_the_map_could_see():
    maps = torch.rand(3, 2, 12, 12) - 0.5
    box = torch.tensor([2, 3, 6, 8]).expand(3, 2, 4)
    found = Growth(
        (0, 1, 5), "part 3", torch.tensor([4, 9]), torch.tensor([[0, 1]] * 3), torch.ones(3, 2), box[..., :2], box, maps
    )
    images = torch.randint(0, 255, (2, 1, 12, 12), dtype=torch.uint8)
    sheet = plots_deconvnet.over_training(found, images, epochs=(0, 5))
    assert [ax.get_title() for ax in sheet.axes[:2]] == ["epoch 0", "5"]
    rows = np.array(sheet.axes).reshape(4, 2)
    np.testing.assert_array_equal(shown(rows[0, 1]), images[0, 0, 2:6, 3:8].numpy())
    np.testing.assert_array_equal(shown(rows[3, 1]), maps[2, 1, 2:6, 3:8].numpy())


def test_the_part_through_theta_says_by_how_much_it_was_magnified():
    what = torch.linspace(-1, 1, 2 * 64).view(2, 8, 8)
    where = what / 230
    theta = torch.eye(2, 3).expand(2, 1, 2, 3)
    split = WhereToLook(what, where, where[None], theta, theta, torch.zeros(2), torch.zeros(2))
    sheet = plots_deconvnet.what_and_where(torch.rand(2, 1, 8, 8), split)
    middle = sheet.axes[2]
    assert middle.get_title() == "where to look\n× 200"
    np.testing.assert_allclose(shown(middle), 200 * where[0].numpy(), rtol=1e-5)
    assert limits(sheet.axes[1]) == limits(middle) == limits(sheet.axes[3])


def test_a_network_without_transformers_has_nothing_to_magnify():
    what = torch.linspace(-1, 1, 64).view(1, 8, 8)
    none = torch.zeros(1, 0, 2, 3)
    split = WhereToLook(what, 0 * what, torch.zeros(0, 1, 8, 8), none, none, torch.zeros(1), torch.zeros(1))
    sheet = plots_deconvnet.what_and_where(torch.rand(1, 1, 8, 8), split)
    assert sheet.axes[2].get_title() == "where to look" and not shown(sheet.axes[2]).any()


def test_occlusion_stands_where_the_windows_middle_stood():
    sheet = plots_deconvnet.occlusion(torch.rand(1, 12, 12), occluded(), CLASSES)
    probability = sheet.axes[3]
    # Windows of 4 at 0, 2 .. 8 have their middles at 1.5, 3.5 .. 9.5: cells of 2 pixels around these.
    assert tuple(probability.images[0].get_extent()) == (0.5, 10.5, 10.5, 0.5)
    assert limits(probability) == (0, 1)
    assert probability.get_title() == "probability\nof happy"
    np.testing.assert_allclose(shown(sheet.axes[1]), occluded().activation.numpy())


def test_the_most_probable_classes_are_named_and_not_only_coloured():
    answer = torch.zeros(5, 5, dtype=torch.int64)
    answer[:, 3:] = 2
    answer[0, 0] = 1
    last = plots_deconvnet.occlusion(torch.rand(1, 12, 12), occluded(answer), CLASSES).axes[4]
    assert sorted(text.get_text() for text in last.texts) == ["ang", "sad"]  # one place alone has no room for a word
    assert [text.get_text() for text in last.get_legend().get_texts()] == ["angry", "sad", "happy"]
    places = {text.get_text(): text.get_position() for text in last.texts}
    assert places["sad"][0] > places["ang"][0]


def test_fillings_are_compared_on_one_scale_live_above_frozen():
    seen = {fill: {"live": occluded(), "frozen": occluded(theta_gap=0.01)} for fill in ("grey", "blur")}
    sheet = plots_deconvnet.fills(torch.rand(1, 12, 12), seen, CLASSES)
    rows = np.array(sheet.axes[:6]).reshape(2, 3)
    assert [ax.get_title() for ax in rows[0]] == ["", "grey", "blur"]
    np.testing.assert_allclose(shown(rows[1, 2]) - shown(rows[0, 2]), 0.01, atol=1e-6)
    assert {limits(ax) for ax in rows[:, 1:].flat} == {(0, 1)}


def test_a_map_below_the_line_speaks_against():
    brightness, change = torch.tensor([1.0, 2, 3]), torch.tensor([0.5, -0.2, 0.0])
    (ax,) = plots_deconvnet.brightness_and_importance(brightness, change).axes
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines if line.get_marker() in ("o", "s")}
    assert drawn["speaks for the class"] == [0.5]
    assert drawn["speaks against it, or not at all"] == pytest.approx([-0.2, 0.0])


def test_shares_of_one_class_have_a_dot_a_map_and_their_mean():
    shares = {"SDL-1": torch.tensor([3, 5, 4]) / 9, "baseline 4": torch.tensor([9, 7]) / 9}
    (ax,) = plots_deconvnet.shared_classes(shares, 0.33, (0.22, 0.56)).axes
    assert [label.get_text() for label in ax.get_xticklabels()] == ["SDL-1", "baseline 4"]
    dots = [sorted(line.get_ydata()) for line in ax.lines if line.get_marker() == "o"]
    assert dots[0] == pytest.approx([3 / 9, 4 / 9, 5 / 9]) and len(dots[1]) == 2
    means = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert means == pytest.approx([4 / 9, 8 / 9])


def test_two_suspects_share_a_scale_within_a_method_and_not_between():
    loud, quiet = torch.rand(6, 6) - 0.5, (torch.rand(6, 6) - 0.5) / 100
    pixels = torch.zeros(6, 6, dtype=torch.bool)
    pixels[2:4, 1:5] = True
    sheet = plots_deconvnet.two_suspects(torch.rand(1, 6, 6), pixels, {"a": (loud, 0.5 * loud), "b": (quiet, quiet)})
    rows = np.array(sheet.axes).reshape(2, 3)
    assert limits(rows[0, 1]) == limits(rows[1, 1]) != limits(rows[0, 2])
    np.testing.assert_allclose(shown(rows[1, 1]), 0.5 * loud.numpy())
