"""What an epoch shows under each way of oversampling, and how much it counts."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from fer_edu.data.sampling import OVERSAMPLING, class_weights, epoch_indices
from fer_edu.errors import DataError, RecipeError
from fer_edu.training import Objective

COUNTS = (3995, 436, 4097, 7215, 4830, 3171, 4965)  # FER-2013, Training


def labels_of(counts, seed=0):
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))]


def seeded(seed=1):
    return torch.Generator().manual_seed(seed)


def test_none_shows_every_picture_once_in_random_order():
    labels = labels_of(COUNTS)
    index = epoch_indices(labels, generator=seeded())
    assert index.dtype == torch.int64
    assert torch.equal(index.sort().values, torch.arange(len(labels)))
    assert not torch.equal(index, torch.arange(len(labels)))


def test_balanced_shows_every_class_as_often_as_the_largest():
    labels = labels_of(COUNTS)
    index = epoch_indices(labels, "balanced", seeded())
    assert len(index) == 7 * 7215
    assert torch.bincount(labels[index]).tolist() == [7215] * 7
    shown = torch.bincount(index, minlength=len(labels))
    for label, count in enumerate(COUNTS):
        times = 7215 // count  # disgust: 16 times each, and 239 of its 436 once more
        of_class = shown[labels == label]
        assert set(of_class.tolist()) <= {times, times + 1}
        assert int((of_class == times + 1).sum()) == 7215 % count


def test_balanced_worked_by_hand():
    labels = torch.tensor([0, 0, 0, 1, 1])
    shown = torch.bincount(epoch_indices(labels, "balanced", seeded()), minlength=5).tolist()
    assert shown[:3] == [1, 1, 1]
    assert sorted(shown[3:]) == [1, 2]


def test_sqrt_gives_shares_by_the_root_of_the_count():
    labels = labels_of((100, 400, 900))  # roots 10, 20, 30: shares 1/6, 2/6, 3/6 of 1,400
    index = epoch_indices(labels, "sqrt", seeded())
    assert torch.bincount(labels[index]).tolist() == [233, 467, 700]
    shown = torch.bincount(index, minlength=len(labels))
    assert set(shown[labels == 0].tolist()) == {2, 3}
    assert set(shown[labels == 2].tolist()) == {0, 1}


@pytest.mark.parametrize("oversample", OVERSAMPLING)
def test_a_seed_fixes_the_epoch_and_the_next_one_differs(oversample):
    labels = labels_of((5, 50, 500))
    generator = seeded()
    first, second = (epoch_indices(labels, oversample, generator) for _ in range(2))
    assert torch.equal(first, epoch_indices(labels, oversample, seeded()))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("oversample", OVERSAMPLING)
def test_an_absent_class_stays_absent_and_a_rare_one_does_not_vanish(oversample):
    labels = labels_of((0, 1, 0, 1000))
    counts = torch.bincount(labels[epoch_indices(labels, oversample, seeded())], minlength=4)
    assert counts[0] == counts[2] == 0
    assert counts[1] >= 1


def test_classes_are_mixed_through_the_epoch():
    labels = labels_of((1000, 1000))
    half = labels[epoch_indices(labels, "balanced", seeded())][:1000]
    assert 400 < int(half.sum()) < 600  # 500 +- 16 where the order is random, 0 or 1,000 where it is not


def test_weights_shows_every_picture_once_as_none_does():
    labels = labels_of(COUNTS)
    assert torch.equal(epoch_indices(labels, "weights", seeded()), epoch_indices(labels, "none", seeded()))


def test_weights_are_scikit_learns_and_one_in_the_mean():
    labels = labels_of(COUNTS)
    weights = class_weights(labels, 7)
    expected = compute_class_weight("balanced", classes=np.arange(7), y=labels.numpy())
    torch.testing.assert_close(weights, torch.from_numpy(expected).float())
    assert weights.dtype == torch.float32
    assert weights[labels].double().mean().item() == pytest.approx(1)


def test_weights_worked_by_hand_and_none_for_an_absent_class():
    weights = class_weights(torch.tensor([0, 0, 0, 2, 2]), 4)  # 5 pictures, 2 classes: 5 / (2 x 3) and 5 / (2 x 2)
    torch.testing.assert_close(weights, torch.tensor([5 / 6, 0, 1.25, 0]))


@pytest.mark.parametrize("oversample", ["none", "balanced", "sqrt"])
def test_the_others_weigh_all_alike(oversample):
    assert class_weights(torch.tensor([0, 0, 1]), 2, oversample) is None


def losses_of(labels, classes, seed=3):
    """Return logits of no skill, [N, classes], one row a picture."""
    return torch.randn(len(labels), classes, generator=torch.Generator().manual_seed(seed))


def mean_over_epoch(labels, logits, oversample, generator=None):
    """Return the mean loss over one epoch in batches of 1: what the optimiser is led by."""
    index = epoch_indices(labels, oversample, generator)
    objective = Objective(0, 0, class_weights=class_weights(labels, logits.shape[1], oversample))
    return torch.stack([objective(None, logits[[i]], labels[[i]])[0] for i in index.tolist()]).mean().item()


def test_balanced_and_weights_give_every_class_the_same_part_of_the_loss():
    labels = labels_of((8, 16, 32))  # they divide: an epoch shows each picture of a class equally often
    logits = losses_of(labels, 3)
    balanced = mean_over_epoch(labels, logits, "balanced", seeded())
    assert mean_over_epoch(labels, logits, "weights", seeded()) == pytest.approx(balanced, rel=1e-5)
    assert abs(mean_over_epoch(labels, logits, "none", seeded()) - balanced) > 0.01


def test_where_counts_do_not_divide_they_agree_in_expectation():
    labels = labels_of((7, 10))
    logits = losses_of(labels, 2)
    generator = seeded()
    epochs = torch.tensor([mean_over_epoch(labels, logits, "balanced", generator) for _ in range(300)])
    error = epochs.std().item() / 300**0.5
    assert error > 0
    assert abs(epochs.mean().item() - mean_over_epoch(labels, logits, "weights", seeded())) < 4 * error


def test_a_pictures_part_in_the_loss_does_not_depend_on_its_batch():
    labels = labels_of((2, 30))
    logits, objective = losses_of(labels, 2), Objective(0, 0, class_weights=class_weights(labels, 2))
    whole, halves = (
        torch.stack([objective(None, logits[part], labels[part])[0] for part in parts]).mean()
        for parts in ([slice(None)], [slice(16), slice(16, None)])
    )
    torch.testing.assert_close(whole, halves)


def test_bad_input():
    with pytest.raises(RecipeError, match=r"none, balanced, sqrt.*'yes'"):
        epoch_indices(torch.tensor([0, 1]), "yes")
    with pytest.raises(DataError, match="at least one picture"):
        epoch_indices(torch.tensor([], dtype=torch.int64))
    with pytest.raises(DataError, match=r"labels in 0\.\.1, found 2"):
        class_weights(torch.tensor([0, 2]), 2)
    with pytest.raises(DataError, match="at least one picture"):
        class_weights(torch.tensor([], dtype=torch.int64), 2)
    with pytest.raises(RecipeError, match=r"weights.*'yes'"):
        class_weights(torch.tensor([0, 1]), 2, "yes")
