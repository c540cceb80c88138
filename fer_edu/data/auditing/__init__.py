"""What is wrong with a copy, before a model hides it.

    report = fe.data.audit({"train": train, "val": val})
    print(report)                                          a line a finding
    report.save("audit.json")                              counts and places, no pictures
    honest = fe.data.exclude(train, "audit.json", use="fit")
    report.contact_sheet({"train": train, "val": val}, "near copies")

One module each: duplicates (exact copies), near and lookalikes (near copies), labels (conflicts, counts), annotators
(votes), people (subjects on two sides), pixels (grey levels), resolution (sizes, enlarged pictures), jpeg.
"""

import numpy as np

from ...errors import DataError
from .annotators import audit_votes
from .duplicates import audit_duplicates, distinct
from .exclusion import REASONS, USES, exclude
from .labels import audit_conflicts, audit_counts
from .lookalikes import audit_lookalikes, similar
from .near import near_pairs
from .people import audit_people
from .pixels import audit_pixels
from .pool import pool
from .report import Audit, Finding
from .resolution import audit_resolution
from .sheet import contact_sheet

__all__ = ["audit", "exclude", "Audit", "Finding", "REASONS", "USES", "near_pairs", "contact_sheet"]

NEAR = (0.9, 1.0)
"""Between these the line for near copies may lie. Of 50 pairs of FER-2013 each, looked at one by one, none from 0.93 up
were different photographs, 6 from 0.90 to 0.92 were, 18 from 0.88 to 0.90 and 45 from 0.84 to 0.86."""


def audit(sets, near=0.97, mirrored=False, progress=False):
    """Look for what is wrong with one set or several, and return the `Audit`.

    sets: a FaceSet, a sequence of them (named by their splits), or a mapping name -> FaceSet, in the order fit, choose,
    score. near: correlation above which two pictures are near copies. mirrored: look for mirror images too.
    progress: show a bar. All pairs of pictures are compared, in blocks; the same sets give the same audit.
    Raises DataError: nothing to audit, an empty set, two sets of one name, a line that makes no sense.
    """
    if not NEAR[0] <= near < NEAR[1]:
        raise DataError(f"expected near from {NEAR[0]} to below {NEAR[1]:g}, found {near!r}: 0.97 is a good line.")
    gathered = pool(sets)
    different = distinct(gathered)
    pixel_findings, reasons = audit_pixels(gathered)
    blank = reasons["blank"]
    pairs = similar(gathered, different, blank, near, False, progress)

    parts = [audit_duplicates(gathered, different), audit_lookalikes(gathered, different, pairs)]
    if mirrored:
        swapped = similar(gathered, different, blank, near, True, progress)
        parts.append(audit_lookalikes(gathered, different, swapped, mirrored=True))
    parts += [
        audit_conflicts(gathered, different, pairs),
        (audit_counts(gathered), {}),
        audit_votes(gathered),
        (audit_people(gathered), {}),
        (pixel_findings, reasons),
        audit_resolution(gathered, blank),
    ]
    findings = tuple(finding for found, _ in parts for finding in found)
    masks = {reason: mask for _, found in parts for reason, mask in found.items()}
    return Audit(
        sets={
            name: {
                "name": faces.name,
                "split": faces.split,
                "pictures": len(faces),
                "fingerprint": faces.fingerprint(),
            }
            for name, faces in zip(gathered.names, gathered.sets, strict=True)
        },
        findings=findings,
        leave_out={name: _listed(masks, gathered.of(number)) for number, name in enumerate(gathered.names)},
        settings={"near": near, "mirrored": mirrored},
    )


def _listed(masks, here):
    """Return reason -> indices, for one set and the reasons in the order of REASONS."""
    indices = {reason: np.flatnonzero(masks[reason][here]).tolist() for reason in REASONS if reason in masks}
    return {reason: tuple(found) for reason, found in indices.items() if found}
