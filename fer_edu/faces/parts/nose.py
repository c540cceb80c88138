"""The nose: its relief is the skin's; here are wings, nostrils and the shadow under the tip."""

import torch

from ..shapes import bowl, ellipse, window


def draw(canvas, body):
    """Paint the nose; return the signed distance from its outline, a wedge from the bridge to the wings."""
    x, y, a = canvas.x, canvas.y, canvas.a
    tip = y - body.nose_y
    width = body.nose_width
    canvas.darken(bowl(x, tip - 0.035, 1.15 * width, 0.055), 0.30)
    # A wing is an arc, open towards the tip: the outer part of an ellipse's outline.
    wing = ellipse(a - 0.68 * width, tip + 0.025, 0.34 * width, 0.058)
    outside = ((a - 0.75 * width) * (1 / (0.2 * width))).clamp_(0, 1)
    canvas.darken(canvas.line(wing, 0.013) * outside, 0.45)
    nostril = ellipse(a - 0.46 * width, tip, 0.26 * width, 0.020)
    canvas.darken(canvas.cover(nostril), 0.62)
    ridge = canvas.line(x - 0.25 * width * canvas.light_x, 0.30 * width)
    canvas.image += ridge * window((tip + 0.14) * (1 / 0.14)).mul_(0.10 * (0.4 + body.skin_tone))

    length = body.nose_y - body.nose_top
    t = ((y - body.nose_top) * (1 / length)).clamp_(0, 1)
    sides = a - 0.05 - (width - 0.05) * t * t
    return torch.maximum(sides, torch.maximum(body.nose_top - y, tip - 0.03))
