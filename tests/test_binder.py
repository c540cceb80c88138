"""binder/ holds all that Binder reads, as repo2docker, which builds Binder's images, reads it."""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fer_edu import cli

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHON = "3.11"
INDEX = "--extra-index-url https://download.pytorch.org/whl/cpu"
# torchvision 0.28.0 asks for torch==2.13.0 in its metadata: a new pair goes here and into requirements.txt.
PAIR = {"torch": "2.13.0+cpu", "torchvision": "0.28.0+cpu"}
CUDA = ("cuda-", "nvidia-", "triton")


def pins(path):
    """Return package name -> exact version of a file of name==version lines."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith(("#", "-"))]
    found = [re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+]+)", line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {canonicalize_name(match[1]): match[2] for match in found}


def needed(requirement, found):
    """Add to `found` the names of what a requirement brings on Binder, as the packages installed here say it."""
    name = canonicalize_name(requirement.name)
    extras = {"", *requirement.extras}
    if name.startswith(CUDA) or not extras - found.get(name, set()):
        return
    found.setdefault(name, set()).update(extras)
    if name == "fer-edu":
        optional = PROJECT["optional-dependencies"]
        lines = PROJECT["dependencies"] + [line for extra in requirement.extras for line in optional[extra]]
    else:
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # needed by Binder's Python, but not by this one
            lines = []
    system = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "platform_system": "Linux"}
    machine = {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"}
    for inner in map(Requirement, lines):
        here = [default_environment() | system | machine | {"extra": extra} for extra in extras]
        if inner.marker is None or any(map(inner.marker.evaluate, here)):
            needed(inner, found)


@pytest.fixture
def build(monkeypatch):
    """What repo2docker picks to build this repository with, none of it built."""
    app = pytest.importorskip("repo2docker.app").Repo2Docker()
    monkeypatch.chdir(ROOT)
    pack = next(pack for pack in (kind(base_image=app.base_image) for kind in app.buildpacks) if pack.detect())
    pack.platform = "linux/amd64"  # Binder's, wherever this runs
    return pack


@pytest.fixture
def dockerfile(build):
    return build.render({"NB_USER": "student", "NB_UID": "1000"})


def test_binder_reads_its_own_folder_and_a_python_that_the_package_accepts(build):
    assert type(build).__name__ == "PythonBuildPack"
    assert build.binder_dir == "binder"
    assert build.python_version == PYTHON
    assert PYTHON in Requirement(f"python{PROJECT['requires-python']}").specifier


def test_the_image_is_made_of_requirements_then_post_build_then_start(dockerfile):
    steps = ('pip install --no-cache-dir -r "binder/requirements.txt"', "RUN ./binder/postBuild", '/binder/start"')
    places = [dockerfile.find(step) for step in steps]
    assert -1 not in places and places == sorted(places), places
    assert "conda-2fenvironment-2epy-2d3-2e11" in dockerfile


def test_the_image_needs_no_system_package_and_nothing_from_outside_the_folder(build, dockerfile):
    assert not build.get_packages()
    assert set(build.get_preassemble_script_files()) == {"binder/requirements.txt"}
    assert "environment.yml" not in dockerfile
    assert "pip install --no-cache-dir ." not in dockerfile  # the package comes by postBuild, without dependencies


def test_the_image_gets_what_a_student_opens_and_no_history():
    exclude_paths = pytest.importorskip("docker.utils.build").exclude_paths
    lines = (BINDER / ".dockerignore").read_text(encoding="utf-8").splitlines()
    files = exclude_paths(str(ROOT), [line for line in lines if line and line[0] != "#"] + [".venv"])
    assert {"pyproject.toml", "fer_edu/__init__.py", "binder/start", "notebooks/00_start_here.ipynb"} <= files
    assert not [name for name in files if name.startswith((".git/", "tests/"))]


def test_versions_are_exact_and_those_of_the_constraints_but_for_torch():
    exact, tested = pins(BINDER / "requirements.txt"), pins(ROOT / "constraints.txt")
    assert {name: version for name, version in exact.items() if tested.get(name) != version} == PAIR


def test_requirements_are_the_extra_lab_with_all_that_it_needs_and_no_more():
    found = {}
    needed(Requirement("fer-edu[lab]"), found)
    assert set(pins(BINDER / "requirements.txt")) == set(found) - {"fer-edu"}


def test_versions_lie_inside_the_ranges_that_the_package_declares():
    """So does environment.yml, which tests/test_packaging.py compares with the same ranges."""
    exact = pins(BINDER / "requirements.txt")
    for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["notebooks"]]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(exact[canonicalize_name(requirement.name)]), line


def test_no_cuda_comes_in():
    text = (BINDER / "requirements.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("-")] == [INDEX]
    assert not [name for name in pins(BINDER / "requirements.txt") if name.startswith(CUDA)]


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
def test_start_limits_threads_and_becomes_the_command_that_it_is_given():
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY", "MALLOC_ARENA_MAX")
    code = f"import os, sys; print(*map(os.environ.get, {names}), sys.argv[1])"
    command = [BINDER / "start", sys.executable, "-c", code, "two words"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "2 2 2 PASSIVE 1 two words\n"
    assert subprocess.run([BINDER / "start", sys.executable, "-c", "raise SystemExit(7)"]).returncode == 7


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
def test_its_server_takes_photos_as_large_as_that_of_fer_edu_lab():
    code = (
        "from jupyter_server.serverapp import ServerApp; app = ServerApp(); app.load_config_file();"
        "print(app.tornado_settings)"
    )
    done = subprocess.run([BINDER / "start", sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == json.loads(cli.LARGE_UPLOADS.partition("=")[2])


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
@pytest.mark.parametrize("broken", [None, "pip", "jupyter", "check", "doctor"])
def test_a_step_of_post_build_that_fails_fails_the_build(tmp_path, broken):
    """python, jupyter and fer-edu are stand-ins here: each step says its name, and one of them fails."""
    for program in ("python", "jupyter", "fer-edu"):
        stand_in = tmp_path / program
        stand_in.write_text(
            "#!/usr/bin/env bash\n"
            f'case "{program} $*" in\n'
            "  *pip*) step=pip ;; jupyter*) step=jupyter ;; *doctor) step=doctor ;; *) step=check ;;\n"
            f'esac\necho $step\n[ $step != "{broken}" ]\n',
            encoding="utf-8",
        )
        stand_in.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    ran = subprocess.run([BINDER / "postBuild"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    steps = ["pip", "jupyter", "check", "doctor"]
    assert ran.stdout.split() == (steps if broken is None else steps[: steps.index(broken) + 1])
    assert (ran.returncode != 0) == (broken is not None)
