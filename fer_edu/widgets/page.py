"""What the explorers share that the browser draws: their numbers in step with Python, and a page without a kernel."""

import functools
import importlib.resources
import json

import anywidget
import traitlets

from .view import with_picture

HTML = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: system-ui, sans-serif; margin: 16px; }}
@media (prefers-color-scheme: dark) {{
  body {{
    --jp-ui-font-color1: #e6e6e6; --jp-ui-font-color2: #b0b0b0; --jp-border-color2: #555;
    --jp-layout-color1: #1a1a1a; --jp-layout-color2: #2c2c2c; background: #111; color: #e6e6e6; color-scheme: dark;
  }}
}}
{style}</style></head>
<body><div id="explorer"></div>
<script type="module">
{module}
const KEPT = {kept};
render({{
  model: {{ get: (name) => KEPT[name], set() {{}}, save_changes() {{}}, on() {{}}, off() {{}} }},
  el: document.getElementById("explorer"),
}});
</script></body>
</html>
"""


class Page(anywidget.AnyWidget):
    """An explorer that the browser draws. A subclass names its scripts and says what no control changes.

    state: has `values`, all that a control sets, as one dict that JSON can hold; `update(values)`; `png()` -> bytes, a
    picture of the state; `describe()` -> str, the same in words. It is up to date once a control is let go. After
    changing it call `redraw()`, and the controls follow.

    values: the state's, for `observe`. content: what the browser must know besides, as a dict.
    """

    TITLE = ""
    SCRIPTS = ()
    """Names of the .js files of this folder that make up the module after page.js, the one with `render` last."""
    STYLES = ()
    """Names of the .css files after page.css."""

    values = traitlets.Dict().tag(sync=True)
    content = traitlets.Dict().tag(sync=True)
    # Empty by default, since what equals its default is left out of a static export.
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, state, **keywords):
        self.state = state
        super().__init__(
            values=state.values,
            content=self.still(),
            _esm=self.module(),
            _css=read(("page.css", *self.STYLES)),
            **keywords,
        )
        self.add_class("fer-edu-view")
        self.observe(lambda change: self.state.update(change["new"]), "values")

    def still(self):
        """Return what the browser must know of the state that no control changes, as a dict that JSON can hold."""
        return {}

    @classmethod
    def module(cls):
        """Return the widget's JavaScript module."""
        return read(("page.js", *cls.SCRIPTS))

    def redraw(self):
        """Show the state as it is now."""
        with self.hold_sync():
            self.content = self.still()
            self.values = self.state.values

    def stops(self):
        """Return the values that `walk` visits, each a dict as `values`."""
        return []

    def walk(self):
        """Move every control from end to end and back to where it was; return how many pictures that drew.

        A notebook does so in one cell: an error then ends the run, instead of waiting for a student.
        """
        start, drawn = self.values, 0
        for values in (*self.stops(), start):
            self.values = values
            self.draw()
            drawn += 1
        return drawn

    def draw(self):
        """Draw the state once in Python, to see that it can be drawn."""
        self.state.png()

    def html(self):
        """Return a page that holds the explorer as it is now, and needs neither a kernel nor a server."""
        kept = json.dumps({"values": self.values, "content": self.content})
        return HTML.format(title=self.TITLE, style=self._css, module=self.module(), kept=kept.replace("<", "\\u003c"))

    def _repr_mimebundle_(self, **keywords):
        """Return the widget, and beside it a picture for a reader without a kernel."""
        return with_picture(super()._repr_mimebundle_(**keywords), self)


def white(image):
    """Return the value that is drawn white: 255 for a face, the highest where a picture holds small numbers."""
    high = float(image.max())
    return 255.0 if high > 32 else max(high, 1.0)


@functools.cache
def read(names):
    """Return the texts of files of this folder, one after the other."""
    folder = importlib.resources.files(__package__)
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
