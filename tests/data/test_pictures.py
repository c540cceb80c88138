"""Pictures of every kind become 48 x 48 grey levels, averaged over areas, and bad files are named in one sentence."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_edu.data.pictures import read_picture, reduce
from fer_edu.errors import DataError


def noise(height, width, channels=None, seed=0):
    shape = (height, width) if channels is None else (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def saved(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


def read(path, **options):
    return read_picture(path, **options)[0]


def test_a_picture_of_48_pixels_stays_as_it_is(tmp_path):
    pixels = noise(48, 48)
    grey, size = read_picture(saved(tmp_path / "a.png", pixels))
    assert grey.dtype == np.uint8 and (grey == pixels).all() and size == (48, 48)


def test_twice_the_size_gives_the_means_of_2_x_2_blocks(tmp_path):
    pixels = noise(96, 96)
    means = pixels.reshape(48, 2, 48, 2).mean((1, 3))
    assert (read(saved(tmp_path / "a.png", pixels)) == np.rint(means)).all()


@pytest.mark.parametrize("height, width", [(256, 256), (490, 490), (50, 97), (49, 1000), (20, 20), (47, 300), (1, 1)])
def test_other_sizes_agree_with_opencvs_area_interpolation(height, width):
    pixels = noise(height, width)
    if min(height, width) >= 48:
        truth = cv2.resize(pixels.astype(np.float64), (48, 48), interpolation=cv2.INTER_AREA)
    else:  # OpenCV enlarges otherwise: repeat each pixel 48 times, then take exact block means
        large = pixels.repeat(48, 0).repeat(48, 1).astype(np.float64)
        truth = large.reshape(48, height, 48, width).mean((1, 3))
    assert abs(reduce(pixels) - truth).max() <= 0.5001  # rounding


def test_a_fine_pattern_turns_grey_and_not_into_stripes(tmp_path):
    stripes = np.zeros((250, 250), np.uint8)
    stripes[:, ::2] = 255
    bilinear = np.asarray(Image.fromarray(stripes).resize((48, 48), Image.BILINEAR, reducing_gap=None))
    nearest = stripes[2::5, 2::5][:, :48]
    grey = read(saved(tmp_path / "a.png", stripes)).astype(float)
    assert abs(grey - 127.5).max() < 26  # a fifth of the range at most: 5.2 pixels hold 2 or 3 stripes
    assert np.ptp(nearest) == 255 and bilinear.shape == grey.shape


@pytest.mark.parametrize("shape, box", [((60, 100), (0, 60, 20, 80)), ((101, 60), (20, 80, 0, 60))])
def test_square_takes_the_largest_centred_square(tmp_path, shape, box):
    pixels = noise(*shape)
    top, bottom, left, right = box
    grey, size = read_picture(saved(tmp_path / "a.png", pixels))
    assert (grey == reduce(pixels[top:bottom, left:right])).all() and size == shape


def test_stretch_takes_everything(tmp_path):
    pixels = noise(60, 100)
    assert (read(saved(tmp_path / "a.png", pixels), crop="stretch") == reduce(pixels)).all()


def test_colours_become_itu_r_601_luma(tmp_path):
    pixels = noise(48, 48, 3)
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert abs(read(saved(tmp_path / "a.png", pixels)) - luma).max() < 1


@pytest.mark.parametrize("name, dtype", [("a.png", "<u2"), ("a.tif", "<u2"), ("b.tif", ">u2")])
def test_16_bits_are_scaled_and_not_clipped(tmp_path, name, dtype):
    levels = np.linspace(0, 65535, 48 * 48).astype(dtype).reshape(48, 48)
    Image.frombuffer("I;16B" if dtype == ">u2" else "I;16", (48, 48), levels.tobytes()).save(tmp_path / name)
    grey = read(tmp_path / name)
    assert grey.min() == 0 and grey.max() == 255
    assert abs(grey - levels.astype(float) / 65535 * 255).max() <= 0.5001


@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("background", [0, 128, 255])
def test_transparent_pixels_show_the_background(tmp_path, channels, background):
    pixels = np.full((48, 48, channels), 200, np.uint8)
    pixels[:, :16, -1] = 0
    pixels[:, 16:32, -1] = 51  # a fifth
    pixels[:, 32:, -1] = 255
    grey = read(saved(tmp_path / "a.png", pixels), background=background)
    assert (grey[:, :16] == background).all() and (grey[:, 32:] == 200).all()
    assert (grey[:, 16:32] == round(0.2 * 200 + 0.8 * background)).all()


def test_a_colour_under_full_transparency_does_not_leak_into_the_average(tmp_path):
    pixels = np.zeros((96, 96, 4), np.uint8)
    pixels[..., :3] = 255  # white beneath, as many programs leave it
    pixels[::2, :, :3], pixels[::2, :, 3] = 60, 255
    grey = read(saved(tmp_path / "a.png", pixels), background=100)
    assert (grey == 80).all()  # the mean of 60 and 100


def test_palettes_with_and_without_a_transparent_entry(tmp_path):
    indexed = Image.fromarray((np.arange(48 * 48).reshape(48, 48) % 3).astype(np.uint8), "P")
    indexed.putpalette([10, 10, 10, 100, 100, 100, 250, 250, 250])
    indexed.save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png").ravel()[:3] == (10, 100, 250)).all()
    indexed.save(tmp_path / "b.png", transparency=1)
    assert (read(tmp_path / "b.png", background=7).ravel()[:3] == (10, 7, 250)).all()


def test_grey_with_a_transparent_level(tmp_path):
    pixels = np.arange(48 * 48).reshape(48, 48) % 4
    Image.fromarray((pixels * 50).astype(np.uint8)).save(tmp_path / "a.png", transparency=100)
    assert read(tmp_path / "a.png", background=9).ravel()[:4].tolist() == [0, 50, 9, 150]


def test_one_bit_and_cmyk(tmp_path):
    bits = noise(48, 48) > 127
    Image.fromarray(bits).save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png") == bits * 255).all()
    Image.new("CMYK", (48, 48), (0, 0, 0, 0)).save(tmp_path / "a.jpg")
    assert (read(tmp_path / "a.jpg") == 255).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"])
def test_every_kind_of_file_is_read(tmp_path, suffix):
    pixels = np.linspace(0, 255, 48 * 48).reshape(48, 48).astype(np.uint8)
    options = {"quality": 100} if suffix in (".jpg", ".jpeg", ".webp") else {}
    assert abs(read(saved(tmp_path / f"a{suffix}", pixels, **options)).astype(int) - pixels).max() <= 4


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_a_camera_held_upright_is_turned(tmp_path, suffix):
    upright = np.zeros((100, 60), np.uint8)
    upright[:50] = 255  # light above
    exif = Image.Exif()
    exif[274] = 6  # stored a quarter turn to the left of how it is looked at
    Image.fromarray(np.rot90(upright)).save(tmp_path / f"a{suffix}", exif=exif)
    grey, size = read_picture(tmp_path / f"a{suffix}")
    assert size == (100, 60) and grey[0, 0] > 250 and grey[-1, -1] < 5


def test_a_small_picture_is_enlarged_in_blocks(tmp_path):
    pixels = noise(24, 24)
    assert (read(saved(tmp_path / "a.png", pixels)) == pixels.repeat(2, 0).repeat(2, 1)).all()


def png():
    stream = io.BytesIO()
    Image.fromarray(noise(64, 64)).save(stream, "png")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG", b"not a picture", png()[:2000], png()[:33], png()[:100] + b"\0" * 500, b"GIF89a", b"II*\0\0\0"],
    ids=["empty", "signature", "text", "cut short", "header alone", "zeros", "GIF", "TIFF"],
)
def test_a_damaged_file_is_named_in_one_sentence(tmp_path, content):
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_picture(path)
    sentence = str(caught.value)
    assert sentence.startswith("expected a picture, found a damaged ") and sentence.endswith(".")
    assert sentence.count(str(path)) == 1 and "\n" not in sentence


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"a file that cannot be read \(No such file"):
        read_picture(tmp_path / "face.png")


def test_a_picture_of_absurd_size_is_refused(tmp_path, monkeypatch):
    saved(tmp_path / "a.png", noise(64, 64))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match="at most 2,000 pixels"):
        read_picture(tmp_path / "a.png")


def test_fractions_and_32_bits_are_refused(tmp_path):
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(DataError, match="fractions"):
        read_picture(tmp_path / "a.tif")
    Image.fromarray(np.full((8, 8), 100_000, np.int32)).save(tmp_path / "b.tif")
    with pytest.raises(DataError, match="100000"):
        read_picture(tmp_path / "b.tif")


def test_an_unknown_crop_lists_the_known(tmp_path):
    with pytest.raises(DataError, match="square, stretch"):
        read_picture(tmp_path / "a.png", crop="face")
