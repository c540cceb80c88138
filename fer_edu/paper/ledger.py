"""The ledger of claims: every question asked of the paper, answered anew each time."""

from . import (
    claims_data,
    claims_network,
    claims_others,
    claims_places,
    claims_runs,
    claims_scores,
    claims_training,
)
from .claim import VERDICTS
from .document import PAPER

PARTS = (
    claims_data,
    claims_scores,
    claims_places,
    claims_runs,
    claims_training,
    claims_network,
    claims_others,
)

QUESTIONS = tuple(question for part in PARTS for question in part.QUESTIONS)


def ledger(paper=PAPER, topic=None):
    """Return a tuple of `Claim`: each question answered from the data, now.

    paper: the paper as printed, or one with a changed number (`Paper.with_cell`, `with_number`): the verdicts follow.
    topic: "the data", "the scores", "the runs", "the training", "the network" or "the comparison", or None for all.
    """
    return tuple(question(paper) for question in QUESTIONS if topic in (None, question.topic))


def verdict_counts(claims):
    """Return verdict -> how many claims have it, in the order of VERDICTS."""
    return {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in VERDICTS}


def ledger_table(claims=None, numbers=False):
    """Return the ledger as a markdown table: the claim and the paper's words, where, what was computed, verdict, why.

    claims: what `ledger` returned, or None for the whole ledger. numbers: add a column of what came out.
    """
    claims = ledger() if claims is None else claims
    heads = ["claim", "where", "computed", "verdict", "why", *["numbers"] * numbers]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for claim in claims:
        said = f"**{claim.title}.** {claim.says}"
        cells = [said, claim.where, " ".join(claim.computation.split()), f"**{claim.verdict}**", claim.because]
        if numbers:
            cells.append("; ".join(f"{name}: {value}" for name, value in claim.numbers.items()))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)
