"""How difficult a set of faces is: every dial with its range, and the presets that name them."""

from dataclasses import dataclass, fields, replace

from ..errors import DataError
from .nuisances.occluders import KINDS


@dataclass(frozen=True)
class Difficulty:
    """The dials of a set; pairs are (lowest, highest) of a uniform draw.

    The expression. intensity: of a whole expression, 0..1; spread: by how much each unit may fall below it, as a share
    of it, above 0. drop: probability that a unit of the prototype is missing. add: probability that a unit outside the
    prototype appears; companion: the same for the units that often come along with it (`emotions.COMPANIONS`); added:
    their intensity. label_noise: probability that the label is another class's.

    The pose. rotation: degrees, clockwise in the picture. scale: size of the face, 1 fills the frame. shift: of the
    face, in x and y each, normalised coordinates (2 is the frame's width). shear: of the face, x for one unit of y.

    The scene. light: how far the lamp stands off the axis of the face, 0 frontal, below 1; its direction is any.
    lamp: its share of all light. occlusion: probability that something hides part of the face; occluders: what, out of
    hand, sunglasses, mask, hair, patch. clutter: how strongly the background is structured, 0..1. cartoon: 0 people,
    1 stylised characters.

    The camera. contrast: factor on the distance from mid grey. brightness: added afterwards. blur: standard deviation
    of the Gaussian, in pixels of 48. low_resolution: probability that the picture was enlarged from a smaller one;
    resolutions: that one's side in pixels. noise: standard deviation of each pixel's noise, grey levels in 0..1.
    """

    intensity: tuple = (0.6, 1.0)
    spread: float = 0.2
    drop: float = 0.0
    add: float = 0.0
    companion: float = 0.0
    added: tuple = (0.1, 0.4)
    label_noise: float = 0.0

    rotation: tuple = (0.0, 0.0)
    scale: tuple = (1.0, 1.0)
    shift: tuple = (0.0, 0.0)
    shear: tuple = (0.0, 0.0)

    light: tuple = (0.0, 0.5)
    lamp: tuple = (0.62, 0.62)
    occlusion: float = 0.0
    occluders: tuple = KINDS[1:]
    clutter: tuple = (0.0, 0.0)
    cartoon: float = 0.0

    contrast: tuple = (1.0, 1.0)
    brightness: tuple = (0.0, 0.0)
    blur: tuple = (0.0, 0.0)
    low_resolution: float = 0.0
    resolutions: tuple = (24,)
    noise: tuple = (0.0, 0.0)

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("occluders", "resolutions"):
                continue
            if isinstance(field.default, tuple):
                if not (isinstance(value, tuple | list) and len(value) == 2 and value[0] <= value[1]):
                    raise DataError(
                        f"expected {field.name} as (lowest, highest), found {value!r}: give two numbers in this order."
                    )
            elif not (isinstance(value, int | float) and 0 <= value <= 1):
                raise DataError(f"expected {field.name} in 0..1, found {value!r}: give a share.")
        if not self.spread > 0:
            raise DataError(f"expected a spread above 0, found {self.spread}: people never show all units alike.")


PRESETS = {
    # Nearly upright passport pictures of textbook expressions.
    "easy": Difficulty(
        rotation=(-8.0, 8.0),
        scale=(0.95, 1.08),
        shift=(-0.04, 0.04),
        noise=(0.0, 0.01),
    ),
    # Faces as a camera in a room finds them; expressions as people make them, which overlap a little.
    "classroom": Difficulty(
        intensity=(0.52, 1.0),
        spread=0.30,
        drop=0.07,
        add=0.03,
        companion=0.12,
        added=(0.1, 0.50),
        rotation=(-25.0, 25.0),
        scale=(0.85, 1.20),
        shift=(-0.12, 0.12),
        light=(0.0, 0.65),
        contrast=(0.80, 1.15),
        brightness=(-0.08, 0.08),
        noise=(0.0, 0.025),
    ),
    # Faces as a search engine finds them: weak, mixed expressions, hidden, blurred, small, labelled by strangers.
    "wild": Difficulty(
        intensity=(0.45, 1.0),
        spread=0.40,
        drop=0.14,
        add=0.05,
        companion=0.30,
        added=(0.1, 0.75),
        label_noise=0.12,
        rotation=(-25.0, 25.0),
        scale=(0.82, 1.25),
        shift=(-0.13, 0.13),
        shear=(-0.15, 0.15),
        light=(0.0, 0.75),
        lamp=(0.50, 0.80),
        occlusion=0.20,
        clutter=(0.0, 1.0),
        contrast=(0.70, 1.20),
        brightness=(-0.12, 0.12),
        blur=(0.0, 0.7),
        low_resolution=0.15,
        noise=(0.0, 0.035),
    ),
}
# Stylised characters, a second domain: the same expressions, poses, lamps and cameras as in the classroom.
PRESETS["cartoon"] = replace(PRESETS["classroom"], cartoon=1.0)
"""Name -> `Difficulty`."""


def preset(name):
    """Return the `Difficulty` of that name (a `Difficulty` comes back as it is); DataError where there is none."""
    if isinstance(name, Difficulty):
        return name
    if name not in PRESETS:
        raise DataError(f"expected a difficulty out of {', '.join(PRESETS)}, found {name!r}: name one of those.")
    return PRESETS[name]
