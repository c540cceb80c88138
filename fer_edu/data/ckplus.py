"""CK+ in the two forms in which people have it.

The official tree, its parts anywhere below the root (the zip files unpack to folders within folders):
    cohn-kanade-images/S005/001/S005_001_00000011.png      subject, sequence, frame
    Emotion/S005/001/S005_001_00000011_emotion.txt         one number, 0 neutral to 7 surprise, for the whole sequence
The copy CK+48/<class>/S010_004_00000017.png: faces cut out, the last three frames of each labelled sequence.
"""

import os
import re
from collections import defaultdict

from ..emotions import CLASSES_8, canonical
from ..errors import DataError
from .about import about
from .failures import Failure
from .labelled import Labelled, face_set
from .pictures import BACKGROUND
from .tree import PICTURES, shown, walk

EMOTIONS = ("neutral", "angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")
"""What the numbers 0..7 in the label files mean."""

FRAMES = {"last": 1, "last three": 3}
EXPRESSIONS = tuple(emotion for emotion in CLASSES_8 if emotion != "neutral")
"""The seven classes of table 4: no neutral, but contempt."""

FRAME = re.compile(r"(?:^|/)(S\d{3})_(\d{3})_(\d+)\.\w+$", re.IGNORECASE)
LABEL = re.compile(r"(?:^|/)(S\d{3})_(\d{3})_(\d+)_emotion\.txt$", re.IGNORECASE)
IN_SEQUENCE = re.compile(r"(?:^|/)S\d{3}/\d{3}/[^/]+$", re.IGNORECASE)


def read(
    root=None, frames="last", neutral=False, damaged="refuse", crop="square", background=BACKGROUND, progress=None
):
    """Return the labelled part of CK+ as a FaceSet, `groups` its subjects ("S005", ...), `files` naming the sequences.

    root: the folder that holds the copy; None: $CKPLUS_ROOT. frames: "last", the labelled one of each sequence, or
    "last three", as many papers take them. neutral: take the first frame of each sequence too, as an eighth class;
    CK+48 has no first frames. crop: "square" (frames are 640 x 490: the centred 490 x 490) or "stretch".
    damaged, background, progress: see `labelled.face_set`. Sequences without a label file are left out.
    Raises DataError where there is no copy, or its labels and pictures do not fit together.
    """
    if frames not in FRAMES:
        raise DataError(f"expected frames out of {', '.join(FRAMES)}, found {frames!r}: name one of those.")
    ckplus = about("ckplus")
    tree = walk(ckplus.root(root), (*PICTURES, "_emotion.txt"))
    labels = [(file, match) for file in tree.files if (match := LABEL.search(file))]
    shots = [(file, match) for file in tree.files if (match := FRAME.search(file))]
    if not shots:
        raise ckplus.absent(tree.root)
    small = [shot for shot in shots if not IN_SEQUENCE.search(shot[0])]
    notes = tree.notes
    if labels:
        shots = [shot for shot in shots if IN_SEQUENCE.search(shot[0])]
        if small:
            noun = "picture outside it is" if len(small) == 1 else "pictures outside it are"
            notes += (f"The official tree is read; {len(small):,} {noun} left out.",)
        pictures, failures = _official(tree.root, labels, shots, FRAMES[frames], neutral)
    elif small:
        if neutral:
            raise DataError(
                f"expected the first frames of the sequences in {shown(tree.root)}, found CK+48, which has none: leave "
                "neutral out, or give the official tree."
            )
        pictures, failures = _copy(small, FRAMES[frames])
    else:
        raise DataError(
            f"expected label files S005_001_00000011_emotion.txt below {shown(tree.root)}, found {len(shots):,} "
            "pictures without any: unpack Emotion_labels.zip beside the pictures."
        )
    published = {emotion: FRAMES[frames] * n for emotion, n in ckplus.counts.items()}
    if neutral:
        published["neutral"] = sum(ckplus.counts.values())
    return face_set(
        "ckplus", ckplus.title, tree.root, pictures, CLASSES_8 if neutral else EXPRESSIONS, failures, notes, published,
        damaged=damaged, crop=crop, background=background, progress=progress,
    )  # fmt: skip


def _official(root, labels, shots, count, neutral):
    """Return (pictures, failures) of the official tree."""
    sequences = defaultdict(lambda: defaultdict(list))  # (subject, sequence) -> frame number -> files
    for file, match in shots:
        subject, sequence, number = match.groups()
        sequences[subject.upper(), sequence][int(number)].append(file)
    files_of = defaultdict(list)
    for file, match in labels:
        files_of[match[1].upper(), match[2]].append((file, int(match[3])))
    pictures, failures = [], []
    for (subject, sequence), found in sorted(files_of.items()):
        (file, number), *others = found
        if others:
            failures.append(Failure(others[0][0], "one label a sequence", f"a second beside {file}", "keep one"))
            continue
        emotion = _emotion(root, file, failures)
        if emotion is None:
            continue
        if emotion == "neutral" and not neutral:
            failures.append(Failure(file, "an expression, a label 1..7", "0, neutral", "read it with neutral=True"))
            continue
        frames = sequences.get((subject, sequence), {})
        if number not in frames:
            failures.append(
                Failure(file, "the picture that this label is for", "none", "get a complete copy, or remove the label")
            )
            continue
        wanted = [(emotion, last) for last in sorted(n for n in frames if n <= number)[-count:]]
        if neutral and (first := min(frames)) < wanted[0][1]:
            wanted.insert(0, ("neutral", first))
        for name, frame in wanted:
            shot, *more = frames[frame]
            if more:
                failures.append(Failure(more[0], "one picture a frame", f"a second beside {shot}", "keep one"))
            else:
                pictures.append(Labelled(shot, name, subject))
    return pictures, failures


def _emotion(root, file, failures):
    """Return the emotion that a label file gives, or None and a new failure."""
    advice = "restore the label from the official copy"
    try:
        with open(os.path.join(root, file), "rb") as handle:
            text = handle.read(100).decode("ascii", "replace").strip()
        number = float(text)
        if number in range(len(EMOTIONS)):
            return EMOTIONS[int(number)]
        found = text
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
    except ValueError:
        found = repr(text[:20])
    failures.append(Failure(file, "a label 0..7", found, advice))
    return None


def _copy(shots, count):
    """Return (pictures, failures) of CK+48, in the order of subject and sequence."""
    sequences = defaultdict(list)
    unknown = set()
    for file, match in shots:
        subject, sequence, number = match.groups()
        place = file.rpartition("/")[0]
        emotion = canonical(place.rpartition("/")[2])
        if emotion in EXPRESSIONS:
            sequences[subject.upper(), sequence].append((int(number), file, emotion))
        else:
            unknown.add(place)
    expected = f"a class folder out of {', '.join(EXPRESSIONS)}"
    failures = [
        Failure(place, expected, repr(place.rpartition("/")[2]), "rename or remove the folder")
        for place in sorted(unknown)
    ]
    pictures = []
    for (subject, _), frames in sorted(sequences.items()):
        kept = {}
        for number, file, emotion in sorted(frames):
            first = next(iter(kept.values()), (file, emotion))
            if number in kept:
                found = f"a second beside {kept[number][0]}"
                failures.append(Failure(file, "one picture a frame", found, "keep one"))
            elif emotion != first[1]:
                found = f"{emotion} beside {first[0]}"
                failures.append(Failure(file, "one class for all frames of a sequence", found, "move or remove it"))
            else:
                kept[number] = file, emotion
        pictures += [Labelled(file, emotion, subject) for file, emotion in list(kept.values())[-count:]]
    return pictures, failures
