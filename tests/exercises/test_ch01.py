"""Notebook 01: the mistakes that its checks know."""

import numpy as np
import pytest
import torch
from scipy import stats

from fer_edu import exercises
from fer_edu.data import Votes, class_weights
from fer_edu.exercises import ch01


def votes_with(label=None, entropy=None):
    """An answer to 01.2 with one part replaced; the rest owes nothing to this package."""

    def read(votes):
        counts = votes.numpy()
        leaders = np.flatnonzero(counts == counts.max())
        majority = int(leaders[0]) if len(leaders) == 1 else -1
        bits = float(stats.entropy(counts, base=2))
        return majority if label is None else label(counts), bits if entropy is None else entropy(counts)

    return read


def sum_of(term):
    """The sum of a term over the shares of the classes that have votes."""

    def entropy(counts):
        share = counts[counts > 0] / counts.sum()
        return float(sum(term(p) for p in share))

    return entropy


def people_by(choose):
    """An answer to 01.3 that chooses the test people with a function of (people, how many, seed)."""

    def split(groups, share, seed):
        people = np.unique(groups.numpy())
        return torch.from_numpy(np.isin(groups.numpy(), choose(people, round(share * len(people)), seed)))

    return split


def drawn(people, k, seed):
    return np.random.default_rng(seed).permutation(people)[:k]


def pictures_drawn(groups, share, seed):
    order = torch.randperm(len(groups), generator=torch.Generator().manual_seed(seed))
    mask = torch.zeros(len(groups), dtype=torch.bool)
    mask[order[: round(share * len(groups))]] = True
    return mask


right_split = people_by(drawn)


def pairs(equal):
    """An answer to 01.4 from all pairs: any train picture for which `equal`(test, train) says so."""
    return lambda train, test: torch.tensor([any(equal(b.int(), a.int()) for a in train) for b in test])


right_copies = pairs(lambda b, a: bool((a == b).all()))


def same_place(train, test):
    k = min(len(train), len(test))
    found = torch.zeros(len(test), dtype=torch.bool)
    found[:k] = (train[:k] == test[:k]).flatten(1).all(1)
    return found


def first_only(train, test):
    found = right_copies(train, test)
    for k in range(len(test)):
        found[k] &= not any(torch.equal(test[k], test[j]) for j in range(k))
    return found


MISTAKES = [
    ("01.1", (1 / 3, 0.38, 1 / 3), "that is guessing evenly"),
    ("01.1", (0.5, 1 / 3, 1 / 3), "guesses every class equally often"),
    ("01.1", (0.5, 0.5, 1 / 3), "the accuracy of always happy"),
    ("01.1", (0.5, 0.25, 1 / 3), "happy's part alone"),
    ("01.1", (0.5, 0.62, 1 / 3), "how often the guess is wrong"),
    ("01.1", (0.5, 0.38, 0.5), "that is the accuracy"),
    ("01.1", (0.5, 0.38, 1.0), "on sad, and on angry"),
    ("01.1", (0.5, 0.38, 1 / 6), "divided twice"),
    ("01.1", (50, 38, 33.3), "For always happy: give a share"),
    ("01.1", (0.5, 38, 1 / 3), "For guessing by class shares: give a share"),
    ("01.1", (0.5, 0.7, 1 / 3), "not yet"),
    ("01.1", (0.5, 0.38), "three numbers are wanted"),
    ("01.1", (0.5, 0.38, "a third"), "one of them is str"),
    ("01.2", votes_with(label=lambda v: int(v.argmax())), "no majority: -1"),
    ("01.2", votes_with(label=lambda v: int(v.argmin())), "has the most votes"),
    ("01.2", votes_with(entropy=lambda v: float((v * np.log2(np.maximum(v, 1e-300))).sum() * np.nan)), "log2(0)"),
    ("01.2", votes_with(entropy=lambda v: -float(stats.entropy(v, base=2))), "the sign is missing"),
    ("01.2", votes_with(entropy=lambda v: float(stats.entropy(v))), "natural logarithm"),
    ("01.2", votes_with(entropy=lambda v: float(stats.entropy(v, base=10))), "base 10"),
    ("01.2", votes_with(entropy=lambda v: -float((v[v > 0] * np.log2(v[v > 0])).sum())), "divide them by their sum"),
    ("01.2", votes_with(entropy=sum_of(lambda p: -np.log2(p))), "weigh each logarithm"),
    ("01.2", votes_with(entropy=lambda v: float(stats.entropy(v, base=2)) / 8), "mean over the classes"),
    ("01.2", votes_with(entropy=lambda v: 1.2345), "expected 0.000 bits, found 1.234"),
    ("01.2", lambda votes: votes.argmax(), "a class and a number of bits"),
    ("01.3", pictures_drawn, "stands on both sides: draw people"),
    ("01.3", lambda g, share, seed: ~right_split(g, share, seed), "change places"),
    ("01.3", lambda g, share, seed: right_split(g, share, seed).nonzero().flatten(), "look like indices"),
    ("01.3", lambda g, share, seed: right_split(g, share, seed).int(), "one True or False a picture"),
    ("01.3", lambda g, share, seed: torch.zeros(len(g), dtype=torch.bool), "nothing is in the test"),
    ("01.3", people_by(lambda people, k, seed: people[:k]), "six seeds gave the same split"),
    ("01.3", people_by(lambda people, k, seed: drawn(people, 1, seed)), "the share is one of people"),
    ("01.4", lambda train, test: ~right_copies(train, test), "True and False have changed places"),
    ("01.4", pairs(lambda b, a: bool((a == b).any())), "one equal pixel"),
    ("01.4", pairs(lambda b, a: a.sum() == b.sum()), "the same sum"),
    ("01.4", pairs(lambda b, a: bool(((a - b).abs() <= 1).all())), "differs by one grey level"),
    ("01.4", same_place, "try all pairs"),
    ("01.4", first_only, "counts both times"),
    ("01.4", lambda train, test: right_copies(test, train), "one entry for each of the 4 train pictures"),
    ("01.4", lambda train, test: right_copies(train, test).nonzero().flatten(), "the numbers of the right pictures"),
    ("01.4", lambda train, test: right_copies(train, test).float(), "bool [6]"),
    ("01.4", lambda train, test: torch.zeros(len(test), dtype=torch.bool), "is a copy of a train picture"),
    ("01.5", (1, 1, 0.5), "For A with C: the sign is wrong"),
    ("01.5", (128 / (24 * 816) ** 0.5, -1, 0.5), "take each picture's mean away"),
    ("01.5", (16, -8, 4), "divide the sum by both lengths"),
    ("01.5", (4, -2, 1), "covariance"),
    ("01.5", (1, -1, 4 / 64), "a length is a square root"),
    ("01.5", (1, -1, 0), "multiply place by place"),
    ("01.5", (1, -1, 0.3), "between -1 and 1"),
    ("01.5", (1, -1), "three correlations are wanted"),
    ("01.6", lambda counts: 1 / counts, "the mean weight of a picture must be 1"),
    ("01.6", lambda counts: counts.sum() / counts, "divide by the number of classes"),
    ("01.6", lambda counts: (1 / counts) / (1 / counts).sum(), "add up to 1"),
    ("01.6", lambda counts: (1 / counts) / (1 / counts).mean(), "over the pictures"),
    ("01.6", lambda counts: counts.max() / counts, "the largest class has weight 1"),
    ("01.6", lambda counts: counts / counts.sum(), "class shares"),
    ("01.6", lambda counts: len(counts) * counts / counts.sum(), "turned round"),
    ("01.6", lambda counts: torch.ones(3, 2), "the shape [3] is wanted"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


def test_a_split_that_takes_no_notice_of_its_seed_is_told():
    state = np.random.default_rng(0)
    outcome = exercises.check("01.3", people_by(lambda people, k, seed: state.permutation(people)[:k]))
    assert outcome.status == "incorrect" and "the same seed gave two splits" in outcome.message


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("01.1", [torch.tensor(0.5), 0.38, 0.333]),
        ("01.2", votes_with()),
        ("01.3", right_split),
        ("01.4", right_copies),
        ("01.4", lambda train, test: (test.flatten(1)[:, None] == train.flatten(1)[None]).all(2).any(1)),
        ("01.5", [1, -1, 0.5]),
        ("01.6", lambda counts: torch.tensor([counts.sum() / (len(counts) * n) for n in counts])),
    ],
)
def test_another_way_to_the_same_answer_is_right(number, answer):
    assert exercises.check(number, answer).correct


def test_values_that_were_not_filled_in_are_not_attempted():
    for number in ("01.1", "01.5"):
        assert exercises.check(number, (..., ..., ...)).status == "not attempted"


def test_what_the_exercises_teach_is_what_the_library_does():
    votes = torch.tensor([[0, 0, 0, 10, 0, 0, 0, 0], [5, 0, 0, 0, 5, 0, 0, 0], [1, 0, 4, 0, 2, 3, 0, 0]])
    nobody = torch.zeros(3, dtype=torch.uint8)
    library = Votes(votes.byte(), unknown=nobody, not_a_face=nobody)
    labels, bits = zip(*(ch01.read_votes(row) for row in votes), strict=True)
    assert list(labels) == library.majority().tolist()
    assert list(bits) == pytest.approx(library.entropy().tolist(), abs=1e-6)

    counts = torch.tensor([5, 3, 2])
    expected = class_weights(torch.arange(3).repeat_interleave(counts), 3)
    torch.testing.assert_close(ch01.weights_for(counts), expected)
