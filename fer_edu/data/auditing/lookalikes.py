"""Pictures that are nearly the same, or mirror images of one another, within a set and across sets.

A near copy is a picture that correlates above a line with another and is not it: the same photograph in other
brightness, saved again, with another watermark, cut out half a pixel off.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from . import near as search
from .report import Finding, share_of


def similar(pool, different, empty, near, mirrored, progress):
    """Return (first, second, correlation) of similar pictures, numbered as in `Distinct`; int64, int64, float64 [P].

    empty: bool [N], pictures without content, which resemble nothing. Returns None where there are too many to list.
    """
    looked_at = np.flatnonzero(~empty[different.first])
    pairs = search.near_pairs(pool.pixels[different.first[looked_at]], near, mirrored, progress)
    if pairs is None:
        return None
    first, second, correlation = pairs
    return looked_at[first], looked_at[second], correlation


def audit_lookalikes(pool, different, pairs, mirrored=False):
    """Return (findings, {reason: bool [N]}) of the pairs that `similar` found."""
    word = "mirrored" if mirrored else "near"
    if pairs is None:
        return [_too_many(pool, word)], {}
    sets = range(len(pool.sets))
    rank = _first_in_each_set(pool, different)
    reasons = {reason: np.zeros(len(pool), bool) for reason in _REASONS[word]}
    within, later, earlier = reasons.values()
    findings = []
    for number in sets:
        dropped = _all_but_the_first(rank[:, number], *pairs[:2])
        here = pool.of(number)
        within[here] = dropped[different.of[here]]
        findings.append(_within(pool, rank, pairs, number, dropped, word))
    for b in sets:
        for a in range(b):
            near_b, near_a = _with_a_partner(different.present, pairs, a, b)
            later[pool.of(a)] |= near_b[different.of[pool.of(a)]]
            earlier[pool.of(b)] |= near_a[different.of[pool.of(b)]]
            findings.append(_across(pool, different, rank, pairs, a, b, near_a, word))
    return findings, reasons


_REASONS = {
    "near": ("near copy", "near in a later set", "near in an earlier set"),
    "mirrored": ("mirrored copy", "mirrored in a later set", "mirrored in an earlier set"),
}
_VERBS = {"near": ("nearly repeats", "nearly repeat"), "mirrored": ("mirrors", "mirror")}


def _too_many(pool, word):
    return Finding(
        kind=f"{word} copies",
        sets=pool.names,
        title=f"More than {search.MOST:,} pairs are {word} copies, as the frames of films are: they are not listed. A "
        "line nearer to 1 may list some.",
        count=search.MOST,
        of=len(pool) * (len(pool) - 1) // 2,
        level="note",
    )


def _first_in_each_set(pool, different):
    """Return int64 [D, S]: where each different picture comes first in each set, by its number in the pool, or -1."""
    rank = np.full(different.present.shape, -1)
    backwards = np.arange(len(pool))[::-1]
    rank[different.of[backwards], pool.which[backwards]] = backwards  # the last one written is the first
    return rank


def _all_but_the_first(rank, first, second):
    """Return bool [D]: the pictures of one set that resemble one that comes before them and is itself kept.

    So no two that are kept resemble each other, and whatever goes resembles one that stays. Whole chains (a resembles
    b, b resembles c, but a not c) would drop more than that.
    """
    both = (rank[first] >= 0) & (rank[second] >= 0)
    first, second = first[both], second[both]
    ones = np.ones(2 * len(first), bool)
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    graph = coo_array((ones, (rows, columns)), shape=(len(rank), len(rank))).tocsr()
    dropped = np.zeros(len(rank), bool)
    nodes = np.unique(rows)
    for node in nodes[np.argsort(rank[nodes])]:
        if not dropped[node]:
            neighbours = graph.indices[graph.indptr[node] : graph.indptr[node + 1]]
            dropped[neighbours[rank[neighbours] > rank[node]]] = True
    return dropped


def _with_a_partner(present, pairs, a, b):
    """Return two bool [D]: what resembles a picture of set b, and what resembles one of set a."""
    marks = np.zeros((2, len(present)), bool)
    for one, other in (pairs[:2], pairs[1::-1]):
        marks[0][one[present[other, b] > 0]] = True
        marks[1][one[present[other, a] > 0]] = True
    return marks


def _within(pool, rank, pairs, number, dropped, word):
    name, total = pool.names[number], len(pool.sets[number])
    ranks = rank[:, number]
    count = int((dropped & (ranks >= 0)).sum())
    first, second = ranks[pairs[0]], ranks[pairs[1]]
    both = (first >= 0) & (second >= 0)
    groups, lowest, detail = linked(pool, first[both], second[both], pairs[2][both])
    return Finding(
        kind=f"{word} copies",
        sets=(name,),
        title=share_of(count, total, name, *_VERBS[word], "an earlier one in it"),
        count=count,
        of=total,
        level="note" if count else "ok",
        groups=groups,
        values=lowest,
        detail=detail,
    )


def _across(pool, different, rank, pairs, a, b, near_a, word):
    names = pool.names[a], pool.names[b]
    total = len(pool.sets[b])
    new = near_a if word == "mirrored" else near_a & (different.present[:, a] == 0)  # exact copies have been counted
    count = int(different.present[new, b].sum())
    ends = [(rank[one, a], rank[other, b]) for one, other in (pairs[:2], pairs[1::-1])]
    first, second = (np.concatenate(side) for side in zip(*ends, strict=True))
    both = (first >= 0) & (second >= 0)
    groups, lowest, detail = linked(pool, first[both], second[both], np.tile(pairs[2], 2)[both])
    no_exact = "no exact, but " if word == "near" else ""
    return Finding(
        kind=f"{word} copies across sets",
        sets=names,
        title=share_of(count, total, names[1], "has", "have", f"{no_exact}a {word} copy in {names[0]}"),
        count=count,
        of=total,
        level="problem" if count else "ok",
        groups=groups,
        values=lowest,
        detail=detail,
    )


def linked(pool, first, second, correlation):
    """Return (groups of places, the lowest correlation of two linked pictures in each, detail).

    first, second: pictures, numbered as in the pool; whatever a chain of pairs connects is one group.
    """
    detail = {"pairs": len(first), "value": "the lowest correlation of two linked pictures of the group"}
    if not len(first):
        return (), (), detail
    nodes, at = np.unique(np.concatenate([first, second]), return_inverse=True)
    one, other = at[: len(first)], at[len(first) :]
    links = coo_array((np.ones(len(one), bool), (one, other)), shape=(len(nodes), len(nodes)))
    count, label = connected_components(links, directed=False)
    lowest = np.full(count, np.inf)
    np.minimum.at(lowest, label[one], correlation)
    order = np.argsort(label, kind="stable")
    groups = np.split(nodes[order], np.flatnonzero(np.diff(label[order])) + 1)
    return tuple(pool.places(group) for group in groups), tuple(round(float(low), 4) for low in lowest), detail
