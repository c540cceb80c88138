"""Signed distances of shapes, and soft profiles.

A shape is a function of position that is negative inside, zero on the outline and grows with the distance from it.
Divided by the width of a pixel it says how much of the pixel the shape covers, which is all that smooth edges need;
since it is evaluated at any position, a pose is applied to the positions and nothing is ever resampled.

Only operations that IEEE 754 rounds exactly are used per pixel (+ - * / sqrt, min, max, comparisons). So the
bytes of a face do not depend on the batch that it is in, nor on the number of threads: exp or sin may differ in the
last bit between a vectorised loop and its remainder.
"""

import torch


def ellipse(dx, dy, rx, ry):
    """Return the signed distance (to first order) from an ellipse's outline.

    dx, dy: offsets from the centre. rx, ry: radii. All broadcast; the result has the shape of dx.
    """
    inverse_x, inverse_y = 1 / (rx * rx), 1 / (ry * ry)
    x2, y2 = dx * dx * inverse_x, dy * dy * inverse_y
    slope = (x2 * inverse_x + y2 * inverse_y).sqrt_().mul_(2).add_(1e-6)
    return (x2 + y2).sub_(1).div_(slope)


def circle(dx, dy, r):
    """Return the signed distance (to first order) from a circle's outline."""
    return (dx * dx + dy * dy - r * r) / (2 * r)


def bowl(dx, dy, rx, ry):
    """Return a soft round spot: 1 at the centre, 0 on and beyond the ellipse of radii rx, ry, smooth there."""
    return (1 - (dx * (1 / rx)).square_() - (dy * (1 / ry)).square_()).clamp_(min=0).square_()


def window(t):
    """Return 1 at t = 0, falling smoothly to 0 at |t| = 1 and beyond: the soft ends of a line."""
    return (1 - t * t).clamp_(min=0)


def step(t):
    """Return t between 0 and 1, as 3 t^2 - 2 t^3: a smooth step."""
    t = t.clamp(0, 1)
    return (3 - 2 * t).mul_(t).mul_(t)


def wave(t):
    """Return a triangle wave of period 1 between 0 and 1."""
    # Conversion to integers cuts off what follows the point, several times faster than floor or remainder do.
    below = (t + 4096).to(torch.int32).sub_(4096)
    return (t - below).sub_(0.5).abs_().mul_(2)


def smooth_union(d1, d2, radius):
    """Return the signed distance of two shapes together, the corner between them rounded off by `radius`."""
    blend = (radius - (d1 - d2).abs_()).clamp_(min=0)
    return torch.minimum(d1, d2) - blend.square_().mul_(0.25 / radius)
