"""The same expressions on other people, or on the same people with one trait changed."""

from dataclasses import replace

import torch

from .counterfactual import scene_of
from .dataset import stream_of
from .identity import ATTRIBUTES, identity
from .scene import photograph


def with_people(faces, seed=0):
    """Return the same pictures with another person on each: expression, pose, light, occluder and noise stay.

    faces: a `FaceSet` that this generator drew. seed: of the new people, who share nothing with those of other seeds;
    `cartoon` stays as it was. groups: each picture shows a person of its own, as in `sample`. Raises DataError.
    """
    scene = scene_of(faces)
    # A stream of its own: the people of `sample` with the same seed could be the very ones that are to go.
    generator = stream_of(f"others {seed}", "people")
    others = identity(len(faces), generator).to(scene.action_units.device)
    others = others.replace(cartoon=scene.identity.cartoon)
    return replace(_redrawn(faces, others), groups=torch.arange(len(faces), device=faces.labels.device), group_names=())


def with_trait(faces, **values):
    """Return the same pictures of the same people with some fields of their `Identity` set to other values.

    faces: a `FaceSet` that this generator drew. values: a number for all or float32 [N], as glasses=1.0 or age=70.0.
    All else stays to the last bit: a picture whose person had the value already comes back unchanged.
    Raises DataError where a name is no field.
    """
    return _redrawn(faces, scene_of(faces).identity.replace(**values))


def _redrawn(faces, people):
    scene = scene_of(faces).replace(identity=people)
    images, masks = photograph(scene)
    attributes = {name: getattr(people, name) for name in ATTRIBUTES}
    return replace(faces, images=images, truth=replace(faces.truth, masks=masks, scene=scene, attributes=attributes))
