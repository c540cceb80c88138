"""Figures of which only parts are drawn again: the picture is that of the whole figure, and little of it is drawn."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("ipywidgets")

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg

from fer_edu import data, models, plots, plots_training, widgets
from fer_edu.widgets.moving import COLOURS, palette


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def whole(figure):
    """Return a figure as matplotlib draws it, all artists in one go, in the palette's colours, int [H, W, 3]."""
    for artist in figure.findobj():
        artist.set_animated(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return rounded(np.asarray(canvas.buffer_rgba())[..., :3])


def rounded(colours):
    """Return colours, uint8 [H, W, 3], as the palette gives them, int."""
    picture = Image.fromarray(np.ascontiguousarray(colours)).quantize(palette=palette(), dither=Image.Dither.NONE)
    return np.asarray(picture.convert("RGB")).astype(int)


def differing(one, other):
    """Return how many pixels of two pictures, int [H, W, 3], are not the same."""
    assert one.shape == other.shape
    return int((one != other).any(axis=-1).sum())


def row(epoch, loss, accuracy, rate=0.001):
    return {
        "epoch": epoch,
        "learning_rate": rate,
        "train_loss": loss,
        "val_loss": 1.1 * loss,
        "val_accuracy": accuracy,
        "seconds": 1e6,
    }


@pytest.fixture
def axis_drawings(monkeypatch):
    """Count how many axes are drawn with their ticks, grid and name."""
    drawn, draw = [], Axis.draw

    def counted(self, *arguments, **keywords):
        if self.axes.axison:
            drawn.append(self)
        return draw(self, *arguments, **keywords)

    monkeypatch.setattr(Axis, "draw", counted)
    return drawn


@pytest.mark.parametrize("epochs", [5, 65, 300])
def test_a_schedule_is_drawn_as_matplotlib_draws_the_whole_figure(epochs):
    state = widgets.ScheduleState()
    state.png()
    state.epochs = epochs
    found = pixels(state.png())
    legend = state.axes[0].get_legend()
    expected = whole(state.figure.canvas.figure)
    # The legend differs, as it stays below the curves, and where ticks of both axes meet in a corner.
    (x0, y0), (x1, y1) = legend.get_window_extent().get_points().round().astype(int)
    box = np.s_[len(found) - y1 : len(found) - y0, x0:x1]
    found[box] = expected[box]
    assert differing(found, expected) <= 4


def test_the_grid_of_the_epochs_does_not_lie_on_the_legend():
    state = widgets.ScheduleState(epochs=300, learning_rate=0.1)  # a curve far above the legend
    state.png()
    state.epochs = 60
    found = pixels(state.png())
    (x0, _), (x1, y1) = state.axes[0].get_legend().get_window_extent().get_points().round().astype(int)
    edge = found[len(found) - y1 + 2, x0 + 8 : x1 - 8]  # a row of pixels above its first line
    lines = state.axes[0].transData.transform([(epoch, 0.1) for epoch in state.axes[0].get_xticks()])[:, 0]
    assert any(x0 + 8 < x < x1 - 8 for x in lines)
    assert edge.min() > 240


def test_only_another_number_of_epochs_draws_axes_again(axis_drawings):
    state = widgets.ScheduleState()
    state.png()
    axis_drawings.clear()
    state.learning_rate, state.weight_decay, state.schedule = 0.01, 0.05, "steps"
    state.png()
    assert not axis_drawings
    state.epochs = 100
    state.png()
    assert [each.axis_name for each in axis_drawings] == ["x", "x"]


@pytest.mark.parametrize("with_face", [False, True])
def test_a_live_view_is_drawn_as_matplotlib_draws_the_whole_figure(with_face):
    watch = None
    if with_face:
        watch = models.Watch(models.create("st-cnn", seed=0), data.load("faces", split="val", size=1, seed=0).images)
    state = widgets.TrainingState(30, chance=1 / 7, watch=watch)
    state.png()
    # Losses, rates and accuracies for which other limits, and other places of the legends, are needed on the way.
    for epoch in range(1, 24):
        state.add(row(epoch, 0.5 + 0.2 * epoch if epoch > 10 else 2 / epoch, epoch / 24, 0.001 * min(epoch, 12)))
        found = pixels(state.png())
        if epoch in (1, 2, 9, 16, 23):
            figure, axes = plots_training.live_axes(with_face)
            with plots.in_style():
                plots_training.draw_live(axes, [state.rows[k] for k in sorted(state.rows)], 30, 1 / 7, watch)
                assert differing(found, whole(figure)) == 0, epoch


def test_an_epoch_within_the_limits_draws_no_axes(axis_drawings):
    state = widgets.TrainingState(30)
    for epoch, loss in enumerate((2.0, 1.5), start=1):
        state.add(row(epoch, loss, 0.1))
        state.png()
    axis_drawings.clear()
    state.add(row(3, 1.2, 0.3))
    state.png()
    assert not axis_drawings
    state.add(row(4, 4.0, 0.3))
    state.png()
    assert {each.axis_name for each in axis_drawings} == {"y"}


def test_the_palette_holds_greys_and_the_course_s_colours_almost_exactly():
    greys = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 256, 3)
    assert abs(rounded(greys) - greys).max() <= 6
    assert rounded(greys)[0, 0].tolist() == [0, 0, 0] and rounded(greys)[0, 255].tolist() == [255, 255, 255]
    named = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in (*COLOURS, plots.GREY)]
    assert abs(rounded(np.array([named], dtype=np.uint8)) - named).max() <= 5
