"""Augmentation as one warp a batch, and then grey levels, on whatever device the batch lies.

The paper names flips, small rotations and small distortions and gives no amounts. Flip, rotation, scale, shear and
shift are affine: one θ a picture. The elastic distortion moves each point of the looking a little further; both go into
one grid, so the picture is sampled, and blurred by that, once. Contrast, brightness, noise and the erased rectangle
change the grey levels of what was seen.
"""

import math
from dataclasses import dataclass, fields

import torch
from torch.nn import functional as F

from ..errors import DataError, RecipeError

HIGHEST = {
    "rotation": 180.0,
    "scale": 0.9,
    "shear": 1.0,
    "shift": 1.0,
    "distortion": 0.1,
    "contrast": 1.0,
    "brightness": 1.0,
    "noise": 1.0,
    "erase": 1.0,
}
"""Dial -> the highest value that makes sense; the lowest of each is 0, which is off."""

KNOTS = 4
"""The distortion's knots lie a KNOTS-th of the side apart, 12 pixels of 48: an eye moves as one, a face does not."""

ERASED = (0.02, 0.2)
"""Smallest and largest share of the picture that is erased. Zhong et al. go up to 0.4, most of a face at this size."""

THINNEST = 0.3
"""Height over width of an erased rectangle is in THINNEST .. 1 / THINNEST, as in Zhong et al."""


@dataclass(frozen=True)
class Augmentation:
    """The dials. Each is the largest change; a picture's own is drawn evenly from minus to plus that.

    flip: mirror half of the pictures. rotation: degrees. scale: share of the size (0.1: 0.9 to 1.1).
    shear: tangent of the angle, in x and in y ("small distortion"). shift: share of the picture's side.
    distortion: share of the side by which a point may move, in x and in y, neighbouring points alike; a smooth random
        field after Simard et al. 2003, from B-splines as in Rueckert et al. 1999. Most points move by a third of it.
    contrast: share by which the grey levels' distance from the picture's mean may grow or shrink.
    brightness: share of the range from black to white that may be added or taken away.
    noise: standard deviation of Gaussian noise on each pixel, as a share of that range; the same for all pictures.
    erase: chance that a random rectangle turns mid-grey (random erasing, Zhong et al. 2017).

    All but `flip` are numbers from 0, which is off, to HIGHEST; RecipeError on others.
    """

    flip: bool = True
    rotation: float = 10.0
    scale: float = 0.1
    shear: float = 0.05
    shift: float = 0.05
    distortion: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0
    erase: float = 0.0

    def __post_init__(self):
        if not isinstance(self.flip, bool):
            raise RecipeError(f"expected flip as True or False, found {self.flip!r}: give one of those.")
        for name, highest in HIGHEST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
                raise RecipeError(f"expected {name} from 0 to {highest:g}, found {value!r}: give a number in between.")

    @classmethod
    def of(cls, recipe):
        """Return the augmentation that a recipe, or anything else with the same fields, asks for."""
        return cls(**{dial.name: getattr(recipe, dial.name) for dial in fields(cls)})

    @classmethod
    def off(cls):
        """Return the augmentation that changes nothing."""
        return cls(flip=False, **dict.fromkeys(HIGHEST, 0.0))

    @property
    def affine_only(self):
        """Whether θ says all, so that no other random numbers are needed."""
        return not (self.distortion or self.contrast or self.brightness or self.noise or self.erase)


def random_theta(n, augmentation, generator=None, device=None):
    """Draw n transforms [n, 2, 3], float32, output -> input in normalised coordinates."""
    a = augmentation
    draw = torch.rand(n, 7, generator=generator, device=device) * 2 - 1  # one row a picture, each in -1..1
    angle = draw[:, 0] * math.radians(a.rotation)
    zoom = 1 / (1 + draw[:, 1] * a.scale)  # θ moves the looking: looking closer enlarges the face
    shear_x, shear_y = draw[:, 2] * a.shear, draw[:, 3] * a.shear
    mirror = torch.where(draw[:, 6] < 0, -1.0, 1.0) if a.flip else torch.ones_like(angle)
    cosine, sine = angle.cos() * zoom, angle.sin() * zoom
    rows = [
        mirror * (cosine - sine * shear_y), mirror * (cosine * shear_x - sine), draw[:, 4] * a.shift * 2,
        sine + cosine * shear_y, sine * shear_x + cosine, draw[:, 5] * a.shift * 2,
    ]  # fmt: skip
    return torch.stack(rows, dim=1).view(n, 2, 3)


def augment(images, augmentation, generator=None):
    """Change a batch: float [N, C, H, W] in 0..1 -> the same shape, dtype and device.

    generator: a torch.Generator on the images' device. The same state of it gives the same changes, each picture its
    own, whatever the pictures show; moving one dial leaves what the others do as it was. What comes in from outside
    repeats the border. Raises DataError on pictures that are not float.
    """
    if not images.is_floating_point() or images.dim() != 4:
        raise DataError(
            f"expected pictures as float [N, C, H, W], found {images.dtype} {list(images.shape)}: divide uint8 by 255."
        )
    n, _, height, width = images.shape
    exact = images.to(torch.promote_types(images.dtype, torch.float32))  # half precision is too coarse for a grid
    theta = random_theta(n, augmentation, generator, images.device)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    if augmentation.affine_only:
        return _sample(exact, grid).to(images.dtype)
    # The numbers of all dials are drawn, so that one dial does not change what another one draws.
    knots = torch.rand(n, 2, KNOTS + 3, KNOTS + 3, generator=generator, device=images.device) * 2 - 1
    draw = torch.rand(n, 7, generator=generator, device=images.device)
    if augmentation.distortion:
        field = displacement(knots, height, width)
        grid = grid + 2 * augmentation.distortion * field.permute(0, 2, 3, 1)  # the side is 2 in normalised coordinates
    seen = _sample(exact, grid)
    if augmentation.contrast or augmentation.brightness:
        contrast, brightness = (draw[:, :2] * 2 - 1).to(seen.dtype).unbind(1)
        seen = change_tone(seen, contrast * augmentation.contrast, brightness * augmentation.brightness)
    if augmentation.noise:
        noise = torch.randn(seen.shape, generator=generator, device=seen.device, dtype=seen.dtype)
        seen = seen + augmentation.noise * noise
    seen = seen.clamp(0, 1)
    if augmentation.erase:
        hit = draw[:, 2] < augmentation.erase
        seen = torch.where(rectangles(draw[:, 3:], height, width) & hit[:, None, None, None], 0.5, seen)
    return seen.to(images.dtype)


def _sample(images, grid):
    return F.grid_sample(images, grid.to(images.dtype), mode="bilinear", padding_mode="border", align_corners=False)


def displacement(knots, height, width):
    """Return a smooth field [N, 2, height, width]: knots [N, 2, K + 3, K + 3] joined by cubic B-splines.

    It is smooth up to its second derivative and nowhere leaves the range of the knots, since the splines' weights are
    positive and add up to 1.
    """
    down, across = (_splines(knots.shape[-1] - 3, size, knots.device) for size in (height, width))
    return down @ knots @ across.mT


def _splines(spans, size, device):
    """Return the weights [size, spans + 3] that the knots have at the centres of `size` pixels."""
    place = (torch.arange(size, device=device) + 0.5) / size * spans
    span = place.floor().long()
    t = (place - span)[:, None]
    weights = torch.cat([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], dim=1) / 6
    columns = span[:, None] + torch.arange(4, device=device)
    return torch.zeros(size, spans + 3, device=device).scatter(1, columns, weights)


def change_tone(images, contrast, brightness):
    """Return images [N, C, H, W] with other grey levels: contrast and brightness [N], by which share each grows.

    The contrast stretches the levels around each picture's own mean, which it keeps; the brightness is added.
    """
    contrast, brightness = contrast.view(-1, 1, 1, 1), brightness.view(-1, 1, 1, 1)
    mean = images.mean((1, 2, 3), keepdim=True)
    return mean + (images - mean) * (1 + contrast) + brightness


def rectangles(draw, height, width):
    """Return which pixels a rectangle covers, bool [N, 1, height, width].

    draw: [N, 4] in 0..1, for the area (evenly in ERASED), the ratio of the sides (evenly in its logarithm), and where
    the rectangle lies, always wholly inside. Sides are rounded to whole pixels.
    """
    area = ERASED[0] + (ERASED[1] - ERASED[0]) * draw[:, 0]
    ratio = torch.exp((draw[:, 1] * 2 - 1) * -math.log(THINNEST))
    tall, wide = (area * ratio).sqrt() * height, (area / ratio).sqrt() * width
    inside = []
    for length, place, size in ((tall, draw[:, 2], height), (wide, draw[:, 3], width)):
        length = length.round().clamp(1, size)
        start = (place * (size - length + 1)).floor()
        pixel = torch.arange(size, device=draw.device)
        inside.append((pixel >= start[:, None]) & (pixel < (start + length)[:, None]))
    return (inside[0][:, :, None] & inside[1][:, None, :])[:, None]
