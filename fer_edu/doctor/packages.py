"""The packages: installed, importable, in the ranges that the project asks for, and fitting each other."""

import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from .finding import Finding

IMPORTED = {
    "numpy": "numpy",
    "torch": "torch",
    "torchvision": "torchvision",
    "scipy": "scipy",
    "pillow": "PIL.Image",
    "tqdm": "tqdm",
    "captum": "captum",
    "matplotlib": "matplotlib.pyplot",
    "scikit-learn": "sklearn",
    "opencv-python-headless": "cv2",
    "ipywidgets": "ipywidgets",
    "anywidget": "anywidget",
    "ipykernel": "ipykernel",
    "jupyterlab": "jupyterlab",
}
"""Package -> the name to import. numpy first: where it is broken, torch only seems to be."""

ON_COLAB = "COLAB_RELEASE_TAG" in os.environ  # Colab has its own page in place of JupyterLab
REPAIR = 'run `pip install -e ".[lab]"` in the checkout'
PATIENCE = 300  # seconds for all imports; a first one from a slow disk takes a minute


def wanted():
    """Return the packages that the notebooks need here."""
    return [name for name in IMPORTED if not (ON_COLAB and name == "jupyterlab")]


def probe(packages=None):
    """Return package -> what `probe.look` says, with "error" where the import failed or ended the process."""
    left, found = list(wanted() if packages is None else packages), {}
    names = {IMPORTED[package]: package for package in left}
    while left:
        command = [sys.executable, "-m", f"{__package__}.probe", *(IMPORTED[package] for package in left)]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=_environment()
            )
            output, end = done.stdout, f"it ended Python (exit code {done.returncode})"
        except subprocess.TimeoutExpired as error:
            output, end = error.stdout or b"", f"it did not end within {PATIENCE} s"
        begun = None
        for line in output.decode("utf-8", "replace").splitlines():
            try:
                said = json.loads(line)
                begun = names[said.pop("name")]
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # something else that a package prints
            if not said.pop("begun", False):
                found[begun] = said
        if begun is None or begun in found:
            begun = left[0] if left[0] not in found else None
        if begun is not None and begun not in found:
            found[begun] = {"error": end}
        left = [package for package in left if package not in found]
    return found


def _environment():
    """Return the variables of this process, with the folder of this fer_edu in reach of the other one."""
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "MPLBACKEND": "agg"}


def version(package):
    """Return the installed version, or None. Another package may bring the same import, as opencv-python does."""
    for name in (package, *(("opencv-python", "opencv-contrib-python") if "opencv" in package else ())):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def installed(probed):
    """Yield a line about each package."""
    for package, found in probed.items():
        state = version(package) or found.get("version") or "not installed"
        broken = " (cannot be imported)" if found.get("error") and not found.get("missing") else ""
        yield f"{package:24}{state}{broken}"


def findings(probed):
    """Return what is wrong with the packages, one finding a package: what a version explains is not told twice."""
    missing = [package for package, found in probed.items() if found.get("missing")]
    wrong = []
    if missing:
        wrong.append(Finding(f"The notebooks need {', '.join(missing)}, found not installed: {REPAIR}."))
    outside, errors, gone = outside_ranges(probed), {}, {IMPORTED[package].split(".")[0] for package in missing}
    for package, found in probed.items():
        error = "" if found.get("missing") or found.get("lacks") in gone else found.get("error", "")
        if package in outside:
            broken = f" and cannot be imported ({error})" if error else ""
            asked = f"{package}{outside[package]}"
            wrong.append(
                Finding(
                    f"{package} {version(package)} is installed{broken}, but the notebooks need {asked}: run `pip "
                    f"install '{asked}'`."
                )
            )
        elif error:
            wrong.append(Finding(_broken(package, error, probed, errors.get(error))))
        if error:
            errors.setdefault(error, package)
    return [*wrong, *_pair(probed), *([] if "opencv-python-headless" in outside else _opencv(probed))]


def _broken(package, error, probed, first=None):
    """Return the sentence for a package that is there and cannot be imported. first: the one that fails alike."""
    start = f"{package} {version(package) or ''} is installed but cannot be imported ({error}): "
    torch = version("torch")
    if package == "torchvision" and not probed.get("torch", {}).get("error"):
        return (
            f"{start}it was built for another torch than the {torch} here; run `pip install --force-reinstall torch "
            "torchvision`, both from the same place."
        )
    if "libGL" in error or "libgthread" in error:
        return (
            f"{start}this OpenCV needs a screen; run `pip uninstall opencv-python opencv-contrib-python` and `pip "
            "install --force-reinstall 'opencv-python-headless<5'`."
        )
    if "multiarray" in error or "numpy.core" in error or "_ARRAY_API" in error or "dtype size changed" in error:
        return f"{start}it was built for another NumPy than the {version('numpy')} here; {_again(package)}."
    if probed.get("torch", {}).get("error") and package in ("torchvision", "captum"):
        return f"{start}mend torch first."
    if first is not None:
        return f"{start}mend {first} first, which fails alike."
    if "exit code" in error:
        return f"{start}its files are damaged or built for another processor; {_again(package)}."
    return f"{start}{_again(package)}."


def _again(package):
    return f"run `pip install --force-reinstall {package}`"


def _pair(probed):
    """Yield what is wrong between torch and NumPy."""
    error = probed.get("torch", {}).get("numpy_error")
    if error:
        yield Finding(
            f"torch {version('torch')} and numpy {version('numpy')} do not fit each other ({error}): run `pip install "
            "--upgrade torch numpy`, or `pip install 'numpy<2'` where torch must stay old."
        )


def _opencv(probed):
    """Yield what is wrong with the face detector."""
    found = probed.get("opencv-python-headless", {})
    if not found.get("error") and not found.get("detector", True):
        yield Finding(
            f"OpenCV {found['version']} is here without its face detector, which notebook 12 needs (OpenCV 5 no longer "
            "brings it): run `pip install 'opencv-python-headless<5'`."
        )


def requirements():
    """Return the texts of the project's requirements: of the checkout's pyproject.toml, else of the installed metadata.

    The checkout first: after a `git pull` the installed metadata are those of the last `pip install`.
    """
    source = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if source.is_file():
        project = tomllib.loads(source.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "fer-edu":
            extras = project.get("optional-dependencies", {})
            return [*project.get("dependencies", []), *extras.get("notebooks", []), *extras.get("lab", [])]
    try:
        listed = importlib.metadata.requires("fer-edu") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    kept = ("extra ==", "extra==")
    return [
        text.split(";")[0]
        for text in listed
        if not any(mark in text for mark in kept) or '"lab"' in text or '"notebooks"' in text
    ]


def outside_ranges(probed):
    """Return package -> the range that the project asks for, for those whose version is not in it."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return {}
    found = {}
    for text in requirements():
        asked = Requirement(text)
        here = version(asked.name)
        if ON_COLAB and asked.name in ("ipywidgets", "ipykernel"):
            continue  # Colab's own, which its page is made for
        if here and asked.name in probed and not asked.specifier.contains(here, prereleases=True):
            found[asked.name] = str(asked.specifier)
    return found
