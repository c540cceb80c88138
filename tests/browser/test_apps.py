"""The explorers as apps, `make apps`: Voilà shows them without code, and mouse and keys move what the student sees."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import lab_server
import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"
STAGE = ".fe-stage svg"

# Every picture of an explorer, as text that changes with any of its pixels.
PICTURES = """() => [...document.querySelectorAll('.fer-edu-view :is(canvas, img)')].map(
  one => one.tagName === 'IMG' ? one.src : one.toDataURL()).join()"""


DRAWN = """() => document.querySelector('.fer-edu-view [data-draws]')
  || document.querySelector('.fer-edu-view img')?.naturalWidth"""


@pytest.fixture(scope="module")
def voila(whole, tmp_path_factory):
    """Start Voilà as `make apps` does; return its process and its address."""
    if not (Path(sys.executable).parent / "voila").exists():
        lack = 'The apps need voila: pip install -e ".[apps]".'
        (pytest.fail if os.environ.get("FER_EDU_BROWSER") == "required" else pytest.skip)(lack)
    log = tmp_path_factory.mktemp("voila") / "voila.log"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_ROOT")}
    share = str(APPS / "share")
    command = [sys.executable, "-m", "voila", str(APPS), f"--Voila.config_file_paths={share}", "--no-browser"]
    for _ in range(3):  # another program may take the port before Voilà does
        port = lab_server.free_port()
        with open(log, "w") as handle:
            server = subprocess.Popen(
                [*command, f"--port={port}", "--Voila.port_retries=0"],
                env=environment | {"JUPYTER_PATH": share},
                stdout=handle,
                stderr=handle,
            )
        try:
            if lab_server.answers(server, f"http://localhost:{port}"):
                yield server, f"http://localhost:{port}"
                return
        finally:
            lab_server.end(server)
    raise AssertionError(f"Voilà does not answer: {log.read_text()[-2000:]}")


@pytest.fixture
def open_app(page, voila, console, shoot):
    """Return a function that opens an app on a projector; none of its code may show, and no error may come up."""
    page.set_viewport_size({"width": 1920, "height": 1080})

    def show(name):
        start = time.perf_counter()
        page.goto(f"{voila[1]}/voila/render/{name}.ipynb")
        page.locator(".fer-edu-view").wait_for()
        print(f"{name}: {time.perf_counter() - start:.1f} s from the link to the explorer")
        page.wait_for_function(DRAWN)
        assert page.locator(".jp-InputArea-editor, .jp-Cell-inputWrapper pre").count() == 0
        assert "import fer_edu" not in page.locator("body").inner_text()
        assert page.locator("h1").is_visible()

    yield show
    if page.url.endswith(".ipynb"):
        shoot(f"app-{page.url.rsplit('/', 1)[-1].removesuffix('.ipynb')}")
    assert console == []


@pytest.fixture
def changed(page):
    """Return a function that does something and waits until a picture of the explorer is another one."""

    def wait(act):
        before = page.evaluate(PICTURES)
        act()
        page.wait_for_function(f"before => ({PICTURES})() !== before", arg=before)

    return wait


def keys(page, place, *pressed):
    """Return a function that presses keys on a control."""

    def act():
        place.focus()
        for key in pressed:
            page.keyboard.press(key)

    return act


def click(page, place, share, height=0.5):
    """Return a function that clicks a control, `share` of its width from its left and `height` from its top."""

    def act():
        box = place.bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + height * box["height"])

    return act


@pytest.fixture
def reaches(page):
    """Return a function that waits until the number beside a slider that the browser draws is `value`."""

    def wait(name, value, within=1e-6):
        page.wait_for_function(
            """([name, value, within]) => {
              const shown = document.querySelector(`.fe-row[data-name=${name}] output`).innerText;
              return Math.abs(parseFloat(shown.replace('−', '-')) - value) <= within;
            }""",
            arg=[name, value, within],
        )

    return wait


def slider(page, name):
    return page.locator(f".fe-row[data-name={name}] input")


def test_the_start_page_leads_to_every_app(page, voila, console):
    page.goto(voila[1])
    targets = [link.get_attribute("href") for link in page.locator("li a").all()]
    assert sorted(Path(target).stem for target in targets) == sorted(path.stem for path in APPS.glob("*.ipynb"))
    for link in page.locator("li").all():
        box, below = link.bounding_box(), page.locator("p").last.bounding_box()
        assert box["y"] + box["height"] <= below["y"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".te").wait_for()
    page.get_by_role("link", name="All explorers").click()
    page.locator("li").first.wait_for()
    assert console == []


def test_the_affine_explorer_turns_the_look(open_app, changed, reaches, page):
    open_app("affine")
    changed(keys(page, slider(page, "rotation"), *["ArrowRight"] * 3))
    reaches("rotation", 3)
    changed(click(page, slider(page, "shift_x"), 0.75))
    reaches("shift_x", 0.5, within=0.05)
    # Enlarged for the projector, the mouse still meets the pixel that it points at.
    canvas = page.locator(".fe-stage canvas")
    x, y, width, height = (int(canvas.get_attribute(name)) for name in ("data-x", "data-y", "width", "height"))
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + (x + 40.5) / width * box["width"], box["y"] + (y + 7.5) / height * box["height"])
    page.get_by_text("row 7, column 40:").wait_for()


def test_the_sampling_stepper_follows_another_pixel(open_app, changed, reaches, expect, page):
    open_app("sampling")
    changed(keys(page, slider(page, "shift_x"), "ArrowRight"))
    reaches("shift_x", 0.11)
    words = page.locator(".fe-words")
    before = words.first.inner_text()
    keys(page, page.locator(STAGE), "ArrowDown")()
    page.get_by_text("row 2, column 4").first.wait_for()
    expect(words.first).not_to_have_text(before)
    changed(click(page, slider(page, "rotation"), 0.9))
    reaches("rotation", 144, within=50)


def test_the_playground_changes_a_face(open_app, changed, reaches, page):
    open_app("playground")
    changed(keys(page, slider(page, "AU12"), "End"))
    reaches("AU12", 1)
    changed(page.get_by_role("button", name="fear", exact=True).click)
    reaches("AU12", 0)
    reaches("AU4", 1)
    changed(click(page, slider(page, "AU4"), 0.5))
    reaches("AU4", 0.5, within=0.05)


def test_the_saliency_comparison_asks_about_another_class(open_app, changed, expect, page):
    open_app("saliency")
    page.get_by_text("What speaks for surprise?").wait_for()
    row = page.locator(".widget-inline-hbox")
    changed(keys(page, row.filter(has_text="class").locator(".noUi-handle"), "ArrowRight"))
    page.get_by_text("What speaks for angry?").wait_for()
    changed(click(page, row.filter(has_text="map 1").locator(".noUi-target"), 0.01))
    expect(row.filter(has_text="map 1")).to_contain_text("gradient")
    changed(page.get_by_label("outline the cue").click)


def test_leaving_a_page_ends_its_process(open_app, page, voila):
    psutil = pytest.importorskip("psutil")
    server = psutil.Process(voila[0].pid)
    open_app("sampling")
    pids = [child.pid for child in server.children()]
    assert pids
    page.goto("about:blank")
    for _ in range(lab_server.PATIENCE * 2):
        if len([child for child in server.children() if child.status() != psutil.STATUS_ZOMBIE]) < len(pids):
            break
        time.sleep(0.5)
    else:
        pytest.fail("the page's kernel still runs")


def test_another_site_ends_no_process(voila):
    request = urllib.request.Request(f"{voila[1]}/voila/api/shutdown/some-process", data=b"", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=60)
