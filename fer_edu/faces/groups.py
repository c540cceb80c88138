"""Groups of people, and a shortcut: an attribute that goes with an emotion, though it has nothing to do with it."""

from dataclasses import dataclass

import torch

from ..errors import DataError
from .identity import ATTRIBUTES, CHANCES, RANGES


@dataclass(frozen=True)
class Shortcut:
    """A correlation planted into a set: `attribute` goes with `emotion`.

    attribute: one of `ATTRIBUTES`. emotion: the class whose faces get it (glasses on, the older half of the ages, the
    brighter half of the skin tones); the faces of all other classes get the opposite. strength: the share of faces to
    which this is done, 0..1; the attribute of the others is left as it was drawn, independent of the class.
    """

    attribute: str
    emotion: str
    strength: float

    def __post_init__(self):
        if self.attribute not in ATTRIBUTES:
            raise DataError(
                f"expected an attribute out of {', '.join(ATTRIBUTES)}, found {self.attribute!r}: name one of those."
            )
        if not 0 <= self.strength <= 1:
            raise DataError(
                f"expected a strength in 0..1, found {self.strength}: 0 plants nothing, 1 gives it to all faces."
            )

    @classmethod
    def parse(cls, text):
        """Return the shortcut that text such as "glasses-angry-0.9" names; DataError where it names none."""
        parts = str(text).split("-")
        try:
            attribute, emotion, strength = parts[0], parts[1], float(parts[2])
        except (IndexError, ValueError):
            raise DataError(
                f"expected a shortcut as attribute-emotion-strength, found {text!r}: write for instance "
                "glasses-angry-0.9."
            ) from None
        return cls(attribute, emotion, strength)


def plant(shortcut, people, labels, classes, generator):
    """Return the same people with the shortcut's attribute changed where it says so.

    people: an `Identity` of n. labels: int64 [n], into `classes`. Raises DataError where the emotion is no class.
    """
    if shortcut.emotion not in classes:
        raise DataError(
            f"expected the shortcut's emotion out of {', '.join(classes)}, found {shortcut.emotion!r}: name one of "
            "those."
        )
    share = torch.rand(len(labels), 2, generator=generator)
    has = labels == classes.index(shortcut.emotion)
    if shortcut.attribute in CHANCES:
        wanted = has.float()
    else:
        low, high = RANGES[shortcut.attribute]
        wanted = low + (high - low) * 0.5 * (share[:, 1] + has.float())
    changed = share[:, 0] < shortcut.strength
    return people.replace(**{shortcut.attribute: torch.where(changed, wanted, getattr(people, shortcut.attribute))})
