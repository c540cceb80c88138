"""What is told about an epoch: its numbers, how fast it went, how long the rest takes."""

import pytest

from fer_edu.training import progress
from fer_edu.training.progress import Progress, clock, epoch_line

ROW = {
    "epoch": 3,
    "learning_rate": 0.001,
    "train_loss": 1.25,
    "val_loss": 1.5,
    "val_accuracy": 0.625,
    "seconds": 4.0,
}


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (65, "1:05"), (3600 + 62, "1:01:02")])
def test_clock(seconds, shown):
    assert clock(seconds) == shown


def test_a_line_tells_pictures_a_second_and_the_time_left():
    line = epoch_line(ROW, epochs=10, left=75, pictures=1000)
    assert line.split("  ")[-2:] == ["250 pictures/s", "left 1:15"]
    assert "epoch   3/10" in line and "loss 1.250" in line and "62.5%" in line


def test_speed_is_left_out_where_it_is_not_known():
    assert "pictures/s" not in epoch_line(ROW, epochs=10, left=75)


def test_time_left_counts_the_epochs_of_this_run_only(monkeypatch, capsys):
    """Ten epochs, two of them from an earlier run: one epoch in eight seconds leaves seven of them."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    report = Progress("lines", epochs=10, steps=5, first_epoch=3, pictures=1000)
    now[0] += 8
    report.epoch(ROW)
    assert capsys.readouterr().out.strip().endswith("250 pictures/s  left 0:56")


def test_the_bar_tells_the_last_epochs_speed(capsys):
    report = Progress("bar", epochs=10, steps=1, pictures=1000)
    report.epoch(ROW)
    report.step(4, 0, 1.0)
    report.close()
    assert "val accuracy 62.5%, 250 pictures/s" in capsys.readouterr().err


def test_none_says_nothing(capsys):
    report = Progress("none", epochs=10, steps=1, pictures=1000)
    report.step(3, 0, 1.0)
    report.epoch(ROW)
    report.close()
    assert capsys.readouterr() == ("", "")
