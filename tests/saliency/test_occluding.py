"""Occlusion, against networks of which it is known what they read, and against the covered pictures one by one."""

import pytest
import torch
from torch import nn

from fer_edu import data, models, saliency
from fer_edu.errors import ModelError
from fer_edu.saliency.deconvnet import Deconvnet
from fer_edu.saliency.occluding import FILLS, filling, place_occluder
from fer_edu.saliency.where import transformers


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="val", size=2, seed=0).images


def made():
    model = models.create("sdl-small", seed=1).eval()
    g = torch.Generator().manual_seed(1)
    for transformer in transformers(model):
        nn.init.normal_(transformer.localisation.head[-1].weight, 0, 0.2, generator=g)
    return model


def reader(top, left, side):
    """Return a network whose logit 1 is the mean of a square of the picture, less 0.5, and whose logit 0 is 0."""
    model = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(48 * 48, 2))
    weight = torch.zeros(48, 48)
    weight[top : top + side, left : left + side] = 1 / side**2
    with torch.no_grad():
        model[0].weight.fill_(1)
        model[3].weight.copy_(torch.stack([torch.zeros(48 * 48), weight.flatten()]))
        model[3].bias.copy_(torch.tensor([0, -0.5]))
    return model.eval()


def test_only_windows_that_cover_what_is_read_change_the_probability():
    """A white picture, black windows: the logit is the uncovered share of the square less 0.5, in closed form."""
    found = saliency.occlude(reader(20, 10, 8), torch.full((1, 48, 48), 255, dtype=torch.uint8), 1, 8, 4, "black")
    assert found.probability.shape == (11, 11) and found.tops.tolist() == list(range(0, 41, 4))
    for i, top in enumerate(found.tops.tolist()):
        for j, left in enumerate(found.lefts.tolist()):
            hidden = max(0, 8 - abs(top - 20)) * max(0, 8 - abs(left - 10)) / 64
            logit = torch.tensor(0.5 - hidden)
            assert found.probability[i, j] == pytest.approx(logit.sigmoid().item(), abs=1e-6)
            assert found.answer[i, j] == (logit > 0)
    assert found.plain_probability == pytest.approx(torch.tensor(0.5).sigmoid().item())
    assert found.plain_answer == 1 and found.target == 1
    # The one map is the picture itself: 2304 white pixels, 64 of them hidden at each place.
    assert torch.allclose(found.activation, torch.full((11, 11), 2304.0 - 64)) and found.plain_activation == 2304
    assert found.layer == "1" and found.channel == 0


def test_a_map_of_windows_is_laid_over_the_picture_by_the_mean_of_what_covered_a_pixel():
    found = saliency.occlude(reader(0, 0, 4), torch.zeros(1, 48, 48), 0, window=20, stride=20)
    values = torch.tensor([[1.0, 2], [3, 5]])
    image = found.image(values)
    expected = torch.full((48, 48), torch.nan)
    expected[:40, :40] = values.repeat_interleave(20, 0).repeat_interleave(20, 1)
    assert torch.equal(image.isnan(), expected.isnan()) and torch.equal(image[:40, :40], expected[:40, :40])
    overlapping = saliency.occlude(reader(0, 0, 4), torch.zeros(1, 48, 48), 0, window=32, stride=16)
    row = overlapping.image(torch.tensor([[0.0, 4], [0, 4]]))[0]
    assert row[:16].eq(0).all() and row[16:32].eq(2).all() and row[32:].eq(4).all()


@pytest.mark.parametrize("fill", FILLS)
def test_each_place_is_the_network_on_that_covered_picture(fill, faces):
    model = made()
    found = saliency.occlude(model, faces[:1], target=3, window=12, stride=18, fill=fill, seed=4)
    seen = []
    model.baseline[-1].register_forward_hook(lambda _, __, output: seen.append(output))
    for i, top in enumerate(found.tops.tolist()):
        for j, left in enumerate(found.lefts.tolist()):
            with torch.no_grad():
                logits = model(place_occluder(faces[:1].float() / 255, top, left, 12, fill, seed=4))
            assert found.probability[i, j] == pytest.approx(logits.softmax(1)[0, 3].item(), abs=1e-5)
            assert found.answer[i, j] == logits.argmax()
            assert found.activation[i, j] == pytest.approx(seen[-1][0, found.channel].sum().item(), abs=1e-4)


def test_the_map_that_is_followed_is_the_strongest_and_its_projection_the_deconvnets(faces):
    model = made()
    found = saliency.occlude(model, faces[0], layer="baseline 2", window=20, stride=14)
    features = Deconvnet(model).features(faces[:1], "baseline 2")[0]
    assert found.channel == features.flatten(1).amax(dim=1).argmax()
    assert found.plain_activation == pytest.approx(features[found.channel].sum().item(), rel=1e-5)
    alone = Deconvnet(model).project(faces[:1], "baseline 2", found.channel)
    assert torch.allclose(found.projection, alone.maps[0], atol=1e-6)


def test_a_frozen_theta_is_that_of_the_uncovered_picture(faces):
    """Against the same network with its θ written into the bias of the last layer, which then hears nothing else."""
    model = made()
    frozen = saliency.occlude(model, faces[:1], 0, window=16, stride=16, theta="frozen")
    live = saliency.occlude(model, faces[:1], 0, window=16, stride=16)
    observed = model.observe(faces[:1].float() / 255)
    fixed = made()
    for transformer, theta in zip(transformers(fixed), (observed.theta1, observed.theta2), strict=True):
        with torch.no_grad():
            transformer.localisation.head[-1].weight.zero_()
            transformer.localisation.head[-1].bias.copy_(theta.flatten())
    expected = saliency.occlude(fixed, faces[:1], 0, window=16, stride=16)
    assert torch.allclose(frozen.probability, expected.probability, atol=1e-5)
    assert (frozen.probability - live.probability).abs().max() > 1e-5
    plain = models.create("cnn", seed=0)
    pair = [saliency.occlude(plain, faces[:1], 0, 16, 16, theta=name).probability for name in ("live", "frozen")]
    assert torch.equal(*pair)


def test_the_network_stays_as_it_was(faces):
    model = made().train()
    saliency.occlude(model, faces[:1], window=24, stride=24, theta="frozen")
    assert model.training and all(weight.requires_grad for weight in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_window_is_filled_inside_the_picture_alone_and_only_there():
    images = torch.arange(16, dtype=torch.uint8).view(1, 1, 4, 4)
    covered = place_occluder(images, torch.tensor([1, -1, 3, 9]), torch.tensor([1, -1, 2, 0]), 2, "grey")
    assert covered.dtype == torch.uint8 and covered.shape == (4, 1, 4, 4)
    inside = torch.zeros(4, 4, 4, dtype=torch.bool)
    inside[0, 1:3, 1:3] = True
    inside[1, 0, 0] = True
    inside[2, 3, 2:] = True
    assert covered[:, 0][inside].eq(128).all()
    assert torch.equal(covered[:, 0][~inside], images[0].expand(4, 4, 4)[~inside])
    assert images.flatten().tolist() == list(range(16))


def test_many_pictures_are_covered_at_one_place_or_each_at_its_own(faces):
    one = place_occluder(faces, 5, 7, 10, "black")
    each = place_occluder(faces, torch.tensor([5, 20]), torch.tensor([7, 30]), 10, "black")
    assert torch.equal(one[0], each[0]) and one[1, 0, 5:15, 7:17].eq(0).all() and each[1, 0, 20:30, 30:40].eq(0).all()
    assert torch.equal(one[1, 0, 30:], faces[1, 0, 30:])
    with pytest.raises(ModelError, match="3 tops"):
        place_occluder(faces, [1, 2, 3], 0)


def test_what_the_fills_show(faces):
    x = faces.float() / 255
    assert filling(x, "mean").flatten().tolist() == pytest.approx(x.mean(dim=(1, 2, 3)).tolist())
    assert filling(faces, "mean").flatten().tolist() == x.mean(dim=(1, 2, 3)).mul(255).round().tolist()
    noise = filling(x, "noise", seed=3)
    assert torch.equal(noise, filling(x, "noise", seed=3)) and not torch.equal(noise, filling(x, "noise", seed=4))
    assert noise.min() >= 0 and noise.max() <= 1
    scipy = pytest.importorskip("scipy.ndimage")
    expected = scipy.gaussian_filter(x[0, 0].double().numpy(), 6, mode="nearest", truncate=3)
    assert torch.allclose(filling(x, "blur")[0, 0], torch.tensor(expected).float(), atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"window": 0}, "found 0"),
        ({"window": 49}, "found 49"),
        ({"stride": 0}, "10 and 0"),
        ({"window": 2.5}, "found 2.5"),
        ({"fill": "white"}, "white"),
        ({"theta": "dead"}, "dead"),
        ({"layer": "SDL-7"}, "SDL-7"),
        ({"layer": "logits"}, "logits"),
        ({"target": 7}, "7"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(arguments, found, faces):
    with pytest.raises(ModelError, match="^expected .*: .*[.]$") as raised:
        saliency.occlude(models.create("sdl-small"), faces[:1], **arguments)
    assert found in str(raised.value)


def test_several_pictures_and_a_network_without_maps_are_refused(faces):
    with pytest.raises(ModelError, match="found 2"):
        saliency.occlude(models.create("sdl-small"), faces)
    with pytest.raises(ModelError, match="found none"):
        saliency.occlude(nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 2)), faces[:1])
