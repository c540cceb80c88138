"""The same faces again, with some action units taken away, and where in the picture each unit shows."""

from dataclasses import replace

import torch

from ..errors import DataError
from .anatomy import ACTION_UNITS
from .scene import photograph


def without(faces, units):
    """Return the same pictures of the same people as if they had not used these action units.

    faces: a `FaceSet` that this generator drew. units: numbers, such as (6, 12), or "all". Pose, light, occluders,
    noise and all else stay to the last bit, so a picture whose face used none of the units comes back unchanged.
    Returns a `FaceSet`; its labels are still those of the original faces. Raises DataError.
    """
    scene = scene_of(faces)
    shown = scene.action_units.clone()
    shown[:, columns(units)] = 0
    images, masks = photograph(scene.replace(action_units=shown))
    truth = replace(faces.truth, action_units=shown, masks=masks, scene=scene.replace(action_units=shown))
    return replace(faces, images=images, truth=truth)


def unit_masks(faces, threshold=2):
    """Return, for each action unit, the pixels that it changes: bool [N, A, 48, 48]; none where it is not active.

    faces: a `FaceSet` that this generator drew. threshold: grey levels of 255 by which a pixel must differ between the
    picture and the one without this one unit, both taken without noise. It draws one more picture for each active unit,
    three to four a face. Raises DataError.
    """
    scene = scene_of(faces)
    # The grain would hide faint changes.
    quiet = scene.replace(camera=scene.camera.replace(noise=torch.zeros_like(scene.camera.noise)))
    face, unit = (scene.action_units > 0).nonzero().unbind(1)
    fewer = scene.action_units[face].clone()
    fewer[torch.arange(len(face)), unit] = 0
    with_it, _ = photograph(quiet)
    without_it, _ = photograph(quiet[face].replace(action_units=fewer))
    changed = (with_it[face].int() - without_it.int()).abs()[:, 0] >= threshold
    masks = torch.zeros(len(scene), len(ACTION_UNITS), *changed.shape[1:], dtype=torch.bool, device=changed.device)
    masks[face, unit] = changed
    return masks


def columns(units):
    """Return the columns of action units, given by number, in `action_units` tensors; "all" gives every one."""
    if units == "all":
        return list(range(len(ACTION_UNITS)))
    units = [units] if isinstance(units, int) else list(units)
    for unit in units:
        if unit not in ACTION_UNITS:
            numbers = ", ".join(map(str, ACTION_UNITS))
            raise DataError(f"expected action units out of {numbers}, found {unit!r}: name those.")
    return [ACTION_UNITS.index(unit) for unit in units]


def scene_of(faces):
    if faces.truth is None or faces.truth.scene is None:
        raise DataError(
            f"expected faces that were drawn here, found {faces.name or 'a set'} without a scene: use faces.sample or "
            "load the set faces."
        )
    return faces.truth.scene
