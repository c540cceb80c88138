"""Labels: one picture under several, and classes that are not as many as they were published."""

import numpy as np

from ...emotions import CLASSES
from ..about import ABOUT
from ..counts import differences
from ..fer2013 import COUNTS, PARTS, SPLITS
from .lookalikes import linked
from .report import Finding, number_of


def audit_conflicts(pool, different, pairs):
    """Return (findings, {reason: bool [N]}): pictures that stand under several labels, as they are or nearly so.

    pairs: of near copies, as `similar` returns them; where they are None, nothing is said about near copies.
    """
    names, label = np.unique(pool.labels, return_inverse=True)
    given = np.zeros((len(different.first), len(names)), bool)
    given[different.of, label] = True
    several = given.sum(1) > 1
    conflict = several[different.of]
    groups = [group for group in different.members() if several[different.of[group[0]]]]
    exact = Finding(
        kind="conflicting labels",
        sets=pool.names,
        title=f"{number_of(len(groups), 'picture')} {'stands' if len(groups) == 1 else 'stand'} under several labels, "
        f"pixel for pixel the same ({number_of(int(conflict.sum()), 'copy', 'copies')} in all).",
        count=len(groups),
        of=len(different.first),
        level="problem" if len(groups) else "ok",
        groups=tuple(pool.places(group) for group in groups),
        detail={"copies": int(conflict.sum())},
    )
    if pairs is None:
        return [exact], {"conflict": conflict}
    first, second, correlation = pairs
    differ = (given[first] != given[second]).any(1)
    involved = np.zeros(len(different.first), bool)
    involved[first[differ]] = involved[second[differ]] = True
    ends = different.first[first[differ]], different.first[second[differ]]
    groups, lowest, detail = linked(pool, *ends, correlation[differ])
    count = int(involved.sum())
    near = Finding(
        kind="near conflicting labels",
        sets=pool.names,
        title=f"{number_of(count, 'picture has', 'pictures have')} a near copy that is labelled differently "
        f"({len(ends[0]):,} of {number_of(len(differ), 'pair')}).",
        count=count,
        of=len(different.first),
        level="note" if count else "ok",
        groups=groups,
        values=lowest,
        detail=detail,
    )
    return [exact, near], {"conflict": conflict, "near conflict": involved[different.of]}


def audit_counts(pool):
    """Return a finding for each set on how many pictures each class has, and how many it ought to have."""
    return [_counted(name, faces) for name, faces in zip(pool.names, pool.sets, strict=True)]


def _counted(name, faces):
    counts, expected = faces.counts(), published(faces)
    most, least = max(counts, key=counts.get), min(counts, key=counts.get)
    spread = f"from {counts[least]:,} {least} to {counts[most]:,} {most}"
    detail = {"counts": counts, "published": expected}
    if expected is None:
        off = [known for known, count in counts.items() if not count]
        title = f"{name} has {spread}; there are no published counts to compare with."
    else:
        classes = list({**counts, **expected})
        numbers = [[known.get(emotion, 0) for emotion in classes] for known in (counts, expected)]
        off = [emotion for emotion, is_, was in zip(classes, *numbers, strict=True) if is_ != was]
        title = "".join(differences(name, classes, *numbers)) or f"{name} has the published counts, {spread}."
    level = "note" if off else "ok"
    return Finding("class counts", (name,), title, len(off), len(counts), level, detail=detail)


def published(faces):
    """Return class -> pictures as published, of the set and split that a FaceSet says it is, or None."""
    if faces.name == "fer2013" and faces.split in SPLITS:
        counts = np.sum([COUNTS[PARTS[part]] for part in SPLITS[faces.split]], axis=0)
        return dict(zip(CLASSES, counts.tolist(), strict=True))
    known = ABOUT.get(faces.name)
    whole = faces.split in ("", "all") and known is not None and known.unit == "pictures"
    return known.counts if whole else None  # of CK+ sequences are counted, of which one picture or several are taken
