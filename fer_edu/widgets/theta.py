"""The θ explorer: turn, scale and shift a look at a face, and see what it sees."""

import math
from dataclasses import dataclass

import torch
from PIL import Image, ImageDraw, ImageFont

from .. import plots
from ..errors import DataError
from ..geometry import affine_grid, bilinear_sample
from .view import View, encode, slider

ENLARGED = 6  # screen pixels a face pixel
MARGIN = 8  # face pixels shown around the picture, since a look may leave it


@dataclass
class ThetaState:
    """A picture, and a look at it.

    image: uint8 [1, 48, 48]. rotation: degrees, clockwise. scale: length of the look's sides, 1 is the whole picture.
    shift_x, shift_y: of the look's centre, in normalised coordinates (2 is the picture's width).
    truth: theta float [2, 3] of the look that sees the face upright, or None; `error` measures against it.
    """

    image: torch.Tensor
    rotation: float = 0.0
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    truth: torch.Tensor | None = None

    def __post_init__(self):
        if self.image.dtype != torch.uint8 or self.image.dim() != 3 or self.image.shape[0] != 1:
            raise DataError(
                f"expected one picture as uint8 [1, H, W], found {self.image.dtype} {list(self.image.shape)}."
            )

    @classmethod
    def of_face(cls, faces, index):
        """Return the state for face `index` of a FaceSet with truth."""
        if faces.truth is None:
            raise DataError("expected faces whose pose is known, found a set without truth: load the set faces.")
        # The truth maps the posed picture to the upright face; the look that undoes it is the inverse.
        square = torch.cat([faces.truth.theta[index], torch.tensor([[0.0, 0.0, 1.0]])])
        return cls(faces.images[index], truth=torch.linalg.inv(square)[:2])

    @property
    def theta(self):
        """float32 [2, 3], output -> input, Eq. 2."""
        cosine = self.scale * math.cos(math.radians(self.rotation))
        sine = self.scale * math.sin(math.radians(self.rotation))
        return torch.tensor([[cosine, -sine, self.shift_x], [sine, cosine, self.shift_y]])

    @property
    def unwarped(self):
        """What the look sees, uint8 [1, 48, 48]."""
        grid = affine_grid(self.theta[None], (1, *self.image.shape))
        return bilinear_sample(self.image[None].float(), grid, padding_mode="border")[0].round().to(torch.uint8)

    @property
    def error(self):
        """Mean distance, in pixels, of the look's four corners from where the truth has them; None without a truth."""
        if self.truth is None:
            return None
        size = self.image.shape[-2:]
        return (plots.corners(self.theta, *size) - plots.corners(self.truth, *size)).norm(dim=1).mean().item()

    def solve(self):
        """Return the (rotation, scale, shift_x, shift_y) of the truth, as numbers."""
        (a, _, x), (c, _, y) = self.truth.tolist()
        return math.degrees(math.atan2(c, a)), math.hypot(a, c), x, y

    def describe(self):
        (a, b, x), (c, d, y) = [[round(value, 2) + 0.0 for value in row] for row in self.theta.tolist()]
        off = "" if self.error is None else f"; the corners are {self.error:.1f} pixels from an upright look"
        return f"θ = [[{a:.2f}, {b:.2f}, {x:.2f}], [{c:.2f}, {d:.2f}, {y:.2f}]]{off}"

    def png(self):
        """Return the picture with the look on it, and what the look sees, as PNG bytes."""
        height, width = self.image.shape[-2:]
        # By Pillow and not by matplotlib: a redraw takes a third of the time.
        canvas = Image.new("L", (2 * (width + 2 * MARGIN) * ENLARGED, (height + 2 * MARGIN) * ENLARGED), 255)
        for column, pixels in enumerate((self.image, self.unwarped)):
            face = Image.fromarray(pixels[0].numpy()).resize((width * ENLARGED, height * ENLARGED), Image.NEAREST)
            canvas.paste(face, ((column * (width + 2 * MARGIN) + MARGIN) * ENLARGED, MARGIN * ENLARGED))
        canvas = canvas.convert("RGB")
        draw = ImageDraw.Draw(canvas)
        # + 0.5: (0, 0) is the first pixel's centre, half a pixel inside the picture's corner.
        points = [
            tuple((v + 0.5 + MARGIN) * ENLARGED for v in p) for p in plots.corners(self.theta, height, width).tolist()
        ]
        draw.line([*points, points[0]], fill=plots.LOOK, width=4, joint="curve")
        x, y = points[0]
        draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=plots.LOOK)
        font = ImageFont.load_default(18)
        for column, text in enumerate(("the look on the picture", "what it sees")):
            centre = (column * (width + 2 * MARGIN) + MARGIN + width / 2) * ENLARGED
            draw.text((centre, canvas.height - 8), text, fill="black", font=font, anchor="ms")
        return encode(canvas)


class ThetaExplorer(View):
    """Four sliders, θ in numbers, the face with the look on it, and what the look sees."""

    def __init__(self, state):
        controls = {
            "rotation": slider("rotation (degrees)", -45, 45, 1, state.rotation),
            "scale": slider("scale", 0.5, 1.5, 0.01, state.scale, ".2f"),
            "shift_x": slider("shift x", -0.5, 0.5, 0.01, state.shift_x, ".2f"),
            "shift_y": slider("shift y", -0.5, 0.5, 0.01, state.shift_y, ".2f"),
        }
        super().__init__(state, controls)
