"""Distorted digits: the distortions are those that are named, the splits share nothing, MNIST is read where it is."""

import gzip
import struct

import pytest
import torch

from fer_edu import data
from fer_edu.data import digits
from fer_edu.errors import DataError

pytest.importorskip("sklearn")


@pytest.mark.parametrize("distortion", digits.DISTORTIONS)
def test_a_set_is_drawn_alike_from_the_same_seed_only(distortion):
    one, again = (data.load("digits", size=50, seed=3, distortion=distortion) for _ in range(2))
    assert one.images.shape == (50, 1, 48, 48) and one.classes == tuple("0123456789")
    assert one.fingerprint() == again.fingerprint()
    assert one.fingerprint() != data.load("digits", size=50, seed=4, distortion=distortion).fingerprint()
    assert (one.images.flatten(1).max(1).values > 60).all()  # there is a digit on every canvas


def test_splits_share_no_original():
    from sklearn.datasets import load_digits

    pictures = {split: {tuple(x.flatten().tolist()) for x in digits._embedded(split)[0]} for split in digits.SIZES}
    sizes = {split: len(digits._embedded(split)[0]) for split in digits.SIZES}
    assert sizes == {"train": 1097, "val": 300, "test": 400} and sum(sizes.values()) == len(load_digits().target)
    assert not pictures["train"] & pictures["val"] and not pictures["train"] & pictures["test"]


def test_every_original_is_used_before_one_is_used_twice():
    found = data.load("digits", split="test", size=800, distortion="none")
    assert len({x.numpy().tobytes() for x in found.images[:400]}) == 400
    assert {x.numpy().tobytes() for x in found.images[:400]} == {x.numpy().tobytes() for x in found.images[400:]}


def centre(images):
    """Return the centre of brightness, (x, y) in -1..1, [n, 2]."""
    axis = (torch.arange(48.0) * 2 + 1) / 48 - 1
    light = images[:, 0].float()
    total = light.sum((1, 2))
    return torch.stack([(light.sum(1) * axis).sum(1), (light.sum(2) * axis).sum(1)], 1) / total[:, None]


def test_rts_moves_and_shrinks_and_keeps_the_digit_on_its_canvas():
    plain = data.load("digits", size=500, distortion="none")
    moved = data.load("digits", size=500, distortion="RTS")
    # Evenly in ±(1 - s / 1.5): a deviation of (1 - 0.63) / √3 = 0.21 in the mean over s.
    assert centre(moved.images).std(0).min() > 0.18 > 0.08 > centre(plain.images).std(0).max()
    light = moved.images.float().sum() / plain.images.float().sum()
    assert abs(light - 0.41) < 0.05  # the mean of (s / 1.5)² over s in 0.7..1.2
    edge = torch.cat([moved.images[..., 0, :], moved.images[..., -1, :]]).float().mean()
    assert edge < 2


def test_a_quarter_turn_is_among_the_turns_of_r():
    """Turned by an angle drawn evenly, the moments of brightness lose their direction."""
    turned = data.load("digits", size=1000, distortion="R").images[:, 0].float()
    axis = (torch.arange(48.0) * 2 + 1) / 48 - 1
    wide = (turned.sum(1) * axis**2).sum() / (turned.sum(2) * axis**2).sum()
    plain = data.load("digits", size=1000, distortion="none").images[:, 0].float()
    assert abs(wide - 1) < abs((plain.sum(1) * axis**2).sum() / (plain.sum(2) * axis**2).sum() - 1) / 3


def test_a_homography_takes_its_corners_where_they_belong():
    corners = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    seen = corners * 0.8 + 0.1 * torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(0))
    grid = torch.zeros(3, 48, 48, 2)
    grid[:, 0, :4] = seen
    torch.testing.assert_close(
        digits._through_homography(grid, seen, corners)[:, 0, :4], corners.expand(3, 4, 2), atol=1e-4, rtol=0
    )


def test_mnist_is_read_where_it_lies(tmp_path):
    pytest.importorskip("torchvision")
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    draw = torch.Generator().manual_seed(0)
    for name, n in (("train", 50_020), ("t10k", 30)):
        pixels = torch.randint(0, 256, (n, 28, 28), generator=draw, dtype=torch.uint8)
        labels = torch.arange(n, dtype=torch.uint8) % 10
        (raw / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 2051, n, 28, 28) + pixels.numpy().tobytes())
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, n) + labels.numpy().tobytes())
    val = data.load("mnist", split="val", root=tmp_path, size=20, distortion="none")
    assert val.name == "mnist none" and val.counts() == dict.fromkeys("0123456789", 2)
    test = data.load("mnist", split="test", root=tmp_path, size=60, distortion="R")
    assert test.images.shape == (60, 1, 48, 48)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"distortion": "Q"}, "expected a distortion out of none, R, RTS, P, E, found 'Q'"),
        ({"split": "all"}, "expected a split"),
        ({"size": 0}, "found 0"),
        ({"root": "somewhere"}, "expected no root for digits"),
    ],
)
def test_bad_input_is_named(options, sentence):
    with pytest.raises(DataError, match=sentence):
        data.load("digits", **options)


def test_missing_or_damaged_mnist_is_named(tmp_path):
    pytest.importorskip("torchvision")
    with pytest.raises(DataError, match="give mnist a root"):
        data.load("mnist")
    with pytest.raises(DataError, match="MNIST's files in .*download=True"):
        data.load("mnist", root=tmp_path)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (raw / f"{name}-ubyte.gz").write_bytes(gzip.compress(b"no digits"))
        (raw / f"{name}-ubyte").write_bytes(b"no digits at all")
    with pytest.raises(DataError, match="expected MNIST's files"):
        data.load("mnist", root=tmp_path)
