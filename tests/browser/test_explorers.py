"""The θ explorer and the sampling stepper in a real browser: what they show is what the library computes."""

import pytest
import torch
from lab_server import settle

from fer_edu import faces, geometry, widgets

ALIGN, PADDING = ".fe-choice[data-name=align_corners] input", ".fe-choice[data-name=padding_mode] select"
STAGE = ".fe-stage svg"

# The grey levels of the output picture, as it is drawn.
SEEN = """([height, width]) => {
  const canvas = document.querySelector('.fe-stage canvas'), { x, y } = canvas.dataset;
  const { data } = canvas.getContext('2d').getImageData(x, y, width, height);
  return Array.from({ length: height * width }, (_, k) => data[4 * k]);
}"""

# What the stepper's arithmetic shows, name -> text.
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('.se-steps output')].map(
  (one) => [one.dataset.name, one.textContent.replace(/[()]/g, '').replaceAll('−', '-')]))"""


@pytest.fixture
def open_page(page, tmp_path):
    """Return a function that shows an explorer as a page of its own; no error may reach the console."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    def show(view):
        (tmp_path / "page.html").write_text(view.html(), encoding="utf-8")
        page.goto((tmp_path / "page.html").as_uri())
        page.locator(STAGE).wait_for()
        settle(page)

    yield show
    assert errors == []


def dial(page, name):
    return page.locator(f".fe-row[data-name={name}] input")


def said(page, at):
    return page.locator(at).inner_text().replace("−", "-")


def on_stage(page, x, y):
    """Return where on the screen a place of the stage is, by its pixels."""
    box, canvas = page.locator(STAGE).bounding_box(), page.locator(".fe-stage canvas")
    width, height = (int(canvas.get_attribute(name)) for name in ("width", "height"))
    return box["x"] + box["width"] * x / width, box["y"] + box["height"] * y / height


def over_output(page, row, column):
    """Return where on the screen the middle of an output pixel is."""
    x, y = (int(page.locator(".fe-stage canvas").get_attribute(f"data-{name}")) for name in "xy")
    return on_stage(page, x + column + 0.5, y + row + 0.5)


def corner(page, k):
    """Return where on the screen a corner of the look is: upper left, upper right, lower right, lower left."""
    at = page.locator(".fe-handle").nth(k)
    return on_stage(page, *(float(at.get_attribute(name)) for name in ("cx", "cy")))


def conventions(page):
    """Set every padding under both flags in turn, and yield them."""
    for align in (False, True):
        page.locator(ALIGN).set_checked(align)
        for padding in geometry.PADDINGS:
            page.locator(PADDING).select_option(padding)
            settle(page)
            yield align, padding


def test_the_theta_explorer_draws_what_the_library_samples(open_page, page):
    some = faces.sample(2, seed=1)
    state = widgets.ThetaState.of_face(some, 0, rotation=20, scale_x=1.3, scale_y=1.1, shear=0.2, shift_x=0.3)
    open_page(widgets.ThetaExplorer(state))
    for state.align_corners, state.padding_mode in conventions(page):
        seen = torch.tensor(page.evaluate(SEEN, [48, 48])).view(1, 48, 48)
        assert (seen - state.unwarped.int()).abs().max() <= 1  # a half may be rounded either way
        assert (seen != state.unwarped).float().mean() < 0.01
        assert "; ".join(said(page, ".fe-words").split("\n")) == state.describe()


def test_six_numbers_and_six_parts_move_each_other(open_page, page):
    state = widgets.ThetaState(faces.sample(1, seed=1).images[0])
    open_page(widgets.ThetaExplorer(state))
    numbers = page.locator(".fe-theta input")
    for k, value in enumerate((0.8, -0.5, 0.1, 0.4, 0.7, -0.2)):
        numbers.nth(k).fill(str(value))
    state.theta = [[0.8, -0.5, 0.1], [0.4, 0.7, -0.2]]
    settle(page)
    for name, value in state.parts.items():
        shown = said(page, f".fe-row[data-name={name}] output")
        assert float(shown) == pytest.approx(value, abs=0.051 if name == "rotation" else 0.0051), name

    dial(page, "shear").focus()
    page.keyboard.press("End")
    state.shear = 1.0
    dial(page, "rotation").focus()
    page.keyboard.press("Home")
    state.rotation = -180.0
    settle(page)
    shown = [float(cell.input_value()) for cell in numbers.all()]
    assert shown == pytest.approx(state.theta.flatten().tolist(), abs=5.1e-4)

    # A mirrored θ has parts, a flat one has none: it is kept, and said to have none.
    assert not page.locator(".fe-notice").is_visible()
    page.get_by_role("button", name="reset").click()
    numbers.nth(0).fill("-1")
    settle(page)
    assert said(page, ".fe-row[data-name=scale_y] output") == "-1.00" and not page.locator(".fe-notice").is_visible()
    numbers.nth(0).fill("0")
    settle(page)
    assert page.locator(".fe-notice").is_visible()
    assert said(page, ".fe-words").startswith("θ = [[0.00, 0.00, 0.00], [0.00, 1.00, 0.00]]")
    dial(page, "rotation").focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert not page.locator(".fe-notice").is_visible()


def test_the_mouse_moves_turns_and_scales_the_look(open_page, page):
    open_page(widgets.ThetaExplorer(widgets.ThetaState(faces.sample(1, seed=1).images[0])))
    upper_left, upper_right = corner(page, 0), corner(page, 1)
    middle = tuple((one + other) / 2 for one, other in zip(upper_left, corner(page, 2), strict=True))
    pixel = (upper_right[0] - upper_left[0]) / 48

    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 6 * pixel, middle[1] - 12 * pixel, steps=4)
    page.mouse.up()
    settle(page)
    assert said(page, ".fe-words").strip() == "θ = [[1.00, 0.00, 0.25], [0.00, 1.00, -0.50]]"
    page.get_by_role("button", name="reset").click()
    settle(page)

    page.mouse.move(*upper_left)
    page.mouse.down()
    page.mouse.move(*upper_right, steps=4)
    page.mouse.up()
    settle(page)
    assert said(page, ".fe-words").strip() == "θ = [[0.00, -1.00, 0.00], [1.00, 0.00, 0.00]]"
    page.mouse.move(*upper_right)
    page.mouse.down()
    page.mouse.move(*((one + other) / 2 for one, other in zip(upper_right, middle, strict=True)), steps=4)
    page.mouse.up()
    settle(page)
    assert said(page, ".fe-words").strip() == "θ = [[0.00, -0.50, 0.00], [0.50, 0.00, 0.00]]"


def test_an_output_pixel_shows_where_it_looks(open_page, page):
    state = widgets.ThetaState(faces.sample(1, seed=1).images[0], rotation=-30, scale_x=0.7)
    open_page(widgets.ThetaExplorer(state))

    def expected(row, column):
        found = geometry.step(state.image, state.theta, row, column, padding_mode=state.padding_mode)
        target, source = (f"({x + 0:.2f}, {y + 0:.2f})" for x, y in (found.target, found.source))
        x, y = found.pixel
        return (
            f"row {row}, column {column}: (x_t, y_t) = {target} looks at (x_s, y_s) = {source}, "
            f"pixel (x, y) = ({x:.1f}, {y:.1f}), and sees {found.value:.0f}"
        )

    page.mouse.move(*over_output(page, 10, 30))
    settle(page)
    assert said(page, ".fe-said") == expected(10, 30)
    page.locator(STAGE).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert said(page, ".fe-said") == expected(11, 29)
    assert page.locator(".fe-arrow").get_attribute("d").startswith("M")


def test_the_plain_explorer_has_four_sliders(open_page, page):
    state = widgets.ThetaState.of_face(faces.sample(1, seed=1), 0)
    open_page(widgets.ThetaExplorer(state, numbers=False))
    assert page.locator("input[type=range]").count() == 4 and page.locator("input[type=number]").count() == 0
    dial(page, "scale").focus()
    page.keyboard.press("Home")
    state.scale_x = state.scale_y = 0.5
    settle(page)
    assert "; ".join(said(page, ".fe-words").split("\n")) == state.describe()


def numbers_of(step):
    """Return the numbers that the stepper shows of a `Step`, name -> number."""
    found = {
        "x_t": step.target[0],
        "y_t": step.target[1],
        "x_s": step.source[0],
        "y_s": step.source[1],
        "x": step.pixel[0],
        "y": step.pixel[1],
        "value": step.value,
        "by_x": step.by_x,
        "by_y": step.by_y,
        "by_x_s": step.by_source[0],
        "by_y_s": step.by_source[1],
    }
    for k, one in enumerate(step.neighbours):
        found |= {f"value{k}": one.value, f"weight{k}": one.weight, f"share{k}": one.weight * one.value}
    for row, line in enumerate(step.by_theta):
        found |= {f"by_theta{row}{column}": value for column, value in enumerate(line)}
    return found


def compare(page, state):
    settle(page)
    shown, step = page.evaluate(SHOWN), state.step
    for name, value in numbers_of(step).items():
        assert float(shown[name]) == pytest.approx(value, abs=5.1e-4), name
    for k, one in enumerate(step.neighbours):
        assert shown[f"at{k}"] == (f"{one.row}, {one.column}" if one.inside else "outside")
    # The areas of the unit square are the weights.
    for area, one in zip(page.locator(".se-area").all(), step.neighbours, strict=True):
        width, height = (float(area.get_attribute(name)) for name in ("width", "height"))
        assert width * height == pytest.approx(one.weight, abs=1e-6)
    assert said(page, ".se .fe-left .fe-words") == (
        f"output pixel (row {state.row}, column {state.column}): V = {step.value:.3f}"
    )


def test_the_stepper_writes_out_what_the_library_steps(open_page, page):
    state = widgets.StepperState()
    open_page(widgets.SamplingStepper(state))
    compare(page, state)
    for row, column in ((0, 5), (5, 0), (3, 2)):  # the first two look outside
        page.mouse.click(*over_output(page, row, column))
        state.row, state.column = row, column
        for state.align_corners, state.padding_mode in conventions(page):
            compare(page, state)

    page.locator(STAGE).focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    state.row, state.column = 2, 4
    compare(page, state)
    dial(page, "shift_x").focus()
    page.keyboard.press("ArrowRight")
    state.theta[0, 2] += 0.01
    compare(page, state)
    dial(page, "rotation").focus()
    page.keyboard.press("ArrowLeft")
    parts = geometry.decompose_theta(state.theta[None])
    state.theta = geometry.build_theta(parts.rotation - 1, parts.scale, parts.shear, parts.shift)[0]
    compare(page, state)


def test_the_stepper_writes_out_a_face_and_an_output_of_another_size(open_page, page):
    image = faces.sample(1, seed=1).images[0].float() / 255
    state = widgets.StepperState(image, [[0.9, -0.3, -0.4], [0.3, 0.9, 0.1]], 7, 1, (12, 10), "reflection")
    open_page(widgets.SamplingStepper(state))
    compare(page, state)
    page.mouse.click(*over_output(page, 11, 9))
    state.row, state.column = 11, 9
    compare(page, state)


def test_at_a_pixel_centre_both_slopes_are_said(open_page, page):
    state = widgets.StepperState([[0.0, 1.0, 3.0]], torch.eye(2, 3), 0, 1, align_corners=True)
    open_page(widgets.SamplingStepper(state))
    kink = page.evaluate(SHOWN)["kink"]
    assert "∂V/∂x is 1.000 left of it, 2.000 right of it" in kink
    dial(page, "shift_x").focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert "x is on a pixel centre" not in page.evaluate(SHOWN)["kink"]
    page.get_by_role("button", name="onto a pixel centre").click()
    settle(page)
    assert "x is on a pixel centre" in page.evaluate(SHOWN)["kink"]


def test_both_keep_in_step_with_python_in_jupyterlab(run_cells, ask, becomes, page):
    page.set_viewport_size({"width": 1100, "height": 1800})  # both in sight
    run_cells(
        "from fer_edu import faces, widgets\n"
        "look = widgets.ThetaExplorer(widgets.ThetaState.of_face(faces.sample(1, seed=1), 0))\n"
        "steps = widgets.SamplingStepper()",
        "look",
        "look.walk()",
        "steps",
        "steps.walk()",
    )

    # JupyterLab must leave the arrow keys to the slider, and to the pictures.
    look = page.locator(".te")
    look.wait_for()
    assert look.evaluate("root => root.scrollWidth <= root.clientWidth")
    look.locator(".fe-row[data-name=rotation] input").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    becomes("round(look.state.rotation, 6)", 3.0)  # once the slider rests
    settle(page)
    assert "; ".join(said(page, ".te .fe-words").split("\n")) == ask("look.state.describe()")
    ask("1", after="look.state.scale_x = 0.5; look.redraw()")
    page.wait_for_function(
        "() => document.querySelector('.te [data-name=scale_x] output').textContent === '0.50'",
    )

    steps = page.locator(".se")
    steps.scroll_into_view_if_needed()
    steps.locator(STAGE).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    becomes("(steps.state.row, steps.state.column)", (2, 3))
    settle(page)
    value = ask("round(steps.state.step.value, 3)")
    assert float(page.evaluate(SHOWN)["value"]) == pytest.approx(value, abs=1e-9)
    ask("1", after="steps.state.row = 5; steps.redraw()")
    page.wait_for_function("() => document.querySelector('.se .fe-words').textContent.includes('row 5, column 3')")
