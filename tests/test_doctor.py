"""`fer-edu doctor` names what is wrong, and what to do, in each of the ways in which an environment breaks."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fer_edu
from fer_edu import doctor
from fer_edu.doctor import checkout, environment, frontends, machine, packages

ROOT = Path(fer_edu.__file__).resolve().parents[1]
GOOD = {"version": "1", "file": "here"}


def sentences(findings):
    return [finding.sentence for finding in findings]


def only(findings, *parts, grave=True):
    """Expect one finding that says all parts, and what to do after a colon."""
    (found,) = findings
    for part in parts:
        assert part in found.sentence, found.sentence
    assert ": " in found.sentence and found.sentence.endswith(".")
    assert found.grave == grave


def fake_package(folder, name, text):
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(text)


def probe_with(monkeypatch, folder, *names):
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return packages.probe(names)


@pytest.fixture
def versions(monkeypatch):
    """Return a dict package -> version that stands for what is installed."""
    told = {}
    monkeypatch.setattr(packages, "version", told.get)
    monkeypatch.setattr(frontends, "version", told.get)
    return told


# ---- the whole


def test_a_whole_environment_is_told_so(capsys):
    assert doctor.conclude([doctor.Finding("A note: read it.", grave=False)]) == 0
    assert capsys.readouterr().out.splitlines() == ["note: A note: read it.", "Everything needed is here."]


def test_what_the_notebooks_need_is_counted_and_ends_in_exit_code_1(capsys):
    assert doctor.conclude([doctor.Finding(f"{word} is wrong: mend it.") for word in ("This", "That")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1. This is wrong: mend it.", "2. That is wrong: mend it.", "2 things are wrong."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ImportError('libtorch_cpu.so: cannot open shared object file')", "libtorch_cpu.so"),
        ("import os; os._exit(139)", "it ended Python (exit code 139)"),
    ],
    ids=["torch raises", "torch kills Python"],
)
def test_the_command_survives_a_torch_that_cannot_be_imported(tmp_path, text, said):
    fake_package(tmp_path, "torch", text)
    done = subprocess.run(
        [sys.executable, "-m", "fer_edu.cli", "doctor"], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert said in done.stdout and "pip install --force-reinstall torch" in done.stdout
    assert "not looked at, since torch" in done.stdout
    assert "mend torch first" in done.stdout  # torchvision is not to blame


def test_the_command_survives_a_pillow_that_cannot_be_imported(tmp_path):
    fake_package(tmp_path, "PIL", "raise ImportError('libjpeg.so: not there')")
    done = subprocess.run(
        [sys.executable, "-m", "fer_edu.cli", "doctor"], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )  # fmt: skip
    assert done.returncode == 1 and "libjpeg.so: not there" in done.stdout, done.stdout + done.stderr
    assert "not looked at, since pillow" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("lost", "error", "said"),
    [("cwd", FileNotFoundError, "deleted or moved: `cd`"), ("home", RuntimeError, "no home folder: set the variable")],
)
def test_no_folder_to_work_in_and_no_home_are_told(monkeypatch, capsys, lost, error, said):
    def gone():
        raise error

    monkeypatch.setattr(Path, lost, gone)
    assert doctor.examine({}) == 1
    assert said in capsys.readouterr().out


# ---- packages


def test_what_a_package_prints_does_not_hide_what_is_known_of_it(monkeypatch, tmp_path):
    fake_package(tmp_path, "captum", "import os; os.write(1, bytes([255, 254]) + b' loading ...'); version = input()")
    fake_package(tmp_path, "tqdm", "import os; os.write(1, b'loading ...')")
    found = probe_with(monkeypatch, tmp_path, "captum", "tqdm")
    assert found["captum"]["error"].startswith("EOFError")  # nobody is there to answer
    assert "error" not in found["tqdm"]


def test_a_package_that_lacks_a_missing_one_is_not_blamed(monkeypatch, tmp_path):
    monkeypatch.setitem(packages.IMPORTED, "numpy", "a_numpy_that_is_missing")
    fake_package(tmp_path, "captum", "import a_numpy_that_is_missing.core")
    only(packages.findings(probe_with(monkeypatch, tmp_path, "numpy", "captum")), "The notebooks need numpy, found not")


def test_a_missing_package_is_named_once(tmp_path):
    found = {"captum": {"error": "ModuleNotFoundError: ...", "missing": True}, "torch": GOOD, "numpy": GOOD}
    only(packages.findings(found), "captum", 'pip install -e ".[lab]"')


def test_a_torchvision_built_for_another_torch_is_told_as_such(monkeypatch, tmp_path):
    fake_package(tmp_path, "torchvision", "raise RuntimeError('operator torchvision::nms does not exist')")
    found = probe_with(monkeypatch, tmp_path, "torchvision", "numpy")
    assert "error" not in found["numpy"]
    only(packages.findings(found), "operator torchvision::nms does not exist", "torch torchvision", "both")


def test_a_package_that_ends_python_does_not_hide_those_after_it(monkeypatch, tmp_path):
    fake_package(tmp_path, "scipy", "import os; os.kill(os.getpid(), 9)")
    fake_package(tmp_path, "tqdm", "raise ValueError('half\\nof it')")
    found = probe_with(monkeypatch, tmp_path, "numpy", "scipy", "tqdm")
    said = sentences(packages.findings(found))
    assert len(said) == 2 and "damaged or built for another processor" in said[0] and "ValueError: half" in said[1]


def test_numpy_and_torch_that_do_not_fit_are_named(versions):
    versions |= {"torch": "2.1.0", "numpy": "2.4.6"}
    found = {"torch": GOOD | {"numpy_error": "Numpy is not available"}}
    only(packages._pair(found), "torch 2.1.0 and numpy 2.4.6", "numpy<2")


def test_a_package_built_for_another_numpy_is_named(versions):
    versions |= {"scikit-learn": "1.3.0", "numpy": "2.4.6"}
    error = "ValueError: numpy.dtype size changed, may indicate binary incompatibility"
    said = packages._broken("scikit-learn", error, {})
    assert "another NumPy than the 2.4.6" in said and "--force-reinstall scikit-learn" in said


def test_opencv_for_a_screen_and_opencv_without_its_detector_are_told(versions):
    said = packages._broken("opencv-python-headless", "ImportError: libGL.so.1: cannot open shared object file", {})
    assert "opencv-python-headless<5" in said
    found = {"opencv-python-headless": {"version": "5.0.0", "detector": False}}
    only(packages._opencv(found), "OpenCV 5.0.0", "notebook 12", "'opencv-python-headless<5'")


def test_versions_outside_the_projects_ranges_are_named(versions, monkeypatch):
    versions |= {"captum": "0.6.0", "anywidget": "0.11.0", "ipywidgets": "7.7.1"}
    listed = ["captum>=0.9", "anywidget>=0.9.13", "ipywidgets>=7.7", "ipywidgets>=8.1", "pandas>=3"]
    monkeypatch.setattr(packages, "requirements", lambda: listed)
    found = dict.fromkeys(versions, GOOD) | {"ipywidgets": {"error": "ModuleNotFoundError: No module named 'old'"}}
    said = sentences(packages.findings(found))
    assert len(said) == 2 and "No module named 'old'" in said[1]
    assert "captum 0.6.0" in said[0] and "'captum>=0.9'" in said[0]
    assert "ipywidgets 7.7.1" in said[1] and "'ipywidgets>=8.1'" in said[1]


def test_a_package_that_fails_as_another_one_did_is_sent_there(versions):
    error = "ModuleNotFoundError: No module named 'old'"
    said = sentences(packages.findings({"ipywidgets": {"error": error}, "anywidget": {"error": error}}))
    assert len(said) == 2 and "force-reinstall ipywidgets" in said[0] and "mend ipywidgets first" in said[1]


def test_the_ranges_are_those_of_the_project():
    listed = packages.requirements()
    assert any(text.startswith("torch>=") for text in listed) and any(text.startswith("captum") for text in listed)
    assert any(text.startswith("jupyterlab") for text in listed) and not any(
        text.startswith("nbval") for text in listed
    )


# ---- environment


def test_a_file_that_takes_a_packages_name_is_named(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("random.py", "notebooks/torch.py", "mine.py"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    said = sentences(environment._shadows())
    assert len(said) == 2 and all("rename it" in one for one in said)
    assert any("random.py" in one for one in said) and any("torch.py" in one for one in said)


def kernelspec(monkeypatch, folder, program):
    """Install a kernel python3 that starts `program` where Jupyter looks first."""
    home = folder / "kernels" / "python3"
    home.mkdir(parents=True)
    argv = [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (home / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


def test_a_kernel_of_another_environment_is_named(monkeypatch, tmp_path):
    pytest.importorskip("jupyter_client")
    other = tmp_path / "other" / "python"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho /elsewhere\necho False\n")
    other.chmod(0o755)
    kernelspec(monkeypatch, tmp_path / "one", other)
    only(environment._kernel(), str(other), "has no fer_edu", "ipykernel install --sys-prefix")
    other.write_text("#!/bin/sh\necho /elsewhere\necho True\n")
    only(environment._kernel(), "not about it", grave=False)


def test_a_kernel_whose_python_was_deleted_is_named(monkeypatch, tmp_path):
    pytest.importorskip("jupyter_client")
    kernelspec(monkeypatch, tmp_path, tmp_path / "gone" / "python")
    only(environment._kernel(), "which is not there", "ipykernel install")


def test_a_jupyter_client_that_cannot_be_imported_does_not_end_the_diagnosis(monkeypatch):
    class Broken:
        def __getattr__(self, name):
            raise OSError("libzmq.so: not there")

    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", Broken())
    assert list(environment._kernel()) == []


@pytest.mark.parametrize("text", ["{cut off", '{"argv": [], "display_name": "Python 3"}', "[]"])
def test_a_kernel_that_cannot_be_read_is_named(monkeypatch, tmp_path, text):
    pytest.importorskip("jupyter_client")
    kernelspec(monkeypatch, tmp_path, "python")
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text(text)
    only(environment._kernel(), "cannot be read", f"remove the folder {tmp_path / 'kernels' / 'python3'} and run")


@pytest.mark.parametrize("program", [sys.executable, "python", "python3"])
def test_this_environments_own_kernel_is_fine(monkeypatch, tmp_path, program):
    pytest.importorskip("jupyter_client")
    kernelspec(monkeypatch, tmp_path, program)
    assert list(environment._kernel()) == []


def test_an_active_environment_that_is_not_this_one_and_its_jupyter_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "other"))
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    only(environment._active(), str(tmp_path / "other"), sys.prefix, grave=False)
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / "other" / "bin" / name))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "here" / "python"))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "jupyter").write_text("")
    only(environment._command(), "other", "fer-edu lab", grave=False)


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    only(environment._python(), "Python 3.11 or newer", "new environment")


# ---- widgets in the browser


def test_missing_and_mismatched_halves_of_the_widgets_are_named(versions, monkeypatch):
    versions |= {"jupyterlab": "4.6.6", "ipywidgets": "8.1.9", "jupyterlab_widgets": "3.0.17", "anywidget": "0.11.0"}
    halves = {"anywidget": "0.11.0", os.path.join("@jupyter-widgets", "jupyterlab-manager"): "5.0.17"}
    monkeypatch.setattr(frontends, "_extension", halves.get)
    assert frontends.findings() == []
    versions["jupyterlab_widgets"] = "1.1.11"
    only(frontends.findings(), "ipywidgets 8.1.9 needs jupyterlab_widgets 3, found 1.1.11")
    del versions["jupyterlab_widgets"]
    only(frontends.findings(), "lacks the package jupyterlab_widgets", "pip install --force-reinstall")
    versions["jupyterlab_widgets"] = "3.0.17"
    halves["anywidget"] = "0.9.13"
    only(frontends.findings(), "anywidget 0.11.0", "0.9.13")
    del halves["anywidget"]
    only(frontends.findings(), "lacks anywidget's extension")


def test_the_extensions_of_this_environment_are_found():
    pytest.importorskip("anywidget")
    assert frontends._extension("anywidget") == importlib.metadata.version("anywidget")
    assert frontends._extension("no-such-extension") is None


# ---- checkout and library


def installed_from(monkeypatch, *known):
    monkeypatch.setattr(checkout, "_distributions", lambda: iter(known))


def test_a_checkout_that_was_moved_or_doubled_is_named(monkeypatch, tmp_path):
    folder, version = checkout.library(), fer_edu.__version__
    installed_from(monkeypatch, (version, folder))
    assert list(checkout._installed()) == []
    installed_from(monkeypatch, (version, tmp_path / "moved"))
    only(checkout._installed(), str(tmp_path / "moved"), "not there any more", 'pip install -e ".[lab]"')
    installed_from(monkeypatch, (version, tmp_path))
    only(checkout._installed(), f"installed from {tmp_path}", f"imported from {folder}")
    installed_from(monkeypatch, ("0.0.1", folder))
    only(checkout._installed(), "0.0.1", grave=False)
    installed_from(monkeypatch)
    only(checkout._installed(), "without being installed")


def test_where_an_editable_install_comes_from_is_read(monkeypatch, tmp_path):
    home = tmp_path / "fer_edu-9.9.dist-info"
    home.mkdir()
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: fer-edu\nVersion: 9.9\n")
    origin = {"url": (tmp_path / "my checkout").as_uri(), "dir_info": {"editable": True}}
    (home / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert ("9.9", tmp_path / "my checkout") in list(checkout._distributions())


def test_what_an_interrupted_pip_left_is_no_install(monkeypatch, tmp_path):
    known = list(checkout._distributions())
    (tmp_path / "fer_edu-9.9.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert list(checkout._distributions()) == known


def test_notebooks_beside_another_library_are_named(monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "fer-edu"\n')
    for folder in ("fer_edu", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "fer_edu" / "__init__.py").write_text('__version__ = "0.0.7"\n')
    for folder in (tmp_path, tmp_path / "notebooks"):
        monkeypatch.chdir(folder)
        only(checkout._here(), f"{tmp_path} belong to the fer-edu 0.0.7", "is imported", 'pip install -e ".[lab]"')
    monkeypatch.chdir(ROOT)
    assert list(checkout._here()) == []


# ---- machine


def test_little_memory_and_a_containers_limit_are_told(monkeypatch, tmp_path):
    limit, use = tmp_path / "max", tmp_path / "current"
    limit.write_text("1500000000\n")
    use.write_text("500000000\n")
    monkeypatch.setattr(machine, "CGROUPS", ((str(limit), str(use)),))
    assert machine.available() <= 10**9
    only(machine._memory(), "GB of memory are free", "06", "shut down", grave=False)
    limit.write_text("max\n")
    monkeypatch.setattr(machine, "available", lambda: 3 * 2**30)
    assert list(machine._memory()) == []


def test_a_full_disk_is_named_also_for_a_folder_that_is_not_there_yet(monkeypatch, tmp_path):
    assert list(machine.disk(tmp_path, "here")) == [] or shutil.disk_usage(tmp_path).free < machine.ROOM
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10**9, 10**9, 20 * 2**20))
    only(machine.disk(tmp_path / "not" / "yet", "of the cache folder"), f"({tmp_path})", "20 MB left", "make room")


@pytest.mark.parametrize(
    ("torch", "driver", "said", "grave"),
    [
        ({"cuda": False, "cuda_build": "13.0", "cuda_warning": "The NVIDIA driver on your system is too old"}, True,
         "too old for torch's CUDA 13.0", False),
        ({"cuda": False, "cuda_build": "13.0", "cuda_warning": ""}, True, "torch finds no GPU", False),
        ({"cuda": False, "cuda_build": None, "cuda_warning": ""}, True, "built for the CPU only", False),
        ({"cuda": True, "cuda_build": "13.0", "cuda_error": "no kernel image is available"}, True,
         "no kernel image", True),
    ],
    ids=["driver too old", "no GPU found", "CPU build", "GPU too old"],
)  # fmt: skip
def test_a_gpu_that_torch_does_not_use_is_told(monkeypatch, torch, driver, said, grave):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/nvidia-smi" if driver else None)
    only(machine._gpu(torch), said, grave=grave)


def test_a_machine_without_a_gpu_is_fine(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert list(machine._gpu({"cuda": False, "cuda_build": "13.0", "cuda_warning": ""})) == []


# ---- what needs torch


def test_a_damaged_shipped_network_is_named(monkeypatch, tmp_path):
    from fer_edu import models
    from fer_edu.doctor import torch_side

    assert list(torch_side._weights()) == []
    (tmp_path / "sdl-faces.pt").write_bytes(b"PK\x03\x04 cut off")
    monkeypatch.setattr(models, "pretrained_names", lambda: ("sdl-faces",))
    monkeypatch.setattr(models, "pretrained", lambda name: models.load_checkpoint(tmp_path / f"{name}.pt"))
    only(torch_side._weights(), "sdl-faces", "git checkout -- fer_edu/weights")
    monkeypatch.setattr(models, "pretrained_names", lambda: ())
    only(torch_side._weights(), "missing")


def test_a_cache_folder_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    from fer_edu.doctor import torch_side

    monkeypatch.setenv("FER_EDU_CACHE", str(tmp_path / "cache"))
    assert list(torch_side._cache()) == []
    (tmp_path / "cache").write_text("a file where the folder should be")  # root may write to any folder
    only(torch_side._cache(), "cannot be written", "FER_EDU_CACHE", grave=False)


def test_a_data_sets_wrong_folder_is_told_and_not_counted(monkeypatch, tmp_path, capsys):
    from fer_edu.doctor import torch_side

    monkeypatch.setenv("CKPLUS_ROOT", str(tmp_path / "nowhere"))
    findings = [found for found in torch_side.tell({}) if found.sentence.startswith("ckplus")]
    only(findings, str(tmp_path / "nowhere"), grave=False)
    assert "nowhere" in capsys.readouterr().out
