"""The figures of chapter 1 show the numbers that they were given."""

import ast
from pathlib import Path

import pytest
import torch

pytest.importorskip("matplotlib")

from scipy import stats

from fer_edu import plots_data
from fer_edu.data import FaceSet
from fer_edu.emotions import CLASSES, CLASSES_8
from fer_edu.errors import DataError

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks/src/01_data_sets.py"


def plain_faces(labels):
    """Faces whose grey level is their index, so that a drawn one can be told."""
    labels = torch.tensor(labels)
    images = torch.arange(len(labels), dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 1, 48, 48).contiguous()
    return FaceSet(images, labels, CLASSES)


def shown(sheet):
    """The grey levels of the faces on a sheet, in reading order."""
    return [int(ax.images[0].get_array()[0, 0]) for ax in sheet.axes if ax.images]


def test_the_first_faces_of_each_class_are_drawn_whatever_the_set():
    first, second = plain_faces([3, 0, 3, 0, 3]), plain_faces([0, 0, 3, 3])
    sheet = plots_data.same_classes({"one": first, "two": second}, ("happy", "angry"), each=2)
    assert shown(sheet) == [0, 2, 2, 3, 1, 3, 0, 1]
    assert [ax.get_title() for ax in sheet.axes if ax.get_title()] == ["one", "two"]


def test_a_set_with_too_few_faces_of_a_class_is_named():
    with pytest.raises(DataError, match="2 fear faces in one, found 0"):
        plots_data.same_classes({"one": plain_faces([0, 3])}, ("fear",), each=2)


def test_bars_are_the_class_shares_and_an_absent_class_is_said_to_be():
    sheet = plots_data.class_shares({"A": {"happy": 3, "sad": 1}, "B": {"happy": 1, "contempt": 1}})
    left, right = sheet.axes
    assert [bar.get_width() for bar in left.patches] == [0.75, 0.25, 0]
    assert [text.get_text() for text in left.texts] == ["3", "1", "none"]
    assert [bar.get_width() for bar in right.patches] == [0.5, 0, 0.5]


def test_leading_votes_are_shares_and_half_of_the_votes_is_not_a_majority():
    (ax,) = plots_data.leading_votes([0, 0, 1, 2, 5]).axes
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0, 0, 0.125, 0.25, 0.625])
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [True, True, True, False, False]
    assert "12%" in ax.texts[0].get_text()


def test_rows_of_labels_against_votes_are_percent_of_their_label():
    (ax,) = plots_data.labels_against_votes([[6, 2], [0, 5]], ("happy", "sad"), ("happy", "sad")).axes
    assert [text.get_text() for text in ax.texts] == ["75", "25", "0", "100"]
    assert [text.get_weight() for text in ax.texts] == ["bold", "normal", "normal", "bold"]
    wide = plots_data.labels_against_votes(torch.ones(7, 9), CLASSES, (*CLASSES_8, "none"))
    assert len(wide.axes[0].texts) == 63


def test_intervals_are_wilsons():
    (ax,) = plots_data.interval_widths(0.65, (20, 3589)).axes
    bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    for (low, high), hits, size in zip(bars, (13, 2333), (20, 3589), strict=True):
        expected = stats.binomtest(hits, size).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_two_splits_joins_the_scores_of_a_seed_and_names_the_gap():
    first, second = [0.9, 0.8, 1.0], [0.5, 0.5, 0.5]
    sheet = plots_data.two_splits({"frames": (first, second)}, chance=1 / 7)
    (ax,) = sheet.axes
    joined = [tuple(line.get_ydata()) for line in ax.lines if line.get_marker() == "o"]
    assert joined == list(zip(first, second, strict=True))
    interval = stats.t.interval(0.95, 2, loc=0.4, scale=stats.sem([0.4, 0.3, 0.5]))
    assert f"gap 40 ± {100 * (interval[1] - 0.4):.0f} points" in ax.get_title()


def test_showings_are_drawn_class_by_class_for_every_sampler():
    sheet = plots_data.showings({"none": [3, 1], "balanced": [3, 3]}, ("happy", "disgust"))
    (ax,) = sheet.axes
    assert [bar.get_height() for bar in ax.patches] == [3, 1, 3, 3]
    assert len({bar.get_hatch() for bar in ax.patches}) == 2


def test_notebook_01_draws_photographs_only_behind_a_switch_that_is_off():
    """What is loaded from disk is named `copies`, `own` or `own_sets`; of these only `copies` is drawn, in one `if`."""
    tree = ast.parse(NOTEBOOK.read_text(encoding="utf-8"))
    (switch,) = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and "SHOW_PHOTOGRAPHS" in ast.unparse(node)
    ]
    assert ast.unparse(switch.test) == "SHOW_PHOTOGRAPHS and mine"
    assert "SHOW_PHOTOGRAPHS = False" in ast.unparse(tree)

    loaded = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "fe.data.load(" in ast.unparse(node.value)
        for target in node.targets
        if "faces" not in ast.unparse(node.value)  # drawn by the program
    }
    assert loaded == {"copies", "own", "own_sets"}
    drawing = ("plots", "contact_sheet", "LabellingGame", "Explorer", "imshow")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(word in ast.unparse(node.func) for word in drawing):
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            shown = names & {"copies", "own", "own_sets"}
            assert not shown or (shown == {"copies"} and switch.lineno < node.lineno < switch.end_lineno)
