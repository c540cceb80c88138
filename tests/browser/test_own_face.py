"""One's own face in a real JupyterLab: a file is uploaded, a camera is used, and what is no photo is said."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from fer_edu import photos

CELLS = (
    "from fer_edu import models, widgets\nown = widgets.OwnFace(models.create('st-cnn', seed=0))",
    "own",
)
WORDS = "text => document.querySelector('.fer-edu-view').innerText.includes(text)"

REFUSED = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };
}"""

# What JupyterLab puts into a notebook that saves the state of its widgets.
SAVE_ALL = """async () => {
  await window.jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState');
  await window.panel.context.save();
  return window.panel.content.model.getMetadata('widgets')['application/vnd.jupyter.widget-state+json'];
}"""

# A browser that asks for a long time whether the camera may be used; what it gives then is kept.
SLOW = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = wanted => new Promise((done, fail) => {
    window.allow = () => ask(wanted).then(stream => { window.given = stream; done(stream); }, fail);
  });
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Return a film of one drawn scene, which chromium shows as its camera: JPEG files, one after the other."""
    stream = io.BytesIO()
    Image.fromarray(photos.example(seed=1, faces=3).pixels).save(stream, "JPEG", quality=90)
    path = tmp_path_factory.mktemp("camera") / "scene.mjpeg"
    path.write_bytes(stream.getvalue() * 5)
    return path


@pytest.fixture
def chromium_arguments(film):
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


def test_uploads_the_camera_and_forgetting_by_mouse_and_keys(run_cells, ask, page, redrawn, shoot, tmp_path):
    page.set_viewport_size({"width": 1300, "height": 1800})
    run_cells(*CELLS)
    view = page.locator(".fer-edu-view").first
    view.wait_for()
    page.wait_for_function(WORDS, arg="It is a drawing")
    assert "never leaves it" in view.inner_text()

    def choose(name):
        with page.expect_file_chooser() as chooser:
            view.get_by_role("button", name="upload a photo").click()
        chooser.value.set_files(tmp_path / name)

    # An upload with three faces: each can be chosen, by mouse and by keys.
    three = photos.example(seed=1, faces=3)
    Image.fromarray(three.pixels).save(tmp_path / "three.png")
    choose("three.png")
    page.wait_for_function(WORDS, arg="3 faces were found; number 1")
    redrawn(view, lambda: view.get_by_role("button", name="2", exact=True).click())
    page.wait_for_function(WORDS, arg="number 2 is looked at")
    view.get_by_role("button", name="3", exact=True).focus()
    redrawn(view, lambda: page.keyboard.press("Enter"))
    page.wait_for_function(WORDS, arg="number 3 is looked at")
    assert ask("own.state.describe()") in view.inner_text()
    assert ask("[(box.left, box.top, box.size) for box in own.state.boxes]") == [
        (box.left, box.top, box.size) for box in photos.find_faces(three)
    ]
    shoot("own-face", view)

    # A notebook that saves the state of its widgets holds neither the photo nor what was said about it.
    kept = page.evaluate(SAVE_ALL)
    assert len(kept["state"]) > 10
    assert "number 3 is looked at" not in json.dumps(kept)
    assert all(len(each["data"]) < 1000 for model in kept["state"].values() for each in model.get("buffers", []))

    # What is no picture, and the same file name again after it: both are read.
    (tmp_path / "three.jpg").write_bytes(b"no picture at all")
    choose("three.jpg")
    page.wait_for_function(WORDS, arg="expected a picture (JPEG, PNG")
    choose("three.png")
    page.wait_for_function(WORDS, arg="3 faces were found; number 1")

    view.get_by_role("button", name="forget the photo").focus()
    redrawn(view, lambda: page.keyboard.press("Enter"))
    page.wait_for_function(WORDS, arg="No photo: upload one")
    assert ask("own.state.photo is None and not own.upload.value")

    # More bytes than the 10 MiB that a Jupyter server takes unless it is told otherwise.
    (tmp_path / "large.png").write_bytes((tmp_path / "three.png").read_bytes() + bytes(11 * 2**20))
    choose("large.png")
    page.wait_for_function(WORDS, arg="3 faces were found; number 1")

    # The camera, by keys: on, and its picture taken.
    view.get_by_role("button", name="use the camera").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.wc-video').videoWidth > 0 && document.hasFocus()")
    view.get_by_role("button", name="take the picture").focus()
    redrawn(view, lambda: page.keyboard.press("Enter"))
    page.wait_for_function(WORDS, arg="The camera is off")
    assert page.evaluate("() => document.querySelector('.wc-video').srcObject === null")
    page.wait_for_function(WORDS, arg="3 faces were found")
    taken = np.array(ask("own.state.photo.pixels[::16, ::16, 0].tolist()"), float)
    height, width = taken.shape
    shown = np.asarray(Image.fromarray(three.pixels).convert("L").resize((width, height), Image.Resampling.BOX), float)
    assert np.corrcoef(taken.ravel(), shown.ravel())[0, 1] > 0.8


def test_a_refused_camera_is_said(run_cells, page):
    run_cells(*CELLS)
    view = page.locator(".fer-edu-view").first
    view.wait_for()
    page.evaluate(REFUSED)
    view.get_by_role("button", name="use the camera").click()
    page.wait_for_function(WORDS, arg="was not allowed to use the camera")


def test_a_camera_that_is_allowed_after_the_widget_has_left_is_switched_off(run_cells, ask, page):
    run_cells(*CELLS)
    view = page.locator(".fer-edu-view").first
    view.wait_for()
    page.evaluate(SLOW)
    view.get_by_role("button", name="use the camera").click()
    page.wait_for_function("() => !!window.allow")
    ask("own.close() or own.camera.close()")
    page.wait_for_function("() => !document.querySelector('.wc-start')")
    page.evaluate("() => window.allow()")
    page.wait_for_function("() => window.given && window.given.getTracks().every(each => each.readyState === 'ended')")


def test_a_camera_that_is_unplugged_is_said(run_cells, page):
    run_cells(*CELLS)
    view = page.locator(".fer-edu-view").first
    view.wait_for()
    view.get_by_role("button", name="use the camera").click()
    page.wait_for_function("() => document.querySelector('.wc-video').videoWidth > 0")
    page.evaluate("""() => {
      const [track] = document.querySelector('.wc-video').srcObject.getVideoTracks();
      track.dispatchEvent(new Event('ended'));
    }""")
    page.wait_for_function(WORDS, arg="The camera has stopped by itself")
    assert view.get_by_role("button", name="use the camera").is_visible()
