"""Does somebody stand in two sets? Then a score on the second is about people whom the network has seen."""

import numpy as np

from .report import Finding, number_of, share_of

LISTED = 20  # names in a finding


def audit_people(pool):
    """Return a finding for each two sets on the subjects that both have.

    Subjects are compared by name. Sets whose subjects have numbers and no names are not compared: the same number in
    two sets need not be the same person.
    """
    findings = []
    for b in range(len(pool.sets)):
        for a in range(b):
            names, sets = (pool.names[a], pool.names[b]), (pool.sets[a], pool.sets[b])
            unknown = [name for name, faces in zip(names, sets, strict=True) if faces.groups is None]
            nameless = [name for name, faces in zip(names, sets, strict=True) if not faces.group_names]
            if unknown or nameless:
                findings.append(_untold(names, unknown, nameless, len(sets[1])))
            else:
                findings.append(_shared(names, *sets))
    return findings


def subjects(faces):
    """Return the subject of each picture by name, an array of str [N]."""
    return np.array(faces.group_names)[faces.groups.cpu().numpy()]


def _shared(names, earlier, later):
    there, here = np.unique(subjects(earlier)), subjects(later)
    shared = np.intersect1d(there, here)
    count = int(np.isin(here, shared).sum())
    rest = f"somebody who stands in {names[0]} too; {number_of(len(shared), 'subject')} in all"
    return Finding(
        kind="subjects across sets",
        sets=names,
        title=share_of(count, len(later), names[1], "shows", "show", rest if count else f"anybody from {names[0]}"),
        count=count,
        of=len(later),
        level="problem" if count else "ok",
        detail={"subjects": len(shared), "names": shared[:LISTED].tolist()},
    )


def _untold(names, unknown, nameless, of):
    if unknown:
        why = f"{' and '.join(unknown)} {'does' if len(unknown) == 1 else 'do'} not say who is in a picture"
    else:
        why = f"the subjects of {' and '.join(nameless)} have numbers, but no names"
    title = f"Whether {names[0]} and {names[1]} share subjects is not known: {why}."
    return Finding("subjects across sets", names, title, 0, of, "note", detail={"told": False})
