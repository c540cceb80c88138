"""Who a face belongs to: proportions, tones, hair, age and glasses of a person, drawn at random.

Lengths are in the face's own coordinates: x to the right, y down, the upright picture spans [-1, 1] both ways.
Tones are grey levels in 0..1 under a frontal light.
"""

from dataclasses import dataclass, fields

import torch

from ..errors import DataError
from .rows import Rows

RANGES = {
    "head_width": (0.60, 0.69),  # half the width at the temples
    "jaw_width": (0.76, 0.93),  # as a share of the head's width
    "chin_width": (0.27, 0.42),  # half the width of the chin
    "chin_y": (0.80, 0.89),
    "eye_x": (0.265, 0.300),  # half the distance between the pupils
    "eye_y": (-0.12, -0.06),
    "eye_width": (0.138, 0.166),  # half the width of one eye
    "eye_opening": (0.82, 1.20),  # factor on the height of the lids
    "eye_slant": (-0.012, 0.024),  # by how much the outer corner lies above the inner one
    "brow_gap": (0.190, 0.225),  # from the pupil up to the brow
    "brow_thickness": (0.020, 0.044),  # half the thickness at its thickest
    "brow_arch": (0.03, 0.08),
    "brow_asymmetry": (-0.012, 0.012),  # the right brow (x > 0) is lower by this, the left one higher
    "nose_length": (0.31, 0.38),  # from the pupils down to the nostrils
    "nose_width": (0.095, 0.140),  # half the width at the wings
    "nose_height": (0.75, 1.25),  # factor on how far it stands out
    "mouth_gap": (0.205, 0.240),  # from the nostrils down to the line between the lips
    "mouth_width": (0.220, 0.280),  # half the width
    "lip_thickness": (0.75, 1.40),  # factor on the height of both lips
    "skin_tone": (0.24, 0.94),
    "lip_depth": (0.55, 0.76),  # tone of the lips as a share of the skin's
    "iris_tone": (0.06, 0.42),
    "age": (18.0, 80.0),  # years
    "lines": (0.0, 1.0),  # how far a person's creases run ahead of the age, or behind it
    "hair_tone": (0.03, 0.62),  # before it greys
    "hair_volume": (0.03, 0.13),  # how far it stands out from the skull
    "hairline_y": (-0.80, -0.62),
    "hair_part": (-0.45, 0.45),  # x of the parting
    "hair_fringe": (0.0, 1.0),  # above 0.62 it hangs over the forehead
    "hair_length": (-0.55, 1.15),  # y to which the hair behind the head reaches
    "hair_curl": (0.0, 1.0),  # how wavy its outline is
    "shirt_tone": (0.10, 0.85),
    "background": (0.10, 0.85),
    "background_slope": (-0.18, 0.18),  # how much the background brightens per unit of y
    "glasses_size": (0.92, 1.10),
    "glasses_tone": (0.02, 0.40),
}
"""Field of `Identity` -> lowest and highest value; each is drawn uniformly and independently."""

CHANCES = {
    "glasses": (0.20, (1.0, 1.0)),  # worn or not
    "beard": (0.20, (0.45, 1.0)),  # how dense
    "baldness": (0.10, (1.0, 1.0)),  # no hair on top
}
"""Field of `Identity` -> the chance that it is not 0, and then its lowest and highest value."""

ATTRIBUTES = ("skin_tone", "age", "glasses")
"""The fields that name groups of people, for questions of fairness: drawn independently of the expression."""


@dataclass(frozen=True, eq=False)
class Identity(Rows):
    """N people: every field is float32 [N]; `RANGES` and `CHANCES` say what each means and how far it varies."""

    head_width: torch.Tensor
    jaw_width: torch.Tensor
    chin_width: torch.Tensor
    chin_y: torch.Tensor
    eye_x: torch.Tensor
    eye_y: torch.Tensor
    eye_width: torch.Tensor
    eye_opening: torch.Tensor
    eye_slant: torch.Tensor
    brow_gap: torch.Tensor
    brow_thickness: torch.Tensor
    brow_arch: torch.Tensor
    brow_asymmetry: torch.Tensor
    nose_length: torch.Tensor
    nose_width: torch.Tensor
    nose_height: torch.Tensor
    mouth_gap: torch.Tensor
    mouth_width: torch.Tensor
    lip_thickness: torch.Tensor
    skin_tone: torch.Tensor
    lip_depth: torch.Tensor
    iris_tone: torch.Tensor
    age: torch.Tensor
    lines: torch.Tensor
    hair_tone: torch.Tensor
    hair_volume: torch.Tensor
    hairline_y: torch.Tensor
    hair_part: torch.Tensor
    hair_fringe: torch.Tensor
    hair_length: torch.Tensor
    hair_curl: torch.Tensor
    shirt_tone: torch.Tensor
    background: torch.Tensor
    background_slope: torch.Tensor
    glasses_size: torch.Tensor
    glasses_tone: torch.Tensor
    glasses: torch.Tensor
    beard: torch.Tensor
    baldness: torch.Tensor
    cartoon: torch.Tensor  # 0 a person, 1 a stylised character: large eyes, flat tones, ink lines

    def replace(self, **values):
        """Return the same people with other values in some fields: a number for all, or float32 [N].

        Raises DataError where a name is no field.
        """
        names = [f.name for f in fields(self)]
        for name in values:
            if name not in names:
                raise DataError(f"expected fields out of {', '.join(names)}, found {name!r}: name one of those.")
        like = self.head_width
        return super().replace(
            **{
                name: torch.as_tensor(value, dtype=torch.float32, device=like.device).expand_as(like).clone()
                for name, value in values.items()
            },
        )


def identity(n, generator=None):
    """Draw n people.

    n: how many, 0 or more. generator: a CPU `torch.Generator`, or None for torch's global one.
    Returns an `Identity` whose fields are float32 [n]. The first k of n people are the k that `identity(k, ...)`
    draws from a generator in the same state.
    """
    # One row of uniforms a person: torch fills rows in order, so a longer draw begins with the shorter one.
    share = torch.rand(n, len(RANGES) + len(CHANCES), generator=generator).unbind(1)
    drawn = {name: low + (high - low) * share[k] for k, (name, (low, high)) in enumerate(RANGES.items())}
    for k, (name, (chance, (low, high))) in enumerate(CHANCES.items(), len(RANGES)):
        drawn[name] = torch.where(share[k] < chance, low + (high - low) * (share[k] / chance), 0.0)
    return Identity(**drawn, cartoon=torch.zeros(n))


def average(n=1):
    """Return n times the person in the middle of every range: no glasses, no beard, a full head of hair."""
    middle = {name: (low + high) / 2 for name, (low, high) in RANGES.items()}
    return Identity(**{f.name: torch.full((n,), middle.get(f.name, 0.0)) for f in fields(Identity)})
