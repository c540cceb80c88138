"""Notebook 08: the mistakes that its checks know, and its references against SciPy, Captum and a closed form."""

import math

import pytest
import torch
from scipy import integrate, stats

from fer_edu import exercises
from fer_edu.exercises import ch08


def path(shares, factor=None, start=True):
    """Return a student's integrated gradients with the gradient at shares(steps) of the way; factor(x, baseline)."""

    def student(f, x, baseline, steps):
        total = torch.zeros_like(x)
        points = shares(steps)
        for share in points:
            point = (baseline + share * (x - baseline) if start else share * x).requires_grad_()
            total += torch.autograd.grad(f(point), point)[0]
        return (x - baseline if factor is None else factor(x, baseline)) * total / len(points)

    return student


def middle(steps):
    return [(k + 0.5) / steps for k in range(steps)]


def changed(change):
    """Return a student's relevance rank: `change` is given the map and the mask, unless the mask is empty."""
    return lambda values, mask: change(values, mask) if mask.any() else math.nan


def pearson(map_of, trained, untrained, images):
    maps = [map_of(model, images).flatten(1) for model in (trained, untrained)]
    return torch.stack([torch.corrcoef(torch.stack(pair))[0, 1] for pair in zip(*maps, strict=True)])


MISTAKES = [
    ("08.1", 0.25, "three numbers"),
    ("08.1", (0, 0, 0), "gradient at the picture"),
    ("08.1", (1, 3, 0), "after a quarter of the way"),
    ("08.1", (1, 6, 0), "those are the slopes"),
    ("08.1", (0.25, 1.5, 0), "how far each pixel goes"),
    ("08.1", (0.5, 0.5, 0), "1 part in 4"),
    ("08.1", (0.75, 0.25, 0), "changed places"),
    ("08.1", (0.25, 0.75, 1), "f(picture) - f(baseline)"),
    ("08.1", (0.2, 0.75, 0), "the IG of the first pixel: 0.2"),
    ("08.1", (0.25, 0.75, math.nan), "finite"),
    ("08.2", path(middle, lambda x, b: torch.ones_like(x)), "how far each pixel went"),
    ("08.2", path(middle, lambda x, b: x), "not by x"),
    ("08.2", path(middle, lambda x, b: b - x), "sign"),
    ("08.2", path(lambda steps: [1.0]), "at the picture alone"),
    ("08.2", path(lambda steps: [k / steps for k in range(steps)]), "never reaches the picture"),
    ("08.2", path(lambda steps: [(k + 1) / steps for k in range(steps)]), "leaves the baseline out"),
    ("08.2", path(lambda steps: [k / (steps - 1) for k in range(steps)]), "both ends"),
    ("08.2", path(middle, start=False), "not alpha * x"),
    ("08.2", lambda f, x, b, steps: steps * ch08.integrated_gradients(f, x, b, steps), "take the mean"),
    ("08.2", lambda f, x, b, steps: None, "returns None"),
    ("08.3", (2.0, 0.6, 0.769, "mouth"), "keep the signs"),
    ("08.3", (-0.2, 0.4, -1.0, "mouth"), "absolute value of each pixel, then"),
    ("08.3", (-0.2, 0.4, 76.9, "mouth"), "in percent"),
    ("08.3", (-0.2, 0.4, 3.33, "mouth"), "sum over both parts"),
    ("08.3", (-0.2, 0.4, 0.643, "mouth"), "positive pixels alone"),
    ("08.3", (-0.05, 0.1, 0.769, "mouth"), "means"),
    ("08.3", (-0.2, 0.4, 0.769, "eyes"), "the eyes add"),
    ("08.3", (-0.2, 0.4, 0.769, "nose"), "mouth"),
    ("08.3", (-0.2, 0.4, 0.769), "three numbers and a word"),
    ("08.7", changed(lambda v, m: ch08.relevance_rank(v.abs(), m)), "keep the signs"),
    ("08.7", changed(lambda v, m: ch08.relevance_rank(-v, m)), "take the largest"),
    ("08.7", changed(lambda v, m: ch08.relevance_rank(v, m) * m.sum()), "number of pixels"),
    ("08.7", changed(lambda v, m: ch08.relevance_rank(v, m) * m.float().mean()), "not by all pixels"),
    ("08.7", changed(lambda v, m: (v.clamp(min=0) * m).sum() / v.clamp(min=0).sum()), "mass"),
    ("08.7", changed(lambda v, m: m.float().mean()), "which is chance"),
    ("08.7", changed(lambda v, m: m.flatten()[v.argmax()].float()), "pointing game"),
    ("08.7", lambda v, m: ch08.relevance_rank(v, m) if m.any() else 0.0, "empty mask"),
    ("08.7", lambda v, m: math.nan, "only an *empty* mask"),
    ("08.6", (4, 4, 3), "alone"),
    ("08.6", (0, 5, 5), "feature ablation"),
    ("08.6", (1.25, 3.75, 3.25), "do not count alike"),
    ("08.6", (3, 3, 3), "evenly"),
    ("08.6", (9, 24, 21), "divide by 6"),
    ("08.6", (1.5, 4.0, 3.0), "the mouth: 3"),
    ("08.4", pearson, "correlate their ranks"),
    ("08.4", lambda *a: 1 - ch08.survives(*a), "how much of it survived"),
    ("08.4", lambda *a: ch08.survives(*a).mean(), "not their mean"),
    ("08.4", lambda map_of, one, other, images: ch08.survives(map_of, one, one, images), "the same network"),
    (
        "08.4",
        lambda map_of, *a: ch08.survives(lambda model, images: map_of(model, images).abs(), *a),
        "no absolute values",
    ),
    ("08.4", 0.3, "the function itself"),
    ("08.5", "A", "its maps change"),
    ("08.5", "c", "its maps change"),
    ("08.5", "D", "a letter is wanted"),
    ("08.5", 2, "a letter is wanted"),
]


@pytest.mark.parametrize(("number", "answer", "reason"), MISTAKES)
def test_a_likely_mistake_gets_its_own_reason(number, answer, reason):
    outcome = exercises.check(number, answer)
    assert outcome.status == "incorrect"
    assert reason.lower() in outcome.message.lower()


@pytest.mark.parametrize("number", [f"08.{k}" for k in range(1, 8)])
def test_references_are_correct_and_starters_not_attempted(number):
    reference = next(e.reference for e in exercises.exercises("08") if e.number == number)
    assert exercises.check(number, reference).correct
    assert exercises.check(number, ...).status == "not attempted"


def test_the_neuron_on_paper_is_what_numerical_integration_gives():
    x, reference = ch08.PIXELS, exercises.exercises("08")[0].reference

    def full(first, second):
        return min(1.0, ch08.SLOPES[0] * first + ch08.SLOPES[1] * second)

    def slope(alpha, k, h=1e-6):
        low, high = ([a * alpha for a in x] for _ in range(2))
        low[k] -= h
        high[k] += h
        return (full(*high) - full(*low)) / (2 * h)

    expected = [x[k] * integrate.quad(slope, 0, 1, args=(k,), points=[0.25])[0] for k in range(2)]
    assert reference[:2] == pytest.approx(expected, abs=1e-4)
    assert sum(expected) == pytest.approx(full(*x) - full(0, 0), abs=1e-4)
    assert reference[2] == full(*x) - full(1, 0)


@pytest.mark.parametrize("case", ch08.PATHS, ids=lambda case: case[0])
def test_integrated_gradients_in_code_are_captums(case):
    attr = pytest.importorskip("captum.attr")
    _, f, x, baseline, steps = case
    x, baseline = torch.tensor(x), torch.tensor(baseline)

    def batched(points):
        return torch.stack([f(point) for point in points])

    expected = attr.IntegratedGradients(batched).attribute(
        x[None], baselines=baseline[None], n_steps=steps, method="riemann_middle"
    )
    torch.testing.assert_close(ch08.integrated_gradients(f, x, baseline, steps), expected[0])


def test_the_shapley_values_on_paper_are_captums():
    attr = pytest.importorskip("captum.attr")

    def game(x):
        present = ["".join(letter for letter, on in zip("BEM", row, strict=True) if on) for row in x]
        return torch.tensor([float(ch08.COALITIONS[some]) for some in present])

    found = attr.ShapleyValues(game).attribute(torch.ones(1, 3))[0]
    assert exercises.exercises("08")[5].reference == pytest.approx(found.tolist())


def test_survival_is_scipys_spearman():
    generator = torch.Generator().manual_seed(0)
    trained, untrained = torch.randn(5, 4, 4, generator=generator), torch.randn(5, 4, 4, generator=generator)
    found = ch08.survives(lambda model, images: model, trained, untrained, None)
    expected = [stats.spearmanr(a.flatten(), b.flatten()).statistic for a, b in zip(trained, untrained, strict=True)]
    assert found.tolist() == pytest.approx(expected, abs=1e-6)


def test_only_the_false_suspect_never_asks_the_network():
    """The others are handed a model that cannot answer, and stop."""
    images = torch.randint(0, 256, (2, 1, 48, 48), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    made = {}
    for letter, map_of in ch08.suspects().items():
        try:
            made[letter] = map_of(None, images)
        except Exception:
            continue
    assert set(made) == {ch08.FALSE}
    assert made[ch08.FALSE].shape == (2, 48, 48) and (made[ch08.FALSE] < 0).any() and (made[ch08.FALSE] > 0).any()


def test_a_word_and_a_letter_may_be_written_in_any_case():
    assert exercises.check("08.3", (-0.2, 0.4, 0.77, "Mouth ")).correct
    assert exercises.check("08.5", " b").correct
