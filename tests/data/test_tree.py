"""Walking a folder: links are followed, loops end, and what the operating system left there is passed over."""

import os
import sys

import pytest

from fer_edu.data.tree import shown, walk
from fer_edu.errors import DataError

from . import trees


def refuse(root, *facts):
    with pytest.raises(DataError) as caught:
        walk(root)
    for fact in facts:
        assert fact in str(caught.value)


def test_pictures_are_found_at_every_depth_in_the_order_of_their_paths(tmp_path):
    for name in ("b/2.png", "a/c/1.JPG", "a/10.Tiff", "top.webp", "a/notes.txt"):
        trees.picture(tmp_path / "set" / name) if not name.endswith("txt") else (tmp_path / "set" / name).write_text("")
    tree = walk(tmp_path / "set")
    assert tree.files == ("a/10.Tiff", "a/c/1.JPG", "b/2.png", "top.webp") and tree.notes == ()
    assert tree.root == (tmp_path / "set").resolve()


def test_by_products_of_the_system_are_no_pictures(tmp_path):
    for name in ("a/1.png", "a/._1.png", ".hidden/1.png", "__MACOSX/a/1.png", ".ipynb_checkpoints/1.png"):
        trees.picture(tmp_path / name)
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    assert walk(tmp_path).files == ("a/1.png",)


def test_loops_of_links_end_and_are_noted(tmp_path):
    trees.picture(tmp_path / "set" / "a" / "1.png")
    (tmp_path / "set" / "a" / "loop").symlink_to(tmp_path / "set")
    (tmp_path / "set" / "self").symlink_to(tmp_path / "set" / "self")
    tree = walk(tmp_path / "set")
    assert tree.files == ("a/1.png",)
    assert tree.notes == ("1 link leads to a folder that is read already: a/loop.",)


def test_a_link_is_followed_and_the_real_way_wins(tmp_path):
    trees.picture(tmp_path / "disk" / "happy" / "1.png")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "happy").symlink_to(tmp_path / "disk" / "happy")
    assert walk(tmp_path / "set").files == ("happy/1.png",)
    trees.picture(tmp_path / "set" / "sad" / "1.png")
    (tmp_path / "set" / "another").symlink_to(tmp_path / "set" / "sad")
    tree = walk(tmp_path / "set")
    assert tree.files == ("happy/1.png", "sad/1.png") and "another" in tree.notes[0]


def test_a_chain_of_folders_is_followed_to_a_depth(tmp_path):
    trees.picture(tmp_path / "1" / "2" / "3" / "a.png")
    assert walk(tmp_path, depth=3).files and not walk(tmp_path, depth=2).files


def test_spaces_and_letters_beyond_ascii(tmp_path):
    trees.picture(tmp_path / "Größe 1" / "笑顔 é.png")
    assert walk(tmp_path / "Größe 1").files == ("笑顔 é.png",)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_names_that_are_no_utf_8_can_be_listed_and_shown(tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"gl\xfccklich.png")
    with open(name, "wb") as handle:
        handle.write(b"x")
    (file,) = walk(tmp_path).files
    assert os.path.exists(tmp_path / file) and shown(file) == "gl\ufffdcklich.png"


def test_a_root_that_is_no_folder(tmp_path):
    refuse(tmp_path / "nowhere", "nowhere", "nothing there")
    refuse(trees.picture(tmp_path / "1.png"), "1.png", "a file there")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    trees.picture(tmp_path / "a" / "1.png")
    (tmp_path / "a").chmod(0)
    refuse(tmp_path, "cannot", "check its rights")
    (tmp_path / "a").chmod(0o700)


def test_a_folder_that_the_system_refuses_is_named(tmp_path, monkeypatch):
    def scandir(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("fer_edu.data.tree.os.scandir", scandir)
    refuse(tmp_path, str(tmp_path), "Permission denied", "check its rights")
