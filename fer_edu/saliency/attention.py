"""Where does a transformer look, does it follow the face, and do the maps agree with it?

A transformer attends to the quadrilateral that θ samples. The network after it is given nothing else: with θ held, a
pixel that no sampled point touches cannot change a logit by any amount. (Through θ it can: the localisation network
reads the whole picture.)
"""

from dataclasses import dataclass

import torch

from ..errors import DataError
from ..geometry import affine_grid, identity_theta, invert
from .adjoints import spread


def attended(theta, height=48, width=48):
    """Return the pixels whose centres lie inside the sampled quadrilateral, bool [N, height, width].

    theta: float [N, 2, 3], output -> input, normalised (Eq. 2). The quadrilateral is the image of the output's square,
    outer edges included; what of it lies beyond the picture is cut off. A θ that flattens the picture onto a line or a
    point, or holds no numbers, attends to no pixel. Raises DataError for another shape.
    """
    theta = _checked(theta).double()
    proper = torch.isfinite(theta).all(dim=(1, 2)) & (torch.linalg.det(theta[:, :, :2].nan_to_num()).abs() > 1e-9)
    safe = torch.where(proper[:, None, None], theta, identity_theta(1, theta.device, theta.dtype))
    # A pixel is inside where it comes from inside the output's square.
    origin = affine_grid(invert(safe), (len(theta), 1, height, width))
    return (origin.abs() <= 1).all(dim=-1) & proper[:, None, None]


def to_picture(maps, theta, padding_mode="border"):
    """Bring maps of the warped picture back into the original picture's frame, by the sampler's adjoint.

    maps: float [N, H, W], one number for each pixel that the transformer gives out. theta: float [N, 2, 3]. Each
    number goes back to the four pixels that it was mixed from, by the same four weights: so a map keeps its sum (with
    padding_mode "border"; with "zeros" what was looked up outside is lost), and a gradient by the warped picture
    becomes the gradient by the picture with θ held. Returns the maps' dtype [N, H, W]. Raises DataError.
    """
    theta = _checked(theta)
    if maps.dim() != 3 or len(maps) != len(theta) or not maps.is_floating_point():
        raise DataError(
            f"expected maps as float [{len(theta)}, H, W], one for each theta, found {maps.dtype} {list(maps.shape)}: "
            "give one map a picture."
        )
    height, width = maps.shape[1:]
    grid = affine_grid(theta, (len(maps), 1, height, width))
    return spread(maps.detach()[:, None], grid, height, width, padding_mode)[:, 0]


def weight_read(theta, height=48, width=48, padding_mode="border"):
    """Return with how much weight each pixel is read, float32 [N, height, width]; 0: the network cannot see it.

    The sum of its weights in all sampled points (Eq. 3): 1 everywhere for the identity, and `height · width` in all
    for any θ with padding_mode "border". Where a look shrinks the picture, pixels between the points have weight 0.
    """
    theta = _checked(theta).float()
    return to_picture(torch.ones(len(theta), height, width, device=theta.device), theta, padding_mode)


@dataclass(frozen=True)
class Following:
    """How well looks follow the things they should see; N pictures of one set.

    covered: float32 [N], the share of the frame inside the quadrilateral. kept: float32 [N], the share of the thing's
    mask inside it; NaN where the mask is empty. by_others: float32 [N], the same through the looks of all other
    pictures, on average: what looking there costs no eyes for. correlation: float32 [2], in x and y, of the look's
    centre with the thing's centre over the pictures; NaN where one of them never moves.
    distance: float32 [N], pixels from the look's centre to the thing's.
    """

    covered: torch.Tensor
    kept: torch.Tensor
    by_others: torch.Tensor
    correlation: torch.Tensor
    distance: torch.Tensor

    def __repr__(self):
        x, y = self.correlation.tolist()
        return (
            f"covers {self.covered.mean():.0%} of the frame, keeps {self.kept.nanmean():.0%} of the thing "
            f"({self.by_others.nanmean():.0%} through other pictures' looks); centres correlate {x:+.2f} in x, "
            f"{y:+.2f} in y, {self.distance.nanmean():.1f} pixels apart"
        )


def following(theta, masks):
    """Return the `Following` of looks θ float [N, 2, 3] at things bool [N, H, W], such as `faces.truth.part("face")`.

    Raises DataError where they do not fit together, or for fewer than two pictures: `by_others` needs another one.
    """
    theta = _checked(theta)
    if masks.dim() != 3 or masks.dtype != torch.bool or len(masks) != len(theta) or len(masks) < 2:
        raise DataError(
            f"expected masks as bool [N, H, W] for the N of theta, 2 or more, found {masks.dtype} {list(masks.shape)} "
            f"and {len(theta)}: give one mask a picture."
        )
    n, height, width = masks.shape
    looks = attended(theta, height, width).flatten(1).float()
    things = masks.flatten(1).float()
    size = things.sum(dim=1)
    size = size.masked_fill(size == 0, torch.nan)
    met = things @ looks.T  # [thing, look]: every thing through every look
    own = met.diagonal()
    points = affine_grid(identity_theta(1), (1, 1, height, width))[0].flatten(0, 1)
    centre = (things @ points) / size[:, None]
    look = theta[:, :, 2].float()  # the output's middle (0, 0) looks at θ's last column
    apart = (look - centre) * torch.tensor([width / 2, height / 2])
    return Following(
        covered=looks.mean(dim=1),
        kept=own / size,
        by_others=(met.sum(dim=1) - own) / (n - 1) / size,
        correlation=_correlation(look[size > 0], centre[size > 0]),
        distance=apart.norm(dim=1),
    )


def _correlation(a, b):
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    spread = (a.square().sum(dim=0) * b.square().sum(dim=0)).sqrt()
    # Looks that differ in the last bit alone follow nothing.
    return torch.where(spread > 1e-9, (a * b).sum(dim=0) / spread, torch.nan)


def _checked(theta):
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (2, 3) or not theta.is_floating_point():
        raise DataError(
            f"expected theta as float [N, 2, 3], found {theta.dtype} {list(theta.shape)}: give one 2 x 3 matrix a "
            "picture."
        )
    return theta.detach()
