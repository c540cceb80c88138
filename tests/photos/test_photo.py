"""What people upload is read upright, small and in RGB, or refused in one sentence that says what to do."""

import io
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_edu import photos
from fer_edu.errors import PhotoError
from fer_edu.photos.photo import LONGEST


def marked(width=64, height=40, mode="RGB"):
    """Return a picture that is dark but for its upper left corner."""
    picture = Image.new("L", (width, height), 40)
    picture.paste(220, (0, 0, width // 4, height // 4))
    return picture.convert(mode)


def saved(picture, kind="PNG", **options):
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def test_a_path_bytes_a_picture_and_an_array_give_the_same_pixels(tmp_path):
    picture = marked()
    picture.save(tmp_path / "a.png")
    expected = np.asarray(picture)
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), saved(picture), picture, expected):
        found = photos.read(source)
        assert found.size == (64, 40) and found.notes == ()
        np.testing.assert_array_equal(found.pixels, expected)
        assert found.grey.shape == (40, 64)


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_s_note_puts_the_bright_corner_back(orientation, large, kind):
    """Undone by the inverse of each of EXIF's eight ways of holding a camera, small or reduced on the way."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = marked(2000, 1000) if large else marked()
    held = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    preview = {"save_all": True, "append_images": [marked(20, 20)]} if kind == "MPO" else {}
    content = saved(held, kind, quality=95, exif=exif, **preview)
    found = photos.read(content)
    np.testing.assert_array_equal(photos.read(Image.open(io.BytesIO(content))).pixels, found.pixels)
    height, width = found.pixels.shape[:2]
    assert width > height
    assert found.pixels[height // 8, width // 8].min() > 180
    assert found.pixels[height * 7 // 8, width // 8].max() < 80
    assert found.pixels[height // 8, width * 7 // 8].max() < 80
    assert any("camera noted" in note for note in found.notes) == (orientation > 1)
    assert not any("animation" in note for note in found.notes)  # a phone's preview is no page


def test_a_damaged_note_of_a_camera_does_not_refuse_a_whole_picture():
    notes = Image.Exif()
    notes[0x0112], notes[0x010F], notes[0x011A] = 6, "maker", 72.0
    notes.get_ifd(0x8769)[0x9003] = "2020:01:01 00:00:00"
    whole, rng = notes.tobytes(), np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            damaged[place] = rng.integers(0, 256)
        assert photos.read(saved(marked(), "JPEG", exif=bytes(damaged))).pixels.shape in ((40, 64, 3), (64, 40, 3))


def test_somebody_s_picture_stays_as_it_was():
    large = Image.open(io.BytesIO(saved(marked(6400, 4800), "JPEG")))
    assert photos.read(large).size == large.size == (6400, 4800)
    frames = [Image.new("L", (20, 20), level) for level in (10, 200)]
    film = Image.open(io.BytesIO(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])))
    film.seek(1)
    assert photos.read(film).pixels.min() > 190 and film.tell() == 1


@pytest.mark.parametrize("mode", ["L", "P", "I;16"])
@pytest.mark.parametrize("size", [(16, 20_000), (20_000, 16)])
def test_what_would_be_a_line_is_refused(mode, size):
    line = Image.fromarray(np.zeros(size, np.uint16)) if mode == "I;16" else Image.new(mode, size)
    for source in (line, saved(line, "PNG"), *([np.asarray(line)] if mode == "L" else [])):
        with pytest.raises(PhotoError, match="100 times as long as wide.*cut out the part with the face"):
            photos.read(source)
    assert min(photos.read(Image.new(mode, (40, 4000))).pixels.shape[:2]) == 16


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_large_pictures_of_any_mode_are_reduced_to_what_small_ones_give(mode):
    """4,001 pixels of a slope: each kept pixel is near the slope's value at its place."""
    slope = np.tile(np.linspace(0, 255, 4001).astype(np.uint8), (2000, 1))
    if mode == "I;16":
        large = Image.fromarray(slope.astype(np.uint16) * 257)
    else:
        large = Image.fromarray(slope).convert("RGB" if mode in ("P", "CMYK", "RGBA") else "L").convert(mode)
    found = photos.read(large)
    assert max(found.pixels.shape) <= LONGEST and "8.0 million" in found.notes[0]
    means = found.pixels.mean((0, 2))
    expected = np.linspace(0, 255, len(means))
    assert abs(means - expected).max() < (6 if mode not in ("1", "P") else 40)


def test_a_picture_multiplied_by_its_alpha_is_read():
    assert photos.read(Image.new("La", (20, 20), (100, 255))).pixels.max() == 100


def test_a_large_file_is_refused_unless_it_is_decoded_at_a_fraction():
    large = Image.new("L", (10_000, 7_000), 100)
    assert photos.read(saved(large, "JPEG")).pixels.shape[1] == LONGEST
    for wrong in (saved(large, "PNG"), saved(large, "JPEG", progressive=True), large, np.asarray(large)):
        with pytest.raises(PhotoError, match="60 million"):
            photos.read(wrong)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr"])
def test_every_mode_becomes_rgb(mode):
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    found = photos.read(saved(marked(mode=mode), kind))
    assert found.pixels.shape == (40, 64, 3) and found.pixels.dtype == np.uint8
    assert found.pixels[3, 3].min() > 180 and found.pixels[30, 50].max() < 80


def test_sixteen_bits_are_scaled_and_transparent_pixels_lie_on_grey():
    levels = np.full((20, 20), 51_400, np.uint16)
    assert photos.read(saved(Image.fromarray(levels))).pixels.max() == 200  # 51400 / 257
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert np.unique(photos.read(saved(clear)).pixels).tolist() == [128]


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("L", (20, 20), level) for level in (10, 200)]
    found = photos.read(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert found.pixels.max() <= 12
    assert "first" in found.notes[0]


def test_forty_megapixels_are_reduced_and_said(tmp_path):
    Image.new("RGB", (7300, 5480), (90, 120, 150)).save(tmp_path / "large.jpg", quality=30)
    tracemalloc.start()
    found = photos.read(tmp_path / "large.jpg")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.pixels.shape == (1201, LONGEST, 3) or found.pixels.shape == (1202, LONGEST, 3)
    assert found.size == (7300, 5480)
    assert "40.0 million" in found.notes[0]
    assert peak < 60e6  # the whole picture in RGB would be 120 MB; what Pillow holds itself is not counted
    assert abs(found.pixels.reshape(-1, 3).mean(0) - (90, 120, 150)).max() < 3


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "no bytes"),
        (b"%PDF-1.7 and so on, long enough", "a PDF"),
        (b"<html><body>no picture</body></html>", "a web page"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n", "a PostScript file"),
        (b"hello, I am a text file", "something else"),
        (np.zeros((20, 20), np.float32), "float32"),
        (np.zeros((20, 20, 2), np.uint8), "[20, 20, 2]"),
        (np.zeros((1, 1, 3), np.uint8), "1 x 1"),
        (42, "int"),
        ("no/such/file.jpg", "none there"),
        ("x" * 5000, "too long"),
        ("~nobody-of-that-name/me.jpg", "home"),
    ],
)
def test_what_is_no_photo_ends_in_one_sentence(source, words):
    with pytest.raises(PhotoError, match=r"^expected .*, found .*: .*\.$") as caught:
        photos.read(source)
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
def test_a_file_cut_short_is_named_as_damaged(kind):
    rng = np.random.default_rng(0)
    whole = saved(Image.fromarray(rng.integers(0, 255, (60, 60, 3), dtype=np.uint8)), kind)
    with pytest.raises(PhotoError, match=r"^expected .*, found .*: .*\.$"):
        photos.read(whole[: len(whole) // 2])


def test_a_picture_that_is_decoded_only_now_may_be_damaged_too():
    whole = saved(Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)), "JPEG")
    with pytest.raises(PhotoError, match=r"^expected a whole picture.*cut short"):
        photos.read(Image.open(io.BytesIO(whole[: len(whole) // 2])))


def test_a_file_that_may_not_be_opened_is_said(tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.png").write_bytes(saved(marked()))
    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(PhotoError, match="cannot be opened .Permission denied.: check the path"):
        photos.read(tmp_path / "a.png")


def test_any_damaged_byte_ends_in_a_sentence_or_a_picture():
    whole = bytearray(saved(marked(), "PNG"))
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            damaged[place] = rng.integers(0, 256)
        try:
            assert photos.read(bytes(damaged)).pixels.ndim == 3
        except PhotoError as error:
            assert str(error).startswith("expected ")


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    header = saved(Image.new("1", (16, 16)))
    wide = header[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + header[24:29]
    bomb = wide + zlib.crc32(wide[12:29]).to_bytes(4, "big") + header[33:]
    with pytest.raises(PhotoError, match="million pixels"):
        photos.read(bomb)
