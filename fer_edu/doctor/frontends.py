"""The browser's halves of the widgets: without them a widget is a line of text."""

import json
import os
from pathlib import Path

from .finding import Finding
from .packages import ON_COLAB, version

HALF_OF = {"8": "3", "7": "1"}
"""Major version of ipywidgets -> of jupyterlab_widgets, its half in JupyterLab."""


def findings():
    """Return what is wrong with JupyterLab's extensions."""
    if ON_COLAB or version("jupyterlab") is None:
        return []
    return [*_ipywidgets(), *_anywidget()]


def _extension(name):
    """Return the version of a JupyterLab extension, "" where its files are cut off, None where there is none."""
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return None
    for folder in jupyter_path("labextensions"):
        package = Path(folder) / name / "package.json"
        try:
            return json.loads(package.read_text(encoding="utf-8")).get("version", "")
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            return ""
    return None


def _ipywidgets():
    here, half = version("ipywidgets"), _extension(os.path.join("@jupyter-widgets", "jupyterlab-manager"))
    if here is None:
        return
    needed = HALF_OF.get(here.split(".")[0])
    other = version("jupyterlab_widgets")
    again = "run `pip install --force-reinstall jupyterlab_widgets ipywidgets`, then start JupyterLab again"
    if half is None or other is None:
        yield Finding(
            "JupyterLab lacks the package jupyterlab_widgets, so widgets show as text ('Error displaying widget'): "
            f"{again}."
        )
    elif needed and other.split(".")[0] != needed:
        yield Finding(
            f"ipywidgets {here} needs jupyterlab_widgets {needed}, found {other}, so widgets show as text: {again}."
        )
    elif half == "":
        yield Finding(f"The files of jupyterlab_widgets are damaged, so widgets show as text: {again}.")


def _anywidget():
    here, half = version("anywidget"), _extension("anywidget")
    again = "run `pip install --force-reinstall anywidget`, then start JupyterLab again"
    if here is None or half == here:
        return
    if half is None:
        yield Finding(
            f"JupyterLab lacks anywidget's extension, so the explorers that the browser draws stay empty: {again}."
        )
    elif half.split(".")[:2] != here.split(".")[:2]:
        yield Finding(
            f"anywidget {here} is installed, but JupyterLab loads its extension {half or '(damaged)'}: {again}."
        )
