"""Leaving out what an audit found: other pictures for fitting than for scoring."""

from dataclasses import replace
from os import PathLike

import torch

from ...errors import DataError
from .report import Audit

REASONS = {
    "blank": "it shows nothing",
    "copy": "it is the same as an earlier picture of its set",
    "near copy": "it is nearly the same as an earlier picture of its set that stays",
    "mirrored copy": "it is the mirror image of an earlier picture of its set that stays",
    "in a later set": "a later set has it: a network that was fitted on it would know the answer",
    "near in a later set": "a later set has nearly the same",
    "mirrored in a later set": "a later set has its mirror image",
    "in an earlier set": "an earlier set has it: the network may have been fitted on it",
    "near in an earlier set": "an earlier set has nearly the same",
    "mirrored in an earlier set": "an earlier set has its mirror image",
    "conflict": "it stands under several labels, pixel for pixel the same",
    "near conflict": "a near copy has another label",
    "not a face": "half of the annotators or more say that it shows no face",
    "no majority": "no emotion leads the annotators' votes",
    "contradicted": "the annotators' majority names another emotion",
    "faint": "its grey levels hardly differ",
    "clipped": "half its pixels or more are black or white",
    "few grey levels": "it was reduced to a few grey levels",
    "soft": "it lacks fine detail",
    "recompressed": "it was saved as JPEG at 48 x 48 pixels",
}
"""Reason -> why a picture of that kind could be left out."""

ALWAYS = ("blank", "copy", "near copy", "mirrored copy", "conflict")
USES = {
    "fit": (*ALWAYS, "in a later set", "near in a later set", "mirrored in a later set"),
    "score": (*ALWAYS, "in an earlier set", "near in an earlier set", "mirrored in an earlier set"),
}
"""Use of a set -> the reasons that leave a picture out of it unless others are named.

A set in the middle, val, has both lists: choosing on it is scoring; who adds it to the pictures to fit on takes "fit".
"""


def exclude(faces, audit, use="fit", kinds=None):
    """Return the FaceSet without the pictures that the audit says to leave out.

    faces: one of the sets that were audited, unchanged. audit: an `Audit`, or the path of its JSON.
    use: "fit" or "score", see `USES`. kinds: reasons out of `REASONS` in place of those of the use.
    `notes` says how many went, and why. Raises DataError: an unknown use or reason, a damaged file, another set.
    """
    if use not in USES:
        raise DataError(f"expected the use fit or score, found {use!r}: say what the pictures are for.")
    reasons = USES[use] if kinds is None else tuple(kinds)
    unknown = [reason for reason in reasons if reason not in REASONS]
    if unknown or isinstance(kinds, str):
        raise DataError(
            f"expected reasons out of {', '.join(REASONS)}, found {kinds if isinstance(kinds, str) else unknown[0]!r}: "
            "give a list of those."
        )
    if isinstance(audit, (str, PathLike)):
        audit = Audit.read(audit)
    name = _audited(faces, audit)
    listed = {reason: audit.leave_out[name].get(reason, ()) for reason in reasons}
    gone = sorted(set().union(*listed.values()))
    keep = torch.ones(len(faces), dtype=torch.bool)
    keep[gone] = False
    if not keep.any():
        raise DataError(
            f"expected pictures to be left of {name}, found that all {len(faces):,} would go: name fewer reasons."
        )
    why = ", ".join(f"{reason} {len(indices):,}" for reason, indices in listed.items() if indices)
    note = f"{len(gone):,} of {len(faces):,} pictures are left out after an audit" + (f" ({why})." if why else ".")
    return replace(faces[keep], notes=(*faces.notes, note))


def _audited(faces, audit):
    """Return under which name these very pictures were audited."""
    fingerprint = faces.fingerprint()
    for name, about in audit.sets.items():
        if about["fingerprint"] == fingerprint:
            return name
    known = ", ".join(f"{name} {about['pictures']:,} pictures" for name, about in audit.sets.items())
    raise DataError(
        f"expected one of the sets that were audited ({known}), found {len(faces):,} pictures of {faces.name} "
        f"{faces.split}".rstrip()
        + ", which are none of them: audit this copy first."
    )
