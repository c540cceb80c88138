"""The curves of a training while it runs."""

from dataclasses import dataclass, field

from matplotlib.backends.backend_agg import FigureCanvasAgg

from .. import plots
from .view import View, encode_figure


@dataclass
class TrainingState:
    """The epochs seen so far. epochs: how many there will be. chance: the accuracy of guessing, or None."""

    epochs: int
    chance: float | None = None
    rows: dict = field(default_factory=dict)  # by epoch: a run that goes on after a pause tells no epoch twice

    def __post_init__(self):
        self.figure, self.axes = plots.figure(9, 3.4, 1, 2)
        FigureCanvasAgg(self.figure)

    def add(self, row):
        """Take in one line of a History."""
        self.rows[row["epoch"]] = row

    def describe(self):
        if not self.rows:
            return "waiting for the first epoch"
        row = self.rows[max(self.rows)]
        return (
            f"epoch {row['epoch']} of {self.epochs}: cross-entropy on train {row['train_loss']:.2f}, on val "
            f"{row['val_loss']:.2f}; val accuracy {row['val_accuracy']:.1%}"
        )

    def png(self):
        """Return the curves so far as PNG bytes; empty axes before the first epoch."""
        with plots.in_style():
            for ax in self.axes:
                ax.clear()
            if self.rows:
                rows = [self.rows[k] for k in sorted(self.rows)]
                plots.draw_learning_curves(self.axes, rows, self.chance, self.epochs)
            return encode_figure(self.figure)


class LiveTraining(View):
    """Curves that grow: fe.training.fit(..., on_epoch=LiveTraining(epochs)). Keeps no picture in a saved notebook."""

    def __init__(self, epochs, chance=None):
        super().__init__(TrainingState(epochs, chance), {})

    def __call__(self, row):
        self.state.add(row)
        self.redraw()

    def _repr_mimebundle_(self, **keywords):
        bundle = super()._repr_mimebundle_(**keywords)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        # It is shown before the first epoch, so its picture would be an empty one.
        data.pop("image/png", None)
        data["text/plain"] = "(While the training runs, its curves grow here. The finished ones stand below.)"
        return bundle
