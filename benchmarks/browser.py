"""Milliseconds from a key or a click to an explorer's next picture, in a real JupyterLab.

python benchmarks/browser.py [NAME ...]      all explorers, or those named

Needs chromium and the extras `lab` and `browser`. Two kinds, and the design's limit for each: where the kernel draws,
from the event in the browser over the kernel and back until the new picture is decoded, 60 ms; where the browser draws,
script, style and layout of one move, 16 ms, one frame. `benchmarks/widgets.py` times the kernel's share alone. Run it
on a machine that does nothing else.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
import lab_server

EVENTS, MOVES = 20, 200
KERNEL, BROWSER = 60, 16  # milliseconds
WAY = "(the way alone)"  # a slider whose number the kernel writes beside it: what no explorer can be faster than
WARM = 2  # events before those that are timed

SETUP = """\
import ipywidgets
import torch
from fer_edu import evaluation, faces, geometry, models, photos, widgets
drawn, model = faces.sample(60, seed=1), models.pretrained("sdl-faces")
report = evaluation.evaluate(model, drawn)
watch = models.Watch(models.create("st-cnn", seed=0), drawn.images[:8])
for epoch in range(1, 6):
    theta = geometry.build_theta(torch.full((8,), 6.0 * epoch))
    watch.glances.append(models.Glance(epoch, theta, 0.1 * epoch, 0.02 * epoch))
slider, said = ipywidgets.IntSlider(description="way"), ipywidgets.HTML()
slider.observe(lambda change: setattr(said, "value", str(change["new"])), "value")
def row(epoch):
    done = epoch / 400  # the losses fall, the accuracy and, at first, the rate grow: as in a training
    losses = {"train_loss": 2 - done, "val_loss": 2.1 - done}
    return losses | {"epoch": epoch, "learning_rate": 1e-5 * epoch, "val_accuracy": 0.2 + done, "seconds": 60.0}
"""

# What is shown, how it is made, and what is done to it: the label of a slider and the keys that move it forth and back,
# two buttons to click in turn, or code for the kernel, with {k} for the number of the event.
DRAWN_BY_KERNEL = {
    "AugmentationExplorer": ("widgets.AugmentationState(drawn)", "noise", "Right Left"),
    "LabellingGame": ("widgets.LabellingState(drawn)", "buttons", "happy undo"),
    "GradientPlay": ("widgets.DescentState.turned(drawn.images[3])", "start: rotation", "Right Left"),
    "Playback": ("widgets.PlaybackState(watch)", "epoch", "Right Left"),
    "FeatureMaps": ("widgets.FeatureState(model, drawn)", "which face", "Right Left"),
    "ScheduleExplorer": ("widgets.ScheduleState()", "epochs", "Right Left"),
    "LiveTraining": ("400", "code", "live(row({k} + 1))"),
    "ConfusionExplorer": ("widgets.ConfusionState(report, drawn)", "label (row)", "Right Left"),
    "DecidingExplorer": (
        "widgets.DecidingState(report.probabilities, report.labels, drawn.classes)",
        "its threshold",
        "Right Left",
    ),
    "IntervalExplorer": ("widgets.IntervalState()", "seeds (n)", "Right Left"),
    "SaliencyComparison": ("widgets.SaliencyState(model, drawn)", "scale", "Tab"),
    "OccluderExplorer": ("widgets.OccluderState(model, drawn)", "pad", "Right Left"),
    "FeatureBrowser": ("widgets.BrowserState(model, drawn)", "map", "Right Left"),
    "PaperTable": ("widgets.PaperTableState()", "which number", "Right Left"),
    "OwnFace": ("model", "buttons", "2 1"),
    WAY: ("[slider, said]", "way", "Right Left"),
}
DRAWN_BY_BROWSER = {
    "ThetaExplorer": ("ThetaExplorer(widgets.ThetaState.of_face(drawn, 0))", "rotation"),
    "SamplingStepper, 6 × 6": ("SamplingStepper()", "rotation"),
    "SamplingStepper, a face": (
        "SamplingStepper(widgets.StepperState(drawn.images[0], row=20, column=20))",
        "rotation",
    ),
    "FacsPlayground": ("FacsPlayground()", "AU12"),
}

# Appends to `times` how long after the last key, click or request a view's next picture is there, or its next text.
WATCH = """view => {
  window.times = []; window.asked = 0;
  const ask = event => { window.asked = event.timeStamp; };
  view.addEventListener('keydown', ask, true);
  view.addEventListener('pointerdown', ask, true);
  const seen = () => {
    if (window.asked) window.times.push(performance.now() - window.asked);
    window.asked = 0;
  };
  const picture = view.querySelector('img'), words = view.querySelector('.widget-html');
  if (picture) picture.addEventListener('load', seen);
  else new MutationObserver(seen).observe(words, { subtree: true, childList: true, characterData: true });
}"""

RUN = """code => { window.asked = performance.now(); window.kernel.requestExecute({ code }); }"""

# Moves a slider once a frame. The explorer asked for its frame first, so in ours it has drawn already; asking for a
# length then makes the browser lay out what changed.
BURST = """async ([root, name, moves]) => {
  const input = root.querySelector(`.fe-row[data-name=${name}] input`);
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


def acts(page, view, place, how):
    """Return a function of the number of an event that makes it."""
    if place == "code":
        return lambda k: page.evaluate(RUN, how.format(k=k))
    ways = how.split()
    if place == "buttons":
        return lambda k: view.get_by_role("button", name=ways[k % len(ways)], exact=True).click()
    if place == "scale":  # two buttons that stand for the two scales
        pair = view.locator(".widget-toggle-buttons button")
        return lambda k: pair.nth((k + 1) % 2).click()
    row = view.locator(".widget-inline-hbox", has_text=place)
    (view.locator(".oc-pad") if place == "pad" else row.locator(".noUi-handle").first).focus()
    return lambda k: page.keyboard.press(f"Arrow{ways[k % 2]}")


def time_kernel(page, view, place, how):
    """Return the milliseconds from each of some events to the next picture of a view that the kernel draws."""
    view.evaluate(WATCH)
    act = acts(page, view, place, how)
    for k in range(WARM + EVENTS):
        act(k)
        page.wait_for_function("count => window.times.length > count", arg=k)
        page.wait_for_timeout(150)
    return page.evaluate("() => window.times")[WARM:]


def cells():
    """Return the cells of a notebook with each explorer, and name -> (the number of its cell, what is done to it)."""
    code, places = [SETUP], {}
    for name, (state, *how) in DRAWN_BY_KERNEL.items():
        places[name] = (len(code), *how)
        if name == WAY:
            code.append(f"ipywidgets.VBox({state}).add_class('fer-edu-view')")
        else:
            variable = "live" if name == "LiveTraining" else "shown"
            # A photo with three faces, so that there are buttons to choose among them.
            then = "shown.take(photos.example(seed=1, faces=3).pixels)\n" if name == "OwnFace" else ""
            code.append(f"{variable} = widgets.{name}({state})\n{then}{variable}")
    for name, (made, dial) in DRAWN_BY_BROWSER.items():
        places[name] = (len(code), dial)
        code.append(f"widgets.{made}")
    return code, places


def say(name, times, limit):
    middle, worst = statistics.median(times), max(times)
    verdict = "" if worst <= limit else ("above at worst" if middle <= limit else "ABOVE")
    print(f"{name:26} {len(times):6} {middle:8.1f} {worst:8.1f} {limit:7}  {verdict}", flush=True)


def main():
    if lack := lab_server.missing():
        print(lack)
        return
    from playwright.sync_api import sync_playwright

    code, places = cells()
    places = {name: place for name, place in places.items() if name in sys.argv[1:] or not sys.argv[1:]}
    print(f"{'ms, event to picture':26} {'events':>6} {'median':>8} {'worst':>8} {'limit':>7}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        folder = Path(folder)
        (folder / "root").mkdir()
        (folder / "root" / "cells.ipynb").write_text(lab_server.notebook_of(code), encoding="utf-8")
        with lab_server.serve(folder / "root", folder / "lab") as address:
            browser = p.chromium.launch(executable_path=lab_server.CHROMIUM, args=lab_server.ARGUMENTS)
            page = browser.new_page(viewport={"width": 1400, "height": 1200})
            page.set_default_timeout(lab_server.PATIENCE * 1000)
            ran = lab_server.run_all(page, address, "cells.ipynb")
            if ran["errors"]:
                raise SystemExit(f"the explorers cannot be shown: {ran['errors']}")
            for name, (cell, *how) in places.items():
                page.evaluate(lab_server.SCROLL, cell)
                view = page.locator(f".jp-Cell[data-windowed-list-index='{cell}'] .fer-edu-view").first
                view.wait_for()
                page.wait_for_timeout(500)
                if name in DRAWN_BY_KERNEL:
                    say(name, time_kernel(page, view, *how), KERNEL)
                else:
                    root = view.locator(".fe-page").or_(view.and_(page.locator(".fe-page"))).first
                    say(name, page.evaluate(BURST, [root.element_handle(), *how, MOVES]), BROWSER)
            lab_server.stop_kernels(address)
            browser.close()
    print("Limits: 60 ms with the kernel between event and picture; 16 ms where the browser draws (script and layout).")


if __name__ == "__main__":
    main()
