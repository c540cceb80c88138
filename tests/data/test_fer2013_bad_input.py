"""Bad input ends in one sentence that says what was expected, what was found and what to do."""

import numpy as np
import pytest
from PIL import Image

from fer_edu.data import cache, load
from fer_edu.data.fer2013 import csv_form
from fer_edu.errors import DataError


def refuse(root, *facts, split="train"):
    """Load, expect a DataError in one line, and look for every fact in it."""
    with pytest.raises(DataError) as caught:
        load("fer2013", split, root)
    sentence = str(caught.value)
    assert sentence.startswith("expected ") and sentence.endswith(".") and "\n" not in sentence
    for fact in facts:
        assert fact in sentence, sentence


def edit(path, line, change):
    """Change one line of a text file, counted from 1."""
    lines = path.read_text().splitlines(keepends=True)
    lines[line - 1] = change(lines[line - 1])
    path.write_text("".join(lines))


KAGGLE = "Challenges in Representation Learning: Facial Expression Recognition"


def test_missing_data_say_where_to_get_them(tmp_path):
    layouts = ("icml_face_data.csv", "fer2013.npz", "train.csv", "train|val|test/<class>")
    refuse(None, "FER2013_ROOT", KAGGLE, "not downloaded", *layouts)
    refuse(tmp_path / "nowhere", "nowhere", "nothing there", KAGGLE, *layouts)
    (tmp_path / "holiday").mkdir()
    refuse(tmp_path, "none of its forms", "holiday", KAGGLE, *layouts)


def test_an_unknown_split_lists_the_known(copy, tmp_path):
    copy.csv(tmp_path / "fer2013.csv")
    refuse(tmp_path, "train, val, test", "publictest+privatetest", "PrivateTest", "'dev'", split="dev")


def test_other_files(copy, tmp_path):
    archive = tmp_path / "fer2013.tar.gz"
    archive.write_bytes(b"\x1f\x8b")
    refuse(archive, "fer2013.tar.gz", "unpack")
    Image.fromarray(copy.images[0]).save(tmp_path / "face.png")
    (tmp_path / "face.png").rename(tmp_path / "fer2013.csv")
    refuse(tmp_path, "columns emotion, pixels, usage", "PNG", "fer2013.csv")


@pytest.mark.parametrize(
    "content, fact",
    [
        ("", "an empty file"),
        ("id,name,Usage\n1,Ada,Training\n", "'id,name,Usage'"),
        ("emotion;pixels;Usage\n", "'emotion;pixels;Usage'"),
        ("emotion,pixels,Usage\n", "nothing under the header"),
        ("emotion,pixels\n0,1 2 3\n", "which rows are for testing"),
    ],
)
def test_a_csv_of_something_else(tmp_path, content, fact):
    (tmp_path / "fer2013.csv").write_text(content)
    refuse(tmp_path, fact, "fer2013.csv")


@pytest.mark.parametrize(
    "change, facts",
    [
        (lambda line: line.replace(" ", ",", 1), ("3 fields (emotion, pixels, usage)", "found 4")),
        (lambda line: "7" + line[1:], ("emotion 0..6", "'7'")),
        (lambda line: "-1" + line[1:], ("emotion 0..6", "'-1'")),
        (lambda line: line.replace("Training", "Validation"), ("Training, PublicTest, PrivateTest", "'Validation'")),
        (lambda line: line[:2] + line.split(" ", 1)[1], ("2,304 pixels", "found 2,303")),
        (lambda line: line[:2] + "5 " + line[2:], ("2,304 pixels", "found 2,305")),
        (lambda line: line[:2] + "256 " + line.split(" ", 1)[1], ("0..255", "'256'")),
        (lambda line: line[:2] + "1000 " + line.split(" ", 1)[1], ("0..255", "'1000'")),
        (lambda line: line[:2] + "x " + line.split(" ", 1)[1], ("0..255", "'x'")),
        (lambda line: line[:2] + "-3 " + line.split(" ", 1)[1], ("0..255", "'-3'")),
        (lambda line: line[:2] + "1.5 " + line.split(" ", 1)[1], ("0..255", "'1.5'")),
        (lambda line: line[:2] + " " + line.split(" ", 1)[1], ("2,304 pixels", "found 2,303")),
    ],
)
@pytest.mark.parametrize("chunk", [10_000, 2**18])  # bytes: the row lies in a later chunk, or in the first
def test_a_bad_row_is_named_by_its_line(copy, tmp_path, monkeypatch, change, facts, chunk):
    monkeypatch.setattr(csv_form, "CHUNK", chunk)
    copy.csv(tmp_path / "fer2013.csv")
    edit(tmp_path / "fer2013.csv", 5, change)
    refuse(tmp_path, "line 5 of", "fer2013.csv", "mend the line", *facts)


@pytest.mark.parametrize("cut", [3, 9, 60, 4000])
@pytest.mark.parametrize("name, header", [("fer2013.csv", "emotion,pixels,Usage")])
def test_a_cut_off_csv_is_recognised(copy, tmp_path, name, header, cut):
    copy.csv(tmp_path / name, header)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-cut])
    refuse(tmp_path, "line 22 of", "the last line is cut short", "download")


def test_a_cut_off_icml_csv_is_recognised(copy, tmp_path):
    copy.csv(tmp_path / "icml_face_data.csv", "emotion, Usage, pixels")
    whole = (tmp_path / "icml_face_data.csv").read_bytes()
    (tmp_path / "icml_face_data.csv").write_bytes(whole[:-4000])
    refuse(tmp_path, "2,304 pixels", "line 22 of", "the last line is cut short")


def test_folders_with_other_content(copy, tmp_path):
    copy.folder(tmp_path)
    (tmp_path / "train" / "bored").mkdir()
    refuse(tmp_path, "'bored'", "angry, disgust, fear", "rename or remove")
    (tmp_path / "train" / "bored").rename(tmp_path / "train" / "contempt")
    refuse(tmp_path, "'contempt'")


def test_folders_without_pictures(tmp_path):
    (tmp_path / "train" / "happy").mkdir(parents=True)
    refuse(tmp_path, "found none", "train/<class>")


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("keep", [0, 20, 300])
def test_a_damaged_picture_is_named(copy, tmp_path, suffix, keep):
    copy.folder(tmp_path, suffix=suffix)
    path = tmp_path / "train" / "happy" / f"Training_3{suffix}"
    path.write_bytes(path.read_bytes()[:keep])
    refuse(tmp_path, "damaged", f"Training_3{suffix}")


@pytest.mark.parametrize("size", [(47, 48), (96, 96)])
def test_a_picture_of_another_size_is_not_resized(copy, tmp_path, size):
    copy.folder(tmp_path)
    Image.new("L", size).save(tmp_path / "test" / "sad" / "PublicTest_99.png")
    refuse(tmp_path, "48 x 48", f"{size[0]} x {size[1]}", "PublicTest_99.png", split="val")


@pytest.mark.parametrize(
    "changed, facts",
    [
        ({"labels": None}, ("images, labels and usage", "only images, usage")),
        ({"images": np.zeros((21, 47, 48), np.uint8)}, ("uint8 [N, 48, 48]", "[21, 47, 48]")),
        ({"images": np.zeros((21, 48, 48), np.float32)}, ("uint8 [N, 48, 48]", "float32")),
        ({"images": np.uint8(3)}, ("uint8 [N, 48, 48]", "[]")),
        ({"labels": np.zeros(20, int)}, ("labels", "[21]", "[20]")),
        ({"labels": np.zeros(21)}, ("labels as whole numbers", "float64")),
        ({"labels": np.full(21, 7)}, ("labels in 0..6", "7..7")),
        ({"usage": np.full(21, 3)}, ("usage in 0..2", "3..3")),
        ({"usage": np.full(21, "train")}, ("Training, PublicTest, PrivateTest", "'train'")),
        ({"usage": np.array([None] * 21)}, ("damaged or other file",)),
    ],
)
def test_an_npz_of_something_else(copy, tmp_path, changed, facts):
    copy.npz(tmp_path / "fer2013.npz", **changed)
    refuse(tmp_path, "fer2013.npz", *facts)


def test_a_damaged_npz(copy, tmp_path):
    copy.npz(tmp_path / "fer2013.npz")
    path = tmp_path / "fer2013.npz"
    whole = path.read_bytes()
    for content in (b"", b"hello", whole[: len(whole) // 2], whole[:5000] + b"\xff\x00\xff" + whole[5003:]):
        path.write_bytes(content)
        refuse(tmp_path, "damaged", "fer2013.npz")
    with open(path, "wb") as handle:
        np.save(handle, copy.images)
    refuse(tmp_path, "damaged or other file")


def test_a_file_that_may_not_be_read(copy, tmp_path, monkeypatch):
    def refuse_to_open(path):
        raise PermissionError(13, "Permission denied", str(path))

    copy.csv(tmp_path / "fer2013.csv")
    monkeypatch.setattr(cache, "file_identity", refuse_to_open)
    refuse(tmp_path, "cannot be", "Permission denied", "rights")
