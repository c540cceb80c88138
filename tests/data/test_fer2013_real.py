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


def test_the_folder_copy_holds_the_same_pictures_but_for_what_jpeg_took(real, tmp_path):
    real.main("folder", tmp_path)
    images, labels, usage = real.read()
    for part, split in enumerate(("train", "val")):
        faces = load("fer2013", split, tmp_path)
        assert np.array_equal(faces.labels.numpy(), labels[usage == part])  # also says that the order is the same
        error = np.abs(faces.images[:, 0].numpy().astype(np.int16) - images[usage == part])
        assert error.max() <= 12 and 1 < error.mean() < 1.5  # grey levels, of JPEG at quality 95
