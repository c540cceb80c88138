"""`fer-edu assignment` and `fer-edu mark` as an instructor meets them: files, and one sentence for a mistake."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from fer_edu.classroom import course
from fer_edu.cli import main


def fails(capsys, *argv):
    """Run the command line, expect exit code 2, and return its one sentence."""
    assert main([str(a) for a in argv]) == 2
    captured = capsys.readouterr()
    assert re.fullmatch(r"fer-edu: .*expected .*found.*", captured.err.strip()), captured.err
    return captured.err


def test_assignment_writes_a_folder_and_says_what_is_in_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", "03", "04"]) == 0
    said = capsys.readouterr().out
    assert "03_bilinear_sampling.ipynb" in said and "04_the_spatial_transformer.ipynb" in said
    assert sorted(path.name for path in (tmp_path / "assignment-03-04").iterdir())[-2:] == [
        "README.md",
        "requirements.txt",
    ]
    assert "is not there yet" in fails(capsys, "assignment", "03", "04")


def test_assignment_outside_a_checkout_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(course, "__file__", str(tmp_path / "site-packages" / "fer_edu" / "classroom" / "course.py"))
    assert "run this in a checkout" in fails(capsys, "assignment", "03")
    assert "run this in a checkout" in fails(capsys, "lab")


def test_instructors_commands_and_the_help_start_without_torch(tmp_path):
    code = (
        "import sys; from fer_edu.cli import main\n"
        f"assert main(['assignment', '02', '--out', {str(tmp_path / 'out')!r}]) == 0\n"
        "import fer_edu.classroom.marking, fer_edu.classroom.kernel, fer_edu.classroom.sitting\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "found none: unpack"),
        (["--seconds", "0"], "expected seconds above 0, found 0"),
        (["--memory", "-5"], "expected memory above 0, found -5"),
        (["--cell-seconds", "nan"], "expected cell above 0, found nan"),
        (["--jobs", "0"], "expected jobs above 0, found 0"),
    ],
)
def test_mark_refuses_what_makes_no_sense_before_it_runs_anything(tmp_path, capsys, options, sentence):
    assert sentence in fails(capsys, "mark", tmp_path, *options)


def test_mark_says_what_of_jupyter_is_missing(tmp_path, capsys, monkeypatch):
    from fer_edu.classroom import marking

    monkeypatch.setattr(marking, "NEEDED", ("jupyter_client", "a_package_that_nobody_has"))
    assert "a_package_that_nobody_has not installed: run `pip install" in fails(capsys, "mark", tmp_path)
    assert "no folder" in (monkeypatch.undo() or fails(capsys, "mark", tmp_path / "nowhere"))


def test_mark_writes_the_table_where_it_is_told(tmp_path, capsys):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os\nos._exit(0)")])
    nbformat.write(notebook, tmp_path / "=cmd_02_affine_grids.ipynb")
    assert main(["mark", str(tmp_path), "--csv", str(tmp_path / "table" / "m.csv")]) == 0
    text = (tmp_path / "table" / "m.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("student,file,notebook,02.1,02.2,02.3,02.4,02.5,points,of,seconds,peak MB,remark,sha256\n")
    assert "\n'=cmd,'=cmd_02_affine_grids.ipynb,02,not reached," in text  # no spreadsheet takes it for a formula
    assert f"marked: 1 of 1, in {tmp_path / 'table' / 'm.csv'}\n" in capsys.readouterr().out
    assert main(["mark", str(tmp_path), "--csv", str(tmp_path / "table" / "m.csv")]) == 0
    assert "1 of 1 are in" in capsys.readouterr().out


def test_mark_says_how_many_could_not_be_marked(tmp_path, capsys, monkeypatch):
    from fer_edu.classroom import marking

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(marking.tempfile, "mkdtemp", full)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.write(notebook, tmp_path / "02_affine_grids.ipynb")
    assert main(["mark", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "not marked: No space left on device" in said and "marked: 0 of 1, in" in said and "again" in said


def test_a_terminal_that_cannot_show_a_path_ends_no_command(tmp_path):
    command = [sys.executable, "-m", "fer_edu.cli", "assignment", "03", "--out", str(tmp_path / "out\u2603")]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii:strict"})
    assert done.returncode == 0, done.stderr
    assert rb"out\u2603" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_a_reader_that_has_enough_ends_a_command_without_a_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    code = "from fer_edu import cli; cli.assignment = lambda args: print('x' * 10**6); raise SystemExit(cli.main())"
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run([sys.executable, "-c", code, "assignment", "03"], stdout=pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (141, b"")
