"""Milliseconds that the kernel takes to draw an explorer again: the picture and the words beside it.

python benchmarks/widgets.py

The way to the browser and back comes on top, some 30 ms, and the design's limit with both is 60 ms:
`benchmarks/browser.py` times that, and the explorers that the browser draws.
"""

import statistics
import time

from fer_edu import faces, models, widgets


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


def main():
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


if __name__ == "__main__":
    main()
