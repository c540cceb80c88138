"""How much of an accuracy is memory: pictures of the test set that the network has seen while it was fitted."""

from dataclasses import dataclass

import torch

from . import inputs
from .intervals import Share


@dataclass(frozen=True)
class Leakage:
    """all, without, copies: `Share` of pictures named right: of all, of those not marked, and of the marked ones.

    expected: what `copies` would be, 0..1, were the marked pictures named right as often as the others of their class;
    None where no labels were given, or a marked picture's class has no others.
    """

    all: Share
    without: Share
    copies: Share
    expected: float | None = None

    @property
    def gain(self):
        """The accuracy on all less that on the pictures that are not marked: what the copies add."""
        return self.all.value - self.without.value

    def __str__(self):
        return f"all {self.all}; without copies {self.without}; copies {self.copies}; the copies add {self.gain:+.2%}"


def leakage(right, copies, labels=None):
    """Score a test set with and without the pictures that also stand among those the network was fitted on.

    right: bool [N], named right or not. copies: bool [N], the marked pictures. labels: int64 [N], or None; with them
    one sees whether the copies score higher only because their classes are easier. Returns `Leakage`. A mark says that
    a copy is there, not that the copy bears the same label. Raises DataError.
    """
    right = torch.from_numpy(inputs.flags("right", right))
    copies = torch.from_numpy(inputs.flags("copies", copies, len(right)))
    counted = (_share(right), _share(right[~copies]), _share(right[copies]))
    if labels is None or not copies.any():
        return Leakage(*counted)
    labels = inputs.indices("labels", labels, len(right))
    others = torch.bincount(labels[~copies], minlength=int(labels.max()) + 1)
    hits = torch.bincount(labels[~copies & right], minlength=len(others))
    marked = labels[copies]
    known = bool((others[marked] > 0).all())
    return Leakage(*counted, (hits[marked] / others[marked]).double().mean().item() if known else None)


def _share(right):
    return Share(int(right.sum()), len(right))
