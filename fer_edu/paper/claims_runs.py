"""Claims about 15 runs of each experiment: their means, their standard deviations and their intervals."""

import math

from ..evaluation import wilson
from .claim import CONTRADICTS, HOLDS, OPEN, RESERVED, question
from .spread import chance_of_one_figure, farthest_from_mean, fitting_sets, half_width, z_coverage

TOPIC = "the runs"


@question("Table 7's intervals follow from σ and n", "table 7", "99.47 ± 0.0863, 99.51 ± 0.1316, 74.92 ± 0.1619", TOPIC)
def intervals(paper):
    """Compute z · σ / √n with the printed σ, and with every σ that rounds to it."""
    z = float(paper.number("15 runs", "z"))
    numbers, exact, possible = {}, [], []
    for row in paper.table(7).rows:
        root = math.sqrt(int(row.runs))
        half = z * float(row.deviation) / root
        reach = z * row.deviation.half_unit / root + row.half.half_unit
        numbers[row.data] = round(half, 4)
        exact += [row.data] * row.half.says(half)
        possible += [row.data] * (abs(half - float(row.half)) <= reach and row.centre.says(float(row.mean)))
    rows = paper.table(7).names
    other = [name for name in rows if name not in exact]
    verdict = HOLDS if len(possible) == len(rows) else CONTRADICTS
    because = f"{len(exact)} of {len(rows)} follow from the printed σ to the last digit"
    if other:
        fine = all(name in possible for name in other)
        because += f"; {', '.join(other)} gives {numbers[other[0]]:.4f}, " + (
            "which a σ with more decimals explains" if fine else "which no σ that rounds to the printed one gives"
        )
    return verdict, numbers, because + "."


@question("Table 7's are 95 % intervals", "table 7, section 5.1", "n=15 ... For 95% Z value is 1.96", TOPIC)
def confidence(paper):
    """Compute how often z's interval holds the mean at n = 15, Student's t, and the interval for the test pictures."""
    row = paper.table(7).row("FER-2013")
    runs, deviation = int(row.runs), float(row.deviation)
    right, pictures = int(paper.number("counts", "right")), int(paper.number("counts", "pictures"))
    low, high = (100 * share for share in wilson(right, pictures))
    covered, t = 100 * z_coverage(runs), half_width(deviation, runs, student=True)
    return (
        RESERVED,
        {
            "z": round(half_width(deviation, runs), 4),
            "Student's t": round(t, 4),
            "coverage of z, %": round(covered, 1),
            "test pictures, half": round((high - low) / 2, 2),
        },
        f"With z and {runs} runs the interval holds the mean of such runs {covered:.1f} times in 100; Student's t "
        f"makes it ± {t:.3f}; and neither holds the luck of the {pictures:,} test pictures, which is {low:.1f} to "
        f"{high:.1f} %.",
    )


@question(
    "The mean of 15 runs is the figure of one",
    "table 7, section 5.2",
    "sample mean 74.923 over n = 15 (table 7); 2689 of 3589, 74.923 % (section 5.2)",
    TOPIC,
)
def mean_is_one_run(paper):
    """Compute how likely it is that the mean of 15 runs with the printed σ and one of them are printed alike."""
    row = paper.table(7).row("FER-2013")
    right, pictures = int(paper.number("counts", "right")), int(paper.number("counts", "pictures"))
    share, runs = 100 * right / pictures, int(row.runs)
    if not row.mean.says(share):
        return HOLDS, {"mean": float(row.mean), "one run": round(share, 3)}, "The two figures differ, as one expects."
    named, nearest = chance_of_one_figure(right, pictures, float(row.deviation), runs, row.mean.decimals)
    return (
        RESERVED,
        {"chance, a run named beforehand": round(named, 4), "chance, the nearest of the runs": round(nearest, 3)},
        f"Possible, but the chance is {named:.2%} for a run that was picked beforehand and at most {nearest:.1%} for "
        "the one nearest to the mean: the text should say which run the confusion matrix shows.",
    )


@question(
    "CK+: 98.5 % and a mean of 99.512 %", "tables 5 and 7", "98.5% (table 5); 99.512, σ 0.26, n 15 (table 7)", TOPIC
)
def ck_mean(paper):
    """Compare the distance of the result from the mean with σ, and with the largest that one of 15 runs can have."""
    row, single = paper.table(7).row("CK+"), paper.table(5).rows[-1].accuracy
    runs, sigma = int(row.runs), float(row.deviation)
    apart = abs(float(row.mean) - float(single)) - row.mean.half_unit - single.half_unit
    largest = sigma + row.deviation.half_unit
    bounds = [farthest_from_mean(largest, runs, sample) for sample in (True, False)]
    numbers = {"apart, at least": round(apart, 3), "in σ": round(apart / sigma, 1)}
    numbers["a run can lie away, at most"] = f"{bounds[0]:.3f} (σ of a sample), {bounds[1]:.3f} (σ by n)"
    if apart <= bounds[0]:
        verdict = HOLDS if apart <= 3 * sigma else RESERVED
        return verdict, numbers, f"The two lie {apart:.2f} points apart, {apart / sigma:.1f} σ."
    return (
        CONTRADICTS,
        numbers,
        f"The result lies {apart:.3f} points from the mean of {runs} runs, {apart / sigma:.1f} σ; no one of {runs} "
        f"numbers with this sample deviation can lie farther than {bounds[0]:.3f} from their mean (Samuelson's "
        "inequality), so the two figures are hardly of one experiment.",
    )


@question(
    "CK+: a tenth of the images was tested",
    "tables 4, 5 and 7",
    "327 sequences, 10 % of the images to test; 98.5%; mean 99.512, σ 0.26",
    TOPIC,
)
def ck_size(paper):
    """Try every size of a test set from 10 to 400: can it give 98.5 %, and a mean 99.512 with σ 0.26 over 15 runs?"""
    row, single = paper.table(7).row("CK+"), paper.table(5).rows[-1].accuracy
    labelled = int(paper.number("CK+", "labelled"))
    fitting = fitting_sets(single, row.mean, row.deviation, int(row.runs), range(10, 401))
    tenth = labelled * float(paper.number("80/10/10", "test")) / 100
    likely = (math.floor(tenth), math.ceil(tenth), round(2 * tenth), labelled)
    found = [n for n in likely if n in fitting]
    return (
        HOLDS if found else OPEN,
        {"sizes that fit, 10 to 400": ", ".join(map(str, fitting)), "a tenth": round(tenth, 1)},
        f"A tenth of {labelled} sequences is about {tenth:.0f} pictures, on which one picture is {100 / tenth:.0f} "
        "points; "
        + (
            f"{found[0]} pictures would fit."
            if found
            else f"neither these, nor a fifth, nor all {labelled} can give the printed figures: the text does not say "
            "what was tested on."
        ),
    )


QUESTIONS = (intervals, confidence, mean_is_one_run, ck_mean, ck_size)
