"""Draw the pictures of chapters 1 to 4: python docs/draw_explorers.py. Needs chromium and playwright."""

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from fer_edu import data, faces, geometry, plots_transformer, records, widgets

FOLDER = Path(__file__).parent / "images"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def explorers():
    """Return name of the picture -> the explorer that it shows."""
    test = data.load("faces", split="test", size=200)
    furthest = test.truth.theta[:, 0, 1].abs().argmax().item()
    state = widgets.ThetaState.of_face(test, furthest)
    state.theta = geometry.build_theta(16, 0.8)[0]
    return {"notebook-02": widgets.ThetaExplorer(state), "notebook-03": widgets.SamplingStepper()}


def shoot(page, view, path, folder):
    """Photograph an explorer's own page, the mouse on an output pixel."""
    file = Path(folder) / "page.html"
    file.write_text(view.html(), encoding="utf-8")
    page.goto(file.as_uri())
    explorer = page.locator(".fe-page")
    explorer.wait_for()
    canvas = page.locator(".fe-stage canvas").bounding_box()
    page.mouse.move(canvas["x"] + 0.78 * canvas["width"], canvas["y"] + 0.42 * canvas["height"])
    page.wait_for_timeout(500)
    bottom = explorer.bounding_box()["y"] + explorer.bounding_box()["height"]
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1100, "height": bottom + 8})


def labelled():
    """Draw the end of a labelling game whose player is wrong on every fourth face, as in notebook 01."""
    wild = faces.sample(400, seed=6, difficulty="wild")
    state = widgets.LabellingState(wild, seed=2)
    for k, label in enumerate(state.truth.tolist()):
        state.answer(state.classes[(label + (k % 4 == 0)) % len(state.classes)])
    (FOLDER / "notebook-01.png").write_bytes(state.png())


def gains():
    """Draw what each transformer gains on posed faces, as in notebook 04."""
    accuracy = {
        name: [100 * share for share in row["accuracy"]] for name, row in records.read("transformer")["faces"].items()
    }
    baseline = accuracy.pop("cnn")
    sheet = plots_transformer.differences(
        accuracy, baseline, "points of accuracy on test", "against the CNN, posed faces"
    )
    sheet.savefig(FOLDER / "transformer.png", dpi=100)


def main():
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        for name, view in explorers().items():
            shoot(page, view, FOLDER / f"{name}.png", folder)
        browser.close()
    labelled()
    gains()


if __name__ == "__main__":
    main()
