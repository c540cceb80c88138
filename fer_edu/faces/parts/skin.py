"""The skin between the features: relief under the light, and the creases that action units fold into it."""

import torch

from ..shapes import bowl, ellipse, window


def relief(canvas, body):
    """Add to the shade what nose, cheeks, eye sockets and chin do to a light from the side."""
    x, y, a = canvas.x, canvas.y, canvas.a
    middle = 0.5 * (body.nose_top + body.nose_y)
    canvas.relief(x, y - middle, 1.1 * body.nose_width, 0.30, 0.85)
    canvas.relief(x, y - body.nose_y + 0.05, body.nose_width, 0.13, 0.55)
    puff = 0.35 + 0.45 * body.au[6] + 0.25 * body.au[12]
    canvas.relief(a - body.cheek_x, y - body.cheek_y, 0.22, 0.19, puff, mirrored=True)
    canvas.relief(a - body.eye_x, y - body.eye_y + 0.02, 0.24, 0.17, -0.45, mirrored=True)
    canvas.relief(x, y - body.chin_y + 0.15, 0.17, 0.14, 0.35 + 0.6 * body.au[17])
    # Sockets lie deeper, so less ambient light reaches them.
    canvas.shade -= bowl(a - body.eye_x + 0.03, y - body.eye_y + 0.03, 0.25, 0.17).mul_(0.13)


def cheeks(canvas, body):
    """Return the signed distance from the outline of both cheeks."""
    return ellipse(canvas.a - body.cheek_x, canvas.y - body.cheek_y, 0.155, 0.125)


def creases(canvas, body):
    """Darken the lines that the action units fold: forehead, glabella, nose bridge, around eyes, mouth and chin."""
    x, y, a, au = canvas.x, canvas.y, canvas.a, body.au
    rest = 0.22 * body.lines

    # 1, 2: two arcs across the forehead, above the inner ends (1) or reaching out over the brows (2).
    raised = torch.maximum(au[1], au[2])
    arc = y - 0.5 * (body.brow_inner_y + body.brow_middle_y) + 0.10 + 0.25 * a * a
    ends = window(x * (1 / (0.20 + 0.22 * au[2])))
    canvas.darken(canvas.line(arc, 0.014) * ends, 0.38 * raised + 0.3 * rest)
    canvas.darken(canvas.line(arc + 0.085, 0.014) * ends, 0.34 * raised)

    # 4: two upright folds between the brows; 9: the same bridge, wrinkled.
    glabella = canvas.line(a - 0.050, 0.016) * window((y - body.eye_y + 0.13) * (1 / 0.13))
    canvas.darken(glabella, 0.45 * au[4] + 0.15 * au[9])
    bridge = window((a - 0.055) * (1 / 0.075))
    wrinkle = y - body.eye_y - 0.02 + 0.6 * a
    canvas.darken(canvas.line(wrinkle, 0.018) * bridge, 0.45 * au[9])
    canvas.darken(canvas.line(wrinkle - 0.075, 0.018) * bridge, 0.45 * au[9])

    # 6, 7: a fold under the eye; 6: crow's feet.
    u = (a - body.eye_x) * (1 / (1.1 * body.eye_width))
    u2 = u * u
    pouch = y - body.eye_y - 0.105 + 0.05 * u2 + 0.012 * au[6]
    canvas.darken(canvas.line(pouch, 0.012) * (1 - u2).clamp_(min=0), 0.45 * au[6] + 0.25 * au[7] + rest)
    feet = canvas.line((y - body.eye_y - 0.01).abs() - 0.55 * (a - body.eye_x - body.eye_width), 0.012)
    canvas.darken(feet * window((a - body.eye_x - 1.45 * body.eye_width) * (1 / 0.06)), 0.38 * au[6])

    # 6, 9, 12: from the wing of the nose around the corner of the mouth.
    top = body.nose_y - 0.05
    t = (y - top) * (1 / (body.mouth_y - top))
    corner = body.mouth_width + 0.045
    fold = a - body.nose_width - 0.02 - (corner - body.nose_width - 0.02) * t * (1.6 - 0.6 * t)
    depth = 0.30 * au[12] + 0.34 * au[9] + 0.08 * au[6] + 0.06 * au[15] + rest
    canvas.darken(canvas.line(fold * 0.8, 0.016) * window((t - 0.5) * (1 / 0.62)), depth.clamp(max=0.7))

    # 15: the corners hang; 14: a dimple beside the right one; 17: the chin bunches up under the lower lip.
    below = window((y - body.mouth_y - 0.15) * (1 / 0.09))
    canvas.darken(canvas.line(a - 0.96 * body.mouth_width - 0.03, 0.015) * below, 0.35 * au[15])
    dimple = bowl(x - body.mouth_width - 0.03, y - body.mouth_y + 0.03, 0.035, 0.07)
    canvas.darken(dimple, 0.65 * au[14])
    lip = y - body.mouth_y - body.open_down - body.lower_lip
    canvas.darken(canvas.line(lip - 0.045 - 0.9 * a * a, 0.018) * window(x * (1 / 0.16)), 0.15 + 0.40 * au[17])
    canvas.darken(bowl(x, y - body.chin_y + 0.14, 0.11, 0.06), 0.22 * au[17])
