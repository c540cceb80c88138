"""All methods, all scores, on one network; and the leaderboard over many."""

import math

from ..errors import DataError
from ..evaluation import paired_t, student_t
from ..faces import without
from . import cue, curves, fidelity, sanity, scores
from .control_maps import controls
from .inputs import checked

CONTROLS = ("edges", "noise", "centre")
"""Maps of the picture alone: the network never comes in."""

REFERENCES = ("the cue itself", "the removal itself")
"""Maps that know the truth, for comparison: how much the expression changes each pixel, which knows the face and not
the network; and the true change of the logit itself, which no method can be expected to beat in part removal."""

OURS = ("gradient, absolute", "deconvnet")
"""Beside the methods of `explain`: the gradient without its signs, as it is mostly drawn, and the logit's deconvnet."""

GRADIENTS = ("gradient", "smoothgrad", "guided backprop", "deconvolution", "deconvnet")
"""Methods whose maps are logits per brightness; all others' count as logits (`fidelity.KINDS`)."""

SCORES = {
    "part removal": "high",
    "pointing game": "high",
    "relevance mass": "high",
    "relevance rank": "high",
    "deletion": "low",
    "insertion": "high",
    "infidelity": "low",
    "sensitivity-n": "high",
    "randomised, signed": "low",
    "randomised, absolute": "low",
}
"""Score -> which end is good. The last two are the maps' similarity to those of the network with fresh weights."""


def names():
    """Return the names of all rows of the board: methods, controls, references."""
    from .explaining import methods

    return (*methods(), *OURS, *CONTROLS, *REFERENCES)


def map_of(model, faces, method, target, seed=0, removal=None):
    """Return the maps float32 [N, 48, 48] of one row of the board. `removal` is drawn anew where it is not given."""
    if method in CONTROLS:
        return controls(faces.images, seed)[method]
    if method == "the cue itself":
        return (faces.images.int() - without(faces, "all").images.int()).abs()[:, 0].float() / 255
    if method == "the removal itself":
        return cue.true_change(removal or cue.removal(model, faces, target))
    if method == "deconvnet":
        from .deconvnet import Deconvnet

        return Deconvnet(model).project(faces.images, "logits", target).maps
    from .explaining import explain
    from .parts import parts_of

    if method == "gradient, absolute":
        return explain(model, faces.images, target, method="gradient").maps.abs()
    parts = {"parts": parts_of(faces)} if method in ("feature ablation", "shapley") else {}
    return explain(model, faces.images, target, method=method, **parts).maps


def score(model, faces, methods=None, seed=0, steps=24, samples=50, few=None):
    """Score the maps of several methods on drawn faces, for the class of each face.

    model: a network of fer_edu.models. faces: a FaceSet that this package drew, of which the network should name the
    class. methods: out of `names()`, or None for all. seed: of everything random. steps: of deletion and insertion.
    samples: what is taken away from each picture for infidelity (squares) and sensitivity-n (an eighth of the pixels).
    few: how many of the faces, the first, the dear scores take, those that ask the network many times (deletion,
    insertion, infidelity, sensitivity-n) or explain a second one (randomised); None: all.
    Returns method -> score -> float, and under "chance" the even map's expectation of the scores that have one. Means
    over the pictures for which a score is defined; part removal has one number for all. Raises DataError, ModelError.
    """
    methods = names() if methods is None else tuple(methods)
    unknown = [name for name in methods if name not in names()]
    if unknown:
        raise DataError(f"expected methods out of {', '.join(names())}, found {unknown[0]!r}: name those.")
    target = faces.labels
    checked(model, faces.images, target)
    masks, lost = cue.cue_masks(faces), cue.removal(model, faces, target)
    some = faces[:few]
    squares = fidelity.squares(model, some.images, some.labels, samples, seed=seed)
    subsets = fidelity.subsets(model, some.images, some.labels, samples=samples, seed=seed)
    fresh = sanity.randomised(model, faces.images, seed)
    share = float(scores.chance(masks).nanmean())
    found = {"chance": {name: share for name in ("pointing game", "relevance mass", "relevance rank")}}
    for method in methods:
        maps = map_of(model, faces, method, target, seed, lost)
        knows_network = method not in (*CONTROLS, "the cue itself")
        first = maps[: len(some)]
        other = map_of(fresh, some, method, some.labels, seed) if knows_network else first
        kind = "gradient" if method in GRADIENTS else "additive"
        found[method] = {
            "part removal": cue.part_removal(maps, lost),
            "pointing game": float(scores.pointing_game(maps, masks).nanmean()),
            "relevance mass": float(scores.relevance_mass(maps, masks).nanmean()),
            "relevance rank": float(scores.relevance_rank(maps, masks).nanmean()),
            "deletion": float(curves.deletion(model, some.images, first, some.labels, steps).area.mean()),
            "insertion": float(curves.insertion(model, some.images, first, some.labels, steps).area.mean()),
            "infidelity": float(fidelity.infidelity(first, squares, kind, scaled=True).nanmean()),
            "sensitivity-n": float(fidelity.sensitivity_n(first, subsets, kind).nanmean()),
            "randomised, signed": float(sanity.similarity(first, other).nanmean()),
            "randomised, absolute": float(sanity.similarity(first, other, absolute=True).nanmean()),
        }
    return found


def leaderboard(rows, control="edges"):
    """Sum up the scores of several networks.

    rows: two or more of (type, scores): the network's type, a str, and what `score` returned for it; all have the same
    methods. control: the row to which each method is compared, network by network.
    Returns method -> score -> dictionary: mean and half (of Student's 95 % interval) over all networks; types, type ->
    [mean, half] where a type has two networks or more; difference and difference_half, method minus control, paired;
    p, of the paired t test; verdict, "better", "worse" or "not told apart" from the control at a level of 0.05, which
    Holm's method keeps over all methods of a score. Scores that are not numbers are None. Raises DataError.
    """
    kinds = [kind for kind, _ in rows]
    found = [scored for _, scored in rows]
    if len(rows) < 2 or any(list(scored) != list(found[0]) for scored in found):
        raise DataError("expected two networks or more with the same methods, found others: score them alike.")
    methods = [name for name in found[0] if name != "chance"]
    if control not in methods:
        raise DataError(
            f"expected the control {control!r} among the methods, found {', '.join(methods)}: score it too."
        )
    table = {method: {} for method in methods}
    for name, good in SCORES.items():
        column = {method: [scored[method][name] for scored in found] for method in methods}
        for method, values in column.items():
            table[method][name] = _summary(values, kinds, column[control] if method != control else None)
        _judge({method: table[method][name] for method in methods if method not in CONTROLS + REFERENCES}, good)
    return table


def _summary(values, kinds, against):
    if not all(map(math.isfinite, values)):
        return None
    mean, half = student_t(values)
    types = {}
    for kind in dict.fromkeys(kinds):
        own = [value for value, other in zip(values, kinds, strict=True) if other == kind]
        if len(own) > 1:
            types[kind] = list(student_t(own))
    found = {"mean": mean, "half": half, "types": types}
    if against is not None and all(map(math.isfinite, against)):
        differences = [a - b for a, b in zip(values, against, strict=True)]
        difference, half = student_t(differences)
        found |= {"difference": difference, "difference_half": half, "p": paired_t(differences)}
    return found


def _judge(column, good):
    """Write the verdicts of one score's methods, by Holm's step-down method over their p-values."""
    tested = sorted((s for s in column.values() if s is not None and "p" in s), key=lambda summary: summary["p"])
    told = True
    for k, summary in enumerate(tested):
        told = told and summary["p"] <= 0.05 / (len(tested) - k)
        higher = (summary["difference"] > 0) == (good == "high")
        summary["verdict"] = ("better" if higher else "worse") if told else "not told apart"
