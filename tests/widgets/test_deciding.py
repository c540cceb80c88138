"""The deciding explorer scores what a threshold, another share or abstaining really does; scikit-learn is the check."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from sklearn import metrics

pytest.importorskip("ipywidgets")

from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError
from fer_edu.evaluation.abstention import risk_coverage
from fer_edu.widgets.deciding import DecidingExplorer, DecidingState


def network(n=300, seed=0, classes=7):
    """Probabilities and labels as of a network that is often right; the classes have different shares."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.multinomial(torch.arange(1.0, classes + 1), n, replacement=True, generator=random)
    logits = 1.5 * torch.randn(n, classes, generator=random)
    logits[torch.arange(n), labels] += 1.5
    return logits.softmax(1), labels


@pytest.fixture
def state():
    return DecidingState(*network(), CLASSES, "happy")


def by_scikit_learn(state, answers, weights=None):
    mine = {"labels": [state.k], "average": None, "zero_division": 0, "sample_weight": weights}
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(state.labels, answers, **mine)
    return precision[0], recall[0], f1[0], metrics.accuracy_score(state.labels, answers, sample_weight=weights)


@pytest.mark.parametrize("threshold", [0.0, 0.1, 0.5, 0.93, 1.0])
@pytest.mark.parametrize("prior", [None, 0.02, 0.7])
def test_the_scores_are_scikit_learns_with_pictures_weighted_for_the_place(state, threshold, prior):
    state.threshold = threshold
    state.prior = prior or state.share
    answers = []
    for row in state.original.numpy():
        others = [k for k in range(7) if k != state.k]
        answers.append(state.k if row[state.k] >= threshold else max(others, key=lambda k, row=row: row[k]))
    assert state.answers.tolist() == answers
    counts, n = np.bincount(state.labels), len(state.labels)
    there = counts / n * (1 - state.prior) / (1 - counts[state.k] / n)
    there[state.k] = state.prior
    weights = (there / (counts / n))[state.labels]
    assert there.sum() == pytest.approx(1)
    rule, plain = state.rule, state.plain
    assert (*rule[:3], rule.accuracy) == pytest.approx(by_scikit_learn(state, answers, weights))
    usual = state.original.argmax(1).numpy()
    assert (*plain[:3], plain.accuracy) == pytest.approx(by_scikit_learn(state, usual, weights))


@pytest.mark.parametrize("corrected", [False, True])
def test_another_share_scores_as_a_set_with_that_share_does(state, corrected):
    """The chosen pictures stand in the second set three times: no weights there."""
    times = torch.where(torch.from_numpy(state.labels) == state.k, 3, 1)
    probabilities = state.original.repeat_interleave(times, dim=0)
    more = DecidingState(probabilities, torch.from_numpy(state.labels).repeat_interleave(times), CLASSES, "happy")
    state.prior, state.corrected = more.share, corrected
    if corrected:  # the second network has learned the shares of the first set
        more = DecidingState(state.probabilities.repeat_interleave(times, dim=0), more.labels, CLASSES, "happy")
    for each in (state, more):
        each.threshold, each.surest = 0.3, 0.6
    assert state.rule == pytest.approx(more.rule)
    assert state.plain == pytest.approx(more.plain)
    assert state.answered == pytest.approx(more.answered)
    assert state.average_precision == pytest.approx(more.average_precision)
    for mine, theirs in zip(state.abstaining, more.abstaining, strict=True):
        np.testing.assert_allclose(mine, theirs)


def test_the_correction_is_the_posterior_of_the_other_place():
    """Two Gaussians a distance of 2 apart: the posterior is known for every prior."""
    x = torch.linspace(-3, 3, 100, dtype=torch.float64)
    labels = (torch.arange(100) % 4 == 0).long()  # a quarter
    like = np.stack([norm.pdf(x, -1), norm.pdf(x, 1)], axis=1)

    def posterior(prior):
        joint = like * (1 - prior, prior)
        return joint / joint.sum(1, keepdims=True)

    state = DecidingState(posterior(0.25), labels, ("a", "b"), "b")
    state.prior, state.corrected = 0.6, True
    np.testing.assert_allclose(state.probabilities, posterior(0.6), atol=1e-9)
    state.corrected = False
    np.testing.assert_allclose(state.probabilities, posterior(0.25))


def test_told_of_its_place_the_usual_rule_gets_more_right():
    x = torch.randn(4000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    labels = (torch.arange(4000) % 2).long()
    x += 2.0 * labels - 1
    joint = np.stack([norm.pdf(x, -1), norm.pdf(x, 1)], axis=1)
    state = DecidingState(joint / joint.sum(1, keepdims=True), labels, ("a", "b"), "b")
    state.prior = 0.05
    untold = state.plain
    assert untold.accuracy == pytest.approx(norm.cdf(1), abs=0.02)
    state.corrected = True
    cut = np.log(0.95 / 0.05) / 2  # where the two posteriors are equal
    best = 0.95 * norm.cdf(cut + 1) + 0.05 * norm.sf(cut - 1)
    assert state.plain.accuracy == pytest.approx(best, abs=0.02)
    assert state.plain.accuracy > untold.accuracy + 0.05


def test_the_curves_are_scikit_learns(state):
    score, positive = state.original[:, state.k].numpy(), state.labels == state.k
    assert state.roc.area == pytest.approx(metrics.roc_auc_score(positive, score))
    assert state.average_precision == pytest.approx(metrics.average_precision_score(positive, score))
    precision, recall, _ = metrics.precision_recall_curve(positive, score)
    np.testing.assert_allclose(np.interp(recall[::-1][:-1], state.roc.y, state.roc.y), recall[::-1][:-1])
    assert set(np.round(precision, 9)) == set(np.round(state.precision, 9))
    state.prior = 0.02
    assert state.average_precision == pytest.approx(
        metrics.average_precision_score(positive, score, sample_weight=state.weights)
    )


def test_the_roc_stays_and_precision_does_not_where_shares_change(state):
    before, precision = state.roc, state.precision
    for corrected in (False, True):
        state.prior, state.corrected = 0.02, corrected
        np.testing.assert_allclose(state.roc.x, before.x)
        np.testing.assert_allclose(state.roc.y, before.y)
        assert state.precision[1:].mean() < precision[1:].mean()


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.77, 1.0])
def test_the_point_lies_on_both_curves(state, threshold):
    state.threshold, state.prior = threshold, 0.1
    points = np.stack([state.roc.x, state.roc.y], axis=1)
    at = int(np.abs(points - (state.rule.false, state.rule.recall)).sum(1).argmin())
    assert points[at].tolist() == pytest.approx([state.rule.false, state.rule.recall])
    if state.rule.recall:
        assert state.precision[at] == pytest.approx(state.rule.precision)


def test_abstaining_is_the_risk_coverage_curve(state):
    sure, answer = state.original.max(1)
    curve = risk_coverage(sure.numpy(), (answer.numpy() == state.labels))
    share, right = state.abstaining
    np.testing.assert_allclose(share, curve.coverage)
    np.testing.assert_allclose(right, 1 - curve.risk)
    state.surest = 0.6
    at = int((sure >= 0.6).sum())
    assert state.answered[0] == at / 300
    assert state.answered[1] == pytest.approx(np.interp(at / 300, share, right))
    state.surest = 1.0
    assert state.answered == (0.0, None) and "none is answered" in state.describe()


def test_the_rarest_class_is_chosen_and_its_share_is_where_it_starts():
    probabilities, labels = network()
    state = DecidingState(probabilities, labels, CLASSES)
    counts = torch.bincount(labels, minlength=7)
    assert counts[CLASSES.index(state.chosen)] == counts.min()
    assert state.prior == counts.min().item() / 300
    state.prior = 0.5
    state.chosen = "happy"
    assert state.prior == counts[3].item() / 300


def test_a_class_without_pictures_can_be_answered_but_not_chosen():
    probabilities, labels = network()
    some = labels != 1
    state = DecidingState(probabilities[some], labels[some], CLASSES)
    state.prior, state.corrected = 0.3, True
    state.png()
    assert "disgust" not in DecidingExplorer(state).controls["chosen"].options
    with pytest.raises(DataError, match="out of angry, fear, happy.*found 'disgust'"):
        state.chosen = "disgust"


@pytest.mark.parametrize(
    ("name", "value"),
    [("threshold", 1.1), ("threshold", -0.1), ("surest", float("nan")), ("prior", 0.0), ("prior", 1.0)],
)
def test_a_number_that_makes_no_sense_is_named_when_it_is_set(state, name, value):
    before = getattr(state, name)
    with pytest.raises(DataError, match=f"as {name}, found"):
        setattr(state, name, value)
    assert getattr(state, name) == before


def test_what_does_not_fit_together_is_refused():
    probabilities, labels = network()
    for wrong in ((probabilities.log(), labels), (probabilities, labels[:10]), (probabilities[:, :3], labels)):
        with pytest.raises(DataError, match="^expected"):
            DecidingState(*wrong, CLASSES)
    with pytest.raises(DataError, match="some but not all pictures"):
        DecidingState(probabilities, torch.full_like(labels, 2), CLASSES)


@pytest.fixture
def view(state):
    return DecidingExplorer(state)


def test_every_control_redraws_and_comes_back(view):
    start = view.image.value
    for name, control in view.controls.items():
        if name == "corrected":
            continue
        kept = control.value
        control.value = control.options[0] if hasattr(control, "options") else control.max
        assert getattr(view.state, name) == control.value
        assert view.image.value != start, name
        control.value = kept
        assert view.image.value == start
    view.controls["prior"].value = 0.6
    there = view.image.value
    view.controls["corrected"].value = True
    assert view.image.value != there and "the network is told" in view.words.value


def test_another_class_moves_the_slider_of_its_share(view):
    view.controls["prior"].value = 0.5
    view.controls["chosen"].value = "neutral"
    assert view.controls["prior"].value == view.state.prior == view.state.share != 0.5


def test_start_over_leads_back_to_the_set_as_it_is(view):
    start = view.image.value
    for name, value in {"threshold": 0.2, "prior": 0.8, "corrected": True, "surest": 0.7}.items():
        view.controls[name].value = value
    view.again.click()
    assert view.image.value == start and not view.controls["corrected"].value


def test_a_walk_ends_where_it_began(view):
    for name, value in {"threshold": 0.2, "prior": 0.8, "corrected": True, "surest": 0.7}.items():
        view.controls[name].value = value
    before = view.image.value, view.words.value, {name: control.value for name, control in view.controls.items()}
    assert view.walk() >= 7 + 3 + 3 + 2 + 3 + 2
    after = view.image.value, view.words.value, {name: control.value for name, control in view.controls.items()}
    assert after == before


def test_the_words_give_the_numbers(view):
    rule = view.state.rule
    assert f"precision {rule.precision:.3f}, recall {rule.recall:.3f}, F1 {rule.f1:.3f}" in view.words.value
    bundle = view._repr_mimebundle_()
    assert "image/png" in bundle and bundle["text/plain"].startswith("DecidingExplorer: Where ")
