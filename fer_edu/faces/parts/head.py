"""Everything that the features are painted on: background, neck, hair, ears, and the head itself."""

import torch

from ..shapes import ellipse, smooth_union

CRANIUM_Y, CRANIUM_HEIGHT = -0.18, 0.78


def light(canvas, body):
    """Shade the head as a ball: Lambert's law on the normal of an ellipsoid, over some ambient light."""
    nx = canvas.x * (1 / (1.05 * body.head_width))
    ny = (canvas.y - 0.02) * (1 / 1.0)
    nz = (1 - (nx * nx + ny * ny).mul_(0.75)).clamp_(min=0.08).sqrt_()
    lambert = nx.mul_(canvas.light_x).add_(ny.mul_(canvas.light_y)).add_(nz.mul_(canvas.light_z))
    canvas.shade = lambert.mul_(0.62).add_(0.42)


def backdrop(canvas, body):
    """Paint the background, the shoulders, the neck and the hair behind the head."""
    canvas.image = body.background + canvas.y * body.background_slope
    skin = body.skin_tone
    neck = torch.maximum(canvas.a - 0.60 * body.jaw_width, 0.3 - canvas.y)
    # The hair hangs down to `hair_length`, a little wider than the head.
    cap = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width + 0.075, CRANIUM_HEIGHT + 0.09)
    length = torch.maximum(canvas.a - (body.head_width + 0.06), (canvas.y - body.hair_length).abs() - 0.4)
    hair = canvas.cover(smooth_union(cap, length, 0.1))
    tone = body.hair_tone * (canvas.shade * 0.7).add_(0.15)
    canvas.paint(hair * canvas.cover(canvas.y - body.hair_length), tone)
    canvas.paint(canvas.cover(neck), skin * (canvas.shade * 0.62))
    shirt = ellipse(canvas.x, canvas.y - 1.55, 0.95, 0.52)
    canvas.paint(canvas.cover(shirt), body.shirt_tone * (0.55 + 0.35 * canvas.shade))
    ears = ellipse(canvas.a - body.head_width, canvas.y - body.eye_y - 0.12, 0.075, 0.17)
    canvas.paint(canvas.cover(ears), skin * (canvas.shade * 0.86))
    return tone


def outline(canvas, body):
    """Return the signed distance from the outline of the head, from the hair under the crown to the chin."""
    cranium = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width, CRANIUM_HEIGHT)
    jaw = ellipse(canvas.x, canvas.y - 0.25, body.jaw_width, body.chin_y - 0.25)
    return smooth_union(cranium, jaw, 0.16)


def fringe(canvas, body, tone):
    """Paint the hair in front of the forehead: inside the cap of hair and above the hairline."""
    cap = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width + 0.05, CRANIUM_HEIGHT + 0.07)
    sides = (canvas.a * canvas.a).square_().mul_(2.6)
    hairline = canvas.y - body.hairline_y - sides - canvas.x * body.hairline_tilt
    coverage = canvas.cover(torch.maximum(cap, hairline.mul_(0.8)))
    canvas.paint(coverage, tone)
