"""A drawn scene in place of a photo, so that the notebook runs without anybody's face."""

import torch

from ..errors import PhotoError
from ..faces import identity, prototype_units, render, theta_from
from ..faces.nuisances.background import usual
from .photo import Photo

SIDE = 480
SHOWN = ("happy", "surprise", "angry")


def example(seed=1, faces=1, tilt=0.0):
    """Return a `Photo` of a drawn scene: 640 x 480 pixels with at most one face, 960 x 480 with three.

    seed: which people. faces: 0, 1 or 3, who show happiness, surprise and anger. tilt: degrees, counter-clockwise, by
    which they lean. Raises PhotoError.
    """
    if faces not in (0, 1, 3):
        raise PhotoError(f"expected 0, 1 or 3 faces, found {faces!r}: choose one of those.")
    n = max(faces, 1)
    people = identity(n, torch.Generator().manual_seed(seed)).replace(background=0.55, background_slope=0.15, glasses=0)
    units = torch.cat([prototype_units(name, 0.9) for name in SHOWN[:n]])
    size = SIDE if n == 1 else 320
    away = 6.0 if faces == 0 else 0.0  # so far to the side that only the background is left
    pose = theta_from(torch.full((n,), -float(tilt)), torch.full((n,), 0.62), torch.tensor([[away, 0.0]]).expand(n, 2))
    clutter = usual(torch.full((n,), 0.5 if n == 1 else 0.0))
    panels = (render(people, units, pose=pose, size=size, clutter=clutter).images[:, 0] * 255).round().byte()
    scene = torch.cat(list(panels), dim=1)
    if n == 1:  # the background goes on to both sides as it is at the edge
        scene = torch.nn.functional.pad(scene[None].float(), (80, 80, 0, 0), mode="replicate")[0].byte()
    else:
        scene = torch.nn.functional.pad(scene[None].float(), (0, 0, SIDE - size, 0), mode="replicate")[0].byte()
    pixels = scene[..., None].expand(-1, -1, 3).contiguous().numpy()
    noted = "It is a drawing: nobody's face." if faces else "It is a drawing, of nobody."
    return Photo(pixels, (pixels.shape[1], pixels.shape[0]), (noted,))
