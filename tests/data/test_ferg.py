"""FERG from its folders: six characters, seven expressions, transparent pictures."""

import functools

import numpy as np
import pytest
from PIL import Image

from fer_edu.data import ferg
from fer_edu.errors import DataError, DataWarning

from . import sentences, trees

refuse = functools.partial(sentences.refuse, ferg.read)

CHARACTERS = ("aia", "bonnie", "jules", "malcolm", "mery", "ray")


# Every miniature is less than the published set.
pytestmark = pytest.mark.filterwarnings("ignore::fer_edu.errors.DataWarning")


def test_labels_and_characters_come_from_the_folders(tmp_path):
    faces = ferg.read(trees.ferg(tmp_path, CHARACTERS))
    assert len(faces) == 84 and set(faces.counts().values()) == {12}
    assert faces.group_names == CHARACTERS and faces.groups.bincount().tolist() == [14] * 6
    assert faces.files[0] == "FERG_DB_256/aia/aia_anger/aia_anger_1.png" and faces.classes[faces.labels[0]] == "angry"
    assert faces.files[6] == "FERG_DB_256/aia/aia_joy/aia_joy_1.png" and faces.classes[faces.labels[6]] == "happy"


def test_the_background_shows_where_a_picture_is_transparent(tmp_path):
    trees.ferg(tmp_path, ("aia",), ("angry",), each=1)
    for background in (128, 0, 255):
        picture = ferg.read(tmp_path, background=background).images[0, 0]
        assert (picture[:24] == 200).all() and (picture[24:] == background).all()


def test_frames_are_in_the_order_of_their_numbers(tmp_path):
    trees.ferg(tmp_path, ("ray",), ("happy",), each=11)
    numbers = [int(file.rpartition("_")[2][:-4]) for file in ferg.read(tmp_path).files]
    assert numbers == list(range(1, 12))


@pytest.mark.parametrize("deeper", ["", "FERG_DB_256"])
def test_the_root_may_be_the_set_or_the_folder_above(tmp_path, deeper):
    trees.ferg(tmp_path)
    assert len(ferg.read(tmp_path / deeper)) == 28


def test_256_px_pictures_are_averaged_over_areas(tmp_path):
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (256, 256)).astype(np.uint8)
    place = tmp_path / "mery" / "mery_fear"
    place.mkdir(parents=True)
    Image.fromarray(np.dstack([grey, grey, grey, np.full_like(grey, 255)])).save(place / "mery_fear_1.png")
    large = grey.repeat(3, 0).repeat(3, 1).astype(float)  # 768 = 48 x 16
    means = large.reshape(48, 16, 48, 16).mean((1, 3))
    assert abs(ferg.read(tmp_path).images[0, 0].numpy() - means).max() <= 0.5001


def test_half_a_copy_loads_and_says_so(tmp_path):
    trees.ferg(tmp_path)
    with pytest.warns(DataWarning, match="FERG has 28 pictures instead of 55,767"):
        assert ferg.read(tmp_path).notes


def test_an_unknown_class_folder(tmp_path):
    trees.ferg(tmp_path)
    place = tmp_path / "FERG_DB_256" / "aia"
    (place / "aia_fear").rename(place / "aia_boredom")
    refuse(tmp_path, "aia_<class>", "anger, disgust, fear, joy", "'aia_boredom'")


@pytest.mark.parametrize("name", ["aia_sadness_1.png", "ray_joy_1.png"])
def test_a_name_that_contradicts_its_folder(tmp_path, name):
    trees.ferg(tmp_path)
    place = tmp_path / "FERG_DB_256" / "aia" / "aia_joy"
    (place / "aia_joy_1.png").rename(place / name)
    refuse(tmp_path, "begins with aia_joy", name)


def test_a_name_that_says_nothing_is_labelled_by_its_folder(tmp_path):
    trees.ferg(tmp_path)
    place = tmp_path / "FERG_DB_256" / "aia" / "aia_joy"
    (place / "aia_joy_1.png").rename(place / "img_1.png")
    assert ferg.read(tmp_path).counts()["happy"] == 4


def test_damaged_pictures_are_all_named_or_left_out(tmp_path):
    trees.ferg(tmp_path, each=4)
    bad = sorted((tmp_path / "FERG_DB_256").rglob("*_2.png"))
    for file in bad:
        file.write_bytes(file.read_bytes()[:60])
    with pytest.raises(DataError) as caught:
        ferg.read(tmp_path)
    assert "found 14 that are not" in str(caught.value)
    assert [file for file, _ in caught.value.failures] == [file.relative_to(tmp_path).as_posix() for file in bad]
    assert len(ferg.read(tmp_path, damaged="skip")) == 42


def test_missing_data_say_where_to_get_them(tmp_path, monkeypatch):
    monkeypatch.delenv("FERG_ROOT", raising=False)
    facts = ("grail.cs.washington.edu", "form", "not downloaded", "FERG_DB_256/aia/aia_anger/aia_anger_1.png")
    refuse(None, "FERG_ROOT", *facts)
    refuse(tmp_path / "nowhere", "nothing there", *facts)
    refuse(trees.folder(tmp_path / "mine"), "none of its layouts", *facts)
    monkeypatch.setenv("FERG_ROOT", str(trees.ferg(tmp_path / "ferg")))
    assert len(ferg.read()) == 28
