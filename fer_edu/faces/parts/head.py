"""Everything that the features are painted on: background, neck, hair, ears, and the head itself."""

import torch

from ..shapes import bowl, ellipse, smooth_union, wave

CRANIUM_Y, CRANIUM_HEIGHT = -0.18, 0.78


def light(canvas, body):
    """Shade the head as a ball: Lambert's law on the normal of an ellipsoid, over some ambient light."""
    nx = canvas.x * (1 / (1.05 * body.head_width))
    ny = (canvas.y - 0.02) * (1 / 1.0)
    nz = (1 - (nx * nx + ny * ny).mul_(0.75)).clamp_(min=0.08).sqrt_()
    lambert = nx.mul_(canvas.light_x).add_(ny.mul_(canvas.light_y)).add_(nz.mul_(canvas.light_z))
    canvas.shade = lambert.mul_(0.62).add_(0.38)


def backdrop(canvas, body):
    """Paint background, shoulders, neck, ears and the hair behind the head; return the hair's tone and locks."""
    canvas.image = body.background + canvas.y * body.background_slope
    skin = body.skin_tone
    neck = torch.maximum(canvas.a - 0.70 * body.jaw_width, 0.3 - canvas.y)
    # A cap of hair that ends behind the ears, and an oval behind the head that hangs down to `hair_length`.
    cap = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width + 0.06, CRANIUM_HEIGHT + 0.09)
    half = 0.5 * body.hair_length + 0.5
    long = ellipse(canvas.x, canvas.y + 1 - half, body.head_width + 0.06 + 0.07 * body.hair_length.clamp(0, 1), half)
    hair = smooth_union(torch.maximum(cap, canvas.y - 0.05), long, 0.1)
    shine = bowl(canvas.x - 0.5 * canvas.light_x, canvas.y + 0.72, 0.55, 0.22).mul_(0.35)
    tone = (body.hair_tone * 0.85 + 0.03) * (canvas.shade * 0.75).add_(0.15).add_(shine)
    locks = wave(canvas.x * (1 / (1.9 + canvas.y.clamp(-1.5, 0))) * 6 + body.hair_locks)
    tone *= 0.88 + 0.24 * locks
    canvas.paint(canvas.cover(hair), tone)
    canvas.paint(canvas.cover(neck), skin * (canvas.shade * 0.62))
    shirt = ellipse(canvas.x, canvas.y - 1.50, 1.0, 0.60)
    canvas.paint(canvas.cover(shirt), body.shirt_tone * (0.55 + 0.35 * canvas.shade))
    ears = ellipse(canvas.a - body.head_width, canvas.y - body.eye_y - 0.12, 0.075, 0.17)
    canvas.paint(canvas.cover(ears), skin * (canvas.shade * 0.86))
    return tone, locks


def outline(canvas, body):
    """Return the signed distance from the outline of the head, from the hair under the crown to the chin."""
    cranium = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width, CRANIUM_HEIGHT)
    jaw = ellipse(canvas.x, canvas.y - 0.22, body.jaw_width, body.chin_y - 0.22)
    return smooth_union(cranium, jaw, 0.12)


def fringe(canvas, body, tone, locks):
    """Paint the hair in front of the forehead, inside the cap and above the hairline; return its signed distance."""
    cap = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width + 0.05, CRANIUM_HEIGHT + 0.07)
    sides = (canvas.a * canvas.a).square_().mul_(2.6)
    hairline = canvas.y - body.hairline_y - sides - canvas.x * body.hairline_tilt
    hairline += (0.16 * body.hair_locks) * (locks - 0.5)
    distance = torch.maximum(cap, hairline.mul_(0.8))
    canvas.paint(canvas.cover(distance), tone)
    return distance
