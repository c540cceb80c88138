"""A device out of memory: the sentence names the batch that fits."""

import weakref

import pytest
import torch

import fer_edu as fe
from fer_edu.data import FaceSet
from fer_edu.errors import DeviceError
from fer_edu.training.distributed import World
from fer_edu.training.steps import Steps


@pytest.fixture
def faces():
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (70, 1, 48, 48), generator=generator, dtype=torch.uint8)
    return FaceSet(images, torch.arange(70) % 2, ("a", "b"))


def steps_with_room_for(pictures, faces, batch_size=64):
    """Return the steps of a network on a device that runs out of memory above that many pictures, forward or back."""
    model = fe.models.create("cnn", classes=2, seed=0)

    def forward(x):
        sizes.append(len(x))
        if len(x) > pictures:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return model(x)

    sizes = []
    recipe = fe.training.recipe("classroom", batch_size=batch_size)
    return Steps(model, faces, recipe, torch.device("cpu"), "float32", 0, forward), sizes


@pytest.mark.parametrize(("room", "fits"), [(40, 32), (32, 32), (31, 16), (1, 1)])
def test_names_the_largest_batch_by_halving_that_fits(faces, room, fits):
    steps, _ = steps_with_room_for(room, faces)
    with pytest.raises(DeviceError) as caught:
        steps.epoch(1)
    assert str(caught.value) == (
        f"expected memory for a batch of 64 on cpu, found too little: a batch of {fits} fits (batch_size={fits}; the "
        "best learning rate then is another)."
    )


def test_a_batch_of_the_whole_set_counts_as_that_many(faces):
    with pytest.raises(DeviceError, match=r"a batch of 70 on cpu, .*: a batch of 35 fits"):
        steps_with_room_for(64, faces, batch_size=128)[0].epoch(1)


def test_says_so_where_not_even_one_picture_fits(faces):
    steps, sizes = steps_with_room_for(0, faces)
    with pytest.raises(
        DeviceError, match="found too little for even one picture: free the device, or use --device cpu"
    ):
        steps.epoch(1)
    assert sizes == [64, 32, 16, 8, 4, 2, 1]


def test_trying_leaves_no_gradients_behind(faces):
    steps, _ = steps_with_room_for(20, faces)
    with pytest.raises(DeviceError):
        steps.epoch(1)
    assert all(parameter.grad is None for parameter in steps.model.parameters())


def test_what_the_failed_step_held_is_free_before_smaller_batches_are_tried(faces):
    steps, held = steps_with_room_for(20, faces)[0], []
    real = steps.forward

    def forward(x):
        assert all(activation() is None for activation in held)
        held.append(weakref.ref(x))
        return real(x)

    steps.forward = forward
    with pytest.raises(DeviceError, match="a batch of 16 fits"):
        steps.epoch(1)
    assert len(held) == 3


def test_of_several_ranks_the_one_that_runs_out_tries_by_itself_and_names_the_batch_of_all(faces):
    def too_many(module, inputs):
        if len(inputs[0]) > 20:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = fe.models.create("cnn", classes=2, seed=0)
    model.register_forward_pre_hook(too_many)
    recipe = fe.training.recipe("classroom", batch_size=64)
    steps = Steps(model, faces, recipe, torch.device("cpu"), "float32", 0, model, World(0, 2))
    with pytest.raises(DeviceError, match="a batch of 64 on cpu, found too little: a batch of 32 fits"):
        steps.epoch(1)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_with_room_an_epoch_is_taken(faces):
    steps, sizes = steps_with_room_for(64, faces)
    loss, _ = steps.epoch(1)
    assert 0 < loss < 2
    assert sizes == [64]
