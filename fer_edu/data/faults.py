"""Sets of drawn faces with faults put in on purpose, so that it is known what an audit ought to find.

Each fault is one that circulated copies of real data sets have: the same picture twice, in train and in test, or under
two labels; a copy that was saved again, brightened or cut out anew; black pictures; pictures that were much smaller
once; a split that went through JPEG.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

from ..errors import DataError

QUALITY = 75
"""Of the JPEG that val goes through."""

ENLARGED_FROM = 14
"""Pixels a side that the enlarged pictures once had."""


@dataclass(frozen=True)
class Planted:
    """What was put in. Each fault is a tuple of pictures, and a picture is (name of the set, index).

    exact, near: pairs (the picture, its copy), within a set and across sets. conflict: the pairs of `exact` with two
    labels. blank, faint, enlarged: single pictures. recompressed: names of sets.
    """

    exact: tuple
    near: tuple
    conflict: tuple
    blank: tuple
    faint: tuple
    enlarged: tuple
    recompressed: tuple

    def copies_of_train_in(self, name):
        """Return the indices (sorted list) of the set's pictures that are copies, exact or near, of one in train."""
        pairs = (*self.exact, *self.near)
        return sorted(index for (source, _), (where, index) in pairs if source == "train" and where == name)


def plant_faults(sets, seed=0, share=0.02):
    """Return ({name: FaceSet with faults}, `Planted`).

    sets: {"train": ..., "val": ..., "test": ...}, drawn faces of which each is another person's. share: of each set's
    pictures, for each fault; 2 at least. Pictures are overwritten, so the sizes stay. val as a whole goes through JPEG.
    groups name the persons over all sets; a copy has its original's. truth is dropped: it no longer holds.
    Raises DataError where a set is missing or too small.
    """
    if set(sets) != {"train", "val", "test"}:
        raise DataError(f"expected the sets train, val and test, found {', '.join(sets) or 'none'}: give these three.")
    if any(len(faces) < 60 for faces in sets.values()):
        raise DataError(f"expected 60 faces or more a set, found {min(map(len, sets.values()))}: draw more.")
    generator = torch.Generator().manual_seed(seed)
    bench = _Bench(sets, generator, share)

    exact = bench.copy("train", "train", _same)
    conflict = bench.copy("train", "train", _same, relabel=True)
    exact += bench.copy("train", "test", _same)
    near = bench.copy("train", "train", _brighter)
    near += bench.copy("train", "test", _cut_out_anew)
    near += bench.copy("train", "val", _same)  # which val's JPEG makes a near copy
    blank = bench.overwrite("train", torch.zeros_like)
    faint = bench.overwrite("test", lambda image: image // 64 + 120)
    enlarged = bench.overwrite("test", _enlarged)
    bench.images["val"] = torch.stack([_jpeg(image, QUALITY) for image in bench.images["val"]])
    planted = Planted(exact + conflict, near, conflict, blank, faint, enlarged, ("val",))
    return bench.sets(), planted


class _Bench:
    """The sets while they are worked on: every picture is used for one fault at most."""

    def __init__(self, sets, generator, share):
        self.originals, self.generator, self.share = sets, generator, share
        self.images = {name: faces.images.clone() for name, faces in sets.items()}
        self.labels = {name: faces.labels.clone() for name, faces in sets.items()}
        starts = np.cumsum([0, *(len(faces) for faces in sets.values())])
        self.people = int(starts[-1])
        self.groups = {
            name: torch.arange(start, start + len(faces))
            for (name, faces), start in zip(sets.items(), starts[:-1].tolist(), strict=True)
        }
        self.free = {name: torch.randperm(len(faces), generator=generator).tolist() for name, faces in sets.items()}

    def draw(self, name):
        """Return indices of a set that no fault has used, as many as its share says."""
        count = max(round(self.share * len(self.originals[name])), 2)
        return [self.free[name].pop() for _ in range(count)]

    def copy(self, source, target, change, relabel=False):
        """Overwrite pictures of `target` with changed pictures of `source`; return the pairs."""
        pairs = []
        for there in self.draw(target):
            here = self.free[source].pop()
            self.images[target][there] = change(self.images[source][here])
            self.labels[target][there] = self.labels[source][here]
            self.groups[target][there] = self.groups[source][here]
            if relabel:
                classes = len(self.originals[target].classes)
                step = torch.randint(1, classes, (), generator=self.generator)
                self.labels[target][there] = (self.labels[source][here] + step) % classes
            pairs.append(((source, here), (target, there)))
        return tuple(pairs)

    def overwrite(self, name, change):
        """Change pictures in place; return which."""
        chosen = self.draw(name)
        for index in chosen:
            self.images[name][index] = change(self.images[name][index])
        return tuple((name, index) for index in chosen)

    def sets(self):
        names = tuple(f"person {k}" for k in range(self.people))
        return {
            name: replace(
                faces,
                images=self.images[name],
                labels=self.labels[name],
                groups=self.groups[name],
                group_names=names,
                truth=None,
                split=name,
            )
            for name, faces in self.originals.items()
        }


def _same(image):
    return image


def _brighter(image):
    return (image.float() * 0.8 + 45).clamp(0, 255).round().to(torch.uint8)


def _cut_out_anew(image):
    """A frame one pixel narrower on two sides, brought back to size: what another face detector's box would give.

    It moves every edge by up to a pixel, and correlation notices: of faces with fine detail such a copy may stay below
    0.97. It is here because real copies do that too.
    """
    return _resized(image[:, 1:, 1:], 48)


def _enlarged(image):
    return _resized(_resized(image, ENLARGED_FROM), 48)


def _resized(image, side):
    picture = Image.fromarray(image[0].numpy()).resize((side, side), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(picture))[None]


def _jpeg(image, quality):
    buffer = io.BytesIO()
    Image.fromarray(image[0].numpy()).save(buffer, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(buffer)))[None]
