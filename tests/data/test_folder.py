"""A user's own pictures, in folders named after emotions."""

import functools

import pytest

from fer_edu.data import folder, load
from fer_edu.emotions import CLASSES, CLASSES_8
from fer_edu.errors import DataError, DataWarning

from . import sentences, trees

refuse = functools.partial(sentences.refuse, folder.read)


def named(faces):
    return [faces.classes[label] for label in faces.labels]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG", ".webp"])
def test_pictures_are_labelled_by_their_folder(tmp_path, suffix):
    faces = folder.read(trees.folder(tmp_path, ("Anger", "joy", "SADNESS"), suffix=suffix))
    assert named(faces) == ["angry", "angry", "sad", "sad", "happy", "happy"]
    assert faces.classes == CLASSES and faces.groups is None and faces.name == "folder"
    assert faces.files[0] == f"Anger/0{suffix}"


def test_contempt_is_an_eighth_class_only_where_it_is_there(tmp_path):
    assert folder.read(trees.folder(tmp_path, ("happy", "contempt"))).classes == CLASSES_8


def test_split_folders(tmp_path):
    for split, each in (("train", 3), ("Validation", 2), ("test", 1)):
        trees.folder(tmp_path / split, each=each)
    assert [len(folder.read(tmp_path, split=split)) for split in ("train", "val", "test", None)] == [9, 6, 3, 18]
    assert folder.read(tmp_path, split="val").files[0] == "Validation/angry/0.png"


def test_a_split_that_is_not_there(tmp_path):
    trees.folder(tmp_path / "train")
    trees.folder(tmp_path / "val")
    refuse(tmp_path, "split 'test'", "found train, val", split="test")
    refuse(trees.folder(tmp_path / "whole"), "no split folders", "fe.data.split", split="train")


def test_folders_around_and_inside_the_classes(tmp_path):
    trees.folder(tmp_path / "archive" / "my faces")
    trees.picture(tmp_path / "archive" / "my faces" / "happy" / "Ada" / "1.png")
    assert len(folder.read(tmp_path)) == 7


def test_a_single_class(tmp_path):
    assert named(folder.read(trees.folder(tmp_path, ("happy",)))) == ["happy", "happy"]


def test_an_unknown_class_folder_is_refused_with_the_known(tmp_path):
    trees.folder(tmp_path, ("happy", "holiday"))
    refuse(tmp_path, "angry, disgust, fear, happy, sad, surprise, neutral, contempt", "'holiday'", "rename")
    refuse(trees.folder(tmp_path / "lone", ("holiday",)), "'holiday'")


def test_pictures_outside_the_classes_are_left_out_and_said_to_be(tmp_path):
    trees.folder(tmp_path)
    trees.picture(tmp_path / "title.png")
    with pytest.warns(DataWarning, match="1 picture lies outside the class folders"):
        assert len(folder.read(tmp_path)) == 6


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "happy").mkdir()
    refuse(tmp_path, "found none", "<class>")
    refuse(tmp_path / "nowhere", "nothing there")


def test_a_link_to_the_parent_is_noted(tmp_path):
    trees.folder(tmp_path)
    (tmp_path / "happy" / "up").symlink_to(tmp_path)
    with pytest.warns(DataWarning, match="happy/up"):
        assert len(folder.read(tmp_path)) == 6


@pytest.mark.parametrize("read", [folder.read, lambda root: load("folder", "all", root)])
def test_a_warning_names_the_line_that_asked_for_the_set(tmp_path, read):
    trees.folder(tmp_path, size=(8, 8))
    with pytest.warns(DataWarning) as caught:
        read(tmp_path)
    # Others may be caught too: an unclosed socket of an earlier test is reported whenever it is collected.
    assert [warning.filename for warning in caught if warning.category is DataWarning] == [__file__]


def test_load_takes_the_folders_own_splits_and_divides_only_where_there_are_none(tmp_path):
    for split, each in (("train", 3), ("val", 2), ("test", 1)):
        trees.folder(tmp_path / "divided" / split, each=each)
    assert [len(load("folder", split, tmp_path / "divided")) for split in ("train", "val", "test", "all")] == [
        9,
        6,
        3,
        18,
    ]
    assert load("folder", "val", tmp_path / "divided").split == "val"
    trees.folder(tmp_path / "whole", each=10)
    assert [len(load("folder", split, tmp_path / "whole")) for split in ("train", "val", "test")] == [24, 3, 3]
    again = [len(load("folder", split, tmp_path / "divided", protocol="random", seed=1)) for split in ("train", "val")]
    assert sum(again) < 18 and again[0] > 9


def test_load_needs_to_be_told_where_the_folder_is():
    with pytest.raises(DataError, match="expected the folder that holds your pictures as root, found none"):
        load("folder")
