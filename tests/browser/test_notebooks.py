"""Every notebook that a student opens, in a real JupyterLab: it runs to its end and shows each of its explorers."""

import re
import shutil
import time
from pathlib import Path

import lab_server
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"

MADE = re.compile(r"fe\.widgets\.(\w+)\(")

# The places of the cells with a widget, among all cells of the notebook.
WITH_WIDGETS = """() => [...window.panel.content.model.sharedModel.cells].flatMap((cell, k) =>
  cell.cell_type === 'code' && cell.outputs.some(o => o.data && 'application/vnd.jupyter.widget-view+json' in o.data)
    ? [k] : [])"""

# Whether a cell shows what it should: each picture holds more than one colour, a table has rows, other widgets text.
SHOWS = """k => {
  const node = window.panel.content.widgets[k].node, views = [...node.querySelectorAll('.fer-edu-view')];
  if (!node.isConnected || node.innerText.includes('Error displaying widget')) return false;
  if (!views.length) return [...node.querySelectorAll('.jupyter-widgets')].some(each => each.innerText.trim());
  const coloured = picture => {
    const width = picture.naturalWidth || picture.width, height = picture.naturalHeight || picture.height;
    if (!width || !height || !picture.clientHeight || picture.complete === false) return false;
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    copy.drawImage(picture, 0, 0);
    const seen = new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer);
    return seen.some(each => each !== seen[0]);
  };
  return views.every(view => {
    const pictures = [...view.querySelectorAll('img, canvas')].filter(each => each.checkVisibility());
    return pictures.length ? pictures.every(coloured) : view.querySelectorAll('tr').length > 3;
  });
}"""


def bring(page, k):
    """Bring a cell into sight and wait until it shows what it should.

    What is drawn above it late, on a busy machine, may push it out of sight again: then once more.
    """
    from playwright.sync_api import TimeoutError

    latest = time.monotonic() + lab_server.PATIENCE
    while True:
        page.evaluate(lab_server.SCROLL, k)
        try:
            page.wait_for_function(SHOWS, arg=k, timeout=5000)
            return
        except TimeoutError:
            if time.monotonic() > latest:
                raise


@pytest.mark.parametrize("name", sorted(path.name for path in NOTEBOOKS.glob("[0-9]*.ipynb")))
def test_it_runs_to_its_end_and_shows_every_explorer(name, run_notebook, page, shoot, tmp_path):
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns("src", "solutions"))
    page.set_viewport_size({"width": 1400, "height": 1500})
    ran = run_notebook(f"notebooks/{name}")
    assert ran["errors"] == []
    assert ran["run"] == ran["cells"] > 10

    stem = Path(name).stem
    source = (NOTEBOOKS / "src" / f"{stem}.py").read_text(encoding="utf-8")
    named = [name for line in source.splitlines() if line[:1] != "#" for name in MADE.findall(line)]  # not in prose
    views = [each for each in named if not each.endswith("State")]
    cells = page.evaluate(WITH_WIDGETS)
    assert len(cells) >= len(views), f"{views} are made, and {len(cells)} cells show a widget"
    page.evaluate(lab_server.SCROLL, 0)
    shoot(stem)
    for k in cells:
        bring(page, k)
        shoot(f"{stem}-cell-{k}")
