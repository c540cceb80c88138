"""The skin between the features: its relief, and the creases that action units and years fold into it."""

import torch

from ..shapes import bowl, ellipse, step, window


def relief(canvas, body):
    """Raise nose, brow ridge, cheeks and chin and sink the eye sockets; mark the cheeks."""
    au = body.au
    flat = 1 - 0.75 * body.cartoon
    with canvas.window(body.eye_x, body.eye_y - 0.02, 0.26, 0.28, mirrored=True) as patch:
        dx, dy = patch.a - body.eye_x, patch.y - body.eye_y
        patch.bump(dx + 0.02, dy + 0.02, 0.24, 0.19, -0.050 * flat, mirrored=True)
        patch.bump(dx, dy, 0.17, 0.13, 0.022 * flat, mirrored=True)
        patch.bump(dx, dy + 0.20, 0.25, 0.085, 0.016 * flat, mirrored=True)
    with canvas.window(body.cheek_x, body.cheek_y, 0.26, 0.24, mirrored=True) as patch:
        puff = 0.030 + 0.040 * au[6] + 0.030 * au[12]
        dx, dy = patch.a - body.cheek_x, patch.y - body.cheek_y
        patch.bump(dx, dy, 0.25, 0.22, puff * flat, mirrored=True)
        patch.mark("cheeks", ellipse(dx, dy, 0.155, 0.125))
    height = body.nose_height * flat
    middle = 0.5 * (body.nose_top + body.nose_y)
    with canvas.window(0.0, middle - 0.03, 1.2 * body.nose_width, 0.345) as patch:
        x, y = patch.x, patch.y
        patch.bump(x, y - middle + 0.03, 0.11, 0.34, 0.070 * height)
        patch.bump(x, y - body.nose_y + 0.05, 0.62 * body.nose_width + 0.03, 0.10, 0.060 * height)
        wing = patch.a - 0.66 * body.nose_width
        patch.bump(wing, y - body.nose_y + 0.015, 0.50 * body.nose_width, 0.070, 0.030 * height, mirrored=True)
    wide = 0.12 + 0.75 * body.mouth_width
    with canvas.window(0.0, 0.5 * (body.mouth_y + body.chin_y) - 0.05, wide.clamp(min=0.18), 0.40) as patch:
        x, y = patch.x, patch.y
        patch.bump(x, y - body.mouth_y, wide, 0.19, 0.030 * flat)
        patch.bump(x, y - body.chin_y + 0.13, 0.18, 0.13, (0.026 + 0.030 * au[17]) * flat)


def forehead(canvas, body):
    """1, 2: two folds across the forehead, above the inner ends of the brows (1) or reaching out over them (2)."""
    au = body.au
    with canvas.window(0.0, body.eye_y - 0.46, 0.48, 0.27) as patch:
        x, y, a = patch.x, patch.y, patch.a
        raised = torch.maximum(au[1], 0.9 * au[2])
        arc = y - 0.5 * (body.brow_inner_y + body.brow_middle_y) + 0.115 + 0.22 * a * a
        ends = window(x * (1 / (0.24 + 0.20 * au[2])))
        patch.darken(patch.fold(arc, 0.018) * ends, 0.40 * raised + 0.24 * body.creased)
        patch.darken(patch.fold(arc + 0.080, 0.018) * ends, 0.36 * raised + 0.20 * body.creased)


def bridge(canvas, body):
    """4: two upright folds between the brows; 9: the bridge of the nose wrinkles."""
    au = body.au
    with canvas.window(0.0, body.eye_y - 0.06, 0.15, 0.24) as patch:
        y, a = patch.y, patch.a
        upright = window((y - body.eye_y + 0.165 - 0.02 * au[1]) * (1 / 0.100))
        between = patch.fold(a - 0.048 - 0.12 * (y - body.eye_y + 0.16), 0.020) * upright
        patch.darken(between, 0.55 * au[4] + 0.15 * au[9] + 0.12 * body.creased)
        ends = window((a - 0.050) * (1 / 0.085))
        wrinkle = y - body.eye_y + 0.010 + 0.50 * a
        for below in (0.0, 0.060, 0.120):
            patch.darken(patch.fold(wrinkle - below, 0.022) * ends, 0.55 * au[9])
        patch.darken(bowl(a, y - body.eye_y + 0.02, 0.10, 0.13), 0.10 * au[9])


def under_eyes(patch, body):
    """6, 7: a fold under the eye, and bags with the years; 6: crow's feet. Draws in the eyes' window."""
    au = body.au
    dx = patch.a - body.eye_x
    u = dx * (1 / (1.12 * body.eye_width))
    pouch = patch.y - body.eye_y - 0.105 + 0.045 * u * u + 0.012 * au[6]
    depth = 0.50 * au[6] + 0.28 * au[7] + 0.06 + 0.26 * body.creased
    patch.darken(patch.fold(pouch, 0.017) * window(u), depth * (1 - 0.8 * body.cartoon))
    out = dx - body.eye_width
    ends = window((out - 0.065) * (1 / 0.060))
    for slope, offset in ((0.55, -0.012), (0.0, 0.010), (-0.50, 0.030)):
        crow = patch.y - body.eye_y - offset + slope * out
        patch.darken(patch.fold(crow, 0.013) * ends, 0.42 * au[6] + 0.26 * body.creased)


def beside_the_mouth(canvas, body, outline):
    """6, 9, 12: from the wings of the nose around the corners of the mouth; 15: the corners hang; 14: a dimple."""
    au = body.au
    top = body.nose_y - 0.045
    reach = body.mouth_width + 0.07
    with canvas.window(
        0.62 * reach, 0.5 * (top + body.mouth_y) + 0.06, 0.46 * reach + 0.06, 0.33, mirrored=True
    ) as patch:
        y, a = patch.y, patch.a
        t = (y - top) * (1 / (body.mouth_y - top + 0.02))
        inner = body.nose_width + 0.018
        bow = t * (1.75 - 0.75 * t)
        fold = a - inner - (reach - 0.02 - inner) * bow
        depth = 0.42 * au[12] + 0.50 * au[9] + 0.10 * au[6] + 0.10 * au[15] + 0.10 * au[20] + 0.06 + 0.34 * body.creased
        skin = patch.cover(patch.gathered(outline))
        ends = window((t - 0.52) * (1 / 0.60)) * skin
        patch.darken(patch.fold(fold * 0.80, 0.024) * ends, depth.clamp(max=0.72))
        # The cheek beside the fold catches the light.
        cheek = patch.fold(fold * 0.80 - 0.045, 0.045) * ends
        patch.image += cheek * (0.10 * depth * body.skin_tone)
        corner = a - body.mouth_width - 0.015 - 0.30 * (y - body.mouth_y - 0.06)
        hang = window((y - body.mouth_y - 0.125) * (1 / 0.095)) * skin
        patch.darken(patch.fold(corner, 0.022) * hang, 0.42 * au[15] + 0.22 * body.creased)
        dimple = bowl(a - body.mouth_width - 0.035, y - body.mouth_y + 0.02, 0.045, 0.085)
        patch.darken(dimple * (patch.side + 1), 0.36 * au[14])


def chin(canvas, body):
    """The hollow under the lower lip; 17: the chin bunches up and pits."""
    au = body.au
    with canvas.window(0.0, body.chin_y - 0.15, 0.24, 0.25) as patch:
        x, y = patch.x, patch.y
        lip = y - body.mouth_y - body.open_down - body.lower_lip
        patch.darken(patch.fold(lip - 0.045 - 0.9 * x * x, 0.035) * window(x * (1 / 0.19)), 0.22 + 0.34 * au[17])
        spots = bowl(patch.a - 0.045, y - body.chin_y + 0.13, 0.040, 0.035)
        patch.darken(spots, 0.34 * au[17])
        patch.darken(bowl(x, y - body.chin_y + 0.10, 0.10, 0.05), 0.22 * au[17])


def sheen(canvas, body):
    """A soft highlight on forehead, nose and cheeks, where the lamp stands."""
    spot = bowl(canvas.x - 0.30 * canvas.light_x, canvas.y + 0.42 - 0.2 * canvas.light_y, 0.36, 0.24)
    canvas.image += spot.mul_(0.05 * body.skin_tone + 0.02) * step(1 - body.cartoon)
