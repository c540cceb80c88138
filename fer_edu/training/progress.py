"""Telling how training goes: a bar in a terminal, plain lines elsewhere."""

import sys
import time

from tqdm import tqdm


def clock(seconds):
    """Return "1:05" or "2:03:04"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Progress:
    """mode: "auto" (a bar where standard error is a terminal, else lines), "bar", "lines" or "none"."""

    def __init__(self, mode, epochs, steps, first_epoch=1):
        if mode == "auto":
            mode = "bar" if sys.stderr.isatty() else "lines"
        self.mode, self.epochs, self.steps, self.first_epoch = mode, epochs, steps, first_epoch
        self.started = time.monotonic()
        self.accuracy = None
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
        val = "" if self.accuracy is None else f", val accuracy {self.accuracy:.1%}"
        self.bar.set_description(f"epoch {epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(f"loss {loss:.3f}{val}")

    def epoch(self, row):
        """After an epoch; row: its line of the history."""
        self.accuracy = row["val_accuracy"]
        if self.bar is not None:
            self._show(row["epoch"], row["train_loss"])
        if self.mode == "lines":
            done = row["epoch"] - self.first_epoch + 1
            left = (time.monotonic() - self.started) / done * (self.epochs - row["epoch"])
            print(
                f"epoch {row['epoch']:>3}/{self.epochs}  loss {row['train_loss']:.3f}  val loss {row['val_loss']:.3f}  "
                f"val accuracy {row['val_accuracy']:.1%}  left {clock(left)}",
                flush=True,
            )

    def close(self):
        if self.bar is not None:
            self.bar.close()
