"""From anatomy to pixels: pictures of any size, and the mask of each part."""

from dataclasses import dataclass

import torch

from ..errors import DataError
from .anatomy import ACTION_UNITS, anatomy
from .parts import eyes, head, mouth, nose, skin
from .shapes import Canvas

PARTS = ("brows", "eyes", "nose", "mouth", "cheeks", "face")
"""The names of the masks, in order; `face` is the whole head from crown to chin, hair over the forehead included."""

SERIAL = 32767
"""Elements of a tensor up to which torch works on it in one thread."""

FRONTAL = (-0.25, -0.40)
"""The light where none is given: from the upper left."""


@dataclass(frozen=True, eq=False)
class Rendering:
    """N pictures: images float32 [N, 1, S, S] in 0..1; masks bool [N, P, S, S], in the order of `PARTS`."""

    images: torch.Tensor
    masks: torch.Tensor

    def part(self, name):
        """Return the mask of one part, bool [N, S, S]."""
        if name not in PARTS:
            raise DataError(f"expected a part out of {', '.join(PARTS)}, found {name!r}: name one of those.")
        return self.masks[:, PARTS.index(name)]


@torch.no_grad()
def render(identity, action_units, pose=None, light=None, size=48, chunk=None):
    """Draw faces, with the exact mask of every part.

    identity: an `Identity` of N people. action_units: float32 [N, A] in 0..1, in the order of `ACTION_UNITS`.
    pose: theta, float32 [N, 2, 3], or None for upright faces; maps the picture's coordinates (target) to the upright
    face's (source), normalised to [-1, 1] with align_corners=False: picture(p) = upright(theta p), as in Eq. 2.
    It is applied to the coordinates, so nothing is resampled. light: float32 [N, 2], direction towards the light in
    the face's own coordinates (x right, y down; length below 1, 0 is frontal), or None. size: S, the side in pixels.
    chunk: faces drawn at once, or None for as many as one thread draws best; it never changes a byte of the result.

    Returns a `Rendering`. A mask holds the pixels of which the part covers more than half, as posed, and no hair does.
    Raises DataError where the shapes do not fit together.
    """
    n, device = len(identity), action_units.device
    pose = torch.eye(2, 3, device=device).expand(n, 2, 3) if pose is None else pose
    light = torch.tensor(FRONTAL, device=device).expand(n, 2) if light is None else light
    _check("action_units", action_units, (n, len(ACTION_UNITS)))
    _check("pose", pose, (n, 2, 3))
    _check("light", light, (n, 2))
    # Some six hundred short operations a chunk: were they split over threads, then on a machine that others use too
    # every one of them would wait for its slowest thread, and the whole become fifty times slower.
    chunk = max(1, SERIAL // size**2) if chunk is None else chunk
    images = torch.empty(n, 1, size, size, device=device)
    masks = torch.empty(n, len(PARTS), size, size, dtype=torch.bool, device=device)
    for start in range(0, n, chunk):
        some = slice(start, start + chunk)
        canvas = Canvas(pose[some], light[some], size)
        _draw(canvas, anatomy(identity[some], action_units[some]), masks[some].flatten(2))
        images[some] = canvas.image.view(-1, 1, size, size)
    return Rendering(images, masks)


def _draw(canvas, body, masks):
    """Paint a chunk from back to front, and fill in its masks, bool [n, P, S * S]."""
    head.light(canvas, body)
    hair, locks = head.backdrop(canvas, body)
    outline = head.outline(canvas, body)
    skin.relief(canvas, body)
    canvas.paint(canvas.cover(outline), body.skin_tone * canvas.shade)
    skin.creases(canvas, body)
    parts = {
        "face": outline,
        "cheeks": skin.cheeks(canvas, body),
        "nose": nose.draw(canvas, body),
        "eyes": eyes.draw(canvas, body),
        "brows": eyes.brows(canvas, body),
        "mouth": mouth.draw(canvas, body),
    }
    fringe = head.fringe(canvas, body, hair, locks)
    canvas.image.clamp_(0, 1)
    # A feature is seen where it lies on the head and no hair hangs over it; the head itself is kept whole.
    hidden = (fringe < 0).logical_or_(outline >= 0)
    for k, name in enumerate(PARTS):
        masks[:, k] = parts[name] < 0
        if name != "face":
            masks[:, k].masked_fill_(hidden, False)


def _check(name, tensor, shape):
    if tuple(tensor.shape) != shape or tensor.dtype != torch.float32:
        raise DataError(
            f"expected {name} as float32 {list(shape)} for {shape[0]} people, found "
            f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}: give one row a person."
        )
