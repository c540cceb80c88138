"""Did the transformer un-warp the faces? Its θ against the known poses, up to the offset that nobody told it."""

import math
from dataclasses import dataclass

import torch

from ..errors import DataError
from ..geometry import ThetaParts, compose, decompose_theta


@dataclass(frozen=True)
class PoseErrors:
    """How unevenly posed faces stand after the un-warping. Lower is better; all faces alike gives 0 everywhere.

    angle: degrees. scale: percent of the size. shift: pixels. Each is the root mean square over the faces of the
    distance from `offset`. mirrored: share of faces that the look turns inside out, 0..1; flat: share that it flattens
    onto a line, which have no angle and are left out of the three.
    offset: `ThetaParts` of one look, each [1, ...]: where the faces stand on average.
    """

    angle: float
    scale: float
    shift: float
    mirrored: float
    flat: float
    offset: ThetaParts

    def __repr__(self):
        return (
            f"angle {self.angle:.1f}°, scale {self.scale:.1f} %, shift {self.shift:.2f} pixels"
            + (f", {self.mirrored:.0%} mirrored" if self.mirrored else "")
            + (f", {self.flat:.0%} flat" if self.flat else "")
        )


def pose_errors(theta, truth, offset=None, size=48):
    """Measure θ, which a network chose for posed faces, against their true poses.

    theta: float [n, 2, 3], the looks at the posed pictures. truth: float [n, 2, 3], `faces.truth.theta`: from posed to
    upright. offset: the `offset` of an earlier call on other faces, or None to take it from these. size: pixels a side.
    Returns `PoseErrors` of the composed transform C = compose(truth, theta), from what the network's next layer is
    given to the upright face. A classifier cannot know how its teacher would like the face to stand, only that all
    faces should stand alike: so C may be any constant, and its spread around it is the error.
    Raises DataError where the numbers of faces differ or nothing is left to measure.
    """
    if theta.shape != truth.shape or theta.dim() != 3:
        raise DataError(
            f"expected theta and truth as [n, 2, 3] with one n, found {list(theta.shape)} and {list(truth.shape)}."
        )
    composed = compose(truth.double(), theta.double())
    determinant = torch.linalg.det(composed[:, :, :2])
    upright = determinant.abs() > 1e-6
    if not upright.any():
        raise DataError("expected looks that keep an area, found every one flat: the transformer has collapsed.")
    parts = decompose_theta(composed[upright])
    # The size of a look is the root of its area: two lengths and a shear cannot hide a zoom in each other.
    size_log = determinant[upright].abs().log() / 2
    if offset is None:
        angle = parts.rotation * (math.pi / 180)
        offset = ThetaParts(
            torch.atan2(angle.sin().mean(), angle.cos().mean()).reshape(1) * (180 / math.pi),
            size_log.mean().exp().reshape(1),
            parts.shear.mean().reshape(1),
            parts.shift.mean(dim=0, keepdim=True),
        )
    turned = (parts.rotation - offset.rotation + 180) % 360 - 180
    grown = size_log - offset.scale.log()
    moved = (parts.shift - offset.shift).norm(dim=1) * (size / 2)
    return PoseErrors(
        angle=_rms(turned),
        scale=100 * (math.exp(_rms(grown)) - 1),
        shift=_rms(moved),
        mirrored=(determinant < 0).double().mean().item(),
        flat=1 - upright.double().mean().item(),
        offset=offset,
    )


def _rms(values):
    return values.square().mean().sqrt().item()
