"""FERG: FERG_DB_256/aia/aia_anger/aia_anger_1.png is character Aia, angry, frame 1."""

import re

from ..emotions import CLASSES, canonical
from .about import about
from .failures import Failure
from .labelled import Labelled, face_set
from .pictures import BACKGROUND
from .tree import walk

CHARACTERS = ("aia", "bonnie", "jules", "malcolm", "mery", "ray")
EXPRESSIONS = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")


def read(root=None, damaged="refuse", crop="square", background=BACKGROUND, progress=None):
    """Return the whole of FERG as a FaceSet: 55,767 pictures, seven classes, `groups` the six characters.

    root: FERG_DB_256, or a folder above it; None: $FERG_ROOT. background: the grey level that shows where the pictures
    are transparent. damaged, crop, progress: see `labelled.face_set`. Pictures are ordered by character, class and
    number, as they were rendered. Raises DataError where there is no copy, or a file is damaged or misplaced.
    """
    ferg = about("ferg")
    tree = walk(ferg.root(root))
    pictures, failures, unknown = [], [], set()
    for file in sorted(tree.files, key=_in_order):
        *_, character, folder, name = ("", "", *file.split("/"))
        if character.lower() not in CHARACTERS:
            continue  # a preview beside the set, or the folder of another set
        emotion = _emotion(character, folder)
        if emotion is None:
            if (place := file.rpartition("/")[0]) not in unknown:  # one failure a folder, not one a picture
                known = f"a folder {character}_<class> with a class out of {', '.join(EXPRESSIONS)}"
                failures.append(Failure(place, known, repr(folder), "rename or remove it"))
                unknown.add(place)
        elif _contradicts(name, character, emotion):
            expected = f"a name that begins with {folder}"
            failures.append(Failure(file, expected, repr(name), "move it to the folder that its name says"))
        else:
            pictures.append(Labelled(file, emotion, character.lower()))
    if not pictures and not failures:
        raise ferg.absent(tree.root)
    return face_set(
        "ferg", ferg.title, tree.root, pictures, CLASSES, failures, tree.notes, ferg.pictures,
        damaged=damaged, crop=crop, background=background, progress=progress,
    )  # fmt: skip


def _in_order(file):
    """Return a key that puts aia_anger_2.png before aia_anger_10.png."""
    folder, _, name = file.rpartition("/")
    number = re.search(r"(\d+)\.[^.]*$", name)
    return folder, int(number[1]) if number else -1, name


def _emotion(character, folder):
    """Return the class that the folder aia_anger of character aia means, or None."""
    start, _, word = folder.lower().partition("_")
    emotion = canonical(word) if start == character.lower() else None
    return emotion if emotion in CLASSES else None


def _contradicts(name, character, emotion):
    """Return whether a file's name says another character or class than its folders do; img1.png says neither."""
    start, _, rest = name.lower().partition("_")
    said = canonical(rest.partition("_")[0])
    return start in CHARACTERS and said is not None and (start, said) != (character.lower(), emotion)
