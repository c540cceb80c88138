"""The playground shows what the Python renderer draws, in Python and in JavaScript, and no slider breaks it."""

import io
import json
import shutil
import subprocess

import pytest
import torch
from PIL import Image

pytest.importorskip("anywidget")

import numpy as np

from fer_edu import emotions, faces, widgets
from fer_edu.errors import DataError
from fer_edu.widgets import drawing, playground

NODE = shutil.which("node")
SIZE = 48


def random_states(n, seed=0):
    """Return n states with everything at random but the camera, which is left alone."""
    generator = torch.Generator().manual_seed(seed)
    states = []
    for _ in range(n):
        state = widgets.PlaygroundState()
        state.somebody(generator)
        share = torch.rand(len(playground.UNITS), 2, generator=generator)
        units = torch.where(share[:, 0] < 0.4, share[:, 1], 0.0)
        state.update(dict(zip(playground.UNITS, units.tolist(), strict=True)))
        for name in (*drawing.POSE, *drawing.LIGHT):
            low, high, _ = playground.PICTURE[name]
            setattr(state, name, low + (high - low) * torch.rand(1, generator=generator).item())
        # The lamp's direction is at most 1 long.
        state.light_x, state.light_y = 0.7 * state.light_x, 0.7 * state.light_y
        states.append(state)
    states[0].person["cartoon"], states[1].person["cartoon"] = 1.0, 0.5
    states[2].person |= {"glasses": 1.0, "beard": 0.8}
    states[3].person["baldness"] = 1.0
    for k, state in enumerate(states):
        state.occluder, state.clutter = float(k % len(playground.KINDS)), (k % 3) / 2
    return states


@pytest.mark.skipif(not NODE, reason="needs node: install Node.js")
def test_javascript_draws_what_torch_draws(tmp_path):
    """Torch calculates in single precision and JavaScript in double, so a pixel on an edge may differ a little."""
    states = random_states(16)
    rows = [[state.values[name] for name in drawing.PARAMETERS] for state in states]
    script = f"""{drawing.drawing()}
      const fs = require("fs"), size = {SIZE}, masks = new Uint8Array({len(faces.PARTS)} * size * size);
      const image = new Float32Array(size * size), file = fs.openSync(process.argv[2], "w");
      for (const row of {json.dumps(rows)}) {{
        drawFace(Float64Array.from(row), size, image, masks);
        fs.writeSync(file, new Uint8Array(image.buffer));
        fs.writeSync(file, masks);
      }}"""
    (tmp_path / "draw.js").write_text(script)
    subprocess.run([NODE, tmp_path / "draw.js", tmp_path / "drawn"], check=True, timeout=900)
    record = np.dtype([("image", "<f4", (SIZE, SIZE)), ("masks", "u1", (len(faces.PARTS), SIZE, SIZE))])
    found = np.fromfile(tmp_path / "drawn", record)
    assert len(found) == len(states)
    off, flipped, seen = [], [], []
    for state, got in zip(states, found, strict=True):
        drawn = state.render(SIZE)
        off.append(np.abs(got["image"] - drawn.images[0, 0].numpy()))
        flipped.append(got["masks"].astype(bool) != drawn.masks[0].numpy())
        seen.append(drawn.masks[0].numpy())
    off = np.stack(off)
    assert np.isfinite(off).all()
    assert (off < 1e-4).mean() > 0.99
    assert (off < 1 / 255).mean() > 0.9999
    assert np.mean(flipped) < 1e-4 < np.mean(seen)


def test_the_average_person_is_the_librarys():
    drawn = widgets.PlaygroundState().render(48)
    expected = faces.render(faces.average(), faces.prototype_units("neutral"))
    torch.testing.assert_close(drawn.images, expected.images, rtol=0, atol=1e-6)
    assert torch.equal(drawn.masks, expected.masks)


@pytest.mark.parametrize("name", emotions.CLASSES_8)
def test_an_emotion_is_nearest_to_its_own_prototype(name):
    state = widgets.PlaygroundState()
    state.update({"AU26": 1.0})
    state.emotion(name, 0.8)
    expected = faces.prototype_units(name, 0.8)[0].tolist()
    assert list(state.units.values()) == pytest.approx(expected)
    assert state.nearest()[0] == (name, pytest.approx(1))


def test_it_says_what_the_face_does():
    state = widgets.PlaygroundState()
    assert state.describe() == "no action unit is active: the neutral face"
    state.update({"AU6": 0.8, "AU12": 0.5})
    assert state.describe().startswith("AU6 cheek raiser 0.80, AU12 lip corner puller 0.50; nearest prototypes")
    # The cosine of (0.8, 0.5) and (1, 1).
    assert "happy 0.97" in state.describe()


def test_contrast_brightness_and_noise_change_the_picture_and_no_mask():
    before = widgets.PlaygroundState().render(48)
    after = widgets.PlaygroundState(contrast=0.5, brightness=0.1).render(48)
    torch.testing.assert_close(after.images, (before.images - 0.5) * 0.5 + 0.6)
    assert torch.equal(before.masks, after.masks)
    noisy = widgets.PlaygroundState(noise=0.05).render(96)
    assert (noisy.images - widgets.PlaygroundState().render(96).images).std().item() == pytest.approx(0.05, rel=0.1)


def test_what_is_unknown_is_refused_and_nothing_is_set():
    state = widgets.PlaygroundState()
    before = state.values
    with pytest.raises(DataError, match="expected an emotion .*, found 'bored'"):
        state.emotion("bored")
    with pytest.raises(DataError, match="found 'AU99'"):
        state.update({"AU6": 1.0, "AU99": 1.0})
    with pytest.raises(DataError, match="found 'wings'"):
        widgets.PlaygroundState(person={"wings": 2.0})
    assert state.values == before


def test_the_picture_shows_every_part_in_its_colour():
    state = widgets.PlaygroundState(person={"glasses": 1.0})
    picture = Image.open(io.BytesIO(state.png())).convert("RGB")
    width, height = picture.size
    assert width > 2 * height
    left, right = (
        np.asarray(picture)[:, half].astype(int) for half in (slice(0, height), slice(width - height, width))
    )
    assert np.ptp(left, axis=2).max() == 0
    assert np.ptp(right, axis=2).max() > 60


def test_the_panel_has_a_slider_for_every_number():
    layout = playground.panel()
    groups = [slider for group in layout["person"] + layout["picture"] for slider in group["sliders"]]
    named = [unit["name"] for unit in layout["units"]] + [slider["name"] for slider in groups]
    assert sorted(named) == sorted(layout["start"]) and len(set(named)) == len(named)
    for slider in groups:
        assert slider["low"] - 1e-6 <= layout["start"][slider["name"]] <= slider["high"] + 1e-6
    assert {part["name"] for part in layout["parts"]} == set(faces.PARTS)
    assert len({part["colour"] for part in layout["parts"]}) == len(faces.PARTS)
    json.dumps(layout)


def test_sliders_set_the_state_and_the_state_sets_the_sliders():
    view = widgets.FacsPlayground()
    view.values = view.values | {"AU12": 0.7, "age": 60.0}
    assert view.state.units["AU12"] == 0.7 and view.state.person["age"] == 60.0
    view.state.emotion("sad")
    view.state.rotation = 10.0
    view.redraw()
    assert view.values["AU15"] == 1.0 and view.values["AU12"] == 0.0 and view.values["rotation"] == 10.0


def test_the_walk_visits_every_number_and_comes_back():
    view = widgets.FacsPlayground(widgets.PlaygroundState({"AU4": 0.5}))
    start = view.values
    assert view.walk() > 2 * len(start)
    assert view.values == start == view.state.values


def test_a_saved_notebook_keeps_a_picture_of_the_playground():
    data = widgets.FacsPlayground()._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} <= set(data)
    assert data["text/plain"].startswith("FacsPlayground: ")


def test_a_static_export_holds_all_that_draws():
    embed = pytest.importorskip("ipywidgets.embed")
    view = widgets.FacsPlayground()
    state = embed.dependency_state(view)[view.model_id]["state"]
    assert state["values"] == view.state.values
    assert "function drawFace(" in state["_esm"] and ".fe-row" in state["_css"]


def test_a_page_of_its_own_needs_nothing_else():
    view = widgets.FacsPlayground(widgets.PlaygroundState({"AU12": 0.25}))
    page = view.html()
    assert "function drawFace(" in page and '"AU12": 0.25' in page
    assert "src=" not in page and "import " not in page.split("<script", 1)[1]
