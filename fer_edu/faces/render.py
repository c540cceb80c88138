"""From anatomy to pixels: pictures of any size, and the mask of each part."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch

from ..errors import DataError
from .anatomy import ACTION_UNITS, anatomy
from .canvas import Canvas
from .nuisances import background, occluders
from .parts import hair, head, skin
from .parts.beard import beard
from .parts.eyes import brows, eyes
from .parts.glasses import glasses
from .parts.mouth import mouth
from .parts.nose import nose

PARTS = ("brows", "eyes", "nose", "mouth", "cheeks", "face", "occluder")
"""The names of the masks, in order; `face` is the whole head from crown to chin, hair over the forehead included."""

CPU_PIXELS, GPU_PIXELS = 224 * 48**2, 16_384 * 48**2
"""Pixels drawn at once: enough to outweigh the calls, few enough for the caches of a CPU and the memory of a GPU."""

FRONTAL = (-0.25, -0.40, 0.62)
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


def render(identity, action_units, pose=None, light=None, size=48, occluder=None, clutter=None, chunk=None):
    """Draw faces as an ideal camera would, with the exact mask of every part.

    identity: an `Identity` of N people. action_units: float32 [N, A] in 0..1, in the order of `ACTION_UNITS`.
    pose: theta, float32 [N, 2, 3], or None for upright faces; maps the picture's coordinates (target) to the upright
    face's (source), normalised to [-1, 1] with align_corners=False: picture(p) = upright(theta p), as in Eq. 2.
    It is applied to the coordinates, so nothing is resampled. light: float32 [N, 3], or None: direction (x, y) towards
    the lamp in the face's own coordinates (x right, y down; length below 1, 0 is frontal) and the lamp's share of all
    light, 0..1. size: S, the side in pixels. occluder, clutter: what hides the face and what stands behind it
    (`nuisances`), or None. chunk: faces drawn at once, or None; it changes no byte of the result.

    Returns a `Rendering`. A mask holds the pixels of which the part covers more than half, as posed, and which nothing
    hides. Raises DataError where the shapes do not fit together.
    """
    n, device = len(identity), action_units.device
    pose = torch.eye(2, 3, device=device).expand(n, 2, 3) if pose is None else pose
    light = torch.tensor(FRONTAL, device=device).expand(n, 3) if light is None else light
    _check("action_units", action_units, (n, len(ACTION_UNITS)))
    _check("pose", pose, (n, 2, 3))
    _check("light", light, (n, 3))
    images = torch.empty(n, 1, size, size, device=device)
    masks = torch.empty(n, len(PARTS), size, size, dtype=torch.bool, device=device)

    def draw_some(some):
        hiding, behind = (None if thing is None else thing[some] for thing in (occluder, clutter))
        images[some], masks[some] = render_chunk(
            identity[some], action_units[some], pose[some], light[some], hiding, behind, size
        )

    chunks(n, size, device, draw_some, chunk)
    return Rendering(images, masks)


def render_chunk(identity, action_units, theta, light, occluder, clutter, size):
    """Draw a few faces at once, arguments as in `render`; returns float32 [n, 1, S, S] and bool [n, P, S, S]."""
    canvas = Canvas(theta, light, size, PARTS)
    draw(canvas, anatomy(identity, action_units), occluder, clutter)
    return canvas.image.view(-1, 1, size, size), canvas.masks.view(-1, len(PARTS), size, size)


def chunks(n, size, device, work, chunk=None):
    """Call work(slice) for all of 0..n-1, a chunk at a time; on a CPU, several threads share the chunks.

    Each chunk is the work of one thread: were each of its thousand short operations split over threads instead, then on
    a machine that others use too every one of them would wait for its slowest thread.
    """
    before = torch.get_num_threads()
    # Python starts each operation, one at a time: more than a few threads would wait for it.
    threads = min(before, 8) if device.type == "cpu" else 1
    if chunk is None:
        most = (CPU_PIXELS if device.type == "cpu" else GPU_PIXELS) // size**2
        chunk = max(1, min(most, -(-n // threads)))
    slices = [slice(start, min(n, start + chunk)) for start in range(0, n, chunk)]

    @torch.no_grad()
    def one(some):
        work(some)

    if device.type != "cpu":
        for some in slices:
            one(some)
        return
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            for _ in pool.map(one, slices):
                pass
    finally:
        # The number is the thread's own, except that it is also what threads begin with that are started later.
        torch.set_num_threads(before)


def draw(canvas, body, occluder=None, clutter=None):
    """Paint a chunk from back to front, and fill in its masks."""
    head.normals(canvas, body)
    head.light(canvas, body)
    canvas.image = body.background + canvas.y * body.background_slope
    if clutter is not None:
        background.paint(canvas, body, clutter)
    tone = hair.tone(canvas, body)
    curls = hair.behind(canvas, body, tone)
    head.body_below(canvas, body)
    head.ears(canvas, body)
    outline = head.outline(canvas, body)
    # The skin's relief comes after all that it must not shade.
    skin.relief(canvas, body)
    head.light(canvas, body)
    head.skin(canvas, body, outline)
    skin.sheen(canvas, body)
    canvas.mark("face", outline)
    skin.forehead(canvas, body)
    skin.bridge(canvas, body)
    skin.beside_the_mouth(canvas, body, outline)
    skin.chin(canvas, body)
    for some, person, edge in canvas.those_with(body.beard, body, outline):
        beard(some, person, edge)
    nose(canvas, body)
    eyes(canvas, body)
    brows(canvas, body)
    mouth(canvas, body)
    fringe = hair.front(canvas, body, tone, curls)
    for some, person in canvas.those_with(body.glasses, body):
        glasses(some, person)
    if occluder is not None:
        occluders.paint(canvas, body, occluder)
    canvas.image.clamp_(0, 1)
    # A feature is seen where it lies on the head and nothing hangs over it; the head itself is kept whole.
    hidden = (fringe < 0).logical_or_(outline >= 0).logical_or_(canvas.masks[:, PARTS.index("occluder")])
    for k, name in enumerate(PARTS):
        if name not in ("face", "occluder"):
            canvas.masks[:, k].masked_fill_(hidden, False)


def _check(name, tensor, shape):
    if tuple(tensor.shape) != shape or tensor.dtype != torch.float32:
        raise DataError(
            f"expected {name} as float32 {list(shape)} for {shape[0]} people, found "
            f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}: give one row a person."
        )
