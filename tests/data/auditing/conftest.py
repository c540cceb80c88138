"""Drawn faces, and ways of spoiling them."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

import fer_edu as fe


@pytest.fixture(scope="session")
def drawn():
    """200 faces of as many persons: no two are alike, and nothing is wrong with them."""
    return replace(fe.faces.sample(200, seed=11, difficulty="classroom"), truth=None, groups=None)


@pytest.fixture
def three(drawn):
    """train 100, val 40 and test 60 of them."""
    parts = {"train": drawn[:100], "val": drawn[100:140], "test": drawn[140:]}
    return {
        name: replace(part, images=part.images.clone(), labels=part.labels.clone(), split=name)
        for name, part in parts.items()
    }


@pytest.fixture(scope="session")
def saved():
    """A function: the picture uint8 [1, 48, 48] after a JPEG of this quality."""

    def save(image, quality):
        buffer = io.BytesIO()
        Image.fromarray(image[0].numpy()).save(buffer, "JPEG", quality=quality)
        return torch.from_numpy(np.array(Image.open(buffer)))[None]

    return save
