"""What hides part of a face: a hand, sunglasses, a surgical mask, hair, a patch.

Each is painted over the finished face, for those faces that have it, and the pixels that it covers by more than half
are added to the mask `occluder`.
"""

import math
from dataclasses import dataclass, fields

import torch

from ...errors import DataError
from ..rows import Rows
from ..shapes import bowl, smooth_union, step, wave

KINDS = ("none", "hand", "sunglasses", "mask", "hair", "patch")


@dataclass(frozen=True, eq=False)
class Occluder(Rows):
    """What hides n faces. kind: int64 [n], index into `KINDS`. Everything else: float32 [n].

    side: -1 or +1, the half of the face. x, y: shift from the kind's usual place, face units. size: factor.
    cos, sin: of an angle, any. tone: grey level, 0..1. variant: 0..1, what else a kind may vary.
    """

    kind: torch.Tensor
    side: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor
    size: torch.Tensor
    cos: torch.Tensor
    sin: torch.Tensor
    tone: torch.Tensor
    variant: torch.Tensor


def draw_occluders(n, dials, generator):
    """Draw what hides n faces: something with probability `dials.occlusion`, of the kinds `dials.occluders`."""
    unknown = [name for name in dials.occluders if name not in KINDS]
    if unknown or not dials.occluders:
        raise DataError(
            f"expected occluders out of {', '.join(KINDS[1:])}, found {list(dials.occluders)!r}: name one or more."
        )
    share = torch.rand(n, 9, generator=generator)
    kinds = torch.tensor([KINDS.index(name) for name in dials.occluders])
    kind = kinds[(share[:, 1] * len(kinds)).long().clamp_(max=len(kinds) - 1)]
    angle = share[:, 2].double() * (2 * math.pi)
    return Occluder(
        kind=torch.where(share[:, 0] < dials.occlusion, kind, 0),
        side=torch.where(share[:, 3] < 0.5, -1.0, 1.0),
        x=0.12 * share[:, 4] - 0.06,
        y=0.12 * share[:, 5] - 0.06,
        size=0.88 + 0.24 * share[:, 6],
        cos=angle.cos().float(),
        sin=angle.sin().float(),
        tone=share[:, 7],
        variant=share[:, 8],
    )


def usual(kind):
    """Return occluders in their usual place, on the side of x > 0; kind: int64 [n], index into `KINDS`, 0 nothing."""
    zero, one = torch.zeros(len(kind)), torch.ones(len(kind))
    return Occluder(kind, side=one, x=zero, y=zero, size=one, cos=one, sin=zero, tone=0.6 * one, variant=0.3 * one)


def paint(canvas, body, occluder):
    """Paint what hides each face, and add the hidden pixels to the mask `occluder`."""
    columns = torch.stack([getattr(occluder, f.name) for f in fields(Occluder) if f.name != "kind"], dim=1)
    present = None if canvas.whole else set(occluder.kind.tolist())
    for kind, draw in enumerate((hand, sunglasses, mask, hair, patch), 1):
        if present is not None and kind not in present:
            continue
        has = (occluder.kind == kind).to(canvas.x.dtype)[:, None]
        for some, person, given, shown in canvas.those_with(has, body, columns, has):
            distance = draw(some, person, *given[..., None].unbind(1), shown)
            k = some.parts.index("occluder")
            some.masks[:, k] |= (distance < 0).logical_and_(shown > 0)


def hand(canvas, body, side, x, y, size, cos, sin, tone, variant, shown):
    """A hand in the person's own skin, from below over a cheek and eye, or across the mouth; its back is seen."""
    mouth = (variant < 0.5).to(x.dtype)
    # It points up and inwards: steeply on the cheek, flat across the mouth.
    lean = 0.22 + 0.42 * mouth + 0.10 * sin
    length = (1 + lean * lean).sqrt()
    ux, uy = -side * lean / length, -1 / length
    at_x = side * (0.40 - 0.12 * mouth) + x
    at_y = body.cheek_y + 0.12 + (body.mouth_y + 0.06 - body.cheek_y - 0.12) * mouth + y
    dx, dy = (canvas.x - at_x) * (1 / size), (canvas.y - at_y) * (1 / size)
    along = dx * ux + dy * uy
    across = (dx * uy - dy * ux) * side
    # Four fingers at once: each pixel belongs to the nearest; they spread a little towards the tips.
    pitch = 0.128 * (1 + 0.10 * along.clamp(0, 1))
    place = (across / pitch).floor().clamp_(-2, 1).add_(0.5)
    beside = across - place * pitch
    tip = 0.50 - 0.042 * (place - 0.3) * (place - 0.3)
    beyond = along - torch.minimum(along.clamp(min=-0.1), tip)
    radius = 0.066 - 0.012 * (along / tip).clamp(0, 1)
    fingers = (beside * beside + beyond * beyond).sqrt_() - radius
    # The palm narrows to the wrist; the thumb leaves it on the inner side.
    half = (0.255 + 0.16 * (along + 0.20)).clamp(0.17, 0.265)
    palm = torch.maximum(across.abs() - half, torch.maximum(along - 0.03, -2.5 - along))
    ta, tb = across + 0.17, along + 0.36
    t = ((tb * 0.30 - ta * 0.26) * (1 / (0.30 * 0.30 + 0.26 * 0.26))).clamp_(0, 1)
    thumb = ((ta + 0.26 * t).square_() + (tb - 0.30 * t).square_()).sqrt_() - (0.078 - 0.016 * t)
    flat = smooth_union(palm, thumb, 0.06)
    distance = torch.minimum(flat, fingers) * size
    canvas.darken(canvas.soft(distance - 0.025, 0.09) * shown, 0.35)
    # Fingers are round, the back of the hand is flatter and has tendons and knuckles.
    finger = step((along + 0.04) * 14)
    roundness = 1.0 - 0.38 * (beside * (1 / 0.066)).square_().clamp_(max=1) * finger
    edge = 1.0 - 0.30 * (1 - finger) * step((flat + 0.10) * 9)
    lit = 0.94 + 0.10 * canvas.light_x * (across * side * uy + along * ux) - 0.08 * step(-along * 1.2)
    canvas.paint(canvas.cover(distance) * shown, body.skin_tone * 0.94 * lit * roundness * edge)
    inside = canvas.cover(distance) * shown
    knuckle = canvas.fold(along - 0.02, 0.030) + 0.8 * canvas.fold(along - 0.50 * tip, 0.022)
    knuckle = knuckle + 0.6 * canvas.fold(along - 0.78 * tip, 0.016)
    canvas.darken(knuckle.clamp_(max=1) * inside * step((0.052 - beside.abs()) * 40), 0.22)
    gap = canvas.fold(beside.abs() - 0.5 * pitch, 0.016) * step((along + 0.02) * 20) * (place.abs() < 1.9)
    canvas.darken(gap * inside, 0.45)
    nail = bowl(beside, along - tip - 0.005, 0.036, 0.045)
    canvas.image += nail.mul_(0.22).mul_(inside).mul_(0.3 + 0.5 * body.skin_tone)
    canvas.darken(canvas.fold(distance, 0.018) * shown, 0.45)
    return distance


def sunglasses(canvas, body, side, x, y, size, cos, sin, tone, variant, shown):
    """Dark lenses, squarer or rounder, with bridge, temples and a reflection."""
    dx, dy = canvas.a - body.eye_x - 0.015, canvas.y - body.eye_y - 0.025
    rx, ry = 0.228, 0.172 * size
    # A box whose corners are round; it narrows downwards.
    corner = 0.06 + 0.09 * variant
    qx = (dx.abs() * (1 + 0.45 * dy.clamp(min=0)) - rx + corner).clamp(min=-corner)
    qy = dy.abs() - ry + corner
    outside = (qx.clamp(min=0).square_() + qy.clamp(min=0).square_()).sqrt_()
    lens = outside + torch.maximum(qx, qy).clamp(max=0) - corner
    bridge = torch.maximum((dy + 0.075).abs() - 0.020, dx + 0.5 * rx)
    temple = torch.maximum((dy + 0.075).abs() - 0.022, torch.maximum(rx - 0.03 - dx, canvas.a - body.head_width - 0.01))
    distance = torch.minimum(torch.minimum(lens, bridge), temple)
    canvas.darken(canvas.soft(distance - 0.03, 0.06) * shown, 0.25)
    canvas.paint(canvas.cover(distance) * shown, 0.02 + 0.20 * tone * tone)
    glass = canvas.cover(lens + 0.022) * shown
    canvas.paint(glass, 0.05 + 0.13 * step((dy + ry) * (0.5 / ry)))
    shine = canvas.soft((dx * canvas.side - dy * 0.8 + 0.05).abs() - 0.035, 0.03)
    canvas.image += shine.mul_(glass).mul_(0.16)
    return distance


def mask(canvas, body, side, x, y, size, cos, sin, tone, variant, shown):
    """A surgical mask from the bridge of the nose under the chin, with pleats, a seam and loops to the ears."""
    a, h = canvas.a, canvas.y
    top = body.nose_y - 0.18 + 0.5 * y
    bottom = body.chin_y + 0.03
    wide = 0.86 * body.head_width
    u = a * (1 / wide)
    upper = top + 0.12 * step(u * 1.6) - h
    lower = h - bottom + 0.30 * (u * u)
    t = (h - top) * (1 / (bottom - top))
    cheek = a - wide * (1 - 0.22 * t.clamp(0, 1) * t.clamp(0, 1))
    cloth = torch.maximum(torch.maximum(upper, lower), cheek)
    # The loops: straight lines from the corners to the ears.
    run = (a - wide) * (1 / (body.head_width * 1.02 - wide))
    ends = torch.maximum(-run - 0.2, run - 1) * 0.1
    high = (h - top - 0.16 - (body.eye_y + 0.10 - top - 0.16) * run) * 0.55
    low = (h - bottom + 0.34 - (body.eye_y + 0.28 - bottom + 0.34) * run) * 0.55
    loops = torch.maximum(torch.minimum(high.abs(), low.abs()) - 0.010, ends)
    canvas.darken(canvas.soft(cloth - 0.02, 0.06) * shown, 0.30)
    white = 0.62 + 0.33 * tone
    canvas.paint(canvas.cover(loops) * shown, 0.92 * white)
    # It bulges over nose and chin, whatever the relief of the skin below is.
    bulge = bowl(canvas.x - 0.12 * canvas.light_x, h - 0.5 * (top + bottom) - 0.06 * canvas.light_y, 0.85, 0.62)
    covered = canvas.cover(cloth) * shown
    canvas.paint(covered, white * (0.68 + 0.32 * bulge) * (1 - 0.16 * step((t - 0.55) * 2)))
    for at, depth in ((0.30, 0.20), (0.48, 0.26), (0.66, 0.22)):
        pleat = t - at - 0.05 * (1 - u * u)
        canvas.darken(canvas.fold(pleat * 0.8, 0.026) * covered, depth)
        canvas.image += canvas.fold(pleat * 0.8 + 0.035, 0.026) * covered * 0.06
    canvas.darken(canvas.fold(cloth + 0.030, 0.012) * covered, 0.22)
    canvas.darken(canvas.fold(cloth, 0.016) * shown, 0.30)
    return torch.minimum(cloth, loops)


def hair(canvas, body, side, x, y, size, cos, sin, tone, variant, shown):
    """Strands that fall from the hairline over one eye and cheek, and end in points."""
    h = canvas.y
    t = (h + 0.72) * (1 / (1.10 + 0.35 * variant))
    # Their course: from near the parting outwards and down.
    s = t.clamp(-0.2, 1.2)
    course = 0.10 + 0.55 * s - 0.22 * s * s + 0.5 * x
    away = canvas.x * side - course
    half = 0.22 * size * (1 - 0.45 * s * s) * (0.55 + 0.45 * step(t * 2.5)) + 0.02
    u = away / half
    # Locks of their own, each shorter or longer; towards the tips gaps open between them.
    lock = wave(u * 1.9 + variant + 0.25)
    fine = wave(u * 4.7 + 2 * variant)
    tip = (t - 0.80 - 0.24 * lock - 0.06 * fine) * 1.1
    gaps = (0.80 * step((t - 0.55) * 1.8) - 0.30 - lock) * 0.11
    distance = torch.maximum(torch.maximum(away.abs() - half, tip), gaps)
    distance = torch.maximum(distance, -0.76 - h)
    canvas.darken(canvas.soft(distance - 0.03, 0.08) * step((h + 0.70) * 4) * shown, 0.30)
    # Strands finer than a pixel are not drawn.
    strands = wave(u * 6.5).sub_(0.5).mul_(0.16 * (1.5 - 60 * canvas.pixel).clamp(0, 1))
    coarse = wave(u * 2.3 + 0.4).sub_(0.5).mul_(0.22)
    shine = bowl(away, h + 0.38, 0.5, 0.26).mul_(0.35)
    bright = (0.78 + strands + coarse + shine).mul_(0.92 * body.hair_tone + 0.03)
    # It grows out of the hair above, without an edge.
    canvas.paint(canvas.soft(distance, 0.020) * step((h + 0.86) * 5) * shown, bright)
    return distance


def patch(canvas, body, side, x, y, size, cos, sin, tone, variant, shown):
    """A box, turned any way, of one grey or striped."""
    dx, dy = canvas.x - side * 0.30 - x, canvas.y - 5 * y - 0.10
    u, v = dx * cos + dy * sin, dy * cos - dx * sin
    distance = torch.maximum(u.abs() - 0.30 * size, v.abs() - (0.16 + 0.20 * variant) * size)
    stripes = (wave(v * 5 + 0.25) - 0.5).mul_(0.9 * step((variant - 0.5) * 50))
    canvas.paint(canvas.cover(distance) * shown, (0.05 + 0.9 * tone + stripes * (0.5 - tone).sign()).clamp_(0, 1))
    return distance
