"""Photograph explorers in a JupyterLab: python docs/draw_lab.py. Needs chromium and playwright; drawn faces only."""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
import lab_server

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "images"

CELLS = [
    "from fer_edu import data, models, widgets\n"
    "faces, model = data.load('faces', split='test', size=60), models.pretrained('sdl-faces')",
    "hide = widgets.OccluderExplorer(widgets.OccluderState(model, faces, face=3))\nhide",
    "maps = widgets.FeatureMaps(widgets.FeatureState(model, faces, face=3, block='SDL-1 out'))\nmaps",
    "own = widgets.OwnFace()\nown",
]
RUN = "code => window.kernel.requestExecute({ code }).done"
SURPRISED = "from fer_edu import photos; own.take(photos.example(faces=3).pixels); own.controls['face'].value = '2'"
UPRIGHT = "explorer.state.theta = explorer.state.truth; explorer.redraw()"


def keep(name, shot):
    """Write a screenshot in 256 colours: small, and no eye sees it."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(FOLDER / f"{name}.png", optimize=True)


def cell_with(page, text):
    """Return the number of the last cell whose code has `text`."""
    find = "text => [...window.panel.content.model.sharedModel.cells].findLastIndex(cell => cell.source.includes(text))"
    return page.evaluate(find, text)


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        root = Path(folder) / "root"
        shutil.copytree(HERE.parent / "notebooks", root, ignore=shutil.ignore_patterns("src", "solutions"))
        (root / "cells.ipynb").write_text(lab_server.notebook_of(CELLS), encoding="utf-8")
        with lab_server.serve(root, Path(folder) / "lab") as address:
            browser = p.chromium.launch(executable_path=lab_server.CHROMIUM, args=lab_server.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1100, "height": 680})
            page.set_default_timeout(lab_server.PATIENCE * 1000)

            lab_server.run_all(page, address, "02_affine_grids.ipynb")
            page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
            page.evaluate(RUN, UPRIGHT)
            page.evaluate(lab_server.SCROLL, cell_with(page, "explorer = fe.widgets.ThetaExplorer"))
            page.wait_for_timeout(2000)
            keep("lab-notebook-02", page.screenshot())

            page.set_viewport_size({"width": 1400, "height": 1300})
            lab_server.run_all(page, address, "cells.ipynb")
            page.evaluate(RUN, "hide.move(19, 24); hide.measure()")
            page.evaluate(RUN, SURPRISED)
            shown = {"occluder": "OccluderExplorer", "feature-maps": "FeatureMaps", "own-face": "OwnFace"}
            for name, made in shown.items():
                cell = cell_with(page, made)
                page.evaluate(lab_server.SCROLL, cell)
                view = page.locator(f".jp-Cell[data-windowed-list-index='{cell}'] .fer-edu-view").first
                view.wait_for()
                page.wait_for_timeout(2000)
                keep(name, view.screenshot())
            lab_server.stop_kernels(address)
            browser.close()


if __name__ == "__main__":
    main()
