"""The confusion explorer shows the pictures that a number counts, surest first, and keeps no photograph."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import confusion_matrix

pytest.importorskip("ipywidgets")

from fer_edu import data, faces, models
from fer_edu.data.votes import Votes
from fer_edu.emotions import CLASSES
from fer_edu.errors import DataError
from fer_edu.evaluation import Report, evaluate
from fer_edu.widgets.confusion import COUNTS, SHARES, ConfusionExplorer, ConfusionState
from fer_edu.widgets.confusion_picture import ENLARGED, FACE, PER_PAGE, TITLE
from fer_edu.widgets.known import known
from fer_edu.widgets.paint import INK


@pytest.fixture(scope="module")
def drawn():
    return faces.sample(150, seed=5, difficulty="wild")


def report_of(some, seed=0):
    """A report as if a network had answered at random, but rather right."""
    random = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(len(some), len(some.classes), generator=random)
    logits[torch.arange(len(some)), some.labels] += 4
    p = logits.softmax(1)
    counts = torch.from_numpy(confusion_matrix(some.labels, p.argmax(1), labels=range(len(some.classes))))
    return Report(counts, some.classes, {"fingerprint": some.fingerprint()}, "plain", p, some.labels)


@pytest.fixture
def state(drawn):
    return ConfusionState(report_of(drawn), drawn)


def picture(view):
    return np.asarray(Image.open(io.BytesIO(view.image.value)).convert("L"))


def test_the_cells_hold_every_picture_once_and_as_many_as_scikit_learn_counts(state, drawn):
    report = state.report
    expected = confusion_matrix(drawn.labels, report.probabilities.argmax(1))
    seen = []
    for row, true in enumerate(CLASSES):
        for column, predicted in enumerate(CLASSES):
            state.pick(true, predicted)
            assert len(state.behind) == expected[row, column] == int(state.text(row, column))
            assert (drawn.labels[state.behind] == row).all()
            assert (report.probabilities[state.behind].argmax(1) == column).all()
            seen += state.behind.tolist()
    assert sorted(seen) == list(range(len(drawn)))


def test_a_cell_begins_with_the_surest_answers(state):
    state.pick("happy", "happy")
    sure = state.report.probabilities[state.behind].max(1).values
    assert len(sure) > 5 and sure.tolist() == sorted(sure.tolist(), reverse=True)


def test_it_opens_on_the_pair_that_is_confused_most_often(state):
    off = state.confusion.numpy().copy()
    np.fill_diagonal(off, 0)
    row, column = np.unravel_index(off.argmax(), off.shape)
    assert state.cell == (row, column) and len(state.behind) == off.max() > 0


def test_pages_show_each_picture_of_the_cell_once(drawn):
    report = report_of(drawn)
    probabilities = torch.full((150, 7), 0.02)
    probabilities[:, 3] = torch.linspace(0.5, 0.88, 150)
    probabilities[:, 0] = 0.9 - probabilities[:, 3]
    some = replace(drawn, labels=torch.full((150,), 3))
    counts = torch.zeros(7, 7, dtype=torch.int64)
    counts[3, 3] = 150
    report = Report(counts, CLASSES, {"fingerprint": some.fingerprint()}, "plain", probabilities, some.labels)
    state = ConfusionState(report, some, "happy", "happy")
    assert state.pages == -(-150 // PER_PAGE)
    shown = []
    for page in range(state.pages):
        state.page = page
        shown += state.shown.tolist()
    assert shown == list(range(149, -1, -1))
    state.predicted = "sad"
    assert (state.page, state.pages, len(state.shown)) == (0, 1, 0)
    state.pictures()
    with pytest.raises(DataError, match=r"a page in 0\.\.0, found 1"):
        state.page = 1


def test_the_picture_under_a_number_is_the_one_it_says(state, drawn):
    state.pick("disgust", "disgust")
    sheet = np.asarray(Image.open(io.BytesIO(state.pictures())).convert("L")).astype(float)
    first = sheet[TITLE : TITLE + FACE, :FACE].reshape(48, ENLARGED, 48, ENLARGED).mean((1, 3))
    errors = np.abs(drawn.images[:, 0].numpy().astype(float) - first).mean((1, 2))
    assert int(errors.argmin()) == state.behind[0]


def test_beside_a_picture_stand_the_two_largest_probabilities(state):
    for index in range(20):
        p = state.report.probabilities[index].numpy()
        first, second = np.sort(p)[::-1][:2]
        name = CLASSES[int(np.argsort(p)[-2])]
        assert state.answer(index) == f"{first:.0%}, then {name} {second:.0%}"


def test_a_tie_is_one_answer_and_another():
    some = faces.sample(1, seed=0)
    p = torch.full((1, 7), 1 / 7)
    counts = confusion_matrix(some.labels, p.argmax(1), labels=range(7))
    report = Report(torch.from_numpy(counts), CLASSES, {"fingerprint": some.fingerprint()}, "plain", p, some.labels)
    answer = CLASSES[int(report.predicted[0])]
    state = ConfusionState(report, some, CLASSES[int(some.labels[0])], answer)
    assert state.behind.tolist() == [0] and state.answer(0).startswith("14%, then ")
    assert answer not in state.answer(0)


def test_percent_of_the_row_is_scikit_learns_and_an_empty_row_is_zero(drawn):
    without = drawn[drawn.labels != 1]
    state = ConfusionState(report_of(without), without, numbers=SHARES)
    expected = confusion_matrix(without.labels, state.report.predicted, normalize="true", labels=range(7))
    for row in range(7):
        for column in range(7):
            assert state.text(row, column) == f"{100 * expected[row, column]:.0f}"
            assert state.share(row, column) == pytest.approx(expected[row, column])
    state.pick("disgust", "sad")
    assert state.describe().startswith("0 of 0 pictures labelled disgust are named sad. The other way round it is")


def test_a_wrong_label_is_said_beside_the_picture_and_counted(drawn):
    labels = drawn.truth.clean_labels.clone()
    labels[:10] = (labels[:10] + 1) % 7
    some = replace(drawn, labels=labels)
    state = ConfusionState(report_of(some), some)
    for index, facts in enumerate(known(some, torch.arange(20))):
        said = [text for text in facts if text.startswith("drawn as")]
        assert said == ([f"drawn as {CLASSES[some.truth.clean_labels[index]]}"] if index < 10 else [])
    row, column = int(labels[0]), int(state.report.predicted[0])
    state.pick(CLASSES[row], CLASSES[column])
    wrong = sum(index < 10 for index in state.behind.tolist())
    assert f"{wrong} of these labels are wrong on purpose" in state.describe()


def test_pose_and_occluder_are_those_that_were_drawn():
    some = faces.sample(60, seed=1, difficulty=replace(faces.PRESETS["easy"], rotation=(30.0, 30.0), occlusion=0.5))
    for index, facts in enumerate(known(some, torch.arange(60))):
        kind = int(some.truth.scene.occluder.kind[index])
        name = ("none", "hand", "sunglasses", "mask", "hair", "patch")[kind]
        assert facts[-1] == ("turned 30°" if kind == 0 else f"turned 30°, {name}")


def test_the_strongest_action_unit_is_named():
    some = faces.sample(60, seed=2, difficulty="easy")
    for index, facts in enumerate(known(some, torch.arange(60))):
        name = CLASSES[some.labels[index]]
        if name == "neutral":
            assert facts[0] == "no action unit"
        if name == "happy":
            assert facts[0].startswith(("mostly AU6 (", "mostly AU12 ("))


def test_of_photographs_only_the_votes_are_known(drawn):
    counts = torch.zeros(150, 8, dtype=torch.uint8)
    counts[:, 3], counts[:, 4] = 6, 4
    none = torch.zeros(150, dtype=torch.uint8)
    photographs = replace(drawn, truth=None)
    state = ConfusionState(report_of(photographs), photographs)
    assert state.private and known(photographs, torch.arange(2)) == [[], []] and "on purpose" not in state.describe()
    voted = replace(photographs, votes=Votes(counts, none, none))
    assert known(voted, torch.tensor([7])) == [["votes: happy 6, sad 4"]]


def test_a_model_is_scored_on_the_faces_first(drawn):
    model = models.create("sdl", seed=0)
    some = drawn[:20]
    state = ConfusionState(model, some)
    assert torch.equal(state.confusion, evaluate(model, some).confusion)


def test_a_report_of_other_faces_is_refused(drawn):
    report = report_of(drawn)
    for wrong in (report_of(drawn[:100]), replace(report, probabilities=None, labels=None)):
        with pytest.raises(DataError, match="expected the report of these faces"):
            ConfusionState(wrong, drawn)
    with pytest.raises(DataError, match="found 'joy'"):
        ConfusionState(report, drawn, true="joy")
    with pytest.raises(DataError, match="found 'shares'"):
        ConfusionState(report, drawn, numbers="shares")


@pytest.fixture
def view(state):
    return ConfusionExplorer(state)


def test_a_click_on_a_cell_shows_what_is_behind_it_and_marks_it(view):
    before = picture(view)
    view.cells[3, 3].click()
    assert (view.state.true, view.state.predicted) == ("happy", "happy")
    assert (view.controls["true"].value, view.controls["predicted"].value) == ("happy", "happy")
    assert not np.array_equal(picture(view), before)
    assert "labelled happy are named happy" in view.words.value
    thick = [at for at, cell in view.cells.items() if cell.layout.border.startswith("4px")]
    assert thick == [(3, 3)]


def test_the_sliders_reach_what_a_click_reaches(view):
    view.cells[0, 6].click()
    clicked = view.image.value
    view.cells[2, 2].click()
    view.controls["true"].value = "angry"
    view.controls["predicted"].value = "neutral"
    assert view.state.cell == (0, 6) and view.image.value == clicked


def test_the_page_buttons_turn_as_far_as_there_are_pages(view):
    fullest = divmod(int(view.state.confusion.argmax()), 7)
    view.cells[fullest].click()
    assert view.state.pages > 1 and view.back.disabled and not view.next.disabled
    first = view.image.value
    for _ in range(view.state.pages + 2):
        view.next.click()
    assert view.state.page == view.state.pages - 1 and view.next.disabled and not view.back.disabled
    assert view.image.value != first
    view.cells[fullest].click()
    assert view.image.value == first


def test_numbers_on_the_cells_follow_the_choice_and_can_be_read(view):
    def luminance(colour):
        parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    view.controls["numbers"].value = SHARES
    for at, cell in view.cells.items():
        assert cell.description == view.state.text(*at)
        (text,) = (light for ink, light in (("black", 0.0), ("white", 1.0)) if INK[ink] in cell._dom_classes)
        light, dark = sorted((luminance(cell.style.button_color), text), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, level AA
    view.controls["numbers"].value = COUNTS
    assert sum(int(cell.description) for cell in view.cells.values()) == 150


def test_walk_clicks_on_every_cell_and_leaves_all_as_it_was(view):
    view.cells[divmod(int(view.state.confusion.argmax()), 7)].click()
    view.next.click()
    before = view.image.value, view.words.value, view.state.page
    clicked = []
    for at, cell in view.cells.items():
        cell.on_click(lambda _, at=at: clicked.append(at))
    assert view.walk() >= 49 + 2 * 7
    assert set(clicked) == set(view.cells) and before[2] == 1
    assert (view.image.value, view.words.value, view.state.page) == before


def test_photographs_are_never_saved_in_a_notebook(view, drawn):
    photographs = replace(drawn, truth=None)
    bundle = ConfusionExplorer(ConfusionState(report_of(photographs), photographs))._repr_mimebundle_()
    assert "image/png" not in bundle and "pictures labelled" in bundle["text/plain"]
    assert "image/png" in view._repr_mimebundle_()


def test_digits_have_a_matrix_of_ten_classes():
    digits = data.load("digits", split="val", size=60)
    view = ConfusionExplorer(ConfusionState(report_of(digits), digits))
    assert len(view.cells) == 100
    view.cells[9, 0].click()
    assert view.state.cell == (9, 0)
