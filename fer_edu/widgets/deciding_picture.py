"""The picture of the deciding explorer: three curves, and on each the point where one decides."""

from matplotlib.figure import Figure

from .. import plots
from .moving import MovingFigure

AXES = (
    ("false positive rate", "recall"),
    ("recall", "precision"),
    ("share answered", "accuracy of the answers"),
)
# Points may lie on the edge, so they are not cut off there; the layout is not to make room for that.
POINT = {"linestyle": "none", "clip_on": False, "in_layout": False}
YOURS = POINT | {"marker": "o", "color": plots.BLUE, "markersize": 10}
USUAL = POINT | {"marker": "D", "color": plots.ORANGE, "markersize": 9, "mfc": "white", "mew": 2.5}


class DecidingPicture:
    """The figure whose curves and points move with a `DecidingState`."""

    def __init__(self):
        with plots.in_style():
            figure = Figure(figsize=(10.2, 3.9), layout="constrained")
            axes = figure.subplots(1, 3)
            for ax, (x, y) in zip(axes, AXES, strict=True):
                ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
                ax.set(xlabel=x, ylabel=y, title="room for\ntwo lines")
            axes[0].plot((0, 1), (0, 1), ":", color=plots.GREY, linewidth=1.5)
            self.curves = [ax.plot([], [], color=plots.BLUE)[0] for ax in axes]
            self.curves[1].set_drawstyle("steps-pre")  # so that the area below is the average precision
            (self.blind,) = axes[1].plot([], [], ":", color=plots.GREY, linewidth=1.5)
            self.usual = [ax.plot([], [], **USUAL)[0] for ax in axes[:2]]
            self.points = [ax.plot([], [], **YOURS)[0] for ax in axes]
            self.titles = [ax.title for ax in axes]
            figure.legend(
                [self.points[0], self.usual[0], self.blind],
                ["your threshold", "the most probable class", "chance"],
                loc="outside lower center",
                ncols=3,
            )
            moving = (*self.curves, self.blind, *self.titles, *self.usual, *self.points)
            self.figure = MovingFigure(figure, moving)

    def png(self, state):
        """Return the picture of a state, as PNG bytes."""
        roc, rule, plain, (share, right) = state.roc, state.rule, state.plain, state.answered
        self.curves[0].set_data(roc.x, roc.y)
        self.curves[1].set_data(roc.y, state.precision)
        self.curves[2].set_data(*state.abstaining)
        self.blind.set_data((0, 1), (state.prior, state.prior))
        self.usual[0].set_data([plain.false], [plain.recall])
        self.usual[1].set_data([plain.recall], [plain.precision])
        named = rule.recall > 0 or rule.false > 0
        self.points[0].set_data([rule.false], [rule.recall])
        self.points[1].set_data([rule.recall], [rule.precision if named else 1.0])  # where the curve begins
        self.points[2].set_data(*(([], []) if right is None else ([share], [right])))
        answered = "none answered" if right is None else f"{share:.0%} answered, {right:.1%} right"
        for title, text in zip(
            self.titles,
            (
                f"ROC of {state.chosen} against the rest\narea {roc.area:.3f}",
                f"where {state.prior:.0%} are {state.chosen}\naverage precision {state.average_precision:.3f}",
                f"answering only when sure\n{answered}",
            ),
            strict=True,
        ):
            title.set_text(text)
        return self.figure.png()
