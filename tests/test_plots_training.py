"""Chapter 6's figures show the numbers that they are given."""

import math

import numpy as np
import pytest
import torch

from fer_edu import data, models, plots, plots_training
from fer_edu.geometry import build_theta


def row(says, accuracy, curves, stopped=None):
    stopped = stopped or [None] * len(accuracy)
    return {"says": says, "accuracy": accuracy, "train_loss": curves, "stopped": stopped, "seconds": [1.0, 1.0]}


def ladder():
    """Two seeds a row; one seed of the first row stopped in its first epoch."""
    return {
        "rows": {
            "to the letter": row("a", [0.25, None], [[1.9, 1.94], []], [None, "expected a finite loss, found none."]),
            "rate 0.003": row("b", [0.30, 0.34], [[1.8, 1.6], [1.9, 1.8]]),
        }
    }


def lines(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


def test_ladder_has_a_dot_for_each_seed_that_ended_and_a_cross_for_each_that_stopped():
    left = plots_training.ladder(ladder()).axes[0]
    assert [list(line.get_xdata()) for line in lines(left, "o")] == [[0.25], [0.30, 0.34]]
    assert [len(line.get_xdata()) for line in lines(left, "x")] == [1, 0]
    assert [float(line.get_xdata()[0]) for line in lines(left, "|")] == pytest.approx([0.25, 0.32])
    assert [label.get_text() for label in left.get_yticklabels()] == ["1  to the letter", "2  rate 0.003"]


def test_ladder_draws_the_mean_loss_of_the_seeds_that_ended():
    right = plots_training.ladder(ladder()).axes[1]
    curves = [line.get_ydata() for line in right.lines]
    assert curves[0] == pytest.approx([1.9, 1.94])
    assert curves[1] == pytest.approx([1.85, 1.7])
    assert curves[2] == pytest.approx([math.log(7)] * 2)
    assert [text.get_text().strip() for text in right.texts] == ["1", "2"]


def test_ladder_survives_a_row_that_no_seed_ended():
    record = ladder()
    record["rows"]["to the letter"] = row("a", [None, None], [[], []], ["stopped.", "stopped."])
    left, right = plots_training.ladder(record).axes
    assert [len(line.get_xdata()) for line in lines(left, "x")] == [2, 0]
    assert [text.get_text().strip() for text in right.texts] == ["2"]


def test_final_layers_are_norms_and_shares_of_the_start():
    columns = {"W1": [4.0, 3.0], "W2": [2.0, 1.0], "loud": [0.2, 0.1], "quiet": [0.4, 0.1]}
    norms, shares = plots_training.final_layers({"nothing": columns}).axes
    assert [list(line.get_ydata()) for line in norms.lines] == [[4.0, 3.0], [2.0, 1.0]]
    assert [list(line.get_ydata()) for line in shares.lines] == [[1.0, 0.5], [1.0, 0.25]]
    assert [line.get_label() for line in shares.lines] == ["nothing: loud", "nothing: quiet"]


def test_a_live_view_draws_the_look_and_how_far_it_is_from_looking_ahead():
    images = data.load("faces", split="test", size=2).images
    watch = models.Watch(models.create("st-cnn", seed=0), images)
    theta = build_theta(torch.tensor([0.0, 90.0]), 2.0)  # |2 I - I| of the first is √2
    watch.glances.append(models.Glance(1, theta, 9.0, 0.5))
    _, axes = plots_training.live_axes(with_face=True)
    plots_training.draw_live(axes, [], epochs=3, watch=watch)
    assert axes["distance"].lines[0].get_ydata() == pytest.approx([0.0, math.sqrt(2)], abs=1e-5)
    outline = axes["face"].lines[0].get_xydata()
    np.testing.assert_allclose(outline[:4], plots.corners(theta[0]).numpy(), atol=1e-4)
    assert np.array_equal(axes["seen"].images[0].get_array(), watch.seen(watch.glances[1])[0, 0].numpy())


def test_a_live_view_draws_the_rates_that_were_used():
    rows = [
        {"epoch": k, "train_loss": 2.0, "val_loss": 2.0, "val_accuracy": 0.1, "learning_rate": 0.001 * k}
        for k in (1, 2)
    ]
    _, axes = plots_training.live_axes(with_face=False)
    plots_training.draw_live(axes, rows, epochs=5, chance=0.14)
    assert list(axes["rate"].lines[0].get_ydata()) == [0.001, 0.002]
    assert axes["rate"].get_xlim() == axes["loss"].get_xlim() == (0.5, 5.5)
