"""A planted shortcut: pixels and effects on networks whose answers are known, scores against SciPy and scikit-learn."""

from dataclasses import replace

import pytest
import torch
from scipy import stats
from sklearn.metrics import roc_auc_score
from torch import nn

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.saliency.shortcut import SHORTCUT, auc, balanced, both_ways, maps_by, rank_of, reveal, wear

ANGRY = fe.emotions.CLASSES.index("angry")


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(24, seed=5, difficulty="easy")


@pytest.fixture(scope="module")
def worn(faces):
    return wear(faces)


class Linear(nn.Module):
    """Logit k of a picture = Σ weight[k] · pixel."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return x.flatten(1) @ self.weight.flatten(1).T


def weights(seed=0):
    return torch.randn(7, 48, 48, generator=torch.Generator().manual_seed(seed))


def by_weight(model, images, target):
    """The gradient of a linear network: the same map for every picture."""
    return model.weight.detach()[target].expand(len(images), 48, 48)


def test_glasses_change_the_pixels_that_are_called_theirs_and_no_others(faces, worn):
    assert not worn.off.truth.attributes["glasses"].any()
    assert worn.on.truth.attributes["glasses"].all()
    difference = (worn.on.images.int() - worn.off.images.int()).abs()[:, 0]
    assert difference[~worn.pixels].max() < 2
    assert (difference > 20)[worn.pixels].any()
    assert torch.equal(worn.off.labels, faces.labels)
    # The rims, which the generator itself marks as hiding what is behind them, are among them.
    rims = worn.on.truth.part("occluder")
    assert (worn.pixels & rims).sum() > 0.8 * rims.sum()


def test_the_effect_on_a_linear_network_is_its_weights_times_the_change(worn):
    model = Linear(weights())
    change = (worn.on.images.double() - worn.off.images.double())[:, 0] / 255
    wanted = (change * model.weight.detach()[ANGRY].double()).sum((1, 2))
    torch.testing.assert_close(worn.effect(model, ANGRY).double(), wanted, rtol=1e-3, atol=1e-3)
    own = torch.arange(len(worn)) % 7
    wanted = (change * model.weight.detach()[own].double()).sum((1, 2))
    torch.testing.assert_close(worn.effect(model, own).double(), wanted, rtol=1e-3, atol=1e-3)


def test_a_network_that_likes_glasses_is_told_from_one_that_does_not(worn):
    where = worn.pixels.float().mean(0)
    honest = weights().abs()
    cheat = honest.clone()
    cheat[ANGRY] += 5 * where
    found = reveal(by_weight, Linear(cheat), Linear(honest), worn, ANGRY)
    assert found.low > 0
    assert found.auc > 0.9
    assert found.rank_cheat.mean() < found.rank_honest.mean()
    assert found.method == "by_weight"
    # The other way round, the difference turns its sign.
    other = reveal(by_weight, Linear(honest), Linear(cheat), worn, ANGRY)
    assert other.difference == pytest.approx(-found.difference)
    assert other.auc == pytest.approx(1 - found.auc)


def test_the_interval_is_the_paired_one_and_auc_the_area_under_the_roc_curve(worn):
    found = reveal(by_weight, Linear(weights(1)), Linear(weights(2)), worn, ANGRY)
    interval = stats.ttest_rel(found.cheat.double(), found.honest.double()).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(interval), rel=1e-6)
    labels = [1] * len(worn) + [0] * len(worn)
    assert found.auc == pytest.approx(roc_auc_score(labels, torch.cat([found.cheat, found.honest]).numpy()))


def test_a_map_that_never_asks_the_network_reveals_nothing(worn):
    def brightness(model, images, target):
        return images[:, 0].float()

    found = reveal(brightness, Linear(weights(1)), Linear(weights(2)), worn, ANGRY)
    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert found.auc == 0.5
    assert torch.equal(found.rank_cheat, found.rank_honest)


def test_a_picture_whose_glasses_cannot_be_seen_is_left_out(worn):
    hidden = type(worn)(worn.off, worn.on, worn.pixels.clone())
    hidden.pixels[0] = False
    found = reveal(by_weight, Linear(weights(1)), Linear(weights(2)), hidden, ANGRY)
    assert found.cheat[0].isnan()
    whole = reveal(by_weight, Linear(weights(1)), Linear(weights(2)), worn, ANGRY)
    rest = (whole.cheat - whole.honest)[1:].mean()
    assert found.difference == pytest.approx(float(rest))


def test_a_method_is_a_name_of_explain_the_deconvnet_or_a_function(worn):
    model = fe.models.create("cnn", seed=0).eval()
    images = worn.on.images[:3]
    x = (images.float() / 255).requires_grad_()
    (wanted,) = torch.autograd.grad(model(x)[:, ANGRY].sum(), x)
    torch.testing.assert_close(maps_by("gradient", model, images, ANGRY), wanted[:, 0], rtol=1e-4, atol=1e-6)
    two = maps_by("occlusion", model, images, ANGRY, window=12, stride=12)
    assert two[0, :12, :12].std() < 1e-5 * two.abs().max()  # one value a window: the options arrive
    projected = maps_by("deconvnet", model, images, torch.tensor([0, 1, 2]))
    (alone,) = fe.saliency.Deconvnet(model).project(images[1:2], "logits", 1).maps
    torch.testing.assert_close(projected[1], alone)
    assert torch.equal(maps_by(lambda model, images, target: images[:, 0] * target, model, images, 2), images[:, 0] * 2)


def test_ties_count_one_half():
    assert auc(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])) == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    with pytest.raises(DataError, match="expected values on both sides, found 0 and 2"):
        auc(torch.tensor([]), torch.tensor([1.0, 0.0]))


def test_the_rank_of_the_glasses_goes_from_first_to_last(worn):
    own = worn.pixels.float()
    assert rank_of(worn.pixels, own, worn.on).eq(1).all()
    # Brows, eyes, nose, mouth, cheeks and the rest are above them.
    assert rank_of(worn.pixels, -own, worn.on).max() == 7
    flat = torch.ones(len(worn), 48, 48)
    assert rank_of(worn.pixels, flat, worn.on).max() == 4
    mouth = worn.on.truth.part("mouth") & ~worn.pixels
    assert rank_of(worn.pixels, own + 2 * mouth, worn.on).eq(2).all()


def test_the_rank_needs_the_parts(worn):
    with pytest.raises(DataError, match="expected faces with truth"):
        rank_of(worn.pixels, worn.pixels.float(), replace(worn.on, truth=None))


def test_both_ways_shows_each_face_without_and_with_glasses(faces, worn):
    cured = both_ways(faces)
    assert torch.equal(cured.images[: len(faces)], worn.off.images)
    assert torch.equal(cured.images[len(faces) :], worn.on.images)
    assert cured.counts() == {name: 2 * count for name, count in faces.counts().items()}


def test_balanced_faces_wear_glasses_as_often_in_every_class():
    faces = fe.data.load("faces", size=600, difficulty="easy", shortcut=SHORTCUT)
    before = faces.truth.attributes["glasses"] > 0
    assert before[faces.labels == ANGRY].float().mean() > 0.85
    cured = balanced(faces)
    after = cured.truth.attributes["glasses"] > 0
    assert cured.counts() == faces.counts()
    for label in range(7):
        assert after[cured.labels == label].float().mean() == pytest.approx(0.5, abs=0.01)
    # No picture of a class and group is shown more than once more than another.
    keys = [picture.numpy().tobytes() for picture in cured.images[(cured.labels == ANGRY) & ~after]]
    rows = faces.images[(faces.labels == ANGRY) & ~before]
    times = [keys.count(picture.numpy().tobytes()) for picture in rows]
    assert max(times) - min(times) <= 1
    assert balanced(faces).fingerprint() == cured.fingerprint() != balanced(faces, seed=1).fingerprint()


def test_a_class_without_one_kind_cannot_be_balanced():
    faces = fe.data.load("faces", size=70, difficulty="easy", shortcut="glasses-angry-1.0")
    with pytest.raises(DataError, match="expected faces of both kinds in every class, found angry without"):
        balanced(faces)
    with pytest.raises(DataError, match="expected faces whose beard is known"):
        balanced(faces, trait="beard")
