"""Exercises of notebook 09: a deconvnet's pass by hand, unpooling, an adjoint, a fill, a false map, a line-up."""

import torch
from torch.nn import functional as F

from .. import records
from ..evaluation import student_t
from .ch07 import several
from .difference import compare
from .exercise import Exercise, close, kind, looks_like, number_wanted

# The case of the notebook: a picture [4, 5], the kernel "right minus left", a max-pool of 2, ReLU, a second kernel.
PICTURE = ((1, 3, 2, 2, 6), (0, 1, 4, 3, 3), (5, 4, 4, 2, 1), (2, 2, 7, 5, 3))
EDGE = (-1, 1)
WORKED = ((1, -1), (1, 2))  # the second kernel of the text
SECOND = ((1, 2), (-1, 1))  # the second kernel of 09.1
BIAS = -1


def one_pass(second, rule="deconvnet", start="activation", switches="kept"):
    """Return (activation, projection [4, 5]) of the small network above, up and down again, by torch's functions.

    second: the second layer's kernel, [2, 2]. rule: what ReLU does on the way back, "deconvnet", "backprop", "guided"
    or "none". start: "activation", or "one" as a gradient starts. switches: "kept", "corner" (always the upper left)
    or "all" (the whole block).
    """
    x = torch.tensor(PICTURE).double()[None, None]
    kernel = torch.tensor(EDGE).double().reshape(1, 1, 1, 2)
    upper = torch.tensor(second).double()[None, None]
    pooled, places = F.max_pool2d(F.conv2d(x, kernel), 2, return_indices=True)
    activation = (F.conv2d(pooled.relu(), upper) + BIAS).relu()
    back = F.conv_transpose2d(torch.ones_like(activation) if start == "one" else activation, upper)
    if rule in ("backprop", "guided"):
        back = back * (pooled > 0)
    if rule in ("deconvnet", "guided"):
        back = back.relu()
    if switches == "all":
        unpooled = F.interpolate(back, scale_factor=2)
    else:
        corner = torch.tensor([[[[0, 2], [8, 10]]]])
        unpooled = F.max_unpool2d(back, places if switches == "kept" else corner, 2)
    return activation.item(), F.conv_transpose2d(unpooled, kernel)[0, 0]


def check_pass(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two things are wanted, the activation and the projection as four rows of five; this is {kind(answer)}."
    activation, projection = answer
    expected, table = one_pass(SECOND)
    if reason := number_wanted(activation):
        return f"The activation: {reason}"
    mistakes = (
        (expected - BIAS, "the bias -1 is missing: it counts on the way up."),
        (expected - SECOND[1][1], "ReLU was left out: the block without a rising edge must be 0, not -1."),
        (one_pass(WORKED)[0], "that is the activation of the kernel in the text: this one is another."),
    )
    if not close(activation, expected):
        why = looks_like(activation, mistakes) or f"{float(activation):.4g} is not right."
        return f"The activation: {why}"
    try:
        found = torch.as_tensor(projection).double()
    except (TypeError, ValueError, RuntimeError):
        return f"The projection: four rows of five numbers are wanted, this is {kind(projection)}."
    others = (
        (one_pass(SECOND, "none")[1], "no ReLU on the way back: set what is negative to 0 before you unpool."),
        (
            one_pass(SECOND, "backprop")[1],
            "that is backpropagation: it stops where the pooled map was not active. A deconvnet asks what comes back.",
        ),
        (one_pass(SECOND, "guided")[1], "that is guided backprop, both rules at once: a deconvnet has only one."),
        (one_pass(SECOND, switches="corner")[1], "the switches are missing: a value goes back to where it came from."),
        (one_pass(SECOND, switches="all")[1], "each value was written to its whole block: only one place had won."),
        (one_pass(SECOND, start="one")[1], "that starts from 1: start from the activation itself."),
        (-table, "the filter is turned round: -1 goes to the left pixel, +1 to the right one."),
        (one_pass(WORKED)[1], "that is the projection of the kernel in the text: this one is another."),
    )
    reason = compare(found, table, others)
    return f"The projection: {reason}" if reason else None


def unpool(values, switches, size):
    """Write each value [N, C, h, w] back to the place that won its window, all other places 0: [N, C, *size]."""
    picture = torch.zeros(*values.shape[:2], size[0] * size[1])
    return picture.scatter_add(2, switches.flatten(2), values.flatten(2)).reshape(*values.shape[:2], *size)


def check_unpool(student):
    if not callable(student):
        return "give the function itself, without brackets: check('09.2', unpool)."
    g = torch.Generator().manual_seed(9)
    paper = torch.tensor([[2.0, -1, 0, 4], [1, 3, -1, 0], [-1, 0, -2, -1], [0, 5, -2, -2]])[None, None]
    cases = (
        ("the map of the text", paper, 2, 2),
        ("two pictures with two maps each", torch.rand(2, 2, 4, 6, generator=g), 2, 2),
        ("windows of 3 that overlap", torch.tensor([0.0, 1, 9, 0, 2, 0, 0]).expand(1, 1, 7, 7).contiguous(), 3, 2),
    )
    for name, x, window, stride in cases:
        _, switches = F.max_pool2d(x, window, stride, return_indices=True)
        values = torch.rand(switches.shape, generator=g).mul(9).round() + 1
        size = tuple(x.shape[2:])
        expected = unpool(values, switches, size)
        found = student(values.clone(), switches.clone(), size)
        mistakes = [
            (unpool(values, switches[:1, :1].expand_as(switches), size), "each map has its own switches."),
            (F.interpolate(values, size=size), "each value was written to its whole window: only one place had won."),
        ]
        flat = torch.zeros(expected.shape).flatten(2)
        last_wins = flat.scatter(2, switches.flatten(2), values.flatten(2)).reshape(expected.shape)
        mistakes.append((last_wins, "two windows may share a winner: add what comes back, do not overwrite."))
        if reason := compare(found, expected, mistakes, axes=("picture", "map", "row", "column")):
            return f"For {name}: {reason}"
    return None


ABOVE = ((8.0, 4.0), (0.0, -2.0))  # of 09.3: what comes back to an average pool of 2
BELOW = ((1, 3, 0, 4), (2, 6, 8, 0), (7, 7, 1, 2), (7, 7, 3, 2))  # and what went up


def check_adjoint(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two things are wanted, the values of the four blocks and the inner product; this is {kind(answer)}."
    y, x = torch.tensor(ABOVE), torch.tensor(BELOW).float()
    pooled = F.avg_pool2d(x[None, None], 2)[0, 0]
    blocks = ("upper left block", "upper right block", "lower left block", "lower right block")
    values = y.flatten().tolist()
    mistakes = {
        name: (
            (value, "writing the value itself is what undoes the pool; the adjoint uses the forward weight, 1/4."),
            (value / 2, "each of the four pixels has the weight 1/4, not 1/2."),
            (value * 4, "multiply by the weight 1/4: you divided by it."),
            (average, "that is the average on the way up: on the way back ask what reaches each pixel."),
        )
        for name, value, average in zip(blocks, values, pooled.flatten().tolist(), strict=True)
        if value
    }
    if reason := several(answer[0], blocks, [value / 4 for value in values], mistakes):
        return f"The way back: {reason}"
    product = (pooled * y).sum().item()
    known = (
        (4 * product, "you took sums of the blocks: the pool takes averages."),
        (pooled.sum().item() * y.sum().item(), "multiply place by place first, then add up."),
        (pooled.sum().item(), "that is the sum of the averages: each is multiplied by what stands above it."),
    )
    if reason := number_wanted(answer[1]):
        return f"The inner product: {reason}"
    if not close(answer[1], product):
        return f"The inner product: {looks_like(answer[1], known) or f'{float(answer[1]):.4g} is not right.'}"
    return None


PIXELS, WEIGHTS, GREY = (0.9, 0.5, 0.1), (1.0, 4.0, -2.0), 0.5  # of 09.4


def check_fill(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two triples are wanted, the drops under grey and the drops under black; this is {kind(answer)}."
    score = sum(weight * pixel for weight, pixel in zip(WEIGHTS, PIXELS, strict=True))
    for fill, value, found in (("grey", GREY, answer[0]), ("black", 0.0, answer[1])):
        names, expected, mistakes = [], [], {}
        for k, (pixel, weight) in enumerate(zip(PIXELS, WEIGHTS, strict=True), start=1):
            drop = weight * (pixel - value)
            names.append(f"pixel {k}")
            expected.append(drop)
            mistakes[f"pixel {k}"] = (
                (-drop, "the sign is turned round: the score before, minus the score after."),
                (score - drop, "that is the score that is left: how far did it fall?"),
                (weight * pixel, "that is under the black box: grey leaves 0.5 in the pixel's place."),
                (weight * (pixel - GREY), "that is under the grey box: black leaves 0 in the pixel's place."),
                (weight, "that is the weight: the pixel goes from its value to the fill."),
                (pixel - value, "that is how far the pixel moved: multiply by its weight."),
            )
        if reason := several(found, names, expected, mistakes):
            return f"The {fill} box: {reason}"
    return None


UNNAMED = {"A": "shapley", "B": "occlusion", "C": "edges", "D": "deconvnet"}  # of 09.5


def unnamed_maps():
    """Return letter -> (shares of tempted networks, of honest ones): positive relevance on the glasses, one a seed.

    Four methods of the record "shortcut", on its networks "cnn".
    """
    share = records.read("shortcut")["networks"]["cnn"]["share"]
    return {letter: (share["cheat"][method], share["honest"][method]) for letter, method in UNNAMED.items()}


def check_unmasked(answer):
    if not isinstance(answer, str):
        return f'a text of letters is wanted, such as "AC"; this is {kind(answer)}.'
    letters = set(answer.upper()) - set(" ,;")
    if strange := letters - set(UNNAMED):
        return f"there is no map {', '.join(sorted(strange))}: the letters are {', '.join(UNNAMED)}."
    for letter, (cheat, honest) in unnamed_maps().items():
        mean, half = (100 * value for value in student_t([a - b for a, b in zip(cheat, honest, strict=True)]))
        interval = f"{mean - half:.1f} to {mean + half:.1f} points"
        reveals = mean - half > 0
        if letter in letters and not reveals:
            about = "it never met a network" if UNNAMED[letter] == "edges" else "the eyes of an honest one glow, too"
            return f"Map {letter} does not reveal it: its difference is {interval}, and {about}."
        if reveals and letter not in letters:
            return f"Map {letter} is missing: its difference is {interval}, all above 0."
    return None


def turned(network, without, wearing, target):
    """Return the share of the pictures that are not called `target` without the trait and are with it.

    network: uint8 [N, 1, 48, 48] -> logits [N, C]. without, wearing: the same pictures, the trait off and on.
    """
    before, after = network(without).argmax(1), network(wearing).argmax(1)
    return ((before != target) & (after == target)).float().mean().item()


SHUFFLE = 2  # of 09.6, the seed of the letters


def line_up(**networks):
    """Return the networks under letters, "A", "B", ..., in an order that their names do not tell; see `real_name`."""
    return {letter: networks[name] for letter, name in zip("ABCDEFG", order(networks), strict=False)}


def order(names):
    """Return the names in the order of the line-up: the same for the same names, whatever their order."""
    g = torch.Generator().manual_seed(SHUFFLE)
    names = sorted(names)
    return [names[k] for k in torch.randperm(len(names), generator=g).tolist()]


SUSPECTS = ("cured", "honest", "tempted")


def check_line_up(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two things are wanted, the function and the letter; this is {kind(answer)}."
    student, letter = answer
    if not callable(student):
        return "give the function itself first, without brackets: check('09.6', (turned, letter))."
    # Four pictures a row: answers without, answers with; class 2 is the target.
    cases = (
        ("two of four turn", (0, 1, 2, 3), (2, 2, 2, 3)),
        ("one turns and one turns back", (0, 1, 2, 2), (2, 1, 2, 0)),
        ("all change, none to the target", (0, 1, 3, 0), (1, 0, 0, 3)),
        ("called so before and after", (2, 2, 2, 2), (2, 2, 2, 2)),
    )
    for name, before, after in cases:
        network, without, wearing = scripted(before, after)
        found = student(network, without, wearing, 2)
        if reason := number_wanted(found):
            return reason
        was, now = torch.tensor(before), torch.tensor(after)
        mistakes = (
            ((was != now).float().mean().item(), "that counts every changed answer: only those that became `target`."),
            (
                (now == 2).float().mean().item(),
                "that counts those that were called `target` before, too.",
            ),
            (
                ((now == 2).float() - (was == 2).float()).mean().item(),
                "the ones that turned back were taken off: count only those that turned.",
            ),
            (
                ((was == 2) & (now != 2)).float().mean().item(),
                "those turned back: without comes first.",
            ),
            (((was != 2) & (now == 2)).sum().item(), "that is a number of pictures: the share of all is wanted."),
        )
        expected = turned(network, without, wearing, 2)
        if not close(found, expected):
            why = looks_like(found, mistakes) or f"expected {expected:g}, found {float(found):g}."
            return f"For the case that {name}: {why}"
    letters = "ABC"
    if not isinstance(letter, str) or letter.strip().upper() not in tuple(letters):
        return f"The letter: A, B or C is wanted, this is {kind(letter)}."
    name = order(SUSPECTS)[letters.index(letter.strip().upper())]
    if name != "tempted":
        return f"The letter: {letter} is not the one. Compare the three shares: which is far above the two others?"
    return None


def scripted(before, after):
    """Return (network, without, wearing): a network that gives these answers to these pictures, all of one grey."""
    without = torch.arange(len(before), dtype=torch.uint8).reshape(-1, 1, 1, 1).expand(-1, 1, 48, 48)
    answers = torch.tensor((*before, *after))

    def network(images):
        return F.one_hot(answers[images[:, 0, 0, 0].long()], 4).float()

    return network, without, without + len(before)


EXERCISES = (
    Exercise(
        number="09.1",
        title="a deconvnet's pass (paper and pencil)",
        check=check_pass,
        hints=(
            "On the way up only the last step changes: multiply the pooled map after ReLU, (3, 4) above (5, 0), by the "
            "new kernel place by place, add up, and add the bias.",
            "On the way back: the activation times the kernel, negatives become 0, each value goes to its switch.",
            "The activation is 5. Back come (5, 10) above (-5, 5), and after ReLU (5, 10) above (0, 5).",
            "A value v at a switch (row r, column c) becomes -v at (r, c) and +v at (r, c + 1) of the picture.",
        ),
        reference=(5.0, one_pass(SECOND)[1].tolist()),
        why="The block at the lower right was silent on the way up, and still gets a share: a deconvnet does not ask.",
    ),
    Exercise(
        number="09.2",
        title="unpooling with switches",
        check=check_unpool,
        hints=(
            "A switch is the place of the winner in its map, counted row by row: row · width + column.",
            "Make zeros of [N, C, height · width], flatten the last two axes of values and switches (`flatten(2)`), "
            "and write the values to their places along axis 2.",
            "zeros.scatter_add(2, switches.flatten(2), values.flatten(2)) adds where two windows share a winner. Then "
            "reshape.",
        ),
        reference=unpool,
        why="The switches are all that the way back knows of the picture: without them it would not know where.",
    ),
    Exercise(
        number="09.3",
        title="the adjoint of average pooling (paper and pencil)",
        check=check_adjoint,
        hints=(
            "Each output is 1/4 of each of four pixels. The adjoint gives each of these pixels 1/4 of what comes back.",
            "For the inner product, pool the map first: (3, 3) above (7, 2). Then multiply place by place and add.",
            "You can check it: the map times what you wrote into its pixels, added up, must be the same number, 32.",
        ),
        reference=((2.0, 1.0, 0.0, -0.5), 32.0),
        why="An adjoint keeps the weights and turns the arrows round. An inverse would have to know the four pixels.",
    ),
    Exercise(
        number="09.4",
        title="a fill is a question (paper and pencil)",
        check=check_fill,
        hints=(
            "The score is a sum, so only the hidden pixel's part changes: its weight times (value - fill).",
            "Pixel 1 under grey: 1 · (0.9 - 0.5). Pixel 2 under grey: 4 · (0.5 - 0.5).",
        ),
        reference=((0.4, 0.0, 0.8), (0.9, 2.0, -0.2)),
        why="The pixel with the largest weight looks useless under grey, since grey is what it was already.",
    ),
    Exercise(
        number="09.5",
        title="unmask the map",
        check=check_unmasked,
        hints=(
            "Not how much of a map lies on the glasses: how much more for the tempted network than for the honest.",
            "Subtract seed by seed. fe.evaluation.student_t(differences) returns the mean and half of the interval.",
            "One of the four shows exactly the same for both. Which map could do that?",
        ),
        reference="BD",
        why="A map may light up the right pixels and still know nothing: the eyes carry honest evidence, and edges.",
    ),
    Exercise(
        number="09.6",
        title="which network cheats?",
        check=check_line_up,
        hints=(
            "network(images).argmax(1) are the answers. Take them without glasses and with glasses.",
            "Count where the first is not `target` and the second is: ((before != target) & (after == target)). Take "
            "the mean.",
            "Run the cell below your function. The letter whose share is far above the other two is the cheat.",
        ),
        reference=(turned, "ABC"[order(SUSPECTS).index("tempted")]),
        why="Nothing but the glasses changed between the two pictures, so they are the cause. No map can say that.",
    ),
)
