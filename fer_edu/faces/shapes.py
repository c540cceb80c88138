"""Signed distances, and the canvas on which shapes are painted.

A shape is a function of position that is negative inside, zero on the outline and grows with the distance from it.
Divided by the width of a pixel it says how much of the pixel the shape covers, which is all that smooth edges need;
since it is evaluated at any position, a pose is applied to the positions and nothing is ever resampled.

Only operations that IEEE 754 rounds exactly are used per pixel (+ - * / sqrt, min, max, comparisons). So the bytes
of a face do not depend on the batch that it is in, nor on the number of threads: exp or sin may differ in the last
bit between a vectorised loop and its remainder.
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
    """Return a soft round spot: 1 at the centre, 0 on and beyond the ellipse of radii rx, ry."""
    return (1 - (dx * (1 / rx)).square_() - (dy * (1 / ry)).square_()).clamp_(min=0)


def window(t):
    """Return 1 at t = 0, falling smoothly to 0 at |t| = 1 and beyond: the soft ends of a line."""
    return (1 - t * t).clamp_(min=0)


def wave(t):
    """Return a triangle wave of period 1 between 0 and 1."""
    return (t - t.floor()).sub_(0.5).abs_().mul_(2)


def smooth_union(d1, d2, radius):
    """Return the signed distance of two shapes together, the corner between them rounded off by `radius`."""
    blend = (radius - (d1 - d2).abs_()).clamp_(min=0)
    return torch.minimum(d1, d2) - blend.square_().mul_(0.25 / radius)


class Canvas:
    """A batch of pictures being painted, in the coordinates of the upright faces.

    theta: float32 [n, 2, 3]; maps the picture's coordinates to the upright face's (Eq. 2; normalised to [-1, 1],
    pixel centres by align_corners=False). light: float32 [n, 2], direction towards the light, x right, y down.
    size: S. Everything per pixel is float32 [n, S * S], everything per face [n, 1].

    x, y: where each pixel lies on the upright face. a: |x|, because most of a face is symmetric. side: -1 left,
    +1 right. pixel: the width of one pixel, in face units. shade: how strongly the light falls on each pixel.
    image: the picture so far.
    """

    def __init__(self, theta, light, size):
        axis = (2 * torch.arange(size, dtype=torch.float32, device=theta.device) + 1) / size - 1
        across, down = axis.repeat(size), axis.repeat_interleave(size)
        (a, b, tx), (c, d, ty) = (row.unbind(1) for row in theta[..., None].unbind(1))
        self.x = (a * across).add_(b * down).add_(tx)
        self.y = (c * across).add_(d * down).add_(ty)
        self.a = self.x.abs()
        self.side = self.x.sign()
        self.pixel = (2 / size) * (a * d - b * c).abs().sqrt().clamp(min=1e-4)
        self.light_x, self.light_y = light[:, :1], light[:, 1:]
        self.light_z = (1 - self.light_x * self.light_x - self.light_y * self.light_y).clamp(min=0.04).sqrt()
        self.shade = torch.zeros_like(self.x)
        self.image = torch.zeros_like(self.x)

    def cover(self, distance):
        """Return the share of each pixel, 0..1, that lies inside the shape; 1/2 on its outline."""
        return (distance * (-1 / self.pixel)).add_(0.5).clamp_(0, 1)

    def line(self, distance, half_width):
        """Return the share of each pixel, 0..1, that a line covers; distance is the one from its middle, of any sign.

        A line thinner than a pixel never covers it whole: it fades instead of getting broader.
        """
        most = (2 * half_width / self.pixel).clamp(max=1)
        return torch.minimum(self.cover(distance.abs() - half_width), most)

    def paint(self, coverage, tone):
        """Lay an opaque tone, 0..1, over what is there, as far as it covers each pixel."""
        self.image += (tone - self.image).mul_(coverage)

    def darken(self, coverage, depth):
        """Darken by the share `depth` (0 leaves it, 1 makes it black), as far as it covers each pixel."""
        self.image *= 1 - coverage * depth

    def relief(self, dx, dy, rx, ry, height, mirrored=False):
        """Raise (height > 0) or sink a round area: its slopes turn towards the light or away from it.

        mirrored: dx was taken from |x|, so it points outwards on both halves of the face.
        """
        u, v = dx * (1 / rx), dy * (1 / ry)
        rise = (1 - u * u).sub_(v * v).clamp_(min=0)
        light_x = self.light_x * self.side if mirrored else self.light_x
        tilt = u.mul_(light_x).add_(v.mul_(self.light_y))
        self.shade += rise.mul_(tilt.mul_(height))
