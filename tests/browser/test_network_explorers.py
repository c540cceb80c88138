"""The explorers of chapters 5 and 6 in a real JupyterLab: a network's maps, a schedule, and a training as it runs."""

CELLS = (
    "from fer_edu import faces, models, widgets\n"
    "model, drawn = models.create('sdl-small', seed=0), faces.sample(8, seed=1)\n"
    "maps = widgets.FeatureMaps(widgets.FeatureState(model, drawn))\n"
    "plan = widgets.ScheduleExplorer(widgets.ScheduleState())",
    "maps",
    "plan",
)
WORDS = "text => [...document.querySelectorAll('.fer-edu-view')].some(view => view.innerText.includes(text))"
SCROLLED = "() => document.querySelector('.jp-WindowedPanel-outer, .jp-Notebook').scrollTop"


def handle(view, label):
    return view.locator(".widget-inline-hbox", has_text=label).locator(".noUi-handle")


def test_feature_maps_follow_mouse_and_keys(run_cells, ask, becomes, expect, page, redrawn, shoot):
    page.set_viewport_size({"width": 1300, "height": 2000})  # both in sight
    run_cells(*CELLS[:2])
    view = page.locator(".fer-edu-view:has(img)").first
    view.wait_for()
    # The block by the keys, to the next and back, then by the mouse, to the last.
    handle(view, "block").focus()
    redrawn(view, lambda: page.keyboard.press("ArrowRight"))
    becomes("maps.state.block", "SDL-2 warped")
    redrawn(view, lambda: page.keyboard.press("ArrowLeft"))
    becomes("maps.state.block", "SDL-1 out")
    row = view.locator(".widget-inline-hbox", has_text="block")
    track = row.locator(".noUi-target").bounding_box()
    redrawn(view, lambda: page.mouse.click(track["x"] + track["width"] - 1, track["y"] + track["height"] / 2))
    becomes("maps.state.block", "baseline 4")
    expect(row.locator(".widget-readout")).to_have_text("baseline 4")
    page.wait_for_function(WORDS, arg=ask("maps.state.describe()"))

    handle(view, "which face").focus()
    redrawn(view, lambda: page.keyboard.press("ArrowRight"))
    becomes("maps.state.face", 1)
    page.wait_for_function(WORDS, arg=ask("maps.state.describe()"))
    shown = ask("tuple(int.from_bytes(maps.image.value[k : k + 4], 'big') for k in (16, 20))")  # as the PNG says
    page.wait_for_function(
        "([each, size]) => each.naturalWidth === size[0] && each.naturalHeight === size[1]",
        arg=[view.locator("img").element_handle(), list(shown)],
    )
    shoot("feature-maps", view)


def test_the_schedule_follows_mouse_and_keys(run_cells, ask, becomes, page, redrawn, shoot):
    page.set_viewport_size({"width": 1300, "height": 2000})
    run_cells(CELLS[0], CELLS[2])
    view = page.locator(".fer-edu-view:has(img)").first
    view.wait_for()
    redrawn(view, view.get_by_role("button", name="steps").click)
    becomes("plan.state.schedule", "steps")
    view.get_by_role("button", name="steps").focus()
    page.keyboard.press("Shift+Tab")
    redrawn(view, lambda: page.keyboard.press("Enter"))
    becomes("plan.state.schedule", "constant")
    for label, key, name, value in (
        ("highest rate", "ArrowLeft", "learning_rate", 10**-2.55),
        ("epochs", "ArrowRight", "epochs", 55),
        ("weight decay", "ArrowRight", "weight_decay", 0.015),
    ):
        handle(view, label).focus()
        redrawn(view, lambda key=key: page.keyboard.press(key))
        becomes(f"abs(plan.state.{name} - {value}) < {1e-3 * value}", True)
    page.wait_for_function(WORDS, arg=ask("plan.state.describe()"))

    # A slider by the mouse: to the right end of its track.
    track = view.locator(".widget-inline-hbox", has_text="epochs").locator(".noUi-target").bounding_box()
    redrawn(view, lambda: page.mouse.click(track["x"] + track["width"] - 1, track["y"] + track["height"] / 2))
    becomes("plan.state.epochs", 300)
    page.wait_for_function(WORDS, arg=ask("plan.state.describe()"))
    shoot("schedule", view)


def test_a_training_is_seen_while_it_runs(run_cells, ask, page, watch_pictures, shoot):
    """No control moves it: the epochs do."""
    page.set_viewport_size({"width": 1300, "height": 2000})
    run_cells(
        "from fer_edu import faces, models, training, widgets\n"
        "model, drawn = models.create('sdl-small', seed=0), faces.sample(64, seed=1)\n"
        "live = widgets.LiveTraining(4, chance=1 / 7).follow(model, drawn.images)\n"
        "live",
    )
    view = page.locator(".fer-edu-view:has(img)").first
    page.wait_for_function(WORDS, arg="waiting for the first epoch")
    watched = watch_pictures()
    picture = view.locator("img")
    before = picture.get_attribute("src")
    fit = "training.fit(model, drawn, drawn[:16], training.recipe('classroom', epochs=4), on_epoch=live)"
    accuracy = ask("live.state.rows[4]['val_accuracy']", after=fit)
    page.wait_for_function(WORDS, arg="epoch 4 of 4")
    page.wait_for_function("([picture, before]) => picture.src !== before", arg=[picture.element_handle(), before])
    page.wait_for_function(WORDS, arg=f"val accuracy {accuracy:.1%}")
    spy = watched()
    assert spy["frames"] > 4 and spy["blank"] == 0
    shoot("live-training", view)
