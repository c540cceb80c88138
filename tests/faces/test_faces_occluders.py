"""Occluders: their mask is what they change, and nobody else's face changes."""

from types import SimpleNamespace

import pytest
import torch

import fer_edu as fe
from fer_edu.faces.nuisances.occluders import KINDS, draw_occluders, usual

N = 20


def occluders(n, probability=1.0, kinds=KINDS[1:]):
    dials = SimpleNamespace(occlusion=probability, occluders=kinds)
    return draw_occluders(n, dials, torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def drawn():
    people = fe.faces.identity(N, torch.Generator().manual_seed(1)).replace(glasses=0.0)
    units = torch.zeros(N, len(fe.faces.ACTION_UNITS))
    return lambda hiding, some=slice(None), **how: fe.faces.render(people[some], units[some], occluder=hiding, **how)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_what_is_hidden_no_longer_depends_on_the_expression(drawn, kind):
    """Truth: pixels well inside the mask look the same whatever the eyes, nose and mouth are painted like."""
    hiding = occluders(N, kinds=(kind,))
    people = fe.faces.identity(N, torch.Generator().manual_seed(1)).replace(glasses=0.0)
    units = torch.zeros(N, len(fe.faces.ACTION_UNITS))
    pale = fe.faces.render(people.replace(iris_tone=0.06, lip_depth=0.55), units, occluder=hiding, size=96)
    dark = fe.faces.render(people.replace(iris_tone=0.42, lip_depth=0.76), units, occluder=hiding, size=96)
    mask = pale.part("occluder")
    assert (mask.float().mean((1, 2)) > 0.02).all() and torch.equal(mask, dark.part("occluder"))
    inside = -torch.nn.functional.max_pool2d(-mask.float()[:, None], 5, 1, 2)[:, 0] > 0
    difference = (pale.images - dark.images)[:, 0].abs()
    # Between two fingers or two locks a pixel may be covered by little more than half.
    assert inside.any() and difference[inside].max() < 0.03 and difference[~mask].max() > 0.1
    for name in ("brows", "eyes", "nose", "mouth", "cheeks"):
        assert not (pale.part(name) & mask).any()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_pixels_change_in_the_mask_and_in_its_shadow_only(drawn, kind):
    bare, hidden = drawn(None, size=96), drawn(occluders(N, kinds=(kind,)), size=96)
    near = torch.nn.functional.max_pool2d(hidden.part("occluder").float()[:, None], 21, 1, 10)[:, 0] > 0
    assert not (((bare.images - hidden.images)[:, 0].abs() > 0.02) & ~near).any()


def test_who_has_none_keeps_every_bit(drawn):
    bare, hiding = drawn(None), occluders(N, 0.5)
    some = drawn(hiding)
    free = hiding.kind == 0
    assert free.any() and not free.all()
    assert torch.equal(bare.images[free], some.images[free]) and torch.equal(bare.masks[free], some.masks[free])
    assert torch.equal(bare.images, drawn(usual(torch.zeros(N, dtype=torch.int64))).images)


def test_the_chunk_changes_no_bit(drawn):
    hiding = occluders(N, 0.7)
    whole, parts = drawn(hiding), drawn(hiding, chunk=3)
    assert torch.equal(whole.images, parts.images) and torch.equal(whole.masks, parts.masks)


def test_draws_have_the_prefix_and_the_probability():
    few, many = occluders(5, 0.3), occluders(5000, 0.3)
    assert all(torch.equal(value, getattr(many, name)[:5]) for name, value in vars(few).items())
    counts = many.kind.bincount(minlength=6) / 5000
    assert abs(counts[0] - 0.7) < 0.03 and (counts[1:] - 0.06).abs().max() < 0.015


def test_an_unknown_kind_ends_in_one_sentence():
    with pytest.raises(fe.errors.DataError, match=r"^expected .* found .*: .*\.$"):
        occluders(3, kinds=("scarf",))
