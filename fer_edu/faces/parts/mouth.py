"""The mouth: two lips along one line, and what opens between them."""

import torch


def draw(canvas, body):
    """Paint the mouth; return the signed distance from the outline of the lips and all between them."""
    y = canvas.y
    # 14 moves the corner on one side only, so the width and the corners' height depend on the side.
    width = body.mouth_width - body.corner_shift * (canvas.side + 1).mul_(0.5)
    u = canvas.a / width
    u2 = u * u
    arc = 1 - u2
    opening = arc * (1 + body.mouth_round * u2)
    line = y - body.mouth_y - u2 * (body.corner_drop + body.corner_tilt * canvas.side)

    # Distances below the four edges, from the top of the upper lip to the bottom of the lower one.
    bow = body.upper_lip * (arc - 0.30 * (1 - 14 * u2).clamp_(min=0))
    upper_edge = line + body.open_up * opening
    lower_edge = line - body.open_down * opening
    top = upper_edge + bow
    bottom = lower_edge - body.lower_lip * arc
    outline = torch.maximum(-top, bottom)
    lips = canvas.cover(outline)
    inside = torch.maximum(-upper_edge, lower_edge)

    lip_tone = body.skin_tone * body.lip_depth
    lower = canvas.cover(-line)
    canvas.paint(lips, lip_tone * (canvas.shade * (0.82 + 0.26 * lower)))
    parted = ((body.open_up + body.open_down) * 40).clamp(0, 1)
    gap = canvas.cover(inside) * parted
    canvas.paint(gap, 0.06 + (lower_edge + 0.05).clamp_(0, 0.05) * 3.2)  # the tongue, faintly, on the floor
    upper_teeth = torch.maximum(inside, upper_edge - body.upper_teeth)
    canvas.paint(canvas.cover(upper_teeth) * parted, 0.88)
    lower_teeth = torch.maximum(inside, -lower_edge - body.lower_teeth)
    canvas.paint(canvas.cover(lower_teeth) * (parted * (body.lower_teeth * 40).clamp(max=1)), 0.80)
    # The line between closed lips, and the corners.
    closed = canvas.line(line, 0.014) * canvas.cover((u - 1.02) * width)
    canvas.darken(closed, 0.55 * (1 - parted))
    return outline
