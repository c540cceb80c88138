"""What the annotators' votes say about the labels (FER+ for FER-2013)."""

import numpy as np

from ..votes import NO_MAJORITY
from .report import Finding, share_of


def audit_votes(pool):
    """Return (findings, {reason: bool [N]}) on the sets that have votes."""
    reasons = {reason: np.zeros(len(pool), bool) for reason in ("not a face", "no majority", "contradicted")}
    findings = []
    for number, faces in enumerate(pool.sets):
        if faces.votes is None:
            continue
        votes, here, n = faces.votes, pool.of(number), len(faces)
        majority = votes.majority().numpy()
        decided = majority != NO_MAJORITY
        reasons["not a face"][here] = ~votes.faces().numpy()
        reasons["no majority"][here] = ~decided
        reasons["contradicted"][here] = decided & (np.array(votes.classes)[majority] != pool.labels[here])
        findings += [
            _agreement(pool.names[number], votes),
            _finding(pool, here, reasons, "not a face", n, ("shows", "show", "no face by half of the votes")),
            _finding(pool, here, reasons, "no majority", n, ("has", "have", "no emotion that leads the votes")),
            _finding(pool, here, reasons, "contradicted", int(decided.sum()), ("that", "that", _OTHERWISE)),
        ]
    return findings, reasons


_OTHERWISE = "have a majority bear another label"


def _agreement(name, votes):
    agreement, entropy = float(votes.agreement().mean()), float(votes.entropy().mean())
    title = f"The leading emotion of a picture of {name} has {agreement:.0%} of the votes on average; their entropy is "
    title += f"{entropy:.2f} bits."
    detail = {"mean agreement": round(agreement, 4), "mean entropy in bits": round(entropy, 4)}
    return Finding("votes", (name,), title, len(votes), len(votes), "note", detail=detail)


def _finding(pool, here, reasons, reason, of, words):
    marked = here.start + np.flatnonzero(reasons[reason][here])
    name = pool.names[pool.which[here.start]]
    groups = tuple(pool.places([k]) for k in marked)
    level = "note" if len(marked) else "ok"
    return Finding(reason, (name,), share_of(len(marked), of, name, *words), len(marked), of, level, groups)
