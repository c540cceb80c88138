"""What is watched during training is what the network does, epoch by epoch."""

import pytest
import torch

from fer_edu import data, models, training
from fer_edu.geometry import affine_grid, bilinear_sample, build_theta, identity_theta


def looking(theta):
    """Return a network whose transformer looks through one θ whatever it sees."""
    model = models.create("st-cnn", seed=0)
    with torch.no_grad():
        model.transformer.localisation.head[-1].bias.copy_(theta.flatten())
    return model


def test_before_training_it_looks_straight_ahead():
    faces = data.load("faces", split="test", size=4)
    (glance,) = models.Watch(models.create("st-cnn", seed=0), faces.images).glances
    assert glance.epoch == 0 and glance.distance == 0 and glance.outside == 0
    torch.testing.assert_close(glance.theta, identity_theta(4))


def test_distance_share_outside_and_what_is_seen():
    faces = data.load("faces", split="test", size=4)
    theta = build_theta(scale=2.0)
    watch = models.Watch(looking(theta), faces.images)
    (glance,) = watch.glances
    assert glance.distance == pytest.approx(2**0.5)
    assert glance.outside == pytest.approx(0.75)  # a look twice as wide has three quarters of its area outside
    grid = affine_grid(theta.expand(4, 2, 3), faces.images.shape)
    expected = bilinear_sample(faces.images.float(), grid, padding_mode="border")
    assert (watch.seen(glance).float() - expected).abs().max() <= 0.5


def test_a_look_that_is_no_number_lies_outside():
    assert models.share_outside(torch.full((1, 2, 3), float("nan"))) == 1.0


def test_fit_tells_it_every_epoch_and_a_resumed_run_no_epoch_twice(tmp_path):
    train = data.load("faces", split="train", size=40)
    val = data.load("faces", split="val", size=20)
    model, told = models.create("st-cnn", seed=0), []
    watch = models.Watch(model, val.images[:3], also=told.append)
    recipe = training.recipe("classroom", epochs=2, batch_size=20)
    training.fit(model, train, val, recipe, device="cpu", progress="none", on_epoch=watch)
    assert watch.column("epoch") == [0, 1, 2] and [row["epoch"] for row in told] == [1, 2]
    watch({"epoch": 2})
    assert watch.column("epoch") == [0, 1, 2]
    assert all(glance.theta.device.type == "cpu" and not glance.theta.requires_grad for glance in watch.glances)


def test_the_sdl_network_can_be_watched_too():
    faces = data.load("faces", split="test", size=4)
    watch = models.Watch(models.pretrained("sdl-faces"), faces.images)
    assert watch.glances[0].theta.shape == (4, 2, 3) and watch.glances[0].distance > 0
