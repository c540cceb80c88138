"""The board: what each row is scored for, and a leaderboard whose numbers are done by hand."""

import importlib.util
from pathlib import Path

import pytest
import torch

import fer_edu as fe
from fer_edu.errors import DataError
from fer_edu.saliency import board, chance, cue_masks, explain, leaderboard, relevance_mass, score

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def faces():
    return fe.faces.sample(10, seed=2)


@pytest.fixture(scope="module")
def model():
    return fe.models.create("cnn", seed=0).eval()


@pytest.fixture(scope="module")
def scored(model, faces):
    rows = ("gradient", "gradient, absolute", "deconvnet", "shapley", "edges", "the cue itself", "the removal itself")
    return score(model, faces, rows, steps=3, samples=4, few=5)


def rows_of(gradient, edges, kinds="aabb"):
    """Return rows for `leaderboard` with these values in every score."""
    return [
        (kind, {"chance": {}, "gradient": dict.fromkeys(board.SCORES, a), "edges": dict.fromkeys(board.SCORES, b)})
        for kind, a, b in zip(kinds, gradient, edges, strict=True)
    ]


def test_every_method_control_and_reference_has_a_row():
    assert set(fe.saliency.methods()) < set(board.names())
    assert len(board.names()) == len(set(board.names())) == len(fe.saliency.methods()) + 7


def test_every_row_has_every_score(scored):
    assert all(list(row) == list(board.SCORES) for name, row in scored.items() if name != "chance")


def test_a_score_is_the_mean_over_the_faces_that_show_something(scored, model, faces):
    maps, masks = explain(model, faces.images, faces.labels).maps, cue_masks(faces)
    assert scored["gradient"]["relevance mass"] == pytest.approx(relevance_mass(maps, masks).nanmean().item())
    assert scored["chance"]["relevance mass"] == pytest.approx(chance(masks).nanmean().item())


def test_the_references_reach_what_they_are_there_for(scored):
    assert scored["the removal itself"]["part removal"] > 0.9
    assert scored["the cue itself"]["relevance mass"] > 0.9
    assert scored["edges"]["randomised, signed"] == pytest.approx(1)
    assert scored["gradient"]["randomised, signed"] < 0.5


def test_the_cue_itself_is_how_much_the_expression_changes_a_pixel(model, faces):
    plain = fe.faces.without(faces, "all").images
    expected = (faces.images.float() - plain.float()).abs()[:, 0] / 255
    assert torch.allclose(board.map_of(model, faces, "the cue itself", faces.labels), expected)


def test_an_unknown_row_is_named(model, faces):
    with pytest.raises(DataError, match="methods out of gradient, .*found 'grad'"):
        score(model, faces, ["grad"])


def test_the_leaderboards_numbers_are_students_of_the_networks():
    # Differences 0.1, 0.2, 0.3, 0.4: mean 0.25, s = 0.1291, t(3) = 3.1824, so ± 0.2054.
    found = leaderboard(rows_of([0.2, 0.4, 0.6, 0.8], [0.1, 0.2, 0.3, 0.4]))["gradient"]["part removal"]
    assert found["mean"] == pytest.approx(0.5) and found["half"] == pytest.approx(0.4109, abs=1e-4)
    assert found["difference"] == pytest.approx(0.25)
    assert found["difference_half"] == pytest.approx(0.2054, abs=1e-4)
    # Two networks of type a: 0.2 and 0.4; t(1) = 12.706.
    assert found["types"]["a"] == pytest.approx([0.3, 12.706 * 0.1], rel=1e-4)


def test_which_end_is_good_decides_what_is_better():
    found = leaderboard(rows_of([0.51, 0.52, 0.53, 0.54], [0.1, 0.1, 0.1, 0.1]))["gradient"]
    assert found["part removal"]["verdict"] == "better"
    assert found["deletion"]["verdict"] == found["randomised, signed"]["verdict"] == "worse"


def test_a_difference_of_noise_is_not_told_apart():
    found = leaderboard(rows_of([0.5, 0.1, 0.4, 0.2], [0.1, 0.4, 0.2, 0.5]))["gradient"]["part removal"]
    assert found["verdict"] == "not told apart"


def test_holm_stops_at_the_first_that_fails():
    # Thresholds for three: 0.0167, 0.025, 0.05. The second fails, so the third, below its own, is not tested any more.
    column = {name: {"p": p, "difference": 1.0} for name, p in (("x", 0.04), ("y", 0.01), ("z", 0.03))}
    board._judge(column, "high")
    assert {name: row["verdict"] for name, row in column.items()} == {
        "x": "not told apart",
        "y": "better",
        "z": "not told apart",
    }


def test_a_score_that_is_no_number_is_left_open():
    table = leaderboard(rows_of([0.5, float("nan"), 0.4, 0.2], [0.1, 0.4, 0.2, 0.5]))
    assert table["gradient"]["part removal"] is None
    assert table["edges"]["part removal"]["mean"] == pytest.approx(0.3)


def test_networks_that_were_scored_unlike_are_refused():
    rows = rows_of([0.5, 0.5], [0.1, 0.2], "ab")
    with pytest.raises(DataError, match="two networks or more"):
        leaderboard(rows[:1])
    with pytest.raises(DataError, match="'noise' among the methods"):
        leaderboard(rows, control="noise")
    del rows[0][1]["edges"]
    with pytest.raises(DataError, match="with the same methods"):
        leaderboard(rows)


def test_the_short_record_orders_the_rows_and_leaves_the_shipped_network_out_of_the_means():
    spec = importlib.util.spec_from_file_location("results_saliency", ROOT / "results/saliency.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    values = {"gradient": 0.1, "occlusion": 0.6, "edges": 0.2, "noise": 0.0, "the cue itself": 0.5}
    networks = {
        name: {
            "model": name.split("-")[0],
            "hits": 600 + k,
            "pictures": 1000,
            "faces": 200,
            "scores": {
                "chance": {"relevance mass": 0.16},
                **{row: dict.fromkeys(board.SCORES, value + 0.01 * k) for row, value in values.items()},
            },
        }
        for k, name in enumerate(("cnn-0", "st-cnn-0", "sdl-faces"))
    }
    record = {"command": "c", "versions": {}, "settings": {}, "networks": networks, "shuffled": {}}
    found = script.short(record)
    assert found["rows"] == {
        "methods": ["occlusion", "gradient"],
        "controls": ["edges", "noise"],
        "references": ["the cue itself"],
    }
    assert found["table"]["occlusion"]["part removal"]["mean"] == pytest.approx(0.605)
    assert list(found["against"]) == ["occlusion", "the cue itself"]
    assert found["against"]["occlusion"]["gradient"]["difference"] == pytest.approx(-0.5)
    assert found["shipped"]["occlusion"] == pytest.approx(0.62)
    assert found["networks"]["st-cnn-0"] == {"accuracy": 0.601, "faces": 200}
