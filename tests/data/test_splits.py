import pytest
import torch

import fer_edu as fe
from fer_edu.data import splits
from fer_edu.data.faceset import FaceSet
from fer_edu.data.splits import shared_groups, split
from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError


def people(subjects=24, each=14, seed=0, names=True):
    """A set of blank pictures: `subjects` people, 5 to `each` pictures of each, the last class the rarest."""
    generator = torch.Generator().manual_seed(seed)
    groups = torch.cat([torch.full((5 + k % (each - 4),), k) for k in range(subjects)])
    labels = torch.multinomial(torch.tensor([3.0] * 6 + [1.0]), len(groups), replacement=True, generator=generator)
    # Each picture is told apart by its first pixels, so that a test can follow it.
    images = torch.zeros(len(groups), 1, 48, 48, dtype=torch.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = torch.arange(len(groups)) % 256, torch.arange(len(groups)) // 256
    group_names = tuple(f"S{k:03}" for k in range(subjects)) if names else ()
    return FaceSet(images, labels, CLASSES, groups=groups, group_names=group_names, name="people")


def identities(faces):
    return (faces.images[:, 0, 0, 0].long() + 256 * faces.images[:, 0, 0, 1].long()).tolist()


@pytest.mark.parametrize("protocol", ("subjects", "leave-one-out", "random-leaking"))
def test_every_picture_is_on_one_side_and_none_is_lost(protocol):
    faces = people()
    parts = split(faces, protocol)
    together = [number for part in parts for number in identities(part)]
    assert sorted(together) == identities(faces)
    assert [part.split for part in parts] == ["train", "val", "test"]


@pytest.mark.parametrize("folds", (3, 5, 10, 24))
def test_folds_by_subject_share_nobody_and_each_subject_is_tested_once(folds):
    faces, tested = people(), []
    for fold in range(folds):
        parts = split(faces, "subjects", folds=folds, fold=fold)
        assert shared_groups(*parts) == []
        assert all(len(part) for part in parts)
        tested += parts.test.groups.unique().tolist()
    assert sorted(tested) == list(range(24))


def test_folds_by_subject_are_as_even_as_scikit_learns():
    sklearn = pytest.importorskip("sklearn.model_selection")
    faces = people(subjects=100)
    ours = [split(faces, "subjects", folds=5, fold=fold).test for fold in range(5)]
    folds = sklearn.StratifiedGroupKFold(5, shuffle=True, random_state=0).split(
        torch.zeros(len(faces)), faces.labels, faces.groups
    )
    theirs = [faces[torch.as_tensor(test)] for _, test in folds]

    def unevenness(parts):
        table = torch.tensor([list(part.counts().values()) for part in parts]).double()
        return (table / table.sum(0)).std(0).mean()

    assert unevenness(ours) <= unevenness(theirs)


def test_leave_one_out_tests_one_subject_and_says_who():
    faces = people()
    parts = split(faces, "leave-one-out", fold=7)
    assert parts.test.groups.unique().tolist() == [7]
    assert len(parts.val.groups.unique()) == 2  # a tenth of 23
    assert shared_groups(*parts) == []
    assert "test is subject S007 alone" in parts.test.notes[-1]


def test_a_random_split_that_leaks_is_refused_unless_its_name_says_so():
    faces = people()
    with pytest.raises(DataError, match=r"expected each subject on one side, found \d+ on several \(S\d+, .*leaking'"):
        split(faces, "random")
    parts = split(faces, "random-leaking")
    assert "subjects stand on several sides" in parts.train.notes[-1]


def test_a_random_split_of_strangers_is_taken_and_keeps_the_class_shares():
    faces = fe.faces.sample(700, seed=1)
    parts = split(faces, "random")
    for name, count in faces.counts().items():
        assert parts.test.counts()[name] == parts.val.counts()[name] == round(count / 10)
    assert parts.test.truth.theta.shape == (len(parts.test), 2, 3)


def test_the_same_seed_gives_the_same_split_and_another_another():
    faces = people()
    for protocol in ("subjects", "leave-one-out", "random-leaking"):
        one, same, other = (split(faces, protocol, seed=seed).val for seed in (0, 0, 1))
        assert identities(one) == identities(same)
        assert identities(one) != identities(other)


def test_the_papers_split_has_its_counts(monkeypatch):
    monkeypatch.setattr(splits, "PAPER", {"train": 100, "val": 40, "test a class": 3})
    parts = split(people(), "paper")
    assert [len(part) for part in parts] == [100, 40, 21]
    assert set(parts.test.counts().values()) == {3}
    assert not set(identities(parts.train)) & set(identities(parts.test))
    assert "subjects stand on several sides" in parts.test.notes[-1]


def test_the_papers_split_is_34000_14000_and_1000_a_class():
    n = 55_767
    images = torch.zeros(1, dtype=torch.uint8).expand(n, 1, 48, 48)
    faces = FaceSet(images, torch.arange(n) % 7, CLASSES, groups=torch.arange(n) % 6)
    parts = split(faces, "paper")
    assert [len(part) for part in parts] == [34_000, 14_000, 7_000]
    assert set(parts.test.counts().values()) == {1000}


@pytest.mark.parametrize(
    ("faces", "arguments", "message"),
    (
        (people(), {"protocol": "by subject"}, "expected a protocol out of subjects, .*, found 'by subject'"),
        (people(), {"folds": 2}, "expected 3 folds or more .*, found 2 folds of 24 subjects"),
        (people(), {"folds": 25}, "found 25 folds of 24 subjects"),
        (people(), {"fold": 10}, "expected a fold in 0..9, found 10"),
        (people(), {"protocol": "leave-one-out", "fold": 24}, "expected a fold in 0..23, found 24"),
        (people(2), {"protocol": "leave-one-out"}, "found 2 folds of 2 subjects"),
        (people(), {"protocol": "paper"}, "expected 55,000 pictures for the paper's split .*: complete the copy"),
        (people()[:0], {}, "expected pictures to split, found an empty set"),
    ),
)
def test_what_cannot_be_split_is_named_in_one_sentence(faces, arguments, message):
    with pytest.raises(DataError, match=message):
        split(faces, **arguments)


def test_without_subjects_only_a_random_split_is_possible_and_the_error_says_what_it_cannot_promise():
    faces = people()
    nameless = FaceSet(faces.images, faces.labels, faces.classes, name="folder")
    with pytest.raises(DataError, match="found no groups in folder: only the protocol 'random' is possible"):
        split(nameless)
    assert [len(part) for part in split(nameless, "random")] != [0, 0, 0]


def test_a_small_class_is_on_every_side_if_it_can_be():
    labels = torch.tensor([0] * 3 + [1] * 2 + [2] * 30)
    faces = FaceSet(torch.zeros(35, 1, 48, 48, dtype=torch.uint8), labels, CLASSES)
    counts = [list(part.counts().values())[:3] for part in split(faces, "random")]
    assert counts == [[1, 2, 24], [1, 0, 3], [1, 0, 3]]
