"""Claims about places: which accuracy belongs to which set, in the abstract, the text and the tables?"""

from .claim import CONTRADICTS, HOLDS, question
from .claims_scores import TOPIC, behind


@question(
    "FERG: 99.47 % everywhere",
    "tables 6, 7 and 9, section 5",
    "99.47% (table 6); 'a rate of 99.3 percent accuracy' (text, beside table 6)",
    TOPIC,
)
def ferg(paper):
    """Compute FERG's accuracy from table 9 and compare with every place that states it."""
    counts = behind(paper, 9)
    printed = {
        "table 6": paper.table(6).cell("The proposed Model", "accuracy"),
        "section 5": paper.number("FERG split", "accuracy"),
        "section 6": paper.number("conclusion", "FERG"),
    }
    share = float("nan") if counts is None else counts.accuracy
    wrong = [f"{where}: {number}" for where, number in printed.items() if not number.says(share)]
    return (
        CONTRADICTS if wrong else HOLDS,
        {"from table 9": round(share, 3), **{where: str(number) for where, number in printed.items()}},
        f"Table 9 gives {counts.right:,} of {counts.total:,}, {share:.3f} %; "
        + ("not " + ", ".join(wrong) if wrong else "all agree")
        + "."
        if counts is not None
        else "Table 9's digits fit no whole pictures.",
    )


@question(
    "Abstract: 99.47 % on CK+, 98.5 % on FERG",
    "abstract, sections 5 and 6, tables 5 and 6",
    "99.47%, and 98.5% ... on the CK+ and FERG datasets, respectively",
    TOPIC,
)
def abstract(paper):
    """Compare the two figures of the abstract with tables 5 and 6, section 5 and the conclusion."""
    places = {
        "tables 5 and 6": [paper.table(5).rows[-1].accuracy, paper.table(6).rows[-1].accuracy],
        **{
            where: [paper.number(key, "CK+"), paper.number(key, "FERG")]
            for where, key in (
                ("section 5", "training accuracy"),
                ("section 6", "conclusion"),
                ("abstract", "abstract"),
            )
        },
    }
    said = {where: f"CK+ {float(ck):g}, FERG {float(ferg):g}" for where, (ck, ferg) in places.items()}
    same = len(set(said.values())) == 1
    swapped = [float(n) for n in places["abstract"]] == [float(n) for n in places["tables 5 and 6"]][::-1]
    return (
        HOLDS if same else CONTRADICTS,
        said,
        "All places agree."
        if same
        else f"The abstract says {said['abstract']}, the tables {said['tables 5 and 6']}"
        + (": the two names have changed places in the abstract." if swapped else "."),
    )


@question(
    "FER-2013: 74.92 % everywhere",
    "abstract, sections 5 and 6, tables 3 and 7",
    "74.92% (abstract, section 5), 74.923% (tables 3 and 7, sections 5.2 and 6)",
    TOPIC,
)
def fer_everywhere(paper):
    """Compare each of the places with 2,689 / 3,589."""
    share = 100 * int(paper.number("counts", "right")) / int(paper.number("counts", "pictures"))
    places = {
        "abstract": paper.number("abstract", "FER-2013"),
        "section 5": paper.number("split", "accuracy"),
        "table 3": paper.table(3).rows[-1].accuracy,
        "section 5.2": paper.number("counts", "accuracy"),
        "section 6": paper.number("conclusion", "FER-2013"),
    }
    wrong = [where for where, number in places.items() if not number.says(share)]
    return (
        CONTRADICTS if wrong else HOLDS,
        {where: str(number) for where, number in places.items()},
        f"{len(places) - len(wrong)} of {len(places)} places give the share of section 5.2's counts, {share:.4f} %, "
        "rounded.",
    )


QUESTIONS = (ferg, abstract, fer_everywhere)
