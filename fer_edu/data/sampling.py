"""Oversampling: which pictures an epoch shows, how often, and how much each counts.

FER-2013 has 16 happy faces for one that shows disgust. The paper writes: "we used oversampling to ensure that all
classes are in the same sequence, especially in classes with fewer samples", and does not say how. Two readings are
offered, the same aim by weights in the loss, and none at all; which one was used is part of a recipe.
"""

import torch

from ..errors import DataError, RecipeError

OVERSAMPLING = ("none", "balanced", "sqrt", "weights")
"""none: every picture once. balanced: every class as often as the largest. sqrt: half-way, on a logarithmic scale.
weights: every picture once, and those of a rare class count more in the loss."""


def epoch_indices(labels, oversample="none", generator=None):
    """Return the order in which one epoch shows the pictures, int64 [M], on the device of `labels`.

    labels: int64 [N]. oversample: one of OVERSAMPLING. generator: torch.Generator on the CPU, so that a seed means the
    same order on every device.

    "none", "weights": a random permutation, M = N. The weights of the second are `class_weights`.
    "balanced": every class equally often, M = classes present x size of the largest class.
    "sqrt": a class's share is proportional to the square root of its count, M = N but for rounding.

    Within a class no picture is shown more than once more than another; which of them have one showing more is drawn
    anew in each epoch. Raises RecipeError on an unknown `oversample`, DataError on no labels.
    """
    _check(labels, oversample)
    if oversample in ("none", "weights"):
        return torch.randperm(len(labels), generator=generator).to(labels.device)
    on_cpu = labels.cpu()
    counts = torch.bincount(on_cpu)
    drawn = [
        _draw(torch.nonzero(on_cpu == label).flatten(), wanted, generator)
        for label, wanted in enumerate(_wanted(counts, oversample).tolist())
        if wanted
    ]
    index = torch.cat(drawn)
    return index[torch.randperm(len(index), generator=generator)].to(labels.device)


def class_weights(labels, classes, oversample="weights"):
    """Return how much a picture of each class counts in the loss, float32 [classes], or None where all count alike.

    labels: int64 [N], of the training set. classes: how many there are. oversample: one of OVERSAMPLING; only "weights"
    gives weights, the others show the pictures of a rare class more often instead.

    A class's weight is N / (classes present x its count): inverse to the count, and 1 in the mean over the pictures, so
    that the loss keeps its size and the learning rate its meaning. An absent class has weight 0.
    Raises RecipeError on an unknown `oversample`, DataError on no labels or one that is no class.
    """
    _check(labels, oversample)
    counts = torch.bincount(labels.cpu(), minlength=classes)
    if len(counts) > classes:
        raise DataError(f"expected labels in 0..{classes - 1}, found {len(counts) - 1}: give the number of classes.")
    if oversample != "weights":
        return None
    weights = len(labels) / ((counts > 0).sum() * counts.double())
    return torch.where(counts > 0, weights, 0).float().to(labels.device)


def _check(labels, oversample):
    if oversample not in OVERSAMPLING:
        raise RecipeError(
            f"expected oversample out of {', '.join(OVERSAMPLING)}, found {oversample!r}: name one of those."
        )
    if not len(labels):
        raise DataError("expected at least one picture in an epoch, found none: check the split.")


def _wanted(counts, oversample):
    """Return how many pictures of each class an epoch shows, int64 [classes]; an absent class stays absent."""
    if oversample == "balanced":
        return torch.where(counts > 0, counts.max(), 0)
    share = counts.double().sqrt()
    rounded = (counts.sum() * share / share.sum()).round().long()
    return torch.where(counts > 0, rounded.clamp(min=1), 0)


def _draw(members, wanted, generator):
    """Return `wanted` of the members: each of them as often as they all fit, the rest without repeating any."""
    times, rest = divmod(wanted, len(members))
    extra = members[torch.randperm(len(members), generator=generator)[:rest]]
    return torch.cat([members.repeat(times), extra])
