"""Chapters 8 and 9: which pixels does the network use, and how do we know?

explain(model, images, target, method=...)   one of twelve maps, by Captum; `methods()` lists them
Deconvnet(model), strongest, growth          Zeiler and Fergus: what a feature map was made of, over a whole set
occlude, where_to_look                       what is missed when it is hidden; what is seen, and where to look
attended, following                          what a transformer's look covers, and whether it follows the face
wear, reveal                                 a planted shortcut: which maps give it away
pointing_game, relevance_mass, part_removal, deletion, infidelity, cascade, ...
                                             scores against what is known of a drawn face, and without any truth
controls                                     edges, noise and the centre: what a map has to beat

Maps are float32 [N, H, W] on the CPU and signed: positive pixels speak for the class. A name is imported when it is
first used, so that what needs no Captum runs without it.
"""

import importlib

_HOMES = {
    "Explanation": "explaining",
    "explain": "explaining",
    "methods": "explaining",
    "checked": "inputs",
    "evaluating": "inputs",
    "default_layer": "layer_maps",
    "layers": "layer_maps",
    "PART_NAMES": "parts",
    "parts_of": "parts",
    "upright_parts": "parts",
    "centre": "control_maps",
    "controls": "control_maps",
    "edges": "control_maps",
    "noise": "control_maps",
    "chance": "scores",
    "pointing_game": "scores",
    "relevance_mass": "scores",
    "relevance_rank": "scores",
    "Removal": "cue",
    "cue_masks": "cue",
    "part_removal": "cue",
    "removal": "cue",
    "deletion": "curves",
    "insertion": "curves",
    "infidelity": "fidelity",
    "sensitivity_n": "fidelity",
    "cascade": "sanity",
    "similarity": "sanity",
    "leaderboard": "board",
    "score": "board",
    "Deconvnet": "deconvnet",
    "Projection": "deconvnet",
    "WhereToLook": "where",
    "where_to_look": "where",
    "Strongest": "top_patches",
    "strongest": "top_patches",
    "Growth": "growing",
    "Snapshots": "growing",
    "growth": "growing",
    "Occluded": "occluding",
    "occlude": "occluding",
    "place_occluder": "occluding",
    "Following": "attention",
    "attended": "attention",
    "following": "attention",
    "to_picture": "attention",
    "weight_read": "attention",
    "Reveal": "shortcut",
    "Worn": "shortcut",
    "balanced": "shortcut",
    "both_ways": "shortcut",
    "maps_by": "shortcut",
    "reveal": "shortcut",
    "wear": "shortcut",
}

__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
