"""Notebook 00 in a real JupyterLab: it runs to its end, and the explorer answers the keyboard.

Needs the extra `browser` (playwright) and the system's chromium; CHROMIUM names another one.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason='needs playwright: pip install -e ".[browser]"')
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs chromium: install it, or name one in CHROMIUM")

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks/00_start_here.ipynb"
PATIENCE = 300  # seconds; a machine that is busy with something else must not fail this test

# Opening the document, and waiting for its kernel to have answered, before running: waiting for the indicator of an
# idle kernel alone fails now and then, since it is idle before it has begun.
RUN_ALL = """async path => {
  const app = window.jupyterapp; await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook', kernel: {name: 'python3'}});
  await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
  app.shell.activateById(panel.id);
  await app.commands.execute('notebook:run-all-cells');
  const cells = [...panel.content.model.sharedModel.cells].filter(cell => cell.cell_type === 'code');
  return {cells: cells.length, run: cells.filter(cell => cell.execution_count).length,
          errors: cells.flatMap(cell => cell.outputs.filter(o => o.output_type === 'error').map(o => o.evalue))};
}"""
SHOW = """() => { const found = document.querySelector('.fer-edu-view');
  if (found) found.scrollIntoView({block: 'center'});
  else { const page = document.querySelector('.jp-WindowedPanel-outer'); page.scrollTop += page.clientHeight / 2; }
  return !!found; }"""


@pytest.fixture
def lab(tmp_path):
    """Start a JupyterLab over a copy of the notebooks, with settings of its own; return its address."""
    shutil.copytree(NOTEBOOK.parent, tmp_path / "notebooks", ignore=shutil.ignore_patterns("src", "solutions"))
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
    try:
        for _ in range(PATIENCE * 2):
            assert server.poll() is None, (tmp_path / "lab.log").read_text()[-2000:]
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_runs_to_its_end_and_a_slider_answers_the_arrow_keys(lab):
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{lab}/lab?reset")
        page.wait_for_function("() => !!window.jupyterapp")
        ran = page.evaluate(RUN_ALL, "notebooks/00_start_here.ipynb")
        assert ran["errors"] == []
        assert ran["run"] == ran["cells"] > 10

        page.wait_for_timeout(500)
        page.evaluate("() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0; }")
        for _ in range(60):  # the notebook draws only the cells in sight: scroll until the explorer is there
            if page.evaluate(SHOW):
                break
            page.wait_for_timeout(200)
        view = page.locator(".fer-edu-view").first
        picture, handle = view.locator("img").first, view.locator(".noUi-handle").first
        view.wait_for()
        before, said = picture.get_attribute("src"), view.inner_text()
        assert before
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "before => { const i = document.querySelector('.fer-edu-view img'); return i && i.src !== before; }",
            arg=before,
        )
        assert view.inner_text() != said  # θ in numbers moves with it
        assert view.locator("img").count() == 1
        browser.close()
