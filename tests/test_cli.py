"""The command line as a user meets it: exit codes, one sentence for a mistake, and runs that survive a kill."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
import torch

import fer_edu as fe
from fer_edu import cli
from fer_edu.cli import main
from fer_edu.emotions import CLASSES

TINY = ["--option", "baseline_channels=[4,4,8,8]", "--option", "sdl_channels=[2,4]", "--option", "hidden=16"]
FACES = ["--data", "faces:size=200,seed=1"]


@pytest.fixture
def fer2013(tmp_path, monkeypatch):
    """A FER-2013 of 14 training pictures and 7 of PublicTest, and a cache of its own."""
    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path / "cache"))
    rows = [(k % 7, "Training" if k < 14 else "PublicTest", (k * 11) % 256) for k in range(21)]
    lines = [f"{label},{' '.join([str(grey)] * 2304)},{usage}" for label, usage, grey in rows]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fer2013.csv").write_text("emotion,pixels,Usage\n" + "\n".join(lines) + "\n")
    return tmp_path / "data"


def fails(capsys, *argv):
    """Run the command line, expect exit code 2, and return its one sentence."""
    assert main([str(a) for a in argv]) == 2
    captured = capsys.readouterr()
    lines = captured.err.strip().splitlines()
    assert captured.out == ""
    assert re.fullmatch(r"fer-edu: .*expected .*found.*", lines[-1]), captured.err
    assert "Traceback" not in captured.err
    return lines[-1]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["train", "resnet"], "'resnet'"),
        (["train", "sdl", "--recipe", "fast"], "'fast'"),
        (["train", "sdl", "--set", "epochs=0"], "epochs"),
        (["train", "sdl", "--set", "epoch=2"], "epoch"),
        (["train", "sdl", "--set", "epochs"], "epochs=5"),
        (["train", "sdl", "--set", "learning_rate=high"], "learning_rate"),
        (["train", "sdl", "--option", "widths=3"], "widths"),
        (["train", "sdl", "--option", "baseline_channels=[1,2]"], "4 numbers"),
        (["train", "sdl", "--data", "cifar"], "cifar"),
        (["train", "sdl", "--data", "fer2013:/nowhere/at/all"], "/nowhere/at/all"),
        (["train", "sdl", "--seeds", "0"], "at least 1 seed"),
        (["train", "sdl", "--device", "toaster"], "toaster"),
    ],
)
def test_mistake_in_training_ends_in_one_sentence_and_writes_nothing(capsys, tmp_path, argv, sentence):
    assert sentence in fails(capsys, *argv, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_without_one_is_named(capsys, tmp_path):
    assert "--device auto or cpu" in fails(capsys, "train", "sdl", "--device", "cuda", "--out", tmp_path / "run")


def test_run_folder_that_cannot_be_written_is_named(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in fails(capsys, "train", "sdl", *FACES, "--out", tmp_path / "file" / "run")


def test_checkpoint_mistakes_are_named(capsys, tmp_path):
    assert "'nothing'" in fails(capsys, "evaluate", "nothing")
    (tmp_path / "cut.pt").write_bytes(b"PK\x03\x04 cut")
    assert "damaged" in fails(capsys, "evaluate", tmp_path / "cut.pt")
    fe.models.save_checkpoint(tmp_path / "8.pt", fe.models.create("sdl", classes=8), fe.emotions.CLASSES_8)
    assert "contempt" in fails(capsys, "evaluate", tmp_path / "8.pt", *FACES)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda text: text.replace(" 11 11\n", " 11\n") if " 11 11\n" in text else text.replace(" 11,T", ",T", 1),
            "2,30",
        ),
        (lambda text: text.replace("\n3,", "\n7,", 1), "7"),
        (lambda text: text[:-600], "line 22"),
        (lambda text: "a,b\n1,2\n", "a"),
    ],
    ids=["2303 pixels", "label 7", "truncated", "wrong columns"],
)
def test_damaged_fer2013_ends_in_one_sentence(capsys, fer2013, tmp_path, spoil, sentence):
    path = fer2013 / "fer2013.csv"
    path.write_text(spoil(path.read_text()))
    assert sentence in fails(capsys, "train", "sdl", "--data", f"fer2013:{fer2013}", "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.filterwarnings("default")
def test_missing_split_is_named(capsys, fer2013, tmp_path):
    fe.models.save_checkpoint(tmp_path / "m.pt", fe.models.create("sdl"), CLASSES)
    assert "PrivateTest" in fails(
        capsys, "evaluate", tmp_path / "m.pt", "--data", f"fer2013:{fer2013}", "--split", "test"
    )


@pytest.mark.filterwarnings("default")
def test_trains_and_evaluates_fer2013_as_json(capsys, fer2013, tmp_path):
    spec = f"fer2013:{fer2013}"
    argv = [
        "train",
        "sdl",
        "--data",
        spec,
        *TINY,
        "--set",
        "epochs=2",
        "--set",
        "batch_size=7",
        "--out",
        str(tmp_path / "run"),
    ]
    assert main(argv) == 0
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "run"), "--data", spec, "--json", "-"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["pictures"] == 7
    assert [sum(row) for row in scores["confusion"]] == [1] * 7
    history = json.loads((tmp_path / "run/history.json").read_text())
    assert scores["accuracy"] == pytest.approx(max(row["val_accuracy"] for row in history))
    assert main(["evaluate", str(tmp_path / "run"), "--data", spec, "--json", str(tmp_path / "s.json")]) == 0
    assert json.loads((tmp_path / "s.json").read_text())["confusion"] == scores["confusion"]
    assert "macro F1" in capsys.readouterr().out


def test_seeds_get_a_folder_each_and_a_summary(capsys, tmp_path):
    argv = ["train", "sdl", *FACES, *TINY, "--set", "epochs=1", "--seeds", "2", "--out", str(tmp_path / "r")]
    assert main(argv) == 0
    summary = json.loads((tmp_path / "r/summary.json").read_text())
    assert [row["seed"] for row in summary["runs"]] == [0, 1]
    assert (tmp_path / "r/seed-1/best.pt").is_file()
    assert "over 2 seeds" in capsys.readouterr().out
    assert "seed-0" in fails(capsys, "evaluate", tmp_path / "r", *FACES)


def test_two_runs_are_compared_on_the_same_pictures_and_over_their_seeds(capsys, tmp_path):
    for name, rate in (("a", "0.003"), ("b", "0.0001")):
        argv = ["train", "sdl", *FACES, *TINY, "--set", "epochs=1", "--set", f"learning_rate={rate}", "--seeds", "2"]
        assert main([*argv, "--out", str(tmp_path / name)]) == 0
    capsys.readouterr()
    both = [str(tmp_path / name) for name in "ab"]
    record = tmp_path / "both.json"
    assert main(["compare", *both, "--data", "faces:size=150", "--json", str(record)]) == 0
    assert "over 2 seeds" in capsys.readouterr().out
    found = json.loads(record.read_text())
    assert list(found["pairs"]) == ["seed-0", "seed-1"] and 0 < found["seeds"]["paired_t"] <= 1
    for seed, pair in found["pairs"].items():
        for side, run in (("a", both[0]), ("b", both[1])):
            assert main(["evaluate", f"{run}/{seed}", "--data", "faces:size=150", "--json", "-"]) == 0
            assert json.loads(capsys.readouterr().out)["correct"] == pair[side]["hits"]
    assert "same seeds in both" in fails(capsys, "compare", tmp_path / "a", tmp_path / "b/seed-1", *FACES)


# The command line in a process that sends itself a signal in a step, counted from 1: one from outside might come after
# the end of a run that goes on while a busy machine lets the sender wait.
SIGNALLED = """
import os, sys
from fer_edu import cli
from fer_edu.training import steps

step, signal, *arguments = sys.argv[1:]
calls, augment = [], steps.augment

def signalled(*given):
    calls.append(1)
    if len(calls) == int(step):
        os.kill(os.getpid(), int(signal))
    return augment(*given)

steps.augment = signalled
sys.exit(cli.main(arguments))
"""


def train(out, step=None, signal_=None):
    """Train for 6 epochs of 10 steps in a process of its own, up to a signal in a step; return the ended process."""
    command = ["-m", "fer_edu.cli"] if step is None else ["-c", SIGNALLED, str(step), str(int(signal_))]
    command += ["train", "sdl", *FACES, *TINY, "--device", "cpu", "--set", "epochs=6", "--set", "batch_size=20"]
    # One thread: on a busy machine the threads of so small a network mostly wait for each other.
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, *command, "--out", str(out)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_killed_and_interrupted_run_resumes_to_the_same_result(tmp_path):
    assert train(tmp_path / "whole").returncode == 0
    # In the third epoch, and in the second of the run that goes on, which is the fourth.
    for step, signal_, code, epochs in ((23, signal.SIGKILL, -9, 2), (17, signal.SIGINT, 130, 3)):
        done = train(tmp_path / "parts", step, signal_)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert len(json.loads((tmp_path / "parts" / "history.json").read_text())) == epochs
    assert train(tmp_path / "parts").returncode == 0
    histories, weights = [], []
    for name in ("whole", "parts"):
        rows = json.loads((tmp_path / name / "history.json").read_text())
        histories.append([{k: v for k, v in row.items() if k != "seconds"} for row in rows])
        weights.append(torch.load(tmp_path / name / "best.pt", weights_only=True)["weights"])
    assert histories[0] == histories[1]
    assert all(torch.equal(weights[0][k], weights[1][k]) for k in weights[0])
    assert {p.name for p in (tmp_path / "parts").iterdir()} == {"best.pt", "history.json", "last.pt", "run.json"}


@pytest.mark.filterwarnings("default")
def test_doctor_tells_versions_device_and_data(capsys, fer2013):
    main(["doctor", "--fer2013", str(fer2013)])
    out = capsys.readouterr().out
    assert torch.__version__.split("+")[0] in out
    assert "device: " in out
    assert "train: 14 pictures" in out


def test_import_is_cheap():
    code = "import sys, fer_edu; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_core_needs_no_notebook_packages():
    """data, faces, geometry, models, training and evaluation also run on a bare GPU machine."""
    code = (
        "import sys; absent = ['captum', 'matplotlib', 'ipywidgets', 'IPython', 'sklearn', 'cv2', 'torchvision'];"
        "sys.modules.update(dict.fromkeys(absent));"
        "import fer_edu as fe; fe.data, fe.faces, fe.geometry, fe.models, fe.training, fe.evaluation;"
        "import fer_edu.cli"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_lab_opens_notebook_00_and_hands_other_options_on(monkeypatch):
    started = []
    monkeypatch.setattr(os, "execv", lambda program, command: started.append(command))
    main(["lab", "--no-browser", "--port", "8977"])
    assert started[0][1:3] == ["-m", "jupyterlab"]
    assert started[0][3].endswith("00_start_here.ipynb")
    assert started[0][4:6] == ["--LabApp.default_url=/lab/tree/00_start_here.ipynb", cli.LARGE_UPLOADS]
    assert started[0][6:] == ["--no-browser", "--port", "8977"]


def test_unknown_option_elsewhere_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["doctor", "--no-browser"])
    assert "--no-browser" in capsys.readouterr().err
