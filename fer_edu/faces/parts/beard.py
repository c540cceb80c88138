"""Beard and moustache: hair on jaw and lip, under the mouth and around it."""

import torch

from ..shapes import step, wave


def beard(canvas, body, outline):
    """Darken the skin of jaw and upper lip with hair, as dense as `beard` says."""
    with canvas.window(0.0, 0.53, 0.76, 0.55) as patch:
        x, y, a = patch.x, patch.y, patch.a
        # Its upper edge runs from the ears down to the corners of the mouth and up again to the moustache.
        corner = body.mouth_width + 0.10
        t = (a - corner) * (1 / (body.head_width - corner))
        cheek = body.mouth_y - 0.02 - 0.34 * step(t) - y
        lip = torch.maximum(
            body.nose_y + 0.075 + 0.35 * x * x - y, a - 1.15 * body.mouth_width - 0.9 * (y - body.mouth_y)
        )
        jaw = torch.maximum(cheek, 0.80 * body.mouth_width - a)
        below = torch.maximum(body.mouth_y + body.open_down + body.lower_lip + 0.03 - y, a - 1.25 * body.mouth_width)
        edge = torch.minimum(torch.minimum(jaw, lip), below)
        head = patch.gathered(outline)
        hair = patch.soft(edge, 0.09) * patch.soft(head - 0.01, 0.02)
        fine = (1.5 - 50 * patch.pixel).clamp(0, 1) * 0.22
        strands = wave((x * 0.35 * patch.side + y * 0.12 + (a * 0.6)) * 34).sub_(0.5).mul_(fine).add_(1)
        tone = torch.minimum(body.hair_tone, 0.75 * body.skin_tone) * (patch.shade * 0.6).add_(0.25) * strands
        patch.paint(hair.mul_(0.80 * body.beard), tone)
