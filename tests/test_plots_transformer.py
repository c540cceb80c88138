"""Chapter 4's figures show the looks and the differences that they are given."""

import numpy as np
import pytest
import torch

from fer_edu import data, models, plots_transformer
from fer_edu.evaluation import student_t
from fer_edu.geometry import build_theta
from fer_edu.models import Glance
from fer_edu.plots import corners


@pytest.fixture
def faces():
    return data.load("faces", split="test", size=3)


def test_looks_draw_each_outline_where_theta_has_it(faces):
    theta = build_theta(torch.tensor([10.0, 20.0, 30.0]), 0.8)
    sheet = plots_transformer.looks(faces.images, theta, faces.images, ["a", "b", "c"])
    above = sheet.axes[:3]
    for ax, one, title in zip(above, theta, "abc", strict=True):
        assert ax.get_title() == title
        np.testing.assert_allclose(ax.lines[0].get_xydata()[:4], corners(one).numpy(), atol=1e-4)


def test_over_training_has_a_row_for_each_epoch(faces):
    watch = models.Watch(models.create("st-cnn", seed=0), faces.images)
    watch.glances.append(Glance(1, build_theta(torch.full((3,), 30.0)), 0.7, 0.1))
    sheet = plots_transformer.over_training(watch, [0, 2], [0, 1])
    assert len(sheet.axes) == 6
    shown = sheet.axes[5].images[0].get_array()  # the last epoch, the second picture
    assert np.array_equal(shown, watch.seen(watch.glances[1])[2, 0].numpy())
    assert [text.get_text() for ax in sheet.axes[::2] for text in ax.texts] == [
        "input, last look",
        "epoch 0",
        "epoch 1",
    ]


def test_differences_are_taken_seed_by_seed():
    baseline = [1.0, 2.0, 3.0]
    sheet = plots_transformer.differences({"a": [2.0, 3.0, 5.0], "b": [1.0, 2.0, 3.0]}, baseline)
    dots = [line.get_xdata().tolist() for line in sheet.axes[0].lines if line.get_label() == "a seed"]
    assert dots == [[1, 1, 2]]
    mean, half = student_t([1, 1, 2])
    caps = [line.get_xdata().item() for line in sheet.axes[0].lines if line.get_marker() == "|"]
    np.testing.assert_allclose(caps[:2], [mean - half, mean + half])
