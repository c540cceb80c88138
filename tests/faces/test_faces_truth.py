"""What else the generator knows: the face without a unit, a unit's pixels, groups, the best possible score."""

import dataclasses

import numpy as np
import pytest
import torch

import fer_edu as fe
from fer_edu.emotions import COMPANIONS, PROTOTYPES
from fer_edu.faces import ACTION_UNITS, PRESETS, Difficulty, Shortcut
from fer_edu.faces.ceiling import log_likelihood
from fer_edu.faces.expressions import draw_units


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(80, seed=4)


def column(unit):
    return ACTION_UNITS.index(unit)


def test_taking_no_active_unit_away_changes_no_byte(faces):
    never = [unit for unit in ACTION_UNITS if not (faces.truth.action_units[:, column(unit)] > 0).any()]
    assert torch.equal(fe.faces.without(faces, never).images, faces.images)
    again = fe.faces.without(faces, (12,))
    smiles = faces.truth.action_units[:, column(12)] > 0
    changed = (again.images != faces.images).flatten(1).any(1)
    assert torch.equal(changed, smiles) and smiles.any() and not smiles.all()


def test_without_all_units_everybody_is_neutral(faces):
    neutral = fe.faces.without(faces, "all")
    assert not neutral.truth.action_units.any()
    same = faces.truth.scene.replace(action_units=torch.zeros_like(faces.truth.action_units))
    assert torch.equal(neutral.images, fe.faces.photograph(same)[0])
    assert torch.equal(neutral.labels, faces.labels) and torch.equal(neutral.truth.theta, faces.truth.theta)


def test_a_subset_comes_back_as_it_was(faces):
    """Noise and all: a picture does not depend on its neighbours."""
    some = faces[torch.tensor([7, 3, 50])]
    assert torch.equal(fe.faces.photograph(some.truth.scene)[0], some.images)
    assert torch.equal(fe.faces.without(some, (12, 6)).images, fe.faces.without(faces, (12, 6)).images[[7, 3, 50]])


def test_wild_pictures_come_back_as_they_were():
    wild = fe.faces.sample(60, seed=8, difficulty="wild")
    assert torch.equal(fe.faces.photograph(wild[20:31].truth.scene)[0], wild.images[20:31])


def test_unit_masks_are_the_pixels_that_change(faces):
    masks = fe.faces.unit_masks(faces)
    assert masks.shape == (80, len(ACTION_UNITS), 48, 48) and masks.dtype == torch.bool
    active = faces.truth.action_units > 0
    assert not masks[~active].any()
    strong = faces.truth.action_units > 0.5
    assert masks[strong].flatten(1).any(1).float().mean() > 0.95  # some lie under hair or outside the frame
    quiet = faces.truth.scene.replace(camera=faces.truth.scene.camera.replace(noise=torch.zeros(80)))
    before = fe.faces.photograph(quiet)[0].int()
    units = faces.truth.action_units.clone()
    units[:, column(12)] = 0
    after = fe.faces.photograph(quiet.replace(action_units=units))[0].int()
    assert torch.equal(masks[:, column(12)], ((before - after).abs() >= 2)[:, 0])


def test_unit_masks_lie_where_the_unit_acts():
    """On upright faces: a smile below the eyes, a frown above the nose's tip."""
    upright = dataclasses.replace(PRESETS["easy"], rotation=(0, 0), scale=(1, 1), shift=(0, 0))
    faces = fe.faces.sample(60, seed=2, difficulty=upright)
    masks = fe.faces.unit_masks(faces)
    assert not masks[:, column(12), :20].any() and masks[:, column(12)].any()
    assert not masks[:, column(4), 28:].any() and masks[:, column(4)].any()


@pytest.mark.parametrize(
    "ask",
    [
        lambda faces: fe.faces.without(faces, (3,)),
        lambda faces: fe.faces.without(dataclasses.replace(faces, truth=None), (12,)),
        lambda faces: fe.faces.unit_masks(dataclasses.replace(faces, truth=None)),
        lambda faces: fe.faces.sample(5, shortcut=Shortcut("glasses", "smug", 0.5)),
        lambda faces: Shortcut("hats", "angry", 0.5),
        lambda faces: Shortcut("glasses", "angry", 1.5),
        lambda faces: Shortcut.parse("glasses-angry"),
        lambda faces: fe.data.load("faces", size=5, shortcut="glasses-angry-much"),
        lambda faces: fe.faces.ceiling("brutal"),
    ],
)
def test_bad_requests_end_in_one_sentence(faces, ask):
    with pytest.raises(fe.errors.DataError, match=r"^expected .* found .*: .*\.$"):
        ask(faces)


def correlation(values, flags):
    return np.corrcoef(values.double().numpy(), flags.double().numpy())[0, 1]


def test_attributes_go_with_no_emotion():
    faces = fe.faces.sample(3000, seed=6, difficulty=Difficulty())
    assert set(faces.truth.attributes) == {"skin_tone", "age", "glasses"}
    for values in faces.truth.attributes.values():
        for label in range(len(faces.classes)):
            assert abs(correlation(values, faces.labels == label)) < 4 / 3000**0.5


@pytest.mark.parametrize("attribute", ["glasses", "age", "skin_tone"])
def test_a_shortcut_goes_with_its_emotion_as_strongly_as_asked(attribute):
    kept = []
    for strength in (0.0, 0.5, 1.0):
        faces = fe.faces.sample(600, seed=6, difficulty=Difficulty(), shortcut=Shortcut(attribute, "angry", strength))
        values, angry = faces.truth.attributes[attribute], faces.labels == faces.classes.index("angry")
        kept.append((values[angry].mean() - values[~angry].mean()).item())
        if strength == 1:
            assert values[angry].min() >= values[~angry].max()
    assert abs(kept[0]) < 0.15 * abs(kept[2]) and 0.3 < kept[1] / kept[2] < 0.7
    text = fe.data.load("faces", size=50, shortcut=f"{attribute}-angry-1")
    assert torch.equal(text.images, fe.faces.load_split(size=50, shortcut=Shortcut(attribute, "angry", 1.0)).images)
    plain = fe.faces.sample(600, seed=6, difficulty=Difficulty())
    assert torch.equal(plain.truth.action_units, faces.truth.action_units)  # the expression stays
    assert torch.equal(plain.labels, faces.labels)


def test_the_likelihood_is_the_integral_over_the_strength():
    """Against a plain sum over 20,000 strengths."""
    dials = PRESETS["wild"]
    classes = fe.emotions.CLASSES
    labels = torch.arange(70) % 7
    units = draw_units(labels, classes, dials, torch.Generator().manual_seed(1))
    found = log_likelihood(units, classes, dials).exp().numpy()
    strengths = np.linspace(*dials.intensity, 20_000)
    for row, values in zip(found, units.double().numpy(), strict=True):
        for k, name in enumerate(classes):
            density = np.ones_like(strengths)
            for unit, value in zip(ACTION_UNITS, values, strict=True):
                if unit in PROTOTYPES[name]:
                    if value == 0:
                        density = density * dials.drop
                    else:
                        fits = (value <= strengths) & (value >= strengths * (1 - dials.spread))
                        density = density * np.where(fits, (1 - dials.drop) / (strengths * dials.spread), 0)
                else:
                    chance = dials.companion if unit in COMPANIONS[name] else dials.add
                    low, high = dials.added
                    density = density * ((chance / (high - low) * (low <= value <= high)) if value else 1 - chance)
            assert np.isclose(row[k], density.mean(), rtol=2e-2, atol=1e-4 * row.max())


def test_the_ceiling_is_what_its_observer_reaches():
    """The posterior is calibrated: the accuracy that it expects is the one that it has on labels drawn anew."""
    dials = PRESETS["wild"]
    ceiling = fe.faces.ceiling("wild")
    generator = torch.Generator().manual_seed(99)
    labels = torch.randint(7, (20_000,), generator=generator)
    named = log_likelihood(
        draw_units(labels, fe.emotions.CLASSES, dials, generator), fe.emotions.CLASSES, dials
    ).argmax(1)
    reached = (named == labels).float().mean().item()
    assert abs(reached - ceiling.clean_accuracy) < 4 * (0.25 / 20_000) ** 0.5
    assert ceiling.accuracy <= ceiling.clean_accuracy and ceiling.standard_error < 0.003


def test_presets_are_harder_one_after_the_other():
    scores = [fe.faces.ceiling(name, n=4000).accuracy for name in ("easy", "classroom", "wild")]
    assert scores[0] == 1 and scores[0] > scores[1] > scores[2]


def test_fear_is_taken_for_surprise_and_anger_for_disgust():
    """The classes overlap as among people: these pairs more than fear with happiness, or anger with surprise."""
    classes = fe.emotions.CLASSES
    dials = PRESETS["wild"]
    generator = torch.Generator().manual_seed(3)
    labels = torch.randint(7, (20_000,), generator=generator)
    posterior = log_likelihood(draw_units(labels, classes, dials, generator), classes, dials).softmax(1)
    mean = torch.stack([posterior[labels == k].mean(0) for k in range(7)])
    at = {name: k for k, name in enumerate(classes)}

    def confused(a, b):
        return mean[at[a], at[b]] + mean[at[b], at[a]]

    assert confused("fear", "surprise") > 5 * confused("fear", "happy")
    assert confused("angry", "disgust") > 2 * confused("angry", "surprise")


def test_age_greys_and_creases():
    old = fe.faces.average().replace(age=80.0, hair_tone=0.05)
    young = old.replace(age=20.0)
    nothing = torch.zeros(1, len(ACTION_UNITS))
    a, b = (fe.faces.render(who, nothing).images[0, 0] for who in (young, old))
    assert b[1:4, 20:28].mean() > a[1:4, 20:28].mean() + 0.1  # hair
    assert not torch.equal(a[10:40], b[10:40])


def test_glasses_are_an_occluder():
    who = fe.faces.average(2).replace(glasses=torch.tensor([0.0, 1.0]))
    drawn = fe.faces.render(who, torch.zeros(2, len(ACTION_UNITS)))
    assert not drawn.part("occluder")[0].any() and drawn.part("occluder")[1].any()
    assert not (drawn.part("eyes")[1] & drawn.part("occluder")[1]).any()
