"""What the explorers' views share: controls above one picture."""

import base64
import contextlib
import html
import io

import ipywidgets
import numpy as np
import torch
from PIL import Image


class View(ipywidgets.VBox):
    """Controls above one `ipywidgets.Image`, redrawn when a control moves.

    state: has `png()` -> bytes, the picture of the state, and `describe()` -> str, the same in words.
    controls: name of a field of the state -> the ipywidget that sets it.

    One Image whose bytes change does not flicker; an Output widget that is cleared and refilled does.
    """

    following = False  # whether the controls are being moved to where the state is: then they do not move the state

    def __init__(self, state, controls, **keywords):
        self.state, self.controls = state, controls
        self.image = ipywidgets.Image(format="png", layout={"max_width": "100%", "align_self": "flex-start"})
        self.words = ipywidgets.HTML()
        super().__init__([ipywidgets.VBox(list(controls.values())), self.words, self.image], **keywords)
        self.add_class("fer-edu-view")
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._observed(name, change["new"]), "value")
        self.redraw()

    def _observed(self, name, value):
        if not self.following:
            with one_thread():
                self._moved(name, value)

    def _moved(self, name, value):
        setattr(self.state, name, value)
        self.redraw()

    def follow(self):
        """Move the controls to where the state is, and draw it once."""
        self.following = True
        for name, control in self.controls.items():
            control.value = self.field(name)
        self.following = False
        self.redraw()

    def field(self, name):
        """Return what a control of that name is to show."""
        return getattr(self.state, name)

    def redraw(self):
        """Draw the state again, as it is now."""
        with one_thread():
            self.image.value = self.state.png()
            self.words.value = html.escape(self.state.describe())

    def walk(self):
        """Move every control from end to end and back to where it was; return how many pictures that drew.

        A notebook does so in one cell: an error in a callback then ends the run, instead of waiting for a student.
        """
        drawn = 0
        for control in self.controls.values():
            before = control.value
            stops = list(control.options) if hasattr(control, "options") else ends(control)
            for value in (*stops, before):
                drawn += value != control.value
                control.value = value
        return drawn

    def _repr_mimebundle_(self, **keywords):
        """Return the widget, and beside it a picture for a reader without a kernel."""
        return with_picture(widget_bundle(self), self)


@contextlib.contextmanager
def one_thread():
    """Have torch compute in one thread meanwhile.

    One small face gives several threads nothing to do, and where the browser or somebody else has the other cores, they
    wait for each other for longer than all the rest takes.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def widget_bundle(widget):
    """Return the mime bundle that shows a widget; ipywidgets 7, which Colab ships, has no method that does."""
    place = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {"text/plain": repr(type(widget)), "application/vnd.jupyter.widget-view+json": place}


def with_picture(bundle, view):
    """Return a widget's mime bundle with a picture of the view's state, and the state in words, added to it.

    No picture where the state is `private`: photographs that nobody may pass on must not be saved in a notebook.
    """
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if data is not None:
        data["text/plain"] = f"{type(view).__name__}: {view.state.describe()}"
        if not getattr(view.state, "private", False):
            data["image/png"] = base64.b64encode(view.state.png()).decode()
    return bundle


def ends(control):
    """Return the lowest and the highest value of a slider or checkbox; a logarithmic one gives its ends as powers."""
    if isinstance(control, ipywidgets.Checkbox):
        return False, True
    if isinstance(control, ipywidgets.FloatLogSlider):
        return control.base**control.min, control.base**control.max
    return control.min, control.max


STYLE = {"description_width": "150px"}
LAYOUT = {"width": "480px"}


def slider(label, low, high, step, value, form=".0f"):
    """Return a slider that moves by mouse and, once it has the focus, by the arrow keys."""
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label,
        readout_format=form,
        style=STYLE,
        layout=LAYOUT,
    )


def buttons(label, options, value, each, all_of_them):
    """Return one button for each option, of which one is pressed; widths in pixels, of one and, at most, of the row.

    Not a list that opens: in JupyterLab an arrow down on a closed list goes to the next cell of the notebook.
    """
    return ipywidgets.ToggleButtons(
        options=options,
        value=value,
        description=label,
        style=STYLE | {"button_width": f"{each}px"},
        layout={"width": "auto", "max_width": f"{all_of_them}px"},
    )


def enlarge(image, times):
    """Return a grey picture, uint8 [1, H, W], enlarged smoothly.

    Not pixel by pixel: the edges of blocks hide a face from a human eye (Harmon and Julesz 1973), but not from a
    network, which sees no blocks.
    """
    face = Image.fromarray(image[0].cpu().numpy())
    return face.resize((face.width * times, face.height * times), Image.BICUBIC)


def encode_figure(figure):
    """Draw a matplotlib Figure that has an Agg canvas and return it as PNG bytes."""
    figure.canvas.draw()
    return encode(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())))


def encode(picture):
    """Return a Pillow image as PNG bytes, compressed little: it is sent once and thrown away."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
