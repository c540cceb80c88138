"""The head that everything sits on: its normals and their light, neck, shoulders, ears, outline and skin."""

import torch

from ..shapes import bowl, ellipse, smooth_union, step

CRANIUM_Y, CRANIUM_HEIGHT = -0.17, 0.75


def normals(canvas, body):
    """Start the normals with those of an egg; outside of it they stay those of its rim."""
    x = canvas.x * (1 / (1.02 * body.head_width))
    y = (canvas.y - 0.02) * (1 / 0.98)
    z = (x * x + y * y).mul_(-0.80).add_(1).clamp_(min=0.10).sqrt_().reciprocal_()
    canvas.tilt_x = x.mul_(z).mul_(0.72)
    canvas.tilt_y = y.mul_(z).mul_(0.55)


def light(canvas, body):
    """Shade the normals: a lamp that reaches a little around the corner, and the sky for the rest of its strength.

    The cartoon's shade has two tones only.
    """
    x, y, strength = canvas.light_x, canvas.light_y, canvas.light_strength
    z = (1 - x * x - y * y).clamp(min=0.04).sqrt()
    length = (canvas.tilt_x * canvas.tilt_x).add_(canvas.tilt_y * canvas.tilt_y).add_(1).sqrt_()
    facing = (canvas.tilt_x * x).add_(canvas.tilt_y * y).add_(z).div_(length)
    lamp = facing.add_(0.26).mul_(1.10 / 1.26).clamp_(min=0)
    toon = body.cartoon
    flat = step((lamp - 0.52) * 14).mul_(0.34).add_(0.62)
    lamp += (flat - lamp) * toon
    canvas.shade = lamp.mul_(strength).add_(0.98 * (1 - strength))


def outline(canvas, body):
    """Return the signed distance from the outline of the head, from the hair under the crown to the chin."""
    cranium = ellipse(canvas.x, canvas.y - CRANIUM_Y, body.head_width, CRANIUM_HEIGHT)
    jaw = ellipse(canvas.x, canvas.y - 0.24, body.jaw_width, 0.94 * (body.chin_y - 0.24))
    chin = ellipse(canvas.x, canvas.y - body.chin_y + 0.24, body.chin_width, 0.24)
    return smooth_union(smooth_union(cranium, jaw, 0.14), chin, 0.16)


def body_below(canvas, body):
    """Paint neck and shoulders."""
    x, y, a = canvas.x, canvas.y, canvas.a
    half = 0.60 * body.jaw_width
    neck = torch.maximum(a - half - (y - 0.75).clamp_(min=0).square_().mul_(2.0), 0.3 - y)
    # The chin's shadow falls on it, away from the lamp.
    shadow = bowl(x + 0.25 * canvas.light_x, y - body.chin_y - 0.02, 1.15 * half, 0.24).mul_(-0.55).add_(1)
    roundness = (a * (1 / half)).square_().mul_(-0.35).add_(1).clamp_(min=0.4)
    canvas.paint(canvas.cover(neck), roundness.mul_(shadow).mul_(0.80 * body.skin_tone))
    shirt = ellipse(x, y - 1.52, 1.05, 0.60)
    canvas.paint(canvas.cover(shirt), (canvas.shade * 0.5).add_(0.45).mul_(body.shirt_tone))
    canvas.darken(canvas.fold(shirt, 0.025), 0.45)


def ears(canvas, body):
    """Paint both ears."""
    with canvas.window(body.head_width, body.eye_y + 0.13, 0.13, 0.22, mirrored=True) as patch:
        dx, dy = patch.a - body.head_width + 0.005, patch.y - body.eye_y - 0.13
        ear = ellipse(dx, dy, 0.075 + 0.02 * body.cartoon, 0.165)
        patch.paint(patch.cover(ear), body.skin_tone * (patch.shade * 0.90))
        patch.darken(patch.fold(ellipse(dx - 0.008, dy, 0.042, 0.115), 0.022), 0.40)


def skin(canvas, body, outline):
    """Paint the skin of the head over what is behind it."""
    canvas.paint(canvas.cover(outline), body.skin_tone * canvas.shade)
    canvas.darken(canvas.line(outline, 0.016), 0.75 * body.cartoon)
