"""The mouth: two lips along one line, and what opens between them."""

import torch

from ..shapes import bowl, step, wave, window


def mouth(canvas, body):
    """Paint the mouth and mark it: the lips and all between them."""
    tilt = body.corner_tilt.abs() + 0.05
    high = (-body.corner_drop).clamp(min=0) + torch.maximum(tilt, body.upper_lip + body.open_up + 0.01)
    high = high.clamp(min=0.21)  # the groove above the lip
    low = (body.corner_drop.clamp(min=0) + tilt).clamp(min=0.03) + body.lower_lip + 1.3 * body.open_down
    middle = body.mouth_y + 0.5 * (low - high)
    with canvas.window(0.0, middle, 1.05 * body.mouth_width + 0.07, 0.5 * (low + high)) as patch:
        y, a = patch.y, patch.a
        # 14 moves the corner on one side only, so the width and the corners' height depend on the side.
        width = body.mouth_width - body.corner_shift * (patch.side + 1).mul_(0.5)
        u = a / width
        u2 = u * u
        arc = 1 - u2
        opening = arc * (1 + body.mouth_round * u2)
        line = y - body.mouth_y - u2 * (body.corner_drop + body.corner_tilt * patch.side)

        # Distances below the four edges, from the top of the upper lip to the bottom of the lower one.
        dip = (1 - 9 * u2).clamp_(min=0).square_()
        upper_edge = line + body.open_up * opening
        lower_edge = line - body.open_down * opening
        top = upper_edge + body.upper_lip * arc * (1 - 0.26 * dip)
        bottom = lower_edge - body.lower_lip * arc * (1 - 0.22 * u2).clamp_(min=0.5)
        outline = torch.maximum(-top, bottom)
        patch.mark("mouth", outline)
        inside = torch.maximum(-upper_edge, lower_edge)
        parted = ((body.open_up + body.open_down) * 40).clamp(0, 1)

        # The upper lip faces down and lies in the shade, the lower one catches the light.
        below = step((line + 0.01) * (1 / 0.02))
        fat = body.lower_lip + 0.01
        light = bowl(patch.x - 0.15 * width * patch.light_x, bottom + 0.62 * fat, 0.55 * width, 0.55 * fat)
        tone = (body.skin_tone * body.lip_depth) * (patch.shade * (0.80 + 0.24 * below))
        tone += light.mul_((0.05 + 0.12 * body.skin_tone) * (1 - body.cartoon))
        # Beyond the corners the edges go on as one line, which must not be drawn.
        ends = patch.cover((u - 1.01) * width)
        patch.paint(patch.soft(outline, 0.012) * ends, tone)

        # Behind the lips: the dark, the tongue on the floor of it, the teeth in the shade of the lip.
        parted = ends * parted
        gap = patch.cover(inside) * parted
        tongue = bowl(patch.x, lower_edge + 0.01, 0.62 * width, 0.10).mul_(0.20 * step(body.open_down * 12))
        patch.paint(gap, 0.05 + tongue)
        deep = (0.92 - 0.30 * u2) * step((upper_edge + 0.012) * (1 / 0.035)).mul_(0.35).add_(0.65)
        gums = wave(patch.x * (1 / 0.062) + 0.5)
        seams = (1 - 7 * gums).clamp_(min=0).mul_(0.22 * (1.4 - 55 * patch.pixel).clamp(0, 1))
        upper_teeth = torch.maximum(inside, upper_edge - body.upper_teeth * (1 - 0.35 * u2))
        patch.paint(patch.cover(upper_teeth) * parted, deep * (1 - seams))
        lower_teeth = torch.maximum(inside, -lower_edge - body.lower_teeth * (1 - 0.3 * u2))
        patch.paint(
            patch.cover(lower_teeth) * (parted * (body.lower_teeth * 40).clamp(max=1)), (0.80 - 0.3 * u2) * (1 - seams)
        )
        # The line between closed lips, and the corners.
        patch.darken(patch.fold(line, 0.020) * ends, 0.62 * (1 - parted))
        patch.darken(bowl(a - width + 0.005, line, 0.030, 0.028), 0.32)
        patch.darken(patch.fold(outline, 0.018) * ends, 0.6 * body.cartoon)
        # The groove from the nose to the upper lip.
        groove = window((y - body.mouth_y + 0.13) * (1 / 0.07)) * bowl(patch.x, 0 * y, 0.035, 1)
        patch.darken(groove, 0.10)
