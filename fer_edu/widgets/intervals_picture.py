"""The picture of the interval explorer: intervals around the truth, two uncertainties side by side, the coverage."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from .. import plots
from .moving import MovingFigure

REACH = 5  # points on either side of the truth that the axis shows
LOWEST = 45  # percent: where the axis of the coverage begins; two seeds with a bootstrap reach 50 %
COUNTED = ("of these\n100", "of\n2,000", "closed\nform")
MARKS = (("s", plots.GREY), ("o", plots.BLUE), ("D", plots.GREEN))


class IntervalPicture:
    """The figure for one accuracy, in percent, whose lines move with an `IntervalState`."""

    def __init__(self, accuracy):
        self.accuracy = accuracy
        with plots.in_style():
            figure = Figure(figsize=(9.6, 5.4), layout="constrained")
            grid = figure.add_gridspec(2, 2, width_ratios=(2.1, 1), height_ratios=(4, 1))
            many, two, right = (figure.add_subplot(part) for part in (grid[0, 0], grid[1, 0], grid[:, 1]))
            moving = [*self._many(many), *self._two(two), *self._right(right)]
            self.figure = MovingFigure(figure, moving)

    def _many(self, ax):
        """The 100 intervals."""
        ax.axvline(self.accuracy, color="black", linewidth=1.2)
        ax.set(ylim=(-1, 100), yticks=(), ylabel="100 experiments", title="mean and interval of each experiment")
        self._points(ax)
        ax.tick_params(labelbottom=False)
        self.hits = LineCollection([], colors=plots.BLUE, linewidths=1.1)
        self.misses = LineCollection([], colors=plots.ORANGE, linewidths=2.4)
        for lines in (self.hits, self.misses):
            ax.add_collection(lines, autolim=False)
        (self.dots,) = ax.plot([], [], ".", color=plots.BLUE, markersize=3.5)
        (self.crosses,) = ax.plot([], [], "x", color=plots.ORANGE, markersize=8, markeredgewidth=2.4)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2, "alpha": 0.9}
        self.count = ax.text(0.99, 0.98, "", transform=ax.transAxes, ha="right", va="top", color=plots.ORANGE, bbox=box)
        return self.hits, self.misses, self.dots, self.crosses, self.count

    def _two(self, ax):
        """What the seeds say and what the test set says, on the axis of the intervals."""
        ax.axvline(self.accuracy, color="black", linewidth=1.2)
        ax.set(ylim=(-0.5, 2), yticks=(1, 0), yticklabels=("seeds", "test set"), xlabel="accuracy in percent")
        ax.grid(axis="y", visible=False)
        self._points(ax)
        self.bars, self.widths = [], []
        for row, colour in ((1, plots.BLUE), (0, plots.GREEN)):
            self.bars += ax.plot([], [], "-", color=colour, linewidth=6, solid_capstyle="butt")
            at = (self.accuracy + 0.1, row + 0.22)
            self.widths.append(ax.text(*at, "", color=colour, fontsize=10))
        return *self.bars, *self.widths

    def _right(self, ax):
        """The share of intervals that hold the truth, counted and in closed form, beside what was promised."""
        ax.set(xlim=(LOWEST, 102), ylim=(-0.7, 2.6), yticks=range(3), yticklabels=COUNTED)
        ax.set(xlabel="percent", title="intervals that hold the truth")
        ax.grid(axis="y", visible=False)
        (self.promised,) = ax.plot([], [], ":", color="black", linewidth=1.5)
        self.promise = ax.text(0, 0, "", ha="right", va="center", fontsize=10)
        (self.spread,) = ax.plot([], [], "-", color=plots.BLUE, linewidth=2.5)
        self.marks = [ax.plot([], [], form, color=colour, markersize=7)[0] for form, colour in MARKS]
        self.shares = [ax.text(0, place + 0.17, "", ha="center", fontsize=10) for place in range(3)]
        return self.promised, self.promise, self.spread, *self.marks, *self.shares

    def _points(self, ax):
        """Set the axis of accuracies, alike for both."""
        ax.set_xlim(self.accuracy - REACH, self.accuracy + REACH)
        ax.set_xticks(self.accuracy + np.arange(-4, 5, 2))

    def png(self, state):
        """Return the picture of a state with this accuracy, as PNG bytes."""
        some, held = state.experiments, state.experiments.held
        place = np.arange(len(held))
        for lines, which in ((self.hits, held), (self.misses, ~held)):
            ends = np.stack([some.low[which], place[which], some.high[which], place[which]], axis=1)
            lines.set_segments(ends.reshape(-1, 2, 2))
        self.dots.set_data(some.mean[held], place[held])
        # A miss may lie outside the picture as a whole: its cross stays in sight.
        inside = np.clip(some.mean[~held], self.accuracy - REACH + 0.15, self.accuracy + REACH - 0.15)
        self.crosses.set_data(inside, place[~held])
        self.count.set_text(f"{(~held).sum()} miss (×)")

        seeds = (self.accuracy - state.half, self.accuracy + state.half)
        for k, (low, high) in enumerate((seeds, state.sampling)):
            self.bars[k].set_data((low, high), (1 - k, 1 - k))
            name = f"{state.pictures:,} pictures" if k else f"{state.n} seeds"
            self.widths[k].set_text(f"{name}: ± {(high - low) / 2:.2f}")

        level = 100 * state.level
        self.promised.set_data((level, level), (-0.7, 2.6))
        self.promise.set_position((level - 1, -0.5))
        self.promise.set_text(f"promised {level:.0f}")
        low, high = state.counted
        self.spread.set_data((100 * low, 100 * high), (1, 1))
        shares = (held.mean(), state.coverage, state.expected)
        for row, (mark, text, share) in enumerate(zip(self.marks, self.shares, shares, strict=True)):
            mark.set_data(*(([], []) if share is None else ([100 * share], [row])))
            text.set_position((75, row) if share is None else (min(100 * share, 96), row + 0.17))
            text.set_text("none is known" if share is None else f"{100 * share:.1f}" if row else f"{100 * share:.0f}")
        return self.figure.png()
