"""A photo as somebody has it, turned upright, in RGB, and no larger than is needed to find a face."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..data.pictures import BACKGROUND
from ..data.tree import shown
from ..errors import PhotoError

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIF", "JPEG2000", "PPM", "ICO", "TGA")
"""What is read, in Pillow's names; some are known to some Pillows only, such as HEIF once pillow_heif is registered."""

LONGEST = 1600
"""Pixels of the longest side that are kept: a face of 48 of them is a thirtieth of the photo."""

SHORTEST = 16
"""Pixels of the shorter side, at least, of a photo and of what is kept of it."""

MOST, MOST_JPEG = 60_000_000, 150_000_000
"""Pixels of the largest file that is opened: a JPEG is decoded at a fraction of its size, any other as a whole."""

ORIENTATION = 0x0112
"""EXIF's number for the note on how the camera was held."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by that note; Pillow turns counter-clockwise."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo: pixels uint8 [H, W, 3], RGB, upright; size (width, height) as the file has it; notes: what was done."""

    pixels: np.ndarray
    size: tuple
    notes: tuple = ()

    @property
    def grey(self):
        """The grey levels, uint8 [H, W]: ITU-R 601's luma, as FER-2013 and every reader of this course have it."""
        return np.asarray(Image.fromarray(self.pixels).convert("L"))


def read(source):
    """Return the `Photo` of a picture, turned as its camera noted and reduced to at most 1,600 pixels on a side.

    source: a path, the bytes of a file such as an upload, a PIL picture, or a uint8 array [H, W] or [H, W, 3 or 4].
    Of an animated file the first frame is taken. Transparent pixels get a grey ground. Nothing is written.
    Raises PhotoError, in one sentence, on what is damaged, cut short, empty, too large, too long or no picture.
    """
    if isinstance(source, np.ndarray):
        return _of_picture(_picture_of(source))
    if isinstance(source, Image.Image):
        return _of_picture(source)
    what, handle = _opened(source)
    with handle, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # too many pixels: our own limit stands below; damaged notes: not needed
        try:
            with Image.open(handle, formats=_formats()) as picture:
                return _of_file(picture)
        except PhotoError:
            raise
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise PhotoError(_unidentified(what, handle, error)) from None
        except Exception as error:
            raise _damaged(what, error) from None


def _formats():
    """Return the formats that are read, as Pillow names them, out of those that it knows here.

    Not all of Pillow's: a PostScript file would be handed to another program, which writes files.
    """
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _damaged(what, error):
    """Return a PhotoError for anything that Pillow's decoders raise on damaged bytes, which is nearly anything."""
    reason = str(error) or type(error).__name__
    return PhotoError(
        f"expected a whole picture in {what}, found it damaged or cut short ({reason}): take or save it again."
    )


def _opened(source):
    """Return (what to call the source, a handle on its bytes), or raise PhotoError."""
    if isinstance(source, bytes | bytearray | memoryview):
        content = bytes(source)
        if not content:
            raise PhotoError("expected a picture in the upload, found no bytes at all: choose the file again.")
        return "the upload", io.BytesIO(content)
    if not isinstance(source, str | Path):
        raise PhotoError(
            f"expected a path, bytes, a picture or a uint8 array, found {type(source).__name__}: give one of those."
        )
    where = repr(shown(source)[:200])
    try:
        path = Path(source).expanduser()
        if not path.is_file():
            raise PhotoError(f"expected a picture file at {where}, found none there: check the path.")
        if path.stat().st_size == 0:
            raise PhotoError(f"expected a picture in {path.name}, found an empty file: take or save it again.")
        return path.name, open(path, "rb")
    except (OSError, RuntimeError) as error:  # not allowed, too long a name, nobody's home
        reason = getattr(error, "strerror", None) or error
        raise PhotoError(
            f"expected a picture file at {where}, found that it cannot be opened ({reason}): check the path."
        ) from None


def _unidentified(what, handle, error):
    """Return the sentence for bytes that Pillow does not take, with what they look like."""
    if isinstance(error, Image.DecompressionBombError):
        return _too_large(what, "far more")
    handle.seek(0)
    head = handle.read(32)
    kinds = {
        b"%!PS": "a PostScript file",
        b"%PDF": "a PDF",
        b"PK": "a zip or office file",
        b"<": "a web page or SVG drawing",
    }
    found = next((name for start, name in kinds.items() if head.startswith(start)), "something else")
    if head[4:8] == b"ftyp":
        found = "a film, or an iPhone's HEIC picture"
    return (
        f"expected a picture (JPEG, PNG, WebP, TIFF, BMP, GIF) in {what}, found {found}: save it as JPEG or PNG first."
    )


def _too_large(what, found, most=MOST):
    return f"expected at most {most // 1_000_000} million pixels in {what}, found {found}: save a smaller copy."


def _picture_of(array):
    """Return a PIL picture of a uint8 array."""
    shape_is_right = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if array.dtype != np.uint8 or not shape_is_right or 0 in array.shape:
        raise PhotoError(
            f"expected uint8 [H, W], [H, W, 3] or [H, W, 4], found {array.dtype} {list(array.shape)}: convert it."
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _of_file(picture):
    """Return the Photo of a picture file that was opened, not yet decoded."""
    size, notes = picture.size, []
    # Decoded in one go, and so at a fraction: a progressive JPEG holds all its coefficients until its end.
    fraction = picture.format in ("JPEG", "MPO") and not picture.info.get("progressive")
    _check(size, MOST_JPEG if fraction else MOST)
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:  # an MPO's others are a phone's previews
        picture.seek(0)
        notes.append("It is an animation or has several pages: the first is taken.")
    if max(size) > LONGEST:
        picture.draft("RGB", (LONGEST, LONGEST))  # a JPEG is then decoded at a half, a quarter or an eighth
    return _upright(picture, size, notes)


def _of_picture(picture):
    """Return the Photo of somebody's PIL picture, at the frame where it stands; it stays as it was."""
    _check(picture.size)
    try:
        return _upright(picture, picture.size)
    except PhotoError:
        raise
    except Exception as error:
        raise _damaged("the picture", error) from None


def _check(size, most=MOST):
    """Raise PhotoError where a width and height in pixels are too large, too small or too unlike."""
    pixels, found = size[0] * size[1], f"{size[0]} x {size[1]}"
    if pixels > most:
        raise PhotoError(_too_large("the photo", f"{pixels / 1e6:.0f} million", most))
    if min(size) < SHORTEST:
        raise PhotoError(
            f"expected a photo of {SHORTEST} x {SHORTEST} pixels or more, found {found}: take a larger one."
        )
    if max(size) * SHORTEST > min(size) * LONGEST:
        times = LONGEST // SHORTEST
        raise PhotoError(
            f"expected a photo at most {times} times as long as wide, found {found}: cut out the part with the face."
        )


def _upright(picture, size, notes=()):
    """Return the Photo of a picture whose size is `size` as it came, reduced, and turned as its camera noted."""
    noted = _noted(picture)
    picture.load()
    still = _noted(picture)  # asked again: Pillow turns a TIFF while it is decoded, and then takes the note out
    picture = _rgb(_smaller(picture))
    if max(picture.size) > LONGEST:
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX, reducing_gap=None)
    if max(size) > LONGEST:
        width, height = size
        kept = f"{picture.size[0]} x {picture.size[1]}"
        notes = (*notes, f"Its {width} x {height} pixels ({width * height / 1e6:.1f} million) are reduced to {kept}.")
    if still in TURNS:  # ImageOps.exif_transpose writes the other notes anew, and fails where one is damaged
        picture = picture.transpose(TURNS[still])
    if noted in TURNS:
        notes = (*notes, "It is turned as the camera noted (EXIF).")
    return Photo(np.ascontiguousarray(np.asarray(picture)), size, tuple(notes))


def _noted(picture):
    """Return a camera's note on how it was held, or None: where the notes are damaged the picture need not be."""
    try:
        return picture.getexif().get(ORIENTATION)
    except Exception:  # as when a picture is decoded
        return None


def _smaller(picture):
    """Return the picture reduced by whole numbers while it has the mode of its file: what follows copies it often."""
    times = max(picture.size) // LONGEST
    if times < 2:
        return picture
    if picture.mode.startswith("I") or picture.mode == "F":  # Pillow reduces no 16 bits
        levels = np.asarray(picture)
        height, width = (side // times * times for side in levels.shape)
        blocks = levels[:height, :width].reshape(height // times, times, width // times, times)
        return Image.fromarray(blocks.mean((1, 3), dtype=np.float32).astype(levels.dtype))
    if picture.mode in ("P", "PA", "1"):  # numbers of a palette have no mean
        see_through = picture.mode == "PA" or "transparency" in picture.info
        picture = picture.convert("RGBA" if see_through else "RGB")
    return picture.reduce(times)


def _rgb(picture):
    """Return the picture in RGB, 8 bits: 16 are scaled, transparent pixels lie on grey."""
    if picture.mode.startswith("I") or picture.mode == "F":  # convert("RGB") would clip at 255, not scale
        levels = np.asarray(picture)
        if picture.mode == "F" or levels.min() < 0 or levels.max() > 65535:
            raise PhotoError(
                f"expected levels of 8 or 16 bits, found {levels.min():.4g} to {levels.max():.4g}: save it with 8 bits."
            )
        return Image.fromarray(np.rint(levels / 257).astype(np.uint8)).convert("RGB")
    if picture.mode in ("La", "RGBa"):  # multiplied by their own alpha: Pillow converts these to one mode alone
        picture = picture.convert({"La": "LA", "RGBa": "RGBA"}[picture.mode])
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, (BACKGROUND, BACKGROUND, BACKGROUND, 255))
        return Image.alpha_composite(ground, picture).convert("RGB")
    return picture.convert("RGB")
