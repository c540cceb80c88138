"""The static site in a real browser, opened from its folder: a phone, a desk, and no network."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
import lab_server

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
LOCAL = ("file:", "data:", "blob:", "about:")

# What a page of the site looks like once it has settled.
SEEN = """async () => {
  await document.fonts.ready;
  if (document.querySelector('script[src*="tex-svg"]')) {
    while (!window.MathJax?.startup?.promise) await new Promise(later => setTimeout(later, 20));
    await MathJax.startup.promise;
  }
  const words = [...document.querySelectorAll('.bd-article p')];
  const pictures = [...document.images];
  await Promise.all(pictures.map(one => one.decode().catch(() => null)));
  return {
    wide: document.documentElement.scrollWidth - window.innerWidth,
    small: Math.min(...words.map(one => parseFloat(getComputedStyle(one).fontSize))),
    empty: pictures.filter(one => !one.naturalWidth).map(one => one.src),
    math: [document.querySelectorAll('.math').length, document.querySelectorAll('.math mjx-container > svg').length],
    broken: document.querySelectorAll('mjx-merror, [data-mjx-error]').length,
  };
}"""

# The pictures that an explorer has drawn, and how far its content reaches beyond its frame.
DRAWN = "() => [...document.querySelectorAll('canvas')].map(one => one.toDataURL()).join()"
BEYOND = """() => [document.documentElement.scrollWidth - window.innerWidth,
                   document.documentElement.offsetHeight - window.innerHeight]"""


@pytest.fixture(scope="module")
def site(whole, tmp_path_factory):
    """Build the whole site once."""
    pytest.importorskip("myst_nb", reason='needs Sphinx and its theme: pip install -e ".[site]"')
    out = tmp_path_factory.mktemp("built") / "site"
    done = subprocess.run(
        [sys.executable, ROOT / "site/build.py", "--out", out], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout.splitlines()[0])
    return out


@pytest.fixture(scope="module")
def browser(whole):
    """Start one chromium for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=lab_server.CHROMIUM, args=lab_server.ARGUMENTS, timeout=lab_server.PATIENCE * 1000
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Return a function that opens a page as on a phone or a desk; nothing may come from elsewhere or go wrong."""
    contexts, wrong = [], []

    def asked(request):
        if not request.url.startswith(LOCAL):
            wrong.append(f"asked for {request.url}")

    def open_page(**screen):
        contexts.append(browser.new_context(**screen))
        page = contexts[-1].new_page()
        page.set_default_timeout(lab_server.PATIENCE * 1000)
        page.on("request", asked)
        page.on("requestfailed", lambda request: wrong.append(f"failed to load {request.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def explorer(page, site, notebook, number=0):
    """Open a page and return the frame of one of its explorers, once it has drawn and found its height."""
    page.goto(next((site / "notebooks").glob(f"{notebook}_*.html")).as_uri())
    place = page.locator("iframe.explorer").nth(number)
    place.scroll_into_view_if_needed()
    frame = place.element_handle().content_frame()
    frame.locator(".fe-page canvas").first.wait_for()
    frame.wait_for_function("() => Math.abs(document.documentElement.offsetHeight - window.innerHeight) < 2")
    return frame


def read_all(page, site, pattern="**/*.html"):
    """Visit the pages of a pattern; return name -> what it looks like, after a look at what holds on any screen."""
    seen = {}
    for path in sorted(site.glob(pattern)):
        if "_static" not in path.parts:
            page.goto(path.as_uri())
            seen[path.relative_to(site).as_posix()] = page.evaluate(SEEN)
    assert {name: found["wide"] for name, found in seen.items() if found["wide"] > 0} == {}
    assert {name: found["empty"] for name, found in seen.items() if found["empty"]} == {}
    assert {name: found["small"] for name, found in seen.items() if found["small"] and found["small"] < 14} == {}
    for name, found in seen.items():
        assert found["math"][0] == found["math"][1] and not found["broken"], (name, found)
    return seen


def test_every_page_reads_on_a_phone_from_its_folder_without_a_network(site, visit):
    seen = read_all(visit(**PHONE), site)
    notebooks = [name for name in seen if name.startswith("notebooks/")]
    assert len(notebooks) == len(list((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")))
    assert sum(found["math"][0] for found in seen.values()) > 100


@pytest.mark.parametrize("pattern", ["*.html", "notebooks/0[127]_*.html"])
def test_pages_read_on_a_desk(site, visit, pattern):
    assert read_all(visit(**DESK), site, pattern)


def test_a_finger_works_each_live_explorer_on_a_phone(site, visit):
    page = visit(**PHONE)

    frame = explorer(page, site, "00")
    before = frame.evaluate(DRAWN)
    frame.get_by_role("button", name="fear", exact=True).tap()
    frame.locator(".fp-words", has_text="AU20").wait_for()
    frame.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)

    for notebook, number, slider in (("00", 1, "rotation"), ("02", 0, "rotation"), ("03", 0, "shift_x")):
        frame = explorer(page, site, notebook, number)
        across, down = frame.evaluate(BEYOND)
        assert across <= 0 and down < 2, notebook  # nothing has to be scrolled inside the frame
        before, dial = frame.evaluate(DRAWN), frame.locator(f"[data-name={slider}] input")
        box = dial.bounding_box()
        assert box["height"] >= 30 and box["width"] >= 60, notebook
        dial.tap(position={"x": 0.8 * box["width"], "y": box["height"] / 2})
        frame.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)  # drawn with the next frame

    value = frame.locator("[data-name=value]").first.text_content()
    canvas = frame.locator(".fe-stage canvas")
    x, y, wide = (int(canvas.get_attribute(name)) for name in ("data-x", "data-y", "width"))
    pixel = canvas.bounding_box()["width"] / wide
    frame.locator(".fe-stage svg").tap(position={"x": (x + 0.5) * pixel, "y": (y + 2.5) * pixel})
    frame.locator(".fe-left .fe-words", has_text="row 2, column 0").wait_for()
    assert frame.locator("[data-name=value]").first.text_content() != value


def test_a_figure_fits_a_phone_and_a_tap_shows_all_of_its_pixels(site, visit):
    page = visit(**PHONE)
    page.goto((site / "notebooks/08_saliency_with_captum.html").as_uri())
    figure = page.locator(".cell_output img").first
    assert figure.bounding_box()["width"] <= 390 < figure.evaluate("one => one.naturalWidth")
    name = figure.get_attribute("src").rpartition("/")[2]
    figure.tap()
    page.wait_for_url(f"**/{name}")


def test_the_tables_of_the_front_page_are_not_cut_on_a_phone(site, visit):
    page = visit(**PHONE)
    page.goto((site / "index.html").as_uri())
    cut = """() => [...document.querySelectorAll('table')].filter(
      one => one.scrollWidth > one.parentElement.clientWidth).map(one => one.textContent.slice(0, 80))"""
    assert page.locator("table").count() > 3 and page.evaluate(cut) == []


def test_the_dark_theme_reaches_the_explorers_and_spares_the_figures(site, visit):
    page = visit(**DESK)
    frame = explorer(page, site, "02")
    ink = "() => getComputedStyle(document.querySelector('.fe-page')).color"
    light = frame.evaluate(ink)
    page.evaluate("() => { document.documentElement.dataset.mode = document.documentElement.dataset.theme = 'dark'; }")
    frame.wait_for_function("light => getComputedStyle(document.querySelector('.fe-page')).color !== light", arg=light)
    look = "() => { const s = getComputedStyle(document.querySelector('.cell_output img')); return s.filter; }"
    assert page.evaluate(look) == "none"


def test_the_search_finds_a_word_without_a_server(site, visit):
    page = visit(**PHONE)
    page.goto((site / "search.html").as_uri() + "?q=aliasing")
    page.locator("#search-results li a", has_text="03").first.wait_for()


def test_a_still_says_where_its_explorer_runs_and_a_solution_unfolds(site, visit):
    page = visit(**PHONE)
    page.goto((site / "notebooks/04_the_spatial_transformer.html").as_uri())
    assert page.get_by_text("A still picture.").count() == 2
    fold = page.locator("details", has_text="A solution").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").tap()
    assert fold.locator("pre").is_visible()
    page.get_by_role("link", name="Start", exact=True).first.tap()
    page.wait_for_url("**/index.html#start")
    assert page.locator("#start").is_visible()
