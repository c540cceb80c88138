"""What the saliency comparison shows: a face, the class that is asked about, and up to four maps with their scores."""

import functools
from pathlib import Path

from .. import plots
from ..errors import DataError, ModelError
from ..geometry import compose
from ..plots_saliency import unit
from ..saliency.cue import cue_masks
from ..saliency.deconvnet import Deconvnet
from ..saliency.explaining import METHODS
from ..saliency.inputs import checked
from ..saliency.layer_maps import layers
from ..saliency.scores import chance
from ..saliency.where import thetas_of
from .compared_maps import CHOICES, CONTROLS, UNITS, one_map
from .known import checked_face
from .saliency_picture import draw, figure
from .view import encode

ANSWER, OWN_LAYER, NOTHING = "its answer", "its own choice", "none"
OWN, SAME = "each in its own unit", "as they are"
SUFFIXES = (".png", ".svg", ".pdf")


class SaliencyState:
    """One face, the class that is asked about, and up to four maps of it.

    model: a network from pictures to logits. faces: a `FaceSet` of its classes. methods: one to four names out of
    `choices`, or "none" for an empty place. face: which of them. target: the name or number of a class; None or "its
    answer" for the class that the network names. layer: for GradCAM and HiResCAM, None for their own choice.
    scale: OWN, a map's unit is the absolute value that 99.5 % of its pixels do not exceed, or SAME, where maps of one
    unit share one limit. over: maps laid over the face. cue, look: whether the cue's outline and the looks of the
    transformers are drawn. All of these may be set; FerEduError on what is not there.

    A map is computed when it is first drawn, and kept. truth: the pixels that carry the expression, bool [H, W], None
    where nobody knows. private: whether the faces are photographs, which must not be saved in a notebook.
    """

    def __init__(
        self,
        model,
        faces,
        methods=("gradient", "integrated gradients", "hirescam", "edges"),
        face=0,
        target=None,
        layer=None,
        scale=OWN,
        over=False,
        cue=True,
        look=True,
    ):
        self.model, self.faces = model, faces
        self.private = faces.truth is None
        self.layers = tuple(layers(model))
        self._kept, self._found = {}, {}
        self.over, self.cue, self.look = over, cue, look
        self.face = face
        self.methods, self.target, self.layer, self.scale = methods, target, layer, scale

    @property
    def choices(self):
        """What can be compared: Captum's methods, the deconvnet and the controls that know no network."""
        return CHOICES

    @property
    def classes(self):
        return self.faces.classes

    @property
    def face(self):
        return self._face

    @face.setter
    def face(self, index):
        checked_face(self.faces, index)
        if index not in self._found:
            self._found[index] = self._look_at(self.faces[index : index + 1])
        self._face = index

    def _look_at(self, one):
        """Return (probabilities [classes], looks, truth or None) of a set of one face."""
        x, _, logits = checked(self.model, one.images)
        if logits.shape[1] != len(self.classes):
            raise ModelError(
                f"expected a network of the faces' {len(self.classes)} classes, found one of {logits.shape[1]}: "
                "give it the faces that it was trained for."
            )
        looks, through = [], None
        for theta in thetas_of(self.model, x):
            # A later transformer looks at what an earlier one saw: both together say where in the picture that is.
            through = theta if through is None else compose(through, theta)
            looks.append(plots.corners(through[0], *one.images.shape[2:]))
        known = one.truth is not None and one.truth.scene is not None
        return logits[0].softmax(0), looks, cue_masks(one)[0].cpu() if known else None

    @property
    def image(self):
        """The face, uint8 [1, H, W]."""
        return self.faces.images[self.face]

    @property
    def probabilities(self):
        return self._found[self.face][0]

    @property
    def looks(self):
        """Corners of each transformer's look in the picture, a list of float [4, 2] as of `plots.corners`."""
        return self._found[self.face][1]

    @property
    def truth(self):
        return self._found[self.face][2]

    @property
    def chance(self):
        """What a map that knows nothing scores; None where no truth is known, NaN where the face shows no cue."""
        return None if self.truth is None else chance(self.truth[None]).item()

    @property
    def methods(self):
        return self._methods

    @methods.setter
    def methods(self, names):
        names = (names,) if isinstance(names, str) else tuple(names)
        if not 1 <= len(names) <= 4:
            raise DataError(f"expected one to four methods, found {len(names)}: name up to four.")
        for name in names:
            if name not in (*self.choices, NOTHING):
                raise DataError(
                    f"expected methods out of {', '.join((*self.choices, NOTHING))}, found {name!r}: name those."
                )
        self._methods = names

    @property
    def target(self):
        """The name of the class that is asked about, or ANSWER."""
        return self._target

    @target.setter
    def target(self, name):
        if isinstance(name, int) and not isinstance(name, bool) and 0 <= name < len(self.classes):
            name = self.classes[name]
        if name not in (None, ANSWER, *self.classes):
            known = ", ".join((ANSWER, *self.classes))
            raise DataError(f"expected a class out of {known}, found {name!r}: name one of those.")
        self._target = name or ANSWER

    @property
    def asked(self):
        """Number of the class that is asked about."""
        return int(self.probabilities.argmax()) if self.target == ANSWER else self.classes.index(self.target)

    @property
    def layer(self):
        """The layer that GradCAM and HiResCAM are asked about, or OWN_LAYER."""
        return self._layer

    @layer.setter
    def layer(self, name):
        if name not in (None, OWN_LAYER, *self.layers):
            known = ", ".join((OWN_LAYER, *self.layers))
            raise DataError(f"expected a layer out of {known}, found {name!r}: name one of those.")
        self._layer = name or OWN_LAYER

    @property
    def scale(self):
        return self._scale

    @scale.setter
    def scale(self, name):
        if name not in (OWN, SAME):
            raise DataError(f"expected scale as {OWN!r} or {SAME!r}, found {name!r}: name one of those.")
        self._scale = name

    @property
    def named(self):
        """The methods shown, without empty places and each once, a list."""
        return list(dict.fromkeys(name for name in self.methods if name != NOTHING))

    @property
    def missing(self):
        """The methods shown whose maps have not been computed yet."""
        return [name for name in self.named if self._key(name) not in self._kept]

    def map(self, method):
        """Return the `Shown` of a method, computed now if it has not been; None for an empty place."""
        if method == NOTHING:
            return None
        key = self._key(method)
        if key not in self._kept:
            self._kept[key] = one_map(self, method)
        return self._kept[key]

    def ready(self, method):
        """Return the `Shown` of a method, or None where it has not been computed."""
        return self._kept.get(self._key(method))

    def _key(self, method):
        if method in CONTROLS:
            return method, self.face
        how = METHODS.get(method)
        return method, self.face, self.asked, self.layer if how is not None and how.asks_layer else None

    @functools.cached_property
    def deconvnet(self):
        """The network's way back, made when a map first asks for it."""
        return Deconvnet(self.model)

    def limit(self, method):
        """Return the absolute value at which a method's colours end; None where it has no map."""
        shown = self.ready(method)
        if shown is None or shown.values is None:
            return None
        alike = next((names for names in UNITS.values() if method in names), (method,)) if self.scale == SAME else ()
        found = [self.ready(name) for name in self.named if name in (method, *alike)]
        return max(unit(each.values) for each in found if each is not None and each.values is not None)

    def describe(self):
        sure, first = self.probabilities.max(), self.classes[int(self.probabilities.argmax())]
        known = "Labelled" if self.private else "Drawn as"
        said = [
            f"{known} {self.classes[self.faces.labels[self.face]]}; the network says {first} ({sure:.0%}). "
            f"What speaks for {self.classes[self.asked]}?"
        ]
        if self.truth is not None:
            empty = "the face shows no cue, so nothing can be scored"
            cue = f"the cue is {self.chance:.1%} of the picture: that is chance" if self.truth.any() else empty
            said.append(f"Here {cue}.")
        return " ".join(said)

    def notes(self):
        """Return what the methods shown say about their maps, and what their units are, a list of sentences."""
        kept = [(name, self.ready(name)) for name in self.named]
        notes = [f"{name}: {note}" for name, shown in kept if shown is not None for note in shown.notes]
        for measure, names in UNITS.items() if self.scale == SAME else ():
            shown = [name for name in self.named if name in names]
            if shown:
                notes.append(f"In {measure}: {', '.join(shown)}.")
        return notes

    def png(self):
        """Return the face, the maps and what they score, as PNG bytes."""
        for name in self.named:
            self.map(name)
        return encode(draw(self))

    def save(self, path, photographs=False):
        """Write the face and the maps as a figure; the suffix says whether PNG, SVG or PDF. Returns the path.

        photographs: has to be True for faces that are photographs: most data sets forbid to pass them on. DataError
        for another suffix, a folder that is not there, or photographs without leave.
        """
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise DataError(f"expected a file ending in {', '.join(SUFFIXES)}, found {path.name!r}: name one of those.")
        if not path.parent.is_dir():
            raise DataError(f"expected a folder to save in, found no {path.parent}: make it first.")
        if self.private and not photographs:
            raise DataError(
                "expected drawn faces, found photographs, which most data sets forbid to pass on: "
                "say photographs=True where you may, and keep the file to yourself."
            )
        for name in self.named:
            self.map(name)
        figure(self).savefig(path)
        return path
