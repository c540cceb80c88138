"""Eyes and brows."""

import torch

from ..shapes import circle


def draw(canvas, body):
    """Paint both eyes; return the signed distance from their outline, bounded by the lids."""
    dx = canvas.a - body.eye_x
    dy = canvas.y - body.eye_y
    u = dx * (1 / body.eye_width)
    arc = 1 - u * u
    slanted = dy + u * body.eye_slant
    upper = slanted + body.upper_lid * arc  # distances below the upper and the lower lid, both parabolas
    lower = slanted - body.lower_lid * arc
    opening = torch.maximum(-upper, lower).mul_(0.85)  # 0.85: the lids slope, so they are nearer than straight up
    white = canvas.cover(opening)

    shade = (canvas.shade * 0.5).add_(0.45)
    canvas.paint(white, shade * (0.55 + 0.35 * body.skin_tone + 0.12 * (upper * (1 / 0.12)).clamp_(0, 1)))
    iris = circle(dx, dy + 0.012, body.iris_radius)
    canvas.paint(canvas.cover(iris).mul_(white), body.iris_tone)
    canvas.paint(canvas.cover(iris + 0.5 * body.iris_radius).mul_(white), 0.02)
    # The glint is on the same side in both eyes, so it is not mirrored.
    glint = circle(dx * canvas.side + 0.025, dy + 0.042, 0.022)
    canvas.paint(canvas.cover(glint).mul_(white), 0.95)

    within = canvas.cover((u.abs() - 1.08).mul_(body.eye_width))
    lash = torch.where(upper > 0, upper * 1.6, upper)
    canvas.darken(canvas.line(lash, 0.017) * within, 0.80)
    crease = canvas.line(upper + 0.045 + 0.02 * u, 0.011)
    canvas.darken(crease * within, 0.30)
    canvas.darken(canvas.line(lower, 0.011) * within, 0.38)
    return opening


def brows(canvas, body):
    """Paint both brows; return the signed distance from their outline."""
    inner, outer = body.brow_inner_x, body.brow_outer_x
    t = (canvas.a - inner) * (1 / (outer - inner))
    # The quadratic Bezier curve through the inner end and the outer one, as a polynomial in t.
    c1 = 2 * (body.brow_middle_y - body.brow_inner_y)
    c2 = body.brow_inner_y - 2 * body.brow_middle_y + body.brow_outer_y
    curve = t * (c1 + t * c2) + body.brow_inner_y + canvas.side * body.brow_asymmetry
    thickness = body.brow_thickness * (1 - 0.62 * t.clamp(0, 1))
    ends = torch.maximum(inner - canvas.a, canvas.a - outer)
    distance = torch.maximum((canvas.y - curve).abs_() - thickness, ends)
    tone = torch.minimum(body.hair_tone, 0.42 * body.skin_tone) * (canvas.shade * 0.5).add_(0.4)
    canvas.paint(canvas.cover(distance).mul_(0.92), tone)
    return distance
