"""How many pictures may pass through a network at once?"""

from ..errors import ModelError
from ..models.cost import costs, total

BACKWARD = 2.0
"""Bytes that a forward and a backward pass take at their peak, for each byte of activations that are kept.

Measured by the growth of a process from 64 to 256 pictures: 1.2 for the SDL network, 1.7 for the small `cnn`, 0.3
forward alone. A process takes some 60 MiB more at its first pass, however few its pictures. DeepLift's first takes
200, and a second: for a max-pool's rule Captum calls torch's max_unpool2d, which loads sympy.
"""

MOST = 512


def pictures_at_once(model, size, memory):
    """Return how many pictures fit into `memory` MiB on their way forward and back: 1 to MOST.

    model: any network of pictures with parameters. size: (channels, height, width) of a picture. What is kept of one
    picture is counted by `fer_edu.models.cost`. Raises ModelError where memory is no positive number.
    """
    if isinstance(memory, bool) or not isinstance(memory, int | float) or not memory > 0:
        raise ModelError(f"expected memory as a positive number of MiB, found {memory!r}: give 256, for instance.")
    channels, height, width = size
    kept = 4 * channels * height * width
    if next(model.parameters(), None) is not None:
        kept += total(costs(model, size)).memory
    return int(max(1, min(MOST, memory * 2**20 // (BACKWARD * kept))))
