"""Pose, light, contrast and noise of a picture.

Each draw takes a fixed number of uniforms a face, row by row, so the first k faces of a longer draw are those of a
draw of k. The one pose that a face is given is `theta`, which maps output to input coordinates as in Eq. 2.
"""

import math

import torch


def theta_from(rotation, scale, shift):
    """Return the pose that turns, enlarges and then shifts an upright face.

    rotation: float [n], degrees, clockwise in the picture. scale: float [n], above 1 enlarges the face. shift:
    float [n, 2], (x, y) in normalised coordinates. Returns theta, float32 [n, 2, 3], output -> input coordinates
    (align_corners=False): the inverse of what happens to the face, p = scale R q + shift.
    """
    # In double precision, then rounded: cos and sin may differ in the last bit from one batch size to the next.
    angle = rotation.double() * (math.pi / 180)
    cos, sin = angle.cos() / scale.double(), angle.sin() / scale.double()
    x, y = shift.double().unbind(1)
    rows = [cos, sin, -(cos * x + sin * y), -sin, cos, sin * x - cos * y]
    return torch.stack(rows, dim=1).view(-1, 2, 3).float()


def draw_poses(n, dials, generator):
    """Draw n poses within the dials of a `Difficulty`; returns theta, float32 [n, 2, 3]."""
    share = torch.rand(n, 4, generator=generator)
    return theta_from(
        _within(dials.rotation, share[:, 0]), _within(dials.scale, share[:, 1]), _within(dials.shift, share[:, 2:])
    )


def draw_lights(n, dials, generator):
    """Draw n directions towards the light, float32 [n, 2], of a length within `dials.light`, all around the face."""
    share = torch.rand(n, 2, generator=generator)
    angle = share[:, 0].double() * (2 * math.pi)
    return (torch.stack([angle.cos(), angle.sin()], dim=1) * _within(dials.light, share[:, 1:]).double()).float()


def draw_exposures(n, dials, generator):
    """Draw contrast, brightness and noise of n pictures: float32 [n, 3], in this order."""
    share = torch.rand(n, 3, generator=generator)
    ranges = (dials.contrast, dials.brightness, dials.noise)
    return torch.stack([_within(ends, share[:, k]) for k, ends in enumerate(ranges)], dim=1)


def expose(images, exposures, generator):
    """Apply contrast, brightness and noise to pictures.

    images: float32 [n, 1, S, S] in 0..1, S * S a multiple of 16 (torch draws normals in groups of 16, and a picture
    must not share a group with its neighbour). exposures: float32 [n, 3] from `draw_exposures`. Each picture takes
    S * S normals off the generator. Returns float32 [n, 1, S, S] in 0..1.
    """
    contrast, brightness, noise = exposures.view(-1, 3, 1, 1, 1).unbind(1)
    grain = torch.randn(images.shape, generator=generator)
    return ((images - 0.5).mul_(contrast).add_(0.5).add_(brightness).add_(grain.mul_(noise))).clamp_(0, 1)


def _within(ends, share):
    low, high = ends
    return low + (high - low) * share
