"""Exercises of notebook 05: an SDL block from its parts, two readings, the joined vector, a look, parameters."""

from dataclasses import replace

import torch

from ..geometry import build_theta, compose
from ..models import SDLBlock, SDLOptions, create
from .difference import compare
from .exercise import Exercise, close, kind, looks_like, number_wanted, tensor_wanted


def sdl_block(block, x):
    """What an SDL block gives, from its parts: x [N, C, S, S] -> [N, C_out, S / pool, S / pool]."""
    theta = block.transformer.theta(x)
    seen = block.transformer.transform(x, theta)
    return block.extract(seen)


def posed_block():
    """Return an SDL block, the same each time, that looks somewhere else for each picture, and two feature maps."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        block = SDLBlock(2, 3, 16, 2, SDLOptions(sampler="written out")).eval()
        maps = torch.rand(2, 2, 16, 16)
        with torch.no_grad():
            last = block.transformer.localisation.head[-1]
            last.weight.normal_(0, 2)
            last.bias.copy_(build_theta(25.0, 0.7, 0.0, (0.2, -0.1)).flatten())
    return block, maps


def check_block(student):
    if not callable(student):
        return "give the function itself, without brackets: check('05.1', sdl_block)."
    block, x = posed_block()
    with torch.no_grad():
        found = student(block, x.clone())
        expected = sdl_block(block, x)
        theta = block.transformer.theta(x)
        mistakes = [
            (block.extract(x), "the transformer is missing: `extract` was given what came in, not what the look sees."),
            (block.transformer(x), "that is what the look sees: it still has to go through `extract`."),
            (theta, "that is θ: look through it with `transform`, then go through `extract`."),
            (
                block.extract(block.transformer.transform(x, theta[:1].expand_as(theta))),
                "the first picture's θ was used for all of them: each picture has its own.",
            ),
        ]
        after = block.transformer.transform(block.extract(x), theta)
        mistakes.append((after, "`extract` came before the look: the transformer comes first."))
    return compare(found, expected, mistakes, axes=("picture", "channel", "row", "column"))


PIXELS, WEIGHT = (-2.0, 1.0, 3.0, -1.0), -1.0  # of 05.2


def two_readings(pixels, weight):
    """Convolution, ReLU, mean; and ReLU, convolution, mean: of some pixels under a 1 x 1 kernel without a bias."""
    x = torch.tensor(pixels)
    return [(weight * x).relu().mean().item(), (weight * x.relu()).mean().item()]


def check_readings(answer):
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return f"two numbers are wanted, one for each reading; this is {kind(answer)}."
    if reason := next(filter(None, map(number_wanted, answer)), None):
        return reason
    expected = two_readings(PIXELS, WEIGHT)
    x = torch.tensor(PIXELS)
    if all(close(found, wanted) for found, wanted in zip(answer, reversed(expected), strict=True)):
        return "the two have changed places: convolution before ReLU is the first reading."
    after_the_pool = (WEIGHT * x).mean().relu().item()
    mistakes = (
        (
            (
                (after_the_pool, "that is convolution, average, ReLU: the ReLU comes before the average."),
                ((WEIGHT * x).mean().item(), "that has no ReLU in it: after the convolution, negatives become 0."),
                ((WEIGHT * x).relu().sum().item(), "that is the sum of the four: take their average."),
                (
                    (WEIGHT * x).relu()[(WEIGHT * x) > 0].mean().item(),
                    "you averaged only what ReLU let through: a 0 counts as one of the four.",
                ),
                (x.relu().mean().item(), "the convolution is missing: multiply by the weight -1 first."),
            ),
            "first",
        ),
        (
            (
                (x.relu().mean().item(), "the convolution is missing: multiply by the weight -1 after ReLU."),
                (
                    0.0,
                    "a second ReLU made it 0, or ReLU came last: here nothing comes after the convolution but the "
                    "average, so it may be negative.",
                ),
                ((WEIGHT * x.relu()).sum().item(), "that is the sum of the four: take their average."),
            ),
            "second",
        ),
    )
    for found, wanted, (known, which) in zip(answer, expected, mistakes, strict=True):
        if not close(found, wanted):
            why = looks_like(found, known) or f"{float(found):.4g} is not the average that leaves it."
            return f"The {which} reading: {why}"
    return None


def joined_numbers(options):
    """How many numbers reach the classifier of an SDL network with these options."""
    side1 = options.image_size // options.sdl_pools[0]
    side2 = side1 // options.sdl_pools[1]
    numbers = options.baseline_channels[-1] * (options.image_size // 2**4) ** 2 + options.sdl_channels[1] * side2**2
    if options.join == "both":
        numbers += options.sdl_channels[0] * side1**2
    return numbers


def check_joined(student):
    if not callable(student):
        return "give the function itself, without brackets: check('05.3', joined_numbers)."
    # On paper: the baseline leaves 128 x 3 x 3 = 1152, SDL-2 32 x 6 x 6 = 1152.
    small = SDLOptions(
        baseline_channels=(4, 4, 4, 10), sdl_channels=(2, 4), localisation_channels=(2, 2, 2), localisation_hidden=4
    )
    cases = (
        # First, since two mistakes give the same number for the usual options.
        ("image_size=32, sdl_pools=(4, 2)", replace(small, image_size=32, sdl_pools=(4, 2))),
        ("the usual options", SDLOptions()),
        ('image_size=64, sdl_pools=(2, 2), join="both"', replace(small, image_size=64, sdl_pools=(2, 2), join="both")),
        ('join="both"', SDLOptions(join="both")),
    )
    for name, options in cases:
        found = student(options)
        if reason := number_wanted(found):
            return reason
        # The network itself is the judge.
        expected = create("sdl", **vars(options)).final_layers[0].in_features
        side, (first, second) = options.image_size, options.sdl_pools
        side2 = side // first // second
        baseline, sdl2 = options.baseline_channels[-1], options.sdl_channels[1]
        mistakes = (
            (baseline * (side // 16) ** 2, "SDL-2's numbers are missing."),
            (sdl2 * side2**2, "the baseline's numbers are missing."),
            (baseline + sdl2, "those are the channels: each holds a map of height times width numbers."),
            (baseline * (side // 16) + sdl2 * side2, "a map has height times width numbers: square the side."),
            (
                joined_numbers(replace(options, join="sdl2")),
                'with join="both" SDL-1\'s output reaches the classifier, too.',
            ),
            (
                joined_numbers(replace(options, join="both")),
                "with join=\"sdl2\" only SDL-2's output is joined to the baseline's.",
            ),
            (
                baseline * (side // 8) ** 2 + sdl2 * side2**2,
                "the baseline has four max-pools of 2, so its side is divided by 16.",
            ),
            (
                baseline * (side // 16) ** 2 + sdl2 * (side // second) ** 2,
                "SDL-2 is given SDL-1's maps, which SDL-1's pool has made smaller already.",
            ),
        )
        if not close(found, expected):
            why = looks_like(found, mistakes) or f"expected {expected}, found {float(found):g}."
            return f"For {name}: {why}"
    return None


def where_sdl2_looks(theta1, theta2):
    """The look of SDL-2 in the picture: θ1 after θ2, float [n, 2, 3]."""
    return compose(theta1, theta2)


def check_where(student):
    if not callable(student):
        return "give the function itself, without brackets: check('05.4', where_sdl2_looks)."
    # On paper: shifts of 0.5 and 0.25 add up to 0.75; seen through scale 0.5, a shift of 0.25 counts half.
    cases = (
        ("two shifts", build_theta(shift=(0.5, 0.0)), build_theta(shift=(0.25, 0.0))),
        (
            "scale 0.5 with a shift, then scale 0.8 with a shift",
            build_theta(scale=0.5, shift=(0.25, 0.0)),
            build_theta(scale=0.8, shift=(0.25, 0.5)),
        ),
        (
            "a turn, then a turn with a shift",
            build_theta(torch.tensor([90.0, 30.0]), shift=(0.1, 0.0)),
            build_theta(torch.tensor([10.0, -40.0]), 0.7, 0.2, (0.5, 0.25)),
        ),
    )
    for name, theta1, theta2 in cases:
        found = student(theta1.clone(), theta2.clone())
        if reason := tensor_wanted(found, theta1.shape):
            return reason
        linear = theta1[:, :, :2] @ theta2[:, :, :2]
        mistakes = (
            (compose(theta2, theta1), "the order is turned round: an output pixel goes through θ2 first, then θ1."),
            (theta2, "that is where SDL-2 looks on SDL-1's output: θ1 leads from there into the picture."),
            (theta1, "that is where SDL-1 looks: θ2 is missing."),
            (theta1 * theta2, "you multiplied number by number: composing takes rows times columns."),
            (
                torch.cat([linear, theta1[:, :, 2:] + theta2[:, :, 2:]], dim=2),
                "the shifts were added as they are: θ2's shift goes through θ1's matrix first.",
            ),
        )
        if reason := compare(found, where_sdl2_looks(theta1, theta2), mistakes, axes=("look", "row", "column")):
            return f"For {name}: {reason}"
    return None


KERNEL, INNER, OUTER = 3, 16, 32  # of 05.5, SDL-2's convolution


def check_parameters(answer):
    if reason := number_wanted(answer):
        return reason
    weights = OUTER * INNER * KERNEL**2
    mistakes = (
        (weights, "the biases and the batch normalisation are missing: those are the kernels' weights."),
        (weights + OUTER, "the batch normalisation is missing: a scale and a shift for each of the 32 channels."),
        (weights + 2 * OUTER, "the convolution's 32 biases are missing."),
        (weights + OUTER + OUTER, "batch normalisation has two numbers a channel: a scale and a shift."),
        (weights + OUTER + 4 * OUTER, "the running mean and variance are kept, but not trained: they do not count."),
        (OUTER * KERNEL**2 + 3 * OUTER, "a kernel has 3 x 3 weights for each of the 16 maps that come in."),
        (OUTER * (INNER + KERNEL**2) + 3 * OUTER, "multiply the 16 by the 9, do not add them."),
        (INNER * (OUTER * KERNEL**2 + 1) + 2 * OUTER, "there is one bias for each map that goes out, so 32, not 16."),
        ((weights + OUTER) * 24 * 24, "you counted each place anew: a kernel's weights are the same at all places."),
        (weights * 24 * 24, "those are the multiply-adds: the weights are the same at all 24 x 24 places."),
    )
    expected = weights + 3 * OUTER
    return None if close(answer, expected) else looks_like(answer, mistakes) or f"{float(answer):,.0f} is not right."


KERNELS, SIDE, COLOURS, PLACES = 96, 11, 3, 55 * 55  # of 05.6, AlexNet's first layer


def check_alexnet(answer):
    if reason := number_wanted(answer):
        return reason
    kernel = SIDE * SIDE * COLOURS
    mistakes = (
        (KERNELS * kernel, "the biases are missing: one for each of the 96 kernels."),
        (PLACES * KERNELS * (kernel + 1), "that is the paper's number: it gives each place its own weights."),
        (PLACES * KERNELS * kernel, "those are the multiply-adds: a kernel has the same weights at all places."),
        (kernel + 1, "that is one kernel with its bias: there are 96."),
        (KERNELS * (SIDE * SIDE + 1), "a kernel reaches through all three colours: 11 x 11 x 3 weights."),
        (PLACES * (kernel + 1), "that counts a kernel at each place: it is one kernel, moved about; and there are 96."),
        (KERNELS * kernel + 1, "each of the 96 kernels has a bias of its own."),
    )
    expected = KERNELS * (kernel + 1)
    return None if close(answer, expected) else looks_like(answer, mistakes) or f"{float(answer):,.0f} is not right."


EXERCISES = (
    Exercise(
        number="05.1",
        title="an SDL block from its parts",
        check=check_block,
        hints=(
            "Three calls: what chooses the look, what looks, what makes maps of it.",
            "block.transformer.theta(x) is θ. block.transformer.transform(x, theta) looks through it.",
            "Last: block.extract(...) of what the look sees.",
        ),
        reference=sdl_block,
        why="An SDL module is a transformer in front of an ordinary convolution; SDL-2 is the same on SDL-1's maps.",
    ),
    Exercise(
        number="05.2",
        title="two readings of one sentence (paper and pencil)",
        check=check_readings,
        hints=(
            "First reading: multiply each pixel by -1, set what is negative to 0, average the four.",
            "Second reading: set what is negative to 0, multiply by -1, average the four.",
            "First: (2, 0, 0, 1). Second: (0, -1, -3, 0).",
        ),
        reference=[0.75, -1.0],
        why="In the first reading no map is ever negative. In the second a normalised picture loses its dark half.",
    ),
    Exercise(
        number="05.3",
        title="how long is the joined vector?",
        check=check_joined,
        hints=(
            "Each branch leaves channels times height times width numbers.",
            "The baseline halves the side four times. SDL-1 divides it by sdl_pools[0], SDL-2 then by sdl_pools[1].",
            'Where join is "both", add sdl_channels[0] times the square of SDL-1\'s side.',
        ),
        reference=joined_numbers,
        why="FC 1 has 128 weights for each of these numbers: most of the network's parameters come from the join.",
    ),
    Exercise(
        number="05.4",
        title="where in the picture does SDL-2 look?",
        check=check_where,
        hints=(
            "An output pixel of SDL-2's look goes through θ2 to a place on SDL-1's output.",
            "That place lies, in normalised coordinates, where SDL-1's look puts it: send it through θ1.",
            "fe.geometry.compose(first, then): `first` is the look at the picture, `then` the look at what that shows.",
        ),
        reference=where_sdl2_looks,
        why="Coordinates run from -1 to 1 on every map, and pooling leaves them alone: two looks are one.",
    ),
    Exercise(
        number="05.5",
        title="parameters of one block (paper and pencil)",
        check=check_parameters,
        hints=(
            "One kernel of the convolution: 3 x 3 weights for each of the 16 maps that come in, and a bias.",
            "There are 32 kernels. Batch normalisation adds a scale and a shift for each of the 32 maps.",
            "32 · (3 · 3 · 16 + 1) + 32 · 2.",
        ),
        reference=4704,
        why="The side of the maps is not in it: a kernel has the same weights wherever it looks.",
    ),
    Exercise(
        number="05.6",
        title="AlexNet's first layer (paper and pencil)",
        check=check_alexnet,
        hints=(
            "How many different kernels does the layer have? How many weights has one, with its bias?",
            "A kernel is moved over the picture; its 363 weights and its bias stay the same: 96 · 364.",
        ),
        reference=34944,
        why="55 · 55 · 96 · 364 gives each place its own weights; a convolution shares them, which is its whole point.",
    ),
)
