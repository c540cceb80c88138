"""Two ranks take the steps of one process. This file is also what torchrun starts: then it trains and tests nothing."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import torch

import fer_edu as fe
from fer_edu.data import FaceSet
from fer_edu.errors import DeviceError, FerEduError
from fer_edu.training import distributed, steps

SMALL = {"baseline_channels": (4, 4, 8, 8), "sdl_channels": (2, 4), "hidden": 16, "classes": 2}
CASES = {  # batch normalisation and dropout are in all but the first
    "plain": ({"batch_norm": False, "dropout": 0.0}, {}),
    "normalised": ({}, {}),
    "everything": (
        {},
        {"oversample": "balanced", "ema": 0.5, "mixup": 0.2, "cutmix": 0.5, "lambda1": 0.001, "lambda2": 0.01}
        | {"noise": 0.05, "erase": 0.3, "label_smoothing": 0.1, "start_deviation": 0.05},
    ),
    "weights": ({"frozen": True}, {"oversample": "weights", "ema": 0.5}),
}


def stripes(n, seed):
    """Two classes, upright and lying stripes, with noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.rand(n, generator=generator) < 0.3).long()
    wave = (torch.arange(48) // 6 % 2 * 120).float()
    clean = torch.where(labels.view(-1, 1, 1) == 0, wave.view(1, 48, 1), wave.view(1, 1, 48)).expand(n, 48, 48)
    noisy = clean + torch.rand(n, 48, 48, generator=generator) * 100
    return FaceSet(noisy[:, None].to(torch.uint8), labels, ("lying", "upright"), name="stripes", split=str(seed))


BEFORE_NORMALISATION = ("sdl1.extract.0", "sdl2.extract.0", *(f"baseline.{n}" for n in (0, 4, 8, 12)))
SETS = stripes(150, 0), stripes(61, 1)  # 61: the ranks' shares of the validation differ


def train(case, checkpoint=None, **keywords):
    """Return (weights, history without seconds) of two epochs, or of `epochs`, in float32."""
    options, changes = CASES[case]
    changes = {"epochs": 2, "batch_size": 32, "precision": "float32", **changes, **keywords.pop("recipe", {})}
    model = fe.models.create("sdl", seed=0, **(SMALL | options))
    recipe = fe.training.recipe("classroom", **changes)
    history = fe.training.fit(model, *SETS, recipe, "cpu", checkpoint, **{"progress": "none", **keywords})
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in history.epochs]
    return {"weights": model.state_dict(), "rows": rows}


@contextmanager
def augmenting(call, change):
    """Have change(x) answer, on this rank, for the pictures x of that call of the augmentation, from 1."""
    calls, real = [], steps.augment

    def augment(*args):
        calls.append(1)
        x = real(*args)
        return change(x) if len(calls) == call else x

    steps.augment = augment
    try:
        yield
    finally:
        steps.augment = real


def interrupt(x):
    raise KeyboardInterrupt


def spoil(x):
    """Let the rows of the second of two ranks be no numbers."""
    x[len(x) // 2 :] = float("nan")
    return x


def refused(function):
    """Return "kind: message" of the error that function() ends in."""
    try:
        function()
    except FerEduError as error:
        return f"{type(error).__name__}: {error}"


def work(out):
    """What each of two ranks does in the launch that most tests look at; an epoch has four steps, oversampled six."""
    rank, told = int(os.environ["RANK"]), []
    world, _ = distributed.join("cpu")
    whole = distributed.WholeBatch(world)
    found = {"normalised rows": normalised(whole.batch_norm, world.rows(8))}
    torch.manual_seed(0)
    found["dropped"] = whole.dropout(torch.ones(8, 72), 0.4)
    found |= {case: train(case) for case in CASES}
    for case, folder, call in (
        ("everything", "resumed", 2 * 6 + 2),
        ("plain", "half", 2 * 4 + 2),
    ):  # in the third epoch
        with augmenting(call, interrupt), suppress(KeyboardInterrupt):
            train(case, out / folder, recipe={"epochs": 4})
    found["whole"] = train("everything", recipe={"epochs": 4})
    found["resumed"] = train(
        "everything", out / "resumed", recipe={"epochs": 4}, on_epoch=told.append, progress="lines"
    )
    found["told"] = [row["epoch"] for row in told]
    with augmenting(4 + 3, spoil):
        found["spoilt"] = refused(lambda: train("plain", out / "spoilt"))
    found["uneven"] = refused(lambda: train("plain", out / "uneven", recipe={"batch_size": 33}))
    found["other run"] = refused(lambda: train("plain", out / "resumed"))
    found["compiled"] = refused(lambda: train("plain", compile=True))
    torch.save(found, out / f"rank-{rank}.pt")


def normalised(function, rows):
    """Return what batch normalisation gives for some rows, its gradients for a loss of them, and its running values."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(8, 3, 5, 5, dtype=torch.float64, generator=generator) * 3 + 1
    goal = torch.randn(8, 3, 5, 5, dtype=torch.float64, generator=generator)
    x, goal = x[rows].requires_grad_(), goal[rows]
    weight, bias = torch.tensor([[1.0, 2, 3], [0, 1, -1]], dtype=torch.float64).requires_grad_()
    running = [torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)]
    y = function(x, *running, weight, bias, True, 0.1, 1e-5)
    gradients = torch.autograd.grad(((y - goal) ** 3).sum(), (x, weight, bias))
    return [y.detach(), *gradients, *running]


def fail_on_one(out):
    """Rank 1 ends in the second epoch, while rank 0 waits for it.

    torchrun ends rank 0 as soon as it learns of that, which may be before rank 0 has spoken. Here it learns of it
    afterwards: what it started as rank 1 is the parent of the rank, and stays until rank 0 has said its sentence.
    """
    said = out / "said"
    if os.environ["RANK"] == "0":
        print(refused(lambda: train("normalised", out / "r")), flush=True)
        said.touch()
    elif "CHILD" in os.environ:
        with augmenting(4 + 3, interrupt):
            train("normalised", out / "r")
    else:
        subprocess.run([sys.executable, *sys.argv], env=os.environ | {"CHILD": ""}, check=False)
        patience = time.monotonic() + 120
        while not said.exists() and time.monotonic() < patience:
            time.sleep(0.05)
    sys.exit(2)


def launch(what, out, processes=2):
    """Have torchrun start this file, to do `what`."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(fe.__file__).parent.parent)}
    command += [__file__, what, str(out)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """What two ranks did: the folder, what each found, and what was printed."""
    out = tmp_path_factory.mktemp("ranks")
    done = launch("work", out)
    assert done.returncode == 0, done.stderr
    return out, [torch.load(out / f"rank-{rank}.pt") for rank in (0, 1)], done.stdout


def largest_difference(a, b):
    assert list(a) == list(b)
    return max((a[name].float() - b[name].float()).abs().max().item() for name in b)


def assert_alike(ours, theirs):
    """The same but for float32's rounding, which Adam enlarges where a gradient is nothing but rounding.

    So it is for a bias before a batch normalisation, which takes it out again: it wanders, and the running mean behind
    it. All else then agrees to a third of the learning rate; without batch normalisation, to the last digits.
    """
    means = {name for name in theirs["weights"] if name.endswith("running_mean")}
    idle = means | {f"{name}.bias" for name in BEFORE_NORMALISATION}
    for name, value in theirs["weights"].items():
        difference = (ours["weights"][name].float() - value.float()).abs().max().item()
        assert difference < (1e-6 if not means else 0.03 if name in idle else 1e-3), name
    for row, other in zip(ours["rows"], theirs["rows"], strict=True):
        assert row["train_loss"] == pytest.approx(other["train_loss"], abs=2e-4)
        assert row["val_loss"] == pytest.approx(other["val_loss"], abs=5e-3)
        assert row["learning_rate"] == other["learning_rate"]


@pytest.mark.parametrize("case", CASES)
def test_two_ranks_give_the_weights_of_one_process(launched, case):
    assert_alike(launched[1][0][case], train(case))


def test_batch_normalisation_is_that_of_the_whole_batch(launched):
    y, x_gradient, *parameters = normalised(torch.nn.functional.batch_norm, slice(None))
    first, second = (found["normalised rows"] for found in launched[1])
    torch.testing.assert_close(torch.cat([first[0], second[0]]), y)
    torch.testing.assert_close(torch.cat([first[1], second[1]]), x_gradient)
    for ours, theirs, expected in zip(first[2:4], second[2:4], parameters[:2], strict=True):
        torch.testing.assert_close(ours + theirs, expected)  # of weight and bias: DistributedDataParallel joins them
    for ours, theirs, expected in zip(first[4:], second[4:], parameters[2:], strict=True):
        assert torch.equal(ours, theirs)
        torch.testing.assert_close(ours, expected)


def test_dropouts_masks_are_those_of_one_process(launched):
    torch.manual_seed(0)
    whole = torch.nn.functional.dropout(torch.ones(16, 72), 0.4)
    assert torch.equal(torch.cat([found["dropped"] for found in launched[1]]), whole)


def test_both_ranks_have_the_same_bits(launched):
    first, second = launched[1]
    for case in CASES:
        assert largest_difference(first[case]["weights"], second[case]["weights"]) == 0
        assert first[case]["rows"] == second[case]["rows"]


def test_interrupted_and_resumed_by_two_ranks_equals_uninterrupted(launched):
    for found in launched[1]:
        assert largest_difference(found["resumed"]["weights"], found["whole"]["weights"]) == 0
        assert found["resumed"]["rows"] == found["whole"]["rows"]


def test_one_process_goes_on_where_two_ranks_stopped(launched):
    folder = launched[0] / "half"
    assert len(json.loads((folder / "history.json").read_text())) == 2
    assert json.loads((folder / "run.json").read_text())["ranks"] == 2
    assert_alike(train("plain", folder, recipe={"epochs": 4}), train("plain", recipe={"epochs": 4}))


def test_what_is_saved_is_an_ordinary_network(launched):
    model = fe.models.load_checkpoint(launched[0] / "resumed" / "best.pt")
    expected = launched[1][0]["resumed"]
    accuracy = fe.evaluation.evaluate(model, SETS[1]).accuracy
    assert accuracy == pytest.approx(max(row["val_accuracy"] for row in expected["rows"]))


def test_only_the_first_rank_speaks(launched):
    assert [found["told"] for found in launched[1]] == [[3, 4], []]
    assert [line[:12] for line in launched[2].splitlines()] == ["epoch   3/4 ", "epoch   4/4 "]


def test_a_loss_that_is_no_number_on_one_rank_stops_both_at_that_step(launched):
    for found in launched[1]:
        assert found["spoilt"].startswith("TrainingError: expected a finite loss, found none in epoch 2 at step 3 of 4")
    assert len(json.loads((launched[0] / "spoilt" / "history.json").read_text())) == 1


def test_a_batch_that_cannot_be_shared_is_refused_before_a_folder_is_made(launched):
    for found in launched[1]:
        assert found["uneven"] == (
            "RecipeError: expected a batch that 2 ranks can share evenly, found 33 pictures: use another number of "
            "ranks, or --set batch_size=32."
        )
    assert not (launched[0] / "uneven").exists()


def test_what_the_first_rank_cannot_read_stops_both(launched):
    for found in launched[1]:
        assert found["other run"].startswith("RunFolderError: expected")
        assert found["compiled"].startswith("DeviceError: expected one process to compile for")


def test_one_rank_that_ends_takes_the_other_with_it_and_leaves_whole_epochs(tmp_path):
    done = launch("fail_on_one", tmp_path)
    assert done.returncode != 0
    assert done.stdout.strip() == (
        "TrainingError: expected all 2 ranks to go on, found that another one has ended: its own message says why; run "
        f"the same command again to go on. Epoch 1 is kept in {tmp_path / 'r'}."
    )
    assert len(json.loads((tmp_path / "r" / "history.json").read_text())) == 1
    train("normalised", tmp_path / "r")  # what is there can be gone on with


def test_shares_are_whole_and_differ_by_one_row_at_most():
    for n, size in ((61, 2), (7, 3), (8, 4), (2, 3)):
        shares = [range(n)[distributed.World(rank, size).rows(n)] for rank in range(size)]
        assert [row for share in shares for row in share] == list(range(n))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_one_process_that_torchrun_starts_is_alone(monkeypatch):
    for name, value in {"TORCHELASTIC_RUN_ID": "x", "WORLD_SIZE": "1", "RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    assert distributed.join("cpu") == (distributed.ALONE, torch.device("cpu"))


def test_a_chosen_device_is_refused_with_several_ranks(monkeypatch):
    for name in ("LOCAL_RANK", "LOCAL_WORLD_SIZE", "WORLD_SIZE", "TORCHELASTIC_RUN_ID"):
        monkeypatch.setenv(name, "2")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(DeviceError, match="a CUDA device for each of 2 ranks, found 1: use --nproc-per-node 1"):
        distributed.join("auto")
    with pytest.raises(DeviceError, match="expected auto, cpu or cuda with several ranks, found cuda:0"):
        distributed.join("cuda:0")


if __name__ == "__main__":
    {"work": work, "fail_on_one": fail_on_one}[sys.argv[1]](Path(sys.argv[2]))
