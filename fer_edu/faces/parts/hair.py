"""Hair: what hangs behind the head, and what grows over it down to the hairline."""

import torch

from ..shapes import bowl, ellipse, smooth_union, step, wave
from .head import CRANIUM_HEIGHT, CRANIUM_Y


def tone(canvas, body):
    """Return how bright hair would be at each pixel, float32 [n, pixels]: its strands run away from the parting."""
    along = (canvas.x - 0.6 * body.hair_part) / (canvas.y + 1.55).clamp_(min=0.3)
    bright = (canvas.shade * 0.70).add_(0.22)
    # Strands finer than a pixel are not drawn.
    for frequency, depth in ((5.3, 0.16), (17.0, 0.11)):
        amplitude = depth * (1 - 0.8 * body.cartoon) * (1.5 - 2.4 * frequency * canvas.pixel).clamp(0, 1)
        bright += wave(along * frequency).sub_(0.5).mul_(amplitude)
    shine = bowl(canvas.x - 0.55 * canvas.light_x, canvas.y + 0.74, 0.70, 0.24)
    shade = (body.hair_tone * 0.92 + 0.02) * bright
    return shade.add_(shine.mul_(0.05 + 0.22 * body.hair_tone))


def behind(canvas, body, tone):
    """Paint the hair behind the head; return the waves of its outline, which the hair in front shares."""
    x, y = canvas.x, canvas.y - CRANIUM_Y
    volume = body.hair_volume * (1 - 0.80 * body.baldness)
    # Round the head by a pseudo-angle: sine and cosine would differ in the last bit from batch to batch.
    around = x / (canvas.a + y.abs()).add_(0.02)
    curls = step(wave(around * 6.5 + 0.25)).sub_(0.5).mul_(0.40 * volume * body.hair_curl)
    cap = ellipse(x, y, body.head_width + volume, CRANIUM_HEIGHT + volume).add_(curls)
    # A bald crown leaves a ring of hair from the temples down.
    crown = -0.42 - 1.4 * (1 - body.baldness) - canvas.y
    cap = torch.maximum(torch.maximum(cap, canvas.y - 0.12 + 0.06 * body.baldness), crown)
    fall = body.head_width + 0.5 * volume + 0.07 * body.hair_length.clamp(0, 1)
    long = ellipse(x, (canvas.y + 0.2).clamp_(min=0), fall, (body.hair_length + 0.2).clamp(min=0.25)).add_(curls)
    long = torch.maximum(long, -0.25 - canvas.y)
    hair = smooth_union(cap, long + 3 * body.baldness, 0.10)
    # Deeper behind the neck it is darker.
    canvas.paint(canvas.soft(hair, 0.035 * (1 - body.cartoon)), tone * (1 - 0.45 * step((canvas.y - 0.1) * 1.2)))
    return curls


def front(canvas, body, tone, curls):
    """Paint the hair in front of the forehead; return its signed distance."""
    x, y = canvas.x, canvas.y
    volume = body.hair_volume
    cap = ellipse(x, y - CRANIUM_Y, body.head_width + volume, CRANIUM_HEIGHT + volume).add_(curls)
    fringe = step((body.hair_fringe - 0.62) * 12)
    apart = x - 0.7 * body.hair_part
    square = apart * apart
    parted = body.hairline_y + square * (0.75 + 0.5 * body.hair_curl)
    hanging = -0.50 + 0.10 * square
    sides = (canvas.a * (1 / body.head_width)).square_().square_()
    hairline = parted + (hanging - parted) * fringe + sides.square_().mul_(0.42)
    hairline += wave(apart * 3.2).sub_(0.5).mul_(0.035 + 0.06 * fringe * body.hair_curl)
    distance = torch.maximum(cap, (y - hairline).mul_(0.9)) + 3 * body.baldness
    canvas.paint(canvas.soft(distance, 0.045 - 0.03 * body.cartoon), tone)
    return distance
