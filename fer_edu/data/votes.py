"""`Votes`: what several annotators called each picture, where one label cannot tell how sure they were."""

from dataclasses import dataclass, replace

import torch

from ..emotions import CLASSES_8
from ..errors import DataError

NO_MAJORITY = -1
"""What `majority` says where no emotion has the most votes."""


@dataclass(frozen=True, eq=False)
class Votes:
    """How many annotators gave each picture each name.

    emotions: uint8 [N, 8], votes for each of `fe.emotions.CLASSES_8`. unknown: uint8 [N], votes for "I cannot tell".
    not_a_face: uint8 [N], votes for "this is no face".
    """

    emotions: torch.Tensor
    unknown: torch.Tensor
    not_a_face: torch.Tensor
    classes: tuple = CLASSES_8

    def __post_init__(self):
        n = len(self.emotions)
        if self.emotions.shape != (n, len(self.classes)) or self.unknown.shape != (n,) or self.not_a_face.shape != (n,):
            raise DataError(
                f"expected votes as [N, {len(self.classes)}], [N] and [N], found {list(self.emotions.shape)}, "
                f"{list(self.unknown.shape)} and {list(self.not_a_face.shape)}: give one row a picture."
            )

    def __len__(self):
        return len(self.emotions)

    def __getitem__(self, index):
        return replace(
            self, emotions=self.emotions[index], unknown=self.unknown[index], not_a_face=self.not_a_face[index]
        )

    @property
    def cast(self):
        """How many votes each picture got in all, int64 [N]."""
        return self.emotions.long().sum(1) + self.unknown.long() + self.not_a_face.long()

    def distribution(self):
        """Return the share of each emotion among the votes for emotions, float32 [N, 8]; zeros where there is none."""
        votes = self.emotions.float()
        return votes / votes.sum(1, keepdim=True).clamp(min=1)

    def entropy(self):
        """Return how far the annotators disagree, float32 [N] in bits: 0 where all name one emotion, at most 3."""
        share = self.distribution()
        return -(share * share.clamp(min=1e-12).log2()).sum(1)

    def agreement(self):
        """Return the share of all votes, unknown and no face included, that the leading emotion has, float32 [N]."""
        return self.emotions.float().amax(1) / self.cast.clamp(min=1)

    def majority(self):
        """Return the emotion with the most votes, int64 [N], or `NO_MAJORITY`.

        None: where two emotions lead together, or where "unknown" or "not a face" has at least as many votes.
        """
        leading, label = self.emotions.max(1)
        tied = (self.emotions == leading[:, None]).sum(1) > 1
        beaten = (self.unknown >= leading) | (self.not_a_face >= leading)
        return torch.where(tied | beaten, NO_MAJORITY, label)

    def faces(self):
        """Return which pictures show a face, bool [N]: fewer than half of the votes say that there is none."""
        return 2 * self.not_a_face.long() < self.cast.clamp(min=1)
