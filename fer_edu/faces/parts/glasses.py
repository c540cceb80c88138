"""Spectacles that a person wears: rims, bridge, temples and a faint reflection."""

import torch

from ..shapes import ellipse


def glasses(canvas, body):
    """Paint the spectacles of those who wear some, and mark rims, bridge and temples as hiding what is behind them."""
    rx, ry = 0.205 * body.glasses_size, 0.165 * body.glasses_size
    with canvas.window(
        0.5 * body.head_width, body.eye_y + 0.01, 0.5 * body.head_width + 0.08, 0.24, mirrored=True
    ) as patch:
        dx, dy = patch.a - body.eye_x - 0.012, patch.y - body.eye_y - 0.02
        lens = ellipse(dx, dy, rx, ry)
        bridge = torch.maximum((dy + 0.05).abs() - 0.012, dx + rx)
        temple = torch.maximum((dy + 0.045).abs() - 0.014, torch.maximum(rx - dx, patch.a - 0.97 * body.head_width))
        frame = torch.minimum(torch.minimum(lens.abs() - 0.015, bridge), temple) + 2 * (1 - body.glasses)
        shine = patch.cover(lens) * patch.soft((dx * patch.side - dy * 0.9 + 0.04).abs() - 0.03, 0.05)
        patch.image += shine.mul_(body.glasses * 0.10)
        patch.paint(patch.cover(frame), body.glasses_tone)
        patch.mark("occluder", frame)
