"""What we ran ourselves, from the records that ship with the package. Scored on PublicTest, never on PrivateTest."""

from dataclasses import dataclass

import numpy as np

from .. import records
from ..emotions import CLASSES
from ..evaluation import student_t
from .counts import Counts


@dataclass(frozen=True)
class Scored:
    """right of pictures named right, of a set in words."""

    right: int
    pictures: int
    what: str

    @property
    def accuracy(self):
        """In percent."""
        return 100 * self.right / self.pictures


def shipped(name):
    """Return a record that ships with the package, or None where this version has none of that name."""
    return records.read(name) if name in records.names() else None


def best_network():
    """Return (all, without copies): sdl-fer2013 on PublicTest, and on its pictures that do not stand in Training."""
    memory = records.read("data_sets")["memory"]
    copies, others = memory["in train"], memory["others"]
    return (
        Scored(copies["right"] + others["right"], copies["of"] + others["of"], "PublicTest"),
        Scored(others["right"], others["of"], "PublicTest without the pictures that also stand in Training"),
    )


def best_counts():
    """Return sdl-fer2013's `Counts` on PublicTest, or None where the record of its confusion matrix does not ship."""
    record = shipped("judged")
    if record is None:
        return None
    confusion = np.array(record["confusion"], dtype=np.int64)
    return Counts(CLASSES, confusion.diagonal(), confusion.sum(1), confusion.sum(0))


def annotators():
    """Return how often the majority of FER+'s ten annotators names PublicTest's pictures as their label, a `Counts`.

    predicted: how often that majority names each class; pictures without a majority, or called contempt, count as
    named wrong.
    """
    majority = np.array(records.read("data_sets")["votes"]["PublicTest"]["majority"], dtype=np.int64)
    seven = majority[:, : len(CLASSES)]
    return Counts(CLASSES, seven.diagonal(), majority.sum(1), seven.sum(0))


def surprise_among_fear():
    """Return (pictures, of): PublicTest's pictures labelled fear that the majority of the annotators calls surprise."""
    row = records.read("data_sets")["votes"]["PublicTest"]["majority"][CLASSES.index("fear")]
    return row[CLASSES.index("surprise")], sum(row)


@dataclass(frozen=True)
class Seeds:
    """One row of a sweep: accuracy of each seed in percent, and what was trained."""

    name: str
    accuracy: tuple
    what: str

    @property
    def mean(self):
        return float(np.mean(self.accuracy))

    @property
    def deviation(self):
        """Sample standard deviation, in points."""
        return float(np.std(self.accuracy, ddof=1))


def sweep(record, row):
    """Return one row of the record of a sweep, "ablation" or "paper_recipe", as `Seeds`."""
    content = records.read(record)
    what = (
        f"{content['network']['model']}, {content['epochs']} epochs on {content['pictures']:,} pictures of Training, "
        f"{len(content['seeds'])} seeds"
    )
    return Seeds(row, tuple(100 * a for a in content["rows"][row]["accuracy"]), what)


def letter_ending():
    """Return in words how the paper's recipe to the letter ends on all of FER-2013, from the record of that run."""
    record = records.read("paper_letter")
    hidden, last = record["blocks"]["hidden layer"], record["history"][-1]
    dead = hidden["dead"] == hidden["units"] and all(block["gradient"] == 0 for block in record["blocks"].values())
    ends = "dead, all gradients exactly 0" if dead else f"at {last['val_accuracy']:.1%}"
    return f"{ends}, after {last['epoch']} epochs"


def difference(record, row, base):
    """Return (mean, half) in points: what `row` of a sweep gains over `base`, paired by seed, Student's 95 %."""
    pairs = zip(sweep(record, row).accuracy, sweep(record, base).accuracy, strict=True)
    return student_t([a - b for a, b in pairs])


def exact_copies():
    """Return (pictures, of): how many pictures of PublicTest also stand in Training, pixel for pixel."""
    for finding in records.read("data_sets")["audit"]["findings"]:
        if finding["kind"] == "copies across sets":
            return finding["count"], finding["of"]
    return 0, records.read("data_sets")["audit"]["pictures"]["val"]


def peeking():
    """Return (gain, half, seeds) in points: what choosing the epoch on the test set bought us; None without the record.

    gain: the best epoch on PublicTest against the epoch that held-out pictures of Training chose, paired by seed.
    """
    record = shipped("peeking")
    if record is None:
        return None
    val, test = np.array(record["val"]), np.array(record["test"])
    gains = 100 * (test.max(1) - test[np.arange(len(val)), val.argmax(1)])
    return (*student_t(gains.tolist()), len(gains))
