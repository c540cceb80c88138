"""Which picture of a set an explorer shows, and what is known of it besides its label, in a few words."""

from ..errors import DataError
from ..faces.nuisances.occluders import KINDS
from ..geometry import decompose_theta
from .labelling import SHOWN


def checked_face(faces, index):
    """Return the index of a face of a set; DataError where it has no such face."""
    if not 0 <= index < len(faces):
        raise DataError(f"expected a face in 0..{len(faces) - 1}, found {index}: name another.")
    return index


def known(faces, indices):
    """Return a list of short texts for each of the pictures `indices`, int64 [n], of a FaceSet.

    Drawn faces: the class it was drawn for, where the label is wrong on purpose; the strongest action unit; how far the
    face is turned, and what hides part of it. Faces with votes: the two emotions with the most. Others: nothing.
    """
    some = faces[indices]
    truth, votes = some.truth, some.votes
    if truth is None:
        return [[]] * len(some) if votes is None else [[_most(row, votes.classes)] for row in votes.emotions.tolist()]
    rows = zip(
        some.labels.tolist(),
        truth.clean_labels.tolist(),
        *(column.tolist() for column in truth.action_units.max(1)),
        decompose_theta(truth.theta).rotation.abs().tolist(),
        [0] * len(some) if truth.scene is None else truth.scene.occluder.kind.tolist(),
        strict=True,
    )
    return [
        [f"drawn as {some.classes[clean]}"] * (clean != label)
        + [f"mostly {truth.action_unit_names[unit]} ({strength:.2f})" if strength > SHOWN else "no action unit"]
        + [f"turned {turn:.0f}°" + (f", {KINDS[kind]}" if kind else "")]
        for label, clean, strength, unit, turn, kind in rows
    ]


def _most(counts, names):
    """Return the two names with the most votes, and how many these are."""
    most = sorted(zip(counts, names, strict=True), key=lambda pair: -pair[0])[:2]
    return "votes: " + ", ".join(f"{name} {count}" for count, name in most if count)
