"""The explorers that the kernel draws, in a real JupyterLab: keys and buttons change the picture, without a blink."""

import statistics

CELLS = (
    "import torch\n"
    "from fer_edu import faces, geometry, models, widgets\n"
    "drawn = faces.sample(8, seed=1)\n"
    "play = widgets.GradientPlay(widgets.DescentState.turned(drawn.images[0]))\n"
    "watch = models.Watch(models.create('st-cnn', seed=0), drawn.images)\n"
    "for epoch in range(1, 6):\n"
    "    theta = geometry.build_theta(torch.full((8,), 6.0 * epoch))\n"
    "    watch.glances.append(models.Glance(epoch, theta, 0.1 * epoch, 0.02 * epoch))\n"
    "back = widgets.Playback(widgets.PlaybackState(watch))",
    "play",
    "back",
)

# Counts, on every frame until it is told to stop, how often the picture has left the page or lost its size, and the
# milliseconds from a key to the next picture. (While the next picture is decoded, chromium reports no natural size but
# goes on showing the last one: recorded frames of a descent held no empty one.)
SPY = """at => {
  const picture = document.querySelectorAll('.fer-edu-view img')[at], spy = { blank: 0, frames: 0, times: [] };
  const height = picture.clientHeight;
  let pressed = 0;
  picture.closest('.fer-edu-view').addEventListener('keydown', () => { pressed = performance.now(); }, true);
  picture.addEventListener('load', () => { if (pressed) spy.times.push(performance.now() - pressed); pressed = 0; });
  const frame = () => {
    spy.frames += 1;
    spy.blank += !(picture.isConnected && picture.clientHeight === height);
    if (!spy.done) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.spy = spy;
}"""


def press(page, view, label, keys):
    """Press keys on a slider of the view, each once the picture of the last one is there; return what the spy saw."""
    handle = view.locator(".widget-inline-hbox", has_text=label).locator(".noUi-handle")
    handle.focus()
    for number, key in enumerate(keys, 1):
        page.keyboard.press(key)
        page.wait_for_function("number => window.spy.times.length === number", arg=number)
    spy = page.evaluate("() => { window.spy.done = true; return window.spy; }")
    assert spy["frames"] > len(keys)
    print(f"{label}: {statistics.median(spy['times']):.0f} ms from key to picture, {max(spy['times']):.0f} at worst")
    return spy


def test_they_answer_the_keyboard_and_never_blink(run_cells, becomes, page):
    page.set_viewport_size({"width": 1300, "height": 2200})  # both in sight
    run_cells(*CELLS)
    views = page.locator(".fer-edu-view:has(img)")
    views.nth(1).wait_for()

    page.evaluate(SPY, 0)
    spy = press(page, views.nth(0), "start: rotation", ["ArrowRight"] * 6)
    assert spy["blank"] == 0
    becomes("round(play.state.start[1, 0].item(), 4)", round(0.1045284632676535, 4))  # the sine of 6 degrees

    page.evaluate(SPY, 1)
    spy = press(page, views.nth(1), "epoch", ["ArrowRight"] * 5)
    assert spy["blank"] == 0
    becomes("back.state.describe().startswith('after epoch 5')", True)


def test_the_buttons_step_and_descend(run_cells, ask, page):
    page.set_viewport_size({"width": 1300, "height": 1400})
    run_cells(*CELLS[:2])
    view = page.locator(".fer-edu-view:has(img)").first
    view.wait_for()
    start = ask("(play.state.steps, play.state.error)")
    view.get_by_role("button", name="one step").click()
    page.wait_for_function("() => document.querySelector('.fer-edu-view').innerText.includes('After 1 step')")
    page.evaluate(SPY, 0)
    view.get_by_role("button", name="descend").click()
    page.wait_for_function("() => /After (2\\d|3\\d) steps/.test(document.querySelector('.fer-edu-view').innerText)")
    assert page.evaluate("() => { window.spy.done = true; return window.spy.blank; }") == 0
    steps, error = ask("(play.state.steps, play.state.error)")
    assert steps > 10 and error < 1 < start[1]
    view.get_by_role("button", name="start over").click()
    page.wait_for_function("() => document.querySelector('.fer-edu-view').innerText.includes('After 0 steps')")


def test_the_mouse_plays_a_training_and_goes_to_its_end(run_cells, ask, becomes, page, redrawn):
    page.set_viewport_size({"width": 1300, "height": 1400})
    run_cells(CELLS[0], CELLS[2])
    view = page.locator(".fer-edu-view:has(img)").first
    view.wait_for()
    redrawn(view, view.locator(".widget-play button").first.click)
    page.wait_for_function("() => document.querySelector('.fer-edu-view').innerText.includes('after epoch 5')")
    becomes("back.state.epoch", 5)
    view.locator(".widget-play .fa-play").wait_for()  # it has stopped: until then it would go on from where it is put
    track = view.locator(".widget-inline-hbox", has_text="epoch").locator(".noUi-target").bounding_box()
    redrawn(view, lambda: page.mouse.click(track["x"] + 1, track["y"] + track["height"] / 2))
    becomes("back.state.epoch", 0)
    page.wait_for_function(
        "text => document.querySelector('.fer-edu-view').innerText.includes(text)", arg=ask("back.state.describe()")
    )
