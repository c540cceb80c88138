"""The nose: its relief is the skin's; here are wings, nostrils and the shadow under the tip."""

import torch

from ..shapes import bowl, ellipse


def nose(canvas, body):
    """Paint the nose and mark it: a wedge from the bridge to the wings."""
    centre = 0.5 * (body.nose_top + body.nose_y)
    half = 0.5 * (body.nose_y - body.nose_top)
    with canvas.window(0.0, centre + 0.03, 1.35 * body.nose_width + 0.05, half + 0.10) as patch:
        x, y, a = patch.x, patch.y, patch.a
        tip = y - body.nose_y
        width = body.nose_width
        # The shadow under the nose falls away from the lamp.
        patch.darken(bowl(x + 0.10 * patch.light_x, tip - 0.035, 1.20 * width, 0.075), 0.42)
        wing = ellipse(a - 0.64 * width, tip + 0.022, 0.40 * width, 0.064)
        outside = ((a - 0.70 * width) * (1 / (0.25 * width))).clamp_(0, 1)
        patch.darken(patch.fold(wing, 0.022) * outside, 0.55)
        nostril = ellipse(a - 0.44 * width, tip + 0.002, 0.27 * width, 0.021)
        patch.darken(patch.soft(nostril, 0.02), 0.72)
        glow = bowl(x - 0.20 * width * patch.light_x, tip + 0.060, 0.42 * width, 0.055)
        patch.image += glow.mul_(0.10 * body.skin_tone + 0.03)
        t = ((y - body.nose_top) * (1 / (2 * half))).clamp_(0, 1)
        sides = a - 0.05 - (width - 0.05) * t * t
        patch.mark("nose", torch.maximum(sides, torch.maximum(body.nose_top - y, tip - 0.03)))
