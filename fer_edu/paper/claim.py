"""What a claim is: what the paper says and where, the computation that tests it, and what came out."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import DataError

HOLDS = "holds"
RESERVED = "holds with a reservation"
CONTRADICTS = "contradicts itself"
OPEN = "not reproducible from the text"
NOT_REPRODUCED = "not reproduced by us"
REPRODUCED = "reproduced by us"

VERDICTS = {
    HOLDS: "what is printed follows from what else is printed, or from the published data",
    RESERVED: "it follows, but says less than it seems to, or something beside it does not fit",
    CONTRADICTS: "two things that are printed cannot both be so",
    OPEN: "the text leaves out what a reader would need to compute it",
    NOT_REPRODUCED: "we ran or counted it, under what we could make of the text, and got something else",
    REPRODUCED: "we ran or counted it, and got the same",
}
"""The six verdicts, and when each is given. None of them says why: slips have many innocent causes."""


@dataclass(frozen=True)
class Claim:
    """One row of the ledger.

    title: a few words. says: what the paper says, mostly its own words. where: table or section. topic: what it is
    about. computation: what was computed. verdict: one of VERDICTS. numbers: name -> int, float or str, what came out.
    because: one sentence on why the verdict is that.
    """

    title: str
    says: str
    where: str
    topic: str
    computation: str
    verdict: str
    numbers: dict
    because: str

    def __str__(self):
        """The claim, its verdict and why, and what was computed: a few lines."""
        lines = [f"{self.title} ({self.where})"]
        lines += textwrap.wrap(f"{self.verdict}. {self.because}", 100, initial_indent="    ", subsequent_indent="    ")
        return "\n".join([*lines, *(f"    {name}: {value}" for name, value in self.numbers.items())])


@dataclass(frozen=True)
class Question:
    """A claim that has not been tested yet: call it with a `Paper` to have it tested.

    answer: takes the paper, returns (verdict, numbers, because); its docstring says what is computed.
    """

    title: str
    says: str
    where: str
    topic: str
    answer: Callable

    def __call__(self, paper):
        """Return the `Claim`: computed now, from this paper's numbers."""
        verdict, numbers, because = self.answer(paper)
        if verdict not in VERDICTS:
            raise DataError(f"expected a verdict out of {', '.join(VERDICTS)}, found {verdict!r}: give one of those.")
        return Claim(
            self.title, self.says, self.where, self.topic, self.answer.__doc__.strip(), verdict, numbers, because
        )


def question(title, where, says, topic):
    """Return a decorator that makes a function of a `Paper` a `Question`."""
    return lambda answer: Question(title, says, where, topic, answer)
