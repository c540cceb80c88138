"""Exercises of notebook 04: the identity start, a chain on paper, looks outside, a paired difference, posed faces."""

import math

import torch
from torch import nn

from ..evaluation import student_t
from ..geometry import affine_grid, build_theta, compose, decompose_theta
from .difference import compare
from .exercise import Exercise, close, kind, looks_like, number_wanted

LOSS_SLOPE, VALUE_SLOPES, TARGET = 2.0, (3.0, -1.0), (0.5, -1.0)  # of 04.2


def chain(loss_slope, value_slopes, target):
    """∂L/∂θ of one output pixel, [2, 3]: ∂L/∂V · (∂V/∂x_s, ∂V/∂y_s) times (x_t, y_t, 1)."""
    return loss_slope * torch.tensor(value_slopes)[:, None] * torch.tensor([*target, 1.0])


def check_chain(answer):
    rows = answer.tolist() if isinstance(answer, torch.Tensor) and answer.dim() == 2 else answer
    if [len(row) for row in rows_of(rows)] != [3, 3]:
        return f"two rows of three numbers are wanted, as θ has them; this is {kind(answer)}."
    if reason := next(filter(None, (number_wanted(value) for row in rows for value in row)), None):
        return reason
    found = torch.tensor([[float(value) for value in row] for row in rows])
    x, y = TARGET
    source = chain(1.0, VALUE_SLOPES, TARGET)
    mistakes = (
        (source, "The factor ∂L/∂V is missing: that is ∂V/∂θ."),
        (chain(LOSS_SLOPE, VALUE_SLOPES[::-1], TARGET), "The rows have changed places: the first belongs to x_s."),
        (chain(LOSS_SLOPE, VALUE_SLOPES, (y, x)), "x_t and y_t have changed places: a row of θ is (x, y, 1)."),
        (chain(LOSS_SLOPE, VALUE_SLOPES, TARGET).flip(-1), "The columns are turned round: the shift's 1 comes last."),
        (
            LOSS_SLOPE * torch.tensor(VALUE_SLOPES)[:, None] * torch.tensor([x, y, 0.0]),
            "The last column belongs to the shift, and its target coordinate is the 1 of (x_t, y_t, 1), not 0.",
        ),
    )
    return compare(found, chain(LOSS_SLOPE, VALUE_SLOPES, TARGET), mistakes, axes=("row", "column"))


def rows_of(rows):
    """Return rows that are lists or tuples; nothing for anything else."""
    return rows if isinstance(rows, list | tuple) and all(isinstance(row, list | tuple) for row in rows) else ()


def start_at_identity(layer):
    """Make a linear layer with six outputs answer with the identity θ, whatever it is given; in place."""
    nn.init.zeros_(layer.weight)
    with torch.no_grad():
        layer.bias.copy_(torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]))


def check_start(student):
    if not callable(student):
        return "give the function itself, without brackets: check('04.1', start_at_identity)."
    layer = nn.Linear(4, 6)
    with torch.no_grad():  # the same start for everybody
        layer.weight.copy_(torch.arange(24.0).view(6, 4) / 24)
        layer.bias.copy_(torch.arange(6.0) / 6)
    returned = student(layer)
    layer = returned if isinstance(returned, nn.Linear) else layer
    features = torch.tensor([[1.0, 0.5, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
    with torch.no_grad():
        theta = layer(features).view(-1, 2, 3)
    identity = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
    if not layer.weight.requires_grad or not layer.bias.requires_grad:
        return "it is the identity for ever: the layer must stay able to learn, so leave requires_grad as it is."
    mistakes = (
        (torch.zeros(2, 2, 3), "The bias is 0 too, so θ is 0: every output pixel looks at the middle of the picture."),
        (torch.ones(2, 2, 3), "All six are 1: the identity has a 1 for x in the first row and for y in the second."),
        (torch.tensor([[1.0, 0, 0], [1, 0, 0]]).expand(2, 2, 3), "Both rows follow x: the second row's 1 is y's."),
        (
            identity.flip(0).expand(2, 2, 3),
            "The rows have changed places: x would be looked up along y, so the picture would be transposed.",
        ),
    )
    if reason := looks_like(theta, [(value.contiguous(), reason) for value, reason in mistakes]):
        return reason
    if close(theta[1], identity) and not close(theta[0], identity):
        return "The bias is right, but the weights are not 0: θ still depends on what the network sees."
    return compare(theta, identity.expand(2, 2, 3).contiguous(), axes=("picture", "row", "column"))


def share_outside(theta, size):
    """Share of the points that a look θ [2, 3] samples outside the picture, with size x size output pixels."""
    grid = affine_grid(theta[None], (1, 1, size, size))[0]
    return (grid.abs() > 1).any(dim=-1).float().mean()


def check_outside(student):
    if not callable(student):
        return "give the function itself, without brackets: check('04.3', share_outside)."
    # On paper: shifted by 1, half of the columns lie outside; looking twice as wide, the inner 2 x 2 of 4 x 4 inside.
    cases = (
        ("a shift of 1 in x", build_theta(shift=(1.0, 0.0)), 4),
        ("scale 2", build_theta(scale=2.0), 4),
        ("shifts of 1 and -0.5", build_theta(shift=(1.0, -0.5)), 8),
        ("a rotation of 45°", build_theta(45), 16),
        ("the identity", build_theta(), 4),
    )
    for name, theta, size in cases:
        found = student(theta[0].clone(), size)
        if reason := number_wanted(found):
            return reason
        expected = share_outside(theta[0], size).item()
        grid = affine_grid(theta, (1, 1, size, size))[0]
        mistakes = (
            (1 - expected, "that is the share inside."),
            (
                (grid.abs() > 1).float().mean().item(),
                "you counted coordinates: a point is outside as soon as one of its two coordinates is.",
            ),
            (
                (grid.abs() > 1).all(dim=-1).float().mean().item(),
                "a point is outside when x *or* y is, not only when both are.",
            ),
            ((grid > 1).any(dim=-1).float().mean().item(), "outside is also below -1: take the size, .abs()."),
            ((grid.abs() > 1).any(dim=-1).sum().item(), "that is a number of points: divide it by all points."),
            (100 * expected, "that is in percent: a share runs from 0 to 1."),
        )
        if not close(found, expected):
            why = looks_like(found, mistakes) or f"expected {expected:.4g}, found {float(found):.4g}."
            return f"For {name} with {size} x {size} points: {why}"
    return None


def angle_error(theta, truth):
    """How unevenly the faces stand after the looks θ [n, 2, 3], in degrees: the deviation of the composed angles."""
    angle = decompose_theta(compose(truth, theta)).rotation
    return (angle - angle.mean()).square().mean().sqrt()


def check_angle_error(student):
    if not callable(student):
        return "give the function itself, without brackets: check('04.5', angle_error)."
    # On paper: composed angles of 10, 20 and 30 degrees leave -10, 0 and 10 around their mean: √(200 / 3) = 8.16.
    cases = (
        ("poses of 0°, 0°, 0° and looks of 10°, 20°, 30°", [0.0, 0, 0], [10.0, 20, 30]),
        ("poses of 10°, -20°, 40° and looks of -10°, 20°, -40°", [10.0, -20, 40], [-10.0, 20, -40]),
        ("poses of 10°, -20°, 40° and looks of 0°, 30°, -30°", [10.0, -20, 40], [0.0, 30, -30]),
        ("poses of 10°, -20°, 40° and looks of 5°, 5°, -10°", [10.0, -20, 40], [5.0, 5, -10]),
    )
    for name, poses, looks in cases:
        truth, theta = build_theta(torch.tensor(poses)), build_theta(torch.tensor(looks))
        found = student(theta.clone(), truth.clone())
        if reason := number_wanted(found):
            return reason
        expected = angle_error(theta, truth).item()
        total, off = torch.tensor(poses) + torch.tensor(looks), torch.tensor(looks) - torch.tensor(poses)
        around = total - total.mean()
        mistakes = (
            (
                total.square().mean().sqrt().item(),
                "the mean is still in it: a constant offset is no error.",
            ),
            (off.std(correction=0).item(), "you compared θ with the pose: to undo a turn of 10° takes one of -10°."),
            (torch.tensor(looks).std(correction=0).item(), "that is the spread of θ alone: compose it with the truth."),
            (math.radians(expected), "that is in radians."),
            (around.abs().mean().item(), "that is the mean distance: square, take the mean, take the root."),
            (around.square().mean().item(), "the root is missing."),
            (around.std().item(), "that divides by n - 1: here the mean of the squares is meant, by n."),
        )
        if abs(float(found) - expected) > 1e-3:
            why = looks_like(found, mistakes) or f"expected {expected:.4g}, found {float(found):.4g}."
            return f"For {name}: {why}"
    return None


T_OF_FIVE = 2.776  # Student's t for 95 % and four degrees of freedom


def paired_gain(with_it, without):
    """Mean difference over seeds and half of its 95 % interval, of two lists of five accuracies."""
    return student_t([a - b for a, b in zip(with_it, without, strict=True)])


def check_paired_gain(student):
    if not callable(student):
        return "give the function itself, without brackets: check('04.4', paired_gain)."
    # On paper: differences of 1, 2, 3, 2, 2 have the mean 2 and the deviation √0.5; 2.776 · √(0.5 / 5) = 0.878.
    cases = (
        ([81.0, 72, 93, 82, 72], [80.0, 70, 90, 80, 70]),
        ([0.9, 0.8, 0.85, 0.7, 0.95], [0.8, 0.85, 0.8, 0.65, 0.9]),
    )
    for with_it, without in cases:
        found = student(list(with_it), list(without))
        if not isinstance(found, tuple | list) or len(found) != 2:
            return f"two numbers are wanted, the mean and half of the interval; this is {kind(found)}."
        if reason := number_wanted(found[0]) or number_wanted(found[1]):
            return reason
        mean, half = paired_gain(with_it, without)
        difference = torch.tensor(with_it) - torch.tensor(without)
        apart = (torch.tensor(with_it).var() + torch.tensor(without).var()).sqrt().item()
        deviation = difference.std().item()
        at = f"For {with_it} with and {without} without it: "
        if close(found[0], -mean, 1e-3) and abs(mean) > 1e-3:
            return at + "the difference has the wrong sign: what it buys is *with* minus *without*."
        if not close(found[0], mean, 1e-3):
            return at + f"the mean difference is {mean:.4g}, not {float(found[0]):.4g}."
        mistakes = (
            (1.96 * deviation / 5**0.5, "that is z, 1.96: for five seeds t is 2.776."),
            (T_OF_FIVE * deviation, "the root of 5 is missing: that is the spread of one difference, not of the mean."),
            (deviation / 5**0.5, "that is one standard error: multiply it by t = 2.776."),
            (deviation, "that is the deviation of one difference: divide by √5 and multiply by t = 2.776."),
            (T_OF_FIVE * apart / 5**0.5, "you took the two lists apart: subtract seed by seed first, then measure."),
            (2 * half, "that is the whole width: half of it stands behind the ±."),
            (
                T_OF_FIVE * difference.std(correction=0).item() / 5**0.5,
                "the deviation divides by n = 5: for a sample it divides by n - 1.",
            ),
        )
        if not close(found[1], half, 1e-3):
            why = looks_like(found[1], mistakes) or f"half of the interval is {half:.4g}, not {float(found[1]):.4g}."
            return at + why
    return None


EXERCISES = (
    Exercise(
        number="04.1",
        title="a transformer that starts at the identity",
        check=check_start,
        hints=(
            "The layer gives weight · features + bias. Which weights make the features count for nothing?",
            "The six numbers are θ row by row: which of them are 1 in the identity?",
        ),
        reference=start_at_identity,
        why="The rest of the network starts as if there were no transformer, and θ moves only where that helps.",
    ),
    Exercise(
        number="04.2",
        title="one chain of ∂L/∂θ (paper and pencil)",
        check=check_chain,
        hints=(
            "Which numbers does x_s depend on? Only the first row of θ: x_s = θ₁₁ x_t + θ₁₂ y_t + θ₁₃.",
            "Each of the six is a product of three: ∂L/∂V, the slope of its row, and what θ's number is multiplied by.",
            "First row: 2 · 3 · (0.5, -1, 1). Second row: 2 · (-1) · (0.5, -1, 1).",
        ),
        reference=[[3.0, -6.0, 6.0], [-1.0, 2.0, -2.0]],
        why="Every pixel sends such a 2 x 3 matrix, and ∂L/∂θ is their sum: pixels far from the middle pull hardest.",
    ),
    Exercise(
        number="04.3",
        title="the share of looks outside the picture",
        check=check_outside,
        hints=(
            "affine_grid gives an (x, y) for each output pixel. When is one of them outside?",
            "(grid.abs() > 1) is a truth value for each coordinate. any(dim=-1) makes it one for each point.",
        ),
        reference=share_outside,
        why="A share that grows towards 1 is how a collapse announces itself: outside there is nothing to learn from.",
    ),
    Exercise(
        number="04.4",
        title="what does it buy? A paired difference",
        check=check_paired_gain,
        hints=(
            "Subtract seed by seed first: then the luck of the seed, which both share, is gone.",
            "Mean of the five differences; their deviation (divided by n - 1); times 2.776, divided by √5.",
        ),
        reference=paired_gain,
        why="Seeds that make one network better often make the other better too: a difference varies less than either.",
    ),
    Exercise(
        number="04.5",
        title="how unevenly do the faces stand?",
        check=check_angle_error,
        hints=(
            "Where does an output pixel look in the upright face? Through θ into the posed picture, and from there...",
            "compose(truth, theta) is that one look. decompose_theta(...).rotation is its angle.",
            "A constant angle is no error: subtract the mean, then take the root of the mean square.",
        ),
        reference=angle_error,
        why="All faces alike is all that a classifier can ask for: nobody told it which way is up.",
    ),
)
