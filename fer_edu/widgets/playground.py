"""The FACS playground: move action units, person and picture, and see the face beside its parts.

The browser draws, with the Python renderer translated to JavaScript (see `drawing`): through the kernel it could not
keep up with a slider. So the playground also lives on in a page without a kernel.
"""

import functools
import json
import math
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image

from ..emotions import ACTION_UNITS as UNIT_NAMES
from ..emotions import CLASSES_8, COLOURS, PROTOTYPES, canonical
from ..errors import DataError
from ..faces import PARTS, Identity, Rendering, average, identity, render, theta_from
from ..faces.identity import CHANCES, RANGES
from ..faces.nuisances import background, occluders
from ..faces.nuisances.camera import expose, plain
from ..faces.nuisances.occluders import KINDS
from ..faces.render import FRONTAL
from .drawing import LIGHT, PARAMETERS, PERSON, POSE, SCENE, UNITS, drawing
from .page import Page
from .view import encode

PICTURE = {
    "rotation": (-45.0, 45.0, 1.0),  # degrees, clockwise
    "scale": (0.5, 1.6, 0.01),
    "shift_x": (-0.5, 0.5, 0.01),  # 2 is the picture's width
    "shift_y": (-0.5, 0.5, 0.01),
    "shear": (-0.4, 0.4, 0.01),
    "light_x": (-0.9, 0.9, 0.01),  # where the lamp stands: right > 0
    "light_y": (-0.9, 0.9, 0.01),  # below > 0
    "strength": (0.0, 1.0, 0.01),  # 0 is light from everywhere
    "occluder": (0.0, len(KINDS) - 1.0, 1.0),  # which of KINDS hides part of the face
    "clutter": (0.0, 1.0, 0.01),  # behind the person
    "contrast": (0.2, 1.8, 0.01),
    "brightness": (-0.4, 0.4, 0.01),
    "noise": (0.0, 0.2, 0.005),  # standard deviation of a pixel, grey levels in 0..1
}
"""Dial of the picture -> (lowest, highest, step)."""

GROUPS = {
    "skin and age": ("skin", "age", "lines", "lip_depth", "cartoon"),
    "head": ("head", "jaw", "chin"),
    "hair and beard": ("hair", "bald", "beard"),
    "eyes and brows": ("eye", "iris", "brow"),
    "nose and mouth": ("nose", "mouth", "lip"),
    "glasses": ("glasses",),
    "more": ("",),
}
"""Heading -> how the names of the fields below it begin; a field goes below the first that fits."""

PART_COLOURS = ("#E69F00", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#F0E442", "#7F3C8D", "#56B4E9", "#999999")
"""Colours of the masks, in the order of `PARTS`, after Okabe and Ito."""

SIZE = 192
"""Pixels a side of the drawn picture."""

PEOPLE = 100
"""How many people the button draws from, without a kernel to draw new ones."""


@dataclass
class PlaygroundState:
    """One person, an expression and a picture of them.

    units: name of an action unit ("AU6") -> intensity in 0..1; those not given are 0. person: field of `Identity` ->
    number; those not given are the average person's. rotation (degrees, clockwise), scale, shift_x, shift_y, shear:
    as in `theta_from`. light_x, light_y: where the lamp stands, and its strength in 0..1. occluder: what hides part of
    the face, an index into `KINDS`, 0 nothing. clutter, contrast, brightness, noise: as in `Difficulty`.
    """

    units: dict = field(default_factory=dict)
    person: dict = field(default_factory=dict)
    rotation: float = 0.0
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    shear: float = 0.0
    light_x: float = FRONTAL[0]
    light_y: float = FRONTAL[1]
    strength: float = FRONTAL[2]
    occluder: float = 0.0
    clutter: float = 0.0
    contrast: float = 1.0
    brightness: float = 0.0
    noise: float = 0.0

    def __post_init__(self):
        middle = average()
        self.units = dict.fromkeys(UNITS, 0.0) | self._known(self.units, UNITS)
        self.person = {name: getattr(middle, name).item() for name in PERSON} | self._known(self.person, PERSON)

    @property
    def values(self):
        """Every number of the state under its name, as one dict."""
        return {**self.units, **self.person, **{name: getattr(self, name) for name in PICTURE}}

    def update(self, values):
        """Set the numbers that a dict names; DataError where it names none of `values`, and then nothing is set."""
        values = self._known(values, tuple(self.values))
        self.units |= {name: value for name, value in values.items() if name in UNITS}
        self.person |= {name: value for name, value in values.items() if name in PERSON}
        for name in PICTURE.keys() & values.keys():
            setattr(self, name, values[name])

    def emotion(self, name, intensity=1.0):
        """Pose the prototype of an emotion, all of its units at one intensity in 0..1, and no other unit."""
        emotion = canonical(name)
        if emotion is None:
            raise DataError(f"expected an emotion out of {', '.join(CLASSES_8)}, found {name!r}: name one of those.")
        self.units = dict.fromkeys(UNITS, 0.0) | {f"AU{unit}": float(intensity) for unit in PROTOTYPES[emotion]}

    def somebody(self, generator=None):
        """Make it another person, drawn at random; generator: a `torch.Generator`, or None for torch's own."""
        drawn = identity(1, generator)
        self.person = {name: getattr(drawn, name).item() for name in PERSON}

    def render(self, size=SIZE):
        """Return the picture and its masks as a `Rendering` of one face, size pixels a side."""
        one = torch.ones(1)
        shift = torch.tensor([[self.shift_x, self.shift_y]])
        drawn = render(
            Identity(**{name: value * one for name, value in self.person.items()}),
            torch.tensor([list(self.units.values())]),
            pose=theta_from(self.rotation * one, self.scale * one, shift, self.shear * one),
            light=torch.tensor([[getattr(self, name) for name in LIGHT]]),
            size=size,
            occluder=occluders.usual((self.occluder * one).long()),
            clutter=background.usual(self.clutter * one),
        )
        camera = plain(1).replace(
            contrast=self.contrast * one, brightness=self.brightness * one, noise=self.noise * one
        )
        return Rendering(expose(drawn.images, camera), drawn.masks)

    def png(self):
        """Return the face beside the same face with its parts in colour, as PNG bytes."""
        drawn = self.render(SIZE)
        grey = (drawn.images[0, 0] * 255).round().numpy()
        coloured = np.repeat(0.25 * 255 + 0.6 * grey[..., None], 3, axis=2)
        for part, colour, share in parts():
            tint = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
            mask = drawn.part(part)[0].numpy()
            coloured[mask] = (1 - share) * coloured[mask] + share * np.array(tint)
        sheet = np.full((SIZE, 2 * SIZE + 8, 3), 255, dtype=np.uint8)
        sheet[:, :SIZE] = grey[..., None]
        sheet[:, -SIZE:] = coloured.round()
        return encode(Image.fromarray(sheet).resize((3 * sheet.shape[1] // 2, 3 * SIZE // 2), Image.BICUBIC))

    def nearest(self):
        """Return (emotion, cosine similarity of its prototype to the units), the nearest first; neutral without any."""
        length = math.hypot(*self.units.values())
        if not length:
            return [("neutral", 1.0)]
        found = []
        for name, units in PROTOTYPES.items():
            if units:
                shared = sum(self.units[f"AU{unit}"] for unit in units)
                found.append((name, shared / (length * math.sqrt(len(units)))))
        return sorted(found, key=lambda pair: -pair[1])

    def describe(self):
        active = [
            f"AU{number} {name} {self.units[f'AU{number}']:.2f}"
            for number, name in UNIT_NAMES.items()
            if self.units[f"AU{number}"]
        ]
        if not active:
            return "no action unit is active: the neutral face"
        nearest = ", ".join(f"{name} {similarity:.2f}" for name, similarity in self.nearest()[:2])
        return f"{', '.join(active)}; nearest prototypes (cosine): {nearest}"

    @staticmethod
    def _known(values, names):
        for name in values:
            if name not in names:
                raise DataError(f"expected numbers named {', '.join(names)}, found {name!r}: name one of those.")
        return {name: float(value) for name, value in values.items()}


def parts():
    """Return (name, colour, how opaque) of each mask, in the order in which they are laid over each other."""
    listed = [(name, PART_COLOURS[k % len(PART_COLOURS)], 0.6) for k, name in enumerate(PARTS) if name != "face"]
    return [("face", PART_COLOURS[PARTS.index("face")], 0.2), *listed]


def panel():
    """Return all that the browser must know to lay out the playground, as plain lists and dicts."""
    generator = torch.Generator().manual_seed(0)
    people = identity(PEOPLE, generator)
    ends = {**RANGES, **dict.fromkeys((*CHANCES, "cartoon"), (0.0, 1.0))}
    groups = {heading: [] for heading in GROUPS}
    for name in PERSON:
        low, high = ends[name]
        heading = next(heading for heading, starts in GROUPS.items() if name.startswith(starts))
        step = 1.0 if high - low > 20 else 0.01 if high - low > 0.25 else 0.001
        groups[heading].append({"name": name, "low": low, "high": high, "step": step})
    return {
        "size": SIZE,
        "names": PARAMETERS,
        "start": PlaygroundState().values,
        "units": [{"name": f"AU{number}", "label": name} for number, name in UNIT_NAMES.items()],
        "person": [{"heading": heading, "sliders": sliders} for heading, sliders in groups.items() if sliders],
        "people": [[round(getattr(people, name)[k].item(), 4) for name in PERSON] for k in range(PEOPLE)],
        "fields": PERSON,
        "picture": [
            {"heading": heading, "sliders": [_dial(name) for name in names]}
            for heading, names in (
                ("pose", POSE),
                ("light", LIGHT),
                ("scene", SCENE),
                ("camera", tuple(name for name in PICTURE if name not in POSE + LIGHT + SCENE)),
            )
        ],
        "emotions": [
            {"name": name, "colour": COLOURS[name], "units": [f"AU{unit}" for unit in PROTOTYPES[name]]}
            for name in CLASSES_8
        ],
        "parts": [
            {"name": name, "colour": colour, "opaque": share, "index": PARTS.index(name)}
            for name, colour, share in parts()
        ],
    }


def _dial(name):
    low, high, step = PICTURE[name]
    dial = {"name": name, "low": low, "high": high, "step": step}
    return dial | {"words": KINDS} if name == "occluder" else dial


@functools.cache
def drawn_by():
    """Return what stands above the playground's scripts: the panel, and the generated `drawFace`."""
    return f"const SPEC = {json.dumps(panel())};\n\n{drawing()}\n"


class FacsPlayground(Page):
    """Sliders for action units, person and picture; the face, and the face with its parts in colour.

    `values`: every number under its name.
    """

    TITLE = "FACS playground"
    SCRIPTS = ("playground.js",)
    STYLES = ("playground.css",)

    def __init__(self, state=None, **keywords):
        super().__init__(PlaygroundState() if state is None else state, **keywords)

    @classmethod
    def module(cls):
        return drawn_by() + super().module()

    def stops(self):
        """Every emotion, and every number at both of its ends."""
        ends = {name: (0.0, 1.0) for name in UNITS}
        for group in (*panel()["person"], *panel()["picture"]):
            ends |= {slider["name"]: (slider["low"], slider["high"]) for slider in group["sliders"]}
        steps = [self.values | {name: value} for name, stops in ends.items() for value in stops]
        for name in CLASSES_8:
            posed = PlaygroundState()
            posed.emotion(name)
            steps.append(self.values | posed.units)
        return steps

    def draw(self):
        self.state.render(48)
