"""Chapter 10's figures draw the numbers that were computed."""

import numpy as np
import pytest

from fer_edu import plots_paper
from fer_edu.evaluation import wilson
from fer_edu.paper import PAPER, VERDICTS, ledger, lowest_cross_entropy, ours, verdict_counts
from fer_edu.plots_paper import SIGNS, divided


@pytest.fixture(scope="module")
def claims():
    return ledger(topic="the data") + ledger(topic="the runs") + ledger(topic="the training")


def test_every_claim_stands_beside_the_sign_of_its_verdict(claims):
    sheet = plots_paper.verdicts(claims)
    found = {}
    for ax in sheet.axes:
        texts = {round(text.get_position()[1]): text.get_text() for text in ax.texts}
        for line in ax.lines:
            if len(line.get_ydata()):
                found[texts[round(line.get_ydata()[0])]] = (line.get_marker(), line.get_color())
    assert found == {claim.title: SIGNS[claim.verdict] for claim in claims}
    said = {text.get_text() for text in sheet.legends[0].get_texts()}
    assert said == {f"{verdict}: {count}" for verdict, count in verdict_counts(claims).items()}


def test_signs_differ_without_their_colours():
    assert set(SIGNS) == set(VERDICTS) and len({marker for marker, _ in SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_no_column_ends_with_a_heading(columns):
    lines = ["one", 1, 2, 3, "two", 4, "three", 5, 6, 7, 8]
    parts = divided(lines, columns)
    assert [line for part in parts for line in part] == lines and len(parts) == columns
    assert not any(isinstance(part[-1], str) for part in parts)


def test_cells_show_the_bounds():
    texts = [text.get_text() for text in plots_paper.cells_left_open().axes[0].texts]
    assert len(texts) == 49 and texts.count("0") == 17
    assert {"34 to 304", "0 to 250", "241", "876"} <= set(texts)


def test_recalls_are_those_of_the_counts(monkeypatch):
    sheet = plots_paper.recalls()
    (ax,) = sheet.axes
    shares = [container.lines[0].get_ydata() for container in ax.containers]
    np.testing.assert_allclose(shares[0], [100 * float(row.recall) for row in PAPER.table(8).rows], atol=1e-6)
    people = ours.annotators()
    np.testing.assert_allclose(shares[-1], 100 * people.hits / people.pictures)
    ends = ax.containers[-1].lines[2][0].get_segments()[1][:, 1]
    np.testing.assert_allclose(ends, [100 * end for end in wilson(int(people.hits[1]), int(people.pictures[1]))])
    monkeypatch.setattr(ours, "shipped", lambda name: None)  # without our record two rows are left
    assert len(plots_paper.recalls().axes[0].containers) == 2


def test_intervals_are_z_t_and_wilsons():
    (ax,) = plots_paper.intervals().axes
    assert [text.get_text() for text in ax.texts] == ["± 0.16", "± 0.18", "± 1.42"]
    ends = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    np.testing.assert_allclose(ends[2], [100 * end for end in wilson(2689, 3589)])
    np.testing.assert_allclose(np.diff(ends[0]) / 2, 0.1619, atol=5e-5)


def test_the_floor_and_the_two_losses():
    (ax,) = plots_paper.loss_floor(batch=64).axes
    floor, printed, times = ax.lines
    assert floor.get_ydata()[75] == pytest.approx(lowest_cross_entropy(0.75))
    np.testing.assert_allclose(printed.get_ydata(), [0.00484363, 0.00454711])
    np.testing.assert_allclose(times.get_ydata(), 64 * np.array([0.00484363, 0.00454711]))
    np.testing.assert_allclose(printed.get_xdata(), [74.92, 76.26])
