"""Chapter 1's explorers in a real JupyterLab: a whole labelling game, and the dials of the augmentation."""

import re

GAME = (
    "from fer_edu import faces, widgets\n"
    "drawn = faces.sample(40, seed=1)\n"
    "game = widgets.LabellingGame(widgets.LabellingState(drawn, rounds=8))",
    "game",
)
EXPLORER = (
    "from fer_edu import faces, widgets\n"
    "explorer = widgets.AugmentationExplorer(widgets.AugmentationState(faces.sample(8, seed=1)))",
    "explorer",
)


def says(page, text):
    page.wait_for_function("text => document.querySelector('.fer-edu-view').innerText.includes(text)", arg=text)


def test_a_whole_game_by_clicks_and_keys(run_cells, ask, page):
    page.set_viewport_size({"width": 1300, "height": 1200})
    run_cells(*GAME)
    view = page.locator(".fer-edu-view").first
    says(page, "Face 1 of 8")
    assert view.get_by_role("button", name="undo").is_disabled()

    view.get_by_role("button", name="disgust").click()  # a slip, taken back
    says(page, "Face 2 of 8")
    view.get_by_role("button", name="undo").click()
    says(page, "Face 1 of 8")

    truth = ask("[game.state.classes[label] for label in game.state.truth.tolist()]")
    for k, name in enumerate(truth[:5]):
        says(page, f"Face {k + 1} of 8")
        view.get_by_role("button", name=name).click()
    says(page, "Face 6 of 8")
    # From here on without a mouse: Tab from the first class to "I cannot tell", then Enter again and again.
    view.get_by_role("button", name="angry").focus()
    for _ in range(7):
        page.keyboard.press("Tab")
    for k in range(6, 9):
        says(page, f"Face {k} of 8")
        page.keyboard.press("Enter")
    says(page, "You gave 5 of 8 faces")
    assert ask("(game.state.answers[5:], game.state.accuracy)") == (["I cannot tell"] * 3, 0.625)
    assert view.get_by_role("button", name="happy").is_disabled()
    page.wait_for_function("() => document.querySelector('.fer-edu-view img').naturalWidth > 800")  # the result

    view.get_by_role("button", name="other faces").click()
    says(page, "Face 1 of 8")
    assert not view.get_by_role("button", name="happy").is_disabled()


def test_the_buttons_bear_their_classes_colours(run_cells, page):
    run_cells(*GAME)
    button = page.locator(".fer-edu-view").first.get_by_role("button", name="happy")
    button.wait_for()
    colours = button.evaluate("b => [getComputedStyle(b).backgroundColor, getComputedStyle(b).color]")
    assert colours == ["rgb(230, 159, 0)", "rgb(0, 0, 0)"]


def test_dials_presets_and_the_button_change_the_picture(run_cells, ask, page, redrawn, shoot):
    page.set_viewport_size({"width": 1300, "height": 1200})
    run_cells(*EXPLORER)
    view = page.locator(".fer-edu-view").first
    says(page, "the paper's words")
    redrawn(view, view.get_by_role("button", name="off", exact=True).click)
    says(page, "off: on average, a pixel changes by 0 of 255")
    view.get_by_role("button", name='recipe "best"').focus()
    page.keyboard.press("Tab")
    redrawn(view, lambda: page.keyboard.press("Enter"))
    says(page, "strong: on average")
    assert ask("(explorer.state.preset, explorer.state.augmentation.erase)") == ("strong", 0.8)
    shown = view.locator(".widget-inline-hbox", has_text="erase (chance)").locator(".widget-readout")
    assert shown.inner_text() == "0.80"

    handle = view.locator(".widget-inline-hbox", has_text="noise").locator(".noUi-handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    says(page, "your own: on average")
    assert ask("round(explorer.state.augmentation.noise, 4)") == 0.09
    assert view.locator("button.mod-active").inner_text() == "your own"

    redrawn(view, view.get_by_role("button", name="draw again").click)
    assert ask("explorer.state.seed") == 1
    redrawn(view, view.get_by_role("checkbox").uncheck)
    assert ask("explorer.state.augmentation.flip") is False
    shoot("augmentation", view)
    assert re.fullmatch(r"your own: on average, a pixel changes by \d+ of 255.*", ask("explorer.state.describe()"))
