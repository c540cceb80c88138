import numpy as np
import pytest
import torch

import fer_edu as fe
from fer_edu.data.faults import plant_faults
from fer_edu.errors import DataError


@pytest.fixture(scope="module")
def planted():
    sets = {name: fe.faces.load_split(name, size=size) for name, size in (("train", 200), ("val", 100), ("test", 100))}
    return sets, *plant_faults(sets, seed=3)


def picture(sets, place):
    name, index = place
    return sets[name].images[index].float()


def correlation(one, other):
    return np.corrcoef(one.flatten().numpy(), other.flatten().numpy())[0, 1]


def test_the_copies_are_where_they_are_said_to_be(planted):
    _, sets, faults = planted
    assert len(faults.exact) == 4 + 4 + 2
    for source, copy in faults.exact:
        assert torch.equal(picture(sets, source), picture(sets, copy))
    for source, copy in faults.near:
        assert not torch.equal(picture(sets, source), picture(sets, copy))
        assert correlation(picture(sets, source), picture(sets, copy)) > 0.85


def test_conflicts_are_the_copies_whose_label_is_another(planted):
    _, sets, faults = planted
    differing = [pair for pair in faults.exact if len({sets[name].labels[index].item() for name, index in pair}) > 1]
    assert tuple(differing) == faults.conflict != ()


def test_the_single_faults_are_what_they_are_called(planted):
    originals, sets, faults = planted
    assert all(picture(sets, place).max() == 0 for place in faults.blank)
    assert all(0 < picture(sets, place).std() < 2 for place in faults.faint)
    for place in faults.enlarged:
        assert picture(sets, place).diff(dim=-1).std() < 0.8 * picture(originals, place).diff(dim=-1).std()
    assert faults.recompressed == ("val",)
    assert (sets["val"].images != originals["val"].images).flatten(1).any(1).all()


def test_no_picture_has_two_faults_and_the_others_are_untouched(planted):
    originals, sets, faults = planted
    used = [place for pair in (*faults.exact, *faults.near) for place in pair]
    used += [*faults.blank, *faults.faint, *faults.enlarged]
    assert len(used) == len(set(used))
    for name in ("train", "test"):
        whole = torch.tensor([(name, index) not in used for index in range(len(sets[name]))])
        assert torch.equal(sets[name].images[whole], originals[name].images[whole])
        assert torch.equal(sets[name].labels[whole], originals[name].labels[whole])


def test_a_person_has_one_name_in_all_sets_and_copies_take_their_person_along(planted):
    _, sets, faults = planted
    people = {name: {faces.group_names[group] for group in faces.groups.tolist()} for name, faces in sets.items()}
    crossing = [pair for pair in (*faults.exact, *faults.near) if pair[0][0] != pair[1][0]]
    assert len((people["train"] & people["val"]) | (people["train"] & people["test"])) == len(crossing)


def test_copies_of_train_are_listed_by_set(planted):
    _, _, faults = planted
    listed = [("test", index) for index in faults.copies_of_train_in("test")]
    expected = [copy for source, copy in (*faults.exact, *faults.near) if copy[0] == "test"]
    assert sorted(expected) == listed


def test_the_same_seed_plants_the_same():
    sets = {name: fe.faces.load_split(name, size=60) for name in ("train", "val", "test")}
    (one, first), (two, second), (_, third) = plant_faults(sets, 1), plant_faults(sets, 1), plant_faults(sets, 2)
    assert first == second != third
    assert all(one[name].fingerprint() == two[name].fingerprint() for name in one)


def test_what_cannot_be_planted_is_said():
    faces = fe.faces.load_split("val", size=60)
    with pytest.raises(DataError, match="expected the sets train, val and test, found train"):
        plant_faults({"train": faces})
    with pytest.raises(DataError, match="expected 60 faces or more a set, found 59"):
        plant_faults({"train": faces, "val": faces[:59], "test": faces})
