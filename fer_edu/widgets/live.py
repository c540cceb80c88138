"""A training while it runs: its curves, its learning rate, where one face is looked at, the time left.

Drawing takes time from training, so LiveTraining keeps account: it draws again only while all its work together has
taken less than 2 % of the time spent on epochs. Long epochs are all drawn, of short ones some; the last one always.
"""

import time
from dataclasses import dataclass, field

from .. import plots, plots_training
from ..models import Watch
from ..training.progress import clock, epoch_line

SHARE = 0.02  # of the training time
RECENT = 5  # epochs, from whose seconds the time left is judged


@dataclass
class TrainingState:
    """The epochs seen so far.

    epochs: how many there will be. chance: the accuracy of guessing, or None. watch: a `Watch`, whose first face is
    drawn, or None. private: whether that face is a photograph that may not be passed on. Then the look is drawn without
    it: Colab saves in the notebook what a widget showed.
    """

    epochs: int
    chance: float | None = None
    watch: Watch | None = None
    private: bool = False
    rows: dict = field(default_factory=dict, init=False)  # by epoch
    drawn: tuple = field(default=None, init=False, repr=False)
    moving: tuple = field(default=None, init=False, repr=False)

    def add(self, row):
        """Take in one line of a History: a run that goes on adds to the lines, one that begins anew replaces them."""
        self.rows = {epoch: kept for epoch, kept in self.rows.items() if epoch < row["epoch"]} | {row["epoch"]: row}
        if self.watch is not None and self.watch.glances[-1].epoch != row["epoch"]:
            self.watch(row)

    @property
    def left(self):
        """Seconds to the end at the pace of the last few epochs; None before the first."""
        if not self.rows:
            return None
        recent = [self.rows[epoch]["seconds"] for epoch in sorted(self.rows)[-RECENT:]]
        return (self.epochs - max(self.rows)) * sum(recent) / len(recent)

    def describe(self):
        if not self.rows:
            return "waiting for the first epoch"
        row = self.rows[max(self.rows)]
        looking = ""
        if self.watch is not None:
            looking = f"; |θ − I| of one face {plots_training.distances(self.watch)[-1]:.2f}"
        return (
            f"epoch {row['epoch']} of {self.epochs}: cross-entropy on train {row['train_loss']:.2f}, on val "
            f"{row['val_loss']:.2f}; val accuracy {row['val_accuracy']:.1%}; learning rate "
            f"{row['learning_rate']:.2g}{looking}; time left {clock(self.left)}"
        )

    def png(self):
        """Return the curves so far as PNG bytes; empty axes before the first epoch."""
        from .moving import MovingFigure

        rows = [self.rows[epoch] for epoch in sorted(self.rows)]
        with plots.in_style():
            if self.drawn is None or self.drawn[0] != (self.watch is not None):
                self.drawn = (self.watch is not None, *plots_training.live_axes(self.watch is not None))
                self.moving = None
            _, figure, axes = self.drawn
            plots_training.draw_live(axes, rows, self.epochs, self.chance, self.watch, self.private)
            moving = [artist for ax in axes.values() for artist in in_front(ax)]
            still = bool(rows), self.epochs  # what the axes of the epochs and their names rest on
            if self.moving is None or self.moving[0] != still:
                scales = [axes[name].yaxis for name in ("loss", "rate", "distance") if name in axes]
                self.moving = still, MovingFigure(figure, moving, scales)
            self.moving[1].moving = moving
            return self.moving[1].png()


def in_front(axes):
    """Return what is drawn over the ticks and the grid of axes, from the back to the front."""
    frame = axes.spines.values() if axes.axison else ()
    legend = [axes.get_legend()] if axes.get_legend() else []
    return [*axes.images, *axes.lines, *frame, axes.title, *legend]


class LiveTraining:
    """Curves that grow: display(live), then fe.training.fit(..., on_epoch=live). Keeps no picture in a saved notebook.

    epochs, chance, watch, private: see `TrainingState`. Without a watch, `follow` starts one.
    widget: whether to draw; None: where a notebook's kernel and ipywidgets are there. Else it prints a line an epoch.
    The same object may be given to `fit` again, to go on after a pause: it keeps its curves.
    """

    def __init__(self, epochs, chance=None, watch=None, private=False, widget=None):
        self.state = TrainingState(epochs, chance, watch, private)
        self.view = None
        self.trained = self.spent = self.cost = 0.0  # seconds: of epochs, of all calls, of one drawing
        if has_front_end() if widget is None else widget:
            from .view import View

            self.view = View(self.state, {})  # the first drawing is slow, as it looks for fonts
            self._redraw()

    def follow(self, model, images):
        """Watch how `model` looks at images[0], uint8 [n, 1, 48, 48], from now on; return this object.

        A watch that is there is kept, with all that it saw: it goes on with `model`, as a training does after a pause.
        """
        if self.state.watch is None:
            self.state.watch = Watch(model, images[:1])
            if self.view is not None:
                self._redraw()
        self.state.watch.model = model
        return self

    def __call__(self, row):
        start = time.perf_counter()
        self.state.add(row)
        self.trained += row["seconds"]
        if self.view is None:
            print(epoch_line(row, self.state.epochs, self.state.left), flush=True)
        elif row["epoch"] >= self.state.epochs or self.spent + self.cost <= SHARE * self.trained:
            self._redraw()
        self.spent += time.perf_counter() - start

    def _redraw(self):
        start = time.perf_counter()
        self.view.redraw()
        self.cost = time.perf_counter() - start

    def __repr__(self):
        return f"LiveTraining: {self.state.describe()}"

    def _repr_mimebundle_(self, **keywords):
        if self.view is None:
            return {"text/plain": repr(self)}
        bundle = self.view._repr_mimebundle_(**keywords)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        # It is shown before the first epoch, so its picture would be an empty one.
        data.pop("image/png", None)
        data["text/plain"] = "(While the training runs, its curves grow here. The finished ones stand below.)"
        return bundle


def has_front_end():
    """Say whether a notebook's kernel runs this code and ipywidgets is there: a terminal shows no widget."""
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")
