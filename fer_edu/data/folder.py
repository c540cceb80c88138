"""Any folder of pictures in folders that are named after emotions: a user's own data.

<root>/<class>/*.png, or <root>/train|val|test/<class>/*.png with any of the three; deeper folders inside a class
belong to it. Class names may be spelled as any of `fe.emotions.SPELLINGS`.
"""

from ..emotions import CLASSES, CLASSES_8, SPELLINGS, canonical
from ..errors import DataError
from .fer2013.folder_form import FOLDERS
from .fer2013.official import PRIVATE_TEST, PUBLIC_TEST, TRAINING, UNDIVIDED
from .labelled import Labelled, face_set
from .pictures import BACKGROUND
from .tree import shown, walk

SPLITS = {TRAINING: "train", PUBLIC_TEST: "val", PRIVATE_TEST: "test", UNDIVIDED: "test"}


def read(root, split=None, damaged="refuse", crop="square", background=BACKGROUND, progress=None):
    """Return the pictures below `root` as a FaceSet, labelled by the folder they lie in.

    split: "train", "val" or "test" reads those folders alone; None reads everything. The classes are the seven of
    `fe.emotions.CLASSES`, and contempt after them where the copy has it, whether or not each has pictures, so that a
    label means the same on every data set. damaged, crop, background, progress: see `labelled.face_set`.
    Raises DataError on a folder that is no class or a split that is not there, and on damaged pictures.
    """
    tree, pictures, loose = _gather(root)
    splits = {part for part, _ in pictures}
    if not pictures:
        raise DataError(
            f"expected pictures in {shown(tree.root)}/<class>/ or train|val|test/<class>/, found none: give the folder "
            "that holds the class folders."
        )
    if split is not None and split not in splits:
        held = ", ".join(sorted(splits - {None})) or "no split folders"
        raise DataError(
            f"expected a folder for split {split!r} in {shown(tree.root)}, found {held}: make one, or leave split out "
            "and divide the set with fe.data.split."
        )
    classes = CLASSES_8 if any(picture.emotion == "contempt" for _, picture in pictures) else CLASSES
    pictures = [picture for part, picture in pictures if split in (None, part)]
    noun = "picture lies" if loose == 1 else "pictures lie"
    notes = tree.notes + ((f"{loose:,} {noun} outside the class folders and are left out.",) if loose else ())
    faces = face_set(
        "folder", "your folder", tree.root, pictures, classes, (), notes,
        damaged=damaged, crop=crop, background=background, progress=progress,
    )  # fmt: skip
    return faces


def is_divided(root):
    """Say whether the class folders below `root` lie in folders of splits."""
    return any(part is not None for part, _ in _gather(root)[1])


def _gather(root):
    """Return the Tree, [(split or None, Labelled)] and how many pictures lie outside the class folders."""
    tree = walk(root)
    inside = _common_folder(tree.files)
    pictures, loose = [], 0
    for file in tree.files:
        *folders, _ = file[len(inside) :].split("/")
        part = _split(folders[0]) if folders else None
        folders = folders[1:] if part else folders
        if not folders:
            loose += 1
            continue
        emotion = canonical(folders[0])
        if emotion is None:
            raise DataError(
                f"expected folders named after emotions ({', '.join(CLASSES_8)}; {_other_spellings()}), found "
                f"{shown(folders[0])!r} in {shown(tree.root)}: rename it, or move it elsewhere."
            )
        pictures.append((part, Labelled(file, emotion)))
    return tree, pictures, loose


def _common_folder(files):
    """Return the part of the paths above the class or split folders, "archive/" where all lie in root/archive/."""
    inside = ""
    while files:
        tops = {file[len(inside) :].partition("/")[0] for file in files}
        (top, *others) = tops
        if others or _split(top) or canonical(top) or any(file == inside + top for file in files):
            break
        if not all("/" in file[len(inside) + len(top) + 1 :] for file in files):
            break  # its pictures lie in it directly: it is meant as a class
        inside += f"{top}/"
    return inside


def _split(folder):
    return SPLITS.get(FOLDERS.get(folder.lower()))


def _other_spellings():
    return "also " + ", ".join(SPELLINGS[emotion][1] for emotion in ("angry", "happy", "sad"))
