"""Many pictures are read once, in order, and a bad one neither ends the reading nor hides the others."""

import os
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from fer_edu.data import folder, load, reading
from fer_edu.data.reading import read_pictures
from fer_edu.errors import DataError, DataWarning

from . import trees


@pytest.fixture
def decoded(monkeypatch):
    """The names of the files that are decoded, as they come."""
    names, lock, read_picture = [], threading.Lock(), reading.read_picture

    def spy(path, *options):
        with lock:
            names.append(os.path.basename(path))
        return read_picture(path, *options)

    monkeypatch.setattr(reading, "read_picture", spy)
    return names


@pytest.fixture
def many(tmp_path):
    """A folder of 60 pictures, the n-th of grey level n, and their names."""
    files = [f"{n:02d}.png" for n in range(60)]
    for n, file in enumerate(files):
        trees.picture(tmp_path / "set" / file, n, (64, 50 + n))
    return tmp_path / "set", files


def levels(result):
    return result.images[:, 0, 0].tolist()


def test_pictures_come_in_the_order_of_the_files_with_their_sizes(many):
    result = read_pictures(*many, "test")
    assert levels(result) == list(range(60)) and result.images.dtype == np.uint8
    assert result.sizes.tolist() == [[64, 50 + n] for n in range(60)] and result.sizes.dtype == np.int32
    assert result.kept.tolist() == list(range(60)) and result.failures == ()


def test_a_second_reading_decodes_nothing(many, decoded):
    first = read_pictures(*many, "test")
    assert sorted(decoded) == many[1]
    decoded.clear()
    second = read_pictures(*many, "test")
    assert decoded == [] and (second.images == first.images).all() and (second.sizes == first.sizes).all()


def test_only_new_and_changed_pictures_are_decoded_again(many, decoded):
    root, files = many
    read_pictures(root, files, "test")
    decoded.clear()
    trees.tick(root / "07.png")
    times = os.stat(root / "07.png")
    trees.picture(root / "07.png", 200, (64, 57))
    os.utime(root / "07.png", ns=(times.st_atime_ns, times.st_mtime_ns))  # the change time still tells
    trees.picture(root / "99.png", 99)
    (root / "03.png").unlink()
    kept = [file for file in files if file != "03.png"] + ["99.png"]
    result = read_pictures(root, kept, "test")
    assert sorted(decoded) == ["07.png", "99.png"]
    assert levels(result) == [200 if n == 7 else n for n in range(60) if n != 3] + [99]


def test_reading_some_of_the_files_keeps_the_others_in_the_cache(many, decoded):
    root, files = many
    read_pictures(root, files, "test")
    trees.tick(root / "05.png")
    trees.picture(root / "05.png", 205)
    read_pictures(root, files[:10], "test")
    decoded.clear()
    assert levels(read_pictures(root, files, "test"))[:12] == [0, 1, 2, 3, 4, 205, 6, 7, 8, 9, 10, 11]
    assert decoded == []


def test_other_options_and_other_folders_have_other_pixels(tmp_path):
    pixels = np.zeros((48, 96), np.uint8)
    pixels[:, 24:72] = 255
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Image.fromarray(pixels if name == "one" else 255 - pixels).save(tmp_path / name / "a.png")
    assert read_pictures(tmp_path / "one", ["a.png"], "test").images.min() == 255
    assert read_pictures(tmp_path / "one", ["a.png"], "test", crop="stretch").images.min() == 0
    assert read_pictures(tmp_path / "two", ["a.png"], "test").images.max() == 0


def test_bad_pictures_are_listed_after_all_were_read(many, decoded):
    root, files = many
    for name in ("10.png", "20.png", "30.png"):
        (root / name).write_bytes(b"")
    (root / "40.png").unlink()
    result = read_pictures(root, files, "test")
    assert len(decoded) == 60 and result.kept.tolist() == [n for n in range(60) if n not in (10, 20, 30, 40)]
    assert levels(result) == result.kept.tolist()
    assert [failure.file for failure in result.failures] == ["10.png", "20.png", "30.png", "40.png"]
    for failure in result.failures:
        assert failure.sentence.startswith("expected a picture, found a ") and failure.file in failure.sentence
    decoded.clear()
    trees.picture(root / "20.png", 20, (64, 70))
    assert len(read_pictures(root, files, "test").failures) == 3
    assert sorted(decoded) == ["10.png", "20.png", "30.png", "40.png"]  # nothing that could be read is read again


def test_an_interrupted_reading_goes_on_where_it_stopped(many, monkeypatch):
    root, files = many
    read_picture = reading.read_picture

    def stop(path, *options):
        if path.endswith("50.png"):
            raise KeyboardInterrupt
        return read_picture(path, *options)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_picture", stop)
        with pytest.raises(KeyboardInterrupt):
            read_pictures(root, files, "test")
    again = []
    monkeypatch.setattr(reading, "read_picture", lambda path, *o: (again.append(path), read_picture(path, *o))[1])
    assert levels(read_pictures(root, files, "test")) == list(range(60))
    assert 1 <= len(again) <= 10  # the 50 before it were read, and as many more as the threads ran ahead


def test_a_damaged_or_unwritable_cache_only_costs_time(many, cache_folder, monkeypatch, tmp_path):
    read_pictures(*many, "test")
    (stored,) = cache_folder.iterdir()
    stored.write_bytes(stored.read_bytes()[:1000])
    assert levels(read_pictures(*many, "test")) == list(range(60))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path / "file"))
    assert levels(read_pictures(*many, "test")) == list(range(60))


def test_nothing_is_written_into_the_set(many, tmp_path):
    root, files = many
    before = sorted(tmp_path.rglob("*"))
    root.chmod(0o500)
    try:
        assert len(read_pictures(root, files, "test").images) == 60
    finally:
        root.chmod(0o700)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bar_is_shown_where_it_is_asked_for_and_for_many_pictures(many, capsys, monkeypatch):
    read_pictures(*many, "few")
    assert capsys.readouterr().err == ""
    read_pictures(*many, "asked for", progress=True)
    assert "reading asked for" in capsys.readouterr().err
    monkeypatch.setattr(reading, "MANY", 50)
    read_pictures(*many, "many")
    assert "60/60" in capsys.readouterr().err


@pytest.fixture
def mine(tmp_path):
    return trees.folder(tmp_path / "my pictures, größer", each=4)


def test_one_error_names_all_bad_files(mine):
    for name in ("angry/0.png", "happy/1.png", "happy/3.png", "sad/2.png"):
        (mine / name).write_bytes(b"x")
    with pytest.raises(DataError) as caught:
        folder.read(mine)
    sentence = str(caught.value)
    assert "found 4 that are not (angry/0.png: a damaged" in sentence and "and 1 more" in sentence
    assert "damaged='skip'" in sentence and "\n" not in sentence and "größer" in sentence
    assert [file for file, _ in caught.value.failures] == ["angry/0.png", "happy/1.png", "happy/3.png", "sad/2.png"]
    assert all(text.startswith("expected a picture, found") for _, text in caught.value.failures)


def test_a_single_bad_file_is_one_sentence(mine):
    (mine / "sad" / "2.png").write_bytes(b"x")
    with pytest.raises(DataError, match="^expected a picture, found a damaged .* in sad/2.png: replace or remove it"):
        folder.read(mine)


def test_damaged_files_can_be_left_out_and_the_rest_keeps_its_labels(mine):
    (mine / "angry" / "1.png").write_bytes(b"x")
    with pytest.warns(DataWarning, match="1 file is left out: angry/1.png"):
        faces = folder.read(mine, damaged="skip")
    assert faces.counts()["angry"] == 3 and faces.counts()["sad"] == 4
    assert faces.images[:, 0, 0, 0].tolist() == [5, 15, 20, *range(25, 61, 5)]
    assert faces.files[:3].tolist() == ["angry/0.png", "angry/2.png", "angry/3.png"]
    assert "left out" in faces.notes[0]


def test_nothing_but_damaged_files_is_an_error_even_when_they_are_skipped(tmp_path):
    trees.picture(tmp_path / "sad" / "1.png").write_bytes(b"")
    with pytest.raises(DataError, match="none that can be read"):
        folder.read(tmp_path, damaged="skip")


def test_an_unknown_treatment_of_damaged_files_lists_the_known(mine):
    with pytest.raises(DataError, match="refuse, skip"):
        folder.read(mine, damaged="ignore")


def test_small_pictures_are_enlarged_and_said_to_be(tmp_path):
    trees.folder(tmp_path, size=(20, 30))
    with pytest.warns(DataWarning, match="6 pictures are smaller than 48 px and enlarged"):
        assert folder.read(tmp_path).sizes[0].tolist() == [20, 30]


def test_a_folder_copy_of_fer2013_lists_all_its_bad_pictures_too(copy, tmp_path):
    copy.folder(tmp_path)
    for name in ("angry/Training_0.png", "happy/Training_3.png"):
        (tmp_path / "train" / name).write_bytes(b"x")
    with pytest.raises(DataError, match="found 2 that are not") as caught:
        load("fer2013", "train", tmp_path)
    assert [file for file, _ in caught.value.failures] == ["train/angry/Training_0.png", "train/happy/Training_3.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_names_that_are_no_utf_8_are_read_cached_and_complained_about(tmp_path):
    trees.folder(tmp_path, ("happy",))
    os.rename(tmp_path / "happy" / "0.png", os.path.join(os.fsencode(tmp_path), b"happy/gl\xfccklich.png"))
    assert [len(folder.read(tmp_path)) for _ in range(2)] == [2, 2]
    with open(os.path.join(os.fsencode(tmp_path), b"happy/gl\xfccklich.png"), "wb"):
        pass
    with pytest.raises(DataError) as caught:
        folder.read(tmp_path)
    assert "gl\ufffdcklich.png" in str(caught.value) and str(caught.value).encode()  # can be printed
