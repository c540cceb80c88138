import csv
import dataclasses

import pytest
import torch

from fer_edu.data import fer2013
from fer_edu.data.faceset import FaceSet
from fer_edu.data.ferplus import FILE, by_majority, read, with_votes
from fer_edu.data.votes import NO_MAJORITY
from fer_edu.emotions import CLASSES, CLASSES_8
from fer_edu.errors import DataError

HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
SPELT = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt", "unknown", "NF")


@pytest.fixture
def small(monkeypatch):
    """Let FER-2013 be 30, 10 and 10 pictures."""
    for part, count in (("Training", 30), ("PublicTest", 10), ("PrivateTest", 10)):
        monkeypatch.setitem(fer2013.COUNTS, part, (count, 0, 0, 0, 0, 0, 0))


def faces(n=10, split="val", seed=0):
    labels = torch.randint(0, 7, (n,), generator=torch.Generator().manual_seed(seed))
    return FaceSet(torch.zeros(n, 1, 48, 48, dtype=torch.uint8), labels, CLASSES, name="fer2013", split=split)


def votes_for(label, **others):
    """A row of ten counts in the file's order: six for the label, unless `others` says otherwise."""
    cast = others or {CLASSES_8[label]: 6, "unknown": 4}
    return [cast.get(name, 0) for name in SPELT]


def write(folder, of_val, n=(30, 10, 10)):
    """Write a file whose PublicTest rows are `of_val`; all others vote for neutral."""
    folder.mkdir(exist_ok=True)
    plain = votes_for(CLASSES.index("neutral"))
    rows = [("Training", plain)] * n[0] + [("PublicTest", row) for row in of_val] + [("PrivateTest", plain)] * n[2]
    with open(folder / FILE, "w", newline="") as handle:
        handle.write(HEADER + "\r\n")
        writer = csv.writer(handle)
        writer.writerows([usage, f"fer{k:07}.png", *votes] for k, (usage, votes) in enumerate(rows))
    return folder / FILE


def test_votes_stand_beside_the_pictures_in_the_sets_order_of_classes(small, tmp_path):
    val = faces()
    rows = [votes_for(label) for label in val.labels.tolist()]
    rows[3] = votes_for(0, happy=5, contempt=3, NF=2)
    voted = with_votes(val, write(tmp_path / "set", rows))
    assert voted.votes.emotions[3, CLASSES_8.index("happy")] == 5
    assert voted.votes.emotions[3, CLASSES_8.index("contempt")] == 3
    assert (voted.votes.not_a_face[3], voted.votes.unknown[3]) == (2, 0)
    assert voted.votes.majority()[4:].tolist() == val.labels[4:].tolist()
    assert voted.fingerprint() == val.fingerprint()  # the pictures and their labels are what they were


def test_a_folder_a_variable_and_a_place_beside_the_copy_are_all_found(small, tmp_path, monkeypatch):
    val = faces()
    write(tmp_path / "set", [votes_for(label) for label in val.labels.tolist()])
    assert len(with_votes(val, tmp_path).votes) == 10  # one level deeper
    monkeypatch.setenv("FER2013_ROOT", str(tmp_path / "set" / "fer2013.csv"))
    assert len(with_votes(val).votes) == 10
    monkeypatch.setenv("FERPLUS_ROOT", str(tmp_path / "set"))
    assert len(with_votes(val).votes) == 10


def test_labels_by_majority_leave_out_what_has_none_and_what_is_no_face(small, tmp_path):
    val = faces()
    rows = [votes_for(label) for label in val.labels.tolist()]
    rows[0] = votes_for(0, happy=5, sad=5)
    rows[1] = votes_for(0, NF=10)
    rows[2] = votes_for(0, contempt=9, unknown=1)
    voted = with_votes(val, write(tmp_path / "set", rows))
    assert voted.votes.majority()[:3].tolist() == [NO_MAJORITY, NO_MAJORITY, CLASSES_8.index("contempt")]
    labelled = by_majority(voted)
    assert labelled.classes == CLASSES_8
    assert labelled.labels.tolist() == [CLASSES_8.index("contempt"), *val.labels[3:].tolist()]
    assert "2 of 10 pictures have none" in labelled.notes[-1]
    assert len(by_majority(voted, least=0.9)) == 1


def test_pictures_in_another_order_are_noticed(small, tmp_path):
    val = faces()
    rows = [votes_for((label + 1) % 7) for label in val.labels.tolist()]
    with pytest.raises(DataError, match="about two labels in three, found 0%: .* lost the original order"):
        with_votes(val, write(tmp_path / "set", rows))


def test_votes_go_to_whole_splits_of_fer2013_only(small, tmp_path):
    path = write(tmp_path / "set", [votes_for(0)] * 10)
    with pytest.raises(DataError, match="expected the 10 pictures of PublicTest, found 9: votes are matched by"):
        with_votes(faces()[1:], path)
    with pytest.raises(DataError, match="expected a split of FER-2013, found ckplus val"):
        with_votes(dataclasses.replace(faces(), name="ckplus"), path)
    with pytest.raises(DataError, match="expected pictures with votes, found none"):
        by_majority(faces())


def test_a_missing_file_says_where_it_is_got(tmp_path, monkeypatch):
    monkeypatch.delenv("FER2013_ROOT", raising=False)
    monkeypatch.delenv("FERPLUS_ROOT", raising=False)
    with pytest.raises(DataError, match="found no folder to look in without it: get fer2013new.csv from github.com/"):
        with_votes(faces())
    with pytest.raises(DataError, match="without it: get fer2013new.csv"):
        with_votes(faces(), tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    (
        (lambda text: text.replace(",NF", ",other", 1), "found no column for nf"),
        (lambda text: text[: len(text) - 500], "ten counts of votes, found 'PublicTest,fer00' in line 41 of"),
        (lambda text: text[: text.rindex("PrivateTest")], "expected 10 rows of PrivateTest, found 9 in"),
        (lambda text: text.replace("PublicTest,fer0000030.png,", "PublicTest,fer0000030.png,x", 1), "line 32"),
        (lambda text: text.replace("PublicTest", "Leaderboard", 1), "found 'Leaderboard.* in line 32 of"),
        (lambda text: "", "found no column for usage"),
    ),
)
def test_a_damaged_file_is_named_in_one_sentence(small, tmp_path, damage, message):
    path = write(tmp_path / "set", [votes_for(0)] * 10)
    path.write_text(damage(path.read_text()))
    with pytest.raises(DataError, match=message):
        read(path)
