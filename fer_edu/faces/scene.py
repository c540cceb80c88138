"""Everything that a picture shows: who, with which expression, how posed, lit, hidden and photographed."""

from dataclasses import dataclass

import torch

from .identity import Identity
from .nuisances.background import Clutter
from .nuisances.camera import Camera, expose
from .nuisances.occluders import Occluder
from .render import PARTS, chunks, render_chunk
from .rows import Rows


@dataclass(frozen=True, eq=False)
class Scene(Rows):
    """N pictures before they are taken. `photograph` takes them; the same scene gives the same bytes each time.

    identity: `Identity`. action_units: float32 [N, A] in 0..1. theta: float32 [N, 2, 3]. light: float32 [N, 3],
    as in `render`. occluder, clutter, camera: what hides the face, what stands behind it, and how it is exposed.
    """

    identity: Identity
    action_units: torch.Tensor
    theta: torch.Tensor
    light: torch.Tensor
    occluder: Occluder
    clutter: Clutter
    camera: Camera


def photograph(scene, size=48, chunk=None):
    """Take the pictures of a scene.

    size: S, the side in pixels. chunk: pictures taken at once, or None; it changes no byte.
    Returns images uint8 [N, 1, S, S] and masks bool [N, P, S, S] in the order of `PARTS`, on the scene's device.
    """
    device = scene.action_units.device
    images = torch.empty(len(scene), 1, size, size, dtype=torch.uint8, device=device)
    masks = torch.empty(len(scene), len(PARTS), size, size, dtype=torch.bool, device=device)

    def take(some):
        part = scene[some]
        ideal, masks[some] = render_chunk(
            part.identity, part.action_units, part.theta, part.light, part.occluder, part.clutter, size
        )
        # Cutting off after adding a half rounds; torch's own round wakes all threads for long tensors.
        images[some] = expose(ideal, part.camera).mul_(255).add_(0.5).to(torch.uint8)

    chunks(len(scene), size, device, take, chunk)
    return images, masks
