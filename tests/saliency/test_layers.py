import pytest
import torch
from torch import nn

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.geometry import build_theta
from fer_edu.saliency.layer_maps import default_layer, enlarged, layer_of, layers


def outputs(model, x):
    found = {}
    for name, module in layers(model).items():
        module.register_forward_hook(lambda module, inputs, output, name=name: found.update({name: output}))
    with torch.no_grad():
        model.eval()(x)
    return found


@pytest.mark.parametrize(
    ("name", "sides"),
    [
        ("sdl", {"SDL-1": 24, "SDL-2": 6, "baseline 1": 24, "baseline 2": 12, "baseline 3": 6, "baseline 4": 3}),
        ("st-cnn", {"part 1": 24, "part 2": 12, "part 3": 6}),
    ],
)
def test_layers_bear_the_courses_names_and_follow_a_relu(name, sides):
    found = outputs(fe.models.create(name, seed=0), torch.rand(2, 1, 48, 48))
    assert {layer: maps.shape[2] for layer, maps in found.items()} == sides
    assert list(layers(fe.models.create(name))) == list(sides)
    assert all(maps.min() >= 0 and maps.max() > 0 for maps in found.values())


def test_without_the_second_branch_only_the_baseline_is_there():
    assert list(layers(fe.models.create("sdl", branches="baseline"))) == [f"baseline {k}" for k in (1, 2, 3, 4)]


def test_another_networks_layers_are_found_by_their_path_in_the_order_of_their_use():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.last, self.first, self.twice = nn.MaxPool2d(2), nn.ReLU(), nn.ReLU()
            self.conv, self.out = nn.Conv2d(1, 2, 3), nn.Linear(2 * 4 * 4, 3)

        def forward(self, x):
            return self.out(self.twice(self.last(self.twice(self.first(self.conv(x)))).flatten(1)))

    model = Odd()
    assert list(layers(model, (1, 10, 10))) == ["first", "last"]  # "twice" would be two maps of one name
    assert layer_of(model, "last", (1, 10, 10)) is model.last
    with pytest.raises(ModelError, match="out of first, last, found 'baseline 2'"):
        layer_of(model, "baseline 2", (1, 10, 10))
    with pytest.raises(ModelError, match=r"takes a picture \[1, 48, 48\]"):
        layers(model)


def test_a_network_without_maps_has_no_layer_to_ask():
    flat = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 4), nn.ReLU(), nn.Linear(4, 3))
    for ask in (default_layer, lambda model: layer_of(model, "0")):
        with pytest.raises(ModelError, match="found none"):
            ask(flat)


def test_the_layer_asked_by_itself_is_the_last_with_six_places_a_side():
    assert default_layer(fe.models.create("sdl")) == "baseline 3"
    assert default_layer(fe.models.create("cnn")) == "part 3"


def looking(shift, transformer="input"):
    """A network whose transformer always looks beside the middle, by `shift` halves of the picture."""
    model = fe.models.create("st-cnn", transformer=transformer, seed=0).eval()
    theta = build_theta(shift=shift)
    nn.init.zeros_(model.transformer.localisation.head[-1].weight)
    with torch.no_grad():
        model.transformer.localisation.head[-1].bias.copy_(theta.flatten())
    return model


def test_a_map_behind_a_transformer_is_turned_back_into_the_pictures_frame():
    """A look moved right by a quarter of the picture, 12 pixels, shows at column 6 what stands at column 18."""
    maps = torch.zeros(1, 1, 48, 48)
    maps[0, 0, 20, 6] = 1
    back = enlarged(looking((0.5, 0.0)), torch.rand(1, 1, 48, 48), "part 1", maps)
    assert back[0, 20, 18] == pytest.approx(1, abs=1e-4) and back.sum() == pytest.approx(1, abs=1e-3)
    assert back[0, :, :12].abs().max() == 0  # where the transformer never looked
    before = enlarged(looking((0.5, 0.0), "features"), torch.rand(1, 1, 48, 48), "part 1", maps)
    assert before[0, 20, 6] == 1


def test_two_transformers_in_a_row_are_both_undone():
    model = fe.models.create("sdl", seed=0).eval()
    for block, shift in ((model.sdl1, (0.25, 0.0)), (model.sdl2, (0.0, -0.5))):
        with torch.no_grad():
            block.transformer.localisation.head[-1].bias.copy_(build_theta(shift=shift).flatten())
    maps = torch.zeros(1, 1, 48, 48)
    maps[0, 0, 30, 6] = 1
    x = torch.rand(1, 1, 48, 48)
    assert enlarged(model, x, "SDL-1", maps)[0, 30, 12] == pytest.approx(1, abs=1e-4)
    assert enlarged(model, x, "SDL-2", maps)[0, 18, 12] == pytest.approx(1, abs=1e-4)
    assert enlarged(model, x, "baseline 1", maps)[0, 30, 6] == 1


def test_a_look_that_flattens_the_picture_leaves_the_map_as_it_is():
    model = looking((0.0, 0.0))
    with torch.no_grad():
        model.transformer.localisation.head[-1].bias.zero_()
    maps = torch.rand(1, 1, 48, 48)
    assert torch.equal(enlarged(model, torch.rand(1, 1, 48, 48), "part 3", maps), maps[:, 0])
