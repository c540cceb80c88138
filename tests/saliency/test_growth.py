"""Snapshots of a network's training, and what its maps answered to at each age."""

from dataclasses import replace

import pytest
import torch

from fer_edu import data, models, saliency, training
from fer_edu.errors import CheckpointError, ModelError


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="val", size=10, seed=0)


def aged(model, snapshots, epochs):
    """Give the network other weights each epoch, as training does, and return them."""
    weights = {}
    for epoch in epochs:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(epoch)))
        weights[epoch] = {name: value.clone() for name, value in model.state_dict().items()}
        snapshots({"epoch": epoch})
    return weights


@pytest.mark.parametrize("stored", [False, True])
def test_each_kept_epoch_has_its_own_weights_to_half_precision(stored, tmp_path):
    model = models.create("sdl-small", seed=0)
    snapshots = saliency.Snapshots(model, every=2, folder=tmp_path / "run" if stored else None)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    weights = {0: before} | aged(model, snapshots, (1, 2, 3, 4))
    assert snapshots.epochs == (0, 2, 4)
    for epoch, network in snapshots.models():
        for name, value in network.state_dict().items():
            # A float16 keeps eleven binary digits, above 6e-5.
            assert torch.allclose(value, weights[epoch][name], rtol=2**-11, atol=1e-7), (epoch, name)
        assert not network.training
    assert model.training  # the network in training is not touched


@pytest.mark.parametrize("stored", [False, True])
def test_an_epoch_that_is_told_again_ends_what_was_told_of_later_ones(stored, tmp_path):
    model = models.create("cnn", seed=0)
    snapshots = saliency.Snapshots(model, folder=tmp_path if stored else None)
    aged(model, snapshots, (1, 2, 3))
    again = aged(model, snapshots, (2,))[2]
    assert snapshots.epochs == (0, 1, 2) and len(list(tmp_path.glob("*"))) == (3 if stored else 0)
    network = {epoch: {k: v.clone() for k, v in one.state_dict().items()} for epoch, one in snapshots.models()}
    assert torch.allclose(network[2]["parts.0.0.weight"], again["parts.0.0.weight"], rtol=2**-11)


def test_a_run_that_goes_on_in_a_new_process_has_all_its_epochs(tmp_path):
    model = models.create("cnn", seed=0)
    first = aged(model, saliency.Snapshots(model, folder=tmp_path), (1, 2))
    fresh = models.create("cnn", seed=5)
    resumed = saliency.Snapshots(fresh, folder=tmp_path)
    assert resumed.epochs == (0, 1, 2)
    aged(fresh, resumed, (3,))
    assert resumed.epochs == (0, 1, 2, 3)
    found = {epoch: one.parts[0][0].weight.clone() for epoch, one in resumed.models()}
    assert torch.allclose(found[2], first[2]["parts.0.0.weight"], rtol=2**-11)
    start = models.create("cnn", seed=0).parts[0][0].weight
    assert torch.allclose(found[0], start, rtol=2**-11)  # not that of the fresh network


def test_training_leaves_a_snapshot_of_every_epoch_and_tells_who_else_listens(faces):
    model = models.create("cnn", seed=0)
    lines = []
    snapshots = saliency.Snapshots(model, also=lines.append)
    recipe = replace(training.recipe("classroom"), epochs=2)
    training.fit(model, faces, faces, recipe, device="cpu", progress="none", on_epoch=snapshots)
    assert snapshots.epochs == (0, 1, 2) and [line["epoch"] for line in lines] == [1, 2]
    ages = [one.parts[0][0].weight.clone() for _, one in snapshots.models()]
    assert (ages[0] - ages[1]).abs().max() > 1e-4 and (ages[1] - ages[2]).abs().max() > 1e-4


@pytest.mark.parametrize("stored", [False, True])
def test_growth_is_the_strongest_activation_of_each_age(stored, tmp_path, faces):
    model = models.create("sdl-small", seed=0)
    snapshots = saliency.Snapshots(model, folder=tmp_path if stored else None)
    aged(model, snapshots, (1, 2))
    source = sorted(tmp_path.glob("*.pt"), reverse=True) if stored else snapshots
    found = saliency.growth(source, faces.images, "SDL-2", [3, 0])
    assert found.epochs == (0, 1, 2) and found.channels.tolist() == [3, 0]
    assert found.maps.shape == (3, 2, 48, 48) and found.place.shape == (3, 2, 2) and found.box.shape == (3, 2, 4)
    for age, (_, network) in enumerate(snapshots.models()):
        expected = saliency.strongest(network, faces.images, "SDL-2", [3, 0], k=1)
        assert torch.equal(found.index[age], expected.index[:, 0])
        assert torch.allclose(found.activation[age], expected.activation[:, 0])
        assert torch.allclose(found.maps[age], expected.maps[:, 0], atol=1e-6)
    assert (found.activation[0] - found.activation[2]).abs().max() > 1e-3


def test_what_is_no_checkpoint_of_an_epoch_is_refused_in_a_sentence(tmp_path, faces):
    for source, error in (([], ModelError), (["last.pt"], ModelError), (tmp_path / "epoch-001.pt", CheckpointError)):
        with pytest.raises(error, match="^expected .*: .*[.]$"):
            saliency.growth(source, faces.images, "SDL-1", 0)
    with pytest.raises(ModelError, match="found 0"):
        saliency.Snapshots(models.create("cnn"), every=0)
    with pytest.raises(ModelError, match="found Linear"):
        saliency.Snapshots(torch.nn.Linear(2, 2), folder=tmp_path)
