"""Label noise: as often as it says, never the same label, and towards similar expressions."""

import pytest
import torch

import fer_edu as fe
from fer_edu.faces.nuisances.labels import confusion, draw_label_noise

CLASSES = fe.emotions.CLASSES_8


def noisy(labels, probability, seed=0, classes=CLASSES):
    return draw_label_noise(labels, classes, probability, torch.Generator().manual_seed(seed))


def test_the_share_of_wrong_labels_is_the_probability():
    labels = torch.arange(40_000) % 8
    assert torch.equal(noisy(labels, 0.0), labels)
    assert not (noisy(labels, 1.0) == labels).any()
    assert abs((noisy(labels, 0.3) != labels).double().mean() - 0.3) < 0.01  # 4 standard errors


def test_wrong_labels_follow_the_confusion_table():
    table = confusion(CLASSES, 0.6)
    assert torch.allclose(table.sum(1), torch.ones(8, dtype=torch.float64))
    for k in range(8):
        drawn = noisy(torch.full((20_000,), k), 0.6, seed=k).bincount(minlength=8) / 20_000
        assert (drawn - table[k]).abs().max() < 0.02


def test_fear_is_called_surprise_most_often():
    table = confusion(CLASSES, 1.0)
    at = CLASSES.index
    # By hand: fear and surprise differ in 4, 7, 20, of which 4 and 20 often come along with surprise; fear and anger
    # differ in 1, 2, 20, 23, 26.
    ratio = table[at("fear"), at("surprise")] / table[at("fear"), at("angry")]
    assert ratio == pytest.approx(25)
    assert table[at("fear")].argmax() == at("surprise") and table[at("sad")].argmax() == at("neutral")
    assert table[at("angry"), at("disgust")] > 2 * table[at("angry"), at("surprise")]


def test_the_first_labels_of_more_are_the_same():
    labels = torch.arange(100) % 8
    assert torch.equal(noisy(labels, 0.5)[:37], noisy(labels[:37], 0.5))


def test_one_class_alone_is_never_confused():
    assert torch.equal(noisy(torch.zeros(5, dtype=torch.int64), 1.0, classes=("happy",)), torch.zeros(5).long())


def test_bad_requests_end_in_one_sentence():
    for ask in (lambda: confusion(("happy", "smug"), 0.1), lambda: confusion(CLASSES, 1.5)):
        with pytest.raises(fe.errors.DataError, match=r"^expected .* found .*: .*\.$"):
            ask()
