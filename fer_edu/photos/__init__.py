"""Chapter 12: a photo of one's own, what the network says about it, and whether to believe it.

read(source)                a photo from a path, an upload's bytes, a picture or an array, upright and not too large
find_faces(photo)           where OpenCV's bundled detector sees faces, the largest first
crop(photo, box)            a face in 48 x 48 grey levels, framed as FER-2013's are
judge(crops)                calibrated probabilities, and an answer or "I don't know"
changes_of_mind(photo, box) the answers when the box moves by one or two pixels
unwarp(crops)               where the first transformer looks, and what it sees there
example()                   a drawn scene, so that nobody needs a photo

Nothing here is written to disk or sent anywhere. A name is imported when it is first used: only find_faces needs
OpenCV.
"""

import importlib

_HOMES = {
    "Photo": "photo",
    "read": "photo",
    "Box": "finding",
    "find_faces": "finding",
    "crop": "framing",
    "Judgement": "judging",
    "judge": "judging",
    "Shifts": "shifting",
    "changes_of_mind": "shifting",
    "unwarp": "unwarping",
    "example": "drawn",
}

__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
