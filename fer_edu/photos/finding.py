"""Where are the faces? OpenCV's bundled detector (Viola and Jones 2001), asked about several tilts."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..errors import PhotoError

CASCADE = "haarcascade_frontalface_alt2.xml"
TILTS = (0, -20, 20)
"""Degrees by which the photo is turned before the detector looks: it was made from upright faces and misses others."""

SMALLEST = 40
"""Pixels of the smallest box: below the 48 that the network sees, a crop is mostly made up."""

STEP, NEIGHBOURS = 1.1, 5
"""How much the window grows from look to look, and how many looks have to agree."""


@dataclass(frozen=True)
class Box:
    """A square on a photo, in pixels: its left, top and size; score: how sure the detector was, no probability.

    tilt: degrees by which the photo was turned, counter-clockwise, when the face was found; the square itself is
    upright. A box that somebody draws by hand has no score: Box(left, top, size).
    """

    left: int
    top: int
    size: int
    score: float = math.nan
    tilt: int = 0

    @property
    def centre(self):
        """The middle (x, y), in pixels, where the pixel in the corner spans 0..1."""
        return self.left + self.size / 2, self.top + self.size / 2


def find_faces(photo, tilts=TILTS):
    """Return a tuple of `Box`es, the largest first; empty where no face is found. The same photo, the same boxes.

    photo: a `Photo`. tilts: degrees; what is found upright is kept before what was found turned. It sees frontal faces,
    misses some, and takes some patterns for faces: how often was measured (`fe.records.read("own_face")`).
    Raises PhotoError where OpenCV is missing or has no detector.
    """
    grey, found = photo.grey, []
    for tilt in tilts:
        for box in _seen(grey, tilt):
            if all(_overlap(box, other) < 0.3 for other in found):
                found.append(box)
    return tuple(sorted(found, key=lambda box: (-box.size, box.top, box.left)))


def _seen(grey, tilt):
    """Return the boxes that the detector sees when the picture is turned by `tilt` degrees, in the picture's frame."""
    detector = _detector()
    import cv2  # which the detector has found, or said what to install

    height, width = grey.shape
    turned, matrix = grey, None
    if tilt:
        matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), tilt, 1.0)
        turned = cv2.warpAffine(grey, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    # Not equalised first, as many examples have it: the detector scales each window's contrast itself, and that step
    # lost faces of PublicTest.
    boxes, _, weights = detector.detectMultiScale3(
        turned,
        scaleFactor=STEP,
        minNeighbors=NEIGHBOURS,
        minSize=(SMALLEST, SMALLEST),
        outputRejectLevels=True,
    )
    result = []
    for (left, top, size, _), weight in zip(boxes, np.ravel(weights), strict=True):
        x, y = left + size / 2, top + size / 2
        if tilt:
            # A pixel's middle is a whole number in OpenCV.
            x, y = cv2.invertAffineTransform(matrix) @ (x - 0.5, y - 0.5, 1) + 0.5
        result.append(Box(round(x - size / 2), round(y - size / 2), int(size), float(weight), tilt))
    return sorted(result, key=lambda box: -box.score)


@cache
def _detector():
    """Return OpenCV's detector; PhotoError with what to install where there is none."""
    advice = 'run `pip install "opencv-python-headless>=4.8,<5"`, or give a box by hand: photos.Box(left, top, size)'
    try:
        import cv2
    except ImportError as error:
        raise PhotoError(f"expected OpenCV, which finds faces, found it not installed ({error}): {advice}.") from None
    if not hasattr(cv2, "CascadeClassifier"):
        raise PhotoError(f"expected an OpenCV 4 with a face detector, found {cv2.__version__}: {advice}.")
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")  # a system's own OpenCV may have none
    path = Path(folder) / CASCADE
    detector = cv2.CascadeClassifier(str(path)) if path.is_file() else None
    if detector is None or detector.empty():
        raise PhotoError(f"expected OpenCV's {CASCADE}, found it missing or damaged: {advice}.")
    return detector


def _overlap(a, b):
    """Return the area that two boxes share, over the area of the smaller: 0..1."""
    width = min(a.left + a.size, b.left + b.size) - max(a.left, b.left)
    height = min(a.top + a.size, b.top + b.size) - max(a.top, b.top)
    return max(width, 0) * max(height, 0) / min(a.size, b.size) ** 2
