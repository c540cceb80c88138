"""How difficult a set of faces is: every dial with its range, and the presets that name them."""

from dataclasses import dataclass

from ..errors import DataError


@dataclass(frozen=True)
class Difficulty:
    """The dials of a set; pairs are (lowest, highest) of a uniform draw.

    rotation: degrees, clockwise in the picture. scale: size of the face, 1 fills the frame. shift: of the face, in
    x and y each, normalised coordinates (2 is the frame's width). light: how far the light stands off the axis of the
    face, 0 frontal, below 1; its direction is any. contrast: factor on the distance from mid grey. brightness: added
    afterwards. noise: standard deviation of each pixel's Gaussian noise, grey levels in 0..1.
    intensity: of a whole expression, 0..1; spread: by how much each unit may fall below it, as a share of it.
    drop: probability that a unit of the prototype is missing. add: probability that a unit outside the prototype
    appears; added: its intensity.
    """

    rotation: tuple = (0.0, 0.0)
    scale: tuple = (1.0, 1.0)
    shift: tuple = (0.0, 0.0)
    light: tuple = (0.0, 0.5)
    contrast: tuple = (1.0, 1.0)
    brightness: tuple = (0.0, 0.0)
    noise: tuple = (0.0, 0.0)
    intensity: tuple = (0.6, 1.0)
    spread: float = 0.2
    drop: float = 0.0
    add: float = 0.0
    added: tuple = (0.1, 0.4)


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
        rotation=(-25.0, 25.0),
        scale=(0.85, 1.20),
        shift=(-0.12, 0.12),
        light=(0.0, 0.65),
        contrast=(0.80, 1.15),
        brightness=(-0.08, 0.08),
        noise=(0.0, 0.025),
        intensity=(0.52, 1.0),
        spread=0.30,
        drop=0.07,
        add=0.04,
        added=(0.1, 0.45),
    ),
}
"""Name -> `Difficulty`."""


def preset(name):
    """Return the `Difficulty` of that name (a `Difficulty` comes back as it is); DataError where there is none."""
    if isinstance(name, Difficulty):
        return name
    if name not in PRESETS:
        raise DataError(f"expected a difficulty out of {', '.join(PRESETS)}, found {name!r}: name one of those.")
    return PRESETS[name]
