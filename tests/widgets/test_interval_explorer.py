"""The interval explorer counts what it draws: its intervals are SciPy's, its coverage is that of the closed form."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from scipy import stats

pytest.importorskip("ipywidgets")

from fer_edu import plots
from fer_edu.errors import DataError
from fer_edu.widgets.intervals import METHODS, IntervalExplorer, IntervalState, noise, ranks, resampled


def trainings(state):
    """The accuracies behind the 100 experiments, in percent, [100, n]."""
    return state.accuracy + state.sigma * noise(state.seed)[:100, : state.n]


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [2, 7, 50])
def test_the_intervals_drawn_are_scipys(n, level):
    for method in ("z", "t"):
        state = IntervalState(n, 1.3, level, method)
        accuracies = trainings(state)
        mean, error = accuracies.mean(1), stats.sem(accuracies, axis=1)
        expected = stats.norm(mean, error) if method == "z" else stats.t(n - 1, mean, error)
        low, high = expected.interval(level)
        drawn = state.experiments
        np.testing.assert_allclose(drawn.mean, mean)
        np.testing.assert_allclose(drawn.low, low)
        np.testing.assert_allclose(drawn.high, high)
        assert drawn.held.tolist() == ((low <= state.accuracy) & (state.accuracy <= high)).tolist()


def test_a_bootstrap_of_two_seeds_goes_from_the_one_to_the_other():
    """A quarter of its resamples is twice the lower, a quarter twice the higher: it holds half of all truths."""
    state = IntervalState(2, method="bootstrap")
    accuracies, drawn = trainings(state), state.experiments
    np.testing.assert_allclose(drawn.low, accuracies.min(1), atol=1e-5)
    np.testing.assert_allclose(drawn.high, accuracies.max(1), atol=1e-5)
    assert abs(state.coverage - 0.5) < 4 * (0.25 / 2000) ** 0.5


def test_the_bootstrap_is_that_of_all_resamples_there_are():
    """With four seeds these are 4^4 = 256; a thousand drawn ones come close to them."""
    state = IntervalState(4, 1.0, 0.9, "bootstrap")
    accuracies, drawn = trainings(state), state.experiments
    every = np.array(list(itertools.product(range(4), repeat=4)))
    means = np.sort(accuracies[:, every].mean(2), axis=1)
    low, high = np.quantile(means, (0.05, 0.95), axis=1, method="inverted_cdf")
    spread = accuracies.std(1, ddof=1)
    assert np.abs((drawn.low - low) / spread).mean() < 0.03
    assert np.abs((drawn.high - high) / spread).mean() < 0.03
    exact = noise(0)[:, :4][:, every].mean(2)
    low, high = np.quantile(exact, (0.05, 0.95), axis=1, method="inverted_cdf")
    assert state.coverage == pytest.approx(((low <= 0) & (high >= 0)).mean(), abs=0.01)


@pytest.mark.parametrize("level", [0.8, 0.81, 0.95, 0.99])
def test_the_ends_of_a_bootstrap_interval_are_numpys_quantiles(level):
    tail = (1 - level) / 2
    tails = [round(tail, 6), round(1 - tail, 6)]  # 0.025 is not 0.025000000000000022, the next of the 1,000 means
    assert ranks(level) == np.quantile(np.arange(1000), tails, method="inverted_cdf").tolist()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_what_is_counted_over_2000_begins_with_the_100_that_are_drawn(method, level):
    state = IntervalState(6, level=level, method=method)
    mean, spread = noise(0)[:, :6].mean(1), noise(0)[:, :6].std(1, ddof=1)
    if method == "bootstrap":
        below, (first, last) = resampled(0, 6)[0], ranks(level)
        held = (first < below) & (below <= last)
    else:
        factor = stats.norm.ppf(0.5 + level / 2) if method == "z" else stats.t.ppf(0.5 + level / 2, 5)
        held = np.abs(mean) <= factor * spread / 6**0.5
    assert held[:100].tolist() == state.experiments.held.tolist()
    assert state.coverage == held.mean()


@pytest.mark.parametrize(("n", "share"), [(2, 0.6997), (5, 0.8784), (15, 0.9298), (50, 0.9443)])
def test_z_promises_too_much_by_what_the_closed_form_says(n, share):
    state = IntervalState(n)
    by_hand = stats.t(n - 1).cdf(1.959964) - stats.t(n - 1).cdf(-1.959964)
    assert state.expected == pytest.approx(by_hand, abs=1e-6) == pytest.approx(share, abs=1e-4)
    counts = [IntervalState(n, seed=seed).held for seed in range(5)]
    assert abs(sum(counts) / 10000 - share) < 4 * (share * (1 - share) / 10000) ** 0.5


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_students_t_keeps_its_promise_from_two_seeds_on(level):
    for n in (2, 5, 30):
        state = IntervalState(n, level=level, method="t")
        assert state.expected == pytest.approx(level)
        assert abs(state.coverage - level) < 4 * (level * (1 - level) / 2000) ** 0.5


def test_sigma_and_the_test_set_change_no_coverage_and_seeds_change_no_sampling():
    state = IntervalState(5)
    before, sampling, half = state.held, state.sampling, state.half
    state.sigma, state.pictures = 1.6, 500
    assert state.held == before and state.half == pytest.approx(2 * half)
    assert state.sampling[1] - state.sampling[0] > 2 * (sampling[1] - sampling[0])
    state.n, state.pictures = 50, 3589
    assert state.sampling == sampling and state.half < half


def test_the_test_sets_interval_is_wilsons():
    state = IntervalState(accuracy=65.0, pictures=3589)
    z, share, n = 1.959964, round(0.65 * 3589) / 3589, 3589
    root = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    expected = [100 * (share + z * z / (2 * n) + sign * root) / (1 + z * z / n) for sign in (-1, 1)]
    assert state.sampling == pytest.approx(expected, abs=1e-4)


def test_one_more_seed_leaves_the_trainings_of_before():
    before = trainings(IntervalState(5))
    assert np.array_equal(trainings(IntervalState(6))[:, :5], before)
    assert not np.array_equal(trainings(IntervalState(5, seed=1)), before)


def test_misses_are_marked_by_a_cross_and_not_by_colour_alone():
    state = IntervalState(3)
    png, missed = state.png(), ~state.experiments.held
    mean, rows = state.drawn.crosses.get_data()
    assert rows.tolist() == np.flatnonzero(missed).tolist() and state.drawn.crosses.get_marker() == "x"
    assert mean.tolist() == state.experiments.mean[missed].tolist()
    for lines, which in ((state.drawn.hits, ~missed), (state.drawn.misses, missed)):
        drawn = np.array(lines.get_segments())
        assert drawn[:, 0, 1].tolist() == np.flatnonzero(which).tolist()
        np.testing.assert_allclose(drawn[:, :, 0].T, [state.experiments.low[which], state.experiments.high[which]])
    colours = {pixel for _, pixel in Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 20)}
    assert {tuple(int(plots.ORANGE[k : k + 2], 16) for k in (1, 3, 5)), (255, 255, 255)} <= colours
    assert f"{missed.sum()} of these 100" in state.describe()


def test_the_words_give_the_counted_and_the_closed_form():
    words = IntervalState(5).describe()
    assert "88.3% hold it" in words and "closed form 87.8%" in words and "95.0% were promised" in words
    assert "± 1.56 points for 3,589 of them (Wilson)" in words
    assert "has no closed form" in IntervalState(5, method="bootstrap").describe()


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("n", 1, "2 to 50 seeds"),
        ("n", 51, "2 to 50 seeds"),
        ("n", 2.5, "2 to 50 seeds"),
        ("sigma", 0, "a deviation above 0"),
        ("sigma", float("nan"), "a deviation above 0"),
        ("level", 1.0, "a level in"),
        ("pictures", 0, "1 picture or more"),
        ("accuracy", 101, "an accuracy in"),
        ("method", "normal", "a method out of z, t, bootstrap"),
    ],
)
def test_a_number_that_makes_no_sense_is_named_when_it_is_set(name, value, wanted):
    with pytest.raises(DataError, match=f"expected {wanted}.*found"):
        IntervalState(**{name: value})
    state = IntervalState()
    with pytest.raises(DataError):
        setattr(state, name, value)
    assert getattr(state, name) == getattr(IntervalState(), name)


def test_every_control_redraws_and_a_walk_ends_where_it_began():
    view = IntervalExplorer(IntervalState())
    start, words = view.image.value, view.words.value
    for name, control in view.controls.items():
        kept = control.value
        control.value = control.options[-1] if hasattr(control, "options") else control.max
        assert getattr(view.state, name) == control.value
        assert view.image.value != start, name
        control.value = kept
        assert view.image.value == start
    assert view.walk() == 3 + 3 + 3 + 3 + 9 + 2
    assert (view.image.value, view.words.value, view.state.seed) == (start, words, 0)


def test_new_draw_draws_other_experiments():
    view = IntervalExplorer(IntervalState(pictures=1234))
    before = view.image.value, view.words.value
    view.again.click()
    assert view.state.seed == 1 and view.image.value != before[0] and view.words.value != before[1]
    assert view.controls["pictures"].value == 1234


def test_a_saved_notebook_keeps_a_picture_and_the_words():
    bundle = IntervalExplorer(IntervalState())._repr_mimebundle_()
    assert {"image/png", "text/plain"} <= set(bundle)
    assert bundle["text/plain"].startswith("IntervalExplorer: z intervals from 5 seeds: 9 of these 100")
