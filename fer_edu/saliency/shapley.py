"""Shapley values of a face's parts, exact: what a part adds, on average over every order in which parts can appear."""

from math import factorial

import torch

from ..errors import ModelError
from .parts import sizes

MOST = 10
"""Parts of which all 2^P coalitions are still asked."""


@torch.no_grad()
def shapley_values(model, x, target, start, parts, room=64):
    """Return the Shapley value of each part of each picture, float32 [n, P], in logits (Shapley 1953).

        value(i) = Σ over sets S without i of |S|! (P - |S| - 1)! / P! · (v(S with i) - v(S))

    v(S) is the logit of the class for the picture of which only the parts in S are there. Each picture's values add up
    to logit(picture) - logit(start).
    model: in evaluation mode. x, start: float [n, C, H, W]; where a part is not there, start is. target: int64 [n].
    parts: int64 [n, H, W], 0..P - 1. room: pictures that pass at once.
    Raises ModelError for more than MOST parts: with each part the work doubles.
    """
    players = int(parts.max()) + 1
    if players > MOST:
        raise ModelError(
            f"expected at most {MOST} parts, found {players}: exact Shapley values ask 2^{players} pictures for each, "
            "join parts."
        )
    value = _all_coalitions(model, x, target, start, parts, players, room).double()
    shares = torch.zeros(len(x), players, dtype=torch.float64, device=x.device)
    for coalition in range(2**players):
        size = coalition.bit_count()
        for player in range(players):
            if not coalition >> player & 1:
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                shares[:, player] += weight * (value[:, coalition | 1 << player] - value[:, coalition])
    return shares.float()


def _all_coalitions(model, x, target, start, parts, players, room):
    """Return v(S) for every set S of parts, [n, 2^P]: bit i of the column says whether part i is there."""
    n, sets = len(x), 2**players
    column = torch.arange(sets, device=x.device)
    value = torch.empty(n, sets, device=x.device, dtype=x.dtype)
    for picture in range(n):
        for some in column.split(max(1, room)):
            there = (some[:, None, None] >> parts[picture]) & 1  # [sets, H, W]
            mixed = torch.where(there[:, None] == 1, x[picture], start[picture])
            value[picture, some] = model(mixed)[:, target[picture]]
    return value


def shapley(asked, spread):
    """Each part's value on its pixels: divided by their number, so that a map adds up, or as it is."""
    values = shapley_values(asked.model, asked.x, asked.target, asked.start, asked.parts, asked.room)
    maps = values.gather(1, asked.parts.flatten(1)).view(asked.parts.shape)
    return (maps / sizes(asked.parts) if spread else maps)[:, None]
