"""The explorers of chapter 7 in a real JupyterLab: mouse and keys reach every picture, and none blinks."""

CELLS = (
    "from fer_edu import faces, models\n"
    "from fer_edu.evaluation import evaluate\n"
    "from fer_edu.widgets.confusion import ConfusionExplorer, ConfusionState\n"
    "from fer_edu.widgets.deciding import DecidingExplorer, DecidingState\n"
    "from fer_edu.widgets.intervals import IntervalExplorer, IntervalState\n"
    "drawn = faces.sample(60, seed=1)\n"
    "report = evaluate(models.create('sdl', seed=0), drawn)\n"
    "matrix = ConfusionExplorer(ConfusionState(report, drawn, 'angry', 'angry'))\n"
    "decide = DecidingExplorer(DecidingState(report.probabilities, report.labels, report.classes))\n"
    "interval = IntervalExplorer(IntervalState())",
    "matrix",
    "decide",
    "interval",
)


def test_mouse_and_keys_reach_every_cell_and_slider(run_cells, becomes, page, expect, redrawn, watch_pictures):
    page.set_viewport_size({"width": 1300, "height": 2600})  # all in sight
    run_cells(*CELLS)
    views = page.locator(".fer-edu-view:has(img)")
    views.nth(2).wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.fer-edu-view img')].every(each => each.clientHeight)")
    watched = watch_pictures()
    matrix, decide, interval = (views.nth(k) for k in range(3))
    redrawn(matrix, matrix.locator(".widget-gridbox button").nth(2 * 7 + 4).click)
    becomes("(matrix.state.true, matrix.state.predicted)", ("fear", "sad"))
    for k, name in enumerate(("fear", "sad")):  # the sliders have followed
        expect(matrix.locator(".widget-readout").nth(k)).to_have_text(name)
    matrix.locator(".noUi-handle").first.focus()
    redrawn(matrix, lambda: page.keyboard.press("ArrowRight"))
    page.keyboard.press("Tab")  # to what the first slider reads out
    page.keyboard.press("Tab")
    redrawn(matrix, lambda: page.keyboard.press("ArrowLeft"))
    becomes("(matrix.state.true, matrix.state.predicted)", ("happy", "happy"))

    redrawn(decide, lambda: decide.get_by_role("button", name="neutral").press("Enter"))
    becomes("decide.state.chosen", "neutral")
    decide.locator(".noUi-handle").nth(1).focus()
    redrawn(decide, lambda: page.keyboard.press("ArrowRight"))
    becomes("decide.state.prior > decide.state.share", True)

    redrawn(interval, lambda: interval.get_by_role("button", name="bootstrap").press("Enter"))
    interval.locator(".noUi-handle").first.focus()
    redrawn(interval, lambda: page.keyboard.press("ArrowRight"))
    becomes("(interval.state.method, interval.state.n)", ("bootstrap", 6))
    redrawn(interval, interval.get_by_role("button", name="new draw").click)
    becomes("interval.state.seed", 1)

    spy = watched()
    assert spy["frames"] > 10 and spy["blank"] == 0
