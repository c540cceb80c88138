"""What is known about FER-2013, where its rows are at hand."""

import csv

import numpy as np
import pytest
import torch

from fer_edu.data.auditing.duplicates import audit_duplicates, distinct
from fer_edu.data.auditing.jpeg import LINE, jpeg_scores
from fer_edu.data.auditing.labels import audit_counts
from fer_edu.data.auditing.pixels import audit_pixels
from fer_edu.data.auditing.pool import pool
from fer_edu.data.faceset import FaceSet
from fer_edu.emotions import CLASSES


@pytest.fixture(scope="module")
def rows(real):
    """The Pool of Training and PublicTest."""
    images, labels, usage = (torch.from_numpy(array) for array in real.read())
    return pool(
        [
            FaceSet(images[usage == part][:, None], labels[usage == part].long(), CLASSES, name="fer2013", split=split)
            for part, split in enumerate(("train", "val"))
        ]
    )


def test_280_pictures_of_public_test_also_stand_in_training(rows):
    findings, reasons = audit_duplicates(rows, distinct(rows))
    (across,) = [finding for finding in findings if finding.kind == "copies across sets"]
    assert (across.count, across.of) == (280, 3589)
    assert reasons["in an earlier set"].sum() == 280
    assert len(distinct(rows).first) == len(np.unique(rows.pixels, axis=0)) == 30_766


def test_the_counts_are_the_published_ones_and_the_black_pictures_are_found(rows):
    assert [finding.count for finding in audit_counts(rows)] == [0, 0]
    _, reasons = audit_pixels(rows)
    black = (rows.pixels == 0).all(1)
    assert black.sum() == 12 and reasons["blank"][black].all() and reasons["blank"].sum() == 13


def test_rows_that_are_known_as_jpeg_only_are_found_and_no_others(real, rows):
    with open(real.__file__.replace("unpack.py", "labels.csv"), newline="") as handle:
        lossy = np.array([row["lossy"] == "1" for row in csv.DictReader(handle) if row["mosaic"].startswith("public")])
    found = jpeg_scores(rows.pixels[rows.of(1)]) > LINE
    assert not found[~lossy].any()
    assert found[lossy].sum() >= 0.8 * lossy.sum()  # black ones tell nothing
