"""The schedule explorer: what a learning-rate schedule does to the rate, and through it to AdamW's decay."""

from dataclasses import dataclass

import ipywidgets
import numpy as np
from matplotlib.ticker import NullLocator

from .. import plots
from ..training import learning_rate, recipe
from ..training.recipes import SCHEDULES
from .moving import MovingFigure
from .view import LAYOUT, STYLE, View, buttons


@dataclass
class ScheduleState:
    """A schedule beside the paper's.

    schedule: "constant", "steps" or "one-cycle". learning_rate: the highest. epochs. weight_decay: AdamW's decoupled.
    limit: the rate that is marked, for instance the highest at which a range test still learnt.
    steps: optimiser steps an epoch; 224 is FER-2013 in batches of 128.
    """

    schedule: str = "one-cycle"
    learning_rate: float = 0.003
    epochs: int = 50
    weight_decay: float = 0.01
    limit: float = 0.01
    steps: int = 224

    def __post_init__(self):
        with plots.in_style():
            figure, (rate, left) = plots.figure(9, 3.4, 1, 2)
            self.paper = rate.plot([], [], color=plots.GREY, linestyle="--", label="the paper's")[0]
            self.yours = rate.plot([], [], color=plots.BLUE, label="yours")[0]
            marked = rate.axhline(self.limit, color=plots.ORANGE, linestyle=":", label="marked limit")
            rate.set(xlabel="epoch", ylabel="learning rate", yscale="log", ylim=(1e-5, 0.2), xlim=(0, 300))
            rate.yaxis.set_minor_locator(NullLocator())  # 40 small ticks are a third of a whole drawing
            rate.legend(loc="lower left")
            self.remains = left.plot([], [], color=plots.BLUE)[0]
            left.set(xlabel="epoch", ylabel="share left by decay alone", ylim=(0, 1.05), xlim=(0, 300))
            self.axes = rate, left
            moving = (self.paper, self.yours, marked, *rate.spines.values(), self.remains, *left.spines.values())
            self.figure = MovingFigure(figure, moving, [ax.xaxis for ax in self.axes])

    @property
    def recipe(self):
        return recipe(
            "classroom",
            schedule=self.schedule,
            learning_rate=self.learning_rate,
            epochs=self.epochs,
            weight_decay=self.weight_decay,
        )

    @property
    def rates(self):
        """The learning rate in the middle of each epoch, float64 [epochs]."""
        chosen = self.recipe
        return np.array([learning_rate(chosen, epoch + 0.5) for epoch in range(self.epochs)])

    @property
    def left(self):
        """What decoupled decay alone leaves of a weight after each epoch, as a share, float64 [epochs]."""
        return np.cumprod((1 - self.rates * self.weight_decay) ** self.steps)

    def describe(self):
        above = int((self.rates > self.limit).sum())
        return (
            f"The rate is above {self.limit:g} in {above} of {self.epochs} epochs. AdamW's decay leaves "
            f"{self.left[-1]:.0%} of a weight that no gradient moves."
        )

    def png(self):
        """Return the rate over the epochs, beside the paper's, and what is left of a weight, as PNG bytes."""
        numbers = np.arange(self.epochs) + 0.5
        paper = recipe("paper")
        self.paper.set_data(numbers, [learning_rate(paper, epoch) for epoch in numbers])
        self.yours.set_data(numbers, self.rates)
        self.remains.set_data(numbers, self.left)
        for ax in self.axes:
            ax.set_xlim(0, self.epochs)
        return self.figure.png()


class ScheduleExplorer(View):
    """Three buttons and three sliders, the schedule's two curves and two sentences on them."""

    def __init__(self, state):
        look = {"style": STYLE, "layout": LAYOUT}
        controls = {
            "schedule": buttons("schedule", SCHEDULES, state.schedule, each=100, all_of_them=480),
            "learning_rate": ipywidgets.FloatLogSlider(
                value=state.learning_rate,
                min=-4,
                max=-1,
                step=0.05,
                description="highest rate",
                readout_format=".2g",
                **look,
            ),
            "epochs": ipywidgets.IntSlider(value=state.epochs, min=5, max=300, step=5, description="epochs", **look),
            "weight_decay": ipywidgets.FloatSlider(
                value=state.weight_decay,
                min=0,
                max=0.1,
                step=0.005,
                description="weight decay",
                readout_format=".3f",
                **look,
            ),
        }
        super().__init__(state, controls)
