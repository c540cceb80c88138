"""The apps are small notebooks that stay without outputs, and the start page knows each of them."""

import ast
import json
import re
from pathlib import Path

import pytest

from fer_edu import widgets

APPS = Path(__file__).resolve().parents[1] / "apps"
NOTEBOOKS = sorted(APPS.glob("*.ipynb"))
TEMPLATE = APPS / "share" / "voila" / "templates" / "lecture"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_app_is_a_title_a_sentence_and_one_explorer_without_outputs(path):
    notebook = read(path)
    words, code = notebook["cells"]
    assert "".join(words["source"]).startswith(f"# {notebook['metadata']['title']}\n")
    assert code["outputs"] == [] and code["execution_count"] is None
    shown = ast.parse("".join(code["source"])).body[-1]
    assert isinstance(shown, ast.Expr)
    assert ast.unparse(shown.value.func).removeprefix("fe.widgets.") in widgets.__all__


def test_the_start_page_lists_every_app_by_its_title():
    listed = dict(re.findall(r'\("(\w+)", "([^"]+)", "', (TEMPLATE / "tree.html").read_text(encoding="utf-8")))
    assert listed == {path.stem: read(path)["metadata"]["title"] for path in NOTEBOOKS}


def test_the_apps_fetch_nothing_from_other_servers():
    for path in TEMPLATE.iterdir():
        assert "://" not in path.read_text(encoding="utf-8"), path.name


def test_the_template_has_the_blocks_that_voila_gives_it():
    """A newer Voilà may rename the block whose copy here leaves out what is fetched from other servers."""
    pytest.importorskip("voila")
    from jupyter_core.paths import jupyter_path

    homes = [Path(folder) / "voila" / "templates" / "lab" / "index.html.j2" for folder in jupyter_path()]
    theirs = next(home for home in homes if home.is_file()).read_text(encoding="utf-8")
    assert "block notebook_css" in theirs and "spinner.macro.html.j2" in theirs
