"""A JupyterLab of its own for each test, and the page that shows it.

Needs the extra `browser` (playwright) and the system's chromium; CHROMIUM names another one.
"""

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 300  # seconds; a machine that is busy with something else must not fail a test

# Opening the document, and waiting for its kernel to have answered, before running: waiting for the indicator of an
# idle kernel alone fails now and then, since it is idle before it has begun.
RUN_ALL = """async path => {
  const app = window.jupyterapp; await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook', kernel: {name: 'python3'}});
  await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
  app.shell.activateById(panel.id);
  await app.commands.execute('notebook:run-all-cells');
  window.kernel = panel.sessionContext.session.kernel;
  const cells = [...panel.content.model.sharedModel.cells].filter(cell => cell.cell_type === 'code');
  return {cells: cells.length, run: cells.filter(cell => cell.execution_count).length,
          errors: cells.flatMap(cell => cell.outputs.filter(o => o.output_type === 'error').map(o => o.evalue))};
}"""


# What an expression is worth in the notebook's kernel, after some code.
ASK = """async ([code, expression]) => {
  const reply = await window.kernel.requestExecute({code, user_expressions: {it: expression}}).done;
  return reply.content.user_expressions.it.data['text/plain'];
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


@pytest.fixture
def page():
    """Return an empty page of a chromium, 1100 pixels wide."""
    playwright = pytest.importorskip("playwright.sync_api", reason='needs playwright: pip install -e ".[browser]"')
    if not CHROMIUM:
        pytest.skip("needs chromium: install it, or name one in CHROMIUM")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


@pytest.fixture
def run_notebook(page, tmp_path):
    """Return a function that opens the notebook `path` below tmp_path in a JupyterLab and runs it.

    It returns how many code cells there are and were run, and the errors. The notebook's kernel is `window.kernel`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        name: str(tmp_path / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password="]
    command += [f"--ServerApp.root_dir={tmp_path}", "--LabApp.expose_app_in_browser=True"]
    address = f"http://127.0.0.1:{port}"
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def run(path):
        page.goto(f"{address}/lab?reset")
        page.wait_for_function("() => !!window.jupyterapp")
        return page.evaluate(RUN_ALL, path)

    try:
        for _ in range(PATIENCE * 2):
            assert server.poll() is None, (tmp_path / "lab.log").read_text()[-2000:]
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield run
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def run_cells(run_notebook, tmp_path):
    """Return a function that runs some code cells as a notebook in a JupyterLab; no cell may end in an error."""

    def run(*cells):
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        code = [{**empty, "id": f"cell-{k}", "source": cell} for k, cell in enumerate(cells)]
        written = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": code})
        (tmp_path / "cells.ipynb").write_text(written)
        assert run_notebook("cells.ipynb") == {"cells": len(cells), "run": len(cells), "errors": []}

    return run


@pytest.fixture
def ask(page):
    """Return a function that runs some code in the notebook's kernel and returns what an expression is worth there."""

    def value(expression, after=""):
        return ast.literal_eval(page.evaluate(ASK, [after, expression]))

    return value


@pytest.fixture
def watch_pictures(page):
    """Return a function that starts to count blank frames; it returns one that stops: {"frames": n, "blank": k}."""

    def begin():
        page.evaluate(BLANKS)
        return lambda: page.evaluate("() => { window.spy.done = true; return window.spy; }")

    return begin
