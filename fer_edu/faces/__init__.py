"""Faces drawn from action units, with the truth about every pixel: what was posed, how, where, and hidden by what.

`identity` says who, `ACTION_UNITS` what they do, `render` draws it. `sample` and `load_split` make whole sets;
`without` draws a set again with action units taken away, `with_people` with other people, `with_trait` with one trait
changed; `unit_masks` says which pixels each unit changes, `ceiling` how well anybody could tell the classes apart,
`upright` undoes the poses.
"""

from .anatomy import ACTION_UNITS, UNIT_PARTS
from .ceiling import Ceiling, ceiling
from .counterfactual import unit_masks, without
from .dataset import load_split, sample
from .expressions import prototype_units
from .groups import Shortcut
from .identity import ATTRIBUTES, Identity, average, identity
from .nuisances.camera import expose
from .nuisances.pose import theta_from
from .presets import PRESETS, Difficulty
from .render import PARTS, Rendering, render, render_chunk
from .scene import Scene, photograph
from .swapped import with_people, with_trait
from .upright import upright

__all__ = [
    "ACTION_UNITS",
    "ATTRIBUTES",
    "PARTS",
    "PRESETS",
    "UNIT_PARTS",
    "Ceiling",
    "Difficulty",
    "Identity",
    "Rendering",
    "Scene",
    "Shortcut",
    "average",
    "ceiling",
    "expose",
    "identity",
    "load_split",
    "photograph",
    "prototype_units",
    "render",
    "render_chunk",
    "sample",
    "theta_from",
    "unit_masks",
    "upright",
    "with_people",
    "with_trait",
    "without",
]
