import pytest
import torch
from torch import nn

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.models.cost import costs, total
from fer_edu.saliency.memory import BACKWARD, MOST, pictures_at_once


def test_twice_the_memory_holds_twice_the_pictures():
    model, size = fe.models.create("sdl"), (1, 48, 48)
    some, double = (pictures_at_once(model, size, memory) for memory in (100, 200))
    assert some > 4 and abs(double - 2 * some) <= 1
    assert some * BACKWARD * total(costs(model)).memory <= 100 * 2**20
    assert pictures_at_once(fe.models.create("sdl-small"), size, 100) > some


def test_there_is_always_room_for_one_and_never_for_too_many():
    model = fe.models.create("sdl")
    assert pictures_at_once(model, (1, 48, 48), 0.001) == 1
    assert pictures_at_once(model, (1, 48, 48), 1e9) == MOST


def test_a_network_without_weights_is_counted_by_its_pictures():
    assert 1 < pictures_at_once(nn.Flatten(), (1, 48, 48), 1) < MOST


def test_what_a_pass_keeps_is_within_the_count():
    """Bytes that autograd holds for a backward pass, measured by its own hook, against what the count allows a pass."""
    model = fe.models.create("sdl", seed=0).eval().requires_grad_(False)
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    x = torch.rand(8, 1, 48, 48, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        answer = model(x)
    weights = {weight.untyped_storage().data_ptr() for weight in model.state_dict().values()}
    held = sum(size for place, size in kept.items() if place not in weights) / 8
    assert answer.requires_grad and held <= BACKWARD * total(costs(model)).memory


@pytest.mark.parametrize("memory", [0, -1, float("nan"), "much", True, None])
def test_memory_that_is_no_amount_is_refused(memory):
    with pytest.raises(ModelError, match="memory as a positive number of MiB"):
        pictures_at_once(fe.models.create("cnn"), (1, 48, 48), memory)
