import numpy as np
import pytest
import torch

import fer_edu as fe
from fer_edu.data import FaceSet
from fer_edu.data.auditing import audit
from fer_edu.data.auditing.lookalikes import _all_but_the_first
from fer_edu.errors import DataError


def listed(found, name, reason):
    return list(found.leave_out[name].get(reason, ()))


def count(found, kind, *sets):
    (finding,) = found.found(kind, *sets)
    return finding.count, finding.of


def test_drawn_faces_of_different_people_are_no_copies_of_each_other(three):
    found = audit(three)
    assert all(f.count == 0 for f in found.findings if "copies" in f.kind or "conflict" in f.kind)
    assert all(not reasons for reasons in found.leave_out.values())


def test_exact_copies_within_a_set_leave_the_first_one_in(three):
    train = three["train"]
    train.images[[5, 70, 71]] = train.images[3].clone()
    train.labels[[5, 70, 71]] = train.labels[3].clone()
    found = audit(three)
    assert count(found, "copies", "train") == (3, 100)
    assert found.found("copies", "train")[0].groups == ((("train", 3), ("train", 5), ("train", 70), ("train", 71)),)
    assert listed(found, "train", "copy") == [5, 70, 71]
    assert listed(found, "train", "near copy") == []  # an exact copy is not a near one as well


def test_a_copy_across_sets_leaves_the_earlier_set_for_fitting_and_the_later_one_for_scoring(three):
    three["test"].images[[8, 9]] = three["train"].images[40].clone()
    three["val"].images[7] = three["train"].images[41]
    for name, there, here in (("test", [8, 9], 40), ("val", [7], 41)):
        three[name].labels[there] = three["train"].labels[here].clone()
    found = audit(three)
    assert count(found, "copies across sets", "train", "test") == (2, 60)
    assert count(found, "copies across sets", "train", "val") == (1, 40)
    assert count(found, "copies across sets", "val", "test") == (0, 60)
    assert found.found("copies across sets", "train", "test")[0].level == "problem"
    assert listed(found, "train", "in a later set") == [40, 41]
    assert listed(found, "val", "in an earlier set") == [7]
    assert listed(found, "test", "in an earlier set") == [8, 9]
    assert not listed(found, "val", "in a later set") and not listed(found, "train", "in an earlier set")


def brighter(images):
    return (images.float() * 0.7 + 40).round().to(torch.uint8)


def test_near_copies_are_found_within_and_across_sets(three, saved):
    train, test = three["train"], three["test"]
    train.images[90] = brighter(train.images[10])
    train.labels[90] = train.labels[10]
    test.images[3] = saved(train.images[11], 90)
    test.images[4] = train.images[12]
    found = audit(three)
    assert count(found, "near copies", "train") == (1, 100)
    assert listed(found, "train", "near copy") == [90]
    assert count(found, "near copies across sets", "train", "test") == (1, 60)  # 4 is an exact copy, counted as one
    assert listed(found, "train", "near in a later set") == [11]
    assert listed(found, "test", "near in an earlier set") == [3]
    finding = found.found("near copies across sets", "train", "test")[0]
    assert finding.groups == ((("train", 11), ("test", 3)),)
    truth = np.corrcoef(train.images[11].flatten().numpy(), test.images[3].flatten().numpy())[0, 1]
    assert finding.values == pytest.approx([truth], abs=1e-4)


def test_every_copy_of_a_near_copy_leaves_with_it(three):
    train, test = three["train"], three["test"]
    train.images[20:22] = train.images[10]
    test.images[5] = brighter(train.images[10])
    found = audit(three)
    assert listed(found, "train", "near in a later set") == [10, 20, 21]
    assert listed(found, "test", "near in an earlier set") == [5]


def test_of_a_chain_those_stay_that_do_not_resemble_each_other():
    rank = np.array([0, 1, 2, 3])
    chain = np.array([0, 1]), np.array([1, 2])  # 0 resembles 1, 1 resembles 2, but 0 does not resemble 2
    assert _all_but_the_first(rank, *chain).tolist() == [False, True, False, False]
    assert _all_but_the_first(rank[::-1].copy(), *chain).tolist() == [False, True, False, False]
    assert _all_but_the_first(np.array([1, 0, 2, 3]), *chain).tolist() == [True, False, True, False]


def test_mirror_images_are_looked_for_only_when_asked_for(three):
    three["train"].images[50] = three["train"].images[20].flip(2)
    three["test"].images[5] = brighter(three["val"].images[6]).flip(2)
    assert not any("mirrored" in f.kind for f in audit(three).findings)
    found = audit(three, mirrored=True)
    assert count(found, "mirrored copies", "train") == (1, 100)
    assert listed(found, "train", "mirrored copy") == [50]
    assert count(found, "mirrored copies across sets", "val", "test") == (1, 60)
    assert listed(found, "val", "mirrored in a later set") == [6]
    assert listed(found, "test", "mirrored in an earlier set") == [5]


def test_a_picture_that_has_an_exact_copy_and_a_mirrored_one_is_counted_as_both(three):
    three["test"].images[5] = three["train"].images[1]
    three["train"].images[2] = three["train"].images[1].flip(2)
    found = audit(three, mirrored=True)
    assert count(found, "copies across sets", "train", "test") == (1, 60)
    assert count(found, "mirrored copies across sets", "train", "test") == (1, 60)


def test_blank_pictures_resemble_nothing_but_are_exact_copies_of_each_other(three):
    three["train"].images[[1, 2]] = 0
    three["train"].images[3] = 0
    three["train"].images[3, 0, 0, 0] = 1
    found = audit(three)
    assert count(found, "copies", "train") == (1, 100)
    assert count(found, "near copies", "train") == (0, 100)
    assert listed(found, "train", "blank") == [1, 2, 3]


def test_one_set_alone_and_a_sequence_of_sets_can_be_audited(three):
    assert list(audit(three["val"]).sets) == ["val"]
    assert list(audit([three["train"], three["test"]]).sets) == ["train", "test"]
    assert not [f for f in audit(three["val"]).findings if "across" in f.kind]


def test_the_same_sets_give_the_same_audit(three):
    assert audit(three) == audit(three)


def test_what_cannot_be_audited_is_refused_in_one_sentence(three):
    with pytest.raises(DataError, match="found the empty set 'val': leave it out"):
        audit({"train": three["train"], "val": three["val"][:0]})
    with pytest.raises(DataError, match="found none: name the sets to audit"):
        audit({})
    with pytest.raises(DataError, match="two called 'train': give them as a mapping"):
        audit([three["train"], three["train"]])
    with pytest.raises(DataError, match="expected one FaceSet or several, found str"):
        audit("train")
    with pytest.raises(DataError, match="expected a FaceSet as 'x', found int"):
        audit({"x": 3})
    for line in (0.5, 1, float("nan")):
        with pytest.raises(DataError, match="expected near from 0.9 to below 1"):
            audit(three, near=line)


def test_frames_of_films_are_told_and_not_listed(monkeypatch):
    monkeypatch.setattr("fer_edu.data.auditing.near.MOST", 40)
    scene = fe.faces.sample(2, seed=1).truth.scene[torch.arange(2).repeat_interleave(12)]
    scene = scene.replace(camera=scene.camera.replace(seed=torch.arange(24)))  # the same but for the camera's grain
    images, _ = fe.faces.photograph(scene)
    labels = torch.arange(24) % 2
    frames = FaceSet(images, labels, fe.emotions.CLASSES, split="train")
    found = audit(frames)
    (finding,) = found.found("near copies")
    assert finding.level == "note" and finding.of == 24 * 23 // 2
    assert "More than 40 pairs are near copies, as the frames of films are: they are not listed." in finding.title
    assert found.leave_out["train"] == {}
    assert "near conflicting labels" not in str(found)
