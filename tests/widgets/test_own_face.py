"""The own-face widget: photos come and go, several faces are chosen among, and nothing private is saved."""

import io
from datetime import datetime

import numpy as np
import pytest
from PIL import Image
from torch import nn

from fer_edu import models, photos, widgets
from fer_edu.errors import PhotoError
from fer_edu.widgets.own_face import content_of


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
    first = view.image.value
    view.controls["face"].value = "2"
    assert view.state.chosen == 1 and view.image.value != first
    view.forget.click()
    assert view.state.photo is None and view.controls["face"].layout.display == "none"


def test_a_private_picture_is_not_saved_with_the_notebook_and_the_drawing_is(network, three):
    view = widgets.OwnFace(network)
    assert "image/png" in view._repr_mimebundle_()
    view.take(upload(three))
    bundle = view._repr_mimebundle_()
    assert "image/png" not in bundle and view.state.guess not in bundle["text/plain"]
    assert not any(isinstance(value, bytes) and len(value) > 1000 for value in view.camera.get_state().values())


def test_the_walk_meets_every_kind_of_photo_and_ends_where_it_began(network):
    view = widgets.OwnFace(network)
    said = view.state.describe()
    assert view.walk() >= 7
    assert view.state.describe() == said and not view.state.private


def test_a_frame_of_the_camera_is_taken_like_an_upload(network, three):
    view = widgets.OwnFace(network)
    stream = io.BytesIO()
    Image.fromarray(three).save(stream, "JPEG", quality=95)
    view.camera._handle_custom_msg({"kind": "frame"}, [memoryview(stream.getvalue())])
    assert view.state.private and len(view.state.boxes) == 3
    view.camera._handle_custom_msg({"kind": "frame"}, [])  # a frame without a picture changes nothing
    assert len(view.state.boxes) == 3
