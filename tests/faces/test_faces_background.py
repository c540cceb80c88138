"""Clutter: behind the person only, and none at strength 0."""

from types import SimpleNamespace

import pytest
import torch

import fer_edu as fe
from fer_edu.faces.nuisances.background import draw_clutter

N = 12


def clutter(n, low, high):
    return draw_clutter(n, SimpleNamespace(clutter=(low, high)), torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def drawn():
    people = fe.faces.identity(N, torch.Generator().manual_seed(1))
    units = torch.zeros(N, len(fe.faces.ACTION_UNITS))
    return lambda behind, some=slice(None), **how: fe.faces.render(people[some], units[some], clutter=behind, **how)


def test_clutter_changes_the_background_and_never_the_face(drawn):
    bare, full = drawn(None), drawn(clutter(N, 1.0, 1.0))
    changed = (bare.images - full.images)[:, 0].abs() > 1e-3
    # A pixel that the face covers whole lies inside its mask, away from the edge.
    inside = -torch.nn.functional.max_pool2d(-bare.part("face").float()[:, None], 3, 1, 1)[:, 0] > 0
    assert not (changed & inside).any() and torch.equal(bare.masks, full.masks)
    assert (changed.float().mean((1, 2)) > 0.1).all()


def test_strength_0_changes_no_bit_alone_or_in_company(drawn):
    bare = drawn(None).images
    assert torch.equal(bare, drawn(clutter(N, 0.0, 0.0)).images)
    mixed = clutter(N, 1.0, 1.0)
    mixed.strength[3] = 0
    assert torch.equal(bare[3], drawn(mixed).images[3])


def test_the_chunk_changes_no_bit(drawn):
    behind = clutter(N, 0.0, 1.0)
    assert torch.equal(drawn(behind).images, drawn(behind, chunk=5).images)


def test_the_first_draws_of_more_are_the_same():
    few, many = clutter(5, 0.2, 0.7), clutter(50, 0.2, 0.7)
    assert all(torch.equal(value, getattr(many, name)[:5]) for name, value in vars(few).items())
    assert many.strength.min() >= 0.2 and many.strength.max() <= 0.7
