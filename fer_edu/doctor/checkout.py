"""The checkout and the library that is imported: are they the same, and up to date?"""

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from .. import __version__
from .finding import Finding

INSTALL = 'run `pip install -e ".[lab]"` in the checkout that you use'


def findings():
    """Return what is wrong between the installed package and the checkout."""
    return [*_installed(), *_here()]


def library():
    """Return the folder that holds the imported fer_edu."""
    return Path(__file__).resolve().parents[2]


def _distributions():
    """Yield (version, folder of the editable install or None) of every installed fer-edu."""
    for found in importlib.metadata.distributions(name="fer-edu"):
        if not found.read_text("METADATA"):
            continue  # what an interrupted pip left behind
        try:
            origin = json.loads(found.read_text("direct_url.json") or "{}")
        except ValueError:
            origin = {}
        editable = origin.get("dir_info", {}).get("editable", False)
        yield found.version, Path(url2pathname(unquote(urlparse(origin["url"]).path))) if editable else None


def _installed():
    known = list(_distributions())
    if not known:
        yield Finding(
            f"fer_edu is imported from {library()} without being installed, so notebooks in another folder do not find "
            f"it: {INSTALL}."
        )
    for folder in {folder for _, folder in known if folder is not None}:
        if not folder.is_dir():
            yield Finding(
                f"fer-edu is installed from {folder}, which is not there any more (moved or deleted?): {INSTALL}."
            )
        elif folder.resolve() != library():
            yield Finding(f"fer-edu is installed from {folder}, but imported from {library()}: {INSTALL}.")
    old = {found for found, _ in known if found != __version__}
    if old:
        yield Finding(
            f"fer-edu {__version__} is imported, but what is installed says {', '.join(sorted(old))}: {INSTALL}.",
            grave=False,
        )


def _here():
    """Yield what is wrong where the notebooks of the current folder belong to another library."""
    for folder in (Path.cwd(), Path.cwd().parent):
        try:
            project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
            text = (folder / "fer_edu" / "__init__.py").read_text(encoding="utf-8")
        except (OSError, ValueError, KeyError):
            continue
        if project.get("name") != "fer-edu" or folder.resolve() == library():
            continue
        found = re.search(r'^__version__ = "(.+)"', text, re.MULTILINE)
        other = f" {found[1]}" if found else ""
        yield Finding(
            f"The notebooks in {folder} belong to the fer-edu{other} beside them, but fer-edu {__version__} from "
            f'{library()} is imported: run `pip install -e ".[lab]"` in {folder}.'
        )
        return
