"""How well the best possible observer could do: the error that belongs to the data, not to a network.

The observer reads every action unit exactly, knows how each class draws its units and how often labels are wrong, and
names the most probable label. A network sees 48 x 48 pixels of it, so its own ceiling is at most this one.
"""

from dataclasses import dataclass, field

import torch

from ..emotions import CLASSES
from .expressions import companions, draw_units, prototypes
from .nuisances.labels import confusion
from .presets import preset

TOLERANCE = 1e-7
"""Of comparisons: the units are float32."""


@dataclass(frozen=True)
class Ceiling:
    """accuracy: the best possible one, on labels as they are given. standard_error: of its simulation.
    clean_accuracy: the same observer's on labels without noise. pairs: which classes it confuses, float64
    [true, named], each row a class's shares."""

    accuracy: float
    standard_error: float
    clean_accuracy: float
    pairs: torch.Tensor = field(repr=False)


def log_likelihood(units, classes, dials):
    """Return the log density of action units under each class, float64 [n, classes].

    units: float32 [n, A] in 0..1. dials: a `Difficulty`. Closed form: given how strongly the expression is shown, s,
    the units are independent. One of the prototype is missing with probability `drop`, or uniform between
    (1 - spread) s and s; any other appears with probability `add`, uniform in `added`. Over s, uniform in `intensity`,
    the product of m shown units is an integral of s^-m.
    """
    units = units.double()
    shown = units > 0
    low, high = dials.added
    inside = (units >= low - TOLERANCE) & (units <= high + TOLERANCE)
    columns = []
    for has, along in zip(prototypes(classes), companions(classes), strict=True):
        chance = torch.where(along, dials.companion, dials.add).double()
        stray = torch.where(shown, inside * chance / max(high - low, TOLERANCE), 1 - chance)
        columns.append(stray[:, ~has].log().sum(1) + _own(units[:, has], shown[:, has], dials).log())
    return torch.stack(columns, dim=1)


def _own(units, shown, dials):
    """Return the density of the units of a prototype, float64 [n]; 1 where it has none."""
    if not units.shape[1]:
        return torch.ones(len(units), dtype=torch.float64)
    least, most = dials.intensity
    m = shown.sum(1)
    # Which strengths s could have shown these intensities: each between (1 - spread) s and s.
    bottom = torch.where(shown, units, least).amax(1).clamp(min=least) - TOLERANCE
    top = torch.where(shown, units / (1 - dials.spread), most).amin(1).clamp(max=most) + TOLERANCE
    power = (1 - m).double()
    integral = torch.where(m == 1, (top / bottom).log(), (top**power - bottom**power) / torch.where(m == 1, 1.0, power))
    missing = units.shape[1] - m
    chances = ((1 - dials.drop) / dials.spread) ** m.double() * torch.tensor(dials.drop).double() ** missing
    return (integral / (most - least)).clamp(min=0) * chances


def ceiling(difficulty="classroom", classes=CLASSES, n=20_000, seed=0):
    """Estimate the best possible accuracy of a preset by simulating n faces' action units; no picture is drawn.

    Returns a `Ceiling`. Raises DataError for an unknown difficulty.
    """
    dials = preset(difficulty)
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(len(classes), (n,), generator=generator)
    units = draw_units(labels, classes, dials, generator)
    clean = log_likelihood(units, classes, dials).softmax(1)
    given = clean @ confusion(classes, dials.label_noise)
    # The expected accuracy of the best answer, and not that of one draw of it: less noise from the simulation.
    best = given.amax(1)
    pairs = torch.zeros(len(classes), len(classes), dtype=torch.float64)
    pairs.index_put_((labels, clean.argmax(1)), torch.ones(n, dtype=torch.float64), accumulate=True)
    return Ceiling(
        accuracy=best.mean().item(),
        standard_error=(best.std() / n**0.5).item(),
        clean_accuracy=clean.amax(1).mean().item(),
        pairs=pairs / pairs.sum(1, keepdim=True),
    )
