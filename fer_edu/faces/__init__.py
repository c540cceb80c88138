"""Faces drawn from action units, with the truth about every pixel: what was posed, how, and where.

`identity` says who, `ACTION_UNITS` what they do, `render` draws it; `sample` and `load_split` make whole sets.
"""

from .anatomy import ACTION_UNITS, UNIT_PARTS
from .dataset import load_split, sample
from .expressions import prototype_units
from .identity import Identity, identity
from .nuisances.pose import theta_from
from .presets import PRESETS, Difficulty
from .render import PARTS, Rendering, render

__all__ = [
    "ACTION_UNITS",
    "PARTS",
    "UNIT_PARTS",
    "PRESETS",
    "Difficulty",
    "Identity",
    "Rendering",
    "identity",
    "load_split",
    "prototype_units",
    "render",
    "sample",
    "theta_from",
]
