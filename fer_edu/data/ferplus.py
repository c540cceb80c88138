"""FER+: ten annotators' votes for every picture of FER-2013 (fer2013new.csv, Barsoum et al. 2016, arXiv 1608.01041).

Its rows stand in the order of fer2013.csv and name no picture, so votes find theirs by position alone. Whether a copy
of FER-2013 still has that order is checked: where the votes belong to the pictures, their leading emotion is the
original label of two pictures in three; in any other order it is that of one in five.
"""

import csv
import os
from dataclasses import replace
from pathlib import Path

import torch

from ..emotions import CLASSES, CLASSES_8, canonical
from ..errors import DataError
from .faceset import FaceSet
from .fer2013 import COUNTS, PARTS, SPLITS
from .votes import NO_MAJORITY, Votes

FILE = "fer2013new.csv"
ROOT = "FERPLUS_ROOT"
OBTAIN = (
    f"get {FILE} from github.com/microsoft/FERPlus (MIT licence; it is not downloaded for you), and give it as path, "
    f"put it beside your copy of FER-2013, or name its folder in {ROOT}"
)
IN_ORDER = 0.4
"""Share of labels that the majority has to confirm: 0.65 where the rows belong together, 0.19 where shuffled."""


def with_votes(faces, path=None):
    """Return a split of FER-2013 with the annotators' votes of its pictures in `.votes`.

    faces: a whole split, as `load("fer2013", ...)` gives it. path: fer2013new.csv or a folder that holds it; None:
    $FERPLUS_ROOT, then $FER2013_ROOT. Raises DataError where there is no such file, it is damaged, or the pictures are
    not those of a whole split in the original order.
    """
    votes = _of_split(read(path), faces)
    majority = votes.majority()
    clear = majority != NO_MAJORITY
    confirmed = (majority == faces.labels)[clear].float().mean().item()
    if confirmed < IN_ORDER:
        raise DataError(
            f"expected the votes to confirm about two labels in three, found {confirmed:.0%}: this copy of FER-2013 "
            "has lost the original order, so use one that has it, such as fer2013.csv."
        )
    return replace(faces, votes=votes)


def by_majority(faces, least=0.0):
    """Return the pictures of a FaceSet with votes under their majority's label, of the eight classes.

    Left out: pictures without a majority, pictures that show no face, and those where the leading emotion has less than
    the share `least` of all votes. Raises DataError where there are no votes.
    """
    if faces.votes is None:
        raise DataError("expected pictures with votes, found none: give them to with_votes first.")
    votes = faces.votes
    taken = (votes.majority() != NO_MAJORITY) & votes.faces() & (votes.agreement() >= least)
    kept = faces[taken]
    note = f"Labels are the majority of FER+; {len(faces) - len(kept):,} of {len(faces):,} pictures have none."
    return replace(kept, labels=kept.votes.majority(), classes=CLASSES_8, notes=(*faces.notes, note))


def read(path=None):
    """Return {official part: Votes} of fer2013new.csv, in its order. Raises DataError; see `with_votes` for path."""
    path = find(path)
    rows = {part: [] for part in PARTS}
    try:
        with open(path, newline="", encoding="utf-8-sig") as handle:
            lines = csv.reader(handle)
            columns = _columns(next(lines, []), path)
            for number, line in enumerate(lines, 2):
                if line:
                    part, votes = _row(line, columns, number, path)
                    rows[part].append(votes)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"expected to read {path}, found that it cannot be ({error}): get a fresh copy.") from None
    for part in PARTS:
        if len(rows[part]) != sum(COUNTS[part]):
            raise DataError(
                f"expected {sum(COUNTS[part]):,} rows of {part}, found {len(rows[part]):,} in {path}: get a fresh copy."
            )
    tables = {part: torch.tensor(rows[part], dtype=torch.uint8) for part in PARTS}
    return {part: Votes(table[:, :8], table[:, 8], table[:, 9]) for part, table in tables.items()}


def find(path=None):
    """Return the Path of fer2013new.csv in or at `path`, or raise a DataError that says where to get it."""
    places = [path] if path else [os.environ[name] for name in (ROOT, "FER2013_ROOT") if os.environ.get(name)]
    for place in map(Path, places):
        place = place.expanduser()
        if place.is_file() and (path or place.name.lower() == FILE):
            return place
        folder = place if place.is_dir() else place.parent
        for found in (folder / FILE, *sorted(folder.glob(f"*/{FILE}"))):
            if found.is_file():
                return found
    looked = " or ".join(str(place) for place in places) or "no folder to look in"
    raise DataError(f"expected {FILE}, found {looked} without it: {OBTAIN}.")


def beside(root=None):
    """Return the Path of fer2013new.csv where it lies at `root` or where the environment says, or None."""
    try:
        return find(root)
    except DataError:
        return None


def _columns(header, path):
    """Return the positions of usage, the eight emotions in their order, unknown and NF."""
    names = [name.strip().lower() for name in header]
    spelt = [canonical(name) or name for name in names]
    wanted = ("usage", *CLASSES_8, "unknown", "nf")
    missing = [name for name in wanted if name not in spelt]
    if missing:
        raise DataError(
            f"expected a CSV with Usage, eight emotions, unknown and NF, found no column for {missing[0]} in {path}: "
            f"check that it is FER+'s {FILE}."
        )
    return [spelt.index(name) for name in wanted]


def _row(line, columns, number, path):
    """Return (part, ten votes) of one line."""
    try:
        part, *votes = (line[column].strip() for column in columns)
        votes = [int(vote) for vote in votes]
    except (IndexError, ValueError):
        part, votes = "", []
    if part not in PARTS or not votes or min(votes) < 0 or max(votes) > 255:
        raise DataError(
            f"expected a Usage out of {', '.join(PARTS)} and ten counts of votes, found {','.join(line)[:60]!r} in "
            f"line {number:,} of {path}: get a fresh copy."
        )
    return part, votes


def _of_split(of_part, faces: FaceSet):
    """Return the votes for the pictures of a whole split."""
    if faces.name != "fer2013" or faces.split not in SPLITS:
        raise DataError(
            f"expected a split of FER-2013, found {faces.name or 'a set without a name'} {faces.split}: FER+ has votes "
            "for FER-2013 alone."
        )
    parts = [PARTS[part] for part in SPLITS[faces.split]]
    expected = sum(sum(COUNTS[part]) for part in parts)
    if len(faces) != expected or faces.classes != CLASSES:
        raise DataError(
            f"expected the {expected:,} pictures of {' and '.join(parts)}, found {len(faces):,}: votes are matched by "
            "position, so give them to the whole split, and pick pictures afterwards."
        )
    tables = [of_part[part] for part in parts]
    fields = ("emotions", "unknown", "not_a_face")
    return Votes(*(torch.cat([getattr(table, field) for table in tables]) for field in fields))
