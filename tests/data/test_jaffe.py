"""JAFFE from its file names."""

import functools
import warnings

import pytest

from fer_edu.data import jaffe
from fer_edu.errors import DataWarning

from . import sentences, trees

refuse = functools.partial(sentences.refuse, jaffe.read)

POSERS = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
COUNTS = {"angry": 30, "disgust": 29, "fear": 32, "happy": 31, "sad": 31, "surprise": 30, "neutral": 30}
FEW = [("KA", "angry"), ("KA", "angry"), ("YM", "happy"), ("TM", "neutral")]


# Every miniature is less than the published set.
pytestmark = pytest.mark.filterwarnings("ignore::fer_edu.errors.DataWarning")


@pytest.mark.parametrize("suffix", [".tiff", ".tif", ".png", ".TIFF", ".tiff.bmp"])
def test_labels_and_posers_come_from_the_names(tmp_path, suffix):
    faces = jaffe.read(trees.jaffe(tmp_path / "jaffe", FEW, suffix))
    assert [faces.classes[label] for label in faces.labels] == ["angry", "angry", "neutral", "happy"]
    assert [faces.group_names[group] for group in faces.groups] == ["KA", "KA", "TM", "YM"]
    assert faces.images[:, 0, 0, 0].tolist() == [10, 11, 13, 12] and faces.sizes.tolist() == [[64, 64]] * 4
    assert faces.files[0] == f"KA.AN1.1{suffix}" and faces.name == "jaffe"


def test_the_files_may_lie_in_folders(tmp_path):
    trees.jaffe(tmp_path / "jaffe", FEW)
    (tmp_path / "jaffe" / "KA").mkdir()
    (tmp_path / "jaffe" / "KA.AN1.1.tiff").rename(tmp_path / "jaffe" / "KA" / "KA.AN1.1.tiff")
    assert len(jaffe.read(tmp_path)) == 4


def test_a_complete_copy_has_ten_posers_the_published_counts_and_no_notes(tmp_path):
    emotions = [emotion for emotion, n in COUNTS.items() for _ in range(n)]
    trees.jaffe(tmp_path, [(POSERS[row % 10], emotion) for row, emotion in enumerate(emotions)])
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataWarning)
        faces = jaffe.read(tmp_path)
    assert len(faces) == 213 and faces.counts() == COUNTS and faces.group_names == POSERS and faces.notes == ()


def test_half_a_copy_loads_and_says_what_is_missing(tmp_path):
    trees.jaffe(tmp_path, FEW)
    with pytest.warns(DataWarning, match="JAFFE has 4 pictures instead of 213: angry 2 instead of 30"):
        jaffe.read(tmp_path)


def test_names_that_are_none_of_jaffes(tmp_path):
    trees.jaffe(tmp_path, FEW)
    trees.picture(tmp_path / "KA.XX1.50.tiff").rename(tmp_path / "KA.XX1.50.tiff")
    refuse(tmp_path, "an expression out of AN, DI", "'XX'", "KA.XX1.50.tiff")
    (tmp_path / "KA.XX1.50.tiff").rename(tmp_path / "ZZ.AN1.50.tiff")
    refuse(tmp_path, "a poser out of KA, KL", "'ZZ'")
    (tmp_path / "ZZ.AN1.50.tiff").rename(tmp_path / "me.tiff")
    refuse(tmp_path, "a name such as KA.AN1.39.tiff", "'me.tiff'")


def test_two_files_for_one_picture(tmp_path):
    trees.jaffe(tmp_path, FEW)
    trees.picture(tmp_path / "KA.AN1.1.png")
    refuse(tmp_path, "one file for each picture", "KA.AN1.1.png", "KA.AN1.1.tiff")


def test_a_damaged_picture(tmp_path):
    trees.jaffe(tmp_path, FEW)
    (tmp_path / "YM.HA1.3.tiff").write_bytes(b"II*\0")
    refuse(tmp_path, "a damaged", "YM.HA1.3.tiff")


def test_missing_data_say_where_to_get_them(tmp_path, monkeypatch):
    monkeypatch.delenv("JAFFE_ROOT", raising=False)
    facts = ("zenodo.org/record/3451524", "non-commercial scientific research", "not downloaded", "KA.AN1.39.tiff")
    refuse(None, "JAFFE_ROOT", *facts)
    refuse(tmp_path / "nowhere", "nothing there", *facts)
    refuse(trees.folder(tmp_path / "mine"), "none of its layouts", *facts)
    monkeypatch.setenv("JAFFE_ROOT", str(trees.jaffe(tmp_path / "jaffe", FEW)))
    assert len(jaffe.read()) == 4
