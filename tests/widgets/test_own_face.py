"""The own-face widget: photos come and go, several faces are chosen among, and nothing private is saved."""

import io
import sys
from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from torch import nn

from fer_edu import models, photos, widgets
from fer_edu.errors import PhotoError
from fer_edu.widgets.own_face import content_of
from fer_edu.widgets.own_face_picture import figure


@pytest.fixture(scope="module")
def network():
    return models.create("st-cnn", seed=0)


def upload(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def opened(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), float)


@pytest.fixture(scope="module")
def three():
    return photos.example(seed=1, faces=3).pixels


def test_it_begins_with_a_drawing_and_says_what_the_network_says(network):
    state = widgets.OwnFaceState(network)
    judged = photos.judge(state.crop, network)
    assert not state.private and len(state.boxes) == 1
    assert judged.sentence() in state.describe() and "drawing" in state.describe()
    assert f"{state.shifts.others} of 24" in state.describe()
    assert state.map.shape == (48, 48) and state.seen[1].shape == (1, 1, 48, 48)
    (left, right), (top, bottom) = (
        (min(ends), max(ends)) for ends in figure(state).axes[0].lines[0].get_data()
    )  # a pixel of matplotlib reaches half a pixel to each side of its number
    assert (left + 0.5, top + 0.5) == (state.box.left, state.box.top)
    assert right - left == bottom - top == state.box.size


def test_an_upload_is_private_and_each_face_can_be_chosen(network, three):
    state = widgets.OwnFaceState(network)
    state.take(upload(three))
    assert state.private and len(state.boxes) == 3 and state.chosen == 0
    crops = []
    for number in range(3):
        state.chosen = number
        crops.append(state.crop)
        assert state.box is state.boxes[number]
        assert f"number {number + 1} is looked at" in state.describe()
    assert not any((crops[0] == other).all() for other in crops[1:])
    with pytest.raises(PhotoError, match="below 3"):
        state.chosen = 3


def test_a_photo_given_at_once_gets_a_button_for_each_face(network, three):
    view = widgets.OwnFace(network, photos.read(three))
    assert view.controls["face"].options == ("1", "2", "3") and view.state.private
    view.controls["face"].value = "3"
    assert view.state.chosen == 2


def test_what_cannot_be_read_leaves_a_sentence_and_no_photo(network, three):
    state = widgets.OwnFaceState(network)
    state.take(upload(three)[:3000])
    assert state.photo is None and state.judgement is None and state.describe().startswith("expected ")
    state.take(upload(photos.example(faces=0).pixels))
    assert state.describe().startswith("No face was found") and state.crop is None
    assert np.ptp(opened(state.png())) > 100  # the photo is shown all the same


def test_forgetting_leaves_nothing(network, three):
    state = widgets.OwnFaceState(network)
    state.take(upload(three))
    state.clear()
    kept = {name: value for name, value in vars(state).items() if name not in ("model", "private")}
    assert not any(value for value in kept.values()), kept


def test_a_network_without_a_transformer_is_shown_too():
    plain = models.create("cnn", seed=0)
    assert isinstance(plain, nn.Module)
    state = widgets.OwnFaceState(plain)
    assert state.seen is None
    assert opened(state.png()).shape == (620, 960)


def test_an_upload_of_either_ipywidgets_is_taken_and_forgotten_by_the_control(network, three):
    view = widgets.OwnFace(network)
    before = view.image.value
    content = upload(three)
    value = ({"name": "a.png", "type": "image/png", "size": len(content), "content": memoryview(content)},)
    assert content_of(value) == content_of({"a.png": {"metadata": {}, "content": content}}) == content
    if isinstance(view.upload.value, dict):
        view.upload.set_state({"metadata": [{"name": "a.png"}], "data": [memoryview(content)], "_counter": 1})
    else:
        value[0]["last_modified"] = datetime(2026, 1, 1)
        view.upload.value = value
    assert len(view.state.boxes) == 3 and not view.upload.value
    assert view.image.value != before
    assert view.controls["face"].options == ("1", "2", "3") and view.controls["face"].layout.display != "none"
    first = view.unsaved.picture
    view.controls["face"].value = "2"
    assert view.state.chosen == 1 and view.unsaved.picture != first
    view.forget.click()
    assert view.state.photo is None and view.controls["face"].layout.display == "none"


def kept(widget):
    """What a notebook that saves the state of its widgets would hold of a view, all texts and bytes."""

    def inside(value):
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, dict | list | tuple):
                yield from inside(part)
            elif isinstance(part, str | bytes | memoryview):
                yield part if isinstance(part, str) else bytes(part)

    yield from inside(widget.get_state())
    for child in getattr(widget, "children", ()):
        yield from kept(child)


def test_a_private_picture_is_saved_neither_with_the_outputs_nor_with_the_widgets_and_the_drawing_is(network, three):
    view = widgets.OwnFace(network)
    assert "image/png" in view._repr_mimebundle_()
    assert view.state.png() in kept(view) and view.unsaved.picture is None
    view.take(upload(three))
    bundle = view._repr_mimebundle_()
    assert "image/png" not in bundle and view.state.guess not in bundle["text/plain"]
    assert view.unsaved.picture == view.state.png() and view.unsaved.words == view.state.describe()
    for part in kept(view):
        assert isinstance(part, str) or len(part) < 1000
        assert view.state.judgement.sentence() not in part if isinstance(part, str) else True
    assert view.unsaved in view.children and view.image not in view.children
    view.state.private = False
    view.state.show(photos.example())
    view.follow()
    assert view.unsaved.picture is None and view.image.value == view.state.png() and view.image in view.children


def test_a_view_that_appears_late_asks_for_the_picture(network, three):
    view = widgets.OwnFace(network)
    sent = []
    view.unsaved.send = lambda content, buffers: sent.append((content, buffers))
    view.unsaved._handle_custom_msg({"kind": "asked"}, [])
    assert sent == []
    view.take(upload(three))
    view.unsaved._handle_custom_msg({"kind": "asked"}, [])
    told = {"kind": "shown", "words": view.state.describe()}, [view.state.png()]
    assert sent == [told, told]


def test_without_anywidget_the_picture_is_shown_and_the_note_says_where_it_is_saved(network, three, monkeypatch):
    monkeypatch.setitem(sys.modules, "fer_edu.widgets.webcam", None)
    view = widgets.OwnFace(network)
    view.take(upload(three))
    assert view.image.value == view.state.png() and view.image in view.children
    assert "saves this picture" in view.camera.value and "3 faces were found" in view.words.value


def test_an_error_that_nobody_foresaw_leaves_no_photo_of_before_on_the_screen(three):
    class Breaks(nn.Module):
        broken = False

        def __init__(self):
            super().__init__()
            self.inner = models.create("cnn", seed=0)

        def forward(self, x):
            if self.broken:
                raise RuntimeError("no memory left")
            return self.inner(x)

    network = Breaks()
    view = widgets.OwnFace(network)
    network.broken = True
    with pytest.raises(RuntimeError, match="no memory left"):
        view.take(upload(three))
    assert view.state.photo is None and "no memory left" in view.unsaved.words
    network.broken = False
    view.take(upload(three))
    assert view.unsaved.words.startswith("3 faces were found") and len(view.controls["face"].options) == 3
    view.take(b"nothing")
    assert view.unsaved.words.startswith("expected ") and view.controls["face"].layout.display == "none"
    view.take(photos.example(faces=0).pixels)
    assert view.unsaved.words.startswith("No face was found") and view.controls["face"].options == ("1",)


def test_the_walk_meets_every_kind_of_photo_and_ends_where_it_began(network, three):
    view = widgets.OwnFace(network)
    said = view.state.describe()
    assert view.walk() >= 7
    assert view.state.describe() == said and not view.state.private
    view.take(three)
    view.controls["face"].value = "3"
    said = view.state.describe()
    view.walk()
    assert view.state.describe() == said and view.state.private and view.controls["face"].value == "3"


def test_a_frame_of_the_camera_is_taken_like_an_upload(network, three):
    view = widgets.OwnFace(network)
    stream = io.BytesIO()
    Image.fromarray(three).save(stream, "JPEG", quality=95)
    view.camera._handle_custom_msg({"kind": "frame"}, [memoryview(stream.getvalue())])
    assert view.state.private and len(view.state.boxes) == 3
    view.camera._handle_custom_msg({"kind": "frame"}, [])  # a frame without a picture changes nothing
    assert len(view.state.boxes) == 3
