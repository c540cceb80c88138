"""Sets of faces: reproducible, disjoint, balanced, and what their truth says."""

import pytest
import torch

import fer_edu as fe
from fer_edu.faces import ACTION_UNITS, PARTS, PRESETS, Difficulty, dataset


def same(a, b):
    return all(
        torch.equal(x, y)
        for x, y in (
            (a.images, b.images),
            (a.labels, b.labels),
            (a.truth.theta, b.truth.theta),
            (a.truth.action_units, b.truth.action_units),
            (a.truth.masks, b.truth.masks),
        )
    )


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(301, seed=11)


def test_a_set_says_what_it_is(faces):
    assert faces.images.shape == (301, 1, 48, 48) and faces.images.dtype == torch.uint8
    assert faces.labels.dtype == torch.int64 and faces.classes == fe.emotions.CLASSES
    truth = faces.truth
    assert truth.theta.shape == (301, 2, 3) and truth.theta.dtype == torch.float32
    assert truth.action_units.shape == (301, len(ACTION_UNITS)) and truth.action_units.dtype == torch.float32
    assert truth.masks.shape == (301, len(PARTS), 48, 48) and truth.masks.dtype == torch.bool
    assert truth.action_unit_names[:3] == ("AU1", "AU2", "AU4") and truth.part_names == PARTS
    assert faces.groups.unique().numel() == 301
    assert len(faces[:5].truth.theta) == 5 and torch.equal(truth.part("mouth"), truth.masks[:, PARTS.index("mouth")])


def test_the_same_seed_gives_the_same_bytes(faces):
    again = fe.faces.sample(301, seed=11)
    assert same(faces, again) and faces.fingerprint() == again.fingerprint()
    assert not torch.equal(faces.images, fe.faces.sample(301, seed=12).images)


@pytest.mark.parametrize("k", [1, 2, 15, 64, 65, 300])
def test_the_first_faces_of_a_set_are_the_smaller_set(faces, k):
    assert same(faces[:k], fe.faces.sample(k, seed=11))


@pytest.mark.parametrize("chunk", [1, 13, 100, 500])
def test_the_chunk_changes_no_byte(faces, chunk):
    other = dataset._sample(101, "sample 11", "classroom", fe.emotions.CLASSES, chunk=chunk)
    assert same(faces[:101], other)


def test_the_number_of_threads_changes_no_byte(faces):
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1 if threads > 1 else 2)
        assert same(faces[:40], fe.faces.sample(40, seed=11))
    finally:
        torch.set_num_threads(threads)


def test_the_global_random_state_plays_no_part_and_stays_as_it_was():
    torch.manual_seed(1)
    first = fe.faces.sample(3)
    state = torch.get_rng_state()
    torch.rand(10)
    assert same(first, fe.faces.sample(3))
    torch.manual_seed(1)
    assert torch.equal(state, torch.get_rng_state())


def test_another_difficulty_shows_the_same_people_with_the_same_labels():
    easy, classroom = (fe.faces.sample(20, seed=3, difficulty=name) for name in ("easy", "classroom"))
    assert torch.equal(easy.labels, classroom.labels)
    assert easy.truth.theta[:, 0, 1].abs().mean() < classroom.truth.theta[:, 0, 1].abs().mean()


def test_the_truth_redraws_the_picture():
    """Without noise, light and contrast, theta and the units in the truth are all there is to a picture."""
    plain = Difficulty(rotation=(-25.0, 25.0), scale=(0.85, 1.2), shift=(-0.1, 0.1), light=(0.0, 0.0))
    faces = fe.faces.sample(40, seed=5, difficulty=plain)
    people = fe.faces.identity(40, dataset.stream_of("sample 5", "people"))
    lamp = torch.tensor([0.0, 0.0, 0.62]).expand(40, 3)
    again = fe.faces.render(people, faces.truth.action_units, faces.truth.theta, lamp)
    assert torch.equal(faces.images, (again.images * 255 + 0.5).to(torch.uint8))
    assert torch.equal(faces.truth.masks, again.masks)


def test_easy_faces_show_exactly_their_prototype():
    faces = fe.faces.sample(200, difficulty="easy")
    for label, name in enumerate(faces.classes):
        shown = faces.truth.action_units[faces.labels == label] > 0
        wanted = torch.tensor([unit in fe.emotions.PROTOTYPES[name] for unit in ACTION_UNITS])
        assert torch.equal(shown, wanted.expand_as(shown))


def test_classroom_faces_drop_and_add_units_as_often_as_they_say():
    dials, faces = PRESETS["classroom"], fe.faces.sample(700)
    wanted = torch.tensor([[u in fe.emotions.PROTOTYPES[name] for u in ACTION_UNITS] for name in faces.classes])
    along = torch.tensor([[u in fe.emotions.COMPANIONS[name] for u in ACTION_UNITS] for name in faces.classes])
    wanted, along, shown = wanted[faces.labels], along[faces.labels], faces.truth.action_units > 0
    assert abs((~shown[wanted]).float().mean() - dials.drop) < 0.025
    assert abs(shown[along].float().mean() - dials.companion) < 0.03
    assert abs(shown[~wanted & ~along].float().mean() - dials.add) < 0.01
    assert faces.truth.action_units.max() <= 1


def test_poses_stay_within_their_dials():
    faces = fe.faces.sample(500)
    dials, matrix = PRESETS["classroom"], faces.truth.theta[:, :, :2]
    scale = 1 / torch.linalg.det(matrix).sqrt()
    angle = torch.rad2deg(torch.atan2(matrix[:, 0, 1], matrix[:, 0, 0]))
    assert dials.scale[0] - 1e-4 <= scale.min() and scale.max() <= dials.scale[1] + 1e-4
    assert dials.rotation[0] - 1e-3 <= angle.min() and angle.max() <= dials.rotation[1] + 1e-3
    centre = -torch.linalg.solve(matrix, faces.truth.theta[:, :, 2:])[..., 0]  # where the face's origin lies
    assert dials.shift[0] - 1e-4 <= centre.min() and centre.max() <= dials.shift[1] + 1e-4


def test_labels_are_balanced_and_classes_can_be_chosen():
    counts = fe.faces.load_split("train", size=700).counts()
    assert min(counts.values()) > 70 and max(counts.values()) < 130
    two = fe.faces.sample(60, classes=("happy", "contempt"))
    assert two.classes == ("happy", "contempt") and min(two.counts().values()) > 10
    assert len(fe.faces.sample(20, classes=fe.emotions.CLASSES_8).classes) == 8


def test_splits_share_no_face_whatever_their_sizes():
    splits = {name: fe.faces.load_split(name, size=150) for name in ("train", "val", "test")}
    pictures = [bytes(image.numpy()) for faces in splits.values() for image in faces.images]
    assert len(set(pictures)) == 450
    poses = torch.cat([faces.truth.theta for faces in splits.values()]).flatten(1)
    assert len(poses.unique(dim=0)) == 450
    for name, faces in splits.items():
        assert (faces.name, faces.split) == ("faces", name)
        assert same(faces[:40], fe.faces.load_split(name, size=40))


def test_neighbouring_seeds_share_no_face():
    a, b = fe.faces.load_split(size=50, seed=0), fe.faces.load_split(size=50, seed=1)
    assert not (a.truth.theta[:, None] == b.truth.theta[None]).all((2, 3)).any()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: fe.faces.load_split("holdout"),
        lambda: fe.faces.load_split(size=0),
        lambda: fe.faces.load_split(size=-3),
        lambda: fe.faces.load_split(size=2.5),
        lambda: fe.faces.load_split(size=10, difficulty="brutal"),
        lambda: fe.faces.sample(0),
        lambda: fe.faces.sample(4, difficulty=Difficulty(rotation=(10, -10))),
        lambda: fe.faces.sample(4, difficulty=Difficulty(noise=0.1)),
        lambda: fe.faces.sample(4, difficulty=Difficulty(drop=2.0)),
        lambda: fe.faces.sample(4, difficulty=Difficulty(spread=0.0)),
        lambda: fe.faces.sample(4, difficulty=Difficulty(occluders=("umbrella",))),
        lambda: fe.faces.sample(4, classes=("happy", "smug")),
        lambda: fe.faces.sample(4, classes=()),
    ],
)
def test_bad_requests_end_in_one_sentence(ask):
    with pytest.raises(fe.errors.DataError, match=r"^expected .* found .*: .*\.$"):
        ask()


def test_people_take_turns_and_stay_themselves_under_every_expression():
    faces = fe.faces.sample(30, seed=4, people=6)
    assert faces.groups.tolist() == [k % 6 for k in range(30)]
    tone, age = faces.truth.attributes["skin_tone"], faces.truth.attributes["age"]
    for k in range(6):
        assert len(tone[faces.groups == k].unique()) == len(age[faces.groups == k].unique()) == 1
        assert len(faces.truth.action_units[faces.groups == k].unique(dim=0)) > 1
    assert len(tone.unique()) == 6


def test_as_many_people_as_faces_are_the_set_without_people():
    assert torch.equal(fe.faces.sample(12, seed=4, people=12).images, fe.faces.sample(12, seed=4).images)


@pytest.mark.parametrize("people", (0, 31, True, 2.0))
def test_a_wrong_number_of_people_is_refused(people):
    with pytest.raises(fe.errors.DataError, match="expected people in 1..30"):
        fe.faces.sample(30, people=people)
