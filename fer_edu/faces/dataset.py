"""Sets of drawn faces: everything about face i follows from the seed and i alone."""

import hashlib

import torch

from ..data.faceset import FaceSet, Truth
from ..emotions import CLASSES, PROTOTYPES
from ..errors import DataError
from .anatomy import ACTION_UNITS
from .expressions import draw_units
from .identity import identity
from .nuisances.pose import draw_exposures, draw_lights, draw_poses, expose
from .presets import preset
from .render import PARTS, SERIAL, render

SIZES = {"train": 4000, "val": 1000, "test": 1000}
"""Split -> the number of faces where none is asked for."""

CHUNK = SERIAL // 48**2
"""Faces drawn at once, in one thread (`render` says why). It changes no byte of the result."""


def sample(n, seed=0, difficulty="classroom", classes=CLASSES):
    """Draw n faces with their truth.

    n: 1 or more. seed: any integer; same seed, same bytes, and the first k faces are those of `sample(k, seed)`.
    difficulty: a name in `PRESETS`, or a `Difficulty`. classes: emotion names; labels are drawn uniformly.

    Returns a `FaceSet`: images uint8 [n, 1, 48, 48], labels int64 [n], groups int64 [n] (every face is another
    person), truth with theta, action units ("AU12", ...) and part masks. Raises DataError.
    """
    return _sample(n, f"sample {seed}", difficulty, tuple(classes), name="faces")


def load_split(split="train", size=None, seed=0, difficulty="classroom"):
    """Draw one split of the set `faces`; the splits share no face, whatever their sizes.

    split: train, val or test. size: how many faces, or None for 4000, 1000 and 1000. seed, difficulty: as in `sample`.
    Returns a `FaceSet` of the seven classes. Raises DataError.
    """
    if split not in SIZES:
        raise DataError(f"expected a split out of {', '.join(SIZES)}, found {split!r}: name one of those.")
    size = SIZES[split] if size is None else size
    return _sample(size, f"{split} {seed}", difficulty, CLASSES, name="faces", split=split)


def _sample(n, stream, difficulty, classes, chunk=CHUNK, **names):
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise DataError(f"expected a number of faces of 1 or more, found {n!r}: ask for at least one.")
    unknown = [name for name in classes if name not in PROTOTYPES]
    if unknown or not classes:
        raise DataError(
            f"expected classes out of {', '.join(PROTOTYPES)}, found {unknown[0]!r}: name those."
            if unknown
            else "expected one class or more, found none: name at least one emotion."
        )
    dials = preset(difficulty)

    # Each question has a stream of its own, so that the same people come back under another difficulty.
    labels = (torch.rand(n, generator=_generator(stream, "labels")) * len(classes)).long().clamp_(max=len(classes) - 1)
    people = identity(n, _generator(stream, "people"))
    units = draw_units(labels, classes, dials, _generator(stream, "units"))
    theta = draw_poses(n, dials, _generator(stream, "poses"))
    lights = draw_lights(n, dials, _generator(stream, "lights"))
    exposures = draw_exposures(n, dials, _generator(stream, "exposures"))
    grain = _generator(stream, "grain")

    images = torch.empty(n, 1, 48, 48, dtype=torch.uint8)
    masks = torch.empty(n, len(PARTS), 48, 48, dtype=torch.bool)
    for start in range(0, n, chunk):
        some = slice(start, start + chunk)
        drawn = render(people[some], units[some], theta[some], lights[some], chunk=chunk)
        images[some] = expose(drawn.images, exposures[some], grain).mul_(255).round_().to(torch.uint8)
        masks[some] = drawn.masks
    truth = Truth(theta, units, masks, tuple(f"AU{unit}" for unit in ACTION_UNITS), PARTS)
    return FaceSet(images, labels, classes, groups=torch.arange(n), truth=truth, **names)


def _generator(stream, topic):
    """Return a generator seeded by name; a hash, because torch's streams of neighbouring seeds are not unrelated."""
    digest = hashlib.sha256(f"fer_edu.faces {stream} {topic}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
