"""Your own face: upload a photo or use the camera, and see what the network gets, says, and how firmly."""

import html

import ipywidgets

from .. import photos
from ..errors import FerEduError, PhotoError
from ..photos.judging import network
from .own_face_picture import draw, saliency_of
from .view import View, buttons

WHERE = (
    "Your photo goes to the kernel and nowhere else: with JupyterLab on your own machine it never leaves it; on Binder "
    "or Colab the kernel is a rented machine. Nothing is written to disk, and this picture is not saved in the "
    "notebook. A file of more than 10 MB arrives where fer-edu lab started JupyterLab; elsewhere it may not, and "
    "nobody says so: save a smaller copy."
)
NO_CAMERA = (
    "The camera can be used where anywidget is installed (pip install anywidget). Without it, a notebook that saves "
    "the state of its widgets saves this picture: press <i>forget the photo</i> before you save."
)


class OwnFaceState:
    """A photo, the faces found on it, and what a network says about one of them.

    model: as for `photos.judge`. photo: a `Photo` to begin with, or None for the drawn example.

    photo, boxes, chosen: the photo or None, its `Box`es, the number of the one that is looked at. problem: a sentence
    where the last photo could not be taken. crop uint8 [1, 1, 48, 48], judgement, seen (theta, picture; None without a
    transformer), map float32 [48, 48], shifts: of the chosen face. private: whether the picture may be somebody's,
    which must not be saved in a notebook.
    """

    def __init__(self, model=None, photo=None):
        self.model = model
        self.private = photo is not None
        self.problem = ""
        self.show(photos.example() if photo is None else photo)

    def take(self, source):
        """Take a photo from what `photos.read` reads; what cannot be read leaves no photo, and a sentence.

        Any other error, such as one of a network of one's own, leaves no photo either, and is raised.
        """
        self.clear()
        self.private = True
        try:
            self.show(photos.read(source))
        except Exception as error:
            self.clear()
            self.problem = f"{error}"
            if not isinstance(error, FerEduError):
                self.problem = f"expected an answer, found {type(error).__name__} ({error}): try another photo."
                raise

    def clear(self):
        """Forget the photo and all that was computed from it."""
        self.photo, self.boxes, self._chosen, self.problem = None, (), 0, ""
        self._forget_face()

    def _forget_face(self):
        self.crop = self.judgement = self.seen = self.map = self.shifts = None

    def show(self, photo):
        """Find the faces on a `Photo` and look at the largest."""
        self.photo, self.boxes = photo, photos.find_faces(photo)
        self._chosen = 0
        self._look()

    @property
    def chosen(self):
        return self._chosen

    @chosen.setter
    def chosen(self, number):
        if number not in range(max(len(self.boxes), 1)):
            raise PhotoError(
                f"expected a number below {len(self.boxes)}, the faces that were found, found {number!r}: choose one "
                "of those."
            )
        self._chosen = number
        self._look()

    @property
    def box(self):
        """The `Box` that is looked at, or None."""
        return self.boxes[self.chosen] if self.boxes else None

    @property
    def guess(self):
        """The likeliest class, whether or not it is sure enough to be the answer."""
        return self.judgement.best()[0][0]

    def _look(self):
        """Ask the network about the chosen face."""
        self._forget_face()
        if self.box is None:
            return
        net, classes = network(self.model)
        self.crop = photos.crop(self.photo, self.box)
        self.judgement = photos.judge(self.crop, self.model)
        self.seen = photos.unwarp(self.crop, self.model)
        self.map = saliency_of(net, self.crop, classes.index(self.guess))
        self.shifts = photos.changes_of_mind(self.photo, self.box, self.model)

    def describe(self):
        if self.photo is None:
            return self.problem or "No photo: upload one, or use the camera."
        notes = " ".join(self.photo.notes)
        if self.box is None:
            found = (
                "No face was found. Come closer, look into the camera and turn on a lamp, or try another photo: the "
                "detector wants an upright face from the front, of 40 pixels or more, and misses some that you see at "
                "once."
            )
            return f"{found} {notes}".strip()
        count = len(self.boxes)
        which = f"{count} faces were found; number {self.chosen + 1} is looked at. " if count > 1 else ""
        moved = f"Moved by up to two pixels, {self.shifts.others} of 24 looks get another answer."
        return f"{which}{self.judgement.sentence()} {moved} {notes}".strip()

    def png(self):
        return draw(self)


class OwnFace(View):
    """An upload, the camera where anywidget is installed, a button for each face found, and one to forget the photo."""

    def __init__(self, model=None, photo=None):
        state = OwnFaceState(model, photo)
        self.upload = ipywidgets.FileUpload(
            accept="image/*", multiple=False, description="upload a photo", layout={"width": "220px"}
        )
        self.forget = ipywidgets.Button(description="forget the photo", layout={"width": "180px"})
        self.upload.observe(self._uploaded, "value")
        self.forget.on_click(lambda _: self.clear())
        try:  # both need anywidget, which a plain Jupyter may lack
            from .own_face_unsaved import Unsaved
            from .webcam import Webcam

            self.camera, self.unsaved = Webcam(self.take), Unsaved()
        except ImportError:
            self.camera, self.unsaved = ipywidgets.HTML(NO_CAMERA), None
        row = ipywidgets.HBox([self.upload, self.forget], layout={"margin": "0 0 0 158px", "flex_flow": "row wrap"})
        face = buttons("which face", numbers(state), "1", each=56, all_of_them=640)
        self._above, self._below = (row, self.camera, face), (ipywidgets.HTML(f"<small>{WHERE}</small>"),)
        super().__init__(state, {"face": face})

    def take(self, source):
        """Take a photo: a path, bytes, a picture or an array."""
        try:
            self.state.take(source)
        finally:  # whatever happens, no photo of before is left on the screen
            self.follow()

    def clear(self):
        """Forget the photo."""
        self.state.clear()
        self.follow()

    def _uploaded(self, change):
        if change["new"]:
            content = content_of(change["new"])
            if isinstance(self.upload.value, dict):  # ipywidgets 7 makes it of these when the count changes
                self.upload.data, self.upload.metadata = [], []
                self.upload._counter = 0
            else:
                self.upload.value = ()
            self.take(content)

    def _moved(self, name, value):
        self.state.chosen = int(value) - 1
        self.redraw()

    def field(self, name):
        return str(self.state.chosen + 1)

    def follow(self):
        """Give a button to each face that was found, and draw."""
        self.following = True
        self.controls["face"].options = numbers(self.state)
        self.following = False
        super().follow()

    def redraw(self):
        picture, words = self.state.png(), self.state.describe()
        unsaved = self.state.private and self.unsaved is not None
        self.image.value = b"" if unsaved else picture
        self.words.value = "" if unsaved else html.escape(words)
        if self.unsaved is not None:
            self.unsaved.show(words if unsaved else "", picture if unsaved else None)
        self.controls["face"].layout.display = "" if len(self.state.boxes) > 1 else "none"
        self.children = (*self._above, *((self.unsaved,) if unsaved else (self.words, self.image)), *self._below)

    def walk(self):
        """Go through drawn scenes and a damaged file, and back; return how many pictures that drew.

        Back: to the same photo and the same face on it.
        """
        before, chosen, private = self.state.photo, self.state.chosen, self.state.private
        drawn = 0
        for scene in (photos.example(seed=1, faces=3).pixels, photos.example(faces=0).pixels, b"damaged"):
            self.take(scene)
            drawn += 1
            drawn += super().walk() if self.state.boxes else 0
        self.clear()
        self.state.private = private
        if before is not None:
            self.state.show(before)
            self.state.chosen = chosen
        self.follow()
        return drawn + 2

    def _repr_mimebundle_(self, **keywords):
        """Return the widget; of a photo that may be somebody's, neither the picture nor what was said about it."""
        bundle = super()._repr_mimebundle_(**keywords)
        if self.state.private:
            data = bundle[0] if isinstance(bundle, tuple) else bundle
            data["text/plain"] = "OwnFace: a photo, which is not saved in the notebook"
        return bundle


def numbers(state):
    """Return the buttons' words, one for each face that was found; "1" where none was, since a row needs one."""
    return [str(k + 1) for k in range(max(len(state.boxes), 1))]


def content_of(value):
    """Return the bytes of a FileUpload's value: a tuple of dicts in ipywidgets 8, name -> dict in 7."""
    first = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return bytes(first["content"])
