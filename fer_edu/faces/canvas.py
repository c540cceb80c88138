"""The canvas on which a batch of faces is painted, and the windows that keep the work where the parts are.

A part covers a small share of a picture. A window is the box of pixels around it, one a face, all of one size: it is
painted on like the canvas itself and written back when it is closed. Every pixel is computed from its own position
alone, so windows change no byte of the result (`whole=True` does without them).
"""

import copy
from functools import cached_property
from types import SimpleNamespace

import torch

FIELDS = ("image", "shade", "tilt_x", "tilt_y")


class Surface:
    """What can be painted on: the canvas, or a window of it. Per-pixel tensors are float32 [n, pixels].

    x, y: where each pixel lies on the upright face. a: |x|, because most of a face is symmetric. side: -1 left,
    +1 right. pixel: the width of one pixel in face units, [n, 1].
    image: the picture so far, 0..1. shade: how brightly a white skin would look at each pixel. tilt_x, tilt_y: the
    normal of the skin, (tilt_x, tilt_y, 1) up to its length.
    """

    def cover(self, distance):
        """Return the share of each pixel, 0..1, that lies inside the shape; 1/2 on its outline."""
        return (distance * self.minus_per_pixel).add_(0.5).clamp_(0, 1)

    def soft(self, distance, softness):
        """Return `cover` with a blurred edge, `softness` wide in face units."""
        return (distance * (-1 / (self.pixel + softness))).add_(0.5).clamp_(0, 1)

    def line(self, distance, half_width):
        """Return the share of each pixel, 0..1, that a line covers; distance is the one from its middle, of any sign.

        A line thinner than a pixel never covers it whole: it fades instead of getting broader.
        """
        most = (2 * half_width / self.pixel).clamp(max=1)
        return torch.minimum(self.cover(distance.abs() - half_width), most)

    def gathered(self, values):
        """Return per-pixel values of the whole canvas, [n, S * S], at the pixels of this surface."""
        return values

    def fold(self, distance, half_width):
        """Return a soft line: 1 in its middle, 0 from `half_width` on; below a pixel it fades as `line` does."""
        wide = (self.pixel + half_width).clamp(min=1e-4)
        profile = (distance * (1 / wide)).square_().neg_().add_(1).clamp_(min=0)
        return profile.square_().mul_((1.6 * half_width / wide).clamp(max=1))

    def paint(self, coverage, tone):
        """Lay an opaque tone, 0..1, over what is there, as far as it covers each pixel."""
        self.image += (tone - self.image).mul_(coverage)

    def darken(self, coverage, depth):
        """Darken by the share `depth` (0 leaves it, 1 makes it black), as far as it covers each pixel."""
        self.image *= (coverage * depth).neg_().add_(1)

    def bump(self, dx, dy, rx, ry, height, mirrored=False):
        """Raise (height > 0) or sink a smooth round area of the skin: `height` (1 - u^2 - v^2)^2 face units.

        mirrored: dx was taken from |x|, so it points outwards on both halves of the face.
        """
        u, v = dx * (1 / rx), dy * (1 / ry)
        rise = (1 - u * u).sub_(v * v).clamp_(min=0)
        across = u.mul_(rise)
        self.tilt_x += (across * self.side if mirrored else across).mul_(4 * height / rx)
        self.tilt_y += v.mul_(rise).mul_(4 * height / ry)


class Canvas(Surface):
    """A batch of whole pictures, in the coordinates of the upright faces.

    theta: float32 [n, 2, 3]; maps the picture's coordinates to the upright face's (Eq. 2; normalised to [-1, 1],
    pixel centres by align_corners=False). size: S. parts: names of the masks. whole: windows are the canvas itself.

    masks: bool [n, P, S * S], set by `mark`.
    """

    def __init__(self, theta, light, size, parts, whole=False):
        self.light_x, self.light_y, self.light_strength = light[:, :1], light[:, 1:2], light[:, 2:]
        self.size, self.parts, self.whole = size, parts, whole
        axis = (2 * torch.arange(size, dtype=torch.float32, device=theta.device) + 1) / size - 1
        self.axis = axis
        self.rows = tuple(row.unbind(1) for row in theta[..., None].unbind(1))
        across, down = axis.repeat(size), axis.repeat_interleave(size)
        (a, b, tx), (c, d, ty) = self.rows
        self.x = (a * across).add_(b * down).add_(tx)
        self.y = (c * across).add_(d * down).add_(ty)
        self.a = self.x.abs()
        self.side = self.x.sign()
        self.determinant = a * d - b * c
        self.pixel = (2 / size) * self.determinant.abs().sqrt().clamp(min=1e-4)
        self.minus_per_pixel = -1 / self.pixel
        self.image = torch.zeros_like(self.x)
        self.shade = self.tilt_x = self.tilt_y = None  # the head sets them
        self.masks = torch.zeros(len(theta), len(parts), size * size, dtype=torch.bool, device=theta.device)

    def mark(self, part, distance):
        """Make the pixels where the distance is negative, more than half covered, the mask of a part."""
        self.masks[:, self.parts.index(part)] = distance < 0

    def window(self, x, y, rx, ry, mirrored=False):
        """Return a `Window` on the box of half sizes rx, ry around (x, y), all [n, 1] or numbers, in face units.

        mirrored: one such box on either half of the face, x being the distance from the middle.
        """
        return self if self.whole else Window(self, x, y, rx, ry, (-1, 1) if mirrored else (1,))

    def those_with(self, has, body, *pixels):
        """Yield (canvas, body, *pixels) of the faces for which `has`, float32 [n, 1], is above 0; nothing if none is.

        A loop of one round at most: what is painted and marked in it is there on this canvas after it.
        """
        if self.whole:
            yield self, body, *pixels
            return
        rows = (has[:, 0] > 0).nonzero()[:, 0]
        if not len(rows):
            return
        some = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, torch.Tensor) and name != "axis":
                setattr(some, name, value[rows])
        some.rows = tuple(tuple(column[rows] for column in row) for row in self.rows)
        person = SimpleNamespace(
            au={unit: value[rows] for unit, value in body.au.items()},
            **{name: value[rows] for name, value in vars(body).items() if name != "au"},
        )
        yield some, person, *(values[rows] for values in pixels)
        self.image[rows], self.masks[rows] = some.image, some.masks

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return None


class Window(Surface):
    """One box of pixels a face, or a mirrored pair of boxes. Use: `with canvas.window(...) as patch: ...`."""

    def __init__(self, canvas, x, y, rx, ry, sides):
        self.canvas, self.pixel, self.minus_per_pixel = canvas, canvas.pixel, canvas.minus_per_pixel
        self.light_x, self.light_y = canvas.light_x, canvas.light_y
        size, axis = canvas.size, canvas.axis
        (a, b, tx), (c, d, ty) = canvas.rows
        inverse = 1 / canvas.determinant
        # A box of the face lies in a box of the picture that is this many pixels wide and high.
        half = size / 2
        wide = ((d * inverse).abs() * rx + (b * inverse).abs() * ry) * half
        high = ((c * inverse).abs() * rx + (a * inverse).abs() * ry) * half
        columns = min(size, int(2 * float(wide.max())) + 4)
        rows = min(size, int(2 * float(high.max())) + 4)
        xs, ys, places = [], [], []
        for side in sides:
            u, v = side * x - tx, y - ty
            column = ((d * u - b * v) * inverse + 1) * half - 0.5 * columns
            row = ((a * v - c * u) * inverse + 1) * half - 0.5 * rows
            column = column.round().clamp_(0, size - columns).long() + torch.arange(columns, device=axis.device)
            row = row.round().clamp_(0, size - rows).long() + torch.arange(rows, device=axis.device)
            across, down = axis[column][:, None], axis[row][:, :, None]
            # The same three roundings as the canvas's own x and y, so the same bits.
            xs.append((a[:, None] * across + b[:, None] * down).add_(tx[:, None]).flatten(1))
            ys.append((c[:, None] * across + d[:, None] * down).add_(ty[:, None]).flatten(1))
            places.append((row[:, :, None] * size + column[:, None]).flatten(1))
        self.x, self.y, self.places = (many[0] if len(many) == 1 else torch.cat(many, 1) for many in (xs, ys, places))
        self.held = {}

    @cached_property
    def a(self):
        return self.x.abs()

    @cached_property
    def side(self):
        return self.x.sign()

    def gathered(self, values):
        return values.gather(1, self.places)

    def mark(self, part, distance):
        """Make the pixels where the distance is negative the mask of a part; outside the window it has none."""
        self.canvas.masks[:, self.canvas.parts.index(part)].scatter_(1, self.places, distance < 0)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for field, values in self.held.items():
            getattr(self.canvas, field).scatter_(1, self.places, values)
        self.held = {}


def _field(name):
    def get(self):
        if name not in self.held:
            self.held[name] = getattr(self.canvas, name).gather(1, self.places)
        return self.held[name]

    def put(self, values):
        self.held[name] = values

    return property(get, put)


for _name in FIELDS:
    setattr(Window, _name, _field(_name))
