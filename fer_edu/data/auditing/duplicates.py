"""Pictures that are the same to the last pixel, within a set and across sets."""

import hashlib
from dataclasses import dataclass

import numpy as np

from .report import Finding, number_of, share_of


@dataclass(frozen=True, eq=False)
class Distinct:
    """The different pictures of a pool, in the order in which each comes first.

    of: int64 [N], which of the D different pictures each one is. first: int64 [D], where each comes first in the pool.
    present: int64 [D, S], how often each set has it.
    """

    of: np.ndarray
    first: np.ndarray
    present: np.ndarray

    def members(self):
        """Return the pictures of each different one that comes more than once, as arrays in ascending order."""
        order = np.argsort(self.of, kind="stable")
        starts = np.flatnonzero(np.diff(self.of[order], prepend=-1))
        return [group for group in np.split(order, starts[1:]) if len(group) > 1]


def distinct(pool):
    """Return the `Distinct` of a `Pool`: by a hash of the content, 16 bytes each."""
    seen, of, first = {}, np.zeros(len(pool), np.int64), []
    for k, row in enumerate(pool.pixels):
        content = hashlib.blake2b(row, digest_size=16).digest()
        of[k] = seen.setdefault(content, len(seen))
        if of[k] == len(first):
            first.append(k)
    present = np.zeros((len(first), len(pool.sets)), np.int64)
    np.add.at(present, (of, pool.which), 1)
    return Distinct(of, np.array(first), present)


def audit_duplicates(pool, different):
    """Return (findings, {reason: bool [N]})."""
    groups = different.members()
    findings = [_within(pool, different, groups, number) for number in range(len(pool.sets))]
    findings += [_across(pool, different, groups, a, b) for b in range(len(pool.sets)) for a in range(b)]
    return findings, _reasons(pool, different)


def _within(pool, different, groups, number):
    name, total = pool.names[number], len(pool.sets[number])
    copies = int((different.present[:, number] - 1).clip(min=0).sum())
    here = [group[pool.which[group] == number] for group in groups]
    title = f"{name} has {number_of(total - copies, 'different picture')} in {total:,}"
    if copies:
        title += f": {number_of(copies, 'exact copy', 'exact copies')} of another in it"
    return Finding(
        kind="copies",
        sets=(name,),
        title=title + ".",
        count=copies,
        of=total,
        level="note" if copies else "ok",
        groups=tuple(pool.places(group) for group in here if len(group) > 1),
        detail={"different": total - copies},
    )


def _across(pool, different, groups, earlier, later):
    names = pool.names[earlier], pool.names[later]
    total = len(pool.sets[later])
    shared = (different.present[:, earlier] > 0) & (different.present[:, later] > 0)
    count = int(different.present[shared, later].sum())
    shown = [group[np.isin(pool.which[group], (earlier, later))] for group in groups if shared[different.of[group[0]]]]
    return Finding(
        kind="copies across sets",
        sets=names,
        title=share_of(count, total, names[1], "also stands", "also stand", f"in {names[0]}, pixel for pixel"),
        count=count,
        of=total,
        level="problem" if count else "ok",
        groups=tuple(pool.places(group) for group in shown),
        detail={f"pictures of {names[0]}": int(different.present[shared, earlier].sum()), "different": len(shown)},
    )


def _reasons(pool, different):
    copy = np.ones(len(pool), bool)
    for number in range(len(pool.sets)):
        here = pool.of(number)
        _, first = np.unique(different.of[here], return_index=True)
        copy[here.start + first] = False
    elsewhere = {"in a later set": copy & False, "in an earlier set": copy & False}
    for number in range(len(pool.sets)):
        here = pool.of(number)
        of = different.of[here]
        elsewhere["in a later set"][here] = different.present[of, number + 1 :].any(1)
        elsewhere["in an earlier set"][here] = different.present[of, :number].any(1)
    return {"copy": copy, **elsewhere}
