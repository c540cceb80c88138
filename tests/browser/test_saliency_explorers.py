"""The explorers of chapters 8 and 9 in a real JupyterLab: mouse and keys move maps, the occluder and the browser."""

CELLS = (
    "from fer_edu import faces, models\n"
    "from fer_edu.widgets.feature_browser import BrowserState, FeatureBrowser\n"
    "from fer_edu.widgets.occluder import OccluderExplorer, OccluderState\n"
    "from fer_edu.widgets.saliency import SaliencyComparison, SaliencyState\n"
    "drawn, model = faces.sample(12, seed=1), models.create('sdl-small', seed=0)\n"
    "names = 'gradient', 'edges', 'noise', 'none'\n"
    "compare = SaliencyComparison(SaliencyState(model, drawn, names))\n"
    "hide = OccluderExplorer(OccluderState(model, drawn))\n"
    "asked = []\n"
    "hide.pad.observe(lambda change: asked.append(change['new']['number']), 'asked')\n"
    "browse = FeatureBrowser(BrowserState(model, drawn))",
    "compare",
    "hide",
    "browse",
)

# The grey levels of the canvas at the middle of some pixels of the face, [row, column] each.
LEVELS = """([canvas, places]) => places.map(([row, column]) => {
  const x = (column + 0.5) / 48 * canvas.width, y = (row + 0.5) / 48 * canvas.height;
  return canvas.getContext('2d').getImageData(x, y, 1, 1).data[0];
})"""

AT = "([pad, row, column]) => pad.dataset.row === String(row) && pad.dataset.column === String(column)"
ANSWERED = "([pad, count]) => Number(pad.dataset.answers || 0) > count"

# Whether each of some pixels has about the grey level that it should have, at most `off` from it.
LIKE = f"""([canvas, places, levels, off]) => ({LEVELS})([canvas, places]).every(
  (level, k) => Math.abs(level - levels[k]) <= off)"""


def test_mouse_and_keys_move_maps_occluder_and_browser(run_cells, ask, becomes, page, expect, redrawn, watch_pictures):
    page.set_viewport_size({"width": 1500, "height": 3000})  # all in sight
    run_cells(*CELLS)
    views = page.locator(".fer-edu-view:has(img)")
    views.nth(2).wait_for()
    pad = page.locator(".oc-pad")
    pad.wait_for()
    page.wait_for_function("() => [...document.querySelectorAll('.fer-edu-view img')].every(each => each.clientHeight)")
    watched = watch_pictures()
    compare, hide, browse = (views.nth(k) for k in range(3))

    def shows(places, levels, off=0):
        """Wait until some pixels of the occluder's face are as they should be."""
        page.wait_for_function(LIKE, arg=[pad.element_handle(), places, levels, off])

    # Four maps: sliders by the arrow keys, toggles by the mouse.
    row = compare.locator(".widget-inline-hbox")
    row.filter(has_text="map 4").locator(".noUi-handle").focus()
    redrawn(compare, lambda: page.keyboard.press("ArrowLeft"))
    becomes("compare.state.methods", ("gradient", "edges", "noise", "centre"))
    row.filter(has_text="class").locator(".noUi-handle").focus()
    redrawn(compare, lambda: page.keyboard.press("ArrowRight"))
    becomes("compare.state.target == compare.state.classes[0]", True)
    redrawn(compare, compare.get_by_role("button", name="as they are").click)
    redrawn(compare, compare.get_by_label("on the face").click)
    becomes("(compare.state.scale, compare.state.over)", ("as they are", True))

    # The occluder: a real drag, then the arrow keys, then a slider.
    box = pad.bounding_box()

    def spot(row, column):
        return box["x"] + (column + 0.5) / 48 * box["width"], box["y"] + (row + 0.5) / 48 * box["height"]

    before = ask("hide.state.probabilities.tolist()")
    page.mouse.move(*spot(24, 24))
    page.mouse.down()
    redrawn(hide, lambda: page.mouse.move(*spot(14, 30), steps=25))
    page.wait_for_function(AT, arg=[pad.element_handle(), 14, 30])
    page.mouse.up()
    becomes("(hide.state.row, hide.state.column, hide.controls['row'].value)", (14, 30, 14))
    assert ask("hide.state.probabilities.tolist()") != before
    # Never two questions on their way: as many questions as answers, each asked once, in order.
    numbers = ask("asked")
    assert numbers == list(range(1, len(numbers) + 1)) and 1 <= len(numbers) <= 26
    assert ask("hide.pad.answered") == len(numbers)
    expect(pad).to_have_attribute("data-answers", str(len(numbers)))
    shows([[12, 28], [16, 32]], [128, 128])
    told = ask("[int(hide.state.image[0, r, c]) for r, c in ((40, 10), (30, 12))]")
    shows([[40, 10], [30, 12]], told, off=29)  # enlarged smoothly

    pad.focus()
    top = page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer, .jp-Notebook').scrollTop")
    for key, place in (("ArrowDown", (15, 30)), ("ArrowLeft", (15, 29)), ("Shift+ArrowUp", (10, 29))):
        count = int(pad.get_attribute("data-answers"))
        page.keyboard.press(key)
        page.wait_for_function(ANSWERED, arg=[pad.element_handle(), count])
        assert ask("(hide.state.row, hide.state.column)") == place
    # JupyterLab has left the keys to the canvas.
    assert page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer, .jp-Notebook').scrollTop") == top
    assert pad.evaluate("pad => pad === document.activeElement")

    column = hide.locator(".widget-inline-hbox", has_text="column of its middle")
    expect(column.locator(".widget-readout")).to_have_text("29")  # it has followed
    column.locator(".noUi-handle").focus()
    redrawn(hide, lambda: page.keyboard.press("ArrowRight"))
    page.wait_for_function(AT, arg=[pad.element_handle(), 10, 30])
    redrawn(hide, hide.get_by_role("button", name="black").click)
    shows([[10, 30]], [0])
    redrawn(hide, hide.get_by_role("button", name="measure every place").click)
    becomes("hide.state.map is not None", True)

    # The browser: another map, another layer, whole pictures.
    browse.locator(".noUi-handle").focus()
    redrawn(browse, lambda: page.keyboard.press("ArrowRight"))
    becomes("browse.state.channel", 1)
    redrawn(browse, browse.get_by_role("button", name="baseline 2").click)
    redrawn(browse, browse.get_by_role("button", name="whole pictures").click)
    becomes("(browse.state.layer, browse.state.pictures)", ("baseline 2", "whole pictures"))

    spy = watched()
    assert spy["frames"] > 10 and spy["blank"] == 0
    print(f"the last answer took {float(pad.get_attribute('data-milliseconds')):.0f} ms")


def test_a_finger_moves_the_occluder_and_questions_never_queue(run_cells, ask, answered, page):
    """A slow network: while it works the newest place alone is kept."""
    slow = (
        "import time\n"
        "plain = hide.state.move\n"
        "hide.state.move = lambda row, column: (time.sleep(0.3), plain(row, column))\n"
        "None"
    )
    page.set_viewport_size({"width": 1500, "height": 1400})
    run_cells(CELLS[0], "hide")
    pad = page.locator(".oc-pad")
    pad.wait_for()
    ask("1", after=slow)
    moves = """pad => {
      const box = pad.getBoundingClientRect();
      const at = (name, column) => pad.dispatchEvent(new PointerEvent(name, {
        pointerId: 1, pointerType: 'touch', bubbles: true,
        clientX: box.left + (column + 0.5) / 48 * box.width, clientY: box.top + 20.5 / 48 * box.height,
      }));
      pad.setPointerCapture = () => {}; // a made-up finger cannot be captured
      at('pointerdown', 0);
      for (let column = 1; column < 40; column++) at('pointermove', column);
      at('pointerup', 39);
    }"""
    pad.evaluate(moves)
    page.wait_for_function(ANSWERED, arg=[pad.element_handle(), 1])
    answered()
    assert ask("(asked, hide.state.row, hide.state.column)") == ([1, 2], 20, 39)


def test_a_place_that_python_cannot_answer_is_asked_for_once(run_cells, ask, answered, page):
    page.set_viewport_size({"width": 1500, "height": 1400})
    run_cells(CELLS[0], "hide")
    pad = page.locator(".oc-pad")
    pad.wait_for()
    ask("1", after="plain, hide.state.move = hide.state.move, lambda row, column: 1 / 0")
    pad.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(ANSWERED, arg=[pad.element_handle(), 0])
    answered()
    assert ask("hide.pad.answered") == 1 == int(pad.get_attribute("data-answers"))
    ask("1", after="hide.state.move = plain")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(ANSWERED, arg=[pad.element_handle(), 1])
    assert ask("(hide.pad.answered, hide.state.column)") == (2, 25)
