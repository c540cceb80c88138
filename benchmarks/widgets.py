"""Milliseconds that an explorer takes to be drawn again: by the kernel, and by the browser over 200 moves of a slider.

python benchmarks/widgets.py

The kernel draws the picture and says it in words; the way to the browser and back comes on top, some 30 ms, and the
design's limit with both is 60 ms. In the browser it is script, then style and layout; it needs chromium and the extra
`browser`, and the limit is 16 ms, one frame.
"""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from fer_edu import faces, models, widgets

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

# Moves a slider once a frame. The explorer asked for its frame first, so in ours it has drawn already; asking for a
# length then makes the browser lay out what changed.
BURST = """async ([name, moves]) => {
  const root = document.querySelector('.fe-page'), input = root.querySelector(`.fe-row[data-name=${name}] input`);
  const low = Number(input.min), high = Number(input.max), times = [];
  for (let k = 1; k <= moves; k++) {
    input.value = low + ((high - low) * k) / moves;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    root.getBoundingClientRect();
    times.push(Number(root.dataset.milliseconds) + performance.now() - start);
  }
  return times;
}"""


def redraw_times(view, redraws=100):
    """Return the milliseconds of each of some redraws of a view that the kernel draws, after a first one."""
    view.redraw()
    times = []
    for _ in range(redraws):
        start = time.perf_counter()
        view.redraw()
        times.append(1000 * (time.perf_counter() - start))
    return times


def say(name, times):
    print(f"{name:32} {statistics.median(times):5.1f} ms in the middle, {max(times):5.1f} at worst")


def time_kernel():
    some = faces.sample(60, seed=1)
    explorer = widgets.AugmentationExplorer(widgets.AugmentationState(some))
    for preset in ("off", "the paper's words", "strong"):
        explorer.controls["preset"].value = preset
        say(f"augmentation, {preset}", redraw_times(explorer))
    game = widgets.LabellingGame(widgets.LabellingState(some))
    say("labelling, a face", redraw_times(game))
    for _ in range(20):
        game.state.answer("happy")
    say("labelling, the result", redraw_times(game))
    time_saliency(some)


def time_saliency(some):
    """Time the explorers of chapters 8 and 9, and what they compute: a first map and a covered face, 300 and 100 ms."""
    model = models.pretrained("sdl-faces")
    first = []
    for face in range(20):
        start = time.perf_counter()
        explorer = widgets.SaliencyComparison(widgets.SaliencyState(model, some, methods=("gradient",), face=face))
        first.append(1000 * (time.perf_counter() - start))
    say("saliency, a first map", first)
    explorer = widgets.SaliencyComparison(widgets.SaliencyState(model, some))
    say("saliency, four maps drawn again", redraw_times(explorer))
    hide = widgets.OccluderExplorer(widgets.OccluderState(model, some))
    moves = []
    for k in range(96):
        start = time.perf_counter()
        hide.move(k % 48, 7 * k % 48)
        moves.append(1000 * (time.perf_counter() - start))
    say("occluder, a move and its answer", moves)
    say("feature browser", redraw_times(widgets.FeatureBrowser(widgets.BrowserState(model, some))))


def main():
    time_kernel()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print('needs playwright: pip install -e ".[browser]"')
        return
    if not CHROMIUM:
        print("needs chromium: install it, or name one in CHROMIUM")
        return
    face = faces.sample(1, seed=1)
    stepper = widgets.StepperState(face.images[0], row=20, column=20)
    explorers = {
        "θ explorer, a face": (widgets.ThetaExplorer(widgets.ThetaState.of_face(face, 0)), "rotation"),
        "stepper, 6 x 6": (widgets.SamplingStepper(), "rotation"),
        "stepper, a face": (widgets.SamplingStepper(stepper), "rotation"),
        "playground": (widgets.FacsPlayground(), "AU12"),
    }
    with sync_playwright() as p, tempfile.TemporaryDirectory() as folder:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        for name, (view, dial) in explorers.items():
            path = Path(folder) / "page.html"
            path.write_text(view.html(), encoding="utf-8")
            page.goto(path.as_uri())
            page.locator(".fe-page").wait_for()
            times = page.evaluate(BURST, [dial, 200])
            say(name, times)
        browser.close()


if __name__ == "__main__":
    main()
