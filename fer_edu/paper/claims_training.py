"""Claims about the training: the losses and accuracies of one epoch, what chose it, and the learning rate."""

import math

from . import ours
from .claim import CONTRADICTS, HOLDS, NOT_REPRODUCED, OPEN, RESERVED, question
from .counts import possible_hits
from .loss_floor import lowest_cross_entropy, smallest_batch

TOPIC = "the training"


@question(
    "Validation 76.26 %, test 74.92 %",
    "section 5",
    "a validation accuracy of 76.26 percent; test images: 74.92 percent",
    TOPIC,
)
def validation_and_test(paper):
    """Compare the gap of two sets of some 3,589 pictures with its standard error."""
    shares = [float(paper.number(*place)) / 100 for place in (("epoch 184", "validation"), ("split", "accuracy"))]
    sizes = [int(paper.number("FER-2013", name)) for name in ("validation", "test")]
    error = math.sqrt(sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)))
    gap = shares[0] - shares[1]
    return (
        HOLDS if abs(gap) < 1.96 * error else RESERVED,
        {"gap, points": round(100 * gap, 2), "its standard error": round(100 * error, 2)},
        f"They differ by {100 * gap:.2f} points, {abs(gap) / error:.1f} standard errors: as two draws of pictures may.",
    )


@question(
    "Validation accuracy 76.26 % of 3588 pictures",
    "section 5",
    "validated with 10% (3588) of the images; validation accuracy of 76.26 percent",
    TOPIC,
)
def validation(paper):
    """Look for a whole number of hits that gives the printed percentage."""
    printed, pictures = paper.number("epoch 184", "validation"), int(paper.number("split", "validation"))
    other = int(paper.number("FER-2013", "validation"))
    found, beside = possible_hits(printed, pictures), possible_hits(printed, other)
    below = math.floor(float(printed) / 100 * pictures)
    numbers = {
        f"hits of {pictures}": ", ".join(map(str, found)) or "none",
        f"hits of {other}": ", ".join(map(str, beside)),
    }
    if found:
        return HOLDS, numbers, f"{found[0]:,} of {pictures:,} is {printed} %."
    return (
        CONTRADICTS,
        numbers,
        f"{below:,} of {pictures:,} is {100 * below / pictures:.2f} % and {below + 1:,} is "
        f"{100 * (below + 1) / pictures:.2f} %: "
        + (
            f"76.26 needs {beside[0]:,} of {other:,}, the size that section 4.1 gives."
            if beside
            else "neither is printed."
        ),
    )


@question(
    "Losses of 0.0048 and 0.0045 beside 75 %",
    "section 5",
    "training loss was 0.00484363, ... training accuracy of 74.92 percent",
    TOPIC,
)
def losses(paper):
    """Compare each loss with the smallest cross-entropy that its accuracy allows, (1 - accuracy) · ln 2."""
    numbers, factors = {}, []
    for part in ("training", "validation"):
        loss, share = (float(paper.number("epoch 184", name)) for name in (f"{part} loss", part))
        numbers[f"{part}, at least"] = round(lowest_cross_entropy(share / 100), 3)
        factors.append(smallest_batch(loss, share / 100))
    worst = max(factors)
    numbers["too small by, at least"] = round(worst, 1)
    numbers["training loss x 128"] = round(128 * float(paper.number("epoch 184", "training loss")), 2)
    if worst <= 1:
        return HOLDS, numbers, "The losses are possible beside these accuracies."
    return (
        OPEN,
        numbers,
        "A wrong answer costs at least ln 2, so a mean cross-entropy beside this accuracy is at least "
        f"{numbers['training, at least']:.3f}; adding up the means of batches and dividing by pictures, as a public "
        f"version of [17] does, would explain the figures for batches of {math.ceil(worst)} or more; the text gives "
        "neither.",
    )


@question(
    "Training and test accuracy are told apart",
    "section 5",
    "training accuracy of 74.92 percent; in the test images ... 74.92 percent",
    TOPIC,
)
def training_accuracy(paper):
    """Compare what section 5 calls training accuracy with what the tables compare as results, set by set."""
    pairs = {
        "FER-2013": (paper.number("epoch 184", "training"), paper.number("split", "accuracy")),
        "CK+": (paper.number("training accuracy", "CK+"), paper.table(5).rows[-1].accuracy),
        "FERG": (paper.number("training accuracy", "FERG"), paper.table(6).rows[-1].accuracy),
    }
    alike = [name for name, (training, test) in pairs.items() if float(training) == float(test)]
    return (
        OPEN if alike else HOLDS,
        {name: f"{training} / {test}" for name, (training, test) in pairs.items()},
        f"The same figure stands for both on {len(alike)} of 3 sets; perhaps 'the accuracy of the trained model' is "
        "meant, and then the accuracy on the training pictures is not given.",
    )


@question("Epoch 184 of 300 is the one to quote", "section 5", "During training on epoch number 184", TOPIC)
def best_epoch(paper):
    """Measure, where the record ships, what choosing the epoch on the test pictures is worth in our own runs."""
    peeked = ours.peeking()
    because = (
        "What chose this epoch out of 300 is not said; chosen on validation it is sound, on the test set it flatters"
    )
    if peeked is None:
        return OPEN, {}, because + "."
    gain, half, seeds = peeked
    return (
        OPEN,
        {"gain by peeking, points": round(gain, 2), "±": round(half, 2)},
        f"{because}: by {gain:.1f} ± {half:.1f} points in {seeds} small runs of ours.",
    )


@question(
    "A learning rate of 0.03 with AdamW", "section 5", "The learning rate starts at 0.03 ... 0.9 per 10 epochs", TOPIC
)
def learning_rate(paper):
    """Read our runs of the recipe, to the letter and with a tenth of its rate; compute the rate at epoch 184."""
    rate, factor, every = (float(paper.number("recipe", name)) for name in ("rate", "factor", "every"))
    late = rate * factor ** (int(paper.number("epoch 184", "epoch")) // every)
    letter, tenth = ours.sweep("paper_recipe", "to the letter"), ours.sweep("paper_recipe", "rate 0.003")
    labels = ours.annotators().pictures
    happy = 100 * labels.max() / labels.sum()
    trained = letter.mean > happy + 5
    return (
        RESERVED if trained else NOT_REPRODUCED,
        {
            "to the letter, %": round(letter.mean, 1),
            "a tenth of the rate, %": round(tenth.mean, 1),
            "always 'happy', %": round(float(happy), 1),
            "rate at epoch 184": round(late, 4),
        },
        f"To the letter our small network stays at {letter.mean:.1f} % (always 'happy' scores {happy:.1f}); with a "
        f"tenth of the rate it reaches {tenth.mean:.1f} % ({letter.what}); on all of Training the whole network is "
        f"{ours.letter_ending()}: batch size, width or normalisation, which the text leaves open, may decide it.",
    )


QUESTIONS = (validation_and_test, validation, losses, training_accuracy, best_epoch, learning_rate)
