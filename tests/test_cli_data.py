"""The command line on data: audit, --exclude, doctor, and the sets that are split by subject."""

import json

import numpy as np
import pytest
from PIL import Image

import fer_edu as fe
from fer_edu.cli import main

TINY = ["--option", "baseline_channels=[4,4,8,8]", "--option", "sdl_channels=[2,4]", "--option", "hidden=16"]
TINY += ["--set", "epochs=1", "--set", "batch_size=10"]


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path / "cache"))
    for name in ("FER2013", "CKPLUS", "JAFFE", "FERG", "FERPLUS"):
        monkeypatch.delenv(f"{name}_ROOT", raising=False)


@pytest.fixture
def copy(tmp_path):
    """A folder copy of drawn faces: 40 in train, 20 in val; val 0 to 2 are in train too, and train has a black one."""
    train, val = fe.faces.load_split("train", 40), fe.faces.load_split("val", 20)
    train.images[39] = 0
    val.images[:3], val.labels[:3] = train.images[:3], train.labels[:3]
    for split, faces in (("train", train), ("val", val)):
        for k, (image, label) in enumerate(zip(faces.images, faces.labels.tolist(), strict=True)):
            folder = tmp_path / "copy" / split / faces.classes[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[0].numpy()).save(folder / f"{k:02}.png")
    return tmp_path / "copy"


@pytest.fixture
def jaffe(tmp_path):
    """JAFFE with three posers: seven expressions each."""
    (tmp_path / "jaffe").mkdir()
    generator = np.random.default_rng(0)
    codes = ("AN", "DI", "FE", "HA", "NE", "SA", "SU")
    for number, (poser, code) in enumerate((poser, code) for poser in ("KA", "KL", "KM") for code in codes):
        picture = Image.fromarray(generator.integers(0, 256, (256, 256), dtype=np.uint8))
        picture.save(tmp_path / "jaffe" / f"{poser}.{code}1.{number}.tiff")
    return tmp_path / "jaffe"


def test_an_audit_is_printed_written_and_used_for_fitting_and_for_scoring(capsys, copy, tmp_path):
    spec, found = f"folder:{copy}", str(tmp_path / "audit.json")
    assert main(["audit", "--data", spec, "--json", found, "--sheet", str(tmp_path / "sheet.png")]) == 0
    out, err = capsys.readouterr()
    assert "3 of the 20 pictures of val also stand in train" in out
    assert "test is not audited: expected a folder for split 'test'" in err
    content = json.loads((tmp_path / "audit.json").read_text())
    assert list(content["sets"]) == ["train", "val"]
    assert str(tmp_path) not in (tmp_path / "audit.json").read_text()
    assert Image.open(tmp_path / "sheet.png").width > 500

    assert main(["train", "sdl", "--data", spec, *TINY, "--exclude", found, "--out", str(tmp_path / "run")]) == 0
    assert "4 of 40 pictures are left out after an audit (blank 1, in a later set 3)" in capsys.readouterr().out
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["identity"]["data"]["train"]["pictures"] == 36
    assert run["identity"]["data"]["val"]["pictures"] == 20

    assert main(["evaluate", str(tmp_path / "run"), "--data", spec, "--exclude", found, "--json", "-"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["pictures"] == 17
    assert "3 of 20 pictures are left out after an audit (in an earlier set 3)" in err


def test_an_audit_of_another_copy_is_refused(capsys, copy, tmp_path):
    assert main(["audit", "--data", f"folder:{copy}", "--json", str(tmp_path / "audit.json")]) == 0
    capsys.readouterr()
    argv = ["train", "sdl", "--data", "faces:size=40", "--exclude", str(tmp_path / "audit.json")]
    assert main([*argv, "--out", str(tmp_path / "run")]) == 2
    assert "expected one of the sets that were audited (train 40 pictures, val 20" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--data", "folder:/nowhere/at/all"], "expected a folder in /nowhere/at/all, found nothing"),
        (["--data", "ckplus"], "found neither root nor CKPLUS_ROOT: get it, under its terms"),
        (["--data", "faces:size=20", "--near", "2"], "expected near from 0.9"),
    ],
)
def test_what_cannot_be_audited_is_named(capsys, argv, sentence):
    assert main(["audit", *argv]) == 2
    assert sentence in capsys.readouterr().err


def test_an_audit_that_cannot_be_written_is_named(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["audit", "--data", "faces:size=20", "--json", str(tmp_path / "file" / "audit.json")]) == 2
    assert "file/audit.json cannot be written" in capsys.readouterr().err


def test_a_sheet_is_not_written_where_there_is_nothing_to_show(capsys, tmp_path):
    assert main(["audit", "--data", "faces:size=20", "--sheet", str(tmp_path / "sheet.png")]) == 0
    assert "since no picture was found to show" in capsys.readouterr().out
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.filterwarnings("default")
def test_a_set_of_subjects_is_split_by_options_behind_its_path(capsys, jaffe, tmp_path):
    fe.models.save_checkpoint(tmp_path / "m.pt", fe.models.create("sdl"), fe.emotions.CLASSES)
    argv = ["evaluate", str(tmp_path / "m.pt"), "--split", "test", "--json", "-", "--data"]
    assert main([*argv, f"jaffe:{jaffe},protocol=leave-one-out,fold=2"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 7
    assert main([*argv, f"jaffe:{jaffe},protocol=random"]) == 2
    assert "expected each subject on one side, found 3 on several (KA, KL, KM)" in capsys.readouterr().err
    assert main([*argv, f"jaffe:{jaffe}"]) == 2
    assert "found 10 folds of 3 subjects" in capsys.readouterr().err


@pytest.mark.filterwarnings("default")
def test_doctor_lists_what_it_found_and_what_is_not_configured(capsys, jaffe, monkeypatch):
    monkeypatch.setenv("JAFFE_ROOT", str(jaffe))
    monkeypatch.setenv("CKPLUS_ROOT", str(jaffe))
    main(["doctor"])
    out = capsys.readouterr().out
    assert "jaffe         21 pictures of 3 people" in out
    assert "ckplus        expected CK+ in" in out and "found none of its layouts there: get it" in out
    assert "ferg          not configured: set FERG_ROOT to the folder of your copy" in out
