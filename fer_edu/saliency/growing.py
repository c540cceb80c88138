"""How does a feature come to be? A map's strongest activation after each epoch, projected back (the paper's figure 4).

What is compared are different networks, the same one at different ages: the picture that fires a map most may change
from one epoch to the next, and where it does the projection jumps.
"""

import copy
import re
from dataclasses import dataclass
from pathlib import Path

import torch

from ..errors import ModelError
from ..models import load_checkpoint, save_checkpoint
from .deconvnet import Deconvnet
from .top_patches import strongest


class Snapshots:
    """Keep a network's weights, before training and after every so many epochs: give it to `fit` as `on_epoch`.

    model: the network that is trained. every: epochs between two snapshots. folder: where to write each as a checkpoint
    (epoch-003.pt), or None to hold them in memory; either way matrices and kernels are rounded to half precision.
    A run that goes on in a new process finds its earlier epochs in the folder: one folder is for one run. An epoch that
    is told anew ends what was kept of later ones, as a run does that goes on from an earlier state.
    also: another function to call with each epoch's line, such as a live view, or None.
    `weights`: dict epoch -> state dict or path; epoch 0 is the network as it was when this was made.
    """

    def __init__(self, model, every=1, folder=None, also=None):
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ModelError(
                f"expected a number of epochs of 1 or more, found {every!r}: say after how many to keep one."
            )
        if folder is not None and not hasattr(model, "name"):
            raise ModelError(
                f"expected a network of fer_edu.models to write to a folder, found {type(model).__name__}: leave the "
                "folder out, and its weights are held in memory."
            )
        self.model, self.every, self.also = model, every, also
        self.folder = None if folder is None else Path(folder)
        self.weights = {}
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.weights = {epoch_of(path): path for path in sorted(self.folder.glob("epoch-*.pt"))}
        if 0 not in self.weights:
            self._keep(0)

    @property
    def epochs(self):
        """The epochs that are kept, in order."""
        return tuple(sorted(self.weights))

    def __call__(self, row):
        for epoch in [epoch for epoch in self.weights if epoch >= row["epoch"]]:
            kept = self.weights.pop(epoch)
            if isinstance(kept, Path):
                kept.unlink(missing_ok=True)
        if row["epoch"] % self.every == 0:
            self._keep(row["epoch"])
        if self.also is not None:
            self.also(row)

    def models(self):
        """Yield (epoch, network) in order; it is one network that is given other weights each time."""
        model = copy.deepcopy(self.model).cpu().eval()
        for epoch in self.epochs:
            kept = self.weights[epoch]
            if isinstance(kept, Path):
                load_checkpoint(kept, into=model)
            else:
                model.load_state_dict(kept)  # copies, and with it turns half precision back
            yield epoch, model

    def _keep(self, epoch):
        if self.folder is not None:
            path = self.folder / f"epoch-{epoch:03d}.pt"
            classes = getattr(self.model, "classes", range(self.model.options.classes))
            save_checkpoint(path, self.model, classes, half=True, epoch=epoch)
            self.weights[epoch] = path
            return
        self.weights[epoch] = {
            name: value.detach().to("cpu", torch.float16 if value.dim() > 1 else value.dtype, copy=True)
            for name, value in self.model.state_dict().items()
        }


def epoch_of(path):
    """Return the epoch in which a checkpoint's name ends, such as 3 of epoch-003.pt; ModelError where it has none."""
    found = re.search(r"(\d+)$", Path(path).stem)
    if found is None:
        raise ModelError(f"expected a checkpoint's name that ends in its epoch, found {Path(path).name}: rename it.")
    return int(found.group(1))


@dataclass(frozen=True)
class Growth:
    """What E ages of a network's C maps answered to most strongly; on the CPU.

    epochs: tuple of E ints. layer. channels: int64 [C]. index: int64 [E, C], the picture that fired each map most.
    activation: float32 [E, C]. place: int64 [E, C, 2], (row, column) in the map. box: int64 [E, C, 4], its receptive
    field in the picture. maps: float32 [E, C, H, W], signed, the projections.
    """

    epochs: tuple
    layer: str
    channels: torch.Tensor
    index: torch.Tensor
    activation: torch.Tensor
    place: torch.Tensor
    box: torch.Tensor
    maps: torch.Tensor


def growth(source, images, layer, channels):
    """Project each map's strongest activation over a set of pictures, after each epoch that was kept: a `Growth`.

    source: `Snapshots`, or paths of checkpoints whose names end in their epoch. images: uint8 [N, 1, 48, 48] or float
    in 0..1, the set. layer, channels: as for `strongest`. Raises ModelError, and CheckpointError for a damaged file.
    """
    aged = source.models() if isinstance(source, Snapshots) else _loaded(source)
    epochs, found = [], []
    for epoch, model in aged:
        epochs.append(epoch)
        found.append(strongest(Deconvnet(model), images, layer, channels, k=1))
    columns = {name: torch.stack([getattr(one, name)[:, 0] for one in found]) for name in _COLUMNS}
    return Growth(tuple(epochs), layer, found[0].channels, **columns)


_COLUMNS = ("index", "activation", "place", "box", "maps")


def _loaded(paths):
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    if not paths:
        raise ModelError("expected at least one checkpoint, found none: train with Snapshots(model, folder=...).")
    for path in sorted(paths, key=epoch_of):
        yield epoch_of(path), load_checkpoint(path)
