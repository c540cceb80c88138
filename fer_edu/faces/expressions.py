"""From a class to action units: the prototype, as strong and as complete as this person shows it today."""

import torch

from ..emotions import COMPANIONS, PROTOTYPES
from .anatomy import ACTION_UNITS


def prototypes(classes):
    """Return which units each class's prototype has, bool [classes, A]."""
    return torch.tensor([[unit in PROTOTYPES[name] for unit in ACTION_UNITS] for name in classes])


def prototype_units(name, intensity=1.0):
    """Return the action units of one emotion's prototype, all at one intensity: float32 [1, A]."""
    return prototypes((name,)).float() * intensity


def companions(classes):
    """Return which units often come along with each class's prototype, bool [classes, A]."""
    return torch.tensor([[unit in COMPANIONS[name] for unit in ACTION_UNITS] for name in classes])


def draw_units(labels, classes, dials, generator):
    """Draw how n people show the expressions of their labels.

    labels: int64 [n], into `classes`. dials: a `Difficulty`. Returns action units, float32 [n, A], in 0..1.
    The first k rows are those of a draw of k, from a generator in the same state.
    """
    wanted, along = prototypes(classes)[labels], companions(classes)[labels]
    draws = torch.rand(len(labels), 1 + 3 * len(ACTION_UNITS), generator=generator)
    strength, (fall, chance, extra) = draws[:, :1], draws[:, 1:].chunk(3, dim=1)
    low, high = dials.intensity
    shown = (low + (high - low) * strength) * (1 - dials.spread * fall) * (chance >= dials.drop)
    low, high = dials.added
    stray = (low + (high - low) * extra) * (chance < torch.where(along, dials.companion, dials.add))
    return torch.where(wanted, shown, stray)
