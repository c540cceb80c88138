"""The sampling stepper: follow one output pixel to its place, its four neighbours, its value and its derivatives."""

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle

from .. import plots
from ..errors import DataError
from ..geometry import PADDINGS, build_theta, decompose_theta, step
from .page import Page, white
from .view import encode_figure

WINK = (
    (2, 2, 3, 3, 2, 2),
    (2, 8, 4, 4, 6, 2),
    (3, 4, 5, 5, 4, 3),
    (3, 4, 6, 6, 4, 3),
    (2, 9, 4, 4, 9, 2),
    (2, 3, 8, 8, 3, 1),
)
"""A face of six by six pixels, in numbers that one can calculate with on paper; no two sides of it are the same."""

LONGEST = 48
WRITTEN = 12  # the longest side of a picture whose values are written into its pixels
NEIGHBOURS = "ABCD"
"""Letters of the upper left, upper right, lower left and lower right neighbour."""

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
"""Their colours, after Okabe and Ito."""

DIALS = (
    {"name": "rotation", "label": "rotation (°)", "low": -180, "high": 180, "step": 1, "digits": 1},
    {"name": "shift_x", "label": "shift x", "low": -1, "high": 1, "step": 0.01},
    {"name": "shift_y", "label": "shift y", "low": -1, "high": 1, "step": 0.01},
)


class StepperState:
    """A small picture, a look at it, and the one output pixel that is followed.

    image: [H, W] or [1, H, W], uint8 or float of 0 or more, at most 48 pixels a side; None is a face of 6 x 6.
    theta: [2, 3], output -> input; None turns, shrinks and shifts a little. row, column: of the output pixel.
    size: (height, width) of the output, None for that of the image. padding_mode, align_corners: as for
    `bilinear_sample`. Raises DataError for an image, a pixel or a padding that cannot be.
    """

    def __init__(self, image=None, theta=None, row=1, column=4, size=None, padding_mode="zeros", align_corners=False):
        image = torch.tensor(WINK, dtype=torch.uint8) if image is None else torch.as_tensor(image).detach().cpu()
        self.image = image[0] if image.dim() == 3 and image.shape[0] == 1 else image
        if self.image.dim() != 2 or not 0 < max(self.image.shape) <= LONGEST:
            raise DataError(
                f"expected one picture [H, W] of at most {LONGEST} pixels a side, found {list(image.shape)}: pick one, "
                "or shrink it."
            )
        self.size = tuple(size or self.image.shape)
        theta = build_theta(15.0, 0.8, 0.0, (0.1, 0.05))[0] if theta is None else theta
        self.theta = self.row = self.column = self.padding_mode = self.align_corners = None
        self.update(
            {
                "theta": torch.as_tensor(theta).tolist(),
                "row": row,
                "column": column,
                "padding_mode": padding_mode,
                "align_corners": align_corners,
            }
        )

    @property
    def step(self):
        """The `geometry.Step` of the pixel: every number that the stepper shows."""
        return step(self.image, self.theta, self.row, self.column, self.size, self.align_corners, self.padding_mode)

    @property
    def values(self):
        """What the controls set, as one dict."""
        return {
            "theta": self.theta.tolist(),
            "row": self.row,
            "column": self.column,
            "padding_mode": self.padding_mode,
            "align_corners": self.align_corners,
        }

    def update(self, values):
        """Set what a dict like `values` names; DataError for what cannot be, and then nothing is set."""
        new = {
            name: getattr(self, name) for name in ("theta", "row", "column", "padding_mode", "align_corners")
        } | values
        if new["padding_mode"] not in PADDINGS:
            raise DataError(f"expected padding_mode out of {', '.join(PADDINGS)}, found {new['padding_mode']!r}.")
        height, width = self.size
        if not (0 <= new["row"] < height and 0 <= new["column"] < width):
            raise DataError(
                f"expected a pixel of an output of {height} rows and {width} columns, found row {new['row']}, column "
                f"{new['column']}: count from 0."
            )
        theta = torch.as_tensor(new["theta"], dtype=torch.float64)
        if tuple(theta.shape) != (2, 3):
            raise DataError(f"expected theta of shape [2, 3], found {list(theta.shape)}: give two rows of three.")
        self.theta, self.row, self.column = theta, int(new["row"]), int(new["column"])
        self.padding_mode, self.align_corners = new["padding_mode"], bool(new["align_corners"])

    def describe(self):
        return f"output pixel (row {self.row}, column {self.column})\n{self.step.describe()}"

    def png(self):
        """Return the picture with the neighbours marked, and the unit square of their weights, as PNG bytes."""
        found, high = self.step, white(self.image)
        figure, (left, right) = plots.figure(8, 3.8, 1, 2)
        FigureCanvasAgg(figure)
        left.imshow(self.image.double().numpy(), cmap="gray", vmin=0, vmax=high)
        height, width = self.image.shape
        if max(height, width) <= WRITTEN:
            for k, value in enumerate(self.image.flatten().tolist()):
                tint = "black" if value > 0.47 * high else "white"
                left.text(k % width, k // width, f"{value:.3g}", color=tint, ha="center", va="center")
        for letter, colour, one in zip(NEIGHBOURS, COLOURS, found.neighbours, strict=True):
            place = (one.column - 0.46, one.row - 0.46)
            left.add_patch(Rectangle(place, 0.92, 0.92, edgecolor=colour, fill=False, linewidth=3))
            if max(height, width) <= WRITTEN:
                back = {"facecolor": "white", "edgecolor": "none", "pad": 1}
                left.text(one.column - 0.3, one.row - 0.27, letter, color=colour, size=9, weight="bold", bbox=back)
        left.plot(*found.pixel, "+", color=plots.ORANGE, markersize=14, markeredgewidth=3)
        left.set(xlim=(-1.5, width + 0.5), ylim=(height + 0.5, -1.5))
        left.set_title(f"(row {self.row}, column {self.column}) looks at the cross")
        left.set_axis_off()

        p, q = (place - place // 1 for place in found.looked_up)
        areas = ((p, q, 1 - p, 1 - q), (0, q, p, 1 - q), (p, 0, 1 - p, q), (0, 0, p, q))
        places = ((0, 0), (1, 0), (0, 1), (1, 1))
        for letter, colour, one, area, (x, y) in zip(NEIGHBOURS, COLOURS, found.neighbours, areas, places, strict=True):
            left_x, top_y, wide, tall = area
            right.add_patch(Rectangle((left_x, top_y), wide, tall, facecolor=colour, edgecolor="white", alpha=0.8))
            if min(wide, tall) > 0.15:
                middle = (left_x + wide / 2, top_y + tall / 2)
                right.text(*middle, f"{letter}\n{one.weight:.3f}", ha="center", va="center")
            side = {"ha": "left" if x else "right", "va": "center", "color": colour, "weight": "bold"}
            right.text(x + (0.08 if x else -0.08), y, f"{letter}: {one.value:.4g}", **side)
        right.set(xlim=(-0.4, 1.4), ylim=(1.15, -0.15), aspect="equal")
        right.set_title(f"the weights are areas: V = {found.value:.3f}")
        right.set_axis_off()
        return encode_figure(figure)


class SamplingStepper(Page):
    """An output pixel chosen by click or arrow keys; its place, neighbours, weights, value and derivatives written out.

    state: a `StepperState`, None for its own default. `values`: theta, row, column, padding_mode and align_corners.
    """

    TITLE = "The sampling stepper"
    SCRIPTS = ("geometry.js", "stage.js", "square.js", "arithmetic.js", "stepper.js")
    STYLES = ("stage.css", "stepper.css")

    def __init__(self, state=None, **keywords):
        super().__init__(StepperState() if state is None else state, **keywords)

    def still(self):
        height, width = self.state.size
        return {
            "image": self.state.image.tolist(),
            "size": {"height": height, "width": width},
            "high": white(self.state.image),
            "whole": bool((self.state.image == self.state.image.double().round()).all()),
            "dials": list(DIALS),
            "letters": NEIGHBOURS,
            "colours": COLOURS,
        }

    def stops(self):
        """The output's corners under every convention, and every slider at both of its ends."""
        start, (height, width) = self.values, self.state.size
        looks = [
            start | {"row": row, "column": column, "padding_mode": padding, "align_corners": flag}
            for padding in PADDINGS
            for flag in (False, True)
            for row, column in ((0, 0), (height - 1, width - 1))
        ]
        # A flat θ has no rotation to change.
        if torch.linalg.det(self.state.theta[:, :2]).abs() > 1e-12:
            parts = decompose_theta(self.state.theta[None])
            for end in (-180.0, 180.0):
                turned = build_theta(end, parts.scale, parts.shear, parts.shift)[0]
                looks.append(start | {"theta": turned.tolist()})
        for axis in (0, 1):
            for end in (-1.0, 1.0):
                shifted = self.state.theta.clone()
                shifted[axis, 2] = end
                looks.append(start | {"theta": shifted.tolist()})
        return looks
