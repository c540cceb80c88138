"""Exercises of notebook 08: integrated gradients on paper and in code, signs, relevance rank, Shapley, a false map."""

import functools
import itertools
import math

import torch
from torch.nn import functional as F

from .ch07 import several
from .difference import compare
from .exercise import Exercise, close, is_number, kind, looks_like, number_wanted, tensor_wanted


def numbers(answer, names, expected, mistakes):
    """Return the reason why `answer` is not the numbers `expected`, or None where it is.

    names, expected: one for each number. mistakes: (numbers, reason) pairs, wrong answers as a whole; a None in them
    stands for any number.
    """
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    reason = several(answer, names, expected, {})
    if reason and isinstance(answer, list | tuple) and len(answer) == len(expected) and all(map(is_number, answer)):
        for wrong, why in mistakes:
            if all(w is None or close(found, w, 0.002) for found, w in zip(answer, wrong, strict=True)):
                return why
    return reason


PIXELS, SLOPES = (1.0, 0.5), (1.0, 6.0)  # of 08.1: f = min(1, x1 + 6 x2) at (1, 0.5)


def full_at_1(x):
    """The function of 08.1, min(1, x1 + 6 x2); x: float [2], or [n, 2] for n points at once."""
    return (x * torch.tensor(SLOPES, dtype=x.dtype)).sum(-1).clamp(max=1.0)


def check_two_pixels(answer):
    # On the way from black, x1 + 6 x2 = 4 alpha, which is 1 at alpha = 1/4: there the gradient becomes 0.
    names = ("IG of the first pixel", "IG of the second pixel", "sum of the map from the baseline (1, 0)")
    mistakes = (
        ((0, 0, None), "that is the gradient at the picture, which is 0: integrate it over the way that led there."),
        ((1, 3, None), "that is pixel times slope all the way: after a quarter of the way the neuron is full."),
        ((1, 6, None), "those are the slopes: over how much of the way do they hold, and how far does each pixel go?"),
        ((0.25, 1.5, None), "multiply by how far each pixel goes: the second one goes from 0 to 0.5 only."),
        ((0.5, 0.5, None), "the two did not do the same: of each step, 1 part in 4 comes from the first pixel."),
        ((0.75, 0.25, None), "the two have changed places, or been given each other's slope."),
        ((0.25, 0.75, 1), "the map adds up to f(picture) - f(baseline), and (1, 0) has filled the neuron already."),
        ((0.25, 0.75, 0.75), "the map adds up to f(picture) - f(baseline), and (1, 0) has filled the neuron already."),
    )
    return numbers(answer, names, (0.25, 0.75, 0.0), mistakes)


def integrated_gradients(f, x, baseline, steps):
    """Integrated gradients (Sundararajan et al. 2017), the gradient taken in the middle of each of `steps` steps."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (baseline + (k + 0.5) / steps * (x - baseline)).detach().requires_grad_()
        total += torch.autograd.grad(f(point), point)[0]
    return (x - baseline) * total / steps


PATHS = (
    # name, f, picture, baseline, steps. On paper: the product gives 3 and 3, the full neuron 0.25 and 0.75.
    ("the product of two pixels", lambda x: x[0] * x[1], (2.0, 3.0), (0.0, 0.0), 10),
    (
        "three pixels, one of which speaks against",
        lambda x: x[0] ** 3 - x[1] * x[2],
        (1.0, 0.8, 0.5),
        (0.2, 0.2, 0.2),
        8,
    ),
    ("the neuron of 08.1", full_at_1, PIXELS, (0.0, 0.0), 48),
    ("a sum of squares, from another baseline", lambda x: (x**2).sum(), (3.0, 1.0, 2.0), (1.0, 1.0, -1.0), 4),
)


def path_mistakes(f, x, baseline, steps):
    """What likely mistakes would return, with their reasons."""

    def mean_gradient(points):
        points = [point.detach().requires_grad_() for point in points]
        return torch.stack([torch.autograd.grad(f(point), point)[0] for point in points]).mean(0)

    def on_the_way(shares):
        return mean_gradient([baseline + share * (x - baseline) for share in shares])

    middle = [(k + 0.5) / steps for k in range(steps)]
    gradient, ends = on_the_way(middle), "take the gradient in the middle of each step, at (k + 0.5) / steps: "
    return (
        (gradient, "that is the mean gradient: multiply it by how far each pixel went, x - baseline."),
        (x * gradient, "multiply by x - baseline, not by x: the way begins at the baseline."),
        ((x - baseline) * gradient * steps, "that is the sum over the steps: take the mean."),
        ((x - baseline) * on_the_way([1.0]), "that is gradient times difference, at the picture alone."),
        (
            (x - baseline) * on_the_way([k / steps for k in range(steps)]),
            f"{ends}yours begins at the baseline and never reaches the picture.",
        ),
        (
            (x - baseline) * on_the_way([(k + 1) / steps for k in range(steps)]),
            f"{ends}yours takes the picture and leaves the baseline out.",
        ),
        (
            (x - baseline) * on_the_way([k / (steps - 1) for k in range(steps)]),
            f"{ends}both ends count as much as a whole step now.",
        ),
        (
            (x - baseline) * mean_gradient([share * x for share in middle]),
            "the way leads from the baseline: baseline + alpha * (x - baseline), not alpha * x.",
        ),
        (-(x - baseline) * gradient, "the sign is the other one: x - baseline."),
    )


def check_integrated(student):
    if not callable(student):
        return "give the function itself, without brackets: check('08.2', integrated_gradients)."
    for name, f, x, baseline, steps in PATHS:
        x, baseline = torch.tensor(x), torch.tensor(baseline)
        expected = integrated_gradients(f, x, baseline, steps)
        found = student(f, x.clone(), baseline.clone(), steps)
        if reason := tensor_wanted(found, expected.shape):
            return f"For {name}: {reason}"
        if reason := compare(found, expected, path_mistakes(f, x, baseline, steps), axes=("pixel",)):
            return f"For {name}: {reason}"
    return None


MOUTH, EYES = (0.5, 0.4, -0.6, -0.5), (0.3, 0.2, -0.1, 0.0)  # of 08.3: relevances, in logits


def check_signs(answer):
    if not isinstance(answer, list | tuple) or len(answer) != 4:
        return f"three numbers and a word are wanted; this is {kind(answer)}."
    if not isinstance(answer[3], str) or answer[3].strip().lower() not in ("mouth", "eyes"):
        return f'the last answer is a word, "mouth" or "eyes"; this is {kind(answer[3])}.'
    mouth, eyes = sum(MOUTH), sum(EYES)
    loud, soft = (sum(map(abs, part)) for part in (MOUTH, EYES))
    names = ("sum over the mouth", "sum over the eyes", "mouth's share of the absolute values")
    mistakes = (
        ((loud, soft, None), "those are the sums of the absolute values: keep the signs in the first two."),
        ((None, None, mouth / (mouth + eyes)), "the third: take the absolute value of each pixel, then the sums."),
        ((None, None, 100 * loud / (loud + soft)), "the third is in percent: a share from 0 to 1 is wanted."),
        ((None, None, loud / soft), "the third compares two sums: divide by the sum over both parts."),
        ((None, None, 0.9 / 1.4), "the third counts the positive pixels alone: take all, without their signs."),
        ((mouth / 4, eyes / 4, None), "those are means: sums are wanted."),
    )
    if reason := numbers(answer[:3], names, (mouth, eyes, loud / (loud + soft)), mistakes):
        return reason
    if answer[3].strip().lower() == "eyes":
        return "the word: the eyes add to the logit, so hiding them lowers it. Which part has a negative sum?"
    return None


def relevance_rank(values, mask):
    """Share of the k most relevant pixels that lie inside the mask, k = the mask's size; NaN for an empty mask."""
    k = int(mask.sum())
    return mask.flatten()[values.flatten().topk(k).indices].float().mean().item() if k else math.nan


RANK_CASES = (
    # On paper: k = 3, the largest three are 0.9 and 0.5 (inside) and 0.8 (outside).
    ("a map of 2 x 4", ((0.9, 0.25, 0.8, 0.5), (0.3, -0.95, 0.2, -0.4)), ((1, 1, 0, 1), (0, 0, 0, 0))),
    ("a map with loud negative pixels", ((-5.0, 0.4, 0.3), (0.2, -4.0, 0.1)), ((1, 0, 1), (0, 1, 0))),
    ("a mask that covers all", ((0.1, -0.2), (0.3, 0.4)), ((1, 1), (1, 1))),
    ("a map of negative pixels alone", ((-0.1, -0.2, -0.3), (-0.4, -0.5, -0.6)), ((1, 0, 1), (1, 0, 0))),
)


def check_rank(student):
    if not callable(student):
        return "give the function itself, without brackets: check('08.7', relevance_rank)."
    for name, values, mask in RANK_CASES:
        values, mask = torch.tensor(values), torch.tensor(mask, dtype=torch.bool)
        found = student(values.clone(), mask.clone())
        if is_number(found) and not math.isfinite(float(found)):
            return f"For {name}: no finite number came out: only an *empty* mask has no rank."
        if reason := number_wanted(found):
            return f"For {name}: {reason}"
        expected, k = relevance_rank(values, mask), int(mask.sum())
        positive = values.clamp(min=0)
        top = values.flatten().topk(max(1, round(0.1 * values.numel()))).indices
        mistakes = (
            (relevance_rank(values.abs(), mask), "loud negative pixels were taken for relevant: keep the signs."),
            (relevance_rank(-values, mask), "those are the least relevant pixels: take the largest."),
            (expected * k, "that is a number of pixels: divide by the mask's size."),
            (expected * k / values.numel(), "divide by the mask's size, not by all pixels."),
            ((positive * mask).sum().item() / max(positive.sum().item(), 1e-12), "that is the relevance *mass*."),
            (float(mask.flatten()[values.argmax()]), "that is the pointing game: it looks at one pixel only."),
            (mask.flatten()[top].float().mean().item(), "take as many pixels as the mask has, not a fixed share."),
            (k / values.numel(), "that is the mask's share of the picture, which is chance."),
        )
        if not close(found, expected):
            return f"For {name}: {looks_like(found, mistakes) or f'expected {expected:.4g}, found {float(found):.4g}.'}"
    found = student(torch.ones(2, 2), torch.zeros(2, 2, dtype=torch.bool))
    if not is_number(found) or not math.isnan(float(found)):
        return "For an empty mask: there is nothing to hit, so return math.nan: 0 would count as a miss, 1 as a hit."
    return None


PARTS = ("brows", "eyes", "mouth")
COALITIONS = {"": 0, "B": 4, "E": 4, "M": 3, "BE": 4, "BM": 4, "EM": 9, "BEM": 9}  # of 08.6: logits


def value_of(letters):
    return COALITIONS["".join(sorted(letters, key="BEM".index))]


def shapley(players, value):
    """Mean over all orders of what each player adds where it comes in; value: tuple of players -> number."""
    orders = list(itertools.permutations(players))
    gains = dict.fromkeys(players, 0.0)
    for order in orders:
        for k, player in enumerate(order):
            gains[player] += value(order[: k + 1]) - value(order[:k])
    return [gains[player] / len(orders) for player in players]


def check_shapley(answer):
    full = value_of("BEM")
    alone = tuple(value_of(letter) - value_of("") for letter in "BEM")
    removed = tuple(full - value_of("BEM".replace(letter, "")) for letter in "BEM")
    even = tuple(
        sum(
            value_of({*some, letter}) - value_of(some)
            for n in range(3)
            for some in itertools.combinations("BEM".replace(letter, ""), n)
        )
        / 4
        for letter in "BEM"
    )
    mistakes = (
        (alone, "that is what each part does alone, as the first of an order: it also comes second and third."),
        (removed, "that is what is missed when each part is taken away, feature ablation: it also comes first."),
        (
            even,
            "the four coalitions do not count alike: a part comes first in 2 of 6 orders, second in 1 + 1, third in 2.",
        ),
        ((3, 3, 3), "that shares the 9 out evenly: look at what each part adds."),
        (tuple(6 * v for v in shapley("BEM", value_of)), "those are the sums over six orders: divide by 6."),
    )
    return numbers(answer, PARTS, shapley("BEM", value_of), mistakes)


def suspects():
    """Return three makers of maps for exercise 08.5, name -> function (model, images) -> float32 [N, H, W].

    Do the exercise before you read how they are made.
    """

    def first(model, images):
        from ..saliency import explain

        return explain(model, images, method="gradient x input").maps

    def second(model, images):
        light = images.float() / 255 if images.dtype == torch.uint8 else images
        height, width = light.shape[-2:]
        kernel = torch.tensor([[1.0, 2.0, 1.0], [2.0, -12.0, 2.0], [1.0, 2.0, 1.0]]) / 12
        bent = F.conv2d(F.pad(light, (1, 1, 1, 1), mode="replicate"), kernel[None, None])[:, 0]
        down, along = torch.linspace(-1.4, 1.4, height)[:, None], torch.linspace(-1.4, 1.4, width)
        return bent * torch.exp(-(down**2) - along**2)

    def third(model, images):
        from ..saliency import explain

        return explain(model, images, method="guided backprop").maps

    return {"A": first, "B": second, "C": third}


def survives(map_of, trained, untrained, images):
    """Rank correlation, float32 [N], between the maps of a trained network and of one that was never trained."""
    maps = [map_of(model, images).flatten(1) for model in (trained, untrained)]
    a, b = (each.argsort(1).argsort(1).float() for each in maps)
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    return (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))


def made_of_pixels(model, images):
    """A map that does not ask its model."""
    return images[:, 0].float()


def made_of_weights(model, images):
    """A map that asks its model, which is here a tensor [H, W]: weight times brightness."""
    return images[:, 0].float() / 255 * model


def without_signs(map_of, model, images):
    return map_of(model, images).abs()


def check_survives(student):
    if not callable(student):
        return "give the function itself, without brackets: check('08.4', survives)."
    generator = torch.Generator().manual_seed(8)
    images = torch.randint(1, 256, (3, 1, 6, 6), generator=generator).to(torch.uint8)
    one, other = (torch.randn(6, 6, generator=generator) for _ in range(2))
    for name, map_of, trained, untrained in (
        ("a map that never asks the network", made_of_pixels, one, other),
        ("a map that is made of weights", made_of_weights, one, other),
        ("a map that is turned into its negative", made_of_weights, one, -one),
        ("a map that has a huge pixel", made_of_weights, one.exp() ** 3, (one + other).exp() ** 3),
    ):
        expected = survives(map_of, trained, untrained, images)
        found = student(map_of, trained, untrained, images.clone())
        if is_number(found) and close(found, expected.mean().item(), 1e-3):
            return f"For {name}: give one number for each picture, not their mean."
        if reason := tensor_wanted(found, expected.shape):
            return f"For {name}: {reason}"
        maps = [map_of(model, images).flatten(1) for model in (trained, untrained)]
        values = torch.stack([torch.corrcoef(torch.stack(pair))[0, 1] for pair in zip(*maps, strict=True)])
        size = survives(functools.partial(without_signs, map_of), trained, untrained, images)
        mistakes = (
            (values, "that is the correlation of the values: one huge pixel decides it. Correlate their ranks."),
            (1 - expected, "that says how much of the map changed: how much of it survived is wanted."),
            (size, "keep the signs: no absolute values here."),
            (torch.ones(3), "both maps seem to come from the same network: give map_of the untrained one, too."),
        )
        if reason := compare(found, expected, mistakes, axes=("picture",), tolerance=1e-3):
            return f"For {name}: {reason}"
    return None


FALSE = "B"


def check_letter(answer):
    letter = answer.strip().upper() if isinstance(answer, str) else answer
    if letter not in suspects():
        return f'a letter is wanted, "A", "B" or "C"; this is {kind(answer)}.'
    if letter != FALSE:
        return f"{letter} is not it: its maps change when the network does. Whose maps stay the same to the last pixel?"
    return None


EXERCISES = (
    Exercise(
        number="08.1",
        title="integrated gradients of two pixels (paper and pencil)",
        check=check_two_pixels,
        hints=(
            "On the way from (0, 0) to (1, 0.5) the pixels are (α, 0.5 α), so x1 + 6 x2 = 4 α.",
            "It is 1 at α = 1/4. Before, the gradient is (1, 6); after, it is (0, 0).",
            "First pixel: 1 · (1 · 1/4). Second: 0.5 · (6 · 1/4). For the third number you need no integral.",
        ),
        reference=(0.25, 0.75, 0.0),
        why="The gradient at the picture is 0, yet both pixels filled the neuron. Against (1, 0) nothing needs to be "
        "explained: the neuron was full before. A map answers 'compared with what?'",
    ),
    Exercise(
        number="08.2",
        title="integrated gradients in code",
        check=check_integrated,
        hints=(
            "Loop over k in range(steps); the point is baseline + (k + 0.5) / steps * (x - baseline).",
            "torch.autograd.grad(f(point), point)[0] is the gradient; the point needs requires_grad_().",
            "(x - baseline) times the mean of the gradients.",
        ),
        reference=integrated_gradients,
        why="A pixel's mean slope times how far it went is what it added. Over all pixels that is the whole change of "
        "f, but for the error of taking steps.",
    ),
    Exercise(
        number="08.3",
        title="with and without signs (paper and pencil)",
        check=check_signs,
        hints=(
            "Mouth: 0.5 + 0.4 - 0.6 - 0.5. Eyes: 0.3 + 0.2 - 0.1 + 0.",
            "Absolute values: 2.0 on the mouth and 0.6 on the eyes.",
            "A part whose relevances add up to less than 0 holds the logit down.",
        ),
        reference=(-0.2, 0.4, 2.0 / 2.6, "mouth"),
        why="Without signs the mouth has more than three quarters of the map, and looks like the reason. "
        "It is, all in all, a reason against it.",
    ),
    Exercise(
        number="08.4",
        title="how much of a map survives new weights",
        check=check_survives,
        hints=(
            "Call map_of(trained, images) and map_of(untrained, images), and compare picture by picture.",
            "The ranks: maps.flatten(1).argsort(1).argsort(1).float().",
            "Take each row's mean away from the ranks; then sum(a * b) / (norm of a * norm of b), row by row.",
        ),
        reference=survives,
        why="At 1 a map is the same, whatever was learnt. At 0 nothing of it is left; below 0 it is turned round.",
    ),
    Exercise(
        number="08.5",
        title="unmask the false map",
        check=check_letter,
        hints=(
            "The look of a map is no evidence. Measure: survives(map_of, model, untrained, some.images) for all three.",
            "A map that has not asked the network gives 1 for every picture.",
        ),
        reference=FALSE,
        why="It shows where the brightness bends, most of all in the middle: the network is never called. That a map "
        "changes with the network does not make it right. It is the least that one may ask.",
    ),
    Exercise(
        number="08.6",
        title="Shapley values of three parts (paper and pencil)",
        check=check_shapley,
        hints=(
            "Write down the six orders, and for each what every part adds to those before it.",
            "Brows: first in two orders (+4 each), after the eyes +0, after the mouth +1, last twice (+0).",
            "(4 + 4 + 0 + 1 + 0 + 0) / 6 = 1.5 for the brows. The three add up to 9.",
        ),
        reference=(1.5, 4.0, 3.5),
        why="Taken away last, the brows are not missed, since the eyes say the same. Shapley also counts the orders "
        "in which the brows came first.",
    ),
    Exercise(
        number="08.7",
        title="relevance rank",
        check=check_rank,
        hints=(
            "k = int(mask.sum()); values.flatten().topk(k).indices are the places of the k largest.",
            "mask.flatten()[places] says for each whether it lies inside; the mean of that is the share.",
            "Ask for k == 0 first, and return math.nan there.",
        ),
        reference=relevance_rank,
        why="With k = the mask's size a perfect map scores 1, and a map at random the mask's share of the picture.",
    ),
)
