"""From a box on a photo to the 48 x 48 grey levels that the network knows, framed as FER-2013's faces are."""

import numpy as np
import torch

from ..data.pictures import reduce
from ..errors import PhotoError

FRAME, DOWN = 1.04, 0.0
"""Side of FER-2013's frame over that of the detector's box, and how far its centre lies below the box's, in boxes.

Measured on PublicTest (`results/own_face.py`), so that a face fills the network's picture as the faces did that it was
fitted on."""


def crop(photo, box, margin=FRAME, shift=(0.0, 0.0)):
    """Return the face in a box as uint8 [1, 1, 48, 48], by averaging areas, as every reader of this course does it.

    photo: a `Photo`. box: a `Box`, found or given by hand. margin: side of what is cut out, over that of the box.
    shift: (right, down) in pixels of the 48 x 48 result. What lies outside of the photo repeats its edge.
    Raises PhotoError where the box has no area, is too large or lies outside, or the margin is not above 0.
    """
    if not 0 < margin <= 10:
        raise PhotoError(f"expected a margin above 0 and at most 10, found {margin}: {FRAME} is FER-2013's.")
    height, width = photo.pixels.shape[:2]
    (x, y), side = box.centre, margin * box.size
    largest = 2 * max(height, width)
    if not 2 <= box.size <= largest or not (0 <= x < width and 0 <= y < height):
        raise PhotoError(
            f"expected a box of 2 to {largest} pixels with its middle inside the {width} x {height} photo, found "
            f"{box.size} around ({x:.0f}, {y:.0f}): mend the box."
        )
    if side > 1.5 * largest:
        raise PhotoError(
            f"expected {1.5 * largest:.0f} pixels or less to cut out of a {width} x {height} photo, found {side:.0f}: "
            "give a smaller box or margin."
        )
    left = round(x - side / 2 + shift[0] * side / 48)
    top = round(y + DOWN * box.size - side / 2 + shift[1] * side / 48)
    side = max(round(side), 2)
    columns = np.arange(left, left + side).clip(0, width - 1)
    rows = np.arange(top, top + side).clip(0, height - 1)
    return torch.from_numpy(reduce(photo.grey[rows[:, None], columns]))[None, None]
