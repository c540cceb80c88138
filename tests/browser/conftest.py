"""A page of a real browser for each test, and one JupyterLab for all of them.

Needs the extras `browser` and `lab`, and the system's chromium; CHROMIUM names another one. Where one is missing a test
skips and says so; it fails where FER_EDU_BROWSER is "required", as in CI. A test leaves its console in
artefacts/browser, one that fails a picture of its page too, and `shoot` keeps others there; FER_EDU_ARTEFACTS names
another folder.
"""

import ast
import os
import re
import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
import lab_server

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = Path(os.environ.get("FER_EDU_ARTEFACTS") or ROOT / "artefacts") / "browser"

# What an expression is worth in the notebook's kernel, after some code.
ASK = """async ([code, expression]) => {
  const reply = await window.kernel.requestExecute({code, user_expressions: {it: expression}}).done;
  const it = reply.content.user_expressions?.it;
  if (it?.status !== 'ok') throw new Error(`${code}; ${expression}: ${reply.content.evalue || it.evalue}`);
  return it.data['text/plain'];
}"""

# Counts, on every frame, how often a picture of an explorer has left the page or lost its size.
BLANKS = """() => {
  const pictures = [...document.querySelectorAll('.fer-edu-view img')].map(each => [each, each.clientHeight]);
  window.spy = { blank: 0, frames: 0 };
  const frame = () => {
    window.spy.frames += 1;
    window.spy.blank += pictures.filter(([each, height]) => !(each.isConnected && each.clientHeight === height)).length;
    if (!window.spy.done) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep for the fixtures whether the test itself has failed."""
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report


@pytest.fixture(scope="session")
def whole():
    """Skip, or fail where the browser is required, unless all is there that a browser test needs."""
    if lack := lab_server.missing():
        (pytest.fail if os.environ.get("FER_EDU_BROWSER") == "required" else pytest.skip)(lack)


@pytest.fixture
def chromium_arguments():
    """More arguments for chromium; a test module may name its own."""
    return []


@pytest.fixture
def console():
    """What has gone wrong in the page so far, a list of texts: errors of its console and of its scripts."""
    return []


@pytest.fixture
def page(whole, request, console, chromium_arguments):
    """Return an empty page of a chromium, 1100 pixels wide."""
    from playwright.sync_api import sync_playwright

    patience = lab_server.PATIENCE * 1000
    with sync_playwright() as p:
        arguments = [*lab_server.ARGUMENTS, *chromium_arguments]
        browser = p.chromium.launch(executable_path=lab_server.CHROMIUM, args=arguments, timeout=patience)
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.set_default_timeout(patience)
        lab_server.gather(page, console, said := [])
        yield page
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]", "-", request.node.name)
        if getattr(request.node, "failed", True):
            page.screenshot(path=ARTEFACTS / f"{name}.png")
        (ARTEFACTS / f"{name}.log").write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
        browser.close()


@pytest.fixture
def expect(page):
    """Return Playwright's `expect`, which waits until a place of the page is as it should be."""
    from playwright.sync_api import expect

    expect.set_options(timeout=lab_server.PATIENCE * 1000)
    return expect


@pytest.fixture
def shoot(page):
    """Return a function that keeps a picture of the page, or of one place of it, under a name."""

    def keep(name, place=None):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        (page if place is None else place).screenshot(path=ARTEFACTS / f"{name}.png")

    return keep


@pytest.fixture(scope="session")
def lab(whole, tmp_path_factory):
    """Return the address of a JupyterLab that shows the tests' temporary folders."""
    with lab_server.serve(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def run_notebook(page, lab, console, tmp_path, tmp_path_factory):
    """Return a function that opens the notebook `path` below tmp_path in a JupyterLab and runs it.

    It returns how many code cells there are and were run, and the errors. The notebook is `window.panel`, its kernel
    `window.kernel`. At the end no error may have reached the browser's console.
    """
    here = tmp_path.relative_to(tmp_path_factory.getbasetemp())
    yield lambda path: lab_server.run_all(page, lab, here / path)
    lab_server.settle(page)  # what was said until now has been heard then
    lab_server.stop_kernels(lab)
    assert console == []


@pytest.fixture
def run_cells(run_notebook, tmp_path):
    """Return a function that runs some code cells as a notebook in a JupyterLab; no cell may end in an error."""

    def run(*cells):
        (tmp_path / "cells.ipynb").write_text(lab_server.notebook_of(cells), encoding="utf-8")
        assert run_notebook("cells.ipynb") == {"cells": len(cells), "run": len(cells), "errors": []}

    return run


@pytest.fixture
def ask(page):
    """Return a function that runs some code in the notebook's kernel and returns what an expression is worth there."""

    def value(expression, after=""):
        return ast.literal_eval(page.evaluate(ASK, [after, expression]))

    return value


@pytest.fixture
def becomes(ask):
    """Return a function that waits until an expression is worth something in the notebook's kernel.

    What a widget sends may wait until the kernel has answered what it sent before: a single question can be earlier.
    """

    def wait(expression, expected):
        latest = time.monotonic() + lab_server.PATIENCE
        while (found := ask(expression)) != expected and time.monotonic() < latest:
            time.sleep(0.05)
        assert found == expected, expression

    return wait


@pytest.fixture
def answered(ask):
    """Return a function that waits until the kernel has had all that the page's widgets had to send, and answered.

    A widget hears the kernel's last answer before the first of these two; what it then sends comes before the second.
    """

    def wait():
        for _ in range(2):
            ask("1")

    return wait


@pytest.fixture
def redrawn(page):
    """Return a function that does something and waits until the picture of a view is another one."""

    def wait(view, act):
        picture = view.locator("img")
        before = picture.get_attribute("src")
        act()
        page.wait_for_function("([picture, before]) => picture.src !== before", arg=[picture.element_handle(), before])

    return wait


@pytest.fixture
def watch_pictures(page):
    """Return a function that starts to count blank frames; it returns one that stops: {"frames": n, "blank": k}."""

    def begin():
        page.evaluate(BLANKS)
        return lambda: page.evaluate("() => { window.spy.done = true; return window.spy; }")

    return begin
