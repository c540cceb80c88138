"""A JupyterLab for tests and benchmarks that drive one in chromium, and how a notebook is run in it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from fer_edu import cli

NAMED = os.environ.get("CHROMIUM")
CHROMIUM = shutil.which(NAMED) if NAMED else shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]  # as root; in a container with little shared memory
PATIENCE = 300  # seconds; a machine that is busy with something else must not fail a test
LONGEST = 3600  # seconds that the cells of one notebook may take: some 60 of them on a machine of its own

# Opening the document, and waiting for its kernel to have answered, before running: waiting for the indicator of an
# idle kernel alone fails now and then, since it is idle before it has begun.
RUN_ALL = """async ([path, seconds]) => {
  const app = window.jupyterapp; await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook', kernel: {name: 'python3'}});
  await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
  app.shell.activateById(panel.id);
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error(`${path} ran longer than ${seconds} s`)),
                                                   1000 * seconds));
  await Promise.race([app.commands.execute('notebook:run-all-cells'), late]);
  window.panel = panel;
  window.kernel = panel.sessionContext.session.kernel;
  const cells = [...panel.content.model.sharedModel.cells].filter(cell => cell.cell_type === 'code');
  return {cells: cells.length, run: cells.filter(cell => cell.execution_count).length,
          errors: cells.flatMap(cell => cell.outputs.filter(o => o.output_type === 'error').map(o => o.evalue))};
}"""

# Brings a cell into sight: JupyterLab draws only what is near it. Twice, since what it draws on the way has its true
# height only afterwards; and again as long as a busy machine has not drawn the cell.
SCROLL = """async at => {
  const { content } = window.panel, cell = content.widgets[at];
  for (let k = 0; k < 2 || (!cell.node.isConnected && k < 1000); k++) {
    await content.scrollToItem(at, 'start').catch(() => {});
    await new Promise(done => setTimeout(done, 300));
  }
  await cell.ready;
}"""


def missing():
    """Return what is missing for a browser test and how to get it, in a sentence; "" where all is there."""
    for module, extra in (("playwright", "browser"), ("jupyterlab", "lab"), ("anywidget", "lab"), ("captum", "lab")):
        try:
            __import__(module)
        except ImportError:
            return f'A browser test needs {module}: pip install -e ".[{extra}]".'
    if CHROMIUM is None and NAMED:
        return f"A browser test needs chromium, and CHROMIUM names {NAMED}, which is not there: name another one."
    if CHROMIUM is None:
        return "A browser test needs chromium: install it (apt-get install chromium), or name one in CHROMIUM."
    return ""


@contextlib.contextmanager
def serve(root, folder):
    """Start a JupyterLab that shows the folder `root` and keeps its own files in `folder`; yield its address.

    No variable that names a data set reaches it: its notebooks show drawn faces, of which pictures may be kept.
    """
    folder = Path(folder)
    settings = folder / "config" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    # It asks the internet whether there is news.
    settings.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_ROOT")}
    environment |= {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--allow-root"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password="]
    command += ["--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={root}"]
    command += ["--LabApp.expose_app_in_browser=True", cli.LARGE_UPLOADS]
    for _ in range(3):  # another program may take the port before the server does
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        with open(folder / "lab.log", "w") as log:
            server = subprocess.Popen([*command, f"--port={port}"], env=environment, stdout=log, stderr=log)
        try:
            if answers(server, f"{address}/api"):
                yield address
                return
        finally:
            end(server)
    raise AssertionError(f"JupyterLab does not answer: {(folder / 'lab.log').read_text()[-2000:]}")


def free_port():
    """Return the number of a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(server, address):
    """Wait until an address answers; return whether it does, which it never will once the process has ended."""
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return server.poll() is None
    return False


def end(server):
    """End a process, at the latest after `PATIENCE` seconds."""
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def run_all(page, address, path):
    """Open the notebook `path` in the JupyterLab at `address` and run it all; return its cells, those run, the errors.

    The notebook is `window.panel` from then on, its kernel `window.kernel`.
    """
    page.goto(f"{address}/lab?reset")
    page.wait_for_function("() => !!window.jupyterapp")
    return page.evaluate(RUN_ALL, [str(path), LONGEST])


def stop_kernels(address):
    """Shut down every kernel of the JupyterLab at `address`."""
    with urllib.request.urlopen(f"{address}/api/sessions", timeout=PATIENCE) as reply:
        running = json.load(reply)
    for session in running:
        stop = urllib.request.Request(f"{address}/api/sessions/{session['id']}", method="DELETE")
        urllib.request.urlopen(stop, timeout=PATIENCE).close()


def notebook_of(cells):
    """Return code cells as the text of a notebook."""
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    code = [{**empty, "id": f"cell-{k}", "source": cell} for k, cell in enumerate(cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": code})


def settle(page):
    """Wait until two frames have been drawn: the first may have begun before what is waited for."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def gather(page, wrong, said):
    """Append all that a page's console says to the list `said`, and its errors and those of scripts to `wrong`."""

    def heard(message):
        text = f"{message.text} ({message.location.get('url', '')})"
        said.append(f"{message.type}: {text}")
        if message.type == "error":
            wrong.append(text)

    def broke(error):
        said.append(f"script: {error}")
        wrong.append(str(error))

    page.on("console", heard)
    page.on("pageerror", broke)
