"""Every notebook as Colab runs it: what Colab ships, plus the set-up cell, alone in an empty folder.

python benchmarks/colab.py ENV [NN ...] [--keep]

ENV is a folder that is not there yet (6 GB; removed at the end without --keep) or one that was kept. It becomes a
virtual environment with the packages of tests/notebooks/colab_ships.txt in Colab's versions, but for this machine's
Python and PyPI's build of torch. A stand-in for google.colab is imported when a kernel starts, as on Colab. The first
notebook's set-up cell then installs the package from this checkout's last commit with pip's own `git+file:`; the others
find it there. First is asked, with pip's dry run, what that would install; last, whether what Colab ships is still what
it was. A notebook fails by an error, by a traceback that a display only prints, or by a widget that shows nothing.
Exit code 1 where something failed. Colab itself (its pages, its limits, its GPU) is not here.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from notebooks import THREADS, kernel_specs, measure

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("notebook_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

SHIPS = ROOT / "tests/notebooks/colab_ships.txt"
ABSENT = ("fer-edu", "captum", "jedi")
"""What Colab does not ship; pip adds the last to the list, because IPython asks for it."""

STAND_IN = """\
from types import SimpleNamespace

_widgets = SimpleNamespace(_installed_url=None)


def enable_custom_widget_manager():
    _widgets._installed_url = "enabled"
"""


def shipped():
    """Return name -> version of what Colab ships, without the name of its build of torch."""
    lines = [line for line in SHIPS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name.lower(): version.partition("+")[0] for name, version in (line.split("==") for line in lines)}


def pip(python, *arguments):
    """Run pip in the environment and return what it prints; it stops this program where it fails."""
    return subprocess.run([python, "-m", "pip", *arguments], check=True, text=True, stdout=subprocess.PIPE).stdout


def installed(python):
    """Return name -> version of what the environment holds."""
    found = json.loads(pip(python, "list", "--format", "json"))
    return {each["name"].lower(): each["version"].partition("+")[0] for each in found}


def prepare(folder):
    """Make the environment; return its Python."""
    python = folder / "bin/python"
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        wanted = [f"{name}=={version}" for name, version in shipped().items()]
        pip(python, "install", "-q", "--no-cache-dir", *(each for each in wanted if each.startswith("pip==")))
        pip(python, "install", "-q", "--no-cache-dir", *wanted)
    pip(python, "uninstall", "-q", "-y", *ABSENT)
    return python


def would_install(python, requirement):
    """Return what pip would put into the environment for a requirement, as (name, version)."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pip(python, "install", "-q", "--dry-run", "--report", report, requirement)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [(each["metadata"]["name"].lower(), each["metadata"]["version"]) for each in found]


def stand_in(folder):
    """Write a google.colab and an IPython that imports it when it starts; return the variables that say where."""
    package, startup = folder / "stand_in/google/colab", folder / "ipython/profile_default/startup"
    for each in (package, startup):
        each.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "output.py").write_text(STAND_IN)
    (startup / "00.py").write_text("import google.colab.output\n")
    return {"PYTHONPATH": str(folder / "stand_in"), "IPYTHONDIR": str(folder / "ipython")}


def widgets_and_tracebacks(notebook):
    """Return how many widgets a notebook that was run shows, and its tracebacks that were printed, not raised."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = [output.text for output in outputs if output.output_type == "stream" and "Traceback" in output.text]
    return sum(build.WIDGET in output.get("data", {}) for output in outputs), printed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("environment", type=Path, metavar="ENV", help="a folder for the environment, 6 GB")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="the notebooks of these numbers, else all")
    parser.add_argument("--keep", action="store_true", help="do not remove the environment at the end")
    options = parser.parse_args()

    python, address, wrongs = prepare(options.environment.absolute()), ROOT.as_uri(), []
    before = installed(python)
    news = would_install(python, f"fer-edu[notebooks] @ git+{address}")
    print("the set-up cell installs:", ", ".join(" ".join(each) for each in news), flush=True)
    wrongs += [f"it would replace {name} {shipped()[name]}" for name, _ in news if name in shipped()]

    variables = {name: value for name, value in os.environ.items() if not name.endswith("_ROOT")} | THREADS
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        variables |= stand_in(folder)
        for name in ("content", "kernels"):
            (folder / name).mkdir()
        specs = kernel_specs(str(python), folder / "kernels")
        print("\n| notebook | seconds | peak MB | widgets | ok |\n| --- | --- | --- | --- | --- |")
        for source in build.sources(options.numbers):
            notebook = build.assemble(source, "student", address)
            seconds, peak, wrong = measure(notebook, folder / "content", specs, variables)
            shown, tracebacks = widgets_and_tracebacks(notebook)
            wrong = wrong or "; ".join(text.strip().splitlines()[-1] for text in tracebacks)
            wrong = wrong or ("" if shown else "no widget")
            wrongs += [f"{source.stem}: {wrong}"] if wrong else []
            print(f"| {source.stem} | {seconds:.0f} | {peak or 0:,.0f} | {shown} | {wrong or 'yes'} |", flush=True)

    after = installed(python)
    changed = {name: version for name, version in before.items() if after.get(name) != version}
    wrongs += [f"{name} {version} became {after.get(name)}" for name, version in changed.items()]
    if not options.keep:
        shutil.rmtree(options.environment)
    print("\n" + ("\n".join(wrongs) or "what Colab ships is as it was"))
    sys.exit(bool(wrongs))


if __name__ == "__main__":
    main()
