"""Miniature copies of the data sets, in the exact layouts in which people have them."""

import numpy as np
from PIL import Image

NUMBER = {"neutral": 0, "angry": 1, "contempt": 2, "disgust": 3, "fear": 4, "happy": 5, "sad": 6, "surprise": 7}
CK48 = {
    "angry": "anger",
    "contempt": "contempt",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happy",
    "sad": "sadness",
    "surprise": "surprise",
}
JAFFE_CODES = {
    "angry": "AN",
    "disgust": "DI",
    "fear": "FE",
    "happy": "HA",
    "neutral": "NE",
    "sad": "SA",
    "surprise": "SU",
}
FERG_WORDS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "joy",
    "neutral": "neutral",
    "sad": "sadness",
    "surprise": "surprise",
}


def picture(path, level=128, size=(48, 48), mode="L"):
    """Write one picture of a single grey level; size: (height, width). Return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(np.full(size, level, np.uint8))
    (image if mode == "L" else image.convert(mode)).save(path)
    return path


def tick(path):
    """Wait until the file system's clock, which may move every 10 ms only, shows more than a file's change time."""
    probe = path.with_name(".clock")
    probe.touch()
    while probe.stat().st_ctime_ns <= path.stat().st_ctime_ns:
        probe.touch()
    probe.unlink()


def ckplus(root, sequences, images="cohn-kanade-images", emotions="Emotion", size=(49, 64), suffix=".png", frames=5):
    """Write the official tree and return its root.

    sequences: {(subject, sequence): emotion or None}. Frame n of the i-th sequence has the grey level 20 i + n.
    """
    for row, ((subject, sequence), emotion) in enumerate(sequences.items()):
        for frame in range(1, frames + 1):
            name = f"{subject}_{sequence}_{frame:08d}{suffix}"
            picture(root / images / subject / sequence / name, (20 * row + frame) % 256, size)
        place = root / emotions / subject / sequence
        place.mkdir(parents=True, exist_ok=True)  # sequences without a label have an empty folder
        if emotion is not None:
            label = f"   {NUMBER[emotion]:.7e}\n"
            (place / f"{subject}_{sequence}_{frames:08d}_emotion.txt").write_text(label)
    return root


def ck48(root, sequences, frames=(15, 16, 17), size=(48, 48)):
    """Write CK+48/<class>/ and return the root; sequences and levels as for `ckplus`."""
    for row, ((subject, sequence), emotion) in enumerate(sequences.items()):
        for frame in frames:
            name = f"{subject}_{sequence}_{frame:08d}.png"
            picture(root / "CK+48" / CK48[emotion] / name, (20 * row + frame) % 256, size)
    return root


def jaffe(root, pictures, suffix=".tiff", size=(64, 64)):
    """Write JAFFE and return the root; pictures: [(poser, emotion)], grey level 10 + row."""
    numbers = {}
    for row, (poser, emotion) in enumerate(pictures):
        code = JAFFE_CODES[emotion]
        numbers[poser, code] = numbers.get((poser, code), 0) + 1
        name = f"{poser}.{code}{numbers[poser, code]}.{row + 1}{suffix}"
        picture(root / name, (10 + row) % 256, size)
    return root


def ferg(root, characters=("aia", "ray"), emotions=tuple(FERG_WORDS), each=2, size=(64, 64)):
    """Write FERG_DB_256 and return the root; RGBA, the lower half transparent over black, as grey 200 above."""
    for character in characters:
        for emotion in emotions:
            folder = f"{character}_{FERG_WORDS[emotion]}"
            place = root / "FERG_DB_256" / character / folder
            place.mkdir(parents=True, exist_ok=True)
            pixels = np.zeros((*size, 4), np.uint8)
            pixels[: size[0] // 2] = (200, 200, 200, 255)
            for number in range(1, each + 1):
                Image.fromarray(pixels).save(place / f"{folder}_{number}.png")
    return root


def folder(root, names=("angry", "happy", "sad"), each=2, suffix=".png", size=(48, 48)):
    """Write <root>/<name>/<n><suffix> and return the root; the level counts the pictures."""
    level = 0
    for name in names:
        for number in range(each):
            picture(root / name / f"{number}{suffix}", level := level + 5, size)
    return root
