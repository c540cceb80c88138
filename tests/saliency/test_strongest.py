"""The strongest activations of a set, against a search over all maps at once, and the cuts that show them."""

import pytest
import torch
from torch import nn

from fer_edu import data, models, saliency
from fer_edu.errors import ModelError
from fer_edu.saliency import top_patches
from fer_edu.saliency.deconvnet import Deconvnet
from fer_edu.saliency.receptive import window_around


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="val", size=20, seed=0).images


@pytest.fixture(scope="module")
def model():
    return models.create("sdl-small", seed=2).eval()


@pytest.mark.parametrize("layer", ["SDL-2", "baseline 2", "logits"])
def test_they_are_the_largest_of_the_whole_set_one_a_picture(layer, model, faces, monkeypatch):
    monkeypatch.setattr(top_patches, "BATCH", 7)
    found = saliency.strongest(model, faces, layer, channels=[5, 1], k=4)
    maps = Deconvnet(model).features(faces, layer)[:, [5, 1]]
    value, index = maps.flatten(2).amax(dim=2).T.topk(4)
    assert torch.allclose(found.activation, value, atol=1e-5) and torch.equal(found.index, index)
    assert found.channels.tolist() == [5, 1]
    for c in range(2):
        assert len(set(found.index[c].tolist())) == 4
        for i in range(4):
            row, column = found.place[c, i].tolist()
            assert maps[found.index[c, i], c, row, column] == pytest.approx(value[c, i].item(), abs=1e-5)


def test_patch_and_projection_are_cut_from_the_same_place(model, faces):
    found = saliency.strongest(model, faces, "baseline 2", k=3)
    assert found.patches.shape == (32, 3, 10, 10) and found.patches.dtype == torch.uint8
    network = Deconvnet(model)
    for c in (0, 7):
        for i in range(3):
            picture = found.index[c, i]
            alone = network.project(faces[picture : picture + 1], "baseline 2", c)
            top, left, bottom, right = found.cut[c, i].tolist()
            assert torch.equal(found.patches[c, i], faces[picture, 0, top:bottom, left:right])
            assert torch.allclose(found.maps[c, i], alone.maps[0], atol=1e-5)
            assert torch.equal(found.projections[c, i], found.maps[c, i, top:bottom, left:right])
            assert found.box[c, i].tolist() == alone.box[0].tolist()
            box = alone.box[0].tolist()
            assert top <= box[0] and left <= box[1] and box[2] <= bottom and box[3] <= right


def test_cuts_at_the_border_are_moved_inside():
    boxes = torch.tensor([[0, 0, 3, 2], [10, 4, 16, 10], [5, 5, 11, 11], [14, 15, 16, 16]])
    cuts = window_around(boxes, (6, 6), (16, 16))
    assert cuts.tolist() == [[0, 0, 6, 6], [10, 4, 16, 10], [5, 5, 11, 11], [10, 10, 16, 16]]


def test_dead_maps_are_named_and_the_rest_says_how_often_it_fires(faces):
    """Map 0 is the picture less 0.5, map 1 is never positive, map 2 always is."""
    model = nn.Sequential(nn.Conv2d(1, 3, 1), nn.ReLU())
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, 0, 0]).view(3, 1, 1, 1))
        model[0].bias.copy_(torch.tensor([-0.5, -1, 1]))
    found = saliency.strongest(model, faces, "1", k=2)
    assert found.dead == [1]
    bright = (faces.flatten(1).amax(dim=1) > 127).float().mean()
    assert torch.allclose(found.active, torch.stack([bright, torch.tensor(0.0), torch.tensor(1.0)]))
    assert found.activation[1].abs().max() == 0 and found.projections[1].abs().max() == 0


def test_of_equal_pictures_the_first_comes_first_whatever_the_batches(model, faces, monkeypatch):
    same = faces[:1].repeat(9, 1, 1, 1)
    monkeypatch.setattr(top_patches, "BATCH", 4)
    assert saliency.strongest(model, same, "SDL-1", channels=0, k=5).index.tolist() == [[0, 1, 2, 3, 4]]


def test_a_set_smaller_than_k_gives_all_it_has(model, faces):
    found = saliency.strongest(model, faces[:2].float() / 255, "SDL-1", channels=[1], k=9)
    assert found.patches.shape[:2] == (1, 2) and found.patches.dtype == torch.float32
    assert torch.equal(found.index[0].sort().values, torch.arange(2))


def test_all_maps_of_a_layer_or_another_rule(model, faces):
    found = saliency.strongest(model, faces, "SDL-1", k=1, rule="backprop")
    assert found.channels.tolist() == list(range(8))
    expected = Deconvnet(model, "backprop").project(faces[found.index[:, 0]], "SDL-1", torch.arange(8))
    assert torch.allclose(found.maps[:, 0], expected.maps, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"layer": "SDL-9"}, "SDL-9"),
        ({"layer": "SDL-1", "channels": [8]}, "[8]"),
        ({"layer": "SDL-1", "channels": []}, "[]"),
        ({"layer": "SDL-1", "k": 0}, "found 0"),
        ({"layer": "SDL-1", "rule": "zeiler"}, "zeiler"),
        ({"layer": "SDL-1", "images": torch.zeros(0, 1, 48, 48, dtype=torch.uint8)}, "empty"),
        ({"layer": "SDL-1", "images": torch.zeros(2, 1, 32, 32, dtype=torch.uint8)}, "32, 32]"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(arguments, found, model, faces):
    with pytest.raises(ModelError, match="^expected .*: .*[.]$") as raised:
        saliency.strongest(model, **{"images": faces, **arguments})
    assert found in str(raised.value)
