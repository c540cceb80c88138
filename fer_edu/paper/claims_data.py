"""Claims about the data sets: do the counts add up, and are they those of the published sets?"""

from ..data.about import ABOUT
from ..data.fer2013.official import COUNTS
from ..emotions import CLASSES
from .claim import CONTRADICTS, HOLDS, RESERVED, question

TOPIC = "the data"


@question(
    "FER-2013: 28,709 + 3,589 + 3,589 = 35,887",
    "section 4.1",
    "35,887 images: 28,709 to train, 3589 to validate, as many to test",
    TOPIC,
)
def sizes(paper):
    """Add the three parts; compare each with the published split."""
    parts = [int(paper.number("FER-2013", name)) for name in ("training", "validation", "test")]
    official = [sum(COUNTS[name]) for name in ("Training", "PublicTest", "PrivateTest")]
    whole = int(paper.number("FER-2013", "all"))
    same = parts == official and sum(parts) == whole
    return (
        HOLDS if same else CONTRADICTS,
        {"sum": sum(parts), "printed": whole, "published": sum(official)},
        f"The three parts add up to {sum(parts):,}, printed is {whole:,}, and the published set has {sum(official):,}.",
    )


@question("Table 2's rows add up", "table 2", "7 counts and a total in each of two rows", TOPIC)
def table_2_sums(paper):
    """Add the seven counts of each row of table 2 and compare with the printed total."""
    rows = {row.part: (sum(map(int, row[1:-1])), int(row.total)) for row in paper.table(2).rows}
    right = all(found == printed for found, printed in rows.values())
    numbers = {f"{part}, sum": found for part, (found, _) in rows.items()}
    said = "; ".join(f"{part}: {found:,}, printed {printed:,}" for part, (found, printed) in rows.items())
    return HOLDS if right else CONTRADICTS, numbers, f"{said}."


@question(
    "Table 2 is the set of section 4.1",
    "table 2, sections 4.1 and 5",
    "Training 28707, Validation & Testing 7177; but 28,709 of 35,887 in section 4.1",
    TOPIC,
)
def table_2_official(paper):
    """Compare table 2 with section 4.1, and class by class with the published split."""
    training, rest = paper.table(2).rows
    total, whole = int(training.total) + int(rest.total), int(paper.number("FER-2013", "all"))
    missing = {}
    for part, row, names in (("Training", training, ("Training",)), ("the rest", rest, ("PublicTest", "PrivateTest"))):
        for k, name in enumerate(CLASSES):
            gap = sum(COUNTS[n][k] for n in names) - int(getattr(row, name))
            if gap:
                missing[f"{name} of {part}"] = gap
    where = ", ".join(f"{gap} {name}" for name, gap in missing.items())
    because = f"Table 2 holds {total:,} pictures and section 4.1 says {whole:,}"
    if missing:
        because += f"; {sum(missing.values())} are missing from table 2 ({where}): a small thing, no result hangs on it"
    return (
        HOLDS if total == whole and not missing else CONTRADICTS,
        {"table 2": total, "section 4.1": whole},
        because + ".",
    )


@question(
    "The test set is the official PrivateTest",
    "section 5.2",
    "Happy: 876/879, angry: 241/491, fear: 167/528, ...",
    TOPIC,
)
def official_test(paper):
    """Compare the pictures of each class in section 5.2 with the published counts of PrivateTest."""
    printed = {name: int(paper.number("counts", f"{name} pictures")) for name in CLASSES if name != "disgust"}
    printed["disgust"] = int(paper.number("counts", "pictures")) - sum(printed.values())
    official = dict(zip(CLASSES, COUNTS["PrivateTest"], strict=True))
    agree = sum(printed[name] == official[name] for name in CLASSES)
    return (
        HOLDS if agree == len(CLASSES) else CONTRADICTS,
        {"classes that agree": agree},
        "All seven counts are PrivateTest's, so a reader knows which pictures were scored: a strength."
        if agree == len(CLASSES)
        else f"{len(CLASSES) - agree} of seven counts are not PrivateTest's.",
    )


@question(
    "80 % to train, 10 % to validate, 10 % to test, each time",
    "section 5",
    "In each case ... 80% of the images ... the test set (10% of images)",
    TOPIC,
)
def shares(paper):
    """Compute the shares of the split that is printed for FER-2013 and of the one that is printed for FERG."""
    fer = [int(paper.number("split", name)) for name in ("training", "validation", "test")]
    ferg = [int(paper.number("FERG split", name)) for name in ("training", "validation", "test")]
    wanted = (80, 10, 10)
    percent = {name: [100 * n / sum(parts) for n in parts] for name, parts in (("FER-2013", fer), ("FERG", ferg))}
    fits = {name: all(abs(a - b) < 1 for a, b in zip(p, wanted, strict=True)) for name, p in percent.items()}
    said = {name: " / ".join(f"{share:.0f}" for share in p) for name, p in percent.items()}
    return (
        HOLDS if all(fits.values()) else CONTRADICTS,
        said,
        f"FER-2013 is divided {said['FER-2013']}, FERG {said['FERG']}; for CK+ no split is printed.",
    )


@question("CK+: the classes add up to 327", "table 4", "327 of the 593 sequences bear a label", TOPIC)
def ck_counts(paper):
    """Add table 4's counts; compare each with the counts that CK+'s makers published."""
    row = paper.table(4).rows[0]
    counts = {name: int(getattr(row, name)) for name in paper.table(4).columns[1:-1]}
    same = counts == ABOUT["ckplus"].counts
    total, printed = sum(counts.values()), int(row.total)
    return (
        HOLDS if same and total == printed == int(paper.number("CK+", "labelled")) else CONTRADICTS,
        {"sum": total, "printed": printed},
        f"They add up to {total}, printed is {printed}, and {'all' if same else 'not all'} are the published counts.",
    )


@question(
    "FERG: 34,000 + 14,000 + 7,000 of 55,767",
    "sections 4.4 and 5",
    "around 34,000 pictures for training, 14,000 for validation, and 7000 for testing",
    TOPIC,
)
def ferg_sizes(paper):
    """Add the three parts; compare with the set; check 7 classes of 1,000 test pictures."""
    parts = [int(paper.number("FERG split", name)) for name in ("training", "validation", "test")]
    whole, test = int(paper.number("FERG", "pictures")), int(paper.number("FERG split", "test"))
    seven = 7 * int(paper.number("FERG split", "a class"))
    left = whole - sum(parts)
    verdict = CONTRADICTS if left < 0 or seven != test else RESERVED if left else HOLDS
    return (
        verdict,
        {"sum": sum(parts), "set": whole, "left over": left},
        f"{sum(parts):,} are divided, and {whole:,} are in the set: {left:,} are not accounted for, which 'around' "
        "allows; how the parts were drawn is not said, and neighbouring frames look alike.",
    )


@question(
    "Neutral and joyful are the largest classes",
    "section 5, table 2",
    "There are many more cases in some classes, such as neutral and joyful.",
    TOPIC,
)
def imbalance(paper):
    """Order table 2's training counts."""
    row = paper.table(2).rows[0]
    counts = {name: int(getattr(row, name)) for name in CLASSES}
    order = sorted(counts, key=counts.get, reverse=True)
    return (
        HOLDS if set(order[:2]) == {"happy", "neutral"} else CONTRADICTS,
        {"largest": order[0], "smallest": order[-1], "ratio": round(counts[order[0]] / counts[order[-1]], 1)},
        f"The two largest classes are {order[0]} and {order[1]}; {order[0]} has "
        f"{counts[order[0]] / counts[order[-1]]:.1f} times as many pictures as {order[-1]}.",
    )


QUESTIONS = (sizes, table_2_sums, table_2_official, official_test, shares, ck_counts, ferg_sizes, imbalance)
