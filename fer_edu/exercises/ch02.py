"""Exercises of notebook 02: a place on paper, the grid, two looks in one, a look turned round, θ from points."""

import torch

from ..geometry import affine_grid, compose, fit_theta, invert, pixel_centres, to_pixels
from .difference import compare
from .exercise import Exercise, close, is_number, kind, looks_like

PAPER_THETA = torch.tensor([[0.5, 0.0, 0.0], [0.0, 1.0, -0.5]])
WIDTH, HEIGHT, COLUMN, ROW = 5, 2, 3, 1  # of 02.1: sizes for which both flags give round numbers


def look_at(theta, x, y):
    """θ · (x, y, 1) as a float tensor [2]."""
    return theta @ torch.tensor([x, y, 1.0])


def place(column, row, width, height, align_corners):
    """Where PAPER_THETA sends the output pixel of that column and row, [2]."""
    x, y = pixel_centres(width, align_corners)[column], pixel_centres(height, align_corners)[row]
    return look_at(PAPER_THETA, x.item(), y.item())


def check_places(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return f"two places are wanted, one for each flag value, this is {kind(answer)}."
    for found, align_corners in zip(answer, (False, True), strict=True):
        if reason := check_place(found, align_corners):
            return f"For align_corners={align_corners}: {reason}"
    return None


def check_place(found, align_corners):
    if not isinstance(found, (tuple, list)) or len(found) != 2 or not all(is_number(value) for value in found):
        return f"a place is wanted as (x, y), this is {kind(found)}."
    found = torch.tensor([float(value) for value in found])
    expected = place(COLUMN, ROW, WIDTH, HEIGHT, align_corners)
    if close(found, expected, 1e-3):
        return None
    x, y = (pixel_centres(n, align_corners)[k].item() for n, k in ((WIDTH, COLUMN), (HEIGHT, ROW)))
    in_pixels = [to_pixels(expected[axis], n, align_corners) for axis, n in enumerate((WIDTH, HEIGHT))]
    mistakes = (
        (expected.flip(0), "x and y have changed places: x comes first, and runs along the columns."),
        (place(COLUMN, ROW, WIDTH, HEIGHT, not align_corners), "that is the place for the other value of the flag."),
        (torch.tensor([x, y]), "that is the output pixel's own place: now let θ say where it looks."),
        (
            look_at(invert(PAPER_THETA[None])[0], x, y),
            "that is θ in the wrong direction: multiply θ by the output's (x, y, 1), do not undo it.",
        ),
        (
            place(ROW, COLUMN, HEIGHT, WIDTH, align_corners),
            "you took the row for x and the column for y: the column says how far to the right, so it gives x.",
        ),
        (
            place(COLUMN - 1, ROW - 1, WIDTH, HEIGHT, align_corners),
            "you counted from 1: here the first row and the first column have the number 0.",
        ),
        (torch.stack(in_pixels), "that is the place in pixels: give it in normalised coordinates."),
    )
    if reason := looks_like(found, mistakes):
        return reason
    right = [name for name, a, b in zip("xy", found.tolist(), expected.tolist(), strict=True) if close(a, b, 1e-3)]
    if right:
        return f"{right[0]} is right, {'y' if right[0] == 'x' else 'x'} is not yet."
    return "not yet: first the pixel's own x and y, then one row of θ for each."


def grid_of(theta, height, width, align_corners):
    """The grid [H, W, 2] of one θ [2, 3]: where every output pixel looks."""

    def centres(n):
        k = torch.arange(n)
        return 2 * k / (n - 1) - 1 if align_corners else (2 * k + 1) / n - 1

    y, x = torch.meshgrid(centres(height), centres(width), indexing="ij")
    target = torch.stack([x, y, torch.ones_like(x)], dim=-1)  # [H, W, 3]
    return target @ theta.T  # θ · target for every pixel at once


def check_grid(student):
    if not callable(student):
        return "give the function itself, without brackets: check('02.2', grid_of)."
    paper, look = PAPER_THETA.tolist(), [[0.5, 0.25, 0.1], [-0.5, 1.0, -0.2]]
    cases = ((paper, HEIGHT, WIDTH, False), (paper, HEIGHT, WIDTH, True), (look, 3, 4, False), (look, 4, 4, True))
    for rows, height, width, align_corners in cases:
        theta = torch.tensor(rows)
        expected = affine_grid(theta[None], (1, 1, height, width), align_corners)[0]
        found = student(theta.clone(), height, width, align_corners)
        if reason := compare(found, expected, grid_mistakes(theta, height, width, align_corners), last="(x, y)"):
            return (
                f"For θ = {rows}, {height} rows, {width} columns, align_corners={align_corners}: "
                f"{reason[:1].lower()}{reason[1:]}"
            )
    return None


def grid_mistakes(theta, height, width, align_corners):
    """(grid, reason) for the mistakes that are likely in a grid."""

    def grid(matrix, flag=align_corners, half_a_pixel=False):
        made = affine_grid(matrix[None], (1, 1, height, width), flag)[0]
        return made - matrix[:, :2] @ torch.tensor([1 / width, 1 / height]) if half_a_pixel else made

    square, shift = theta[:, :2], theta[:, 2:]
    return (
        (grid(theta).flip(-1), "x and y have changed places: the last axis is (x, y), and x is the column's."),
        (grid(theta, not align_corners), f"That is the grid for align_corners={not align_corners}."),
        (
            grid(theta, False, half_a_pixel=True),
            "You took each pixel's upper left corner: its centre lies half a pixel further.",
        ),
        (
            grid(invert(theta[None])[0]),
            "That is θ in the wrong direction: the output's coordinates go in and the input's come out, by θ itself.",
        ),
        (
            grid(torch.cat([square.flip(1), shift], dim=1)),
            "(y, x, 1) went into θ: it wants (x, y, 1), and x is the column's.",
        ),
        (grid(torch.cat([square.T, shift], dim=1)), "θ's rows and columns have changed places: its first row makes x."),
        (
            grid(torch.cat([square, 0 * shift], dim=1)),
            "The shift is missing: the third number of (x, y, 1) is there for it.",
        ),
    )


def one_look(first, then):
    """The one θ [2, 3] that equals looking through `first` and then, at what that shows, through `then`."""
    last = torch.tensor([[0.0, 0.0, 1.0]])
    return (torch.cat([first, last]) @ torch.cat([then, last]))[:2]


def check_one_look(student):
    if not callable(student):
        return "give the function itself, without brackets: check('02.3', one_look)."
    cases = (
        ("a quarter turn, then a small look", [[0.0, -1.0, 0.2], [1.0, 0.0, 0.0]], [[0.5, 0.0, 0.5], [0.0, 0.5, 0.0]]),
        ("two looks with everything", [[0.9, -0.3, 0.1], [0.4, 0.8, -0.2]], [[0.5, 0.1, 0.3], [-0.2, 0.6, 0.4]]),
    )
    for name, first, then in cases:
        first, then = torch.tensor(first), torch.tensor(then)
        found, product = student(first.clone(), then.clone()), first[:, :2] @ then[:, :2]
        mistakes = (
            (
                compose(then[None], first[None])[0],
                "That is the other order. The output pixel asks `then` first: θ of `then` stands next to the point.",
            ),
            (
                torch.cat([product, first[:, 2:] + then[:, 2:]], dim=1),
                "The shifts are only added: the shift of `then` happens inside the first look, so first's matrix "
                "turns and scales it too.",
            ),
            (torch.cat([product, first[:, 2:]], dim=1), "The shift of `then` is lost."),
            (torch.cat([product, then[:, 2:]], dim=1), "Only the shift of `then` is left, and it is not turned."),
            (
                torch.cat([product, first[:, :2] @ then[:, 2:]], dim=1),
                "The shift of `first` is lost: does the last row of your matrix say 0, 0, 1?",
            ),
            (first * then, "* multiplies number by number: matrices are multiplied by @."),
            (invert(compose(first[None], then[None]))[0], "That is the inverse: nothing has to be undone here."),
        )
        if reason := compare(found, compose(first[None], then[None])[0], mistakes):
            return f"For {name}: {reason[:1].lower()}{reason[1:]}"
    return None


def undo(theta):
    """The θ [2, 3] that brings every point back to where it came from."""
    square = torch.linalg.inv(theta[:, :2])
    return torch.cat([square, -square @ theta[:, 2:]], dim=1)


def check_undo(student):
    if not callable(student):
        return "give the function itself, without brackets: check('02.4', undo)."
    cases = (
        ("a look of twice the size, shifted", [[2.0, 0.0, 0.5], [0.0, 2.0, 0.0]]),
        ("a quarter turn, shifted", [[0.0, -1.0, 0.5], [1.0, 0.0, 0.25]]),
        ("a look with everything", [[0.9, -0.3, 0.1], [0.4, 0.8, -0.2]]),
    )
    for name, rows in cases:
        theta = torch.tensor(rows)
        square, shift = theta[:, :2], theta[:, 2:]
        inverse = torch.linalg.inv(square)
        mistakes = (
            (theta, "That is θ itself: nothing is undone."),
            (
                torch.cat([inverse, -shift], dim=1),
                "The matrix is right, the shift is not: from A p + t = q follows p = A⁻¹ q - A⁻¹ t.",
            ),
            (torch.cat([inverse, inverse @ shift], dim=1), "The shift has the wrong sign."),
            (torch.cat([inverse, shift], dim=1), "The shift must go back too: from A p + t = q follows A⁻¹ (q - t)."),
            (torch.cat([inverse, 0 * shift], dim=1), "The shift is missing: from A p + t = q follows A⁻¹ (q - t)."),
            (
                torch.cat([square.T, -square.T @ shift], dim=1),
                "The transposed matrix undoes a turn, but no scale and no shear: take the inverse.",
            ),
            (torch.cat([square.T, -shift], dim=1), "The transposed matrix undoes a turn only: take the inverse."),
        )
        if reason := compare(student(theta.clone()), invert(theta[None])[0], mistakes):
            return f"For {name}: {reason[:1].lower()}{reason[1:]}"
    return None


def theta_from_points(target, source):
    """The θ [2, 3] that sends the target points nearest to the source points, in least squares."""
    known = torch.cat([target, torch.ones(len(target), 1)], dim=1)  # [k, 3]: known @ θᵀ = source
    return torch.linalg.lstsq(known, source).solution.T


def check_from_points(student):
    if not callable(student):
        return "give the function itself, without brackets: check('02.5', theta_from_points)."
    five = torch.tensor([[-0.4, -0.2], [0.4, -0.2], [0.0, 0.1], [-0.3, 0.5], [0.3, 0.5]])
    seen = torch.tensor([[-0.35, -0.3], [0.4, -0.05], [0.0, 0.1], [-0.4, 0.35], [0.25, 0.55]])
    cases = (
        (
            "the targets (0, 0), (1, 0), (0, 1) and the sources (0.2, 0.1), (0.7, 0.3), (0, 0.6)",
            torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),
            torch.tensor([[0.2, 0.1], [0.7, 0.3], [0.0, 0.6]]),
        ),
        ("five points that no θ fits exactly", five, seen),
    )
    for name, target, source in cases:
        expected = fit_theta(target, source)[0]
        through_middle = torch.linalg.lstsq(target, source).solution.T
        mistakes = (
            (
                fit_theta(source, target)[0],
                "That is θ in the wrong direction: the targets go in, the sources come out.",
            ),
            (expected.T, "That is θᵀ: turn it over at the end."),
            (expected.flip(0), "x and y have changed places: the first row of θ makes x."),
            (fit_theta(target[:3], source[:3])[0], "You used three of the five points: least squares takes them all."),
            (
                torch.cat([through_middle, torch.zeros(2, 1)], dim=1),
                "There is no shift: give every target point a third number, 1.",
            ),
            (through_middle, "There is no shift: give every target point a third number, 1."),
        )
        if reason := compare(student(target.clone(), source.clone()), expected, mistakes, tolerance=1e-3):
            return f"For {name}: {reason[:1].lower()}{reason[1:]}"
    return None


EXERCISES = (
    Exercise(
        number="02.1",
        title="where one pixel looks (paper and pencil)",
        check=check_places,
        hints=(
            "First the pixel's own place. Its column gives x among 5 centres, its row gives y among 2.",
            "With False the centre of pixel k of n lies at (2k + 1) / n - 1, with True at 2k / (n - 1) - 1.",
            "The pixel's own place is (0.4, 0.5) with False and (0.5, 1) with True. Now x is halved, and y gets -0.5.",
        ),
        reference=((0.2, 0.0), (0.25, 0.5)),
        why="One pixel, one θ, two places: what 0.2 means depends on the flag, so a grid is only half of the story.",
    ),
    Exercise(
        number="02.2",
        title="the grid of one θ",
        check=check_grid,
        hints=(
            "A row of x for the columns, a column of y for the rows: 02.1 has both formulas. torch.arange counts.",
            'y, x = torch.meshgrid(ys, xs, indexing="ij") gives both for every pixel, each [height, width].',
            "torch.stack([x, y, torch.ones_like(x)], dim=-1) is [H, W, 3]; multiply it by θ.T with @.",
        ),
        reference=grid_of,
        why="Rows of vectors stand on the left of a matrix, so θ comes in transposed: (θ · t)ᵀ = tᵀ · θᵀ.",
    ),
    Exercise(
        number="02.3",
        title="two looks in one",
        check=check_one_look,
        hints=(
            "Follow one output pixel p. Which of the two looks does it ask first?",
            "It asks `then`: q = then · p. That is a place in the middle picture; `first` says where it is: first · q.",
            "Give both a third row 0, 0, 1, multiply 3 x 3 by 3 x 3, and keep the upper two rows.",
        ),
        reference=one_look,
        why="first · then: the look that comes last stands next to the point. Matrices are read from right to left.",
    ),
    Exercise(
        number="02.4",
        title="a look turned round",
        check=check_undo,
        hints=(
            "θ takes p to q = A p + t. Solve that for p.",
            "p = A⁻¹ (q - t). So the new matrix is A⁻¹. What is the new shift?",
            "The new shift is -A⁻¹ t. torch.linalg.inv inverts the 2 x 2 part, torch.cat puts both together.",
        ),
        reference=undo,
        why="The shift is undone after the turn, so the inverse matrix is applied to it as well.",
    ),
    Exercise(
        number="02.5",
        title="θ from points",
        check=check_from_points,
        hints=(
            "Each pair says: target's (x, y, 1) times θᵀ is source's (x, y). Write the pairs below each other.",
            "known @ θᵀ = source, with known [k, 3]. torch.linalg.lstsq(known, source).solution is the best θᵀ.",
        ),
        reference=theta_from_points,
        why="Three pairs fix six numbers. More pairs cannot all be met: this θ has the least sum of squared misses.",
    ),
)
