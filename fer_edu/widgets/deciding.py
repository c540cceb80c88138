"""From probabilities to answers: a threshold for one class, another share of that class, and leave to abstain."""

from typing import NamedTuple

import ipywidgets
import numpy as np

from ..errors import DataError
from ..evaluation import inputs
from ..evaluation.curves import roc
from ..evaluation.priors import decide, reweight
from .deciding_picture import DecidingPicture
from .view import LAYOUT, STYLE, View, slider


class RuleScores(NamedTuple):
    """Scores of one way to decide, all 0..1.

    precision, recall, f1: of the class in question; 0 where nothing is named so. false: the share of the other pictures
    that are named so. accuracy: over all classes.
    """

    precision: float
    recall: float
    f1: float
    false: float
    accuracy: float


class DecidingState:
    """A network's probabilities for labelled pictures, and a place where it is to decide.

    probabilities: float [N, C], rows add up to 1. labels: int64 [N]. classes: C names. chosen: the class in question,
    None for the rarest; setting it sets `prior` to its share of the pictures.

    threshold: a picture is named `chosen` where its probability reaches this, else the most probable of the others.
    prior: the share of `chosen` where the network is used, above 0 and below 1; the others keep their proportions to
    each other. All scores are those of that place, if the classes look there as they do here. corrected: whether the
    network is told, so that its probabilities are re-weighted by Bayes' rule; it is taken to have learned the shares of
    `labels`. surest: a picture is answered, with its most probable class, where that one's probability reaches this.

    Follow from these: probabilities float64 [N, C], which are decided by; weights float64 [N], 1 on average, how often
    each picture counts there; positive bool [N], which show `chosen`; roc, its `Curve` of false positive rate and
    recall, off which neither the prior nor the correction moves a point.
    Raises DataError on values that make no sense, when they are set.
    """

    def __init__(self, probabilities, labels, classes, chosen=None):
        self.original = inputs.probabilities(probabilities)
        if self.original.shape[1] != len(classes):
            raise DataError(
                f"expected one column of probabilities a class, found {self.original.shape[1]} for {len(classes)} "
                "names: give the classes that the network was trained on."
            )
        self.labels = inputs.indices("labels", labels, len(self.original), len(classes)).numpy()
        self.classes = tuple(classes)
        self.counts = np.bincount(self.labels, minlength=len(classes))
        self.threshold, self.surest, self._corrected, self.drawn = 0.5, 0.0, False, None
        rarest = int(np.where(self.counts > 0, self.counts, len(self.labels) + 1).argmin())
        self.chosen = chosen or self.classes[rarest]

    def __setattr__(self, name, value):
        if name in ("threshold", "surest") and not 0 <= value <= 1:
            raise DataError(f"expected a probability in 0..1 as {name}, found {value!r}: give one.")
        super().__setattr__(name, value)

    @property
    def chosen(self):
        return self._chosen

    @chosen.setter
    def chosen(self, name):
        if name not in self.classes or not 0 < self.counts[self.classes.index(name)] < len(self.labels):
            able = [each for each, n in zip(self.classes, self.counts, strict=True) if 0 < n < len(self.labels)]
            raise DataError(
                f"expected a class that some but not all pictures show, out of {', '.join(able)}, found {name!r}: "
                "name one of those."
            )
        self._chosen, self.k = name, self.classes.index(name)
        self.positive = self.labels == self.k
        self.prior = self.share

    @property
    def prior(self):
        return self._prior

    @prior.setter
    def prior(self, share):
        if not 0 < share < 1:
            raise DataError(f"expected a share above 0 and below 1 as prior, found {share!r}: give one.")
        self._prior = share
        self._move()

    @property
    def corrected(self):
        return self._corrected

    @corrected.setter
    def corrected(self, told):
        self._corrected = told
        self._move()

    def _move(self):
        """Go to the place: the probabilities to decide by, how much each picture counts, and the curve."""
        here, there = self.share, self.prior
        self.weights = np.where(self.positive, there / here, (1 - there) / (1 - here))
        self.probabilities = self.original
        if self.corrected:
            old = np.maximum(self.counts, 1e-9)  # a class without pictures shares the fate of the others
            new = old * (1 - there) / (1 - here)
            new[self.k] = old[self.k] * there / here
            self.probabilities = reweight(self.original, old, new)
        self.roc = roc(self.probabilities[:, self.k], self.positive)

    @property
    def share(self):
        """The share of the chosen class among the pictures, 0..1."""
        return self.counts[self.k].item() / len(self.labels)

    @property
    def answers(self):
        """The class named for each picture under the threshold, int64 [N]."""
        p = self.probabilities.numpy()
        others = np.delete(p, self.k, axis=1).argmax(1)
        return np.where(p[:, self.k] >= self.threshold, self.k, others + (others >= self.k))

    def scores(self, answers):
        """Return the `RuleScores` of answers, int64 [N], in the place of use."""
        named, right, weights = answers == self.k, answers == self.labels, self.weights
        hit = weights[named & right].sum()
        precision = hit / weights[named].sum() if named.any() else 0.0
        recall = hit / weights[self.positive].sum()
        f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
        false = weights[named & ~right].sum() / weights[~self.positive].sum()
        return RuleScores(*map(float, (precision, recall, f1, false, weights[right].sum() / weights.sum())))

    @property
    def rule(self):
        """The `RuleScores` under the threshold."""
        return self.scores(self.answers)

    @property
    def plain(self):
        """The `RuleScores` of the usual rule: the most probable class."""
        return self.scores(decide(self.probabilities).numpy())

    @property
    def precision(self):
        """Precision at the points of `roc`, float64 [P]: π y / (π y + (1 - π) x), 1 where nothing is named."""
        hit = self.prior * self.roc.y
        named = hit + (1 - self.prior) * self.roc.x
        return np.divide(hit, named, out=np.ones_like(hit), where=named > 0)

    @property
    def average_precision(self):
        """The area of the steps under precision over recall, 0..1."""
        return float(np.sum(np.diff(self.roc.y) * self.precision[1:]))

    @property
    def abstaining(self):
        """(coverage, accuracy), float64 [P] each: the share answered and how many of these are right, surest first."""
        sure, answer = (column.numpy() for column in self.probabilities.max(1))
        order = np.argsort(-sure, kind="stable")
        weights, right = self.weights[order], (answer == self.labels)[order]
        last = np.append(np.flatnonzero(np.diff(sure[order])), len(order) - 1)  # equal ones are answered together
        answered = np.cumsum(weights)[last]
        return answered / weights.sum(), np.cumsum(weights * right)[last] / answered

    @property
    def answered(self):
        """(share answered, how many of these are right) at `surest`; the second is None where none is answered."""
        answers, weights = decide(self.probabilities, threshold=self.surest).numpy(), self.weights
        some = answers >= 0
        if not some.any():
            return 0.0, None
        right = weights[answers == self.labels].sum() / weights[some].sum()
        return float(weights[some].sum() / weights.sum()), float(right)

    def describe(self):
        rule, plain, (share, right) = self.rule, self.plain, self.answered
        told = " and the network is told," if self.corrected else ","
        answered = "none is answered" if right is None else f"{share:.0%} are answered, {right:.1%} of them right"
        return (
            f"Where {self.prior:.0%} of the pictures are {self.chosen}{told} naming a picture {self.chosen} from a "
            f"probability of {self.threshold:.2f} on gives precision {rule.precision:.3f}, recall {rule.recall:.3f}, "
            f"F1 {rule.f1:.3f} and an accuracy over all classes of {rule.accuracy:.1%}. Naming the most probable class "
            f"gives {plain.precision:.3f}, {plain.recall:.3f}, {plain.f1:.3f} and {plain.accuracy:.1%}. If it "
            f"abstains where that one's probability is below {self.surest:.2f}, {answered}."
        )

    def png(self):
        """Return the ROC, precision over recall and accuracy over coverage, as PNG bytes."""
        if self.drawn is None:
            self.drawn = DecidingPicture()
        return self.drawn.png(self)


class DecidingExplorer(View):
    """A button a class, three sliders, a tick and "start over" above three curves with the point that is chosen."""

    def __init__(self, state):
        look = {"style": STYLE, "layout": LAYOUT}
        names = [name for name, n in zip(state.classes, state.counts, strict=True) if 0 < n < len(state.labels)]
        controls = {
            "chosen": ipywidgets.ToggleButtons(
                options=names, value=state.chosen, description="class", style=STYLE | {"button_width": "86px"}
            ),
            "threshold": slider("its threshold", 0, 1, 0.01, state.threshold, ".2f"),
            "prior": slider("its share in use", 0.01, 0.9, 0.01, state.prior, ".2f"),
            "corrected": ipywidgets.Checkbox(value=state.corrected, description="tell the network", **look),
            "surest": slider("abstain below", 0, 1, 0.01, state.surest, ".2f"),
        }
        super().__init__(state, controls)
        self.again = ipywidgets.Button(description="start over")
        self.again.on_click(lambda _: self.start_over())
        sliders, *rest = self.children
        self.children = (sliders, self.again, *rest)

    def _moved(self, name, value):
        setattr(self.state, name, value)
        self.follow()

    def start_over(self):
        """Go back to the share that the class has here, a threshold of a half, and answers to all."""
        state = self.state
        state.prior, state.threshold, state.surest, state.corrected = state.share, 0.5, 0.0, False
        self.follow()

    def walk(self):
        """Move every control from end to end and press the button; return how many pictures that drew.

        It ends where it started.
        """
        state = self.state
        kept = {name: getattr(state, name) for name in self.controls}
        drawn = super().walk()
        self.start_over()
        for name, value in kept.items():
            setattr(state, name, value)
        self.follow()
        return drawn + 2
