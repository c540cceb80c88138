"""A picture and a sentence on the screen alone: a notebook that saves the state of its widgets does not save them."""

import anywidget
import traitlets

SCRIPT = """\
// What is shown comes as a message and is no part of the widget's state. A view that appears asks for it.
function render({ model, el }) {
  const part = (tag, values) => Object.assign(document.createElement(tag), values);
  const words = part("div", { className: "own-face-words" });
  const picture = part("img", { className: "own-face-picture", alt: "the photo, and what the network makes of it" });
  picture.style.maxWidth = "100%";
  el.append(words, picture);

  function show(message, buffers) {
    if (message.kind !== "shown") return;
    words.textContent = message.words;
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" }));
  }

  model.on("msg:custom", show);
  model.send({ kind: "asked" });
  return () => {
    model.off("msg:custom", show);
    URL.revokeObjectURL(picture.src);
  };
}

export default { render };
"""


class Unsaved(anywidget.AnyWidget):
    """Shows words and a picture, PNG bytes; `None` where it shows nothing.

    Both lie in the kernel and in the browser's memory. `get_state`, of which saved notebooks are made, has neither.
    """

    _esm = traitlets.Unicode(SCRIPT).tag(sync=True)

    def __init__(self, **keywords):
        self.words, self.picture = "", None
        super().__init__(**keywords)
        self.on_msg(lambda *_: self._tell())

    def show(self, words, picture):
        """Show words and a picture; None takes away what was shown."""
        self.words, self.picture = words, picture
        self._tell()

    def _tell(self):
        if self.picture is not None:
            self.send({"kind": "shown", "words": self.words}, [self.picture])
