"""Every kind of layer as a pair: the way up, with what has to be kept, and the way back (Zeiler and Fergus 2014, 2.1).

    forward(x) -> (y, kept)          what the network does; `kept` is what the way back needs to know of this picture
    back(signal, kept) -> signal     from where y lives to where x lives, without biases: nothing comes of nothing

The way back is the adjoint Aᵀ of a layer's linear part A, known by <A x, y> = <x, Aᵀ y> for all x and y:

    layer                 kept                     way back
    convolution           the picture's size       transposed convolution with the same filters
    max-pool              the switches             each value to the place it came from, the rest 0 (unpooling)
    average pool          the picture's size       each value in equal shares to its whole window: it has no switches
    linear layer          nothing                  the transposed matrix
    look through θ        θ's grid                 each value to its four neighbours, by the weights it was mixed with
    normalisation         the deviation            divided by the same deviation; the mean is a bias

The ReLU alone is no linear map, and there the methods part: see `Rectify`. Batch normalisation is folded into the
convolution before it (`fold`). Zeiler and Fergus had neither average pools nor transformers nor normalised pictures:
those three lines are this course's, by the same principle.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from ..geometry.sampling import four_neighbours, places

RULES = ("deconvnet", "backprop", "guided")
"""What a ReLU does on the way back; `Rectify` says how they differ."""


@dataclass(frozen=True)
class Convolution:
    """weight [C_out, C_in / groups, k, k], bias [C_out] or None; the rest as in torch, each a pair of ints."""

    weight: torch.Tensor
    bias: torch.Tensor | None = None
    stride: tuple = (1, 1)
    padding: tuple = (0, 0)
    dilation: tuple = (1, 1)
    groups: int = 1
    kind = "convolution"
    keeps = "nothing"
    way_back = "transposed convolution with the same filters, no bias"

    @property
    def kernel(self):
        return tuple(self.weight.shape[2:])

    def forward(self, x):
        y = F.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        return y, x.shape[2:]

    def back(self, signal, size):
        left = rows_left_over(size, signal.shape[2:], self.kernel, self.stride, self.padding, self.dilation)
        return F.conv_transpose2d(
            signal, self.weight, None, self.stride, self.padding, left, self.groups, self.dilation
        )


@dataclass(frozen=True)
class Rectify:
    """ReLU. rule: one of RULES, what comes back out of a signal s where x went up.

    deconvnet: max(0, s)            what is shown is again an activation, which is never negative; x is not asked
    backprop:  s where x > 0        the true derivative
    guided:    max(0, s) where x > 0, both (Springenberg et al. 2015)
    """

    rule: str = "deconvnet"
    kind = "ReLU"

    @property
    def keeps(self):
        return "nothing" if self.rule == "deconvnet" else "where it was positive"

    @property
    def way_back(self):
        return {
            "deconvnet": "ReLU of the signal",
            "backprop": "the signal where the way up was positive",
            "guided": "ReLU of the signal, where the way up was positive",
        }[self.rule]

    def forward(self, x):
        return x.clamp(min=0), x > 0

    def back(self, signal, positive):
        if self.rule == "deconvnet":
            return signal.clamp(min=0)
        return signal * positive if self.rule == "backprop" else signal.clamp(min=0) * positive


@dataclass(frozen=True)
class MaxPool:
    """kernel, stride, padding, dilation: pairs of ints. The switches are the places that the maxima came from."""

    kernel: tuple
    stride: tuple
    padding: tuple = (0, 0)
    dilation: tuple = (1, 1)
    ceil_mode: bool = False
    kind = "max-pool"
    keeps = "the switches: where each maximum stood"
    way_back = "unpool: each value to its switch, 0 elsewhere"

    def forward(self, x):
        y, switches = F.max_pool2d(
            x, self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode, return_indices=True
        )
        return y, (switches, x.shape[2:])

    def back(self, signal, kept):
        switches, (height, width) = kept
        empty = signal.new_zeros(*signal.shape[:2], height * width)
        # Where windows overlap, one place can be the maximum of several: its values add up, as an adjoint's must.
        return empty.scatter_add(2, switches.flatten(2), signal.flatten(2)).unflatten(2, (height, width))


@dataclass(frozen=True)
class AveragePool:
    """kernel, stride, padding: pairs of ints. count_padding: whether the padding's zeros count in the mean."""

    kernel: tuple
    stride: tuple
    padding: tuple = (0, 0)
    count_padding: bool = True
    dilation = (1, 1)
    kind = "average pool"
    keeps = "nothing"
    way_back = "each value in equal shares to its window"

    def forward(self, x):
        y = F.avg_pool2d(x, self.kernel, self.stride, self.padding, count_include_pad=self.count_padding)
        return y, x.shape[2:]

    def back(self, signal, size):
        channels, full = signal.shape[1], self.kernel[0] * self.kernel[1]
        counted = full
        if not self.count_padding:  # windows at the edge hold fewer pixels, and each gets a larger share
            ones = signal.new_ones(1, 1, *size)
            counted = F.avg_pool2d(ones, self.kernel, self.stride, self.padding) * full
        left = rows_left_over(size, signal.shape[2:], self.kernel, self.stride, self.padding)
        window = signal.new_ones(channels, 1, *self.kernel)
        return F.conv_transpose2d(signal / counted, window, None, self.stride, self.padding, left, channels)


@dataclass(frozen=True)
class Flatten:
    """[N, C, H, W] -> [N, C · H · W]."""

    kind = "flatten"
    keeps = "nothing"
    way_back = "the same values as a map again"

    def forward(self, x):
        return x.flatten(1), x.shape

    def back(self, signal, shape):
        return signal.view(shape)


@dataclass(frozen=True)
class Join:
    """Several branches, flattened and laid end to end: the one step with more than one source."""

    kind = "join"
    keeps = "nothing"
    way_back = "each branch gets its part"

    def forward(self, *branches):
        return torch.cat([branch.flatten(1) for branch in branches], dim=1), [branch.shape for branch in branches]

    def back(self, signal, shapes):
        parts = signal.split([shape[1:].numel() for shape in shapes], dim=1)
        return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


@dataclass(frozen=True)
class Matrix:
    """A linear layer: weight [outputs, inputs], bias [outputs] or None."""

    weight: torch.Tensor
    bias: torch.Tensor | None = None
    kind = "linear"
    keeps = "nothing"
    way_back = "the transposed matrix, no bias"

    def forward(self, x):
        return F.linear(x, self.weight, self.bias), None

    def back(self, signal, _):
        return signal @ self.weight


@dataclass(frozen=True)
class Normalise:
    """The picture's brightness and contrast. how: "picture", "fixed" or "none", as in `SDLOptions`.

    The mean and the deviation are held: each counts as a number of this picture, not as something its pixels made. A
    map is then in activation per unit of brightness, and how bright or pale the whole picture is has no part in it.
    """

    how: str
    kind = "normalise"
    keeps = "the picture's deviation"
    way_back = "divided by the same deviation"

    def forward(self, x):
        if self.how == "none":
            return x, 1.0
        if self.how == "fixed":
            return (x - 0.5) / 0.25, 0.25
        mean = x.mean(dim=(1, 2, 3), keepdim=True)
        deviation = x.var(dim=(1, 2, 3), keepdim=True, correction=0).sqrt() + 0.02  # as SDLNetwork.normalise
        return (x - mean) / deviation, deviation

    def back(self, signal, deviation):
        return signal / deviation


@dataclass(frozen=True)
class Look:
    """A spatial transformer. localise: x -> θ [N, 2, 3]; padding_mode: what it sees outside the picture.

    θ is found on the way up and held on the way back: that is *what* was seen there. What the pixels did to θ itself,
    *where to look*, is not linear in any sense and is shown apart, by `where_to_look`.
    """

    localise: object
    padding_mode: str = "border"
    kind = "look through θ"
    keeps = "θ's grid"
    way_back = "each value to the four pixels it was mixed from, by the same weights"

    def forward(self, x):
        theta = self.localise(x).to(x.dtype)
        grid = F.affine_grid(theta, list(x.shape), align_corners=False)
        y = F.grid_sample(x, grid.nan_to_num(), "bilinear", self.padding_mode, align_corners=False)
        return y, (grid, x.shape[2:])

    def back(self, signal, kept):
        grid, (height, width) = kept
        return spread(signal, grid, height, width, self.padding_mode)


def spread(signal, grid, height, width, padding_mode="zeros"):
    """The adjoint of `bilinear_sample` with the grid held: give each value back to its four neighbours.

    signal: [N, C, H_out, W_out]. grid: [N, H_out, W_out, 2]. Returns [N, C, height, width]: every pixel holds the sum
    of what it was read for. Pixels that nobody looked at hold 0, and what came from outside is lost.
    """
    n, channels = signal.shape[:2]
    x, y = places(signal.new_empty(n, 1, height, width), grid, False, padding_mode)
    total = signal.new_zeros(n, channels, height * width)
    for column, row, share_x, share_y in four_neighbours(x, y):
        inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
        weight = torch.where(inside, share_x * share_y, torch.zeros_like(x)).to(signal.dtype)
        at = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).nan_to_num(0).long()
        at = at.flatten(1)[:, None].expand(-1, channels, -1)
        total.scatter_add_(2, at, (signal * weight[:, None]).flatten(2))
    return total.view(n, channels, height, width)


def fold(weight, bias, norm):
    """Return (weight, bias) of one layer that does what a convolution and then a batch normalisation do.

    norm: an nn.BatchNorm whose running statistics are used: γ (w x + b - μ) / √(σ² + ε) + β is again a w' x + b'.
    The same numbers but for rounding, which decides where two places of a max-pool's window are equal.
    """
    gain = (norm.running_var + norm.eps).rsqrt()
    gain = gain * norm.weight if norm.affine else gain
    shift = (bias if bias is not None else 0) - norm.running_mean
    return weight * gain.view(-1, *[1] * (weight.dim() - 1)), shift * gain + (norm.bias if norm.affine else 0)


def rows_left_over(size, out_size, kernel, stride, padding, dilation=(1, 1)):
    """Return (rows, columns) at the lower right edge that no window reached, the strides being uneven."""
    return tuple(
        n - ((out - 1) * step - 2 * pad + spacing * (k - 1) + 1)
        for n, out, k, step, pad, spacing in zip(size, out_size, kernel, stride, padding, dilation, strict=True)
    )
