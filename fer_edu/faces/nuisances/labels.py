"""Labels as hurried people give them: some are wrong, and wrong ones tend to name a similar expression."""

import torch

from ...emotions import COMPANIONS, PROTOTYPES
from ...errors import DataError


def confusion(classes, probability):
    """Return how a class is labelled, float64 [C, C]: entry (k, j) is the probability that class k is called j.

    Nothing is typed in: class k is mistaken for j in proportion to 1 / d^2, where d is the number of action units that
    tell them apart: they are in one of the two prototypes and not in the other, and often come along with neither. So
    fear is called surprise most often, disgust anger, happiness neutral. Raises DataError.
    """
    unknown = [name for name in classes if name not in PROTOTYPES]
    if unknown:
        raise DataError(
            f"expected classes out of {', '.join(PROTOTYPES)}, found {unknown[0]!r}: name emotions with a prototype."
        )
    if not 0 <= probability <= 1:
        raise DataError(f"expected a probability in 0..1, found {probability!r}: give the share of wrong labels.")
    if len(classes) < 2:
        return torch.eye(len(classes), dtype=torch.float64)
    apart = [
        [len((set(PROTOTYPES[a]) ^ set(PROTOTYPES[b])) - {*COMPANIONS[a], *COMPANIONS[b]}) for b in classes]
        for a in classes
    ]
    alike = torch.tensor([[1 / max(d, 1) ** 2 for d in row] for row in apart], dtype=torch.float64).fill_diagonal_(0)
    wrong = alike / alike.sum(1, keepdim=True)
    return (1 - probability) * torch.eye(len(classes), dtype=torch.float64) + probability * wrong


def draw_label_noise(labels, classes, probability, generator):
    """Return the labels, int64 [n], of which each is replaced with the given probability by another one.

    labels: int64 [n] on the CPU, indices into `classes`. Two numbers a label are drawn, row by row. Where there is only
    one class, no label changes.
    """
    share = torch.rand(len(labels), 2, generator=generator, dtype=torch.float64)
    if len(classes) < 2:
        return labels.clone()
    reach = confusion(classes, 1.0).cumsum(1)
    reach = reach / reach[:, -1:]  # exactly 1 at the end, so a share below 1 always finds its class
    other = (share[:, 1:] >= reach[labels]).sum(1)
    return torch.where(share[:, 0] < probability, other, labels)
