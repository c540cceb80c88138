"""`FaceSet`: pictures with labels, and what else is known about them."""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from ..errors import DataError
from .votes import Votes


@dataclass(frozen=True, eq=False)
class Truth:
    """What the generator knows about its faces.

    theta: float32 [N, 2, 3], the pose that was applied, output -> input in normalised coordinates (Eq. 2).
    action_units: float32 [N, A], intensities in 0..1, in the order of `action_unit_names`.
    masks: bool [N, P, 48, 48], the pixels of each part that nothing hides, in the order of `part_names`.
    clean_labels: int64 [N], the class that each face was drawn for, where `labels` may be wrong on purpose.
    attributes: name -> float32 [N], the groups that each person belongs to.
    scene: all that is needed to draw the pictures again, or None.
    """

    theta: torch.Tensor
    action_units: torch.Tensor
    masks: torch.Tensor
    action_unit_names: tuple
    part_names: tuple
    clean_labels: torch.Tensor
    attributes: dict
    scene: object = None

    def __getitem__(self, index):
        return replace(
            self,
            theta=self.theta[index],
            action_units=self.action_units[index],
            masks=self.masks[index],
            clean_labels=self.clean_labels[index],
            attributes={name: values[index] for name, values in self.attributes.items()},
            scene=None if self.scene is None else self.scene[index],
        )

    def part(self, name):
        """Return the mask of one part, bool [N, 48, 48]."""
        if name not in self.part_names:
            raise DataError(f"expected a part out of {', '.join(self.part_names)}, found {name!r}: name one of those.")
        return self.masks[:, self.part_names.index(name)]


@dataclass(frozen=True, eq=False)
class FaceSet:
    """A set of grey faces that fits into memory as one tensor.

    images: uint8 [N, 1, 48, 48]. labels: int64 [N], indices into `classes`. classes: names in `fe.emotions` order.
    groups: subject or character of each picture (int64 [N]), or None. group_names: what each of those numbers means,
    such as ("S005", "S010"), or () where they are nameless. truth: `Truth`, or None.
    name, split: where it comes from. notes: sentences on how this copy differs from the published set.
    sizes: height and width of each picture before it was reduced, int32 [N, 2], or None where it never was another.
    files: the file of each picture, below the set's folder, an array of str [N], or None.
    votes: what several annotators called each picture, `Votes`, or None.
    """

    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple
    groups: torch.Tensor | None = None
    truth: Truth | None = None
    name: str = ""
    split: str = ""
    notes: tuple = field(default=())
    group_names: tuple = ()
    sizes: torch.Tensor | None = None
    files: np.ndarray | None = None
    votes: Votes | None = None

    def __post_init__(self):
        n = len(self.images)
        if self.images.dtype != torch.uint8 or self.images.shape[1:] != (1, 48, 48):
            raise DataError(
                f"expected images as uint8 [N, 1, 48, 48], found {self.images.dtype} {list(self.images.shape)}: "
                "resize and convert them first."
            )
        if self.labels.shape != (n,) or self.labels.dtype != torch.int64:
            raise DataError(
                f"expected labels as int64 [{n}], one for each picture, found {self.labels.dtype} "
                f"{list(self.labels.shape)}: give one label a picture."
            )
        if n and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < len(self.classes):
            raise DataError(
                f"expected labels in 0..{len(self.classes) - 1}, found {int(self.labels.min())}.."
                f"{int(self.labels.max())}: check the label column."
            )
        for column in ("groups", "sizes", "files", "votes"):
            values = getattr(self, column)
            if values is not None and len(values) != n:
                raise DataError(f"expected {column} for {n} pictures, found {len(values)}: give one a picture.")

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        """Return the FaceSet of the pictures that `index` (slice, integer or bool tensor) picks."""
        if isinstance(index, int):
            index = slice(index, index + 1) if index != -1 else slice(-1, None)
        return replace(
            self,
            images=self.images[index],
            labels=self.labels[index],
            groups=None if self.groups is None else self.groups[index],
            truth=None if self.truth is None else self.truth[index],
            sizes=None if self.sizes is None else self.sizes[index],
            files=None if self.files is None else self.files[_for_numpy(index)],
            votes=None if self.votes is None else self.votes[index],
        )

    def counts(self):
        """Return class name -> number of pictures."""
        numbers = torch.bincount(self.labels, minlength=len(self.classes)).tolist()
        return dict(zip(self.classes, numbers, strict=True))

    def fingerprint(self):
        """Return 16 hex digits that change when any pixel, label or the order of the pictures changes."""
        digest = hashlib.sha256()
        digest.update(repr((tuple(self.images.shape), self.classes)).encode())
        digest.update(self.images.contiguous().numpy().tobytes())
        digest.update(self.labels.contiguous().numpy().tobytes())
        return digest.hexdigest()[:16]

    def __repr__(self):
        counts = ", ".join(f"{name} {n}" for name, n in self.counts().items())
        return f"FaceSet({self.name} {self.split}: {len(self)} pictures; {counts})"


def _for_numpy(index):
    """Return an index that a numpy array takes as a tensor takes the one given."""
    return index.cpu().numpy() if isinstance(index, torch.Tensor) else index
