"""One picture from the camera of the machine that shows the page: a part of `OwnFace`, drawn by the browser."""

import anywidget
import traitlets

from .page import read


class Webcam(anywidget.AnyWidget):
    """A button that asks for the camera, its picture, and a button that takes one frame.

    take: called with the bytes of a JPEG file. The frame comes as a message and is no part of the widget's state, which
    a notebook could save. The camera is switched off once a picture is taken.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, take):
        super().__init__(_esm=read(("webcam.js",)), _css=read(("webcam.css",)))
        self.on_msg(lambda _, content, buffers: take(bytes(buffers[0])) if buffers else None)
