"""The θ explorer: turn, scale, shear and shift a look at a face, and see what it sees."""

import torch
from PIL import Image, ImageDraw, ImageFont

from .. import plots
from ..errors import DataError
from ..geometry import (
    PADDINGS,
    affine_grid,
    bilinear_sample,
    build_theta,
    decompose_theta,
    invert,
    pixel_matrix,
    to_pixels,
    transform_points,
)
from .page import Page, white
from .view import encode

ENLARGED = 6  # screen pixels a face pixel
MARGIN = 8  # face pixels shown around the picture, since a look may leave it
PARTS = ("rotation", "scale_x", "scale_y", "shear", "shift_x", "shift_y")

DIALS = (
    {"name": "rotation", "label": "rotation (degrees)", "low": -180, "high": 180, "step": 1, "digits": 1},
    {"name": "scale_x", "label": "scale x", "low": 0.1, "high": 2, "step": 0.01},
    {"name": "scale_y", "label": "scale y (< 0 mirrors)", "low": -2, "high": 2, "step": 0.01},
    {"name": "shear", "label": "shear", "low": -1, "high": 1, "step": 0.01},
    {"name": "shift_x", "label": "shift x", "low": -1, "high": 1, "step": 0.01},
    {"name": "shift_y", "label": "shift y", "low": -1, "high": 1, "step": 0.01},
)
FOUR_DIALS = (
    {"name": "rotation", "label": "rotation (degrees)", "low": -45, "high": 45, "step": 1, "digits": 1},
    {"name": "scale", "label": "scale", "low": 0.5, "high": 1.5, "step": 0.01},
    {"name": "shift_x", "label": "shift x", "low": -0.5, "high": 0.5, "step": 0.01},
    {"name": "shift_y", "label": "shift y", "low": -0.5, "high": 0.5, "step": 0.01},
)
"""The sliders; "scale" is both scales at once."""


def _part(name):
    """Return the property of a state that is one of the parts of its θ."""

    def change(state, value):
        state.parts = state.parts | {name: value}

    return property(lambda state: state.parts[name], change)


class ThetaState:
    """A picture, and a look at it.

    image: uint8 [1, H, W]. rotation ... shift_y: what θ does, in the units of `geometry.ThetaParts`.
    truth: theta float [2, 3] of the look that sees the face upright (align_corners=False), or None; `error` measures
    against it. padding_mode, align_corners: as for `bilinear_sample`; the flag holds for the grid and the sampler.
    Raises DataError for an image of another kind.
    """

    def __init__(
        self,
        image,
        rotation=0.0,
        scale_x=1.0,
        scale_y=1.0,
        shear=0.0,
        shift_x=0.0,
        shift_y=0.0,
        truth=None,
        padding_mode="border",
        align_corners=False,
    ):
        if image.dtype != torch.uint8 or image.dim() != 3 or image.shape[0] != 1:
            raise DataError(f"expected one picture as uint8 [1, H, W], found {image.dtype} {list(image.shape)}.")
        self.image, self.truth = image, truth
        self.padding_mode, self.align_corners = padding_mode, align_corners
        self.parts = dict(zip(PARTS, (rotation, scale_x, scale_y, shear, shift_x, shift_y), strict=True))

    rotation, scale_x, scale_y = _part("rotation"), _part("scale_x"), _part("scale_y")
    shear, shift_x, shift_y = _part("shear"), _part("shift_x"), _part("shift_y")

    @classmethod
    def of_face(cls, faces, index, **keywords):
        """Return the state for face `index` of a FaceSet with truth; keywords as for the class."""
        if faces.truth is None:
            raise DataError("expected faces whose pose is known, found a set without truth: load the set faces.")
        # The truth maps the posed picture to the upright face; the look that undoes it is the inverse.
        return cls(faces.images[index], truth=invert(faces.truth.theta[index : index + 1])[0], **keywords)

    @property
    def theta(self):
        """float32 [2, 3], output -> input, Eq. 2. It may be set to any 2 x 3 numbers."""
        return self._theta.float()

    @theta.setter
    def theta(self, theta):
        # In double precision: six parts that come back from it are those that went in.
        self._theta = torch.as_tensor(theta, dtype=torch.float64).reshape(2, 3)

    @property
    def parts(self):
        """Name out of PARTS -> number. ValueError where θ flattens the picture: no parts give it."""
        return named_parts(self._theta)

    @parts.setter
    def parts(self, parts):
        rotation, scale_x, scale_y, shear, *shift = (float(parts[name]) for name in PARTS)
        scale = torch.tensor([[scale_x, scale_y]], dtype=torch.float64)
        self._theta = build_theta(rotation, scale, shear, shift)[0]

    @property
    def values(self):
        """What the controls set, as one dict."""
        return {"theta": self._theta.tolist(), "padding_mode": self.padding_mode, "align_corners": self.align_corners}

    def update(self, values):
        """Set what a dict like `values` names; DataError for a padding that there is not, and then nothing is set."""
        values = self.values | values
        if values["padding_mode"] not in PADDINGS:
            raise DataError(f"expected padding_mode out of {', '.join(PADDINGS)}, found {values['padding_mode']!r}.")
        self.theta = values["theta"]
        self.padding_mode, self.align_corners = values["padding_mode"], values["align_corners"]

    @property
    def unwarped(self):
        """What the look sees, uint8 [1, H, W]."""
        grid = affine_grid(self._theta[None], (1, *self.image.shape), self.align_corners)
        seen = bilinear_sample(self.image[None].double(), grid, self.align_corners, self.padding_mode)
        return seen[0].round().to(torch.uint8)

    @property
    def error(self):
        """Mean distance, in pixels, of where the four corner pixels look from where the truth has them, or None."""
        if self.truth is None:
            return None
        size = tuple(self.image.shape[-2:])
        corners = torch.tensor([[x, y, 1.0] for x in (0, size[1] - 1) for y in (0, size[0] - 1)], dtype=torch.float64)
        looks = ((self._theta, self.align_corners), (self.truth.double(), False))
        now, then = (corners @ pixel_matrix(theta[None], size, size, flag)[0, :2].T for theta, flag in looks)
        return (now - then).norm(dim=1).mean().item()

    def solve(self):
        """Return the truth's parts, name out of PARTS -> number."""
        return named_parts(self.truth)

    def describe(self):
        (a, b, x), (c, d, y) = [[round(value, 2) + 0.0 for value in row] for row in self._theta.tolist()]
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
        points = [tuple((v + 0.5 + MARGIN) * ENLARGED for v in point) for point in self.corners().tolist()]
        draw.line([*points, points[0]], fill=plots.LOOK, width=4, joint="curve")
        x, y = points[0]
        draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=plots.LOOK)
        font = ImageFont.load_default(18)
        for column, text in enumerate(("the look on the picture", "what it sees")):
            centre = (column * (width + 2 * MARGIN) + MARGIN + width / 2) * ENLARGED
            draw.text((centre, canvas.height - 8), text, fill="black", font=font, anchor="ms")
        return encode(canvas)

    def corners(self):
        """Return where ±1 of the output lies in the picture, float64 [4, 2] of (x, y) in pixels, clockwise from the
        upper left: the outline of the look."""
        height, width = self.image.shape[-2:]
        target = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
        x, y = transform_points(self._theta[None], target)[0].unbind(1)
        return torch.stack([to_pixels(x, width, self.align_corners), to_pixels(y, height, self.align_corners)], dim=1)


def named_parts(theta):
    """Take θ [2, 3] apart: name out of PARTS -> number; ValueError where it flattens the picture."""
    parts = decompose_theta(theta[None])
    numbers = [parts.rotation[0], *parts.scale[0], parts.shear[0], *parts.shift[0]]
    return dict(zip(PARTS, (number.item() for number in numbers), strict=True))


class ThetaExplorer(Page):
    """θ by its six numbers and by its six meanings, the face with the look on it, and what the look sees.

    numbers: False leaves four sliders, rotation, scale and shift, for a first acquaintance.
    `values`: theta (two rows of three), padding_mode and align_corners.
    """

    TITLE = "The θ explorer"
    SCRIPTS = ("geometry.js", "stage.js", "drag.js", "theta.js")
    STYLES = ("stage.css",)

    def __init__(self, state, numbers=True, **keywords):
        self.numbers = numbers
        super().__init__(state, **keywords)

    def still(self):
        return {
            "image": self.state.image[0].tolist(),
            "high": white(self.state.image),
            "truth": None if self.state.truth is None else self.state.truth.tolist(),
            "numbers": self.numbers,
            "dials": self.dials,
        }

    @property
    def dials(self):
        """The sliders, each a dict of name, label, low, high and step."""
        return list(DIALS if self.numbers else FOUR_DIALS)

    def stops(self):
        """Every slider at both of its ends, a flat θ, and every convention."""
        looks = []
        for dial in self.dials:
            names = ("scale_x", "scale_y") if dial["name"] == "scale" else (dial["name"],)
            for end in (dial["low"], dial["high"]):
                looks.append(ThetaState(self.state.image, **self.state.parts | dict.fromkeys(names, end)))
        looks = [state.values["theta"] for state in looks] + [[[0.0] * 3] * 2]
        conventions = [{"padding_mode": name, "align_corners": flag} for name in PADDINGS for flag in (True, False)]
        return [self.values | change for change in ([{"theta": theta} for theta in looks] + conventions)]
