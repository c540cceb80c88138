"""What TensorBoard's own reader finds in the folder is what the history says."""

import sys

import pytest

from fer_edu import data, models, training
from fer_edu.errors import RunFolderError, TrainingError
from fer_edu.training.tensorboard import TAGS, TensorBoard


def row(epoch, shift=0.0):
    return {
        "epoch": epoch,
        "learning_rate": 0.001 * epoch,
        "train_loss": 2.0 / epoch + shift,
        "val_loss": 2.1 / epoch + shift,
        "val_accuracy": 0.1 * epoch,
        "seconds": 1.5,
    }


def read(folder):
    """Return tag -> {step: value}, as TensorBoard shows it; an epoch that stands there twice fails."""
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = events.EventAccumulator(str(folder))
    found.Reload()
    scalars = {tag: found.Scalars(tag) for tag in found.Tags()["scalars"]}
    for tag, each in scalars.items():
        assert len({event.step for event in each}) == len(each), tag
    return {tag: {event.step: pytest.approx(event.value, rel=1e-6) for event in each} for tag, each in scalars.items()}


def test_a_training_is_written_number_for_number(tmp_path):
    pytest.importorskip("tensorboard")
    faces = data.load("faces", split="val", size=6, seed=0)
    model = models.create("st-cnn", seed=0)
    watch = models.Watch(model, faces.images[:2])
    board = TensorBoard(tmp_path / "logs", watch)
    recipe = training.recipe("classroom", epochs=2, batch_size=3)
    history = training.fit(model, faces, faces, recipe, "cpu", progress="none", on_epoch=board)
    found = read(tmp_path / "logs")
    for tag, name in TAGS.items():
        assert dict(zip((1, 2), history[name], strict=True)) == found.pop(tag)
    assert watch.column("epoch") == [0, 1, 2]
    assert found.pop("theta/distance from looking ahead") == dict(
        zip((1, 2), watch.column("distance")[1:], strict=True)
    )
    assert found.pop("theta/share outside") == dict(zip((1, 2), watch.column("outside")[1:], strict=True))
    assert not found


@pytest.mark.parametrize("same_object", [True, False])
def test_a_resumed_run_replaces_what_it_tells_again(tmp_path, same_object):
    pytest.importorskip("tensorboard")
    board = TensorBoard(tmp_path)
    for epoch in (1, 2, 3, 4):
        board(row(epoch))
    if not same_object:  # as after a kill: nothing is closed
        board = TensorBoard(tmp_path)
    for epoch in (3, 4, 5):
        board(row(epoch, shift=0.25))
    assert read(tmp_path)["loss/train"] == {1: 2.0, 2: 1.0, 3: 2 / 3 + 0.25, 4: 0.75, 5: 0.65}


def test_a_run_that_goes_on_keeps_what_was_there(tmp_path):
    pytest.importorskip("tensorboard")
    TensorBoard(tmp_path)(row(1))
    TensorBoard(tmp_path)(row(2))
    assert read(tmp_path)["loss/val"] == {1: 2.1, 2: 1.05}


def test_every_epoch_is_on_disk_at_once(tmp_path):
    pytest.importorskip("tensorboard")
    board = TensorBoard(tmp_path)
    for epoch in (1, 2):
        board(row(epoch))
        assert max(read(tmp_path)["accuracy/val"]) == epoch


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(TrainingError, match="expected the package tensorboard, found none here: install it"):
        TensorBoard(tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    pytest.importorskip("tensorboard")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="cannot be written"):
        TensorBoard(tmp_path / "file" / "logs")
