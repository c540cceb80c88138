"""The feature maps are those of the network, and each is drawn where it belongs."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fer_edu import data, models, widgets
from fer_edu.errors import DataError, ModelError
from fer_edu.geometry import build_theta, to_pixels, transform_points
from fer_edu.widgets import descent_picture
from fer_edu.widgets.features import GAP, MARGIN, PANEL, SHEET, TITLE, tiles

CHOICES = [
    {},
    {"join": "both", "order": "relu-conv-pool"},
    {"transformers": "sdl2", "batch_norm": False},
    {"branches": "baseline"},
    {"normalisation": "fixed", "sdl_pools": (4, 2)},
]


@pytest.fixture(scope="module")
def faces():
    return data.load("faces", split="test", size=4)


def state(faces, block="input", **options):
    return widgets.FeatureState(models.create("sdl", seed=0, **options), faces, 1, block)


def look_through(block, theta):
    """Have an SDL block look through theta whatever it sees."""
    with torch.no_grad():
        block.transformer.localisation.head[-1].bias.copy_(theta.flatten())


def drawn(state):
    return np.asarray(Image.open(io.BytesIO(state.png())).convert("RGB"))


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_the_maps_are_the_networks_own(faces, options):
    shown = state(faces, **options)
    model, caught = shown.model.eval(), {}
    names = {"SDL-1 out": model.sdl1, "SDL-2 out": model.sdl2}
    ends = {f"baseline {k}": [m for m in model.baseline if isinstance(m, torch.nn.ReLU)][k - 1] for k in (1, 2, 3, 4)}
    for number, block in ((1, model.sdl1), (2, model.sdl2)):
        if block is not None and block.transformer is not None:
            names[f"SDL-{number} warped"] = block.transformer
    for name, module in (names | ends).items():
        if module is not None:
            module.register_forward_hook(lambda m, i, output, name=name: caught.update({name: output[0]}))
    with torch.no_grad():
        logits = model(faces.images[1:2].float() / 255)[0]
    assert set(shown.names) == {"input", *caught}
    for name, wanted in caught.items():
        torch.testing.assert_close(shown.features[name], wanted)
    torch.testing.assert_close(shown.logits, logits)
    assert shown.answer == faces.classes[logits.argmax()]


def test_another_face_gives_other_maps_and_another_block_none(faces):
    shown = state(faces, "baseline 1")
    first = shown.maps
    shown.block = "baseline 2"
    assert shown.maps.shape == (64, 12, 12)
    shown.face, shown.block = 2, "baseline 1"
    assert not torch.equal(shown.maps, first)
    assert len({drawn(shown).tobytes() for shown.block in shown.names}) == len(shown.names)


def test_every_map_stands_in_its_tile():
    maps = torch.arange(5).view(5, 1, 1).expand(5, 6, 6) / 4.0
    sheet = np.asarray(tiles(maps))
    assert sheet.shape == (SHEET, SHEET)
    times = (SHEET // 3 - GAP) // 6
    step = 6 * times + GAP
    for k in range(5):
        row, column = divmod(k, 3)
        tile = sheet[row * step : row * step + 6 * times, column * step : column * step + 6 * times]
        assert (tile == round(k / 4 * descent_picture.WHITE)).all()


@pytest.mark.parametrize("count", [1, 16, 32, 128, 224])
def test_the_sheet_has_room_for_all_maps(count):
    sheet = np.asarray(tiles(torch.zeros(count, 3, 3)))
    times = (SHEET // int(np.ceil(np.sqrt(count))) - GAP) // 3
    assert (sheet == descent_picture.BLACK).sum() == count * (3 * times) ** 2


def test_the_outlines_lie_where_the_two_transformers_look(faces):
    shown = state(faces)
    look_through(shown.model.sdl1, theta1 := build_theta(20.0, 0.8, 0.0, (0.1, 0.0)))
    look_through(shown.model.sdl2, theta2 := build_theta(-30.0, 0.5, 0.0, (0.2, 0.1)))
    shown.face = 1
    torch.testing.assert_close(shown.theta1, theta1[0])
    picture = drawn(shown).astype(int)
    corner = torch.tensor([[-1.0, -1.0]])
    once, twice = transform_points(theta1, corner), transform_points(theta1, transform_points(theta2, corner)[0])
    size = torch.tensor([48, 48])
    for point, top, side, colour in (
        (once, TITLE, 48, (0x56, 0xB4, 0xE9)),
        (twice, TITLE, 48, (0xD5, 0x5E, 0x00)),
        (transform_points(theta2, corner), 2 * TITLE + PANEL + 2 * MARGIN, 24, (0xD5, 0x5E, 0x00)),
    ):
        x, y = ((to_pixels(point[0], size * side / 48)[0] + 0.5) * PANEL / side + MARGIN).round().int().tolist()
        assert tuple(picture[y + top, x]) == colour


def test_in_words(faces):
    shown = state(faces, "SDL-2 out")
    assert shown.describe().startswith("SDL-2 out: 32 maps of 6 × 6")
    assert "|θ1 − I| = 0.00. |θ2 − I| = 0.00. Drawn as " in shown.describe()
    assert "θ" not in state(faces, transformers="none").describe()
    assert "input: 1 map of 48 × 48." in state(faces).describe()


def test_maps_that_say_nothing_are_counted(faces):
    shown = state(faces, "baseline 1", batch_norm=False)
    with torch.no_grad():
        shown.model.baseline[0].bias[:3] = -1000
    shown.face = 1
    silent = shown.silent
    assert silent >= 3 and f"{silent} of them the same everywhere" in shown.describe()


def test_its_controls_reach_every_block_and_face(faces):
    view = widgets.FeatureMaps(state(faces))
    assert view.walk() >= 9
    assert view.controls["face"].max == 3 and view.controls["block"].options == view.state.names
    view.controls["block"].value = "SDL-2 warped"
    assert view.words.value.startswith("SDL-2 warped: 16 maps")


def test_the_network_is_left_as_it_was(faces):
    model = models.create("sdl", seed=0).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    widgets.FeatureState(model, faces).png()
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_photographs_are_not_saved_in_a_notebook(faces):
    photographs = replace(faces, truth=None)
    view = widgets.FeatureMaps(state(photographs))
    assert view.state.private and "Labelled " in view.state.describe()
    assert "image/png" not in view._repr_mimebundle_()
    assert "image/png" in widgets.FeatureMaps(state(faces))._repr_mimebundle_()


def test_what_is_not_there_is_refused_in_a_sentence(faces):
    with pytest.raises(DataError, match=r"expected a block out of .*, found 'SDL-1 out'"):
        state(faces, "SDL-1 out", branches="baseline")
    with pytest.raises(DataError, match=r"expected a face in 0..3, found 4"):
        state(faces).face = 4
    with pytest.raises(ModelError, match="expected an SDL network, found STCNN"):
        widgets.FeatureState(models.create("cnn"), faces)
