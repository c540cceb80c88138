"""Distorted digits, the first test that a spatial transformer was ever given (Jaderberg et al. 2015, section 4.1).

Two sources: scikit-learn's 1,797 digits of 8 x 8 pixels, which are always there, and MNIST's 70,000 of 28 x 28 where a
user has them. A digit is distorted and drawn into 48 x 48 by one bilinear sampling, so each canvas holds what the
paper's did, on more pixels.
"""

from pathlib import Path

import torch
from torch.nn import functional as F

from ..errors import DataError
from ..geometry import affine_grid, build_theta, invert
from .faceset import FaceSet

DISTORTIONS = ("none", "R", "RTS", "P", "E")
SIDE = 48
SIZES = {"train": 6000, "val": 1000, "test": 2000}
"""Split -> how many distorted digits where none is asked for; each original is used several times if need be."""

CLASSES = tuple(str(digit) for digit in range(10))


def load(split="train", size=None, seed=0, distortion="RTS", root=None):
    """Return distorted digits as a FaceSet: uint8 [size, 1, 48, 48], white on black, classes "0" to "9".

    split: no original digit is in two of them. size: how many, or None for `SIZES`. seed: of originals' order and
    distortions. root: None for scikit-learn's digits, or the folder that holds MNIST/raw for MNIST.
    distortion: "none"; "R", turned by up to 90° either way; "RTS", turned by up to 45°, scaled by 0.7 to 1.2 and set
        anywhere on a canvas 1.5 times as wide; "P", scaled by 0.75 to 1 and its corners pulled about; "E", bent by 16
        control points. The amounts of R and RTS are the paper's, those of P and E ours: corners by a deviation of a
        tenth of the width, control points by a twentieth.
    Raises DataError.
    """
    if distortion not in DISTORTIONS:
        raise DataError(f"expected a distortion out of {', '.join(DISTORTIONS)}, found {distortion!r}: name one.")
    if split not in SIZES:
        raise DataError(f"expected a split out of {', '.join(SIZES)}, found {split!r}: name one of those.")
    originals, labels = _embedded(split) if root is None else _mnist(split, root)
    size = SIZES[split] if size is None else size
    if size < 1:
        raise DataError(f"expected a number of digits of 1 or more, found {size}: ask for at least one.")
    generator = torch.Generator().manual_seed(1_000_003 * seed + list(SIZES).index(split))
    rounds = -(-size // len(originals))
    chosen = torch.cat([torch.randperm(len(originals), generator=generator) for _ in range(rounds)])[:size]
    drawn = _draw(size, distortion, generator)
    pieces = []
    for some in torch.arange(size).split(2000):  # the grids of 50,000 digits at once would fill a gigabyte
        grid = _grids(distortion, drawn[some])
        seen = F.grid_sample(originals[chosen[some]], grid, padding_mode="zeros", align_corners=False)
        pieces.append(seen.round().to(torch.uint8))
    name = "digits" if root is None else "mnist"
    return FaceSet(torch.cat(pieces), labels[chosen], CLASSES, name=f"{name} {distortion}", split=split)


def _draw(n, distortion, generator):
    """Draw what decides n distortions, float [n, numbers]: four evenly in -1..1, then P's or E's normal numbers."""
    numbers = [torch.rand(n, 4, generator=generator) * 2 - 1]
    if distortion in ("P", "E"):
        numbers.append(torch.randn(n, {"P": 8, "E": 32}[distortion], generator=generator))
    return torch.cat(numbers, dim=1)


def _grids(distortion, drawn):
    """Return the grids [n, 48, 48, 2], from the canvas to the original digit, of what `_draw` drew."""
    n, share, normal = len(drawn), drawn[:, :4], drawn[:, 4:]
    size = (n, 1, SIDE, SIDE)
    if distortion == "R":
        return affine_grid(build_theta(90 * share[:, 0]), size)
    if distortion == "RTS":
        scale = (0.95 + 0.25 * share[:, 1]) / 1.5  # the digit's share of the canvas
        # What is done to the digit, turned round into where the canvas looks.
        return affine_grid(invert(build_theta(45 * share[:, 0], scale, 0.0, share[:, 2:] * (1 - scale)[:, None])), size)
    straight = affine_grid(build_theta().expand(n, 2, 3), size)
    if distortion == "P":
        scale = 0.875 + 0.125 * share[:, :1]
        corners = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
        pulled = corners * scale[:, :, None] + 0.2 * normal.view(n, 4, 2)
        return _through_homography(straight, pulled, corners)
    if distortion == "E":
        points = 0.1 * normal.view(n, 2, 4, 4)
        return straight + F.interpolate(points, (SIDE, SIDE), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    return straight


def _through_homography(grid, seen, corners):
    """Send a grid through the projective maps that take the points `seen` [n, 4, 2] to `corners` [4, 2]."""
    n = len(seen)
    x, y = seen.unbind(-1)
    u, v = corners.expand(n, 4, 2).unbind(-1)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    # u = (h0 x + h1 y + h2) / (h6 x + h7 y + 1) and v alike: eight equations, linear in h.
    rows = torch.cat(
        [
            torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], -1),
            torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], -1),
        ],
        dim=1,
    )
    h = torch.linalg.solve(rows, torch.cat([u, v], dim=1))
    matrix = torch.cat([h, torch.ones(n, 1)], 1).view(n, 1, 3, 3)
    moved = (matrix @ torch.cat([grid.flatten(1, 2), torch.ones(n, SIDE * SIDE, 1)], -1)[..., None]).squeeze(-1)
    return (moved[..., :2] / moved[..., 2:]).view(n, SIDE, SIDE, 2)


def _embedded(split):
    """Return scikit-learn's digits of one split: float [M, 1, 12, 12] in 0..255 and int64 [M]; 1,097, 300 and 400.

    Two black pixels stand around each, which makes a digit's share of its picture about that of MNIST's.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    order = torch.randperm(len(found.target), generator=torch.Generator().manual_seed(0))
    part = dict(zip(SIZES, order.split((1097, 300, 400)), strict=True))[split]
    images = F.pad(torch.from_numpy(found.images).float()[part, None] * (255 / 16), (2, 2, 2, 2))
    return images, torch.from_numpy(found.target).long()[part]


def _mnist(split, root):
    """Return MNIST of one split, float [M, 1, 28, 28] in 0..255 and int64 [M]: 50,000, the next 10,000, its test."""
    from torchvision.datasets import MNIST

    folder = Path(root).expanduser()
    try:
        found = MNIST(folder, train=split != "test", download=False)
    except Exception as error:  # a damaged file ends in torchvision's asserts, among others
        raise DataError(
            f"expected MNIST's files in {folder / 'MNIST' / 'raw'} (train-images-idx3-ubyte and three more, gzipped or "
            f"not), found none that torchvision reads: fetch them by torchvision.datasets.MNIST({str(root)!r}, "
            "download=True)."
        ) from error
    part = {"train": slice(0, 50_000), "val": slice(50_000, None), "test": slice(None)}[split]
    return found.data[part, None].float(), found.targets[part].long()
