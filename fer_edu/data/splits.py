"""Splits that make an honest test: nobody stands on two sides.

A network that has seen a person smile knows that person's smile. Whether it knows smiles is told by people whom it has
not seen, so CK+ and JAFFE are split by subject and FERG by character. The random splits that many papers use are here
too, beside the honest ones, under names that say what they do.
"""

from dataclasses import replace
from typing import NamedTuple

import torch

from ..errors import DataError
from .faceset import FaceSet

PROTOCOLS = ("subjects", "leave-one-out", "random", "random-leaking", "paper")
"""subjects: k folds, each subject in one of them, the classes spread as evenly as that allows; fold `fold` is test, the
    next one val, the others train.
leave-one-out: subject number `fold` is test, a tenth of the others (one at least) val, the rest train.
random: eight, one and one tenth of each class; refused where somebody would stand on two sides.
random-leaking: the same, for who wants to measure what that is worth.
paper: FERG's as the paper describes it: at random, 1,000 test pictures a class, 14,000 for val,
    34,000 for train; leaks.
"""

PAPER = {"train": 34_000, "val": 14_000, "test a class": 1_000}
"""Section 5 of the paper, on FERG: "around 34,000", so what remains of the 55,767 is left out."""


class Split(NamedTuple):
    """Three FaceSets: fit on the first, choose on the second, score the third."""

    train: FaceSet
    val: FaceSet
    test: FaceSet


def split(faces, protocol="subjects", folds=10, fold=0, seed=0):
    """Divide a FaceSet into a `Split` by one of `PROTOCOLS`.

    folds: number of folds for "subjects", 3 or more. fold: which of them is test; for "leave-one-out" which subject.
    seed: of everything that is drawn; the same seed gives the same split.
    Each part's notes say how it was made. Raises DataError: an unknown protocol, no or too few subjects, a fold out of
    range, a class too small, or a subject on two sides that the protocol's name does not own up to.
    """
    if protocol not in PROTOCOLS:
        raise DataError(
            f"expected a protocol out of {', '.join(PROTOCOLS)}, found {protocol!r}: use one of those names."
        )
    if len(faces) == 0:
        raise DataError("expected pictures to split, found an empty set: load the set first.")
    generator = torch.Generator().manual_seed(seed)
    if protocol == "subjects":
        _check_fold(faces, fold, folds, folds)
        sides = _by_subject(faces, folds, fold, generator)
        made = f"by subject, fold {fold} of {folds}, seed {seed}"
    elif protocol == "leave-one-out":
        _check_fold(faces, fold, len(_subjects(faces)), 3)
        sides = _leave_one_out(faces, fold, generator)
        made = f"test is subject {name_of(faces, _subjects(faces)[fold])} alone, val drawn by subject with seed {seed}"
    elif protocol == "paper":
        sides = _as_in_the_paper(faces, generator)
        made = f"at random as in the paper, seed {seed}"
    else:
        sides = _at_random(faces, generator)
        made = f"at random, seed {seed}"
    parts = {name: faces[side.sort().values] for name, side in zip(Split._fields, sides, strict=True)}
    shared = shared_groups(*parts.values())
    if shared and protocol == "random":
        raise DataError(
            f"expected each subject on one side, found {len(shared)} on several ({_some(faces, shared)}): take the "
            "protocol 'subjects', or 'random-leaking' if the leak is what you want."
        )
    if shared:
        made += f"; {len(shared)} of {len(_subjects(faces))} subjects stand on several sides"
    notes = (*faces.notes, f"Split {made}.")
    return Split(**{name: replace(part, split=name, notes=notes) for name, part in parts.items()})


def shared_groups(*sets):
    """Return the groups (sorted list of int) that occur in more than one of these parts of one set."""
    seen, shared = set(), set()
    for faces in sets:
        here = set() if faces.groups is None else set(faces.groups.tolist())
        shared |= seen & here
        seen |= here
    return sorted(shared)


def name_of(faces, group):
    """Return the name of a group of a FaceSet, or its number where it has none."""
    return faces.group_names[group] if faces.group_names else str(group)


def _some(faces, groups):
    names = [name_of(faces, group) for group in groups[:3]]
    return ", ".join(names) + (", ..." if len(groups) > 3 else "")


def _subjects(faces):
    """Return the groups that occur, sorted."""
    if faces.groups is None:
        raise DataError(
            f"expected to know who is in each picture, found no groups in {faces.name or 'this set'}: only the "
            "protocol 'random' is possible, and nothing says that it does not leak."
        )
    return faces.groups.unique().tolist()


def _check_fold(faces, fold, folds, needed):
    subjects = len(_subjects(faces))
    if folds < 3 or subjects < needed:
        raise DataError(
            f"expected 3 folds or more and a subject or more in each, found {folds} folds of {subjects} subjects: give "
            "another number of folds."
        )
    if not 0 <= fold < folds:
        raise DataError(f"expected a fold in 0..{folds - 1}, found {fold}: name one of those.")


def _by_subject(faces, folds, fold, generator):
    """Deal the subjects out, the largest first, each to the fold that its pictures unbalance least."""
    numbers = _subjects(faces)
    table = torch.zeros(len(numbers), len(faces.classes))
    rows = torch.searchsorted(torch.tensor(numbers), faces.groups)
    table.index_put_((rows, faces.labels), torch.ones(len(faces)), accumulate=True)  # pictures [subject, class]
    weight = 1 / table.sum(0).clamp(min=1)  # a rare class counts as much as a common one
    held = torch.zeros(folds, len(faces.classes))
    fold_of = torch.zeros(len(numbers), dtype=torch.long)
    order = torch.randperm(len(numbers), generator=generator)
    order = order[table[order].sum(1).argsort(descending=True, stable=True)]
    for subject in order.tolist():
        growth = ((held + table[subject]).square() - held.square()) @ weight
        fold_of[subject] = chosen = growth.argmin()
        held[chosen] += table[subject]
    of_picture = fold_of[rows]
    test, val = of_picture == fold, of_picture == (fold + 1) % folds
    return [side.nonzero().flatten() for side in (~test & ~val, val, test)]


def _leave_one_out(faces, fold, generator):
    numbers = torch.tensor(_subjects(faces))
    others = torch.cat([numbers[:fold], numbers[fold + 1 :]])
    others = others[torch.randperm(len(others), generator=generator)]
    for_val = others[: max(len(others) // 10, 1)]
    test, val = faces.groups == numbers[fold], torch.isin(faces.groups, for_val)
    return [side.nonzero().flatten() for side in (~test & ~val, val, test)]


def _at_random(faces, generator):
    """One tenth of each class for test, one for val, as the paper divides FER-2013; one picture at least, of three."""
    sides = ([], [], [])
    for label in faces.labels.unique().tolist():
        members = (faces.labels == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        tenth = max(round(len(members) / 10), int(len(members) >= 3))
        for side, part in zip(sides, (members[2 * tenth :], members[tenth : 2 * tenth], members[:tenth]), strict=True):
            side.append(part)
    return [torch.cat(side) for side in sides]


def _as_in_the_paper(faces, generator):
    counts = faces.counts()
    needed = PAPER["train"] + PAPER["val"] + PAPER["test a class"] * len(counts)
    scarce = [name for name, count in counts.items() if count < PAPER["test a class"]]
    if len(faces) < needed or scarce:
        found = f"{len(faces):,} pictures" + (f", and of {scarce[0]} {counts[scarce[0]]:,}" if scarce else "")
        raise DataError(
            f"expected {needed:,} pictures for the paper's split and {PAPER['test a class']:,} of each class for its "
            f"test, found {found}: complete the copy, or take another protocol."
        )
    order = torch.randperm(len(faces), generator=generator)
    labels = faces.labels[order]
    test = torch.cat([order[labels == label][: PAPER["test a class"]] for label in range(len(counts))])
    rest = order[~torch.isin(order, test)]
    val, train = rest[: PAPER["val"]], rest[PAPER["val"] : PAPER["val"] + PAPER["train"]]
    return train, val, test
