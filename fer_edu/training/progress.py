"""Telling how training goes: a bar in a terminal, plain lines elsewhere."""

import sys
import time

from tqdm import tqdm


def clock(seconds):
    """Return "1:05" or "2:03:04"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def epoch_line(row, epochs, left, pictures=None):
    """Return one line of text about an epoch.

    row: its line of the history. epochs: how many there will be. left: seconds to the end. pictures: how many an epoch
    shows, or None where that is not known; divided by the epoch's seconds, in which it also validated.
    """
    speed = "" if pictures is None else f"{pictures / row['seconds']:.0f} pictures/s  "
    return (
        f"epoch {row['epoch']:>3}/{epochs}  loss {row['train_loss']:.3f}  val loss {row['val_loss']:.3f}  "
        f"val accuracy {row['val_accuracy']:.1%}  {speed}left {clock(left)}"
    )


class Progress:
    """mode: "auto" (a bar where standard error is a terminal, else lines), "bar", "lines" or "none".

    epochs: how many there will be. steps: how many an epoch has. first_epoch: the first that is told, later than 1 in a
    run that goes on. pictures: how many an epoch shows, or None; then no speed is told.
    """

    def __init__(self, mode, epochs, steps, first_epoch=1, pictures=None):
        if mode == "auto":
            mode = "bar" if sys.stderr.isatty() else "lines"
        self.mode, self.epochs, self.steps, self.first_epoch = mode, epochs, steps, first_epoch
        self.pictures = pictures
        self.started = time.monotonic()
        self.row = None
        self.bar = None
        if mode == "bar":
            self.bar = tqdm(total=epochs * steps, initial=(first_epoch - 1) * steps, unit="step", dynamic_ncols=True)

    def step(self, epoch, step, loss):
        """After a step (from 0); loss: a float tensor [], read only now and then, since reading makes a GPU wait."""
        if self.bar is None:
            return
        self.bar.update()
        if step % 20 == 0:
            self._show(epoch, float(loss))

    def _show(self, epoch, loss):
        told = [f"loss {loss:.3f}"]
        if self.row is not None:
            told.append(f"val accuracy {self.row['val_accuracy']:.1%}")
            if self.pictures is not None:
                told.append(f"{self.pictures / self.row['seconds']:.0f} pictures/s")
        self.bar.set_description(f"epoch {epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(", ".join(told))

    def epoch(self, row):
        """After an epoch; row: its line of the history."""
        self.row = row
        if self.bar is not None:
            self._show(row["epoch"], row["train_loss"])
        if self.mode == "lines":
            done = row["epoch"] - self.first_epoch + 1
            left = (time.monotonic() - self.started) / done * (self.epochs - row["epoch"])
            print(epoch_line(row, self.epochs, left, self.pictures), flush=True)

    def close(self):
        if self.bar is not None:
            self.bar.close()
