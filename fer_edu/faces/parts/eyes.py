"""Eyes and brows."""

import torch

from ..shapes import circle, step, wave
from .skin import under_eyes


def eyes(canvas, body):
    """Paint both eyes, their lids and the folds around them, and mark what lies between the lids."""
    top, bottom = 1.2 * body.upper_lid + 0.14, 0.18
    middle = body.eye_y + 0.5 * (bottom - top)
    with canvas.window(body.eye_x + 0.03, middle, body.eye_width + 0.125, 0.5 * (top + bottom), mirrored=True) as patch:
        under_eyes(patch, body)
        dx = patch.a - body.eye_x
        dy = patch.y - body.eye_y
        u = dx * (1 / body.eye_width)
        arc = 1 - u * u
        slanted = dy + u * body.eye_slant
        # Distances below the upper and the lower lid: parabolas, the upper one highest on the nose's side.
        lean = 0.16 * u.clamp(-2, 2)
        upper = slanted + body.upper_lid * arc * (1 - lean)
        lower = slanted - body.lower_lid * arc * (1 + lean)
        opening = torch.maximum(-upper, lower).mul_(0.85)  # 0.85: the lids slope, so they are nearer than straight up
        patch.mark("eyes", opening)
        within = patch.cover((u.abs() - 1.05).mul_(body.eye_width))

        # The socket's shadow above the lid, then the lid's crease.
        crease = upper + 0.040 + 0.012 * body.eye_opening + 0.012 * u
        patch.darken(patch.fold(crease, 0.016) * within, 0.40)
        white = patch.cover(opening)
        shade = (patch.shade * 0.40).add_(0.52)
        ball = (0.54 + 0.40 * body.skin_tone) * (1 - 0.16 * (u * u))
        patch.paint(white, shade * ball * (0.62 + 0.38 * step(upper * (1 / 0.055))))
        gaze = dy + 0.010
        radius = body.iris_radius
        iris = circle(dx, gaze, radius)
        tone = body.iris_tone + (0.30 * body.iris_tone + 0.04) * step((gaze + 0.4 * radius) * (1 / (1.2 * radius)))
        patch.paint(patch.cover(iris).mul_(white), tone * (0.55 + 0.45 * step(upper * (1 / 0.06))))
        patch.darken(patch.fold(iris, 0.016).mul_(white), 0.55)
        patch.paint(patch.cover(iris + 0.54 * radius).mul_(white), 0.015)
        # The glint is on the lamp's side in both eyes, so it is not mirrored.
        glint = circle(dx * patch.side + 0.024, gaze + 0.028, 0.019 + 0.012 * body.cartoon)
        patch.paint(patch.cover(glint).mul_(white), 0.96)

        # Lashes: the upper lid's edge, thicker outwards.
        edge = 0.011 + 0.006 * (u + 1).clamp_(0, 2) + 0.010 * body.cartoon
        lash = torch.where(upper > 0, upper * 1.5, upper)
        patch.darken(patch.line(lash, edge) * within, 0.82)
        patch.darken(patch.fold(lower, 0.016) * within, 0.40)


def brows(canvas, body):
    """Paint both brows and mark them."""
    middle = 0.5 * (body.brow_inner_x + body.brow_outer_x)
    reach = 0.5 * (body.brow_outer_x - body.brow_inner_x) + 0.04
    height = body.eye_y - body.brow_gap - 0.05
    with canvas.window(middle, height, reach, 0.26, mirrored=True) as patch:
        inner, outer = body.brow_inner_x, body.brow_outer_x
        t = (patch.a - inner) * (1 / (outer - inner))
        # The quadratic Bezier curve through the inner end and the outer one, as a polynomial in t.
        c1 = 2 * (body.brow_middle_y - body.brow_inner_y)
        c2 = body.brow_inner_y - 2 * body.brow_middle_y + body.brow_outer_y
        curve = t * (c1 + t * c2) + body.brow_inner_y + patch.side * body.brow_asymmetry
        s = t.clamp(0, 1)
        # Thick near the inner end, tapering outwards.
        thickness = body.brow_thickness * (0.62 + 1.5 * s - 1.95 * s * s).clamp_(min=0.12)
        ends = torch.maximum(inner - patch.a, patch.a - outer)
        distance = torch.maximum((patch.y - curve).abs_() - thickness, ends)
        patch.mark("brows", distance)
        hairs = (1.5 - 60 * patch.pixel).clamp(0, 1) * 0.30
        strands = wave((patch.a * 1.0 + (patch.y - curve) * 0.9) * 26).sub_(0.5).mul_(hairs).add_(1)
        tone = torch.minimum(body.hair_tone, 0.55 * body.skin_tone) * (patch.shade * 0.5).add_(0.35) * strands
        patch.paint(patch.soft(distance, 0.014 * (1 - body.cartoon)).mul_(0.90), tone)
