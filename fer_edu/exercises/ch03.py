"""Exercises of notebook 03: a value and its slopes on paper, look between pixels, ∂V/∂x_s, ∂L/∂θ, the kink on paper."""

import math

import torch

from .difference import capital, compare, show
from .exercise import Exercise, close, kind, looks_like, number_wanted


def numbers_wanted(answer, names):
    """Return the reason why `answer` is not one finite number for each of `names`, or None where it is."""
    answer = list(answer) if isinstance(answer, torch.Tensor) and answer.dim() == 1 else answer
    if not isinstance(answer, list | tuple) or len(answer) != len(names):
        return f"a list of {len(names)} numbers is wanted, [{', '.join(names)}], this is {kind(answer)}."
    reasons = ((name, number_wanted(value)) for name, value in zip(names, answer, strict=True))
    return next((f"{name}: {reason}" for name, reason in reasons if reason), None)


def first_wrong(answer, rows):
    """Return the reason for the first number of `answer` that is wrong, or None.

    rows: one (name, right value, (value, reason) pairs, what to do where none of them fits) for each number.
    """
    for found, (name, right, mistakes, otherwise) in zip(answer, rows, strict=True):
        if not close(float(found), right, 1e-3):  # on paper one rounds
            likely = (reason for value, reason in mistakes if close(float(found), value, 1e-3))
            return f"{name} = {float(found):.4g}: {next(likely, otherwise)}"
    return None


PAPER = (
    (
        "V",
        24.0,
        (
            (22.0, "the shares of x and y have changed places: x says how far along the row, y how far down."),
            (55.0, "each pixel got the weight of the opposite corner: 1 - share and share are swapped."),
            (37.0, "rows and columns have changed places: x = 0.25 lies between two *columns*, 0 and 1."),
            (20.0, "that is the nearest pixel, rounded: mix all four."),
            (35.0, "that is the plain mean of the four: weigh each by its area."),
        ),
        "not yet. Columns 0 and 1, rows 1 and 2; write down the four areas first: they add up to 1.",
    ),
    (
        "∂V/∂x",
        32.0,
        (
            (-32.0, "the size is right, the sign is not: right pixel less left pixel."),
            (-5.0, "that is ∂V/∂y: x runs along a row."),
            (20.0, "that is the slope along the upper row alone: mix in the lower row's."),
            (80.0, "that is the slope along the lower row alone: mix in the upper row's."),
            (50.0, "that is the plain mean of the two slopes: y = 1.2 is nearer to row 1, whose slope counts 0.8."),
            (68.0, "the rows have changed places, share and 1 - share: y = 1.2 is nearer to row 1."),
            (35.0, "the two slopes are mixed by the share of x: they run along x, and y says how to mix them."),
            (48.0, "that is ∂V/∂x_s: here the slope per pixel is asked."),
        ),
        "not yet. Slope along row 1, slope along row 2; then mix them by how near each row is.",
    ),
    (
        "∂V/∂y",
        -5.0,
        (
            (5.0, "the size is right, the sign is not: lower pixel less upper pixel, since y points down."),
            (32.0, "that is ∂V/∂x: y runs down a column."),
            (-20.0, "that is the slope down the left column alone: mix in the right column's."),
            (40.0, "that is the slope down the right column alone: mix in the left column's."),
            (
                10.0,
                "that is the plain mean of the two: x = 0.25 is nearer to column 0, whose slope counts 0.75.",
            ),
            (25.0, "the columns have changed places, share and 1 - share: x = 0.25 is nearer to column 0."),
            (-8.0, "the two slopes are mixed by the share of y: they run along y, and x says how to mix them."),
        ),
        "not yet. Slope down column 0, slope down column 1; then mix them by how near each column is.",
    ),
    (
        "∂V/∂x_s",
        48.0,
        (
            (
                32.0,
                "the factor width / 2 is missing (or, with align_corners=True, it would be (3 - 1) / 2 = 1): how many "
                "pixels is a step of 1 in x_s?",
            ),
            (96.0, "3 pixels are a length of 2, not of 1: the factor is half the width."),
            (64 / 3, "the factor is upside down: a step of 1 in x_s is 1.5 pixels, so V changes *more*."),
        ),
        "not yet. It is ∂V/∂x times the number of pixels in a step of 1 in x_s.",
    ),
)


def check_paper(answer):
    return numbers_wanted(answer, [row[0] for row in PAPER]) or first_wrong(answer, PAPER)


def look_at(image, x_s, y_s):
    """What stands in image [H, W] at the normalised place (x_s, y_s), align_corners=False, zeros outside."""
    height, width = image.shape
    x = ((x_s + 1) * width - 1) / 2
    y = ((y_s + 1) * height - 1) / 2
    left, top = math.floor(x), math.floor(y)
    right_share, lower_share = x - left, y - top
    value = 0.0
    for row, share_y in ((top, 1 - lower_share), (top + 1, lower_share)):
        for column, share_x in ((left, 1 - right_share), (left + 1, right_share)):
            if 0 <= row < height and 0 <= column < width:
                value += share_x * share_y * image[row, column].item()
    return value


SMALL = torch.tensor([[1.0, 3, 2], [5, 7, 4], [2, 6, 9]])
WIDE = torch.tensor([[3.0, 8, 1, 9, 4, 7], [6, 2, 30, 5, 12, 0], [11, 40, 7, 22, 3, 18], [9, 14, 25, 1, 33, 2]])
INSIDE = ((SMALL, 0.5, -0.4), (SMALL, 0.0, 0.0), (WIDE, 0.2, -0.1), (WIDE, -0.55, 0.4), (WIDE, 0.61, 0.33))
OUTSIDE = ((WIDE, 0.97, -0.3), (WIDE, -0.95, 0.9), (WIDE, 0.3, 1.1), (WIDE, 1.8, 0.0), (WIDE, 0.1, -1.2))


def pixel(coordinate, n, align_corners=False):
    return (coordinate + 1) / 2 * (n - 1) if align_corners else ((coordinate + 1) * n - 1) / 2


def corners(image, x_s, y_s, align_corners=False, outside="zeros"):
    """Return (values of the four neighbours as [2, 2], right share, lower share) as a list of numbers.

    outside: "zeros"; "border", the nearest pixel inside; "wrap", what a negative index gives in Python.
    """
    height, width = image.shape
    x, y = pixel(x_s, width, align_corners), pixel(y_s, height, align_corners)
    left, top = math.floor(x), math.floor(y)

    def value(row, column):
        if outside == "border":
            row, column = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
        elif outside == "wrap":
            row, column = row % height, column % width
        elif not (0 <= row < height and 0 <= column < width):
            return 0.0
        return image[row, column].item()

    found = [[value(row, column) for column in (left, left + 1)] for row in (top, top + 1)]
    return found, x - left, y - top


def mix(values, p, q):
    (upper_left, upper_right), (lower_left, lower_right) = values
    return (1 - q) * ((1 - p) * upper_left + p * upper_right) + q * ((1 - p) * lower_left + p * lower_right)


def rounded(image, x_s, y_s):
    values, p, q = corners(image, x_s, y_s)
    return values[round(q)][round(p)]


def value_mistakes(cases):
    """Return (what each mistake gives at all cases, its reason) pairs for `look_at`."""

    def at_all(function):
        return torch.tensor([function(*case) for case in cases])

    def mixed(change, **keywords):
        return at_all(lambda *case: mix(*change(*corners(*case, **keywords))))

    return (
        (at_all(lambda i, x, y: look_at(i, y, x)), "x and y have changed places."),
        (mixed(lambda v, p, q: (v, p, q), align_corners=True), "those are the pixels of align_corners=True."),
        (
            mixed(lambda v, p, q: (v, 1 - p, 1 - q)),
            "each pixel got the weight of the opposite corner: share and 1 - share are swapped.",
        ),
        (mixed(lambda v, p, q: (v, q, p)), "the shares of x and y have changed places."),
        (mixed(lambda v, p, q: (v, 0.5, 0.5)), "that is the plain mean of the four: weigh each by its area."),
        (at_all(rounded), "that is the nearest pixel, rounded: mix all four."),
        (mixed(lambda v, p, q: (v, 0, 0)), "that is the upper left neighbour alone: mix all four."),
        (
            mixed(lambda v, p, q: (v, p, q), outside="wrap"),
            "image[row, -1] is the *last* column in Python: a negative index counts from the end, outside must be 0.",
        ),
        (mixed(lambda v, p, q: (v, p, q), outside="border"), "outside the edge is repeated: here outside must be 0."),
    )


def place_of(image, x_s, y_s):
    height, width = image.shape
    x, y = (show(torch.tensor(pixel(c, n))) for c, n in ((x_s, width), (y_s, height)))
    return (
        f"At (x_s, y_s) = ({x_s:.3g}, {y_s:.3g}) of a picture with {height} rows and {width} columns, which is pixel "
        f"({x}, {y}):"
    )


def judge_points(student, reference, cases, mistakes, if_no_pixel):
    """Return the reason for the first case (image, x_s, y_s) where the student's number is not the reference's.

    mistakes: cases -> (numbers at all cases, reason) pairs; a mistake is told only where it fits at every case.
    if_no_pixel: what to say where the student's function reads a pixel that is not there.
    """
    found = []
    for image, x_s, y_s in cases:
        try:
            found.append(student(image, x_s, y_s))
        except IndexError as error:
            return f"{place_of(image, x_s, y_s)} your function stopped with IndexError: {error}. {if_no_pixel}"
        if reason := number_wanted(found[-1]):
            return reason
    found = torch.tensor([float(value) for value in found])
    expected = torch.tensor([reference(*case) for case in cases])
    for k, case in enumerate(cases):
        if not close(found[k], expected[k]):
            place = f"{place_of(*case)} expected {show(expected[k])}, found {show(found[k])}."
            cause = looks_like(found, mistakes(cases))
            return f"{place} {capital(cause)}" if cause else place
    return None


def check_look_at(student):
    if not callable(student):
        return "give the function itself, without brackets: check('03.2', look_at)."
    swapped = "A picture is read as image[row, column]: has x become the row?"
    outside = "A neighbour lies outside: add its term only where there is a pixel."
    return judge_points(student, look_at, INSIDE, value_mistakes, swapped) or judge_points(
        student, look_at, OUTSIDE, value_mistakes, outside
    )


def slope_by_x(image, x_s, y_s):
    """∂V/∂x_s at a place inside image [H, W], align_corners=False; on a whole pixel the slope to the right."""
    height, width = image.shape
    x = ((x_s + 1) * width - 1) / 2
    y = ((y_s + 1) * height - 1) / 2
    left, top = math.floor(x), math.floor(y)
    lower_share = y - top
    along_upper_row = image[top, left + 1].item() - image[top, left].item()
    along_lower_row = image[top + 1, left + 1].item() - image[top + 1, left].item()
    return ((1 - lower_share) * along_upper_row + lower_share * along_lower_row) * width / 2


SLOPES = tuple(case for case in INSIDE if case[1:] != (0.0, 0.0))


def slope_mistakes(cases):
    """Return (what each mistake gives at all cases, its reason) pairs for `slope_by_x`."""

    def at_all(factor=lambda height, width: width / 2, change=lambda p, q: (p, q), turn=False, align_corners=False):
        found = []
        for image, x_s, y_s in cases:
            ((a, b), (c, d)), p, q = corners(image, x_s, y_s, align_corners)
            p, q = change(p, q)
            slope = (1 - p) * (c - a) + p * (d - b) if turn else (1 - q) * (b - a) + q * (d - c)
            found.append(slope * factor(*image.shape))
        return torch.tensor(found)

    return (
        (at_all(lambda h, w: 1.0), "the factor width / 2 is missing: that is the slope per pixel."),
        (at_all(lambda h, w: w), "the factor is the whole width: the width is a length of 2 in x_s, not of 1."),
        (at_all(lambda h, w: 2 / w), "the factor is upside down: multiply by width / 2."),
        (at_all(lambda h, w: (w - 1) / 2), "the factor (width - 1) / 2 is the one of align_corners=True."),
        (at_all(lambda h, w: h / 2), "the factor is half the *height*: rows for columns. x runs along the width."),
        (
            at_all(lambda h, w: (w - 1) / 2, align_corners=True),
            "those are the place and the factor of align_corners=True.",
        ),
        (at_all(align_corners=True), "those are the pixels of align_corners=True."),
        (at_all(lambda h, w: h / 2, turn=True), "that is ∂V/∂y_s: x runs along a row."),
        (at_all(turn=True), "those are the slopes down the columns: x runs along a row."),
        (at_all(lambda h, w: -w / 2), "the sign is wrong: right pixel less left pixel."),
        (at_all(change=lambda p, q: (p, 1 - q)), "the rows have changed places: share and 1 - share are swapped."),
        (at_all(change=lambda p, q: (q, p)), "the two slopes are mixed by the share of x: y says how to mix the rows."),
        (at_all(change=lambda p, q: (p, 0)), "that is the slope along the upper row alone: mix in the lower row's."),
        (
            at_all(change=lambda p, q: (p, 0.5)),
            "that is the plain mean of the two slopes: the nearer row counts more.",
        ),
        (
            at_all(lambda h, w: 0.0),
            "it is 0 everywhere, as it is for a rounded value; a mixed value changes with x.",
        ),
    )


def check_slope_by_x(student):
    if not callable(student):
        return "give the function itself, without brackets: check('03.3', slope_by_x)."
    swapped = "A picture is read as image[row, column]: has x become the row?"
    return judge_points(student, slope_by_x, SLOPES, slope_mistakes, swapped)


def gradient_of_theta(pull):
    """∂L/∂θ [2, 3] from ∂L/∂grid [H, W, 2], align_corners=False: the sum over pixels of pull · (x_t, y_t, 1)."""
    height, width = pull.shape[:2]
    x_t = (torch.arange(width) * 2 + 1) / width - 1
    y_t = (torch.arange(height) * 2 + 1) / height - 1
    by_x_s, by_y_s = pull[..., 0], pull[..., 1]
    rows = [torch.stack([(by * x_t[None, :]).sum(), (by * y_t[:, None]).sum(), by.sum()]) for by in (by_x_s, by_y_s)]
    return torch.stack(rows)


ON_PAPER = torch.zeros(3, 3, 2)
ON_PAPER[0, 2] = torch.tensor([-2.7, 3.75])


def pulls():
    """Return the cases of ∂L/∂grid: one pixel of 3 x 3 that pulls, as by hand in the notebook, and 4 x 6 drawn ones."""
    return ON_PAPER, torch.randint(-9, 10, (4, 6, 2), generator=torch.Generator().manual_seed(3)).float()


def theta_mistakes(pull):
    height, width = pull.shape[:2]
    right = gradient_of_theta(pull)

    def points(x_t, y_t):
        return torch.stack([x_t.expand(height, width), y_t[:, None].expand(height, width)])

    index = points(torch.arange(width).float(), torch.arange(height).float())
    corner = points(torch.linspace(-1, 1, width), torch.linspace(-1, 1, height))

    def through(target):
        return torch.einsum("hwi,jhw->ij", pull, torch.cat([target, torch.ones(1, height, width)]))

    return (
        (through(corner), "those are the target points of align_corners=True."),
        (through(index), "x_t and y_t are counted in pixels: θ takes normalised coordinates, -1 to 1."),
        (
            right[:, [1, 0, 2]],
            "x_t and y_t have changed places: the first column of θ multiplies x_t.",
        ),
        (right.flip(0), "the two rows have changed places: the upper row of θ makes x_s."),
        (right / (height * width), "that is the mean over the pixels: every pixel pulls, so the pulls add up."),
        (right * torch.tensor([1.0, 1, 0]), "the third column is missing: the target point is (x_t, y_t, 1)."),
        (
            right * torch.tensor([[width / 2], [height / 2]]),
            "the factor width / 2 came in twice: ∂L/∂grid is already the gradient by normalised coordinates.",
        ),
    )


def check_gradient_of_theta(student):
    if not callable(student):
        return "give the function itself, without brackets: check('03.4', gradient_of_theta)."
    for pull in pulls():
        if reason := compare(student(pull.clone()), gradient_of_theta(pull), theta_mistakes(pull)):
            height, width = pull.shape[:2]
            return f"For ∂L/∂grid of {height} rows and {width} columns: {reason}"
    return None


KINK = (
    (
        "the slope to the left",
        1.0,
        (
            (4.0, "that is the slope to the right: left of pixel 1, V runs from 2 to 3."),
            (-1.0, "the sign is wrong: from left to right, V grows from 2 to 3."),
        ),
        "left of pixel 1, V runs from 2 to 3.",
    ),
    (
        "the slope to the right",
        4.0,
        (
            (1.0, "that is the slope to the left: right of pixel 1, V runs from 3 to 7."),
            (-4.0, "the sign is wrong: from left to right, V grows from 3 to 7."),
        ),
        "right of pixel 1, V runs from 3 to 7.",
    ),
    (
        "the central difference",
        2.5,
        (
            (5.0, "that is V(1 + h) - V(1 - h) over h: the two places are 2h apart."),
            (1.0, "that is the slope to the left: go half a step to either side."),
            (4.0, "that is the slope to the right: go half a step to either side."),
        ),
        "with h = 0.5: V(1.5) less V(0.5), divided by 1.",
    ),
    (
        "what the library says",
        4.0,
        (
            (
                2.5,
                "that would be fair to both sides, but floor takes one: floor(1) = 1, the neighbours are 1 and 2.",
            ),
            (1.0, "that is the other side: floor(1) = 1, so the neighbours are pixels 1 and 2."),
            (0.0, "the value there is pixel 1's alone, with weights 1 and 0; but the *weights* change when x does."),
            (3.0, "that is the value at pixel 1, not its slope."),
        ),
        "floor(1) = 1: which two pixels are the neighbours?",
    ),
)


def check_kink(answer):
    return numbers_wanted(answer, [row[0] for row in KINK]) or first_wrong(answer, KINK)


EXERCISES = (
    Exercise(
        number="03.1",
        title="one value and its slopes (paper and pencil)",
        check=check_paper,
        hints=(
            "x = 0.25 lies between columns 0 and 1, y = 1.2 between rows 1 and 2. So p = 0.25 and q = 0.2.",
            "The weights are 0.75 · 0.8 = 0.6, 0.25 · 0.8 = 0.2, 0.75 · 0.2 = 0.15 and 0.25 · 0.2 = 0.05.",
            "Along row 1 the slope is 40 - 20, along row 2 it is 80 - 0; mix them 0.8 to 0.2. Down column 0 it is "
            "0 - 20, down column 1 it is 80 - 40; mix them 0.75 to 0.25. And a step of 1 in x_s is 1.5 pixels.",
        ),
        reference=[24, 32, -5, 48],
        why="V = 0.6 · 20 + 0.2 · 40 + 0.15 · 0 + 0.05 · 80 = 24; ∂V/∂x = 0.8 · 20 + 0.2 · 80 = 32; "
        "∂V/∂y = 0.75 · (-20) + 0.25 · 40 = -5; ∂V/∂x_s = 32 · 3 / 2 = 48.",
    ),
    Exercise(
        number="03.2",
        title="look between the pixels",
        check=check_look_at,
        hints=(
            "First from x_s to pixels: -1 is the left edge of pixel 0, whose centre is at 0, so x = ((x_s + 1) · width "
            "- 1) / 2. The same for y with the height.",
            "left = math.floor(x), and the right neighbour counts x - left. The same down the column. Then four terms: "
            "share of x times share of y times image[row, column].",
            "Outside: add a term only if 0 <= row < height and 0 <= column < width.",
        ),
        reference=look_at,
        why="Four pixels, each weighed by the area that a pixel-sized square around the place covers of it.",
    ),
    Exercise(
        number="03.3",
        title="how the value changes with x_s",
        check=check_slope_by_x,
        hints=(
            "Begin as in 03.2. ∂V/∂x needs two differences: along the upper row and along the lower row.",
            "Mix them by y: (1 - lower_share) times the upper one plus lower_share times the lower one.",
            "That is the slope per pixel. The width is a length of 2 in x_s, so multiply by width / 2.",
        ),
        reference=slope_by_x,
        why="Chain rule: ∂V/∂x_s = ∂V/∂x · ∂x/∂x_s, and x = ((x_s + 1) · width - 1) / 2 has the slope width / 2.",
    ),
    Exercise(
        number="03.4",
        title="from the grid back to θ",
        check=check_gradient_of_theta,
        hints=(
            "x_s = a · x_t + b · y_t + t_x, so ∂x_s/∂a = x_t, ∂x_s/∂b = y_t and ∂x_s/∂t_x = 1. The same for y_s below.",
            "Each output pixel contributes pull · (x_t, y_t, 1); θ is shared by all pixels, so add over all of them.",
            "x_t of column k is (2k + 1) / width - 1, y_t of row k is (2k + 1) / height - 1. Six sums.",
        ),
        reference=gradient_of_theta,
        why="A pixel far from the middle has a long lever: its pull counts x_t or y_t times for the turn, once for the "
        "shift.",
    ),
    Exercise(
        number="03.5",
        title="the kink (paper and pencil)",
        check=check_kink,
        hints=(
            "Draw it: three points 2, 3, 7 above x = 0, 1, 2, joined by straight lines.",
            "To the left the slope is 3 - 2, to the right 7 - 3. V(0.5) = 2.5 and V(1.5) = 5.",
            "The library takes floor(1) = 1 as the left neighbour: which line is that?",
        ),
        reference=[1, 4, 2.5, 4],
        why="Every number from 1 to 4 is a sub-gradient at the kink. floor picks the side to the right.",
    ),
)
