"""The paper's numbers in a real JupyterLab: mouse and keys choose one and change it, and what hangs on it is marked."""

CELLS = ("from fer_edu import widgets\ntable = widgets.PaperTable()", "table")
WORDS = "text => document.querySelector('.fer-edu-view').innerText.includes(text)"


def handle(view, label):
    return view.locator(".widget-inline-hbox", has_text=label).locator(".noUi-handle")


def test_numbers_are_chosen_changed_and_put_back(run_cells, ask, page, expect, shoot):
    page.set_viewport_size({"width": 1300, "height": 2000})
    run_cells(*CELLS)
    view = page.locator(".fer-edu-view").first
    view.wait_for()

    def says_what_python_says():
        page.wait_for_function(WORDS, arg=ask("table.state.describe()"))

    page.wait_for_function(WORDS, arg="table 8, Angry, recall: printed")
    says_what_python_says()
    handle(view, "which number").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(WORDS, arg="table 8, Angry, precision: printed")
    handle(view, "table or section").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(WORDS, arg="table 7, FERG, mean: printed")
    assert ask("(table.state.where, table.state.name)") == ("table 7", "FERG, mean")

    # The other list has followed: its readout, and its last number by the mouse.
    row = view.locator(".widget-inline-hbox", has_text="which number")
    expect(row.locator(".widget-readout")).to_have_text("FERG, mean")
    expect(row.locator(".noUi-handle")).to_have_attribute("aria-valuemax", f"{ask('len(table.state.names) - 1')}.0")
    track = row.locator(".noUi-target").bounding_box()
    page.mouse.click(track["x"] + track["width"] - 1, track["y"] + track["height"] / 2)
    last = ask("table.state.names[-1]")
    page.wait_for_function(WORDS, arg=f"table 7, {last}: printed")

    # The number itself, typed and by the arrow keys; what hangs on it is marked.
    field = view.locator("input[type=number]")
    printed = ask("table.state.number")
    page.wait_for_function("([field, value]) => Number(field.value) === value", arg=[field.element_handle(), printed])
    field.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_function(WORDS, arg=", now ")
    assert 0 < ask("table.state.number") - printed <= ask("table.state.step") + 1e-9  # the field goes to a whole step
    says_what_python_says()
    field.fill("60")
    field.press("Enter")
    page.wait_for_function(WORDS, arg=", now 60")
    says_what_python_says()
    marked = 1 + ask("sum(c.place.where == 'table 7' for c in table.state.consequences)")
    expect(view.locator("s")).to_have_count(marked)
    shoot("paper-table", view)

    view.get_by_role("button", name="as printed").click()
    page.wait_for_function(WORDS, arg=". Change it.")
    assert ask("table.state.unchanged")
    expect(view.locator("s")).to_have_count(0)
