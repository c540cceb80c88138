"""Pose and light of a picture.

Each draw takes a fixed number of uniforms a face, row by row, so the first k faces of a longer draw are those of a
draw of k. The one pose that a face is given is `theta`, which maps output to input coordinates as in Eq. 2.
"""

import math

import torch


def theta_from(rotation, scale, shift, shear=None):
    """Return the pose that shears, turns, enlarges and then shifts an upright face.

    rotation: float [n], degrees, clockwise in the picture. scale: float [n], above 1 enlarges the face. shift:
    float [n, 2], (x, y) in normalised coordinates. shear: float [n], by how much x moves for one unit of y (down), or
    None for none. Returns theta, float32 [n, 2, 3], output -> input coordinates (align_corners=False): the inverse of
    what happens to the face, p = scale R H q + shift with H = [[1, shear], [0, 1]].
    """
    # In double precision, then rounded: cos and sin may differ in the last bit from one batch size to the next.
    angle = rotation.double() * (math.pi / 180)
    cos, sin = angle.cos() / scale.double(), angle.sin() / scale.double()
    x, y = shift.double().unbind(1)
    top, bottom = [cos, sin, -(cos * x + sin * y)], [-sin, cos, sin * x - cos * y]
    if shear is not None:
        top = [u - shear.double() * v for u, v in zip(top, bottom, strict=True)]
    return torch.stack(top + bottom, dim=1).view(-1, 2, 3).float()


def draw_poses(n, dials, generator):
    """Draw n poses within the dials of a `Difficulty`; returns theta, float32 [n, 2, 3]."""
    share = torch.rand(n, 5, generator=generator)
    return theta_from(
        _within(dials.rotation, share[:, 0]),
        _within(dials.scale, share[:, 1]),
        _within(dials.shift, share[:, 2:4]),
        _within(dials.shear, share[:, 4]),
    )


def draw_lights(n, dials, generator):
    """Draw n lamps, float32 [n, 3]: the direction (x, y) towards it, all around the face, and its strength.

    The direction is as long as `dials.light` says (0 frontal, below 1), the strength lies within `dials.lamp`.
    """
    share = torch.rand(n, 3, generator=generator)
    angle = share[:, 0].double() * (2 * math.pi)
    direction = torch.stack([angle.cos(), angle.sin()], dim=1) * _within(dials.light, share[:, 1:2]).double()
    return torch.cat([direction.float(), _within(dials.lamp, share[:, 2:])], dim=1)


def _within(ends, share):
    low, high = ends
    return low + (high - low) * share
