"""The interval explorer: how often does an interval over a few seeds hold the truth, and what does it not know?"""

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import ipywidgets
import numpy as np

from ..errors import DataError
from ..evaluation import wilson
from ..evaluation.coverage import interval_ends, z_coverage
from .intervals_picture import IntervalPicture
from .view import LAYOUT, STYLE, View, slider

METHODS = ("z", "t", "bootstrap")
"""z: mean ± z s/√n, as if s were the true deviation. t: Student's, which knows that s is an estimate, too. bootstrap:
the middle share of the means of 1,000 resamples (percentile)."""

SHOWN, REPETITIONS, RESAMPLES, MOST = 100, 2000, 1000, 50
PICTURES = (100, 213, 500, 981, 2000, 3589, 10000, 50000)
"""Sizes of test sets to choose from; 213 is JAFFE's, 981 CK+'s as usually cut, 3589 FER-2013's."""

NAMES = {"z": "z intervals", "t": "Student's t intervals", "bootstrap": "Bootstrap intervals"}
ALLOWED = {
    "n": (2, MOST, "2 to 50 seeds"),
    "sigma": (1e-6, 100, "a deviation above 0, in points"),
    "level": (0.5, 0.999, "a level in 0.5..0.999"),
    "accuracy": (0, 100, "an accuracy in 0..100 percent"),
    "pictures": (1, math.inf, "1 picture or more"),
}


class Experiments(NamedTuple):
    """Simulated experiments of n seeds each: mean, low, high float64 [100] in percent; held bool [100]."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    held: np.ndarray


@dataclass
class IntervalState:
    """Experiments of n trainings each, and the interval that each of them would publish.

    n: trainings (seeds) in one experiment, 2..50. sigma: standard deviation of one training's accuracy around the
    truth, in points. level: what the interval promises, 0.5..0.999. method: one of METHODS. pictures: size of the test
    set. accuracy: the truth, the mean over all seeds there could be, in percent. seed: which random draw.

    Trainings are drawn from a normal distribution. All experiments share their draws between settings, so that what
    changes in the picture is what was changed. Raises DataError on a value that makes no sense, when it is set.
    """

    n: int = 5
    sigma: float = 0.8
    level: float = 0.95
    method: str = "z"
    pictures: int = 3589
    accuracy: float = 65.0
    seed: int = 0

    def __setattr__(self, name, value):
        if name == "method" and value not in METHODS:
            raise DataError(f"expected a method out of {', '.join(METHODS)}, found {value!r}: name one of those.")
        if name in ALLOWED:
            low, high, wanted = ALLOWED[name]
            whole = name not in ("n", "pictures") or value == int(value)
            if not (whole and low <= value <= high):
                raise DataError(f"expected {wanted}, found {value!r}: give such a number.")
        super().__setattr__(name, value)

    def __post_init__(self):
        self.drawn = None

    @property
    def experiments(self):
        """The first 100 of the 2,000 repetitions, as `Experiments`."""
        some = noise(self.seed)[:SHOWN, : self.n]
        if self.method == "bootstrap":
            means = resampled(self.seed, self.n)[1]
            first, last = ranks(self.level)
            low, high = means[first], means[last]
        else:
            low, high = interval_ends(some, self.method, self.level)
        held = (low <= 0) & (high >= 0)
        return Experiments(*(self.accuracy + self.sigma * each for each in (some.mean(1), low, high)), held)

    @property
    def held(self):
        """How many of the 2,000 repetitions have an interval that holds the truth."""
        if self.method == "bootstrap":
            below = resampled(self.seed, self.n)[0]
            first, last = ranks(self.level)
            return int(((below > first) & (below <= last)).sum())
        low, high = interval_ends(noise(self.seed)[:, : self.n], self.method, self.level)
        return int(((low <= 0) & (high >= 0)).sum())

    @property
    def coverage(self):
        """The share of the 2,000 repetitions whose interval holds the truth."""
        return self.held / REPETITIONS

    @property
    def counted(self):
        """(low, high): how far the coverage may be off, as only 2,000 were counted; Wilson's 95% interval."""
        return wilson(self.held, REPETITIONS)

    @property
    def expected(self):
        """The coverage in closed form: z's from Student's t, t's the level, None for the bootstrap, which has none."""
        return {"z": z_coverage(self.n, self.level), "t": self.level, "bootstrap": None}[self.method]

    @property
    def half(self):
        """Half of the interval's width, in points, the mean over the 100 experiments."""
        some = self.experiments
        return float((some.high - some.low).mean() / 2)

    @property
    def sampling(self):
        """(low, high) in percent: Wilson's interval of the true accuracy for a test set of `pictures`, at `level`."""
        low, high = wilson(round(self.accuracy / 100 * self.pictures), self.pictures, self.level)
        return 100 * low, 100 * high

    def describe(self):
        missed = SHOWN - int(self.experiments.held.sum())
        low, high = self.counted
        exact = "has no closed form" if self.expected is None else f"closed form {self.expected:.1%}"
        sample = (self.sampling[1] - self.sampling[0]) / 2
        return (
            f"{NAMES[self.method]} from {self.n} seeds: {missed} of these {SHOWN} intervals miss the truth. Of "
            f"{REPETITIONS:,} experiments, {self.coverage:.1%} hold it (95% interval of this count: {low:.1%} to "
            f"{high:.1%}; {exact}); {self.level:.1%} were promised. On average, the interval is ± {self.half:.2f} "
            f"points. What it does not hold: the sampling of the test pictures, ± {sample:.2f} points for "
            f"{self.pictures:,} of them (Wilson). More seeds do not make that smaller."
        )

    def png(self):
        """Return the 100 intervals, the two uncertainties below them and the coverage, as PNG bytes."""
        if self.drawn is None or self.drawn.accuracy != self.accuracy:
            self.drawn = IntervalPicture(self.accuracy)
        return self.drawn.png(self)


@functools.lru_cache(maxsize=4)
def noise(seed):
    """Return the trainings' distances from the truth in standard deviations, float64 [2000, 50]; read only."""
    drawn = np.random.default_rng(seed).standard_normal((REPETITIONS, MOST))
    drawn.flags.writeable = False
    return drawn


@functools.lru_cache(maxsize=64)
def resampled(seed, n):
    """Resample every experiment 1,000 times with replacement.

    Returns how many of the resampled means lie below the truth, int64 [2000], and the sorted means of the first 100
    experiments, float32 [1000, 100]. No more is needed to know which percentile intervals hold the truth.
    The 100 experiments of a block share their resamples, which makes them one matrix product; 20 blocks do not.
    """
    generator = np.random.default_rng((seed, n))
    offset = n * np.arange(RESAMPLES, dtype=np.int32)[:, None]
    below, first = [], None
    for block in noise(seed)[:, :n].astype(np.float32).reshape(-1, SHOWN, n):
        picked = generator.integers(n, size=(RESAMPLES, n), dtype=np.int32)
        times = np.bincount((picked + offset).ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n)
        means = times.astype(np.float32) @ (block.T / np.float32(n))
        below.append((means < 0).sum(0))
        if first is None:
            first = np.sort(means, axis=0)
    return np.concatenate(below), first


def ranks(level):
    """Return the places, from 0, of a percentile interval's ends among the 1,000 sorted means."""
    tail = (1 - level) / 2
    return [math.ceil(round(RESAMPLES * share, 6)) - 1 for share in (tail, 1 - tail)]


class IntervalExplorer(View):
    """A choice of method, four sliders and "new draw" above the intervals, the two uncertainties and the coverage."""

    def __init__(self, state):
        look = {"style": STYLE, "layout": LAYOUT}
        sizes = sorted({*PICTURES, state.pictures})
        controls = {
            "method": ipywidgets.ToggleButtons(options=METHODS, value=state.method, description="interval", **look),
            "n": ipywidgets.IntSlider(value=state.n, min=2, max=MOST, description="seeds (n)", **look),
            "sigma": slider("σ of seeds (points)", 0.1, 2, 0.1, state.sigma, ".1f"),
            "level": slider("level", 0.8, 0.99, 0.01, state.level, ".2f"),
            "pictures": ipywidgets.SelectionSlider(
                options=sizes, value=state.pictures, description="test pictures", **look
            ),
        }
        super().__init__(state, controls)
        self.again = ipywidgets.Button(description="new draw")
        self.again.on_click(lambda _: self.draw_again())
        sliders, *rest = self.children
        self.children = (sliders, self.again, *rest)

    def draw_again(self):
        """Draw other experiments: those of the next seed."""
        self.state.seed += 1
        self.redraw()

    def walk(self):
        """Move every control from end to end and press the button; return how many pictures that drew.

        It ends where it started.
        """
        drawn, seed = super().walk(), self.state.seed
        self.again.click()
        self.state.seed = seed
        self.redraw()
        return drawn + 2
