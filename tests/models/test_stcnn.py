"""The pair of chapter 4: one seed gives both the same convolutions, and each option does what it says."""

import pytest
import torch

from fer_edu import models
from fer_edu.errors import ModelError
from fer_edu.geometry import PADDINGS, build_theta, identity_theta


def pictures(n=3, size=48):
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(0))


def test_at_the_identity_the_pair_gives_the_same_answers():
    plain, looking = models.create("cnn", seed=1).eval(), models.create("st-cnn", seed=1).eval()
    torch.testing.assert_close(plain(pictures()), looking(pictures()), atol=1e-4, rtol=1e-4)
    assert torch.equal(plain.theta(pictures()), identity_theta(3))
    assert not plain.localisation_parameters() and looking.localisation_parameters()


@pytest.mark.parametrize("place", ["input", "features"])
@pytest.mark.parametrize("padding", PADDINGS)
def test_the_loss_reaches_the_localisation_network(place, padding):
    model = models.create("st-cnn", seed=0, transformer=place, padding_mode=padding)
    model(pictures()).square().sum().backward()
    assert model.transformer.localisation.head[-1].weight.grad.abs().max() > 0


def test_frozen_stays_at_the_identity():
    model = models.create("st-cnn", seed=0, frozen=True, identity_start=False)
    assert not any(p.requires_grad for p in model.localisation_parameters())
    torch.testing.assert_close(model.theta(pictures()), identity_theta(3))


def test_without_the_identity_start_it_looks_elsewhere():
    model = models.create("st-cnn", seed=0, identity_start=False)
    assert (model.theta(pictures()) - identity_theta(3)).abs().max() > 0.3


def test_normalising_before_or_after_differs_in_what_zero_padding_brings_in():
    """Looking wide: outside is black where the picture was normalised after, mid grey where it was before."""
    results = {}
    for padding in ("zeros", "border"):
        for order in ("before", "after"):
            model = models.create("st-cnn", seed=0, normalise=order, padding_mode=padding).eval()
            with torch.no_grad():
                model.transformer.localisation.head[-1].bias.copy_(build_theta(scale=2.0).flatten())
            seen = []
            model.parts[0].register_forward_pre_hook(lambda module, given, seen=seen: seen.append(given[0]))
            model(pictures())
            results[padding, order] = seen[0]
    torch.testing.assert_close(results["border", "before"], results["border", "after"], atol=1e-5, rtol=1e-5)
    assert results["zeros", "before"][0, 0, 0, 0] == 0 and results["zeros", "after"][0, 0, 0, 0] == -2


def test_the_feature_transformer_sees_the_first_parts_maps():
    model = models.create("st-cnn", seed=0, transformer="features")
    assert model.transformer.localisation.features[0].in_channels == model.options.channels[0]
    assert model.theta(pictures()).shape == (3, 2, 3)


def test_a_checkpoint_brings_it_back(tmp_path):
    model = models.create("st-cnn", seed=0, classes=10, transformer="features").eval()
    models.save_checkpoint(tmp_path / "m.pt", model, [str(k) for k in range(10)])
    again = models.load_checkpoint(tmp_path / "m.pt")
    assert again.options == model.options
    assert torch.equal(again(pictures()), model(pictures()))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"transformer": "output"}, "transformer out of input, features, none"),
        ({"normalise": "never"}, "normalise out of after, before"),
        ({"padding_mode": "wrap"}, "padding_mode out of zeros, border, reflection"),
        ({"channels": (8, 8)}, "3 numbers for channels"),
        ({"classes": 1}, "at least 2 classes"),
        ({"join": "both"}, "expected options out of"),
    ],
)
def test_bad_options_are_named(options, sentence):
    with pytest.raises(ModelError, match=sentence):
        models.create("st-cnn", **options)


def test_wrong_pictures_are_named():
    with pytest.raises(ModelError, match=r"float \[N, 1, 48, 48\] in 0..1, found uint8"):
        models.create("cnn")(torch.zeros(1, 1, 48, 48, dtype=torch.uint8))
