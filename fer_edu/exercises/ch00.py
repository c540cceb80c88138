"""Exercises of notebook 00: a shift on paper, θ for a turned and enlarged look, the share of a map inside a mask."""

import math

import torch

from .exercise import Exercise, looks_like, number_wanted, tensor_wanted


def check_shift(answer):
    if reason := number_wanted(answer):
        return reason
    mistakes = (
        (24, "that is half of the 48 pixels, but the coordinates run from -1 to 1: a shift of 2 is the whole width."),
        (-12, "the size is right, the direction is not: x grows to the right, so +0.5 looks to the right."),
        (0.5, "0.5 is the shift in normalised coordinates: how many pixels is that, when 2 is the whole width?"),
        (11.75, "that takes -1 and 1 for the centres of the outer pixels; here they are the outer edges."),
        (0.25, "0.25 is the shift as a share of the width: how many of the 48 pixels is that?"),
    )
    found = float(answer)
    return None if found == 12 else looks_like(found, mistakes) or "not yet: -1 to 1, a length of 2, is 48 pixels wide."


def look(rotation, scale):
    """θ of a look that is turned clockwise by `rotation` degrees and whose sides are `scale` times as long."""
    cosine = scale * math.cos(math.radians(rotation))
    sine = scale * math.sin(math.radians(rotation))
    return torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]])


def check_look(student):
    if not callable(student):
        return "give the function itself, without brackets: check('00.2', look)."
    for rotation, scale in ((0, 1.0), (90, 1.0), (30, 0.5)):
        found = student(rotation, scale)
        if reason := tensor_wanted(found, (2, 3)):
            return reason
        mistakes = (
            (
                look(math.degrees(rotation), scale),
                "cos and sin want radians, the angle comes in degrees: math.radians.",
            ),
            (look(-rotation, scale), "this turns the other way: with y pointing down, +sin stands in the lower left."),
            (
                look(rotation, 1 / scale),
                "the scale works backwards: a look of scale 0.5 has shorter sides.",
            ),
            (look(rotation, 1.0), "the scale is not used."),
        )
        expected = look(rotation, scale)
        if not torch.allclose(found.double(), expected.double(), atol=1e-4):
            at = f"At rotation {rotation}, scale {scale}: "
            return at + (looks_like(found, mistakes) or f"expected {show(expected)}, found {show(found)}.")
    return None


def show(theta):
    """Return a matrix on one line, rounded."""
    return str([[round(value, 3) + 0.0 for value in row] for row in theta.tolist()])


def share_inside(saliency, mask):
    """Share of the map that lies inside the mask, 0..1."""
    return (saliency * mask).sum() / saliency.sum()


def check_share(student):
    if not callable(student):
        return "give the function itself, without brackets: check('00.3', share_inside)."
    saliency = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    for mask, expected in (([[False, True], [False, True]], 0.6), ([[False, False], [False, True]], 0.4)):
        mask = torch.tensor(mask)
        found = student(saliency, mask)
        if reason := number_wanted(found):
            return reason
        inside, outside = saliency[mask].sum().item(), saliency[~mask].sum().item()
        mistakes = (
            (inside, "that is the sum inside the mask: divide it by the sum of the whole map."),
            (saliency[mask].mean().item(), "that is the mean inside the mask: a share compares two sums."),
            (
                saliency[mask].mean().item() / saliency.mean().item(),
                "that divides two means: a share divides two sums.",
            ),
            (mask.float().mean().item(), "that is the mask's share of the pixels: weigh each pixel by its saliency."),
            (inside / outside, "that divides inside by outside: divide by the whole map, inside and outside together."),
            (outside / (inside + outside), "that is the share outside the mask."),
        )
        if abs(float(found) - expected) > 1e-4:
            hint = looks_like(found, mistakes) or f"expected {expected}, found {float(found):.4g}."
            return f"For the map [[1, 2], [3, 4]] and the mask {mask.int().tolist()}: {hint}"
    if abs(float(student(torch.full((48, 48), 0.2), torch.ones(48, 48, dtype=torch.bool))) - 1) > 1e-4:
        return "a mask that covers everything must give 1."
    return None


EXERCISES = (
    Exercise(
        number="00.1",
        title="a shift in pixels (paper and pencil)",
        check=check_shift,
        hints=(
            "How long is the way from the left edge of the picture to the right edge, in θ's coordinates?",
            "From -1 to 1 is a length of 2, and that is 48 pixels. What is a length of 0.5?",
        ),
        reference=12,
        why="A length of 2 is 48 pixels, so 0.5 is 12 pixels. They look to the right, so the face moves to the left.",
    ),
    Exercise(
        number="00.2",
        title="θ of a turned and scaled look",
        check=check_look,
        hints=(
            "Begin with the unturned case: what are the six numbers for rotation 0 and scale 0.5?",
            "Turning by an angle a sends (1, 0) to (cos a, sin a) and (0, 1) to (-sin a, cos a). These are columns.",
            "Rows: [s cos a, -s sin a, 0] and [s sin a, s cos a, 0], with a = math.radians(rotation) and s = scale.",
        ),
        reference=look,
        why="The columns say where the right-hand and the downward direction of the output lie in the input.",
    ),
    Exercise(
        number="00.3",
        title="the share of a map inside a mask",
        check=check_share,
        hints=(
            "Two sums, one divided by the other. Which pixels does each of them take?",
            "saliency * mask keeps the pixels inside the mask and sets the others to 0.",
        ),
        reference=share_inside,
        why="It means little by itself: compare it with the mask's share of the picture, which an even map would get.",
    ),
)
