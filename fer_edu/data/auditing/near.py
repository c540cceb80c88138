"""Every pair of pictures that correlate above a line: all pairs are settled, none is guessed.

Let x and y be two pictures with mean 0 and norm 1, so that x.y is their correlation, and Q an orthonormal basis of k
low frequencies. What Q leaves over of x has the length |rx| = sqrt(1 - |Qx|^2), and by Cauchy and Schwarz

    x.y = Qx.Qy + rx.ry <= Qx.Qy + |rx||ry| = [Qx, |rx|] . [Qy, |ry|].

One product of k + 1 columns instead of 2,304 thus bounds all correlations from above. Faces are mostly low frequencies,
so few pairs reach the line with their bound; only those are computed. That is done in whole numbers, which neither
the order of summation nor the number of threads can change.
"""

import numpy as np
import torch
from scipy.fft import dct
from tqdm import tqdm

from .pool import CHUNK, PIXELS, SIDE, measure

FREQUENCIES = 64
"""k. From 16 to 64 it makes no difference to the time, and principal components of the pictures are no faster than
cosines (benchmarks/audit.py); more of them leave fewer candidates in sets of another kind."""
BLOCK = 2048  # pictures: a block of bounds takes 16 MB
SLACK = 1e-4  # the bounds are float32: they err by some 1e-6
DENSE = 50_000  # candidates in a block from which one product of the whole block is cheaper than one by one


MOST = 2_000_000  # pairs: more are the frames of films, of which all resemble all, and would fill the memory


def near_pairs(pixels, near=0.97, mirrored=False, progress=False):
    """Return (first, second, correlation) of all pairs above the line: int32 [P], int32 [P], float64 [P].

    pixels: uint8 [N, 2304]. near: correlation in 0..1, above which a pair counts. mirrored: compare each picture with
    the mirror images (left and right swapped) of the others, and not with them as they are. first < second, pairs in
    ascending order; a picture without any contrast correlates with none. Takes O(N^2) time and O(N + P) memory.
    Returns None where there are more than MOST pairs.
    """
    pixels = torch.as_tensor(np.ascontiguousarray(pixels))
    other = pixels.view(-1, SIDE, SIDE).flip(2).reshape(-1, PIXELS) if mirrored else pixels
    features = _features(pixels)
    against = _features(other) if mirrored else features
    sums, spread = _moments(pixels)
    found, pairs = [], 0
    room = torch.empty(BLOCK * BLOCK)  # one for all blocks; see `measure` on what becomes of memory otherwise
    starts = range(0, len(pixels), BLOCK)
    for i in tqdm(starts, desc="mirrored copies" if mirrored else "near copies", disable=not progress, leave=False):
        for j in range(i, len(pixels), BLOCK):
            rows, columns = features[i : i + BLOCK], against[j : j + BLOCK]
            shape = len(rows), len(columns)
            bound = torch.mm(rows, columns.T, out=room[: shape[0] * shape[1]].view(shape))
            if i == j:
                bound.triu_(1)
            first, second = (bound > near - SLACK).nonzero(as_tuple=True)
            if not len(first):
                continue
            products = _products(pixels[i : i + BLOCK], other[j : j + BLOCK], first, second)
            first, second = first + i, second + j
            # Sums of whole numbers below 2^53: exact in float64. The mirror image has its picture's moments.
            above = PIXELS * products - sums[first] * sums[second]
            correlation = above / (spread[first] * spread[second]).sqrt().clamp(min=1)
            kept = correlation > near
            found.append((first[kept].int(), second[kept].int(), correlation[kept].clamp(max=1)))
            pairs += len(found[-1][0])
            if pairs > MOST:
                return None
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
    first, second, correlation = (torch.cat(column).numpy() for column in zip(*found, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], correlation[order]


def _features(pixels):
    """Return [Qx, |rx|] of each picture, float32 [N, k + 1]; zeros for a picture without contrast."""
    basis = torch.from_numpy(_low_frequencies(FREQUENCIES))

    def feature(chunk):
        x = chunk.flatten(1).float()
        x -= x.mean(1, keepdim=True)
        norm = x.norm(dim=1, keepdim=True)
        x = torch.where(norm > 0, x / norm.clamp(min=1e-6), 0)
        low = x @ basis.T
        rest = (x.square().sum(1, keepdim=True) - low.square().sum(1, keepdim=True)).clamp(min=0).sqrt()
        return torch.cat([low, rest], 1)

    return measure(pixels, feature, width=(FREQUENCIES + 1,))


def _low_frequencies(k):
    """Return the k lowest frequencies of the two-dimensional cosine transform but the mean, float32 [k, 2304]."""
    waves = dct(np.eye(SIDE), axis=0, norm="ortho")  # row f: the wave of frequency f
    down, across = np.mgrid[:SIDE, :SIDE]
    order = np.argsort((down**2 + across**2).ravel(), kind="stable")[1 : k + 1]
    basis = [np.outer(waves[f // SIDE], waves[f % SIDE]).ravel() for f in order]
    return np.stack(basis).astype(np.float32)


def _moments(pixels):
    """Return the sum of each picture's grey levels and 2304 sum(x^2) - sum(x)^2, both float64 [N], whole numbers."""
    sums = measure(pixels, lambda chunk: chunk.flatten(1).double().sum(1), dtype=torch.float64)
    squares = measure(pixels, lambda chunk: chunk.flatten(1).double().square().sum(1), dtype=torch.float64)
    return sums, PIXELS * squares - sums.square()


def _products(rows, columns, first, second):
    """Return sum(x * y) of the pairs (rows[first], columns[second]), float64 [P], whole numbers."""
    if len(first) > DENSE:
        return (rows.double() @ columns.double().T)[first, second]
    parts = [
        (rows[a].double() * columns[b].double()).sum(1)
        for a, b in zip(first.split(CHUNK), second.split(CHUNK), strict=True)
    ]
    return torch.cat(parts)
