"""Windows change no byte of a picture: each holds all that is painted in it."""

import pytest
import torch

import fer_edu as fe
from fer_edu.faces import ACTION_UNITS, PARTS
from fer_edu.faces.anatomy import anatomy
from fer_edu.faces.canvas import Canvas
from fer_edu.faces.render import FRONTAL, draw

MANY = 160


@pytest.fixture(scope="module")
def people():
    """Everybody wears something, so that every part is drawn."""
    generator = torch.Generator().manual_seed(1)
    share = torch.rand(MANY, 4, generator=generator)
    return fe.faces.identity(MANY, generator).replace(
        glasses=(share[:, 0] < 0.5).float(),
        beard=share[:, 1],
        baldness=(share[:, 2] < 0.2).float(),
        cartoon=(share[:, 3] < 0.3).float(),
    )


@pytest.fixture(scope="module")
def units():
    generator = torch.Generator().manual_seed(2)
    shown = torch.rand(MANY, len(ACTION_UNITS), generator=generator)
    shown *= torch.rand(MANY, len(ACTION_UNITS), generator=generator) < 0.5
    shown[: len(ACTION_UNITS)] = torch.eye(len(ACTION_UNITS))
    shown[len(ACTION_UNITS)] = 1
    return shown


def poses(strength):
    draw = torch.rand(MANY, 5, generator=torch.Generator().manual_seed(3)) * 2 - 1
    return fe.faces.theta_from(
        40 * strength * draw[:, 0],
        1 + 0.3 * strength * draw[:, 1],
        0.25 * strength * draw[:, 2:4],
        0.25 * strength * draw[:, 4],
    )


@torch.no_grad()
def painted(people, units, theta, size, whole):
    canvas = Canvas(theta, torch.tensor(FRONTAL).expand(len(people), 3), size, PARTS, whole=whole)
    draw(canvas, anatomy(people, units))
    return canvas


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_windows_change_no_byte(people, units, strength):
    theta = poses(strength)
    for k in range(MANY):  # one by one: in a batch all windows are as large as the largest needs to be
        one = slice(k, k + 1)
        windows = painted(people[one], units[one], theta[one], 48, whole=False)
        whole = painted(people[one], units[one], theta[one], 48, whole=True)
        assert torch.equal(windows.image, whole.image), k
        assert torch.equal(windows.masks, whole.masks), k


def test_windows_of_large_pictures_change_no_byte(people, units):
    theta = poses(1.0)
    for k in range(0, MANY, 10):
        one = slice(k, k + 1)
        windows = painted(people[one], units[one], theta[one], 192, whole=False)
        whole = painted(people[one], units[one], theta[one], 192, whole=True)
        assert torch.equal(windows.image, whole.image) and torch.equal(windows.masks, whole.masks), k


def test_a_window_is_smaller_than_the_picture(people):
    canvas = painted(people, torch.zeros(MANY, len(ACTION_UNITS)), poses(1.0), 48, whole=False)
    patch = canvas.window(0.28, -0.09, 0.15, 0.10, mirrored=True)
    assert patch.x.shape[1] < 0.5 * 48**2


def test_what_is_painted_in_a_window_is_written_back_where_it_belongs():
    theta = torch.eye(2, 3).expand(2, 2, 3)
    canvas = Canvas(theta, torch.zeros(2, 3), 48, PARTS)
    with canvas.window(0.5, 0.25, 0.1, 0.1) as patch:
        patch.paint(torch.ones_like(patch.x) * ((patch.x - 0.5).abs() < 0.05) * ((patch.y - 0.25).abs() < 0.05), 1.0)
        patch.mark("mouth", (patch.x - 0.5).abs() - 0.05)
    rows, columns = canvas.image[0].view(48, 48).nonzero().unbind(1)
    # 48 pixels over [-1, 1]: x = 0.5 lies between columns 35 and 36, y = 0.25 between rows 29 and 30.
    assert columns.unique().tolist() == [35, 36] and rows.unique().tolist() == [29, 30]
    assert canvas.masks[0, PARTS.index("mouth")].view(48, 48).nonzero()[:, 1].unique().tolist() == [35, 36]
