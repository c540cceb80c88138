"""Drag a square over a face and watch the probabilities: what does the network miss when it is hidden?"""

import html

import ipywidgets
import torch

from .. import plots
from ..errors import DataError, ModelError
from ..saliency.inputs import checked, evaluating
from ..saliency.occluding import FILLS, THETAS, occlude, place_occluder
from ..saliency.where import looking
from .known import checked_face
from .occluder_picture import draw
from .view import LAYOUT, STYLE, View, encode, one_thread

LIVE, FROZEN = THETAS
WINDOWS = (2, 24)  # pixels
STRIDE = 2  # pixels between two places of the map


def _setting(name, check):
    """Return the property of a state that is one of its settings: checked when set, and the network is asked anew."""

    def change(state, value):
        check(state, name, value)
        setattr(state, f"_{name}", value)
        state._answer = None

    return property(lambda state: getattr(state, f"_{name}"), change)


def _among(*allowed):
    def check(state, name, value):
        if value not in allowed:
            raise DataError(f"expected {name} out of {', '.join(allowed)}, found {value!r}: name one of those.")

    return check


def _between(low, high):
    """low, high: numbers, or functions of the state."""

    def check(state, name, value):
        ends = [end(state) if callable(end) else end for end in (low, high)]
        if isinstance(value, bool) or not isinstance(value, int) or not ends[0] <= value <= ends[1]:
            raise DataError(f"expected {name} in {ends[0]}..{ends[1]}, found {value!r}: give a whole number of those.")

    return check


class OccluderState:
    """One face, a square that hides a part of it, and what a network says then.

    model: a network from pictures to logits, used in evaluation mode. faces: a `FaceSet` of its classes. face: which of
    them. row, column: the pixel at the square's middle, 0..47; the square may reach over the border. window: its side
    in pixels. fill: what it shows, out of `saliency.occluding.FILLS`. theta: "live", the transformers look at what they
    are given, or "frozen", they look where they looked at the plain picture. All of these may be set; DataError on what
    is not there.

    plain, probabilities: float32 [classes], for the plain picture and the occluded one. occluded: uint8 [1, H, W].
    plain_look, look: corners of the first transformer's look at either, float [4, 2] of (x, y) in pixels as
    `plots.corners`, None without a transformer. private: whether the faces are photographs, which must not be saved in
    a notebook.
    """

    def __init__(self, model, faces, face=0, row=24, column=24, window=10, fill="grey", theta=LIVE):
        self.model, self.faces = model, faces
        self.private = faces.truth is None
        self._maps = {}
        self.face = face
        self.row, self.column, self.window, self.fill, self.theta = row, column, window, fill, theta

    row = _setting("row", _between(0, lambda state: state.image.shape[-2] - 1))
    column = _setting("column", _between(0, lambda state: state.image.shape[-1] - 1))
    window = _setting("window", _between(*WINDOWS))
    fill = _setting("fill", _among(*FILLS))
    theta = _setting("theta", _among(LIVE, FROZEN))

    @property
    def face(self):
        return self._face

    @face.setter
    def face(self, index):
        checked_face(self.faces, index)
        self._face, self._answer = index, None
        _, _, logits = checked(self.model, self.image[None], None)
        if logits.shape[1] != len(self.classes):
            raise ModelError(
                f"expected a network of the faces' {len(self.classes)} classes, found one of {logits.shape[1]}: "
                "give it the faces that it was trained for."
            )
        self.plain = logits[0].softmax(0)
        _, self._thetas = self._ask(self.image)
        self.plain_look = self._outline(self._thetas)

    def move(self, row, column):
        """Put the middle of the square at a pixel; a place outside the picture is brought to its border."""
        height, width = self.image.shape[-2:]
        self.row, self.column = min(max(int(row), 0), height - 1), min(max(int(column), 0), width - 1)

    @property
    def classes(self):
        return self.faces.classes

    @property
    def image(self):
        """The face, uint8 [1, H, W]."""
        return self.faces.images[self.face]

    @property
    def label(self):
        """Number of the face's class."""
        return int(self.faces.labels[self.face])

    @property
    def corner(self):
        """(top, left) of the square; less than 0 where it reaches over the border."""
        return self.row - self.window // 2, self.column - self.window // 2

    @property
    def occluded(self):
        return self._answered()[0]

    @property
    def probabilities(self):
        return self._answered()[1]

    @property
    def look(self):
        return self._answered()[2]

    @property
    def answer(self):
        """The class that the network names."""
        return self.classes[int(self.probabilities.argmax())]

    @property
    def moved(self):
        """Pixels of the picture by which the corners of each transformer's look have moved, in the mean; a tuple."""
        size = self.image.shape[-2:]
        return tuple(
            (plots.corners(now[0], *size) - plots.corners(before[0], *size)).norm(dim=1).mean().item()
            for now, before in zip(self._answered()[3], self._thetas, strict=True)
        )

    def _answered(self):
        """Ask the network, unless it has been asked since the last change."""
        if self._answer is None:
            hidden = place_occluder(self.image[None], *self.corner, self.window, self.fill)[0].cpu()
            logits, thetas = self._ask(hidden, self._thetas if self.theta == FROZEN else None)
            self._answer = hidden, logits.softmax(0), self._outline(thetas), thetas
        return self._answer

    @torch.no_grad()
    def _ask(self, image, held=None):
        """Return the logits of a picture [1, H, W] and every transformer's θ, which is `held` where that is given."""
        seen = []

        def choose(number, theta):
            seen.append(theta if held is None else held[number])
            return seen[-1]

        device = next(self.model.parameters()).device
        with evaluating(self.model), looking(self.model, choose):
            logits = self.model(image[None].to(device).float() / 255)
        return logits[0].float().cpu(), seen

    def _outline(self, thetas):
        return plots.corners(thetas[0], *self.image.shape[-2:]) if thetas else None

    @property
    def map(self):
        """Zeiler's map for the settings as they are, an `Occluded`; None as long as nobody has measured it."""
        return self._maps.get(self._key)

    @property
    def _key(self):
        return self.face, self.window, self.fill, self.theta

    def measure(self):
        """Put the square at every second pixel, some hundreds of places, and keep what the network said as `map`."""
        if self.map is None:
            self._maps[self._key] = occlude(
                self.model, self.image, self.label, self.window, STRIDE, self.fill, theta=self.theta
            )
        return self.map

    def describe(self):
        name = self.classes[self.label]
        known = "Labelled" if self.private else "Drawn as"
        moved = " and ".join(f"θ{number} by {pixels:.1f}" for number, pixels in enumerate(self.moved, 1))
        look = f" The square has moved the corners of the look: {moved} pixels." if moved else ""
        return (
            f"{known} {name}: {self.probabilities[self.label]:.0%}, without the square {self.plain[self.label]:.0%}. "
            f"The network says {self.answer}, without it {self.classes[int(self.plain.argmax())]}.{look}"
        )

    def png(self):
        """Return the face with the square, the probabilities and Zeiler's map, as PNG bytes."""
        return encode(draw(self))


class OccluderExplorer(View):
    """A face on which one drags a square; beside it the probabilities and, once measured, Zeiler's map.

    The mouse, a finger or the arrow keys move the square; two sliders do too, also where anywidget is missing.
    """

    def __init__(self, state):
        try:
            from .occluder_pad import OccluderPad

            self.pad = OccluderPad(state, self.move)
        except ImportError:
            self.pad = None
        look = {"style": STYLE, "layout": LAYOUT}
        height, width = state.image.shape[-2:]
        controls = {
            name: ipywidgets.IntSlider(value=getattr(state, name), min=low, max=high, description=text, **look)
            for name, low, high, text in (
                ("face", 0, len(state.faces) - 1, "which face"),
                ("row", 0, height - 1, "row of its middle"),
                ("column", 0, width - 1, "column of its middle"),
                ("window", *WINDOWS, "side (pixels)"),
            )
        }
        for name, options, text in (("fill", FILLS, "filled with"), ("theta", (LIVE, FROZEN), "θ")):
            style = STYLE | {"button_width": "64px"}
            controls[name] = ipywidgets.ToggleButtons(
                options=options, value=getattr(state, name), description=text, style=style, layout={"width": "540px"}
            )
        self.button = ipywidgets.Button(
            description="measure every place", layout={"width": "180px", "margin": "0 0 0 158px"}
        )
        self.notice = ipywidgets.HTML()
        super().__init__(state, controls)
        self.button.on_click(lambda _: self.measure())
        sliders, words, image = self.children
        if self.pad is None:
            self.notice.value = "The square can be dragged where anywidget is installed (pip install anywidget)."
        shown = [image] if self.pad is None else [self.pad, image]
        box = ipywidgets.HBox(shown, layout={"flex_flow": "row wrap", "align_items": "flex-start"})
        self.children = (sliders, self.button, self.notice, words, box)

    def move(self, row, column):
        """Move the square, as the hand does."""
        with one_thread():
            self.state.move(row, column)
            self.follow()

    def measure(self):
        """Measure the map for the settings as they are, and draw it."""
        self.button.disabled = True
        try:
            self.state.measure()
        finally:
            self.button.disabled = False
        self.redraw()

    def redraw(self):
        state = self.state
        self.image.value = encode(draw(state, face=self.pad is None))
        self.words.value = html.escape(state.describe())
        if self.pad is not None:
            self.pad.show(state)

    def walk(self):
        """Move every control, measure one map and drag the square across; return how many pictures that drew."""
        start = self.state.row, self.state.column
        drawn = super().walk()
        self.measure()
        corners = [(0, 0), tuple(side - 1 for side in self.state.image.shape[-2:])]
        for place in (*corners, start):
            self.move(*place)
        return drawn + 1 + len(corners) + 1
