"""A training's numbers as TensorBoard reads them. Needs the package tensorboard, which is an optional extra."""

from pathlib import Path

from ..errors import RunFolderError, TrainingError

TAGS = {
    "loss/train": "train_loss",
    "loss/val": "val_loss",
    "accuracy/val": "val_accuracy",
    "learning rate": "learning_rate",
    "seconds an epoch": "seconds",
}
"""Under which name TensorBoard shows each column of a `History`."""


class TensorBoard:
    """Write each epoch's line into `folder`: fit(..., on_epoch=TensorBoard(folder)); `tensorboard --logdir` shows it.

    watch: a `fer_edu.models.Watch` whose last glance is written too, as the distance |θ - I| and the share outside, or
    None. It is asked to look if nobody else has done so in that epoch.
    A run that is repeated, from epoch 1 or from where it was interrupted, replaces the epochs that the folder has from
    there on: no epoch has two numbers. Two functions at once: on_epoch=lambda row: (live(row), board(row)).
    Errors: TrainingError without the package; RunFolderError for a folder that cannot be written.
    """

    def __init__(self, folder, watch=None):
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise TrainingError(
                "expected the package tensorboard, found none here: install it (pip install tensorboard), or train "
                "without it; the history is kept anyway."
            ) from error
        self.folder, self.watch = Path(folder).expanduser(), watch
        self._open, self._writer, self._last = SummaryWriter, None, 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(
                f"expected a folder for TensorBoard, found that {self.folder} cannot be written "
                f"({error.strerror or error}): choose another folder."
            ) from error

    def __call__(self, row):
        epoch = row["epoch"]
        values = {tag: row[name] for tag, name in TAGS.items()}
        if self.watch is not None:
            if self.watch.glances[-1].epoch != epoch:
                self.watch(row)
            glance = self.watch.glances[-1]
            values |= {"theta/distance from looking ahead": glance.distance, "theta/share outside": glance.outside}
        if self._writer is None or epoch <= self._last:
            self.close()
            # TensorBoard then forgets what earlier files say about this epoch and later ones.
            self._writer = self._open(str(self.folder), purge_step=epoch)
        for tag, value in values.items():
            self._writer.add_scalar(tag, value, epoch)
        self._writer.flush()  # a kernel may be stopped at any moment
        self._last = epoch

    def close(self):
        """Close the file that is open; the next epoch opens another one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
