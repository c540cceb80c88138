"""Claims that compare: with earlier work as it reports itself, and with our own runs."""

import math

from ..evaluation import wilson
from . import ours
from .claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, OPEN, REPRODUCED, RESERVED, question
from .rivals import REPORTED, own_figure

TOPIC = "the comparison"


@question("Tables 1 and 3 quote the same figures", "tables 1 and 3", "70.02, 66.31, 65.2, 65.3 in both", TOPIC)
def quoted_twice(paper):
    """Compare the accuracies of the works that stand in both tables."""
    third = {row.reference: row.accuracy for row in paper.table(3).rows if row.reference}
    both = [
        (row.reference, row.accuracy, third[row.reference]) for row in paper.table(1).rows if row.reference in third
    ]
    wrong = [f"{name}: {a} and {b}" for name, a, b in both if float(a) != float(b)]
    missing = [f"{row.reference} {row.accuracy}" for row in paper.table(1).rows if row.reference not in third]
    return (
        CONTRADICTS if wrong else HOLDS,
        {"in both": len(both), "in table 1 alone": ", ".join(missing)},
        f"{len(both) - len(wrong)} of {len(both)} agree{'; ' + '; '.join(wrong) if wrong else ''}.",
    )


@question(
    "The rivals' figures are their own",
    "table 3",
    "Georgescu and Mariana [21] 66.31%; Shervin and Mehdi [17] 70.02%",
    TOPIC,
)
def own_figures(paper):
    """Compare table 3 and table 1 with what the cited works report themselves, as far as we know it."""
    printed = {row.reference: row.accuracy for n in (1, 3) for row in paper.table(n).rows if row.reference}
    known = {ref: own_figure(ref) for ref in printed if own_figure(ref) is not None}
    other = {ref: work for ref, work in known.items() if float(work.accuracy) != float(printed[ref])}
    said = "; ".join(
        f"{ref} is quoted with {printed[ref]} and reports {work.accuracy} % ({work.source})"
        for ref, work in other.items()
    )
    return (
        RESERVED if other else HOLDS,
        {ref: f"{printed[ref]} / {work.accuracy}%" for ref, work in known.items()},
        f"{len(known) - len(other)} of the {len(known)} that we could check agree{'; ' + said if said else ''} "
        "(reported by others).",
    )


@question(
    "74.923 % outperforms the state of the art",
    "table 3, section 3",
    "which outperforms the existing state-of-the-art method",
    TOPIC,
)
def state_of_the_art(paper):
    """Compare with table 3's other rows, and with figures that were public before the paper appeared."""
    rows = paper.table(3).rows
    mine, best = float(rows[-1].accuracy), max(rows[:-1], key=lambda row: float(row.accuracy))
    low, high = (
        100 * share for share in wilson(int(paper.number("counts", "right")), int(paper.number("counts", "pictures")))
    )
    above = [work for work in REPORTED if work.year < 2023 and float(work.accuracy) > mine]
    said = "; ".join(
        f"{work.name} {work.accuracy} % ({work.year}{'' if work.single else ', several models'})" for work in above
    )
    if mine <= float(best.accuracy):
        return CONTRADICTS, {"best other": str(best.accuracy)}, "Table 3 itself has a higher figure."
    return (
        RESERVED if above else HOLDS,
        {"best other row": str(best.accuracy), "interval": f"{low:.1f} to {high:.1f}", "higher elsewhere": len(above)},
        f"Above every row of table 3, the best of which ({best.accuracy}) lies below the interval {low:.1f} to "
        f"{high:.1f} %; but higher figures were public: {said} (reported by others).",
    )


@question("98.5 against 98.3 and 98.0 on CK+", "table 5", "The proposed Model 98.5%", TOPIC)
def ck_margin(paper):
    """Turn the lead into pictures, on all of CK+'s labelled sequences; Wilson's interval of 98.5 %."""
    rows, n = paper.table(5).rows, int(paper.number("CK+", "labelled"))
    lead = float(rows[-1].accuracy) - float(rows[-2].accuracy)
    low, high = (100 * share for share in wilson(min(round(float(rows[-1].accuracy) / 100 * n), n), n))
    inside = [row.reference for row in rows[:-1] if low <= float(row.accuracy) <= high]
    return (
        RESERVED if inside else HOLDS,
        {"lead, pictures of all": round(lead * n / 100, 2), "interval": f"{low:.1f} to {high:.1f}"},
        f"A lead of {lead:.1f} points is {lead * n / 100:.2f} of a picture even if all {n} were tested; {len(inside)} "
        f"of {len(rows) - 1} rivals lie inside the interval {low:.1f} to {high:.1f} %.",
    )


@question("99.47 against 99.3 on FERG", "table 6", "The proposed Model 99.47%; Shervin and Mehdi 99.3%", TOPIC)
def ferg_margin(paper):
    """Wilson's interval of 99.47 % of 7,000 pictures: is the next row inside?"""
    rows, n = paper.table(6).rows, int(paper.number("FERG split", "test"))
    low, high = (100 * share for share in wilson(min(round(float(rows[-1].accuracy) / 100 * n), n), n))
    best = max(rows[:-1], key=lambda row: float(row.accuracy))
    lead = (float(rows[-1].accuracy) - float(best.accuracy)) * n / 100
    inside = low <= float(best.accuracy) <= high
    return (
        RESERVED if inside else HOLDS,
        {"lead, pictures": round(lead, 1), "interval": f"{low:.2f} to {high:.2f}"},
        f"The lead is {lead:.0f} pictures of {n:,}, and {best.accuracy} lies {'inside' if inside else 'outside'} the "
        f"interval {low:.2f} to {high:.2f} %; other splits of FERG may differ by more.",
    )


@question("74.92 % on FER-2013 with this network", "table 3", "maximizing the accuracy, i.e., 74.92%", TOPIC)
def reproduced(paper):
    """Score our best network of this kind on PublicTest; compare Wilson's interval with 74.92 %."""
    run, _ = ours.best_network()
    low, high = (100 * share for share in wilson(run.right, run.pictures))
    claimed = float(paper.table(3).rows[-1].accuracy)
    return (
        REPRODUCED if high >= claimed else NOT_REPRODUCED,
        {"ours, %": round(run.accuracy, 2), "interval": f"{low:.1f} to {high:.1f}"},
        f"Our best reading of the network names {run.right:,} of {run.pictures:,} right, {run.accuracy:.2f} % "
        f"({low:.1f} to {high:.1f}), on {run.what}; it has other widths, a CPU's training and our own recipe, and may "
        "well not be theirs.",
    )


@question("No test picture was trained on (taken for granted)", "section 4.1", "copies are not mentioned", TOPIC)
def copies(paper):
    """Count PublicTest's pictures that also stand in Training; score our network with and without them."""
    found, of = ours.exact_copies()
    run, without = ours.best_network()
    gap = run.accuracy - without.accuracy
    likely = (
        100
        * (int(paper.number("counts", "right")) - math.ceil(found * int(paper.number("counts", "pictures")) / of))
        / (int(paper.number("counts", "pictures")) - found)
    )
    return (
        OPEN,
        {"copies": found, "of": of, "with, %": round(run.accuracy, 2), "without, %": round(without.accuracy, 2)},
        f"{found} of PublicTest's {of:,} pictures also stand in Training, pixel for pixel; without them our network "
        f"falls by {gap:.1f} points; if PrivateTest has as many and all were named right, 74.92 becomes {likely:.1f} "
        "%.",
    )


QUESTIONS = (quoted_twice, own_figures, state_of_the_art, ck_margin, ferg_margin, reproduced, copies)
