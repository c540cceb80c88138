"""Scoring with several looks: the mean of their probabilities, and nothing else changed."""

import pytest
import torch

import fer_edu as fe
from fer_edu.errors import ModelError


class Sees(torch.nn.Module):
    """Logits that tell which look it was: the mean of the left third, of the upper third, and 0."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        left, upper = x[..., :16].mean((1, 2, 3)), x[:, :, :16].mean((1, 2, 3))
        return torch.stack([left, upper, 0 * left], dim=1) * self.weight


def pictures():
    return torch.randint(256, (5, 1, 48, 48), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def test_plain_looks_once_and_gives_the_networks_own_logits():
    model, x = Sees(), pictures()
    assert torch.equal(fe.models.predict(model, x), model(x.float() / 255).detach())
    assert model.calls == 2


def test_flips_average_the_probabilities_of_a_picture_and_its_mirror():
    model, x = Sees(), pictures()
    expected = (model(x.float() / 255).softmax(1) + model(x.flip(3).float() / 255).softmax(1)) / 2
    found = fe.models.predict(model, x, views="flips")
    assert torch.allclose(found.exp(), expected.detach(), atol=1e-6)
    assert torch.allclose(fe.models.predict(model, x.flip(3), views="flips"), found, atol=1e-6)


def test_shifts_are_ten_looks_of_which_an_even_picture_gives_the_same():
    model, even = Sees(), torch.full((2, 1, 48, 48), 90, dtype=torch.uint8)
    found = fe.models.predict(model, even, views="shifts")
    assert model.calls == 10
    assert torch.allclose(found, fe.models.predict(model, even).log_softmax(1), atol=1e-6)


def test_a_shift_moves_by_two_pixels_and_repeats_the_border():
    from fer_edu.models.predict import _looks

    x = torch.arange(48.0).view(1, 1, 1, 48).expand(1, 1, 48, 48)
    firsts = {(look[0, 0, 0, 0].item(), look[0, 0, 0, 47].item()) for look in _looks(x, "shifts")}
    # As it is and moved up or down; moved right and left; and the mirror of each.
    assert firsts == {(0, 47), (47, 0), (0, 45), (45, 0), (2, 47), (47, 2)}


def test_an_unknown_way_of_looking_is_named():
    with pytest.raises(ModelError, match="plain, flips, shifts"):
        fe.models.predict(Sees(), pictures(), views="twice")


def test_a_report_says_with_how_many_looks_it_was_made():
    faces = fe.data.load("faces", split="val", size=20)
    model = fe.models.create("sdl-small", seed=0)
    report = fe.evaluation.evaluate(model, faces, views="flips")
    assert report.as_dict()["views"] == "flips"
    assert "flips" in str(report)
    assert "plain" not in str(fe.evaluation.evaluate(model, faces))
