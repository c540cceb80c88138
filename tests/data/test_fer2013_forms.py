"""Every form in which FER-2013 goes round gives the same pictures, and no test half is passed for the other."""

import csv

import numpy as np
import pytest
from PIL import Image

from fer_edu.data import DataWarning, load
from fer_edu.errors import DataError

SPLITS = ("train", "val", "test")


def read(root, split="train"):
    """Load from a tiny copy, which always differs from the published counts."""
    with pytest.warns(DataWarning):
        return load("fer2013", split, root)


def assert_same(faces, copy, part):
    images, labels = copy.of(part)
    np.testing.assert_array_equal(faces.images.numpy(), images)
    np.testing.assert_array_equal(faces.labels.numpy(), labels)


FORMS = {
    "fer2013.csv": lambda copy, root: copy.csv(root / "fer2013.csv"),
    "fer2013.csv, quoted, CRLF": lambda copy, root: copy.csv(root / "fer2013.csv", quote=csv.QUOTE_ALL, end="\r\n"),
    "icml_face_data.csv": lambda copy, root: copy.csv(root / "icml_face_data.csv", "emotion, Usage, pixels"),
    "fer2013.npz": lambda copy, root: copy.npz(root / "fer2013.npz"),
    "fer2013.npz, usage in words": lambda copy, root: copy.npz(
        root / "fer2013.npz", usage=np.array(["Training", "PublicTest", "PrivateTest"])[copy.parts]
    ),
    "fer2013.npz, with a channel": lambda copy, root: copy.npz(root / "fer2013.npz", images=copy.images[:, None]),
    "train|test, part in the file name": lambda copy, root: copy.folder(root),
    "train|validation|test, plain names": lambda copy, root: copy.folder(root, ("train", "validation", "test"), False),
    "Train|val|Test, part in the file name": lambda copy, root: copy.folder(root, ("Train", "val", "Test")),
    "official folder names": lambda copy, root: copy.folder(root, ("Training", "PublicTest", "PrivateTest"), False),
    "other spellings": lambda copy, root: copy.folder(
        root, classes=("anger", "Disgusted", "FEAR", "happiness", "sadness", "surprised", "Neutral")
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("split", SPLITS)
def test_every_form_gives_the_same_pictures(copy, tmp_path, form, split):
    FORMS[form](copy, tmp_path)
    faces = read(tmp_path, split)
    assert_same(faces, copy, SPLITS.index(split))
    assert (faces.name, faces.split) == ("fer2013", split)
    assert faces.classes == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.mark.parametrize("alias, part", [("Training", 0), ("PublicTest", 1), ("privatetest", 2)])
def test_official_names_are_splits(copy, tmp_path, alias, part):
    faces = read(copy.csv(tmp_path / "fer2013.csv"), alias)
    assert_same(faces, copy, part)
    assert faces.split == SPLITS[part]


def test_spaces_between_pixels_may_vary(copy, tmp_path):
    copy.csv(tmp_path / "fer2013.csv")
    path = tmp_path / "fer2013.csv"
    path.write_text(path.read_text().replace("0 9 10 99", " 0  9 10 99 ", 1) + "\n\n")
    assert_same(read(tmp_path), copy, 0)


def test_rows_that_straddle_the_chunks_are_read_once(copy, tmp_path, monkeypatch):
    monkeypatch.setattr("fer_edu.data.fer2013.csv_form.CHUNK", 10_000)
    copy.csv(tmp_path / "fer2013.csv")
    for part, split in enumerate(SPLITS):
        assert_same(read(tmp_path, split), copy, part)


def test_root_may_be_the_file_the_folder_or_one_above(copy, tmp_path, monkeypatch):
    copy.csv(tmp_path / "data" / "fer2013.csv")
    for root in (tmp_path, tmp_path / "data", str(tmp_path / "data" / "fer2013.csv")):
        assert_same(read(root), copy, 0)
    monkeypatch.setenv("FER2013_ROOT", str(tmp_path))
    assert_same(read(None), copy, 0)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert_same(read("~/data"), copy, 0)


def test_the_first_form_of_the_documented_order_is_read(copy, tmp_path):
    copy.folder(tmp_path)
    writers = (
        lambda: copy.csv(tmp_path / "train.csv", "emotion,pixels", parts=(0,)),
        lambda: copy.npz(tmp_path / "fer2013.npz"),
        lambda: copy.csv(tmp_path / "icml_face_data.csv", "emotion, Usage, pixels"),
        lambda: copy.csv(tmp_path / "fer2013.csv"),
    )
    for shade, write in enumerate(writers):  # each form gets another first pixel, so that it shows which was read
        copy.images[0, 0, 0] = shade
        write()
        assert read(tmp_path).images[0, 0, 0, 0] == shade


def test_jpegs_are_decoded_as_pillow_does(copy, tmp_path):
    copy.folder(tmp_path, suffix=".jpeg")
    faces = read(tmp_path, "test")
    for row, image in zip(np.flatnonzero(copy.parts == 2), faces.images, strict=True):
        [path] = tmp_path.glob(f"test/*/PrivateTest_{row}.jpeg")
        np.testing.assert_array_equal(image[0].numpy(), np.asarray(Image.open(path)))


def test_files_that_are_no_pictures_are_passed_over(copy, tmp_path):
    copy.folder(tmp_path)
    (tmp_path / "train" / "happy" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "train" / "happy" / "._Training_3.png").write_bytes(b"x")
    (tmp_path / "train" / ".ipynb_checkpoints").mkdir()
    assert_same(read(tmp_path), copy, 0)


@pytest.mark.parametrize("split", ["val", "test"])
def test_plain_file_names_do_not_tell_the_test_halves_apart(copy, tmp_path, split):
    copy.folder(tmp_path, marked=False)
    assert_same(read(tmp_path, "train"), copy, 0)
    with pytest.raises(DataError, match=r"9 test pictures .* do not say whether .* 'publictest\+privatetest'"):
        load("fer2013", split, tmp_path)


def test_a_validation_folder_too_large_for_one_half_is_undivided(copy, tmp_path, monkeypatch):
    monkeypatch.setattr("fer_edu.data.fer2013.folder_form.COUNTS", {"PublicTest": (4,), "PrivateTest": (4,)})
    copy.folder(tmp_path, ("train", "validation", "validation"), marked=False)
    with pytest.raises(DataError, match="9 test pictures"):
        load("fer2013", "val", tmp_path)


@pytest.mark.parametrize("form", ["csv", "folder", "pair"])
def test_both_halves_by_name(copy, tmp_path, form):
    if form == "csv":
        copy.csv(tmp_path / "fer2013.csv")
    elif form == "folder":
        copy.folder(tmp_path, marked=False)
    else:
        copy.csv(tmp_path / "test.csv", "emotion,pixels", parts=(1, 2))
    faces = read(tmp_path, "publictest+privatetest")
    np.testing.assert_array_equal(faces.images[:, 0].numpy(), copy.images[copy.parts > 0])
    np.testing.assert_array_equal(faces.labels.numpy(), copy.labels[copy.parts > 0])


def test_the_challenges_pair_without_labels_trains_and_no_more(copy, tmp_path):
    copy.csv(tmp_path / "train.csv", "emotion,pixels", parts=(0,))
    copy.csv(tmp_path / "test.csv", "pixels", parts=(1, 2))
    assert_same(read(tmp_path, "train"), copy, 0)
    assert_same(read(tmp_path / "test.csv", "train"), copy, 0)
    for split in ("val", "test", "publictest+privatetest"):
        with pytest.raises(DataError, match="9 test rows without emotions"):
            load("fer2013", split, tmp_path)


def test_the_pair_with_labels_still_does_not_tell_the_halves_apart(copy, tmp_path):
    copy.csv(tmp_path / "train.csv", "emotion,pixels", parts=(0,))
    copy.csv(tmp_path / "test.csv", "emotion,pixels", parts=(1, 2))
    for split in ("val", "test"):
        with pytest.raises(DataError, match=r"9 test pictures .* do not say"):
            load("fer2013", split, tmp_path)


def test_a_copy_without_private_test_gives_train_and_val_and_refuses_test(copy, tmp_path):
    copy.csv(tmp_path / "fer2013.csv", parts=(0, 1))
    assert_same(read(tmp_path, "train"), copy, 0)
    assert_same(read(tmp_path, "val"), copy, 1)
    for split in ("test", "publictest+privatetest"):
        with pytest.raises(DataError, match=r"PrivateTest for split .* found Training 12, PublicTest 5"):
            load("fer2013", split, tmp_path)


def test_a_file_name_counts_more_than_its_folder_and_is_noted(copy, tmp_path):
    copy.folder(tmp_path, ("train", "train", "test"))
    faces = read(tmp_path, "val")
    assert_same(faces, copy, 1)
    assert any(note.startswith("5 pictures lie in the folder of another part") for note in faces.notes)


def test_undivided_pictures_beside_marked_ones_are_left_out_and_noted(copy, tmp_path):
    copy.folder(tmp_path)
    Image.fromarray(copy.images[0]).save(tmp_path / "test" / "sad" / "extra.png")
    faces = read(tmp_path, "test")
    assert_same(faces, copy, 2)
    assert any(note.startswith("1 test pictures are left out") for note in faces.notes)
