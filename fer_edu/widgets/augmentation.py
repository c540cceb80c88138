"""The augmentation explorer: one face, what the batches of a training would show of it, and the dials."""

from dataclasses import dataclass, replace

import ipywidgets
import torch
from PIL import Image, ImageDraw, ImageFont

from ..data import FaceSet
from ..data.augmentation import Augmentation, augment
from ..errors import DataError
from ..training import recipe
from .known import checked_face
from .view import LAYOUT, STYLE, View, buttons, encode, enlarge, slider

ROWS, COLUMNS = 3, 5
ORIGINAL, DRAWN = 6, 2  # screen pixels a face pixel
GAP, CAPTION = 8, 18  # screen pixels

PRESETS = {
    "off": Augmentation.off(),
    # "Flips, small rotations and small distortions": no amounts are given, these are ours.
    "the paper's words": Augmentation(flip=True, rotation=10.0, scale=0.0, shear=0.0, shift=0.0, distortion=0.03),
    'recipe "best"': Augmentation.of(recipe("best")),
    "strong": Augmentation(
        flip=True,
        rotation=45.0,
        scale=0.3,
        shear=0.2,
        shift=0.15,
        distortion=0.1,
        contrast=0.6,
        brightness=0.2,
        noise=0.08,
        erase=0.8,
    ),
}
OWN = "your own"
"""Which of the buttons is pressed where the dials stand otherwise."""

# Dial -> (what its slider is called, the highest value there, a step, how a value is written)
SLIDERS = {
    "rotation": ("rotation (± °)", 180, 1, ".0f"),
    "scale": ("scale (± share)", 0.5, 0.01, ".2f"),
    "shear": ("shear (± tangent)", 0.5, 0.01, ".2f"),
    "shift": ("shift (± share of side)", 0.5, 0.01, ".2f"),
    "distortion": ("distortion (± side)", 0.1, 0.005, ".3f"),
    "contrast": ("contrast (± share)", 1, 0.02, ".2f"),
    "brightness": ("brightness (± range)", 0.5, 0.01, ".2f"),
    "noise": ("noise (std, of range)", 0.3, 0.01, ".2f"),
    "erase": ("erase (chance)", 1, 0.05, ".2f"),
}


@dataclass
class AugmentationState:
    """One face under the augmentation that a training uses.

    faces: a `FaceSet`. face: which of them. seed: of the draws; the same seed gives the same draws. augmentation: the
    dials, an `Augmentation`; `preset` sets all of them, by a name out of PRESETS, and `turn` some.
    private: whether the faces are photographs, which must not be saved in a notebook.
    """

    faces: FaceSet
    face: int = 0
    seed: int = 0
    augmentation: Augmentation = PRESETS["the paper's words"]

    def __post_init__(self):
        if not len(self.faces):
            raise DataError("expected at least one face, found none: load another split.")
        checked_face(self.faces, self.face)
        self.private = self.faces.truth is None

    @property
    def preset(self):
        """The name out of PRESETS that the dials stand for, or OWN."""
        return next((name for name, dials in PRESETS.items() if dials == self.augmentation), OWN)

    @preset.setter
    def preset(self, name):
        if name == OWN:  # the dials stay where they are
            return
        if name not in PRESETS:
            raise DataError(f"expected a preset out of {', '.join(PRESETS)}, found {name!r}: name one of those.")
        self.augmentation = PRESETS[name]

    def turn(self, **dials):
        """Set some dials; RecipeError on a value that makes no sense."""
        self.augmentation = replace(self.augmentation, **dials)

    @property
    def original(self):
        """The face, float32 [1, 48, 48] in 0..1."""
        return self.faces.images[self.face].float() / 255

    @property
    def draws(self):
        """What the training would show of it, float32 [15, 1, 48, 48] in 0..1."""
        batch = self.original.expand(ROWS * COLUMNS, -1, -1, -1)
        return augment(batch, self.augmentation, torch.Generator().manual_seed(self.seed))

    @property
    def change(self):
        """Mean absolute difference between the draws and the face, in grey levels of 255."""
        return 255 * (self.draws - self.original).abs().mean().item()

    @property
    def title(self):
        return f"{'label' if self.private else 'drawn as'}: {self.faces.classes[self.faces.labels[self.face]]}"

    def describe(self):
        return (
            f"{self.preset}: on average, a pixel changes by {self.change:.0f} of 255 grey levels. Which of the "
            f"{ROWS * COLUMNS} pictures would you still call {self.faces.classes[self.faces.labels[self.face]]}?"
        )

    def png(self):
        """Return the face, and beside it the draws, numbered, as PNG bytes."""
        side, small = 48 * ORIGINAL, 48 * DRAWN
        width = side + 3 * GAP + COLUMNS * (small + GAP)
        canvas = Image.new("L", (width, max(side + CAPTION, ROWS * (small + CAPTION))), 255)
        pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(14)
        canvas.paste(enlarge(self.faces.images[self.face], ORIGINAL), (0, CAPTION))
        pen.text((0, CAPTION / 2), self.title, fill=0, font=font, anchor="lm")
        for k, image in enumerate((self.draws * 255).round().to(torch.uint8)):
            row, column = divmod(k, COLUMNS)
            x, y = side + 3 * GAP + column * (small + GAP), row * (small + CAPTION)
            pen.text((x, y + CAPTION / 2), str(k + 1), fill=0, font=font, anchor="lm")
            canvas.paste(enlarge(image, DRAWN), (x, y + CAPTION))
        return encode(canvas)


class AugmentationExplorer(View):
    """A button a preset, a slider for the face and for every dial, "draw again", above the face and its draws."""

    def __init__(self, state):
        look = {"style": STYLE, "layout": LAYOUT}
        self.dials = {
            "flip": ipywidgets.Checkbox(value=state.augmentation.flip, description="flip half of them", **look),
            **{
                name: slider(label, 0, max(highest, value := getattr(state.augmentation, name)), step, value, form)
                for name, (label, highest, step, form) in SLIDERS.items()
            },
        }
        controls = {
            "preset": buttons("dials", (*PRESETS, OWN), state.preset, each=150, all_of_them=820),
            "face": ipywidgets.IntSlider(
                value=state.face, min=0, max=len(state.faces) - 1, description="which face", **look
            ),
            **self.dials,
        }
        super().__init__(state, controls)
        self.again = ipywidgets.Button(description="draw again")
        self.again.on_click(lambda _: self.draw_again())
        presets, *others = controls.values()
        for control in others:
            control.layout = {"width": "410px"}
        half = len(others) // 2
        columns = [ipywidgets.VBox(part) for part in (others[:half], others[half:])]
        box = ipywidgets.HBox(columns, layout={"flex_flow": "row wrap"})
        self.children = (presets, box, self.again, *self.children[1:])

    def _moved(self, name, value):
        if name in self.dials:
            self.state.turn(**{name: value})
        else:
            setattr(self.state, name, value)
        self.follow()

    def field(self, name):
        return getattr(self.state.augmentation if name in self.dials else self.state, name)

    def draw_again(self):
        """Draw with the next seed."""
        self.state.seed += 1
        self.redraw()

    def walk(self):
        """Move every control from end to end and press the button; return how many pictures that drew.

        It ends where it started.
        """
        state = self.state
        kept, seed = state.augmentation, state.seed
        drawn = super().walk()
        self.again.click()
        state.augmentation, state.seed = kept, seed
        self.follow()
        return drawn + 2
