"""The spatial transformer (Jaderberg et al. 2015): a network that chooses where it looks, then looks there."""

import torch
from torch import nn
from torch.nn import functional as F

from ..geometry import PADDINGS, affine_grid, bilinear_sample, identity_theta
from .choice import check_choice

SAMPLERS = ("fused", "written out")


class Localisation(nn.Module):
    """From a picture or feature map [N, C, H, W] to theta float32 [N, 2, 3].

    Three parts of convolution, max-pooling and ReLU, then two fully connected layers (section 3.1 of the paper). The
    paper does not say channels, kernels or the hidden width; ours are small, since six numbers are to be found.
    The last layer starts at zero weights and an identity bias, so training starts from Eq. 1.
    """

    def __init__(self, in_channels, size, channels=(8, 16, 16), hidden=32):
        super().__init__()
        parts = []
        for inner, outer, kernel in zip((in_channels, *channels), channels, (5, 3, 3), strict=False):
            parts += [nn.Conv2d(inner, outer, kernel, padding=kernel // 2), nn.MaxPool2d(2), nn.ReLU()]
        self.features = nn.Sequential(*parts)
        left = size // 2 ** len(channels)  # pixels that three halvings leave of a side
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(channels[-1] * left * left, hidden), nn.ReLU(), nn.Linear(hidden, 6)
        )
        self.start_at_identity()

    def start_at_identity(self):
        """Make the network answer with the identity whatever it sees."""
        last = self.head[-1]
        nn.init.zeros_(last.weight)
        with torch.no_grad():
            last.bias.copy_(identity_theta().flatten())

    def forward(self, x):
        return self.head(self.features(x)).float().view(-1, 2, 3)


class SpatialTransformer(nn.Module):
    """Localisation network, grid generator (Eq. 2) and bilinear sampler (Eq. 3), in that order.

    x: [N, C, H, W] -> [N, C, H, W], the same picture looked at through theta.
    sampler: "written out" (fer_edu.geometry, to read and step through) or "fused" (torch's own, the same to 1e-5 and
        several times as fast).
    padding_mode: what lies outside the picture. "border" is our choice, the paper does not say: with "zeros" a look
        outside brings in a value that stands for grey or black, and the network can learn to fear or like it.
    """

    def __init__(
        self,
        in_channels,
        size,
        localisation_channels=(8, 16, 16),
        hidden=32,
        sampler="written out",
        padding_mode="border",
    ):
        super().__init__()
        check_choice("sampler", sampler, SAMPLERS)
        check_choice("padding_mode", padding_mode, PADDINGS)
        self.localisation = Localisation(in_channels, size, localisation_channels, hidden)
        self.sampler = sampler
        self.padding_mode = padding_mode

    def theta(self, x):
        """Return the transform [N, 2, 3], float32, that the network chooses for x."""
        return self.localisation(x)

    def transform(self, x, theta):
        """Look at x through theta, in float32 throughout: in half precision a grid point misses its pixel."""
        with torch.autocast(x.device.type, enabled=False):
            if self.sampler == "fused":
                grid = F.affine_grid(theta, list(x.shape), align_corners=False)
                # Torch's CPU sampler ends the process when it meets NaN on the way back (seen with 2.15).
                seen = F.grid_sample(x.float(), grid.nan_to_num(), "bilinear", self.padding_mode, align_corners=False)
            else:
                seen = bilinear_sample(x.float(), affine_grid(theta, x.shape), padding_mode=self.padding_mode)
            # Looking nowhere gives pixels of the padding; a θ that is no number has to show as a value that is none.
            return seen + (theta * 0).sum(dim=(1, 2)).view(-1, 1, 1, 1)

    def forward(self, x):
        return self.transform(x, self.theta(x))
