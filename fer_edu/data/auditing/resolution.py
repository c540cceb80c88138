"""What became of a picture before: the size of its original, the fine detail that it lacks, JPEG."""

import numpy as np
import torch
from scipy.fft import dct
from scipy.stats import binomtest

from .jpeg import LINE, jpeg_scores
from .pixels import singles
from .pool import SIDE, measure
from .report import Finding, number_of

FINE, COARSE = (32, SIDE), (4, 12)
"""Bands of frequencies of the cosine transform: waves shorter than 3 pixels, and the features of a face."""
SOFT = 0.025
"""Ratio of the two bands' strengths below which a picture has no fine detail. Of FER-2013 one in 600 is below, of its
pictures reduced to 24 pixels and enlarged again 99 in 100 (bilinear, bicubic or Lanczos)."""


def sharpness(pixels):
    """Return the fine detail against coarse, float32 [N]; about 0.06 for a photograph at its size.

    pixels: uint8 [N, 2304]. The rounding to whole grey levels, 1/12 a coefficient, is added to both, so that a picture
    with neither comes out as 1.
    """
    waves = torch.from_numpy(dct(np.eye(SIDE), axis=0, norm="ortho").astype(np.float32))
    down, across = np.mgrid[:SIDE, :SIDE]
    highest = np.maximum(down, across)
    bands = [torch.from_numpy((low <= highest) & (highest < high)) for low, high in (FINE, COARSE)]

    def ratio(chunk):
        power = (waves @ chunk.float() @ waves.T).square()
        fine, coarse = (power[:, band].mean(1) + 1 / 12 for band in bands)
        return (fine / coarse).sqrt()

    return measure(pixels, ratio).numpy()


def audit_resolution(pool, blank):
    """Return (findings, {reason: bool [N]}): sizes, enlarged pictures, and pictures that were saved as JPEG.

    blank: bool [N], pictures in which there is nothing to judge.
    """
    numbers = range(len(pool.sets))
    findings = [_sizes(pool.names[n], pool.sets[n].sizes) for n in numbers if pool.sets[n].sizes is not None]
    ratio = sharpness(pool.pixels)
    soft = ~blank & (ratio < SOFT)
    words = ("lacks", "lack", "fine detail: blurred, or enlarged from fewer pixels")
    findings += [singles(pool, n, "soft", soft, ratio, "fine detail against coarse", words) for n in numbers]
    score = jpeg_scores(pool.pixels)
    saved = ~blank & (score > LINE)
    words = ("was", "were", "saved as JPEG at 48 x 48 pixels")
    for n in numbers:
        of = pool.of(n)
        low, high = binomtest(int(saved[of].sum()), of.stop - of.start).proportion_ci(method="wilson")
        detail = {"interval95": [round(low, 5), round(high, 5)], "mean score": round(float(score[of].mean()), 4)}
        findings.append(singles(pool, n, "recompressed", saved, score, "JPEG score, 1 at most", words, detail=detail))
    return findings, {"soft": soft, "recompressed": saved}


def _sizes(name, sizes):
    kinds, counts = np.unique(sizes.numpy(), axis=0, return_counts=True)
    height, width = kinds[counts.argmax()].tolist()
    small = int(counts[(kinds < SIDE).any(1)].sum())
    oblong = int(counts[kinds[:, 0] != kinds[:, 1]].sum())
    title = f"{name} comes in {number_of(len(kinds), 'size')}, most of them {height} x {width} pixels"
    if small:
        title += f"; {number_of(small, 'was', 'were')} smaller than {SIDE} pixels and enlarged"
    if oblong:
        title += f"; {number_of(oblong, 'is', 'are')} not square"
    detail = {
        "sizes": len(kinds),
        "most": [height, width],
        "smallest": kinds.min(0).tolist(),
        "largest": kinds.max(0).tolist(),
        "not square": oblong,
    }
    level = "note" if small or len(kinds) > 1 else "ok"
    return Finding("sizes", (name,), title + ".", small, int(counts.sum()), level, detail=detail)
