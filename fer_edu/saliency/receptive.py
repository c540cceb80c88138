"""Which pixels could have taken part? The box in the picture that a place in a feature map looks at.

A box is int64 [N, 4]: (top, left, bottom, right), the last two exclusive, so that picture[top:bottom, left:right]
cuts it out. It is followed back step by step: a window of side k and stride s at place i reads the places from s·i on,
k of them. Through a spatial transformer a box becomes a quadrilateral in the picture; what is given is the upright box
around it. That θ itself depends on every pixel is left out, as everywhere where θ is held.
"""

import torch

from ..geometry.sampling import places
from .adjoints import AveragePool, Convolution, Look, MaxPool

HAIR = 1e-3
"""A neighbour that has less than this share of a sampled value is not counted as looked at."""


def box_before(step, kept, box, size):
    """Return the box of a step's input that a box of its output was computed from.

    step: of `adjoints`. kept: what it kept on the way up. size: (height, width) of the input. The padding is no part of
    the picture: boxes end at its border.
    """
    if isinstance(step, Convolution | MaxPool | AveragePool):
        ends = []
        for axis in (0, 1):
            stride, pad = step.stride[axis], step.padding[axis]
            span = step.dilation[axis] * (step.kernel[axis] - 1) + 1
            first = (box[:, axis] * stride - pad).clamp(0, size[axis] - 1)
            last = ((box[:, axis + 2] - 1) * stride - pad + span).clamp(1, size[axis])
            ends.append((first, last))
        return torch.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]], dim=1)
    return _through(step, kept, box, size) if isinstance(step, Look) else box


def _through(step, kept, box, size):
    """Return the upright box around all pixels that a transformer mixed for the output pixels of a box."""
    grid, _ = kept
    n, height, width, _ = grid.shape
    x, y = places(grid.new_empty(n, 1, *size), grid, False, step.padding_mode)
    rows, columns = torch.arange(height, device=box.device), torch.arange(width, device=box.device)
    top, left, bottom, right = box[:, :, None].unbind(1)
    inside = ((rows >= top) & (rows < bottom))[:, :, None] & ((columns >= left) & (columns < right))[:, None]
    ends = []
    for place, n in ((y, size[0]), (x, size[1])):
        low = place.masked_fill(~inside, torch.inf).amin(dim=(1, 2))
        high = place.masked_fill(~inside, -torch.inf).amax(dim=(1, 2))
        ends.append(((low + HAIR).floor().clamp(0, n - 1).long(), (high - HAIR).ceil().clamp(0, n - 1).long() + 1))
    return torch.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]], dim=1)


def window_around(box, size, limits):
    """Return boxes [N, 4] of one size that hold the given ones and lie inside the picture, for cuts of one shape.

    size: (height, width) of the new boxes, at least that of the largest given. limits: (height, width) of the picture.
    Each is centred on its box as far as the picture's border allows.
    """
    ends = []
    for axis in (0, 1):
        middle = (box[:, axis] + box[:, axis + 2] - size[axis]) // 2
        first = middle.clamp(0, limits[axis] - size[axis])
        ends.append((first, first + size[axis]))
    return torch.stack([ends[0][0], ends[1][0], ends[0][1], ends[1][1]], dim=1)
