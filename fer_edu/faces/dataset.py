"""Sets of drawn faces: everything about face i follows from the seed and i alone."""

import hashlib

import torch

from ..data.faceset import FaceSet, Truth
from ..emotions import CLASSES, PROTOTYPES
from ..errors import DataError
from .anatomy import ACTION_UNITS
from .expressions import draw_units
from .groups import Shortcut, plant
from .identity import ATTRIBUTES, identity
from .nuisances.background import draw_clutter
from .nuisances.camera import draw_cameras
from .nuisances.labels import draw_label_noise
from .nuisances.occluders import draw_occluders
from .nuisances.pose import draw_lights, draw_poses
from .presets import preset
from .render import PARTS
from .scene import Scene, photograph

SIZES = {"train": 4000, "val": 1000, "test": 1000}
"""Split -> the number of faces where none is asked for."""


def sample(n, seed=0, difficulty="classroom", classes=CLASSES, shortcut=None, device="cpu", people=None):
    """Draw n faces with their truth.

    n: 1 or more. seed: any integer; same seed, same bytes, and the first k faces are those of `sample(k, seed)`.
    difficulty: a name in `PRESETS`, or a `Difficulty`. classes: emotion names; labels are drawn uniformly.
    shortcut: a `Shortcut`, or its text, that makes an attribute go with an emotion; None: no attribute does.
    device: where the pictures are drawn, and where they stay; what is random is drawn on the CPU.
    people: how many persons there are; they take turns, so each is drawn n / people times. None: every face is another
    person.

    Returns a `FaceSet`: images uint8 [n, 1, 48, 48], labels int64 [n], groups int64 [n] (the person), truth with
    theta, action units ("AU12", ...), part masks, clean labels, attributes and the scene.
    Raises DataError.
    """
    return _sample(n, f"sample {seed}", difficulty, tuple(classes), shortcut, device, people=people, name="faces")


def load_split(split="train", size=None, seed=0, difficulty="classroom", shortcut=None, device="cpu"):
    """Draw one split of the set `faces`; the splits share no face, whatever their sizes.

    split: train, val or test. size: how many faces, or None for 4000, 1000 and 1000. The rest is as in `sample`.
    Returns a `FaceSet` of the seven classes. Raises DataError.
    """
    if split not in SIZES:
        raise DataError(f"expected a split out of {', '.join(SIZES)}, found {split!r}: name one of those.")
    size = SIZES[split] if size is None else size
    return _sample(size, f"{split} {seed}", difficulty, CLASSES, shortcut, device, name="faces", split=split)


def _sample(n, stream, difficulty, classes, shortcut=None, device="cpu", chunk=None, people=None, **names):
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise DataError(f"expected a number of faces of 1 or more, found {n!r}: ask for at least one.")
    unknown = [name for name in classes if name not in PROTOTYPES]
    if unknown or not classes:
        raise DataError(
            f"expected classes out of {', '.join(PROTOTYPES)}, found {unknown[0]!r}: name those."
            if unknown
            else "expected one class or more, found none: name at least one emotion."
        )
    if people is not None and (isinstance(people, bool) or not isinstance(people, int) or not 1 <= people <= n):
        raise DataError(f"expected people in 1..{n}, one face each at least, found {people!r}: give fewer.")
    dials = preset(difficulty)

    # Each question has a stream of its own, so that the same people come back under another difficulty.
    clean = (torch.rand(n, generator=stream_of(stream, "labels")) * len(classes)).long().clamp_(max=len(classes) - 1)
    groups = torch.arange(n) % (people or n)
    persons = identity(people or n, stream_of(stream, "people"))[groups].replace(cartoon=dials.cartoon)
    if isinstance(shortcut, str):
        shortcut = Shortcut.parse(shortcut)
    if shortcut is not None:
        persons = plant(shortcut, persons, clean, classes, stream_of(stream, "shortcut"))
    scene = Scene(
        identity=persons,
        action_units=draw_units(clean, classes, dials, stream_of(stream, "units")),
        theta=draw_poses(n, dials, stream_of(stream, "poses")),
        light=draw_lights(n, dials, stream_of(stream, "lights")),
        occluder=draw_occluders(n, dials, stream_of(stream, "occluders")),
        clutter=draw_clutter(n, dials, stream_of(stream, "clutter")),
        camera=draw_cameras(n, dials, stream_of(stream, "cameras")),
    ).to(device)
    labels = draw_label_noise(clean, classes, dials.label_noise, stream_of(stream, "label noise")).to(device)
    images, masks = photograph(scene, chunk=chunk)
    truth = Truth(
        theta=scene.theta,
        action_units=scene.action_units,
        masks=masks,
        action_unit_names=tuple(f"AU{unit}" for unit in ACTION_UNITS),
        part_names=PARTS,
        clean_labels=clean.to(device),
        attributes={name: getattr(scene.identity, name) for name in ATTRIBUTES},
        scene=scene,
    )
    return FaceSet(images, labels, classes, groups=groups.to(device), truth=truth, **names)


def stream_of(stream, topic):
    """Return a generator seeded by name; a hash, because torch's streams of neighbouring seeds are not unrelated."""
    digest = hashlib.sha256(f"fer_edu.faces {stream} {topic}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
