"""Feature maps: what every block of the SDL network makes of one face, and where its two transformers look."""

import math

import ipywidgets
import torch
from PIL import Image, ImageDraw

from .. import plots
from ..errors import DataError, ModelError
from ..geometry import compose, identity_theta
from ..models import SDLNetwork
from ..models.cost import blocks
from .descent_picture import LOOK, ORANGE, WHITE, grey, label, palette
from .known import checked_face
from .view import LAYOUT, STYLE, View, encode

PANEL, MARGIN = 192, 24  # screen pixels: of a picture on the left, around it, since a look may leave it
SHEET, GAP, TITLE = 496, 3, 26  # screen pixels: side of the sheet of maps, between two maps, of a line of text


class FeatureState:
    """One face on its way through an SDL network.

    model: an `SDLNetwork`, used in evaluation mode. faces: a `FaceSet`. face: which of them. block: whose maps are
    shown, one of `names`. Both may be set; DataError on what is not there.

    names: "input", "SDL-1 warped", "SDL-1 out", the same for SDL-2, "baseline 1" to "baseline 4", as far as the network
    has them. features: name -> float32 [C, H, W]. theta1, theta2: float32 [2, 3]; the identity where there is no
    transformer. answer: the class that the network names. private: whether the faces are photographs, which must not
    be saved in a notebook.
    """

    def __init__(self, model, faces, face=0, block="SDL-1 out"):
        if not isinstance(model, SDLNetwork):
            raise ModelError(f"expected an SDL network, found {type(model).__name__}: create one of the sdl models.")
        self.model, self.faces = model, faces
        self.private = faces.truth is None
        self.face = face
        self.block = block

    @property
    def face(self):
        return self._face

    @face.setter
    def face(self, index):
        checked_face(self.faces, index)
        self._face = index
        self._look()

    @property
    def block(self):
        return self._block

    @block.setter
    def block(self, name):
        if name not in self.names:
            raise DataError(f"expected a block out of {', '.join(self.names)}, found {name!r}: name one of those.")
        self._block = name

    @property
    def names(self):
        return tuple(self.features)

    @property
    def image(self):
        """The face, uint8 [1, H, W]."""
        return self.faces.images[self.face]

    @property
    def maps(self):
        """The maps of the block shown, float32 [C, H, W]."""
        return self.features[self.block]

    @torch.no_grad()
    def _look(self):
        """Send the face through the network, block by block."""
        model, training = self.model, self.model.training
        model.eval()  # batch normalisation by what was learnt, not by this one face
        device = next(model.parameters()).device
        x = model.normalise(self.image[None].to(device).float() / 255)
        found = {"input": x}
        self.theta1 = self.theta2 = identity_theta()[0]
        if model.sdl1 is not None:
            value = x
            for number, block in ((1, model.sdl1), (2, model.sdl2)):
                theta = block.theta(value)
                setattr(self, f"theta{number}", theta[0].cpu())
                if block.transformer is not None:
                    value = found[f"SDL-{number} warped"] = block.transformer.transform(value, theta)
                value = found[f"SDL-{number} out"] = block.extract(value)
        layers = blocks(model)
        value = x
        for number in (1, 2, 3, 4):
            for layer in layers[f"baseline {number}"]:
                value = layer(value)
            found[f"baseline {number}"] = value
        branches = [value]
        if model.sdl1 is not None:
            branches.append(found["SDL-2 out"])
            if model.options.join == "both":
                branches.append(found["SDL-1 out"])
        self.logits = model.classifier(torch.cat([each.flatten(1) for each in branches], dim=1))[0].cpu()
        self.features = {name: each[0].float().cpu() for name, each in found.items()}
        self.answer = self.faces.classes[self.logits.argmax()]
        model.train(training)

    @property
    def silent(self):
        """How many of the maps shown are the same everywhere: they say nothing about this face."""
        spread = self.maps.amax(dim=(1, 2)) - self.maps.amin(dim=(1, 2))
        return int((spread < 1e-6).sum())

    def describe(self):
        count, height, width = self.maps.shape
        maps = f"{count} map{'s' if count > 1 else ''} of {height} × {width}"
        if self.silent:
            maps += f", {self.silent} of them the same everywhere"
        looks = ""
        for name, block, theta in (
            ("θ1", self.model.sdl1, self.theta1),
            ("θ2", self.model.sdl2, self.theta2),
        ):
            if block is not None and block.transformer is not None:
                looks += f" |{name} − I| = {(theta - identity_theta()[0]).norm():.2f}."
        known = "Labelled" if self.private else "Drawn as"
        label = self.faces.classes[self.faces.labels[self.face]]
        return f"{self.block}: {maps}.{looks} {known} {label}, the network says {self.answer}."

    def png(self):
        """Return the face and SDL-1's output with the looks on them, and the maps of the block, as PNG bytes."""
        side = PANEL + 2 * MARGIN
        canvas = Image.new("L", (side + SHEET + 2 * GAP, 2 * (TITLE + side)), WHITE)
        pen = ImageDraw.Draw(canvas)
        through = compose(self.theta1[None], self.theta2[None])[0]  # from SDL-2's look to the picture, in one step
        looks = [] if self.model.sdl1 is None else [(self.theta1, LOOK), (through, ORANGE)]
        self._panel(canvas, 0, self.image.float() / 255, looks)
        pen.text((side / 2, TITLE / 2), "picture" + (": θ1 (thick), then θ2 (thin)" if looks else ""), **label(size=13))
        if looks:
            first = self.features["SDL-1 out"].mean(dim=0, keepdim=True)
            self._panel(canvas, TITLE + side, stretched(first), [(self.theta2, ORANGE)])
            pen.text((side / 2, side + 1.5 * TITLE), "SDL-1 out, mean of its maps: θ2", **label(size=13))
        low, high = self.maps.min().item(), self.maps.max().item()
        title = f"{self.block}: black is {low:.1f}, white {high:.1f}"
        pen.text((side + SHEET / 2, TITLE / 2), title, **label())
        canvas.paste(tiles(stretched(self.maps)), (side + GAP, TITLE))
        canvas.putpalette(palette())
        return encode(canvas)

    def _panel(self, canvas, top, picture, looks):
        """Draw a picture [1, H, W], 0..1, below a line of text, and the outlines of looks (theta, colour) on it."""
        height, width = picture.shape[-2:]
        times = max(PANEL // height, 1)
        canvas.paste(grey(picture, times), (MARGIN, top + TITLE + MARGIN))
        pen = ImageDraw.Draw(canvas)
        for wide, (theta, colour) in zip((4, 2), looks, strict=False):
            # + 0.5: (0, 0) is the first pixel's centre, half a pixel inside the picture's corner.
            points = [
                ((x + 0.5) * times + MARGIN, (y + 0.5) * times + MARGIN + TITLE + top)
                for x, y in plots.corners(theta, height, width).tolist()
            ]
            pen.line([*points, points[0]], fill=colour, width=wide, joint="curve")
            x, y = points[0]
            pen.ellipse((x - 2 - wide, y - 2 - wide, x + 2 + wide, y + 2 + wide), fill=colour)


def stretched(maps):
    """Return maps [C, H, W] between 0, the lowest value of all of them, and 1, the highest."""
    low, high = maps.min(), maps.max()
    return (maps - low) / (high - low).clamp(min=1e-12)


def tiles(maps):
    """Return maps [C, H, W], 0..1, side by side in a square, row by row, all enlarged as far as there is room."""
    count, height, width = maps.shape
    columns = math.ceil(math.sqrt(count))
    times = max((SHEET // columns - GAP) // max(height, width), 1)
    across, down = width * times + GAP, height * times + GAP
    sheet = Image.new("L", (SHEET, SHEET), WHITE)
    for k, each in enumerate(maps):
        row, column = divmod(k, columns)
        sheet.paste(grey(each[None], times), (column * across, row * down))
    return sheet


class FeatureMaps(View):
    """A slider for the block, in the order of the picture's way, and one for the face, above the face and the maps.

    Not a list of blocks, since in JupyterLab an arrow down on a closed list goes to the next cell of the notebook.
    """

    def __init__(self, state):
        look = {"style": STYLE, "layout": LAYOUT}
        controls = {
            "block": ipywidgets.SelectionSlider(options=state.names, value=state.block, description="block", **look),
            "face": ipywidgets.IntSlider(
                value=state.face, min=0, max=len(state.faces) - 1, description="which face", **look
            ),
        }
        super().__init__(state, controls)
