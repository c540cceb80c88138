"""What an epoch shows under each way of oversampling."""

import pytest
import torch

from fer_edu.data import epoch_indices
from fer_edu.errors import DataError, RecipeError

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


@pytest.mark.parametrize("oversample", ["none", "balanced", "sqrt"])
def test_a_seed_fixes_the_epoch_and_the_next_one_differs(oversample):
    labels = labels_of((5, 50, 500))
    generator = seeded()
    first, second = (epoch_indices(labels, oversample, generator) for _ in range(2))
    assert torch.equal(first, epoch_indices(labels, oversample, seeded()))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("oversample", ["none", "balanced", "sqrt"])
def test_an_absent_class_stays_absent_and_a_rare_one_does_not_vanish(oversample):
    labels = labels_of((0, 1, 0, 1000))
    counts = torch.bincount(labels[epoch_indices(labels, oversample, seeded())], minlength=4)
    assert counts[0] == counts[2] == 0
    assert counts[1] >= 1


def test_classes_are_mixed_through_the_epoch():
    labels = labels_of((1000, 1000))
    half = labels[epoch_indices(labels, "balanced", seeded())][:1000]
    assert 400 < int(half.sum()) < 600  # 500 +- 16 where the order is random, 0 or 1,000 where it is not


def test_bad_input():
    with pytest.raises(RecipeError, match=r"none, balanced, sqrt.*'yes'"):
        epoch_indices(torch.tensor([0, 1]), "yes")
    with pytest.raises(DataError, match="at least one picture"):
        epoch_indices(torch.tensor([], dtype=torch.int64))
