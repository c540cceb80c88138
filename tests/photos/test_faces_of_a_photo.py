"""Boxes, crops, answers and shifts, on drawn scenes whose truth is known."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from fer_edu import data, models, photos
from fer_edu.data.pictures import reduce
from fer_edu.errors import ModelError, PhotoError
from fer_edu.photos import finding
from fer_edu.photos.framing import DOWN


@pytest.mark.parametrize(("faces", "tilt"), [(0, 0), (1, 0), (1, 25), (1, -25), (3, 0)])
def test_every_drawn_face_is_found_once(faces, tilt):
    photo = photos.example(faces=faces, tilt=tilt)
    boxes = photos.find_faces(photo)
    assert len(boxes) == faces
    assert [box.size for box in boxes] == sorted((box.size for box in boxes), reverse=True)
    assert boxes == photos.find_faces(photo)
    if tilt:
        assert boxes[0].tilt == -20 * np.sign(tilt)  # turned back by 20 degrees, it was seen
        assert photos.find_faces(photo, tilts=(0,)) in ((), boxes)


def test_a_tilted_box_lies_where_the_face_is():
    upright, tilted = (photos.find_faces(photos.example(tilt=t))[0] for t in (0, 25))
    assert np.hypot(*np.subtract(upright.centre, tilted.centre)) < 0.15 * upright.size


def test_pictures_without_a_face_have_no_box():
    rng = np.random.default_rng(0)
    for pixels in (
        np.full((300, 300, 3), 128, np.uint8),
        np.tile(np.arange(300, dtype=np.uint16) * 255 // 300, (300, 1)).astype(np.uint8),
        rng.integers(0, 255, (300, 300, 3), dtype=np.uint8),
    ):
        assert photos.find_faces(photos.read(pixels)) == ()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (None, "not installed"),
        (SimpleNamespace(__version__="5.0.0"), "5.0.0"),
        (SimpleNamespace(__version__="4.6.0", CascadeClassifier=object), "missing or damaged"),
    ],
)
def test_a_missing_detector_is_said_with_what_to_install(monkeypatch, module, words):
    finding._detector.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", module)
    with pytest.raises(PhotoError, match="opencv-python-headless") as caught:
        photos.find_faces(photos.example())
    assert words in str(caught.value)
    finding._detector.cache_clear()


def test_a_crop_is_the_mean_over_areas_of_the_box():
    rng = np.random.default_rng(1)
    photo = photos.read(rng.integers(0, 255, (200, 300), dtype=np.uint8))
    found = photos.crop(photo, photos.Box(100, 60, 96), margin=1.0)
    assert found.shape == (1, 1, 48, 48) and found.dtype == torch.uint8
    grey = photo.grey[60 + round(96 * DOWN) :][:96, 100:196]
    np.testing.assert_array_equal(found[0, 0], reduce(grey))
    by_hand = grey.reshape(48, 2, 48, 2).astype(float).mean((1, 3))
    assert abs(found[0, 0].numpy() - by_hand).max() <= 0.5


def test_beyond_the_photo_its_edge_goes_on():
    photo = photos.read(np.tile(np.arange(60, dtype=np.uint8) * 4, (60, 1)))
    found = photos.crop(photo, photos.Box(-30, 0, 60), margin=1.0)[0, 0]
    assert (found[:, :20] == 0).all()
    assert (found[:, 40:].float().diff(dim=1) > 0).all()


def test_a_shift_moves_by_pixels_of_the_network_s_picture():
    photo = photos.example()
    box = photos.Box(200, 140, 192)
    still, moved = (photos.crop(photo, box, 1.0, shift)[0, 0] for shift in ((0, 0), (2, -1)))
    assert torch.equal(moved[1:, :-2], still[:-1, 2:])


@pytest.mark.parametrize(
    "box",
    [
        photos.Box(5000, 0, 100),
        photos.Box(0, 0, 0),
        photos.Box(-4000, -4000, 9000),
        photos.Box(-200, -200, 100),
    ],
)
def test_a_box_that_is_not_on_the_photo_is_refused(box):
    with pytest.raises(PhotoError, match="box of 2 to"):
        photos.crop(photos.example(), box)
    with pytest.raises(PhotoError, match="margin"):
        photos.crop(photos.example(), photos.Box(100, 100, 100), margin=0)


def test_a_margin_that_asks_for_more_memory_than_any_photo_needs_is_refused():
    with pytest.raises(PhotoError, match="1920 pixels or less.*found 5000: give a smaller box or margin"):
        photos.crop(photos.example(), photos.Box(100, 100, 500), margin=10)


class Fixed(nn.Module):
    """Answers by where a picture is bright: class 0 left, class 1 right, by `gain` logits."""

    def __init__(self, gain=4.0, classes=7):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(gain))
        self.classes = classes

    def forward(self, x):
        left = (x[..., :24].mean((1, 2, 3)) - x[..., 24:].mean((1, 2, 3))) * self.gain
        rest = torch.full((len(x), self.classes - 2), -20.0)
        return torch.cat([left[:, None], -left[:, None], rest], 1)


def test_probabilities_answers_and_sentences_by_hand():
    crops = torch.zeros(2, 1, 48, 48, dtype=torch.uint8)
    crops[0, ..., :24] = 255
    judged = photos.judge(crops, Fixed(4.0))
    assert not judged.calibrated and judged.temperature == 1 and judged.threshold == 0.5
    p = 1 / (1 + np.exp(-8.0))
    torch.testing.assert_close(judged.confidence, torch.tensor([p, 0.5], dtype=torch.float32), atol=1e-5, rtol=0)
    assert judged.answers[0] == "angry" and "It says angry (angry 100%" in judged.sentence(0)
    unsure = photos.judge(crops, Fixed(0.1))
    sure = photos.Judgement(unsure.probabilities, unsure.raw, 1.0, 0.6, unsure.classes, False)
    assert sure.answers == (None, None) and sure.sentence(1).startswith("I don't know")


def test_the_shipped_network_uses_the_record_s_temperature_and_threshold():
    from fer_edu import records

    known = records.read("own_face")["judging"]
    crops = data.load("faces", split="test", size=3, seed=0).images
    judged = photos.judge(crops)
    logits = models.predict(models.pretrained("sdl-fer2013"), crops)
    assert judged.calibrated and judged.threshold == known["threshold"]
    torch.testing.assert_close(judged.probabilities, (logits / known["temperature"]).softmax(1))
    torch.testing.assert_close(judged.raw, logits.softmax(1))


def test_what_is_no_crop_is_refused():
    for wrong in (torch.zeros(1, 1, 48, 48), torch.zeros(1, 3, 48, 48, dtype=torch.uint8), [1]):
        with pytest.raises(PhotoError, match="make them with photos.crop"):
            photos.judge(wrong)
    with pytest.raises(PhotoError, match="found none"):
        photos.judge(torch.zeros(0, 1, 48, 48, dtype=torch.uint8))
    with pytest.raises(ModelError, match="7 classes"):
        photos.judge(torch.zeros(1, 1, 48, 48, dtype=torch.uint8), Fixed(classes=5))


def test_changes_of_mind_are_counted_where_the_answer_turns():
    """A bright bar left of the middle: shifted by two pixels of the crop to the left, it is on the right."""
    pixels = np.zeros((192, 192), np.uint8)
    pixels[:, 88:96] = 255  # with a box of 192 px a pixel of the crop is 4: the bar ends at the middle, 24
    photo = photos.read(pixels)
    shifts = photos.changes_of_mind(photo, photos.Box(0, 0, 192), Fixed(), margin=1.0)
    assert shifts.answers.shape == (5, 5) and shifts.middle == 0
    # Moving the box to the left (-1, -2) moves the bar to the right half by one or both of its two columns.
    assert (shifts.answers[:, 2:] == 0).all()
    assert (shifts.answers[:, 0] == 1).all()
    assert shifts.others in (5, 10)
    assert shifts.share == shifts.others / 24


@pytest.mark.parametrize("pixels", [0, -1, 1.5, True, 100])
def test_shifts_by_no_whole_number_of_pixels_are_refused(pixels):
    with pytest.raises(PhotoError, match="1 to 8 pixels"):
        photos.changes_of_mind(photos.example(), photos.Box(200, 140, 192), Fixed(), pixels)


def test_what_is_no_network_is_refused():
    with pytest.raises(ModelError, match="a network"):
        photos.judge(torch.zeros(1, 1, 48, 48, dtype=torch.uint8), model=42)


def test_a_scene_of_too_many_people_is_refused():
    with pytest.raises(PhotoError, match="0, 1 or 3"):
        photos.example(faces=4)


def test_un_warping_shows_what_the_shipped_network_s_first_transformer_gives():
    crops = data.load("faces", split="test", size=3, seed=0).images
    theta, seen = photos.unwarp(crops)
    with torch.no_grad():
        watched = models.pretrained("sdl-fer2013").eval().observe(crops.float() / 255)
    torch.testing.assert_close(theta, watched.theta1, atol=1e-5, rtol=0)
    torch.testing.assert_close(seen, watched.warped, atol=1e-5, rtol=0)
    assert photos.unwarp(crops, models.create("cnn", seed=0)) is None
