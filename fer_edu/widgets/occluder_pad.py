"""The face on which an occluder is dragged, drawn by the browser: a part of `OccluderExplorer`."""

import anywidget
import traitlets

from .page import read


class OccluderPad(anywidget.AnyWidget):
    """A canvas that asks for a place and shows what Python answers; it never has two questions on their way.

    asked: {"row", "column", "number"} of the place that the hand is at. answer: is called with row and column, and is
    to end in `show`. answered: number of the question that the picture answers.
    pixels: uint8 [H, W] as bytes. looks: outlines of (x, y), in pixels from the picture's upper left: of the look at
    the plain picture, and of the look now; empty where there is none.
    """

    asked = traitlets.Dict().tag(sync=True)
    answered = traitlets.Int().tag(sync=True)
    spot = traitlets.Dict().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    window = traitlets.Int().tag(sync=True)
    pixels = traitlets.Bytes().tag(sync=True)
    looks = traitlets.List().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, state, answer):
        super().__init__(_esm=read(("page.js", "occluder.js")), _css=read(("occluder.css",)), **self.of(state))
        self.layout.width = "300px"
        self.answer = answer
        self.observe(self._asked, "asked")

    @staticmethod
    def of(state):
        """Return what is to be shown of a state, name -> value."""
        return {
            "spot": {"row": state.row, "column": state.column},
            "size": list(state.image.shape[-2:]),
            "window": state.window,
            "pixels": state.occluded.numpy().tobytes(),
            "looks": [[] if look is None else (look + 0.5).tolist() for look in (state.plain_look, state.look)],
        }

    def show(self, state):
        """Show a state as it is now."""
        with self.hold_sync():
            for name, value in self.of(state).items():
                setattr(self, name, value)

    def _asked(self, change):
        try:
            self.answer(change["new"]["row"], change["new"]["column"])
        finally:  # without an answer the canvas would never ask again
            self.answered = change["new"]["number"]
