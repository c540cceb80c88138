"""Was a picture saved as JPEG at its 48 x 48 pixels? The compression leaves a lattice in the frequencies of its blocks.

JPEG cuts a picture into 8 x 8 blocks, takes each block's cosine transform and rounds coefficient (u, v) to a multiple
of a step T(u, v), larger for higher frequencies and lower quality. Decoded to whole grey levels and transformed again,
the coefficients still stand close to multiples of T, so that cos(2 pi c / T) is near 1 on average. On a grid that is
shifted by (4, 4) they do not. The score is the difference of the two means, so a smooth picture, with coefficients near
0 on any grid, gains nothing from that.

Looked for are the luminance tables of the common encoder (libjpeg: Pillow, OpenCV) on a grid that starts in the
picture's corner: what was JPEG before it was cropped or resized passes for new.
"""

import numpy as np
import torch
from scipy.fft import dct

from .pool import measure

LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""The steps of quality 50, ITU T.81 (1992), table K.1."""
QUALITIES = (98, 97, 95, 93, 90, 85)
"""The qualities that are tried. Others share their steps, or have multiples of them, and are seen as well."""
LINE = 0.3
"""Score above which a picture counts as recompressed: of FER-2013's rows 32,141 never were, and reach 0.28 at
most; of the same rows saved at qualities 20 to 98, 99.8 % and more pass it."""


def jpeg_scores(pixels):
    """Return a score for each picture, float32 [N]: about 0 where it was never saved so, above `LINE` where it was.

    pixels: uint8 [N, 2304]. Qualities 20 to 98 are told from none; 99 and 100 round too little to be seen.
    """
    return measure(pixels, _scores).numpy()


def _scores(chunk):
    aligned, shifted = _coefficients(chunk), _coefficients(chunk[:, 4:44, 4:44])
    each = [_closeness(aligned, quality) - _closeness(shifted, quality) for quality in QUALITIES]
    return torch.stack(each).amax(0)


def steps(quality):
    """Return the quantisation steps of libjpeg's `quality` 1..100, int64 [8, 8]."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((LUMINANCE * scale + 50) // 100, 1, 255)


def _coefficients(pictures):
    """Return the cosine transforms of the 8 x 8 blocks of uint8 [n, H, W], float32 [n, blocks, 8, 8]."""
    waves = torch.from_numpy(dct(np.eye(8), axis=0, norm="ortho").astype(np.float32))
    blocks = pictures.float().sub(128).unfold(1, 8, 8).unfold(2, 8, 8).flatten(1, 2)
    return waves @ blocks @ waves.T


def _closeness(coefficients, quality):
    """Return how close the coefficients [n, blocks, 8, 8] stand to the lattice of `quality`, float32 [n], -1..1."""
    step = torch.from_numpy(steps(quality))
    told = step > 1  # rounding to whole grey levels hides a step of 1
    return torch.cos(2 * torch.pi / step[told] * coefficients[:, :, told]).mean((1, 2))
