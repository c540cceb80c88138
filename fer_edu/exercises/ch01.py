"""Exercises of notebook 01: two guessers on paper, ten votes, a split by person, copies, correlation, class weights."""

import math

import torch

from .difference import compare
from .exercise import Exercise, close, is_number, kind, looks_like, tensor_wanted

PAPER_COUNTS = {"happy": 5, "sad": 3, "angry": 2}
BASELINES = ("always happy", "guessing by class shares", "the balanced accuracy of always happy")


def check_baselines(answer):
    expected = (0.5, 0.38, 1 / 3)
    if reason := numbers_wanted(answer, 3, "three numbers are wanted, accuracy, accuracy and balanced accuracy"):
        return reason
    mistakes = (
        ((1 / 3, "that is guessing evenly; this one says happy each time. How many of the ten are?"),),
        (
            (1 / 3, "that guesses every class equally often. This guesser says happy in 5 of 10 cases."),
            (0.5, "that is the accuracy of always happy. This guesser says happy only half of the time."),
            (0.25, "that is happy's part alone: the guesser is also right on some sad and some angry pictures."),
            (0.62, "that is how often the guess is wrong."),
        ),
        (
            (0.5, "that is the accuracy. The balanced one is the mean of the three classes' own accuracies."),
            (1.0, "on happy it is always right; what is its accuracy on sad, and on angry?"),
            (1 / 6, "you divided twice: happy has 1, sad 0, angry 0, and then the mean of the three."),
        ),
    )
    for name, found, right, likely in zip(BASELINES, answer, expected, mistakes, strict=True):
        if close(found, right, 5e-3):
            continue
        if close(found, 100 * right, 5e-3):
            return f"For {name}: give a share from 0 to 1, not percent."
        return f"For {name}: {looks_like(found, likely, 5e-3) or 'not yet: count which pictures it gets right.'}"
    return None


def numbers_wanted(answer, count, sentence):
    """Return the reason why `answer` is not `count` finite numbers, or None where it is."""
    if not isinstance(answer, (tuple, list)) or len(answer) != count:
        return f"{sentence}; this is {kind(answer)}."
    for value in answer:
        if not is_number(value) or not math.isfinite(float(value)):
            return f"{sentence}; one of them is {kind(value)}."
    return None


def read_votes(votes):
    """The class with the most votes, or -1 where two lead, and the entropy of the votes in bits."""
    share = votes[votes > 0] / votes.sum()  # a class without votes adds nothing, and log2(0) is no number
    bits = (share * (1 / share).log2()).sum().item()  # -p log2 p, without a -0 where all agree
    leading = (votes == votes.max()).nonzero().flatten()
    return (leading.item() if len(leading) == 1 else -1), bits


def check_read_votes(student):
    if not callable(student):
        return "give the function itself, without brackets: check('01.2', read_votes)."
    for votes in (
        [0, 0, 0, 10, 0, 0, 0, 0],
        [5, 0, 0, 0, 5, 0, 0, 0],
        [0, 2, 0, 0, 8, 0, 0, 0],
        [1, 0, 4, 0, 1, 4, 0, 0],
        [3, 0, 1, 0, 2, 0, 0, 0],
    ):
        found = student(torch.tensor(votes))
        expected = read_votes(torch.tensor(votes))
        if reason := wrong_reading(found, expected, torch.tensor(votes).double()):
            return f"For the votes {votes}: {reason}"
    return None


def wrong_reading(found, expected, votes):
    """Return what is wrong with a (label, bits) that a student's function found, or None."""
    if not isinstance(found, (tuple, list)) or len(found) != 2 or not is_number(found[0]):
        return f"a class and a number of bits are wanted, this is {kind(found)}."
    label, bits = found
    if not is_number(bits):
        return f"the bits are wanted as one number, this is {kind(bits)}."
    if not close(label, expected[0]):
        if expected[0] == -1:
            return "two classes lead together, so there is no majority: -1."
        return f"class {expected[0]} has the most votes, you say {int(label)}."
    if not math.isfinite(float(bits)):
        return "the bits are not a number: log2(0) is minus infinity. Leave the classes without votes out."
    share = votes[votes > 0] / votes.sum()
    if close(bits, expected[1], 1e-3):
        return None
    cause = looks_like(
        float(bits),
        (
            (-expected[1], "the sign is missing: the logarithm of a share is negative."),
            (-(share * share.log()).sum().item(), "that is the natural logarithm; bits want log2."),
            (-(share * share.log10()).sum().item(), "that is the logarithm to base 10; bits want log2."),
            (
                (votes[votes > 0] * votes[votes > 0].log2()).sum().item(),
                "votes went into the logarithm: divide them by their sum first.",
            ),
            (
                -(votes[votes > 0] * votes[votes > 0].log2()).sum().item(),
                "votes went into the logarithm: divide them by their sum first.",
            ),
            (-share.log2().sum().item(), "weigh each logarithm by its share before you add."),
            (-(share * share.log2()).mean().item(), "that is the mean over the classes: add them up."),
            (-(share * share.log2()).sum().item() / 8, "that is the mean over the classes: add them up."),
        ),
        1e-3,
    )
    return cause or f"expected {expected[1]:.3f} bits, found {float(bits):.3f}."


def split_by_person(groups, share, seed):
    """Which pictures are for the test, bool [N]: all those of a randomly chosen share of the people."""
    people = groups.unique()
    order = torch.randperm(len(people), generator=torch.Generator().manual_seed(seed))
    chosen = people[order[: round(share * len(people))]]
    return torch.isin(groups, chosen)


def check_split(student):
    if not callable(student):
        return "give the function itself, without brackets: check('01.3', split_by_person)."
    paper = torch.tensor([7, 7, 3, 3, 3, 9, 9, 5])
    uneven = torch.tensor([11, 4, 200, 31, 57]).repeat_interleave(torch.tensor([40, 3, 9, 1, 20])).repeat(2)
    for name, groups, share in (
        ("four people, share 0.25", paper, 0.25),
        ("four people, share 0.5", paper, 0.5),
        ("five people with 2 to 80 pictures, share 0.4", uneven, 0.4),
    ):
        masks = [student(groups.clone(), share, seed) for seed in range(6)]
        for mask in masks:
            if reason := wrong_split(mask, groups, share):
                return f"For {name}: {reason}"
        if not torch.equal(student(groups.clone(), share, 3), masks[3]):
            return f"For {name}: the same seed gave two splits. Give torch.randperm a generator with that seed."
        if all(torch.equal(mask, masks[0]) for mask in masks):
            return f"For {name}: six seeds gave the same split: draw the people at random."
    return None


def wrong_split(mask, groups, share):
    """Return what is wrong with a student's test mask, or None."""
    if not isinstance(mask, torch.Tensor):
        return f"a tensor is wanted, True for the test pictures, this is {kind(mask)}."
    if mask.dtype != torch.bool or mask.shape != groups.shape:
        got = f"{str(mask.dtype).removeprefix('torch.')} {list(mask.shape)}"
        if mask.dtype == torch.int64 and mask.shape != groups.shape:
            return f"one True or False a picture is wanted, these look like indices ({got}): torch.isin makes a mask."
        return f"one True or False a picture is wanted, bool {list(groups.shape)}, this is {got}."
    if not mask.any() or mask.all():
        return f"{'nothing' if not mask.any() else 'everything'} is in the test."
    both = sorted(set(groups[mask].tolist()) & set(groups[~mask].tolist()))
    if both:
        return f"person {both[0]} stands on both sides: draw people, not pictures."
    everybody = len(groups.unique())
    wanted, found = round(share * everybody), len(groups[mask].unique())
    if found == wanted:
        return None
    if found == everybody - wanted:
        return f"{found} of {everybody} people are in the test, {wanted} are wanted: did the two sides change places?"
    return f"{found} of {everybody} people are in the test, {wanted} are wanted: the share is one of people."


def also_in(train, test):
    """Which test pictures stand in train, pixel for pixel, bool [M]."""
    known = {picture.numpy().tobytes() for picture in train}
    return torch.tensor([picture.numpy().tobytes() in known for picture in test])


PAPER_TRAIN = [[9, 9, 0, 0], [1, 2, 3, 4], [200, 0, 0, 200], [5, 5, 5, 5]]
PAPER_TEST = [[200, 0, 0, 200], [4, 3, 2, 1], [5, 5, 5, 6], [5, 5, 5, 5], [200, 0, 0, 200], [0, 0, 9, 9]]


def copies_cases():
    """(name, train, test) of 01.4: one small enough for paper, one of faces' size with noise in it."""
    generator = torch.Generator().manual_seed(4)
    train = torch.randint(0, 256, (40, 1, 48, 48), generator=generator, dtype=torch.uint8)
    test = torch.randint(0, 256, (12, 1, 48, 48), generator=generator, dtype=torch.uint8)
    test[2], test[5], test[9] = train[17], train[3], train[17]
    test[7] = train[8]
    test[7, 0, 47, 47] ^= 1  # one pixel, one grey level: not the same picture
    paper = (torch.tensor(rows, dtype=torch.uint8).reshape(-1, 1, 2, 2) for rows in (PAPER_TRAIN, PAPER_TEST))
    return ("four and six pictures of 2 x 2", *paper), ("40 and 12 pictures of 48 x 48", train, test)


def check_copies(student):
    if not callable(student):
        return "give the function itself, without brackets: check('01.4', also_in)."
    for name, train, test in copies_cases():
        found = student(train.clone(), test.clone())
        if reason := wrong_copies(found, train, test):
            return f"For {name}: {reason}"
    return None


def wrong_copies(found, train, test):
    """Return what is wrong with a student's mask of copies, or None."""
    expected = also_in(train, test)
    m = len(test)
    if not isinstance(found, torch.Tensor):
        return f"a tensor is wanted, one True or False for each test picture, this is {kind(found)}."
    if found.shape == (len(train),) and found.shape != (m,):
        return (
            f"that has one entry for each of the {len(train)} train pictures: which of the {m} test pictures are they?"
        )
    if found.dtype == torch.int64 and found.flatten().tolist() == expected.nonzero().flatten().tolist():
        return "these are the numbers of the right pictures: give one True or False for each test picture."
    if found.shape != (m,) or found.dtype != torch.bool:
        got = f"{str(found.dtype).removeprefix('torch.')} {list(found.shape)}"
        return f"one True or False for each test picture is wanted, bool [{m}], this is {got}."
    if torch.equal(found, expected):
        return None
    flat_train, flat_test = train.flatten(1).long(), test.flatten(1).long()
    distance = (flat_test[:, None] - flat_train[None]).abs()
    seen, first = set(), torch.zeros(m, dtype=torch.bool)
    for k, picture in enumerate(test):
        content = picture.numpy().tobytes()
        first[k] = bool(expected[k]) and content not in seen
        seen.add(content)
    together = min(len(train), m)
    in_place = torch.zeros(m, dtype=torch.bool)
    in_place[:together] = (flat_train[:together] == flat_test[:together]).all(1)
    reason = looks_like(
        found.double(),
        (
            (~expected, "True and False have changed places: True is for a test picture that stands in train too."),
            (
                (distance == 0).any(2).any(1),
                "that finds pictures with one equal pixel: all pixels must agree, so .all(...) before .any(...).",
            ),
            (
                torch.isin(flat_test.sum(1), flat_train.sum(1)),
                "that compares sums (or means): two pictures may have the same sum and different pixels.",
            ),
            (distance.amax(2).amin(1) <= 1, "a picture that differs by one grey level in one pixel is no copy."),
            (in_place, "that compares the picture k of test with the picture k of train only: try all pairs."),
            (first, "a picture that stands twice in test counts both times."),
        ),
    )
    place = int((found != expected).nonzero()[0])
    says = "a copy" if expected[place] else "no copy"
    return reason or f"test picture {place} is {says} of a train picture, you say {bool(found[place])}."


PICTURE = (0, 2, 4, 2)
OTHERS = ((10, 14, 18, 14), (4, 2, 0, 2), (0, 4, 2, 2))


def correlation(a, b):
    """Pearson's correlation of two lists of grey levels."""
    a, b = (torch.tensor(v, dtype=torch.float64) - torch.tensor(v, dtype=torch.float64).mean() for v in (a, b))
    return ((a * b).sum() / (a.norm() * b.norm())).item()


def check_correlations(answer):
    if reason := numbers_wanted(answer, 3, "three correlations are wanted, of A with B, C and D"):
        return reason
    for name, other, found in zip("BCD", OTHERS, answer, strict=True):
        expected = correlation(PICTURE, other)
        if close(found, expected, 5e-3):
            continue
        a, b = torch.tensor(PICTURE).double(), torch.tensor(other).double()
        inner = ((a - a.mean()) * (b - b.mean())).sum().item()
        mistakes = (
            (-expected, "the sign is wrong: where A is bright, is the other one bright or dark?"),
            ((a @ b / (a.norm() * b.norm())).item(), "take each picture's mean away first."),
            (inner, "divide the sum by both lengths, the roots of the sums of squares."),
            (inner / 4, "that is the covariance: divide by both lengths, the roots of the sums of squares."),
            (
                inner / ((a - a.mean()).square().sum() * (b - b.mean()).square().sum()).item(),
                "a length is a square root: √8, not 8.",
            ),
            (0, "multiply place by place, and only then add."),
        )
        return f"For A with {name}: {looks_like(found, mistakes, 5e-3) or 'not yet: it lies between -1 and 1.'}"
    return None


def weights_for(counts):
    """One weight a class: every class weighs the same in sum, and the mean weight of a picture is 1."""
    return counts.sum() / (len(counts) * counts.float())


def check_weights(student):
    if not callable(student):
        return "give the function itself, without brackets: check('01.6', weights_for)."
    for counts in ([5, 3, 2], [8, 2], [3995, 436, 4097, 7215, 4830, 3171, 4965]):
        counts = torch.tensor(counts)
        n, k = counts.sum().item(), len(counts)
        found = student(counts.clone())
        if reason := tensor_wanted(found, (k,)):
            return f"For the counts {counts.tolist()}: {reason}"
        inverse = 1 / counts.double()
        mistakes = (
            (inverse, "The ratios are right, the scale is not: the mean weight of a picture must be 1."),
            (inverse * n, "The ratios are right, the scale is not: divide by the number of classes, too."),
            (
                inverse / inverse.sum(),
                "These weights add up to 1 over the classes; the mean over the pictures must be 1.",
            ),
            (
                inverse / inverse.mean(),
                "Their mean over the classes is 1; it must be 1 over the pictures, most of which have small weights.",
            ),
            (inverse * counts.max(), "The largest class has weight 1; the mean over the pictures must be 1."),
            (
                counts.double() / n,
                "These are the class shares: a frequent class must get a small weight.",
            ),
            (k * counts.double() / n, "That is turned round: a frequent class must get a small weight."),
        )
        if reason := compare(found, (n / (k * counts.double())).float(), mistakes, axes=("class",)):
            return f"For the counts {counts.tolist()}: {reason[:1].lower()}{reason[1:]}"
    return None


EXERCISES = (
    Exercise(
        number="01.1",
        title="two guessers (paper and pencil)",
        check=check_baselines,
        hints=(
            "Always happy: on how many of the ten pictures is that right?",
            "By shares: half of the guesses are happy, and half of the pictures. Both at once: 0.5 · 0.5.",
            "Add the same for sad and angry: 0.5² + 0.3² + 0.2². Balanced: the mean of 1, 0 and 0.",
        ),
        reference=(0.5, 0.38, 1 / 3),
        why="The largest class beats guessing by shares. Balanced accuracy sees through it: one class of three.",
    ),
    Exercise(
        number="01.2",
        title="the votes of ten people",
        check=check_read_votes,
        hints=(
            "votes / votes.sum() are the shares. Which classes may stay in the sum of the entropy?",
            "Keep the classes with votes: share = votes[votes > 0] / votes.sum(). Then -(share * share.log2()).sum().",
            "Who leads: (votes == votes.max()).nonzero().flatten(). More than one of them: -1.",
        ),
        reference=read_votes,
        why="Five to five is one bit, a coin. One name from all ten is 0 bits. A tie has no majority, and so no label.",
    ),
    Exercise(
        number="01.3",
        title="a split by person",
        check=check_split,
        hints=(
            "First the people: groups.unique(). Shuffle those, not the pictures.",
            "torch.randperm(k, generator=torch.Generator().manual_seed(seed)) shuffles k people, each time alike.",
            "Take round(share * k) people; torch.isin(groups, chosen) is True for all their pictures.",
        ),
        reference=split_by_person,
        why="People are drawn, their pictures follow: nobody is on both sides, and the number of pictures varies.",
    ),
    Exercise(
        number="01.4",
        title="test pictures that stand in train",
        check=check_copies,
        hints=(
            "Two pictures are the same when all their pixels are. Where in train a copy stands does not matter.",
            "All pairs at once: (test.flatten(1)[:, None] == train.flatten(1)[None]) is [M, N, pixels].",
            "That is large for many pictures. picture.numpy().tobytes() can stand in a Python set.",
        ),
        reference=also_in,
        why="A set of contents is asked once for each picture. All pairs of FER-2013's pictures would fill the memory.",
    ),
    Exercise(
        number="01.5",
        title="what correlation does not see (paper and pencil)",
        check=check_correlations,
        hints=(
            "A's mean is 2, so A without its mean is (-2, 0, 2, 0). Do the same with B, C and D.",
            "Multiply place by place and add; divide by both lengths. The length of (-2, 0, 2, 0) is √8.",
            "B without its mean is (-4, 0, 4, 0): the sum is 16, the lengths are √8 and √32.",
        ),
        reference=(1.0, -1.0, 0.5),
        why="B is 2 · A + 10: brighter, with more contrast, and the correlation is 1. C is A as a negative.",
    ),
    Exercise(
        number="01.6",
        title="weights instead of copies",
        check=check_weights,
        hints=(
            "Every class must weigh the same in sum: weight times count is the same number for all of them.",
            "So a weight is some number divided by the count. All pictures together must weigh as many as they are, N.",
            "K classes weigh N / K each: counts.sum() / (len(counts) * counts).",
        ),
        reference=weights_for,
        why="Each class has the sum N / K, whatever its count, and the loss keeps its size: the mean weight is 1.",
    ),
)
