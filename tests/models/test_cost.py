"""What a network costs: against torch's own counter, what autograd keeps, published figures, and numbers on paper."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import fer_edu as fe
from fer_edu.models.cost import blocks, comparison, costs, total

CHOICES = [
    {},
    {"join": "both"},
    {"order": "relu-conv-pool"},
    {"batch_norm": False, "dropout": 0.0},
    {"transformers": "sdl2"},
    {"transformers": "none"},
    {"branches": "baseline"},
    {"frozen": True},
    {"kernel": 5, "sampler": "written out"},
]


def by_name(rows):
    return {row.block: row for row in rows}


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_convolutions_and_linear_layers_agree_with_torchs_counter_and_parameters_with_the_network(options):
    model = fe.models.create("sdl", **options).eval()
    rows = costs(model)
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 1, 48, 48))
    counts = counter.flop_counts["Global"]
    flops = counts[torch.ops.aten.convolution] + counts[torch.ops.aten.addmm]
    assert 2 * sum(row.multiply_adds for row in rows if "sampler" not in row.block) == flops
    assert total(rows).parameters == sum(p.numel() for p in model.parameters())


def test_every_block_has_the_shape_and_the_numbers_that_paper_gives():
    rows = by_name(costs(fe.models.create("sdl")))
    assert list(rows) == [
        *(f"SDL-{k} {part}" for k in (1, 2) for part in ("localisation", "sampler", "convolution")),
        *(f"baseline {k}" for k in (1, 2, 3, 4)),
        "FC 1",
        "FC 2",
    ]
    assert rows["SDL-1 localisation"].shape == (2, 3)
    assert rows["SDL-2 convolution"].shape == (32, 6, 6)
    assert rows["baseline 4"].shape == (128, 3, 3)
    assert rows["SDL-2 convolution"].parameters == 32 * (16 * 9 + 1) + 2 * 32
    assert rows["baseline 2"].multiply_adds == 64 * 24 * 24 * 32 * 9
    # 16 maps of 24 x 24: 576 grid points of 6, 9216 values of 4; kept are the values and two coordinates a point.
    assert rows["SDL-2 sampler"].multiply_adds == 6 * 576 + 4 * 9216
    assert rows["SDL-2 sampler"].memory == 4 * (9216 + 2 * 576)
    # convolution and batch norm at 48 x 48, max-pool and ReLU at 24 x 24
    assert rows["baseline 1"].memory == 4 * 32 * (2 * 48 * 48 + 2 * 24 * 24)


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_memory_is_about_what_autograd_keeps(options):
    model = fe.models.create("sdl", **{"sampler": "fused", **options}).train()
    pictures = torch.rand(4, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    not_counted = {t.untyped_storage().data_ptr() for t in (*model.parameters(), *model.buffers(), pictures)}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in not_counted:
            kept[storage.data_ptr()] = storage  # kept alive, so that no other takes its address
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        logits = model(pictures)
    assert logits.requires_grad
    measured = sum(storage.nbytes() for storage in kept.values()) / len(pictures)
    if options.get("sampler") == "written out":
        assert total(costs(model)).memory < measured  # its steps are many small tensors, the fused one keeps two
    else:
        assert total(costs(model)).memory == pytest.approx(measured, rel=0.15)


def test_a_block_that_is_not_there_costs_nothing():
    assert "SDL-1 sampler" not in by_name(costs(fe.models.create("sdl", transformers="sdl2")))
    assert "SDL-2 sampler" in by_name(costs(fe.models.create("sdl", transformers="sdl2")))
    assert next(iter(by_name(costs(fe.models.create("sdl", branches="baseline"))))) == "baseline 1"


def test_every_layer_belongs_to_one_block():
    model = fe.models.create("sdl")
    layers = [m for m in model.modules() if not list(m.children())]
    claimed = [m for part in blocks(model).values() for m in part if not list(m.children())]
    assert sorted(map(id, claimed)) == sorted(map(id, layers))


def test_a_network_is_left_as_it_was():
    model = fe.models.create("sdl").train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    costs(model)
    assert model.training and not any(m._forward_hooks for m in model.modules())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_the_networks_of_other_chapters_are_counted_too():
    model = fe.models.create("st-cnn")
    assert total(costs(model)).parameters == sum(p.numel() for p in model.parameters())
    pair = nn.Sequential(nn.Conv2d(1, 2, 3, groups=1), nn.Flatten(), nn.Linear(2 * 16, 5))
    rows = costs(pair, (1, 6, 6))
    assert [row.multiply_adds for row in rows] == [2 * 16 * 9, 0, 160]
    assert [row.memory for row in rows] == [128, 0, 20]  # flattening copies nothing
    assert rows[0].shape == (2, 4, 4)


def test_the_rivals_cost_what_is_published():
    rows = {(row.cost.block, row.size[1]): row for row in comparison()}
    published = {
        ("AlexNet", 224): (61_100_840, 0.714e9),
        ("GoogLeNet", 224): (6_624_904, 1.498e9),
    }
    for key, (parameters, adds) in published.items():
        assert rows[key].cost.parameters == parameters
        assert rows[key].cost.multiply_adds == pytest.approx(adds, rel=1e-3)
        assert rows[key].published and rows[key].classes == 1000
    small = rows["GoogLeNet", 48]
    assert not small.published and small.classes == 7
    assert small.cost.multiply_adds < rows["GoogLeNet", 224].cost.multiply_adds / 15
    ours = rows["sdl", 48]
    assert ours.cost == total(costs(fe.models.create("sdl")), "sdl")


def test_alexnet_cannot_take_48_pixels():
    """The reason why it stands at 64 in the comparison."""
    from torchvision.models import alexnet

    with torch.device("meta"):
        model = alexnet()
        with pytest.raises(RuntimeError, match="too small"):
            model(torch.zeros(1, 3, 48, 48))
