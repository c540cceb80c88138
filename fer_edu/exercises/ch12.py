"""Exercises of notebook 12: where a picture goes, a temperature, silence, changes of mind, a class of 30, a claim."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from .exercise import Exercise, close, kind, looks_like, number_wanted

LEFT = frozenset("ACE")  # of 12.1: what leaves the machine on which you sit, or stays in a file that others get
LEAVES = {
    "A": "the output of the cell is a figure of your face, and the file that you hand in holds it.",
    "C": "the kernel of Binder runs on a rented machine: the picture went there over the network.",
    "E": "Colab's kernel is a rented machine, and the figure lies in a notebook on a drive in the cloud.",
}
STAYS = {
    "B": "the picture was in the memory of your own machine, and the output holds a number.",
    "D": "the outputs were cleared before the file was saved: no picture is left in it.",
    "F": "the button makes the kernel forget the picture, and the kernel runs on your own machine.",
}


def check_left(answer):
    if not isinstance(answer, str | set | frozenset | list | tuple):
        return f'letters are wanted, such as {{"B", "F"}}; this is {kind(answer)}.'
    letters = {str(letter).strip().upper() for letter in answer if str(letter).strip(" ,")}
    if not letters or not letters <= {*LEAVES, *STAYS}:
        return f'letters from A to F are wanted, such as {{"B", "F"}}; this is {kind(answer)}.'
    for letter in sorted(letters - LEFT):
        return f"not {letter}: {STAYS[letter]}"
    if missing := len(LEFT - letters):
        return (
            f"{missing} more of the six leave the machine. Ask of each: on whose machine does the kernel run, and what "
            "does the saved file hold? A figure is part of the file."
        )
    return None


WEIGHTS, HOT, COLD, LINE = (16, 4, 4), 2.0, 0.5, 0.6  # of 12.2: e**logit of three classes; temperatures; threshold


def sharpened(weights, temperature):
    """Return the largest share of softmax(logits / temperature), where weights are e**logit."""
    powers = [weight ** (1 / temperature) for weight in weights]
    return max(powers) / sum(powers)


def check_temperature(answer):
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    if not isinstance(answer, list | tuple) or len(answer) != 3:
        return f"three numbers are wanted, the confidence at T = 1, 2 and 0.5; this is {kind(answer)}."
    plain, hot, cold = (sharpened(WEIGHTS, t) for t in (1.0, HOT, COLD))
    first, rest = WEIGHTS[0], sum(WEIGHTS)
    known = {
        "T = 1": (
            (first / (rest - first), "that is 16 to the two others together: divide by all three, 24."),
            (math.log(first) / sum(map(math.log, WEIGHTS)), "softmax takes the powers of e, here 16, 4 and 4."),
        ),
        "T = 2": (
            (plain / HOT, "divide the logits by T, not the probability: the three shares must still make 1."),
            (cold, "T = 2 makes it less sure: divide the logits by 2, which takes the *root* of 16, 4 and 4."),
            (plain**0.5, "the root of the share alone: take the roots of all three, then make the sum 1 again."),
            (plain, "the classes are at 16, 4 and 4 for T = 1: their roots are 4, 2 and 2."),
        ),
        "T = 0.5": (
            (plain / COLD, "divide the logits by T, not the probability, which cannot be above 1."),
            (hot, "T = 0.5 makes it surer: dividing by 0.5 doubles the logits, which *squares* 16, 4 and 4."),
            (plain**2, "the square of the share alone: take the squares of all three, then make the sum 1 again."),
        ),
    }
    for (name, mistakes), found, wanted in zip(known.items(), answer, (plain, hot, cold), strict=True):
        if reason := number_wanted(found):
            return f"{name}: {reason}"
        if not close(found, wanted, 0.006):
            if close(found, 100 * wanted, 0.006):
                return f"{name}: that is in percent: a share from 0 to 1 is wanted."
            return f"{name}: " + (looks_like(found, mistakes, 0.004) or f"{float(found):.4g} is not right.")
    return None


def least_sure_answer(confidence, right, target):
    """Return (threshold, coverage, accuracy) of the lowest threshold whose answers are right often enough, or None.

    A picture is answered where its confidence is at least the threshold; right often enough: a share of at least
    `target` of the answers. confidence: float [N]. right: bool [N].
    """
    for threshold in confidence.unique():  # from the lowest to the highest
        answered = confidence >= threshold
        accuracy = right[answered].float().mean().item()
        if accuracy >= target:
            return threshold.item(), answered.float().mean().item(), accuracy
    return None


def _drawn(seed, n=400):
    """Confidences on a raster of 0.05, so that there are ties, and answers that are right about as often."""
    generator = torch.Generator().manual_seed(seed)
    confidence = (torch.rand(n, generator=generator) * 20).round() / 20
    return confidence, torch.rand(n, generator=generator) < confidence


SILENCE_CASES = (
    # On paper, from the surest on: right are 1 of 1, 2 of 2, 3 of 3, 3 of 4, 4 of 5, then 4 of 6, 4 of 7, 5 of 8.
    ("eight answers, target 0.75", (0.6, 0.9, 0.5, 0.2, 0.8, 0.4, 0.7, 0.3), (0, 1, 1, 1, 1, 0, 1, 0), 0.75),
    ("two at 0.8, of which one is right, target 0.75", (0.9, 0.8, 0.8, 0.4), (1, 1, 0, 0), 0.75),
    ("all right, target 0.9", (0.3, 0.9, 0.6), (1, 1, 1), 0.9),
    ("none right, target 0.5", (0.3, 0.9, 0.6), (0, 0, 0), 0.5),
    ("400 answers, target 0.8", *_drawn(3), 0.8),
    ("400 others, target 0.9", *_drawn(4), 0.9),
)


def check_silence(student):
    if not callable(student):
        return "give the function itself, without brackets: check('12.3', when_to_answer)."
    for name, confidence, right, target in SILENCE_CASES:
        confidence, right = torch.as_tensor(confidence), torch.as_tensor(right).bool()
        expected = least_sure_answer(confidence, right, target)
        found = student(confidence.clone(), right.clone(), target)
        if expected is None:
            if found is not None:
                return f"For {name}: no threshold reaches the target, so None is wanted; this is {kind(found)}."
            continue
        if found is None:
            return f"For {name}: the answer is None, but from {expected[0]:.2f} on the target is reached."
        if not isinstance(found, list | tuple | torch.Tensor) or len(found) != 3:
            return f"return three numbers, threshold, coverage and accuracy; this is {kind(found)}."
        if reason := next(filter(None, map(number_wanted, found)), None):
            return f"For {name}: {reason}"
        if not all(close(a, b) for a, b in zip(found, expected, strict=True)):
            return f"For {name}: {_why_not(found, expected, confidence, right, target)}"
    return None


def _why_not(found, expected, confidence, right, target):
    """Say what is wrong with a threshold, coverage and accuracy that differ from the expected ones."""
    threshold, coverage, accuracy = map(float, found)
    best, share, hits = expected
    answered, above = confidence >= threshold, confidence > threshold
    if not close(threshold, best):
        if close(threshold, target):
            return "that is the target: a threshold is a confidence, the target a share of right answers."
        if answered.any() and right[answered].float().mean() >= target and threshold > best:
            return (
                f"from {threshold:.2f} on the target is reached, but from {best:.2f} on as well, and more is answered: "
                "the lowest such threshold is wanted."
            )
        if above.any() and close(right[above].float().mean().item(), accuracy):
            return f"a confidence of exactly {threshold:.2f} is answered, too: use >=."
        return f"from {threshold:.2f} on the share of right answers is not {target:g} or more."
    if close(coverage, answered.sum().item()) and len(confidence) > 1:
        return "the coverage is a share: divide the number of answers by the number of pictures."
    if not close(coverage, share):
        if close(coverage, (answered & right).float().mean().item()):
            return "that coverage counts right answers alone: all that are given count."
        if close(coverage, 1 - share):
            return "that is the share that is *not* answered."
        return f"from {best:.2f} on {share:.1%} of the pictures are answered; your coverage is {coverage:.4g}."
    if close(accuracy, (answered & right).float().mean().item()):
        return "the accuracy divides by the pictures that are answered, not by all."
    if close(accuracy, right.float().mean().item()):
        return "that is the accuracy on all pictures: only those that are answered count."
    if close(accuracy, 1 - hits):
        return "that is the share of wrong answers."
    return f"from {best:.2f} on {hits:.1%} of the answers are right; your accuracy is {accuracy:.4g}."


def share_changed(classify, picture, pixels):
    """Return the share of the shifted crops that `classify` names otherwise than the middle one."""
    side = picture.shape[-1] - 2 * pixels
    starts = range(2 * pixels + 1)
    crops = torch.stack([picture[:, top : top + side, left : left + side] for top in starts for left in starts])
    answers = classify(crops)
    middle = answers[len(answers) // 2]
    return ((answers != middle).sum() / (len(answers) - 1)).item()


@dataclass(frozen=True)
class Asked:
    """A classifier that keeps what it was asked about: crops float [1, H, W], one after another."""

    classify: Callable
    seen: list = field(default_factory=list, repr=False)

    def __call__(self, crops):
        self.seen.extend(crops)
        return self.classify(crops)


def by_corner(crops):
    """A classifier whose answer is the brightness of the crop's upper left pixel, in steps."""
    return (crops[:, 0, 0, 0] * 10).round().long()


def by_mean(crops):
    return (crops.mean(dim=(1, 2, 3)) > 0.5).long()


def _ramp(side, across, down):
    """A picture that grows brighter by `across` a column and by `down` a row."""
    places = torch.arange(side).float()
    return (across * places[None, :] + down * places[:, None])[None]


def _spots(side, seed):
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(1, side, side, generator=generator) * 3).floor() / 10


SHIFT_CASES = (
    # On paper: 5 columns give 5 answers; those of the middle column are as the middle, 20 of 24 are not.
    ("a picture that grows brighter to the right, 2 pixels", by_corner, _ramp(52, 0.1, 0.0), 2),
    ("a picture that grows brighter downwards, 1 pixel", by_corner, _ramp(50, 0.0, 0.1), 1),
    ("an even picture", by_mean, torch.full((1, 52, 52), 0.8), 2),
    ("spots, 2 pixels", by_corner, _spots(52, 0), 2),
    ("spots, 3 pixels, and a middle that is rare", by_corner, _spots(54, 2), 3),
)


def check_shifts(student):
    if not callable(student):
        return "give the function itself, without brackets: check('12.4', share_changed)."
    for name, classify, picture, pixels in SHIFT_CASES:
        expected = share_changed(classify, picture, pixels)
        asked = Asked(classify)
        found = student(asked, picture.clone(), pixels)
        if reason := number_wanted(found):
            return f"For {name}: {reason}"
        side, looks = picture.shape[-1] - 2 * pixels, (2 * pixels + 1) ** 2
        seen = asked.seen
        sides = {tuple(crop.shape) for crop in seen}
        if seen and sides != {(1, side, side)}:
            shown = " and ".join(str(list(shape)) for shape in sorted(sides))
            return f"For {name}: crops of shape {[1, side, side]} are wanted, yours have {shown}."
        if close(found, expected):
            continue
        if len(seen) in (looks - 4, 2 * pixels + 1, 4 * pixels, 4 * pixels + 1, 4, 5):
            return f"For {name}: {len(seen)} crops were asked about: {looks} places are wanted, across *and* down."
        mistakes = _shift_mistakes(classify, picture, pixels, expected)
        why = looks_like(found, mistakes) or f"expected {expected:.4g}, found {float(found):.4g}."
        return f"For {name}: {why}"
    return None


def _shift_mistakes(classify, picture, pixels, expected):
    """The shares that likely mistakes give, each with its reason."""
    side, starts = picture.shape[-1] - 2 * pixels, range(2 * pixels + 1)
    crops = torch.stack([picture[:, top : top + side, left : left + side] for top in starts for left in starts])
    answers = classify(crops)
    n = len(answers)
    other = "compare with the answer of the middle crop, not with the first or the most frequent answer."
    first, common = (answers != answers[0]).sum().item(), (answers != answers.mode().values).sum().item()
    return (
        (expected * (n - 1) / n, f"the middle is not a shift: divide by {n - 1}, not by {n}."),
        (expected * (n - 1), "that is a number of crops: divide it by the number of shifts."),
        (1 - expected, "that is the share that stays the same."),
        *((count / total, other) for count in (first, common) for total in (n - 1, n)),
        (float(expected > 0), "whether any answer changes is another question: which share of the shifts changes it?"),
        (100 * expected, "that is in percent: a share from 0 to 1 is wanted."),
    )


STUDENTS, ANGRY, FOUND, FALSE, PICTURES = 30, 2, 0.6, 0.06, 45  # of 12.5


def check_class(answer):
    answer = answer.tolist() if isinstance(answer, torch.Tensor) else answer
    if not isinstance(answer, list | tuple) or len(answer) != 4:
        return (
            "four numbers are wanted: false alarms, share of the alarms that are right, chance of a false alarm, "
            f"false alarms in a lesson; this is {kind(answer)}."
        )
    calm = STUDENTS - ANGRY
    alarms, hits = calm * FALSE, ANGRY * FOUND
    none = (1 - FALSE) ** calm
    names = (
        "false alarms a picture",
        "share of alarms that are right",
        "chance of a false alarm",
        "false alarms a lesson",
    )
    expected = (alarms, hits / (hits + alarms), 1 - none, PICTURES * alarms)
    mistakes = {
        names[0]: (
            (STUDENTS * FALSE, "only the 28 who are not angry can be a *false* alarm."),
            (hits, "those are the right alarms, 2 · 0.6."),
            (hits + alarms, "those are all alarms, the right ones among them."),
            (calm * (1 - FALSE), "those are the calm students who are left alone."),
        ),
        names[1]: (
            (
                FOUND,
                "that is the recall. Not: of the angry, how many are found? But: of those *named*, how many are angry?",
            ),
            (1 - FALSE, "that is the share of the calm who are left alone. Of those *named*, how many are angry?"),
            (alarms / (hits + alarms), "that is the share that is wrong."),
            (hits / alarms, "divide by all alarms, right and false together."),
            (FOUND / (FOUND + FALSE), "that would hold if as many were angry as not: here it is 2 against 28."),
            (ANGRY / STUDENTS, "that is the share of angry students before anybody is named."),
        ),
        names[2]: (
            (none, "that is the chance of *no* false alarm: take it from 1."),
            (alarms, "that is the number to be expected: a chance is at most 1."),
            (1 - (1 - FALSE) ** STUDENTS, "only the 28 who are not angry can be a *false* alarm."),
            (FALSE, "that is the chance for one student: there are 28."),
        ),
        names[3]: (
            (PICTURES * STUDENTS * FALSE, "only the 28 who are not angry can be a *false* alarm."),
            (PICTURES * FALSE, "that is for one student: there are 28."),
            (PICTURES * (hits + alarms), "those are all alarms, the right ones among them."),
        ),
    }
    for name, found, wanted in zip(names, answer, expected, strict=True):
        if reason := number_wanted(found):
            return f"the {name}: {reason}"
        if not close(found, wanted, 0.012):
            if name in names[1:3] and close(found, 100 * wanted, 0.012):
                return f"the {name} is in percent: a share from 0 to 1 is wanted."
            return f"the {name}: " + (looks_like(found, mistakes[name], 0.004) or f"{float(found):.4g} is not right.")
    return None


CLAIMS = {
    "A": "ten pictures of one person cannot say 90 % of anything to within ten points, and nobody measured a feeling.",
    "B": "she decided to smile and pressed a button. What she felt was not measured, by the network or by anybody.",
    "D": "one person, one camera, one lamp: the ten pictures say nothing about the other students.",
    "E": "the two are not the same pictures, nor the same labels, and the interval of 9 of 10 goes down to 60 %.",
}


def check_claim(answer):
    letter = answer.strip().upper() if isinstance(answer, str) else answer
    if letter == "C":
        return None
    if letter in CLAIMS:
        return f"not {letter}: {CLAIMS[letter]}"
    return f'one letter from "A" to "E" is wanted; this is {kind(answer)}.'


EXERCISES = (
    Exercise(
        number="12.1",
        title="where does the picture go? (no code)",
        check=check_left,
        hints=(
            "Two questions for each line: on whose machine does the kernel run? What does the saved file hold?",
            "Binder and Colab run the kernel on a rented machine. A figure below a cell is part of the file.",
            "Three of the six: one is about handing in, two are about a kernel far away.",
        ),
        reference=("A", "C", "E"),
        why="What the kernel reads lies where the kernel runs, and what a cell shows lies in the file.",
    ),
    Exercise(
        number="12.2",
        title="a temperature (paper and pencil)",
        check=check_temperature,
        hints=(
            "Dividing a logit by 2 takes the root of e**logit: 16, 4, 4 become 4, 2, 2.",
            "Dividing by 0.5 doubles the logit and squares the number: 256, 16, 16.",
            "16/24, 4/8, 256/288.",
        ),
        reference=(2 / 3, 0.5, 8 / 9),
        why="The order stays, so the answer stays. But with a threshold at 0.6, T = 2 turns an answer into silence.",
    ),
    Exercise(
        number="12.3",
        title="when to answer",
        check=check_silence,
        hints=(
            "Candidates are the confidences that occur: confidence.unique() returns them, the lowest first.",
            "For each: answered = confidence >= threshold. The accuracy is right[answered].float().mean().",
            "Return at the first threshold that reaches the target, and None after the loop.",
        ),
        reference=least_sure_answer,
        why="The lowest such threshold answers most. It was chosen on these pictures: on others expect a little less.",
    ),
    Exercise(
        number="12.4",
        title="changes of mind",
        check=check_shifts,
        hints=(
            "A crop begins at row `top` and column `left`, each from 0 to 2 · pixels; its side is H - 2 · pixels.",
            "torch.stack of all crops, one call of classify; the middle one is number len(answers) // 2.",
            "(answers != middle).sum() / (len(answers) - 1).",
        ),
        reference=share_changed,
        why="Nobody knows the right place of the box to a pixel. An answer that hangs on it is not about the face.",
    ),
    Exercise(
        number="12.5",
        title="a class of 30 (paper and pencil)",
        check=check_class,
        hints=(
            "28 students are not angry, and 6 of 100 such pictures raise an alarm. 2 are, and 0.6 of them are found.",
            "Right alarms 1.2, false ones 1.68. No false alarm: 0.94 to the power of 28, which is 0.177.",
            "1.68; 1.2 / 2.88; 1 - 0.177; 45 · 1.68.",
        ),
        reference=(1.68, 0.4167, 0.823, 75.6),
        why="Most of those who are named are not angry, since there are so many more who can be named wrongly.",
    ),
    Exercise(
        number="12.6",
        title="which claim does the result support? (no code)",
        check=check_claim,
        hints=(
            "Cross out each claim about something that was not measured: a feeling, other people, other places.",
            "Then cross out what ten pictures cannot tell apart. Wilson's interval of 9 of 10 is 60 to 98 %.",
        ),
        reference="C",
        why="It says whose pictures, of what, how many, against which label, and how sure that is. No more was seen.",
    ),
)
