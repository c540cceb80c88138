"""The second load does not read the copy again, and a cache never stands in for another or changed copy."""

import os
import shutil
import sys

import numpy as np
import pytest
import torch

from fer_edu.data import DataWarning, cache, load
from fer_edu.data.fer2013 import csv_form, folder_form, npz_form, source
from fer_edu.errors import DataError

from . import trees

FORMS = {
    "csv": lambda copy, root: copy.csv(root / "fer2013.csv"),
    "npz": lambda copy, root: copy.npz(root / "fer2013.npz"),
    "pair": lambda copy, root: copy.csv(root / "train.csv", "emotion,pixels", parts=(0,)),
    "folder": lambda copy, root: copy.folder(root),
}


def read(root, split="train"):
    with pytest.warns(DataWarning):
        return load("fer2013", split, root)


@pytest.fixture
def readings(monkeypatch):
    """A list that grows by one whenever a copy is read from its files."""
    count = []
    for form in (csv_form, npz_form, folder_form):

        def counted(*arguments, reader=form.read):
            count.append(arguments)
            return reader(*arguments)

        monkeypatch.setattr(form, "read", counted)
    return count


@pytest.mark.parametrize("form", FORMS)
def test_the_second_load_does_not_read_the_copy(copy, tmp_path, readings, form):
    FORMS[form](copy, tmp_path)
    first, second = read(tmp_path), read(tmp_path)
    assert len(readings) == 1
    assert torch.equal(first.images, second.images) and torch.equal(first.labels, second.labels)
    assert first.notes == second.notes
    second.images[0] = 0  # what is loaded may be written to
    assert read(tmp_path).fingerprint() == first.fingerprint()


def test_other_splits_come_from_the_same_cache(copy, tmp_path, readings):
    copy.csv(tmp_path / "fer2013.csv", parts=(0, 1))
    assert len(read(tmp_path, "train")) == 12
    assert len(read(tmp_path, "val")) == 5
    with pytest.raises(DataError, match="PublicTest 5"):
        load("fer2013", "test", tmp_path)
    assert len(readings) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_copy_is_read_again(copy, tmp_path, readings, form):
    FORMS[form](copy, tmp_path)
    read(tmp_path)
    trees.tick(next(tmp_path.rglob("*.*")))  # of a folder the times alone may tell
    copy.images[0, 0, 0] = 200
    FORMS[form](copy, tmp_path)
    assert read(tmp_path).images[0, 0, 0, 0] == 200
    assert len(readings) == 2


def test_one_byte_of_the_same_size_and_time_is_noticed(copy, tmp_path):
    path = copy.csv(tmp_path / "fer2013.csv") / "fer2013.csv"
    read(tmp_path)
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"0,0 9 ", b"0,1 9 ", 1))
    os.utime(path, ns=times)
    assert path.stat().st_mtime_ns == times[1] and path.stat().st_size == len(content)
    assert read(tmp_path).images[0, 0, 0, 0] == 1


def test_of_a_large_file_both_ends_are_digested(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "WHOLE", 1024)
    monkeypatch.setattr(cache, "SAMPLE", 128)
    path = tmp_path / "large"
    content = bytes(range(256)) * 20
    digests = set()
    for changed in (None, 0, 127, len(content) - 128, len(content) - 1):
        data = bytearray(content)
        if changed is not None:
            data[changed] ^= 1
        path.write_bytes(data)
        digests.add(cache.file_identity(path)[-1])
    assert len(digests) == 5


def test_a_renamed_dropped_or_added_picture_is_noticed(copy, tmp_path):
    copy.folder(tmp_path)
    seen = {source.find(tmp_path).identity()}
    picture = next((tmp_path / "train" / "happy").iterdir())
    picture.rename(tmp_path / "train" / "sad" / picture.name)
    seen.add(source.find(tmp_path).identity())
    (tmp_path / "train" / "sad" / picture.name).unlink()
    seen.add(source.find(tmp_path).identity())
    shutil.copy(next((tmp_path / "test" / "sad").iterdir()), tmp_path / "train" / "sad" / "Training_900.png")
    seen.add(source.find(tmp_path).identity())
    assert len(seen) == 4


def test_another_copy_of_the_same_name_has_its_own_cache(copy, tmp_path, readings):
    copy.csv(tmp_path / "a" / "fer2013.csv")
    copy.images[0, 0, 0] = 77
    copy.csv(tmp_path / "b" / "fer2013.csv")
    assert [int(read(tmp_path / name).images[0, 0, 0, 0]) for name in "abab"] == [0, 77, 0, 77]
    assert len(readings) == 2


def test_another_version_of_the_reader_reads_again(copy, tmp_path, readings, monkeypatch):
    copy.csv(tmp_path / "fer2013.csv")
    read(tmp_path)
    monkeypatch.setattr(source, "READER_VERSION", source.READER_VERSION + 1)
    read(tmp_path)
    assert len(readings) == 2


def flip_a_pixel(path):
    content = bytearray(path.read_bytes())
    content[20_000] ^= 1  # within the pixels of Training: an uncompressed archive still opens, and the CRC differs
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no archive"),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: np.save(path.open("wb"), np.arange(3)),
        lambda path: np.savez(path.open("wb"), other=np.arange(3)),
        flip_a_pixel,
    ],
)
def test_a_damaged_cache_is_written_anew(copy, tmp_path, cache_folder, readings, damage):
    copy.csv(tmp_path / "fer2013.csv")
    good = read(tmp_path).fingerprint()
    [path] = cache_folder.iterdir()
    damage(path)
    assert read(tmp_path).fingerprint() == good
    assert len(readings) == 2
    assert read(tmp_path).fingerprint() == good
    assert len(readings) == 2
    assert list(cache_folder.iterdir()) == [path]


def test_a_cache_that_cannot_be_written_is_no_error(copy, tmp_path, monkeypatch, readings):
    copy.csv(tmp_path / "fer2013.csv")
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path / "file"))
    assert len(read(tmp_path)) == len(read(tmp_path)) == 12
    assert len(readings) == 2


def test_a_full_disk_leaves_nothing_half_written(copy, tmp_path, cache_folder, monkeypatch):
    def full(handle, **arrays):
        handle.write(b"begun")
        raise OSError(28, "No space left on device")

    copy.csv(tmp_path / "fer2013.csv")
    monkeypatch.setattr(np, "savez", full)
    assert len(read(tmp_path)) == 12
    assert list(cache_folder.iterdir()) == []


def test_bad_input_leaves_no_cache(copy, tmp_path, cache_folder):
    path = copy.csv(tmp_path / "fer2013.csv") / "fer2013.csv"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError):
        load("fer2013", "train", tmp_path)
    assert list(cache_folder.iterdir()) == []


@pytest.mark.parametrize(
    "platform, variables, expected",
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/fer-edu"),
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.cache/fer-edu"),
        ("darwin", {"HOME": "/Users/ada", "XDG_CACHE_HOME": "/x"}, "/Users/ada/Library/Caches/fer-edu"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/fer-edu"),
        ("linux", {"FER_EDU_CACHE": "/own", "XDG_CACHE_HOME": "/x"}, "/own"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the expected paths are written in the POSIX way")
def test_the_cache_lies_where_the_system_keeps_caches(monkeypatch, platform, variables, expected):
    for name in ("FER_EDU_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache.folder().as_posix() == expected
