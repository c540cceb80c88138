"""CK+ from the official tree and from CK+48: labels, frames, subjects, and what does not fit together."""

import functools
import warnings

import pytest

from fer_edu.data import ckplus
from fer_edu.errors import DataWarning

from . import sentences, trees

refuse = functools.partial(sentences.refuse, ckplus.read)

SEQUENCES = {
    ("S005", "001"): "disgust",
    ("S010", "001"): None,
    ("S010", "004"): "angry",
    ("S010", "005"): "surprise",
    ("S502", "001"): "contempt",
    ("S999", "003"): "fear",
}
LABELLED = {key: emotion for key, emotion in SEQUENCES.items() if emotion}
COUNTS = {"angry": 45, "disgust": 59, "fear": 25, "happy": 69, "sad": 28, "surprise": 83, "contempt": 18}


# Every miniature is less than the published set.
pytestmark = pytest.mark.filterwarnings("ignore::fer_edu.errors.DataWarning")


@pytest.fixture
def official(tmp_path):
    return trees.ckplus(tmp_path / "CK+", SEQUENCES)


def named(faces):
    return [faces.classes[label] for label in faces.labels]


def levels(faces):
    return faces.images[:, 0, 0, 0].tolist()


def test_the_last_frame_of_each_labelled_sequence(official):
    faces = ckplus.read(official)
    assert faces.classes == ("angry", "disgust", "fear", "happy", "sad", "surprise", "contempt")
    assert named(faces) == list(LABELLED.values())
    assert levels(faces) == [5, 45, 65, 85, 105]  # 20 i + 5; sequence 1 has no label
    assert faces.group_names == ("S005", "S010", "S502", "S999") and faces.groups.tolist() == [0, 1, 1, 2, 3]
    assert faces.files[0] == "cohn-kanade-images/S005/001/S005_001_00000005.png"
    assert faces.sizes.tolist() == [[49, 64]] * 5 and faces.name == "ckplus" and faces.split == ""


def test_the_last_three_frames(official):
    faces = ckplus.read(official, frames="last three")
    assert levels(faces) == [3, 4, 5, 43, 44, 45, 63, 64, 65, 83, 84, 85, 103, 104, 105]
    assert named(faces)[:4] == ["disgust"] * 3 + ["angry"]


def test_first_frames_as_neutral(official):
    faces = ckplus.read(official, neutral=True)
    assert faces.classes[6:] == ("neutral", "contempt")
    assert named(faces)[:4] == ["neutral", "disgust", "neutral", "angry"] and levels(faces)[:4] == [1, 5, 41, 45]


def test_a_short_sequence_gives_no_picture_two_labels(tmp_path):
    trees.ckplus(tmp_path, {("S005", "001"): "sad"}, frames=3)
    assert named(ckplus.read(tmp_path, frames="last three", neutral=True)) == ["sad"] * 3


@pytest.mark.parametrize(
    "images, emotions",
    [
        ("extended-cohn-kanade-images/cohn-kanade-images", "Emotion_labels/Emotion"),
        (".", "."),
        ("pictures of 2010/ausgepackt é", "Labels"),
    ],
)
def test_the_parts_may_lie_deeper(tmp_path, images, emotions):
    trees.ckplus(tmp_path, SEQUENCES, images, emotions)
    assert levels(ckplus.read(tmp_path)) == [5, 45, 65, 85, 105]


def test_the_root_may_come_from_the_environment(official, monkeypatch):
    monkeypatch.setenv("CKPLUS_ROOT", str(official))
    assert len(ckplus.read()) == 5


def test_a_frame_is_cropped_to_its_centred_square_or_stretched(tmp_path):
    trees.ckplus(tmp_path, {("S005", "001"): "sad"}, size=(49, 64))
    assert ckplus.read(tmp_path, crop="stretch").sizes.tolist() == [[49, 64]]
    refuse(tmp_path, "square, stretch", crop="mouth")


def test_ck48_is_read_with_its_subjects(tmp_path):
    trees.ck48(tmp_path, LABELLED)
    faces = ckplus.read(tmp_path)
    assert named(faces) == list(LABELLED.values()) and levels(faces) == [17, 37, 57, 77, 97]
    assert faces.group_names == ("S005", "S010", "S502", "S999") and faces.groups.tolist() == [0, 1, 1, 2, 3]
    assert faces.files[1] == "CK+48/anger/S010_004_00000017.png"
    assert levels(ckplus.read(tmp_path / "CK+48", frames="last three"))[:4] == [15, 16, 17, 35]


def test_ck48_has_no_neutral_frames(tmp_path):
    refuse(trees.ck48(tmp_path, LABELLED), "CK+48, which has none", "official tree", neutral=True)


def complete():
    emotions = [emotion for emotion, n in COUNTS.items() for _ in range(n)]
    return {(f"S{100 + row // 3}", f"{row % 3 + 1:03d}"): emotion for row, emotion in enumerate(emotions)}


def test_complete_copies_have_the_counts_of_table_4_and_no_notes(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataWarning)
        trees.ckplus(tmp_path / "a", complete(), size=(48, 48), frames=4)
        faces = ckplus.read(tmp_path / "a")
        assert faces.counts() == COUNTS and len(faces) == 327 and faces.notes == ()
        assert len(ckplus.read(tmp_path / "a", frames="last three", neutral=True)) == 981 + 327
        trees.ck48(tmp_path / "b", complete())
        assert len(ckplus.read(tmp_path / "b", frames="last three")) == 981


def test_half_a_copy_loads_and_says_what_is_missing(tmp_path):
    half = dict(list(complete().items())[::2])
    trees.ckplus(tmp_path, half, size=(48, 48), frames=1)
    with pytest.warns(DataWarning, match="CK\\+ has 164 pictures instead of 327: angry 23 instead of 45"):
        assert "164 pictures" in ckplus.read(tmp_path).notes[0]


def test_missing_data_say_where_to_get_them(tmp_path, monkeypatch):
    monkeypatch.delenv("CKPLUS_ROOT", raising=False)
    facts = ("jeffcohn.net", "agreement", "not downloaded", "_emotion.txt", "CK+48/<class>")
    refuse(None, "CKPLUS_ROOT", *facts)
    refuse(tmp_path / "nowhere", "nothing there", *facts)
    refuse(trees.folder(tmp_path / "mine"), "none of its layouts", *facts)


def test_pictures_without_any_label_files(official):
    for file in official.rglob("*_emotion.txt"):
        file.unlink()
    refuse(official, "30 pictures without any", "Emotion_labels.zip")


def test_a_label_without_its_picture(official):
    (official / "cohn-kanade-images/S010/004/S010_004_00000005.png").unlink()
    error = refuse(official, "the picture that this label is for", "S010_004_00000005_emotion.txt")
    assert len(error.failures) == 1
    assert len(ckplus.read(official, damaged="skip")) == 4


def test_two_pictures_for_one_label(official):
    trees.picture(official / "cohn-kanade-images/S010/004/S010_004_00000005.jpg")
    refuse(official, "one picture a frame", "S010_004_00000005.jpg", "S010_004_00000005.png", "keep one")


def test_two_labels_for_one_sequence(official):
    place = official / "Emotion/S010/004"
    (place / "S010_004_00000004_emotion.txt").write_text("   2.0000000e+00\n")
    refuse(official, "one label a sequence", "S010_004_00000004_emotion.txt", "S010_004_00000005_emotion.txt")


@pytest.mark.parametrize("text", ["8.0000000e+00", "-1", "2.5", "nan", "inf", "angry", "", "1 2", "\xff\xfe"])
def test_a_label_that_is_none(official, text):
    (official / "Emotion/S010/004/S010_004_00000005_emotion.txt").write_text(text, encoding="latin-1")
    refuse(official, "a label 0..7", "S010_004_00000005_emotion.txt")


def test_a_neutral_sequence_is_read_only_where_neutral_is_a_class(official):
    (official / "Emotion/S010/004/S010_004_00000005_emotion.txt").write_text("0.0000000e+00")
    refuse(official, "a label 1..7", "0, neutral", "neutral=True")
    assert named(ckplus.read(official, neutral=True))[2:4] == ["neutral", "neutral"]


def test_an_unreadable_frame(official):
    (official / "cohn-kanade-images/S010/004/S010_004_00000005.png").write_bytes(b"\x89PNG")
    refuse(official, "a picture", "damaged", "S010/004/S010_004_00000005.png")


def test_a_damaged_frame_that_is_not_wanted_does_no_harm(official):
    (official / "cohn-kanade-images/S010/004/S010_004_00000002.png").write_bytes(b"\x89PNG")
    assert len(ckplus.read(official)) == 5


def test_unknown_class_folders_of_ck48(tmp_path):
    trees.ck48(tmp_path, LABELLED)
    (tmp_path / "CK+48" / "fear").rename(tmp_path / "CK+48" / "holiday")
    refuse(tmp_path, "holiday", "class folder out of angry")


def test_a_sequence_in_two_classes_of_ck48(tmp_path):
    trees.ck48(tmp_path, LABELLED)
    place = tmp_path / "CK+48"
    (place / "anger" / "S010_004_00000016.png").rename(place / "fear" / "S010_004_00000016.png")
    refuse(tmp_path, "one class for all frames", "fear/S010_004_00000016.png")


def test_the_official_tree_is_preferred_to_a_copy_beside_it(official):
    trees.ck48(official, LABELLED)
    faces = ckplus.read(official)
    assert levels(faces) == [5, 45, 65, 85, 105] and "15 pictures outside it are left out" in faces.notes[0]


def test_an_unknown_choice_of_frames_lists_the_known(official):
    refuse(official, "last, last three", frames="all")
