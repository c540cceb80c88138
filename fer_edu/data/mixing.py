"""Two pictures in one, with both labels: mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019).

The paper does neither. Both keep a network from learning noisy labels by heart, and both need many epochs to pay.
"""

import math
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Mix:
    """How one batch is mixed. share: of each picture itself, 0..1; its partner has the rest, in picture and in label.

    box: (top, bottom, left, right) in pixels that come from the partner (cutmix), or None: grey levels are averaged.
    """

    share: float
    box: tuple | None = None


def draw_mix(mixup, cutmix, height, width, generator):
    """Draw how one batch is mixed, a `Mix`, or None where both are off.

    mixup, cutmix: α of the Beta(α, α) from which the share is drawn; 0 is off. Where both are on, a coin decides.
    generator: numpy.random.Generator: plain numbers, which a GPU need not be waited for.
    """
    if not mixup and not cutmix:
        return None
    cuts = bool(cutmix) and (not mixup or generator.random() < 0.5)
    share = float(generator.beta(*(2 * (cutmix if cuts else mixup,))))
    if not cuts:
        return Mix(share)
    # A box with the picture's proportions around a point anywhere; what lies outside the picture is cut off.
    tall, wide = (round(side * math.sqrt(1 - share)) for side in (height, width))
    row, column = (int(generator.integers(side)) for side in (height, width))
    top, bottom = max(row - tall // 2, 0), min(row - tall // 2 + tall, height)
    left, right = max(column - wide // 2, 0), min(column - wide // 2 + wide, width)
    covered = max(bottom - top, 0) * max(right - left, 0) / (height * width)
    return Mix(1 - covered, (top, bottom, left, right))


def mix_pictures(images, partners, mix):
    """Return a batch [N, C, H, W] mixed with its own pictures in the order `partners`, int64 [N]."""
    if mix.box is None:
        return torch.lerp(images[partners], images, mix.share)
    top, bottom, left, right = mix.box
    mixed = images.clone()
    mixed[:, :, top:bottom, left:right] = images[partners, :, top:bottom, left:right]
    return mixed
