"""Two networks on the same pictures: which is better, and could it be chance?"""

from dataclasses import asdict, dataclass

import torch

from ..errors import DataError
from .intervals import Share
from .paired import McNemar, mcnemar, paired_bootstrap


@dataclass(frozen=True)
class HeadToHead:
    """a, b: `Share` of pictures that each names right. difference: the accuracy of a less that of b, -1..1; low, high:
    its 95 % interval by the bootstrap over pictures, or over people where `people` says how many there are.
    mcnemar: pictures that one of them alone names right, and the exact test on them, which knows no people.
    """

    a: Share
    b: Share
    difference: float
    low: float
    high: float
    mcnemar: McNemar
    people: int | None = None

    def as_dict(self):
        """Return all of it in a form that JSON takes."""
        return asdict(self)

    def __str__(self):
        of = f"{self.people} people" if self.people else "pictures"
        return (
            f"first   {self.a}\nsecond  {self.b}\n"
            f"first less second: {100 * self.difference:+.2f} points, {100 * self.low:+.2f} to {100 * self.high:+.2f} "
            f"(95 %, bootstrap over {of})\n"
            f"right alone: the first on {self.mcnemar.only_a}, the second on {self.mcnemar.only_b} pictures; "
            f"McNemar's exact test p = {self.mcnemar.p:.3g}"
        )


def head_to_head(first, second, subjects=None, seed=0):
    """Compare two `Report`s of evaluate() on the same pictures: `HeadToHead`.

    subjects: int64 [N], who is on each picture, as `FaceSet.groups`, or None. seed: of the bootstrap. It holds for
    these two networks: whether one *way of training* is better takes several seeds of each, see `paired_differences`.
    Raises DataError where the reports are of other pictures, or of counts alone.
    """
    for report in (first, second):
        if report.probabilities is None or report.labels is None:
            raise DataError(
                "expected reports picture by picture, found one of counts alone: make both with evaluate() on one set."
            )
    if first.data.get("fingerprint") != second.data.get("fingerprint") or not torch.equal(first.labels, second.labels):
        raise DataError(
            f"expected two reports on the same pictures, found {first.data.get('name')} {first.data.get('split')} and "
            f"{second.data.get('name')} {second.data.get('split')} with other fingerprints: score both on one set."
        )
    right = [report.predicted == report.labels for report in (first, second)]
    shares = [Share(int(hits.sum()), len(hits)) for hits in right]
    people = None if subjects is None else len(torch.as_tensor(subjects).unique())
    return HeadToHead(*shares, *paired_bootstrap(*right, subjects, seed=seed), mcnemar(*right), people)
