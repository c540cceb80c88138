"""The figures of chapters 8 and 9 show the maps and numbers that they were given, on one scale."""

import numpy as np
import pytest
import torch

pytest.importorskip("matplotlib")

from matplotlib.colors import to_hex

from fer_edu import faces, plots, plots_saliency, records
from fer_edu.errors import DataError
from fer_edu.evaluation import student_t
from fer_edu.geometry import identity_theta
from fer_edu.saliency.curves import Curve
from fer_edu.saliency.sanity import Step


@pytest.fixture(scope="module")
def some():
    return faces.sample(3, seed=0)


@pytest.fixture
def maps():
    return torch.randn(3, 48, 48, generator=torch.Generator().manual_seed(0))


def drawn(ax):
    """The array of the last picture on axes, and its limits."""
    return ax.images[-1].get_array(), ax.images[-1].get_clim()


def test_every_map_of_a_grid_is_signed_around_0_with_the_same_limits(some, maps):
    sheet = plots_saliency.grid(some.images, {"a": maps, "b": 7 * maps}, some.classes[:3])
    axes = np.array(sheet.axes[:9]).reshape(3, 3)
    assert [ax.get_title() for ax in axes[0]] == list(some.classes[:3])
    for k, (face, a, b) in enumerate(axes.T):
        assert np.array_equal(face.images[0].get_array(), some.images[k, 0].numpy())
        (first, limits), (second, others) = drawn(a), drawn(b)
        assert limits == others == (-1, 1)
        # Each row is in its own unit: seven times as loud looks the same, and louder faces of one row stay louder.
        np.testing.assert_allclose(first, second, rtol=1e-5)
        np.testing.assert_allclose(first, maps[k].numpy() / plots_saliency.unit(maps), rtol=1e-5)


def test_on_the_same_scale_a_louder_method_stays_louder(some, maps):
    sheet = plots_saliency.grid(some.images, {"a": maps, "b": 7 * maps}, scale="same")
    (first, limits), (second, others) = drawn(sheet.axes[3]), drawn(sheet.axes[6])
    np.testing.assert_allclose(first, maps[0].numpy())
    np.testing.assert_allclose(second, 7 * maps[0].numpy(), rtol=1e-5)
    assert limits == others and limits[0] == -limits[1] < 0


def test_the_colours_are_white_at_0_and_differ_between_for_and_against(some):
    maps = torch.zeros(3, 48, 48)
    maps[0, 0, 0], maps[0, 0, 1] = 1.0, -1.0
    sheet = plots_saliency.grid(some.images, {"a": maps})
    picture = sheet.axes[3].images[-1]
    plus, minus, none = (picture.to_rgba(picture.get_array())[0, k, :3] for k in (0, 1, 2))
    assert none.min() > 0.95
    assert plus[2] > plus[0] + 0.1 and minus[0] > minus[2] + 0.3  # purple and orange


def test_the_unit_is_not_the_loudest_pixel_and_never_0():
    maps = torch.full((2, 48, 48), 0.5)
    maps[0, 0, 0] = 1000.0
    assert plots_saliency.unit(maps) == 0.5
    assert plots_saliency.unit(-maps) == 0.5
    assert plots_saliency.unit(torch.zeros(1, 4, 4)) == 1.0
    lonely = torch.zeros(1, 48, 48)
    lonely[0, 3, 3] = -2.0
    assert plots_saliency.unit(lonely) == 2.0


def test_a_mask_is_outlined_where_it_is_and_an_empty_one_nowhere(some, maps):
    masks = torch.zeros(3, 48, 48, dtype=torch.bool)
    masks[0, 10:20, 30:35] = True
    sheet = plots_saliency.grid(some.images, {"a": maps}, masks=masks, label="cue")
    first, second = sheet.axes[0], sheet.axes[1]
    (outline,) = first.collections
    box = outline.get_paths()[0].get_extents()
    assert (box.x0, box.x1, box.y0, box.y1) == (29.5, 34.5, 9.5, 19.5)
    assert to_hex(outline.get_edgecolor()[0]) == plots.GREEN.lower()
    assert len(second.collections) == 0


def test_maps_of_other_pictures_and_unknown_scales_are_refused(some, maps):
    with pytest.raises(DataError, match="a map for each picture"):
        plots_saliency.grid(some.images, {"a": maps[:2]})
    with pytest.raises(DataError, match="expected scale"):
        plots_saliency.grid(some.images, {"a": maps}, scale="log")


@pytest.mark.parametrize(("suffix", "start"), [("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_figure_is_saved_as_vectors_and_as_pixels(tmp_path, some, maps, suffix, start):
    path = tmp_path / f"maps.{suffix}"
    plots_saliency.overlay(some.images[:1], maps[:1]).savefig(path)
    assert path.read_bytes().startswith(start)


def test_an_overlay_hides_the_face_only_where_the_map_is_strong(some):
    maps = torch.zeros(3, 48, 48)
    maps[:, 5, 6], maps[:, 7, 8] = 2.0, -2.0
    sheet = plots_saliency.overlay(some.images, maps, theta=identity_theta(3))
    colours, _ = drawn(sheet.axes[1])
    assert colours[5, 6, 3] == colours[7, 8, 3] > 0.8 and colours[20, 20, 3] == 0
    assert tuple(colours[5, 6, :3]) != tuple(colours[7, 8, :3])
    frame = sheet.axes[1].lines[0].get_xydata()
    np.testing.assert_allclose(frame[:4], plots.corners(identity_theta()[0]).numpy(), atol=1e-5)


def test_a_map_turned_upright_lies_where_the_upright_face_has_it():
    """The true pose of a face undone on its own mask gives the mask of the same face drawn upright."""
    posed = faces.sample(6, seed=3)
    scene = posed.truth.scene
    _, masks = faces.photograph(scene.replace(theta=identity_theta(6)))
    mouth = posed.truth.part_names.index("mouth")
    turned = plots_saliency.in_upright_frame(posed.truth.masks[:, mouth].float(), posed.truth.theta)
    overlap = (turned.round() * masks[:, mouth]).sum() / masks[:, mouth].sum()
    untouched = (posed.truth.masks[:, mouth] & masks[:, mouth]).sum() / masks[:, mouth].sum()
    assert overlap > 0.8 > untouched


def test_a_mean_map_is_the_mean_over_the_faces_of_its_class(some, maps):
    labels = torch.tensor([0, 2, 2])
    sheet = plots_saliency.mean_maps(some.images, maps, labels, ("a", "b", "c"), extra={"x": 0 * maps})
    axes = np.array(sheet.axes[:6]).reshape(3, 2)  # nobody is of class b
    assert [ax.get_title() for ax in axes[0]] == ["a (1)", "c (2)"]
    np.testing.assert_allclose(axes[0, 1].images[0].get_array(), some.images[1:].float().mean((0, 1)) / 255, rtol=1e-5)
    means = torch.stack([maps[0], maps[1:].mean(0)])
    for k in range(2):
        np.testing.assert_allclose(drawn(axes[1, k])[0], means[k] / plots_saliency.unit(means), rtol=1e-5, atol=1e-7)


def test_the_path_carries_its_area_beside_the_change_that_it_should_have():
    alphas, slopes = [0.25, 0.75], [3.0, 1.0]
    sheet = plots_saliency.along_the_path(alphas, slopes, (-1.0, 1.1), torch.zeros(3, 1, 4, 4))
    curve = next(ax for ax in sheet.axes if ax.lines)
    assert curve.get_legend().get_texts()[0].get_text() == "area 2.000"
    assert "from -1.000 to 1.100, by 2.100" in curve.get_title(loc="left")
    assert curve.lines[0].get_xydata().tolist() == [[0.25, 3.0], [0.75, 1.0]]
    assert [ax.get_title() for ax in sheet.axes if ax.images] == ["α = 0.00", "α = 0.50", "α = 1.00"]


def test_parts_have_one_mark_for_each_method_and_not_colour_alone():
    (ax,) = plots_saliency.by_part({"Shapley": [1.5, 4.0], "ablation": [0.0, 5.0]}, ("brows", "eyes")).axes
    marks = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert [list(line.get_xdata()) for line in marks] == [[1.5, 4.0], [0.0, 5.0]]
    assert len({line.get_marker() for line in marks}) == 2


def test_agreement_writes_every_number_into_its_cell():
    ax = plots_saliency.agreement(("a", "b"), [[1.0, -0.25], [-0.25, 1.0]]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["1.00", "-0.25", "-0.25", "1.00"]
    assert ax.images[0].get_clim() == (-1, 1)


def test_a_ranking_is_sorted_and_its_controls_are_hollow_and_marked():
    rows = {"x": (0.2, 0.1), "edges": (0.5, 0.1), "y": [0.6, 0.7, 0.8], "gone": (float("nan"), 0.0)}
    (ax,) = plots_saliency.ranking(rows, "score", controls=("edges", "noise"), line=0.0).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["y", "edges", "x"]
    y, edges, x = (bar.lines[0] for bar in ax.containers)
    assert y.get_xdata() == pytest.approx(student_t([0.6, 0.7, 0.8])[0])
    assert edges.get_markerfacecolor() == "white" and x.get_markerfacecolor() != "white"
    assert edges.get_marker() != x.get_marker()
    dashed = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert dashed.get_xdata() == [0.5, 0.5]


def test_a_cascade_draws_the_mean_over_pictures_with_and_without_signs():
    steps = [
        Step(None, torch.ones(3), torch.ones(3), torch.zeros(3, 2, 2)),
        Step("head", torch.tensor([0.1, 0.3, float("nan")]), torch.tensor([0.5, 0.7, 0.6]), torch.zeros(3, 2, 2)),
    ]
    signed = plots_saliency.cascade({"a": steps}).axes[0]
    absolute = plots_saliency.cascade({"a": steps}, absolute=True, names={"head": "the classifier"}).axes[0]
    assert list(signed.containers[0].lines[0].get_ydata()) == pytest.approx([1.0, 0.2])
    assert list(absolute.containers[0].lines[0].get_ydata()) == pytest.approx([1.0, 0.6])
    assert [label.get_text() for label in signed.get_xticklabels()] == ["trained", "head"]
    assert absolute.get_xticklabels()[1].get_text() == "the classifier"
    recorded = plots_saliency.cascade({"a": [(None, [1.0, 1.0]), ("head", [0.1, 0.3])]}).axes[0]
    assert list(recorded.containers[0].lines[0].get_ydata()) == pytest.approx([1.0, 0.2])


def test_curves_carry_their_mean_area():
    curve = Curve(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([[1.0, 0.5, 0.0], [1.0, 0.0, 0.0]]))
    left, right = plots_saliency.curves({"a": curve}, {"a": curve, "b": curve}).axes
    assert left.get_legend().get_texts()[0].get_text() == "a: area 0.38"  # (0.5 + 0.25) / 2
    assert list(left.lines[0].get_ydata()) == [1.0, 0.25, 0.0]
    assert len({line.get_linestyle() for line in right.lines}) == 2


def test_what_notebook_08_says_of_transformers_that_were_told_and_not_told_is_so():
    """A record that is made again may make the prose wrong: here it would show."""
    rows = records.read("attention")["rows"]
    gained = {
        name: np.subtract(row["following"]["kept"], row["following"]["by others"])
        for name, row in rows.items()
        if "following" in row
    }
    assert gained["told first"].min() > 0.2 and min(rows["told first"]["accuracy"]) > 0.85
    assert abs(gained["left to itself"]).max() < 0.1  # its looks follow no face: another picture's look keeps as much
    assert max(rows["told first"]["blind"]["held"]) == 0 < min(rows["told first"]["blind"]["through"])
