"""What an explorer says is what the library computes, and no control breaks it."""

import pytest
import torch

pytest.importorskip("ipywidgets")

from fer_edu import training, widgets


@pytest.mark.parametrize("schedule", ["constant", "steps", "one-cycle"])
def test_schedule_rates_are_the_trainings(schedule):
    state = widgets.ScheduleState(schedule=schedule, learning_rate=0.02, epochs=30)
    recipe = training.recipe("classroom", schedule=schedule, learning_rate=0.02, epochs=30)
    assert state.rates.tolist() == [training.learning_rate(recipe, e + 0.5) for e in range(30)]


def test_what_decay_leaves_of_a_weight_is_what_adamw_leaves():
    state = widgets.ScheduleState(schedule="constant", learning_rate=0.01, epochs=5, weight_decay=0.1, steps=10)
    w = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.AdamW([w], lr=0.01, weight_decay=0.1)
    for _ in range(50):
        w.grad = torch.zeros(1)
        optimizer.step()
    assert state.left[-1] == pytest.approx(w.item(), rel=1e-4)


def test_schedule_counts_the_epochs_above_the_limit():
    state = widgets.ScheduleState(schedule="steps", learning_rate=0.03, epochs=20, limit=0.028)
    assert "in 10 of 20 epochs" in state.describe()


def test_every_control_redraws_and_comes_back():
    view = widgets.ScheduleExplorer(widgets.ScheduleState())
    start = view.image.value
    before = {field: control.value for field, control in view.controls.items()}
    for field, control in view.controls.items():
        kept = control.value
        control.value = control.options[0] if hasattr(control, "options") else control.max
        assert getattr(view.state, field) == control.value
        if control.value != kept:
            assert view.image.value != start, field
        control.value = kept
        assert view.image.value == start
    assert view.walk() >= 2 * len(view.controls)
    assert {field: control.value for field, control in view.controls.items()} == before
    assert view.image.value == start


def test_a_saved_notebook_keeps_a_picture_of_the_explorer():
    data = widgets.ScheduleExplorer(widgets.ScheduleState())._repr_mimebundle_()
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert "0x" not in data["text/plain"]
