import warnings

import captum.attr as captum
import pytest
import torch
from torch import nn

import fer_edu as fe
from fer_edu.errors import ModelError
from fer_edu.saliency.explaining import explain
from fer_edu.saliency.parts import parts_of
from fer_edu.saliency.shapley import shapley_values

# Eight coalitions of brows (1), eyes (2) and mouth (4): v of each, as a paper-and-pencil table would have it.
TABLE = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0, 9.0, 6.0, 12.0])


class ByTable(nn.Module):
    """A network that sees which of three pixels are white, and answers out of a table."""

    def forward(self, x):
        row = (x.flatten(1)[:, :3] > 0.5).long() @ torch.tensor([1, 2, 4])
        return torch.stack([TABLE[row], torch.zeros(len(x))], 1)


def test_three_parts_by_hand():
    """brows: 1/3 (v(b) - v()) + 1/6 (v(be) - v(e)) + 1/6 (v(bm) - v(m)) + 1/3 (v(bem) - v(em)) = 20/6; and so on."""
    parts = torch.tensor([[[0, 1, 2]]])
    white, black = torch.ones(1, 1, 1, 3), torch.zeros(1, 1, 1, 3)
    values = shapley_values(ByTable(), white, torch.tensor([0]), black, parts)
    assert values[0].tolist() == pytest.approx([10 / 3, 7 / 3, 19 / 3])
    assert values.sum() == pytest.approx(12)
    # A class that the table never moves is owed to nobody.
    assert shapley_values(ByTable(), white, torch.tensor([1]), black, parts).abs().max() == 0


def test_values_are_captums_over_all_orders():
    faces = fe.faces.sample(2, seed=1)
    model = fe.models.create("cnn", seed=0).eval()
    x, target = faces.images.float() / 255, torch.tensor([2, 5])
    start = torch.full_like(x, 0.5)
    parts = (torch.arange(48) // 12).view(1, 48, 1).repeat(2, 1, 48)
    values = shapley_values(model, x, target, start, parts, room=3)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        direct = captum.ShapleyValues(model)
        maps = direct.attribute(x, start, target, feature_mask=parts[:, None], perturbations_per_eval=4)
    assert torch.allclose(values, maps[:, 0, ::12, 0], atol=1e-6)


def test_they_add_up_to_what_the_parts_did_together():
    faces = fe.faces.sample(3, seed=2)
    model = fe.models.pretrained("sdl-faces")
    found = explain(model, faces.images, method="shapley", parts=parts_of(faces))
    assert found.gap.abs().max() < 1e-5 and found.maps.sum((1, 2)).abs().max() > 0.1


def test_a_part_that_a_picture_does_not_show_is_owed_nothing():
    model = fe.models.create("cnn", seed=0).eval()
    x = fe.faces.sample(2, seed=3).images.float() / 255
    parts = torch.zeros(2, 48, 48, dtype=torch.int64)
    parts[0, 20:, :] = 1
    parts[1, 20:, :] = 2
    values = shapley_values(model, x, torch.tensor([0, 0]), x * 0, parts)
    assert values[0, 2] == pytest.approx(0, abs=1e-7) and values[1, 1] == pytest.approx(0, abs=1e-7)
    assert (values[0, :2] != 0).all()


def test_more_parts_than_can_be_asked_exactly_are_refused():
    x = torch.rand(1, 1, 48, 48)
    parts = (torch.arange(48) % 12).expand(1, 48, 48)
    with pytest.raises(ModelError, match=r"at most 10 parts, found 12: exact Shapley values ask 2\^12"):
        explain(fe.models.create("cnn", seed=0), x, method="shapley", parts=parts)
