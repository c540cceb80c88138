import pytest
import torch

import fer_edu as fe
from fer_edu.emotions import CLASSES
from fer_edu.errors import CheckpointError
from fer_edu.files import write_atomically

SMALL = {"baseline_channels": (4, 4, 4, 4), "sdl_channels": (2, 4), "hidden": 8}


@pytest.fixture
def saved(tmp_path):
    model = fe.models.create("sdl", seed=1, **SMALL).eval()
    fe.models.save_checkpoint(tmp_path / "m.pt", model, CLASSES, epoch=3)
    return tmp_path / "m.pt", model


def test_loads_what_was_saved(saved):
    path, model = saved
    loaded = fe.models.load_checkpoint(path)
    x = torch.rand(2, 1, 48, 48)
    assert torch.equal(loaded(x), model(x))
    assert (loaded.classes, loaded.record, loaded.name, loaded.training) == (CLASSES, {"epoch": 3}, "sdl", False)


def test_another_network_is_refused(saved):
    path, _ = saved
    other = fe.models.create("sdl")
    before = {k: v.clone() for k, v in other.state_dict().items()}
    with pytest.raises(CheckpointError, match="create the model with the checkpoint's options"):
        fe.models.load_checkpoint(path, into=other)
    assert all(torch.equal(before[k], v) for k, v in other.state_dict().items())


def test_truncated_file_is_refused(saved):
    path, _ = saved
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CheckpointError, match="damaged"):
        fe.models.load_checkpoint(path)


def test_foreign_file_is_refused(tmp_path):
    torch.save({"weights": torch.zeros(3)}, tmp_path / "x.pt")
    with pytest.raises(CheckpointError, match="that fer-edu wrote"):
        fe.models.load_checkpoint(tmp_path / "x.pt")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match="no file"):
        fe.models.load_checkpoint(tmp_path / "none.pt")


def test_interrupted_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted(temporary):
        temporary.write_text("ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_unknown_shipped_name_lists_the_known():
    with pytest.raises(CheckpointError, match="shipped"):
        fe.models.pretrained("sdl-mars")


@pytest.mark.parametrize("name", fe.models.pretrained_names())
def test_shipped_networks_are_small_and_know_their_record(name):
    from importlib.resources import files

    model = fe.models.pretrained(name)
    assert (files("fer_edu.weights") / f"{name}.pt").stat().st_size < 5_000_000
    assert model.classes == CLASSES
    assert 0 < model.record["val_accuracy"] < 1


def test_half_precision_takes_half_the_space_and_loads_as_float32(tmp_path):
    model = fe.models.create("sdl", seed=0).eval()
    x = torch.rand(4, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    for name, half in (("whole", False), ("half", True)):
        fe.models.save_checkpoint(tmp_path / f"{name}.pt", model, CLASSES, half=half)
    sizes = [(tmp_path / f"{name}.pt").stat().st_size for name in ("half", "whole")]
    assert sizes[0] < 0.55 * sizes[1]
    loaded = fe.models.load_checkpoint(tmp_path / "half.pt")
    assert {value.dtype for value in loaded.parameters()} == {torch.float32}
    assert torch.allclose(loaded(x), model(x), atol=2e-3)
    for name, value in loaded.state_dict().items():
        if value.dim() <= 1:  # batch normalisation's running variances may be tiny
            assert torch.equal(value, model.state_dict()[name])
