"""Every explorer is worked in a real browser by mouse and by keyboard, and CI cannot leave that out."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fer_edu import widgets

HERE = Path(__file__).parent

# Explorer -> (the test that works it by mouse, the one that works it by keyboard); one may do both.
WORKED = {
    "ThetaExplorer": (
        "test_explorers.py::test_the_mouse_moves_turns_and_scales_the_look",
        "test_explorers.py::test_both_keep_in_step_with_python_in_jupyterlab",
    ),
    "SamplingStepper": (
        "test_explorers.py::test_the_stepper_writes_out_what_the_library_steps",
        "test_explorers.py::test_both_keep_in_step_with_python_in_jupyterlab",
    ),
    "FacsPlayground": (
        "test_playground.py::test_a_page_of_its_own_answers_every_control",
        "test_playground.py::test_it_follows_the_keyboard_and_python_in_jupyterlab",
    ),
    "GradientPlay": (
        "test_kernel_explorers.py::test_the_buttons_step_and_descend",
        "test_kernel_explorers.py::test_they_answer_the_keyboard_and_never_blink",
    ),
    "Playback": (
        "test_kernel_explorers.py::test_the_mouse_plays_a_training_and_goes_to_its_end",
        "test_kernel_explorers.py::test_they_answer_the_keyboard_and_never_blink",
    ),
    "FeatureMaps": ("test_network_explorers.py::test_feature_maps_follow_mouse_and_keys",) * 2,
    "ScheduleExplorer": ("test_network_explorers.py::test_the_schedule_follows_mouse_and_keys",) * 2,
    # It has no control: the epochs move it.
    "LiveTraining": ("test_network_explorers.py::test_a_training_is_seen_while_it_runs",) * 2,
    "PaperTable": ("test_paper_table.py::test_numbers_are_chosen_changed_and_put_back",) * 2,
    "LabellingGame": ("test_data_widgets.py::test_a_whole_game_by_clicks_and_keys",) * 2,
    "AugmentationExplorer": ("test_data_widgets.py::test_dials_presets_and_the_button_change_the_picture",) * 2,
    "ConfusionExplorer": ("test_evaluation_explorers.py::test_mouse_and_keys_reach_every_cell_and_slider",) * 2,
    "DecidingExplorer": ("test_evaluation_explorers.py::test_mouse_and_keys_reach_every_cell_and_slider",) * 2,
    "IntervalExplorer": ("test_evaluation_explorers.py::test_mouse_and_keys_reach_every_cell_and_slider",) * 2,
    "SaliencyComparison": ("test_saliency_explorers.py::test_mouse_and_keys_move_maps_occluder_and_browser",) * 2,
    "OccluderExplorer": ("test_saliency_explorers.py::test_mouse_and_keys_move_maps_occluder_and_browser",) * 2,
    "OwnFace": ("test_own_face.py::test_uploads_the_camera_and_forgetting_by_mouse_and_keys",) * 2,
    "FeatureBrowser": ("test_saliency_explorers.py::test_mouse_and_keys_move_maps_occluder_and_browser",) * 2,
}

MOUSE = re.compile(r"\.click\b|mouse\.|\.hover\(|set_checked|\.uncheck\b")
KEYS = re.compile(r"keyboard\.press|\.press\(|press\(page")


def test_every_explorer_is_worked_by_mouse_and_by_keyboard():
    explorers = {name for name in widgets.__all__ if not name.endswith("State")}
    assert set(WORKED) == explorers
    for name, (mouse, keys) in WORKED.items():
        for place, acts in ((mouse, MOUSE), (keys, KEYS)):
            file, test = place.split("::")
            text = (HERE / file).read_text(encoding="utf-8")
            assert name in text, f"{file} does not show {name}"
            found = {each.name: each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)}
            assert test in found, f"there is no test {place}"
            body = ast.get_source_segment(text, found[test])
            assert acts.search(body) or name == "LiveTraining", f"{place} does nothing that {name} could answer"


@pytest.mark.parametrize(("required", "said"), [("", "1 skipped"), ("required", "1 error")])
def test_without_chromium_a_test_skips_and_fails_where_it_is_required(required, said):
    place = f"{HERE / 'test_data_widgets.py'}::test_the_buttons_bear_their_classes_colours"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-rsE",
        "--rootdir",
        str(HERE.parents[1]),
        place,
    ]
    environment = os.environ | {"CHROMIUM": "no-such-browser", "FER_EDU_BROWSER": required}
    done = subprocess.run(command, env=environment, cwd=HERE.parents[1], capture_output=True, text=True)
    assert said in done.stdout and (done.returncode == 0) == (not required)
    assert "CHROMIUM names no-such-browser, which is not there" in done.stdout


def test_what_goes_wrong_in_a_page_is_heard(page, console):
    """Else a page without errors would prove nothing."""
    with page.expect_event("pageerror"):
        page.evaluate("() => { console.error('a first'); setTimeout(() => { throw new Error('a second'); }); }")
    assert len(console) == 2 and "a first" in console[0] and "a second" in console[1]
