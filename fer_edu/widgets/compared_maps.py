"""One map of one face, by any method that the saliency comparison offers, and what it scores."""

from dataclasses import dataclass

import captum.attr  # noqa: F401  half a second, which the first map would have to wait for
import torch

from ..errors import FerEduError
from ..saliency.control_maps import centre, edges, noise
from ..saliency.explaining import METHODS, explain, methods
from ..saliency.parts import parts_of
from ..saliency.scores import pointing_game, relevance_mass, relevance_rank

CONTROLS = {"edges": edges, "noise": noise, "centre": centre}
DECONVNET = "deconvnet"
CHOICES = (*methods(), DECONVNET, *CONTROLS)
"""What can be compared: Captum's methods, the deconvnet and the controls that know no network."""
UNITS = {
    "logits per unit of brightness": ("gradient", "smoothgrad"),
    "logits, shared out over pixels": ("gradient x input", "integrated gradients", "deeplift", "shapley"),
    "logits, of a whole window or part": ("occlusion", "feature ablation"),
}
"""Unit -> the methods whose maps have it. The others have a unit of their own, which can be compared with nothing."""
SCORES = {"mass": relevance_mass, "rank": relevance_rank, "pointing": pointing_game}
ONCE = ("gradient", "gradient x input", "guided backprop", "deconvolution", "gradcam", "hirescam")
QUICK = (*ONCE, DECONVNET, *CONTROLS)
"""Methods that pass the picture once, or not at all: their maps are shown before the others are begun."""


@dataclass(frozen=True, eq=False)
class Shown:
    """One map of one face. values: float32 [H, W], or None where `refusal` says why there is none. scores: out of
    `SCORES`, name -> number, empty where no truth is known. gap: how far the map is from adding up, or None."""

    values: torch.Tensor | None
    scores: dict
    gap: float | None = None
    notes: tuple = ()
    refusal: str = ""


def one_map(state, method):
    """Return the `Shown` of a method for what a `SaliencyState` asks; a refusal is shown, not raised."""
    one = state.faces[state.face : state.face + 1]
    gap, notes = None, ()
    try:
        if method in CONTROLS:
            values = CONTROLS[method](one.images)[0]
        elif method == DECONVNET:
            values = state.deconvnet.project(one.images, "logits", state.asked).maps[0]
        else:
            asked, how = {}, METHODS[method]
            if how.asks_layer and state.layer in state.layers:
                asked["layer"] = state.layer
            if how.asks_parts and state.truth is not None:
                asked["parts"] = parts_of(one)
            found = explain(state.model, one.images, state.asked, method, **asked)
            values, notes = found.maps[0], found.notes
            gap = None if found.gap is None else found.gap.item()
    except FerEduError as refusal:
        return Shown(None, {}, refusal=str(refusal))
    scores = {}
    if state.truth is not None:
        scores = {name: score(values[None], state.truth[None]).item() for name, score in SCORES.items()}
    return Shown(values, scores, gap, notes)
