"""What stands behind a person: a gradient, a disc of soft light, a post and the frame of a window."""

from dataclasses import dataclass

import torch

from ..rows import Rows


@dataclass(frozen=True, eq=False)
class Clutter(Rows):
    """What is behind n people. strength: float32 [n], 0 nothing, 1 plain to see. Everything else: float32 [n, 4].

    One column a thing: gradient, disc of light, post, window. x, y: its centre, face units. radius: half its width.
    tone: grey level, 0..1. cos, sin: of its angle.
    """

    strength: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor
    radius: torch.Tensor
    tone: torch.Tensor
    cos: torch.Tensor
    sin: torch.Tensor


def draw_clutter(n, dials, generator):
    """Draw what is behind n people, as strongly as `dials.clutter`, (low, high) in 0..1, says."""
    share = torch.rand(n, 21, generator=generator)
    x, y, radius, tone, turn = share[:, 1:].view(n, 5, 4).unbind(1)
    low, high = dials.clutter
    # Things stand beside the head, where they are seen; the gradient may turn any way, the others stand nearly upright.
    angle = (turn.double() - 0.5) * torch.tensor([6.2831853, 0.0, 0.9, 0.3], dtype=torch.float64)
    sizes = torch.tensor([[1.0, 0.15, 0.05, 0.30], [0.0, 0.30, 0.12, 0.25]])
    return Clutter(
        strength=low + (high - low) * share[:, 0],
        x=torch.where(x < 0.5, -1.0, 1.0) * (0.55 + 0.9 * (2 * x).remainder(1)),
        y=1.8 * y - 1.1,
        radius=sizes[0] + sizes[1] * radius,
        tone=0.05 + 0.9 * tone,
        cos=angle.cos().float(),
        sin=angle.sin().float(),
    )


def usual(strength):
    """Return one arrangement of a gradient, a disc, a post and a window; strength: float32 [n]."""
    columns = {
        "x": (0.0, 0.75, -0.95, 0.85),
        "y": (0.0, -0.75, 0.0, -0.10),
        "radius": (1.0, 0.30, 0.10, 0.40),
        "tone": (0.30, 0.85, 0.20, 0.60),
        "cos": (0.8, 1.0, 0.98, 1.0),
        "sin": (0.6, 0.0, 0.199, 0.0),
    }
    return Clutter(strength, **{name: torch.tensor([row]).expand(len(strength), 4) for name, row in columns.items()})


def paint(canvas, body, clutter):
    """Paint the clutter over the plain background; where its strength is 0 it changes no bit."""
    if not canvas.whole and not bool((clutter.strength > 0).any()):
        return
    strength = clutter.strength[:, None]

    def column(k):
        return (values[:, k : k + 1] for values in (clutter.radius, clutter.tone, clutter.cos, clutter.sin))

    def offset(k):
        return canvas.x - clutter.x[:, k : k + 1], canvas.y - clutter.y[:, k : k + 1]

    # A wall that gets brighter or darker across the picture.
    _, tone, cos, sin = column(0)
    slope = (canvas.x * cos).add_(canvas.y * sin).mul_(0.4).add_(0.5).clamp_(0, 1)
    canvas.paint(slope.mul_(0.8 * strength), tone)

    # A window with a cross of bars, lighter below.
    radius, tone, cos, sin = column(3)
    dx, dy = offset(3)
    u, v = (dx * cos).add_(dy * sin).abs_(), (dy * cos).sub_(dx * sin).abs_()
    box = torch.maximum(u - radius, v - 1.3 * radius)
    canvas.paint(canvas.cover(box - 0.05).mul_(strength), 0.45 * tone)
    pane = torch.maximum(box, 0.025 - torch.minimum(u, v))
    canvas.paint(canvas.cover(pane).mul_(strength), 0.4 + 0.6 * tone)

    # A post, round, so darker towards its sides.
    radius, tone, cos, sin = column(2)
    dx, dy = offset(2)
    u = (dx * cos).add_(dy * sin).abs_()
    canvas.paint(canvas.cover(u - radius).mul_(0.9 * strength), (u * (-0.5 / radius)).add_(1).mul_(tone))

    # A soft disc of light, or of shade, out of focus.
    radius, tone, _, _ = column(1)
    dx, dy = offset(1)
    near = dx.square_().add_(dy.square_()).mul_(-1 / (radius * radius)).add_(1).clamp_(min=0)
    canvas.paint(near.mul_(3).clamp_(max=1).mul_(0.8 * strength), tone)
