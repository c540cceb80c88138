"""The real Training and PublicTest rows, where they lie beside the repository."""

import warnings

import numpy as np
import pytest

from fer_edu.data import load
from fer_edu.data.fer2013 import COUNTS
from fer_edu.errors import DataError


def test_the_real_csv_is_read_pixel_for_pixel(real, real_csv):
    images, labels, usage = real.read()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the counts are the official ones
        for part, (split, name) in enumerate([("train", "Training"), ("val", "PublicTest")]):
            for _ in range(2):  # from the file, then from the cache
                faces = load("fer2013", split, real_csv)
                assert np.array_equal(faces.images[:, 0].numpy(), images[usage == part])
                assert np.array_equal(faces.labels.numpy(), labels[usage == part])
                assert tuple(faces.counts().values()) == COUNTS[name]
                assert faces.notes == ()


def test_private_test_is_not_made_up(real_csv):
    with pytest.raises(DataError, match="Training 28,709, PublicTest 3,589"):
        load("fer2013", "test", real_csv)
