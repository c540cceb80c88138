"""One picture file of any kind as 48 x 48 grey levels.

Grey is ITU-R 601's luma, 0.299 R + 0.587 G + 0.114 B. A larger picture is reduced by averaging areas: each of the
48 x 48 pixels is the mean of all that it covers, pixels at its edge counted by the part that it covers. Bilinear
sampling would look at four pixels in each 5 x 5 and let fine hair or print alias into coarse stripes; Pillow's BOX
filter gives every source pixel to one target pixel, so that from 256 px some average 5 and their neighbours 6.
"""

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import DataError
from .tree import shown

SIDE = 48
CROPS = ("square", "stretch")
BACKGROUND = 128
"""Grey level laid under transparent pixels: half way, so that the face's outline is weak whatever its shade."""


class PictureError(DataError):
    """A file that is no picture this reader can take; the parts of its sentence are kept."""

    def __init__(self, path, expected, found, advice):
        super().__init__(f"expected {expected}, found {found} in {shown(path)}: {advice}.")
        self.expected, self.found, self.advice = expected, found, advice


def read_picture(path, crop="square", background=BACKGROUND):
    """Return (uint8 [48, 48], (height, width) of the original) of one PNG, JPEG, TIFF, BMP or WebP file.

    crop: "square" takes the largest centred square, so that faces keep their proportions; "stretch" takes the whole
    picture. background: grey level 0..255 under transparent pixels. 16 bits are scaled to 8; an orientation that a
    camera noted is applied. A picture smaller than 48 px is enlarged by the same rule, without new detail.
    Raises PictureError (a DataError) on a file that is damaged, cut short, empty, too large or no picture.
    """
    if crop not in CROPS:
        raise DataError(f"expected a crop out of {', '.join(CROPS)}, found {crop!r}: name one of those.")
    try:
        # From a handle Pillow maps no memory, which turns grey TIFFs with an orientation into noise (13.0).
        with open(path, "rb") as handle, Image.open(handle) as picture:
            grey = _grey(path, ImageOps.exif_transpose(picture), background)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = f"at most {2 * Image.MAX_IMAGE_PIXELS:,} pixels"
        raise PictureError(path, limit, "far more", "replace or remove it") from None
    except UnidentifiedImageError:
        raise PictureError(path, "a picture", "a damaged or other file", "replace or remove it") from None
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged bytes, down to struct.error
        refused = getattr(error, "strerror", None)  # by the operating system, not by Pillow
        damaged = f"a damaged file ({str(error) or type(error).__name__})"
        found = f"a file that cannot be read ({refused})" if refused else damaged
        raise PictureError(path, "a picture", found, "replace or remove it") from None
    size = grey.shape
    if crop == "square":
        side = min(size)
        top, left = (size[0] - side) // 2, (size[1] - side) // 2
        grey = grey[top : top + side, left : left + side]
    return reduce(grey), size


def reduce(grey):
    """Return grey levels 0..255 of any size, [H, W], averaged over areas to uint8 [48, 48]."""
    if grey.shape != (SIDE, SIDE):
        grey = _averaged(_averaged(grey.astype(np.float64)).T).T
    return np.rint(grey).clip(0, 255).astype(np.uint8)


def _averaged(values):
    """Return float64 [H, 48], the means of the 48 equal lengths into which each row of [H, W] is cut.

    The running sum, linear between two pixels, is the row's integral: a mean is its growth over one length.
    (As matrix products this is as short, but BLAS's own threads and those of a pool then wait for each other.)
    """
    width = values.shape[1]
    edges = np.arange(SIDE + 1) * (width / SIDE)
    pixel = np.minimum(edges.astype(int), width - 1)
    before = np.cumsum(values, axis=1)[:, pixel] - values[:, pixel]
    integral = before + (edges - pixel) * values[:, pixel]
    return np.diff(integral, axis=1) * (SIDE / width)


def _grey(path, picture, background):
    """Return the picture's grey levels 0..255, [H, W], uint8, or float32 where they had 16 bits or were mixed."""
    if picture.mode.startswith("I"):  # convert("L") would clip 16 bits at 255, not scale them
        levels = np.asarray(picture)
        if levels.min() < 0 or levels.max() > 65535:
            found = f"{levels.min()}..{levels.max()}"
            raise PictureError(path, "grey levels of 8 or 16 bits", found, "save it with 8 bits")
        return levels.astype(np.float32) / 257  # 65535 = 255 * 257
    if picture.mode == "F":
        raise PictureError(path, "grey levels of 8 or 16 bits", "fractions, whose white is unknown", "save it with 8")
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("LA" if picture.mode in ("1", "L", "LA", "La") else "RGBA")
        alpha = np.asarray(picture.getchannel("A"))
        grey = np.asarray(picture.convert("L"))
        if alpha.min() == 255:
            return grey
        cover = alpha.astype(np.float32) / 255
        return grey * cover + background * (1 - cover)
    return np.asarray(picture.convert("L"))
