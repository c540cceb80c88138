"""JAFFE: KA.AN1.39.tiff is poser KA, angry, her first such picture, the 39th of all.

The files may lie in one folder or in several; other endings than .tiff are read too, also behind it (.tiff.bmp).
"""

import re

from ..emotions import CLASSES
from .about import about
from .failures import Failure
from .labelled import Labelled, face_set
from .pictures import BACKGROUND
from .tree import walk

POSERS = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
CODES = {"AN": "angry", "DI": "disgust", "FE": "fear", "HA": "happy", "NE": "neutral", "SA": "sad", "SU": "surprise"}
NAME = re.compile(r"([a-z]{2})\.([a-z]{2})(\d+)\.(\d+)\.", re.IGNORECASE)


def read(root=None, damaged="refuse", crop="square", background=BACKGROUND, progress=None):
    """Return the whole of JAFFE as a FaceSet: 213 pictures, seven classes, `groups` the ten posers.

    root: the folder with the pictures, or one above it; None: $JAFFE_ROOT. damaged, crop, background, progress: see
    `labelled.face_set`. Raises DataError where there is no copy, or a file is damaged or not named as JAFFE's are.
    """
    jaffe = about("jaffe")
    tree = walk(jaffe.root(root))
    pictures, failures, seen = [], [], {}
    for file in tree.files:
        name = file.rpartition("/")[2]
        if not (match := NAME.match(name)):
            failures.append(Failure(file, "a name such as KA.AN1.39.tiff", repr(name), "remove or rename it"))
            continue
        poser, code, *_ = identity = tuple(part.upper() for part in match.groups())
        if code not in CODES:
            failures.append(Failure(file, f"an expression out of {', '.join(CODES)}", repr(code), "correct the name"))
        elif poser not in POSERS:
            failures.append(Failure(file, f"a poser out of {', '.join(POSERS)}", repr(poser), "correct the name"))
        elif identity in seen:
            failures.append(Failure(file, "one file for each picture", f"a second beside {seen[identity]}", "keep one"))
        else:
            seen[identity] = file
            pictures.append(Labelled(file, CODES[code], poser))
    if not pictures and all(not NAME.match(file.rpartition("/")[2]) for file in tree.files):
        raise jaffe.absent(tree.root)
    return face_set(
        "jaffe", jaffe.title, tree.root, pictures, CLASSES, failures, tree.notes, jaffe.counts,
        damaged=damaged, crop=crop, background=background, progress=progress,
    )  # fmt: skip
