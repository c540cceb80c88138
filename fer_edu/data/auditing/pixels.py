"""Pictures whose grey levels show little: blank, faint, clipped, or in a few steps."""

import numpy as np
import torch

from .pool import PIXELS, measure
from .report import Finding, share_of

BLANK = 2.0
"""Standard deviation in grey levels below which nothing is shown: noise and rounding alone come to 1 or 2. FER-2013's
blank pictures have 0 to 0.7, the faintest of the others 4."""
FAINT = 10.0
"""Standard deviation below which a picture is faint: half its pixels lie within some 13 of 256 grey levels. A face in
FER-2013 has 54 at the median."""
CLIPPED = 0.5
"""Share of pixels that are 0 or 255 from which a picture counts as clipped. Of FER-2013's 14 that do, none is a
photograph of a face: they are signs that a picture is missing, and drawings."""
FEW_LEVELS = 32
"""Number of different grey levels below which a picture was reduced to steps; 5 bits would give 32."""


def grey_levels(pixels):
    """Return (deviation, clipped, levels) of uint8 [N, 2304]: float32 in grey levels, float32 share, int64, all [N]."""
    deviation = measure(pixels, lambda chunk: chunk.flatten(1).float().std(1, correction=0))
    clipped = measure(pixels, lambda chunk: ((chunk == 0) | (chunk == 255)).flatten(1).sum(1) / PIXELS)
    levels = measure(pixels, _levels, dtype=torch.int64)
    return deviation.numpy(), clipped.numpy(), levels.numpy()


def _levels(chunk):
    used = torch.zeros(len(chunk), 256, dtype=torch.bool)
    return used.scatter_(1, chunk.flatten(1).long(), True).sum(1)


def audit_pixels(pool):
    """Return (findings, {reason: bool [N]})."""
    deviation, clipped, levels = grey_levels(pool.pixels)
    blank = deviation < BLANK
    reasons = {
        "blank": blank,
        "faint": ~blank & (deviation < FAINT),
        "clipped": ~blank & (clipped >= CLIPPED),
        "few grey levels": ~blank & (levels < FEW_LEVELS),
    }
    spread = "standard deviation in grey levels"
    told = {
        "blank": (deviation, spread, ("shows", "show", f"nothing: a standard deviation below {BLANK:g} grey levels")),
        "faint": (deviation, spread, ("is", "are", f"faint: a standard deviation below {FAINT:g} grey levels")),
        "clipped": (clipped, "share of pixels at 0 or 255", ("is", "are", "black or white in half the pixels or more")),
        "few grey levels": (levels, "number of grey levels", ("uses", "use", f"fewer than {FEW_LEVELS} grey levels")),
    }
    findings = [
        singles(pool, number, kind, reasons[kind], *told[kind], level="problem" if kind == "blank" else "note")
        for kind in reasons
        for number in range(len(pool.sets))
    ]
    return findings, reasons


def singles(pool, number, kind, mask, values, meaning, words, level="note", detail=None):
    """Return the finding on the pictures of set `number` that `mask` (bool [N]) marks, each a group of its own.

    values: a number for each picture of the pool, and its meaning. words: the verb for one picture and for several, and
    what follows it.
    """
    here = pool.of(number)
    marked = here.start + np.flatnonzero(mask[here])
    count, of = len(marked), here.stop - here.start
    return Finding(
        kind=kind,
        sets=(pool.names[number],),
        title=share_of(count, of, pool.names[number], *words),
        count=count,
        of=of,
        level=level if count else "ok",
        groups=tuple(pool.places([k]) for k in marked),
        values=tuple(round(float(values[k]), 4) for k in marked),
        detail={"value": meaning, **(detail or {})},
    )
