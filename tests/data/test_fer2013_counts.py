"""A copy is compared with the published counts, and its differences are named one by one."""

import warnings

import numpy as np
import pytest

from fer_edu.data import DataWarning, load
from fer_edu.data.fer2013 import COUNTS
from fer_edu.data.fer2013.official import differences


def published(part):
    return np.repeat(np.arange(7), COUNTS[part])


def write(path, labels, part):
    """Write an npz whose pictures are black: only the labels matter here."""
    images = np.zeros((len(labels), 48, 48), np.uint8)
    np.savez_compressed(path, images=images, labels=labels, usage=np.full(len(labels), part))


def test_totals_are_those_of_the_challenge():
    assert [sum(COUNTS[part]) for part in ("Training", "PublicTest", "PrivateTest")] == [28709, 3589, 3589]


def test_official_counts_load_without_a_word(tmp_path):
    write(tmp_path / "fer2013.npz", published("PrivateTest"), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load("fer2013", "test", tmp_path).notes == ()


def test_missing_pictures_are_counted_by_class(tmp_path):
    labels = published("PublicTest")
    write(tmp_path / "fer2013.npz", labels[9:-1], 1)
    sentence = "PublicTest has 3,579 pictures instead of 3,589: angry 458 instead of 467, neutral 606 instead of 607."
    with pytest.warns(DataWarning, match=sentence):
        faces = load("fer2013", "val", tmp_path)
    assert faces.notes == (sentence,)


def test_changed_labels_are_found_where_the_total_is_right():
    labels = published("Training")
    labels[0] = 6
    assert differences("train", labels) == (
        "Training has the official 28,709 pictures, but other labels: angry 3,994 instead of 3,995, "
        "neutral 4,966 instead of 4,965.",
    )


def test_both_halves_are_compared_with_their_sum():
    both = np.concatenate([published("PublicTest"), published("PrivateTest")])
    assert differences("publictest+privatetest", both) == ()
    assert "7,177 pictures instead of 7,178: happy 1,773 instead of 1,774" in str(
        differences("publictest+privatetest", np.delete(both, np.flatnonzero(both == 3)[0]))
    )


def test_the_warning_points_at_the_caller(tmp_path):
    write(tmp_path / "fer2013.npz", np.zeros(3, int), 0)
    with pytest.warns(DataWarning) as caught:
        load("fer2013", "train", tmp_path)
    # Others may be caught too: an unclosed socket of an earlier test is reported whenever it is collected.
    assert [w.filename for w in caught if w.category is DataWarning] == [__file__]
