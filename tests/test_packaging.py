"""The files that install the project say the same, and nothing about the machine they were written on."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}


def requirements(*extras):
    """Return package name -> version range of the core and some extras."""
    lines = list(PROJECT["dependencies"]) + [line for e in extras for line in PROJECT["optional-dependencies"][e]]
    found = [Requirement(line) for line in lines]
    inner = [extra for r in found if r.name == "fer-edu" for extra in sorted(r.extras)]
    own = {canonicalize_name(r.name): r.specifier for r in found if r.name != "fer-edu"}
    return requirements(*inner) | own if inner else own


def constraints():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    pairs = [line.split("==") for line in lines]
    return {canonicalize_name(name): version for name, version in pairs}


def test_constraints_hold_an_exact_version_of_every_dependency_inside_its_range():
    exact = constraints()
    for name, specifier in requirements("lab", "browser", "dev").items():
        assert name in exact, name
        assert specifier.contains(exact[name]), (name, exact[name], str(specifier))


def test_no_dependency_is_pinned_exactly():
    """An exact pin in the metadata breaks every environment that has the package already, Colab first."""
    assert not [str(s) for s in requirements("lab", "browser", "dev").values() if "==" in str(s)]


def test_conda_file_has_the_same_ranges():
    lines = re.findall(r"^ +- (\S+[^:\s])(?:  #.*)?$", (ROOT / "environment.yml").read_text(), re.MULTILINE)
    found = {}
    for line in lines:
        name, _, bound = line.partition(">=")
        found[canonicalize_name(CONDA_NAMES.get(name, name))] = SpecifierSet(f">={bound}" if bound else "")
    assert found.pop("python") == SpecifierSet(PROJECT["requires-python"])
    for name in ("conda-forge", "pip"):
        found.pop(name)
    assert found == requirements("lab")


def test_tracked_files_name_no_registry_and_no_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    hosts = ("pypi" + ".org", "python" + "hosted", "npm" + "js", "deb." + "debian")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".pt", ".png"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [host for host in hosts if host in text], name
        assert str(ROOT) not in text, name
