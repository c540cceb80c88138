"""Who a face belongs to: proportions, tones and hair of a person, drawn at random.

Lengths are in the face's own coordinates: x to the right, y down, the upright picture spans [-1, 1] both ways.
Tones are grey levels in 0..1 under a frontal light.
"""

from dataclasses import dataclass, fields

import torch

RANGES = {
    "head_width": (0.62, 0.72),  # half the width at the temples
    "jaw_width": (0.78, 0.92),  # as a share of the head's width
    "chin_y": (0.80, 0.90),
    "eye_x": (0.270, 0.305),  # half the distance between the pupils
    "eye_y": (-0.12, -0.06),
    "eye_width": (0.140, 0.168),  # half the width of one eye
    "eye_opening": (0.85, 1.20),  # factor on the height of the lids
    "eye_slant": (-0.015, 0.020),  # by how much the outer corner lies above the inner one
    "brow_gap": (0.190, 0.225),  # from the pupil up to the brow
    "brow_thickness": (0.026, 0.046),  # half the thickness at the inner end
    "brow_arch": (0.03, 0.08),
    "brow_asymmetry": (-0.012, 0.012),  # the right brow (x > 0) is lower by this, the left one higher
    "nose_length": (0.31, 0.37),  # from the pupils down to the nostrils
    "nose_width": (0.095, 0.135),  # half the width at the wings
    "mouth_gap": (0.210, 0.245),  # from the nostrils down to the line between the lips
    "mouth_width": (0.235, 0.290),  # half the width
    "lip_thickness": (0.80, 1.35),  # factor on the height of both lips
    "skin_tone": (0.36, 0.92),
    "lip_depth": (0.48, 0.66),  # tone of the lips as a share of the skin's
    "hair_tone": (0.04, 0.60),
    "hairline_y": (-0.80, -0.56),
    "hairline_tilt": (-0.15, 0.15),  # a parting to one side
    "hair_length": (-0.40, 1.10),  # y to which the hair behind the head reaches
    "hair_locks": (0.0, 1.0),  # how far the fringe falls into locks, and where they part
    "iris_tone": (0.10, 0.35),
    "lines": (0.05, 0.40),  # how deep creases are in a face at rest
    "shirt_tone": (0.10, 0.85),
    "background": (0.10, 0.85),
    "background_slope": (-0.18, 0.18),  # how much the background brightens per unit of y
}
"""Field of `Identity` -> lowest and highest value; each is drawn uniformly and independently."""


@dataclass(frozen=True, eq=False)
class Identity:
    """N people: every field is float32 [N]; `RANGES` says what each means and how far it varies."""

    head_width: torch.Tensor
    jaw_width: torch.Tensor
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
    mouth_gap: torch.Tensor
    mouth_width: torch.Tensor
    lip_thickness: torch.Tensor
    skin_tone: torch.Tensor
    lip_depth: torch.Tensor
    hair_tone: torch.Tensor
    hairline_y: torch.Tensor
    hairline_tilt: torch.Tensor
    hair_length: torch.Tensor
    hair_locks: torch.Tensor
    iris_tone: torch.Tensor
    lines: torch.Tensor
    shirt_tone: torch.Tensor
    background: torch.Tensor
    background_slope: torch.Tensor

    def __len__(self):
        return len(self.head_width)

    def __getitem__(self, index):
        """Return the people that `index` (integer, slice, integer or bool tensor) picks."""
        if isinstance(index, int):
            index = [index]
        return Identity(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def identity(n, generator=None):
    """Draw n people.

    n: how many, 0 or more. generator: a CPU `torch.Generator`, or None for torch's global one.
    Returns an `Identity` whose fields are float32 [n]. The first k of n people are the k that `identity(k, ...)`
    draws from a generator in the same state.
    """
    # One row of uniforms a person: torch fills rows in order, so a longer draw begins with the shorter one.
    share = torch.rand(n, len(RANGES), generator=generator)
    return Identity(**{name: low + (high - low) * share[:, k] for k, (name, (low, high)) in enumerate(RANGES.items())})
