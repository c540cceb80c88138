from dataclasses import replace

import pytest
import torch

from fer_edu.data.auditing import audit
from fer_edu.data.auditing.labels import audit_counts, published
from fer_edu.data.auditing.pool import pool
from fer_edu.data.faceset import FaceSet
from fer_edu.data.fer2013 import COUNTS
from fer_edu.data.votes import Votes
from fer_edu.emotions import CLASSES, CLASSES_8


def only(found, kind, *sets):
    (finding,) = found.found(kind, *sets)
    return finding


def test_a_picture_under_several_labels_is_a_conflict_within_and_across_sets(three):
    train, test = three["train"], three["test"]
    train.labels[:4] = torch.tensor([0, 1, 2, 2])
    train.images[1] = train.images[0]
    test.images[0], test.labels[0] = train.images[2], 5
    test.images[1], test.labels[1] = train.images[3], 2  # the same label: a copy, no conflict
    found = audit(three)
    conflicts = only(found, "conflicting labels")
    assert conflicts.count == 2 and conflicts.detail["copies"] == 4
    assert conflicts.groups == ((("train", 0), ("train", 1)), (("train", 2), ("test", 0)))
    assert found.leave_out["train"]["conflict"] == (0, 1, 2)
    assert found.leave_out["test"]["conflict"] == (0,)


def test_labels_are_compared_by_name_where_sets_have_other_classes(three):
    train, test = three["train"], three["test"]
    reverse = replace(test, classes=CLASSES[::-1], labels=len(CLASSES) - 1 - test.labels)
    reverse.images[0], reverse.labels[0] = train.images[0], len(CLASSES) - 1 - int(train.labels[0])
    assert only(audit({"train": train, "test": reverse}), "conflicting labels").count == 0


def test_near_copies_under_different_labels_are_told_apart_from_exact_ones(three):
    train = three["train"]
    train.images[1] = (train.images[0].float() * 0.8 + 20).to(torch.uint8)
    train.labels[:2] = torch.tensor([3, 4])
    found = audit(three)
    assert only(found, "conflicting labels").count == 0
    near = only(found, "near conflicting labels")
    assert (near.count, near.groups) == (2, ((("train", 0), ("train", 1)),))
    assert "(1 of 1 pair)" in near.title
    assert found.leave_out["train"]["near conflict"] == (0, 1)


def of_counts(counts, name="fer2013", split="val"):
    labels = torch.cat([torch.full((count,), label) for label, count in enumerate(counts)])
    images = torch.zeros(len(labels), 1, 48, 48, dtype=torch.uint8)
    return FaceSet(images, labels, CLASSES, name=name, split=split)


def test_class_counts_are_compared_with_the_published_ones():
    whole = list(COUNTS["PublicTest"])
    assert published(of_counts(whole)) == dict(zip(CLASSES, whole, strict=True))
    (finding,) = audit_counts(pool(of_counts(whole)))
    assert (finding.count, finding.level) == (0, "ok")
    whole[1], whole[3] = whole[1] - 2, whole[3] + 2
    (finding,) = audit_counts(pool(of_counts(whole)))
    assert (finding.count, finding.level) == (2, "note")
    assert "disgust 54 instead of 56, happy 897 instead of 895" in finding.title


def test_a_set_without_published_counts_says_so_and_names_a_class_that_is_missing():
    finding = only(audit(of_counts([3, 0, 2, 2, 2, 2, 2], name="mine", split="")), "class counts")
    assert "from 0 disgust to 3 angry; there are no published counts" in finding.title
    assert (finding.count, finding.level) == (1, "note")


def votes(*rows):
    emotions = torch.tensor([[row.get(name, 0) for name in CLASSES_8] for row in rows], dtype=torch.uint8)
    rest = [torch.tensor([row.get(name, 0) for row in rows], dtype=torch.uint8) for name in ("unknown", "no_face")]
    return Votes(emotions, *rest)


def test_votes_say_where_annotators_disagree_with_the_labels_and_with_each_other(drawn):
    cast = votes({"happy": 10}, {"happy": 5, "sad": 5}, {"no_face": 6, "fear": 4}, {"neutral": 8, "sad": 2})
    labels = torch.tensor([CLASSES.index(name) for name in ("happy", "happy", "fear", "sad")])
    found = audit(replace(drawn[:4], labels=labels, votes=cast, split="train"))
    assert only(found, "not a face").groups == ((("train", 2),),)
    assert only(found, "no majority").groups == ((("train", 1),), (("train", 2),))
    assert only(found, "contradicted").groups == ((("train", 3),),)
    assert (only(found, "contradicted").count, only(found, "contradicted").of) == (1, 2)
    detail = only(found, "votes").detail
    assert detail["mean agreement"] == pytest.approx((1 + 0.5 + 0.4 + 0.8) / 4)
    assert detail["mean entropy in bits"] == pytest.approx((0 + 1 + 0 + 0.7219) / 4, abs=1e-3)
    assert found.leave_out["train"]["contradicted"] == (3,)


def test_sets_without_votes_are_not_judged_by_votes(three):
    assert not [f for f in audit(three).findings if f.kind in ("votes", "not a face", "contradicted")]


def with_people(faces, *names):
    known = tuple(dict.fromkeys(names))
    groups = torch.tensor([known.index(name) for name in names])
    return replace(faces[: len(names)], groups=groups, group_names=known)


def test_subjects_on_two_sides_are_counted_by_name_whatever_their_numbers(three):
    sets = {
        "train": with_people(three["train"], "Ann", "Bo", "Bo", "Cy"),
        "test": with_people(three["test"], "Dee", "Bo", "Dee", "Bo", "Ann"),
    }
    finding = only(audit(sets), "subjects across sets")
    assert (finding.count, finding.of, finding.level) == (3, 5, "problem")
    assert finding.detail == {"subjects": 2, "names": ["Ann", "Bo"]}
    sets["test"] = with_people(three["test"], "Dee", "Eve")
    assert only(audit(sets), "subjects across sets").level == "ok"


def test_a_name_that_no_picture_of_the_set_bears_is_not_in_it(three):
    train = with_people(three["train"], "Ann", "Bo")
    sets = {"train": train[:1], "test": train[1:]}  # both know both names
    assert only(audit(sets), "subjects across sets").count == 0


def test_subjects_without_names_or_unknown_are_not_compared(three):
    numbered = {name: replace(part, groups=torch.arange(len(part))) for name, part in three.items()}
    for sets, why in ((numbered, "have numbers, but no names"), (three, "do not say who is in a picture")):
        for finding in audit(sets).found("subjects across sets"):
            assert finding.level == "note" and why in finding.title
