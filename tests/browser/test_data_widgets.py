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


def test_a_whole_game_by_clicks_and_keys(run_cells, ask, page, expect):
    page.set_viewport_size({"width": 1300, "height": 1200})
    run_cells(*GAME)
    view = page.locator(".fer-edu-view").first
    says(page, "Face 1 of 8")
    expect(view.get_by_role("button", name="undo")).to_be_disabled()

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
    expect(view.get_by_role("button", name="happy")).to_be_disabled()
    page.wait_for_function("() => document.querySelector('.fer-edu-view img').naturalWidth > 800")  # the result

    view.get_by_role("button", name="other faces").click()
    says(page, "Face 1 of 8")
    expect(view.get_by_role("button", name="happy")).to_be_enabled()


def test_the_buttons_bear_their_classes_colours(run_cells, page, expect):
    run_cells(*GAME)
    button = page.locator(".fer-edu-view").first.get_by_role("button", name="happy")
    expect(button).to_have_css("background-color", "rgb(230, 159, 0)")
    expect(button).to_have_css("color", "rgb(0, 0, 0)")


def test_dials_presets_and_the_button_change_the_picture(run_cells, ask, becomes, page, expect, redrawn, shoot):
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
    for label, value in (("erase (chance)", "0.80"), ("noise", "0.08")):
        row = view.locator(".widget-inline-hbox", has_text=label)
        expect(row.locator(".widget-readout")).to_have_text(value)

    row.locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    says(page, "your own: on average")
    assert ask("round(explorer.state.augmentation.noise, 4)") == 0.09
    expect(view.locator("button.mod-active")).to_have_text("your own")

    redrawn(view, view.get_by_role("button", name="draw again").click)
    becomes("explorer.state.seed", 1)
    redrawn(view, view.get_by_role("checkbox").uncheck)
    becomes("explorer.state.augmentation.flip", False)
    shoot("augmentation", view)
    assert re.fullmatch(r"your own: on average, a pixel changes by \d+ of 255.*", ask("explorer.state.describe()"))
