"""The same expression on another face: only what was changed is another."""

import pytest
import torch

from fer_edu import faces as drawn
from fer_edu.errors import DataError
from fer_edu.faces.identity import ATTRIBUTES
from fer_edu.faces.swapped import with_people, with_trait


@pytest.fixture(scope="module")
def faces():
    return drawn.sample(40, seed=8, difficulty="wild")


def test_another_person_shows_the_same_expression_in_the_same_pose(faces):
    other = with_people(faces)
    assert torch.equal(other.labels, faces.labels)
    assert torch.equal(other.truth.clean_labels, faces.truth.clean_labels)
    for field in ("action_units", "theta"):
        assert torch.equal(getattr(other.truth, field), getattr(faces.truth, field))
        assert torch.equal(getattr(other.truth.scene, field), getattr(faces.truth.scene, field))
    assert torch.equal(other.truth.scene.light, faces.truth.scene.light)
    for field in ("head_width", "skin_tone", "age", "shirt_tone", "hair_tone"):
        assert not (getattr(other.truth.scene.identity, field) == getattr(faces.truth.scene.identity, field)).any()
    assert (other.images != faces.images).flatten(1).any(1).all()


def test_people_come_back_with_their_seed_and_by_their_place(faces):
    first = with_people(faces, seed=3)
    assert torch.equal(first.images, with_people(faces, seed=3).images)
    assert torch.equal(first.images[:7], with_people(faces[:7], seed=3).images)
    assert not torch.equal(first.images, with_people(faces, seed=4).images)


def test_the_seed_of_the_set_itself_brings_other_people_too():
    faces = drawn.sample(5, seed=3)
    ages = with_people(faces, seed=3).truth.attributes["age"]
    assert not (ages == faces.truth.attributes["age"]).any()


def test_a_trait_that_was_there_already_changes_no_byte(faces):
    before = faces.truth.scene.identity
    again = with_trait(faces, glasses=before.glasses, age=before.age)
    assert torch.equal(again.images, faces.images) and torch.equal(again.truth.masks, faces.truth.masks)


def test_glasses_change_the_eyes_and_nothing_below_the_nose():
    faces = drawn.sample(30, seed=1, difficulty="easy")
    bare, worn = with_trait(faces, glasses=0), with_trait(faces, glasses=1)
    changed = (bare.images != worn.images)[:, 0]
    assert changed[:, 12:30].flatten(1).any(1).all()
    assert not changed[:, 36:].any()  # the noise is the same, too
    assert torch.equal(worn.truth.attributes["glasses"], torch.ones(30))


@pytest.mark.parametrize("change", [with_people, lambda faces: with_trait(faces, age=70, skin_tone=0.3)])
def test_what_is_known_of_the_people_follows_them(faces, change):
    changed = change(faces)
    for name in ATTRIBUTES:
        assert torch.equal(changed.truth.attributes[name], getattr(changed.truth.scene.identity, name))
    images, masks = drawn.photograph(changed.truth.scene)
    assert torch.equal(images, changed.images) and torch.equal(masks, changed.truth.masks)


def test_characters_stay_characters():
    characters = drawn.sample(5, difficulty="cartoon")
    assert with_people(characters).truth.scene.identity.cartoon.tolist() == [1.0] * 5


def test_people_who_took_turns_are_one_a_picture_afterwards():
    assert with_people(drawn.sample(6, people=2)).groups.tolist() == [0, 1, 2, 3, 4, 5]


def test_the_original_set_stays_as_it_was(faces):
    before = faces.fingerprint()
    with_people(faces), with_trait(faces, glasses=1)
    assert faces.fingerprint() == before


def test_bad_input_is_named(faces):
    from dataclasses import replace

    with pytest.raises(DataError, match="without a scene"):
        with_people(replace(faces, truth=None))
    with pytest.raises(DataError, match="'hat'"):
        with_trait(faces, hat=1)
