"""The figure of the network says what the module is; the ablation is drawn from the numbers it is given."""

import numpy as np
import pytest
import torch
from torch import nn

from fer_edu import models, plots_network, plots_worth
from fer_edu.evaluation import student_t
from fer_edu.models.cost import costs


def texts(sheet):
    return [text.get_text() for text in sheet.axes[0].texts]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"join": "both"},
        {"transformers": "sdl2", "frozen": True},
        {"transformers": "none", "batch_norm": False, "dropout": 0.0},
        {"branches": "baseline"},
        {"order": "relu-conv-pool", "kernel": 5, "sdl_pools": (4, 2), "image_size": 32, "normalisation": "none"},
    ],
    ids=str,
)
def test_every_block_stands_in_the_figure_with_its_shape_and_numbers(options):
    model = models.create("sdl", **options)
    said = texts(plots_network.network(model))
    for row in costs(model):
        assert any(text.startswith(f"{row.parameters:,} · ") for text in said), row
        if "localisation" not in row.block:
            assert " × ".join(map(str, row.shape)) in said, row
    pooled = [m for m in model.modules() if isinstance(m, nn.AvgPool2d)]
    for pool in pooled:
        assert sum(f"average pool {pool.kernel_size}" in text for text in said)
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in said
    assert sum("batch norm" in text for text in said) == sum(isinstance(m, nn.BatchNorm2d) for m in model.modules())
    assert sum("dropout" in text for text in said) == (2 if model.options.dropout else 0)
    assert said.count("grid, sampler") == len(model.transformers)
    assert said.count("localisation, frozen") == (len(model.transformers) if model.options.frozen else 0)
    blocks = sum(block is not None for block in (model.sdl1, model.sdl2))
    assert said.count("no transformer") == blocks - len(model.transformers)
    inner = model.final_layers[0].in_features
    assert f"{inner:,}" in said or f"= {inner:,}" in said


def test_the_two_readings_of_relu_are_told_apart():
    first, second = (
        texts(plots_network.network(models.create("sdl", order=order)))
        for order in ("conv-relu-pool", "relu-conv-pool")
    )
    assert first.count("batch norm, ReLU") == 2 and "ReLU, conv 3 × 3" not in first
    assert second.count("ReLU, conv 3 × 3") == 2


def test_both_outputs_joined_is_one_more_arrow():
    one, two = (plots_network.network(models.create("sdl", join=join)) for join in ("sdl2", "both"))
    assert len(two.axes[0].lines) == len(one.axes[0].lines) + 1
    assert "9,216" in texts(two) and "9,216" not in texts(one)  # 16 x 24 x 24


def test_the_picture_is_shown_where_one_is_given():
    image = torch.arange(48 * 48).remainder(256).to(torch.uint8).view(1, 48, 48)
    sheet = plots_network.network(models.create("sdl"), image)
    assert np.array_equal(sheet.axes[0].images[0].get_array(), image[0].numpy())
    assert not plots_network.network(models.create("sdl")).axes[0].images


@pytest.mark.parametrize(("number", "said"), [(30_141_056, "30.1 M"), (1.5e9, "1.5 G"), (45_300, "45 k"), (896, "896")])
def test_large_numbers_are_short(number, said):
    assert plots_network.short(number) == said


def test_cost_bars_are_shares_of_the_whole():
    sheet = plots_worth.cost_bars(models.create("sdl"), "title")
    for ax in sheet.axes:
        assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(100)
    parameters = [bar.get_width() for bar in sheet.axes[0].patches]
    assert parameters[10] == pytest.approx(100 * 128 * 2305 / 520_299)  # FC 1: 2304 inputs and a bias
    names = [label.get_text() for label in sheet.axes[0].get_yticklabels()]
    assert names == [row.block for row in costs(models.create("sdl"))]


RECORD = {
    "base": "base",
    "rows": {
        "base": {"group": "a", "accuracy": [0.50, 0.52, 0.54]},
        "worse": {"group": "b", "accuracy": [0.20, 0.21, 0.22]},
        "better": {"group": "a", "accuracy": [0.51, 0.54, 0.55]},
    },
}


def test_the_ablation_is_paired_sorted_by_group_and_says_its_numbers():
    sheet = plots_worth.ablation(RECORD)
    (ax,) = sheet.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["better", "worse"]
    dots = [line.get_xdata() for line in ax.lines if line.get_linestyle() == "None" and len(line.get_xdata()) == 3]
    np.testing.assert_allclose(dots[0], [1, 2, 1])
    np.testing.assert_allclose(dots[1], [-30, -31, -32])
    mean, half = student_t([1, 2, 1])
    said = [text.get_text() for text in ax.texts]
    assert said[0] == f"{mean:+.1f} ± {half:.1f}" and said[1].startswith("-31.0")


def test_a_mean_beyond_the_axis_is_marked_at_its_edge():
    (ax,) = plots_worth.ablation(RECORD, reach=5).axes
    assert ax.get_xlim() == (-5, 5)
    marks = [(line.get_marker(), *line.get_xydata()[0]) for line in ax.lines if line.get_marker() in ("<", ">")]
    assert marks == [("<", -5, 1)]
