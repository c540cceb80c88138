"""Seconds from a clone to the first slider that moves, as a new user goes: clone, `make lab`, notebook 00.

python benchmarks/first_minutes.py [SOURCE]

SOURCE is what git clones, this checkout if it is not given. Needs make, chromium and the extra `browser`, 6 GB of disk,
and a network for the packages (or pip's cache, which makes the second run faster than a newcomer's). Everything goes
into a temporary folder and is deleted.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

RUN_ALL = """async path => {
  const app = window.jupyterapp; await app.restored;
  const panel = await app.commands.execute('docmanager:open', {path, factory: 'Notebook', kernel: {name: 'python3'}});
  await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
  app.commands.execute('notebook:run-all-cells');
}"""

# Scrolls on until a live slider of an explorer is in sight: the notebook draws only the cells near the window.
FIND = """() => { const found = document.querySelector('.fer-edu-view .fe-stage');
  if (found) found.scrollIntoView({block: 'center'});
  else { const page = document.querySelector('.jp-WindowedPanel-outer');
    page.scrollTop = (page.scrollTop + page.clientHeight / 2) % page.scrollHeight; }
  return !!found; }"""


def main(source):
    from playwright.sync_api import sync_playwright

    start = time.perf_counter()

    def tell(what):
        print(f"{time.perf_counter() - start:6.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "fer-edu"
        subprocess.run(["git", "clone", "--quiet", source, checkout], check=True)
        tell("cloned")
        subprocess.run(["make", ".venv/lab"], cwd=checkout, check=True, stdout=subprocess.DEVNULL)
        tell("everything installed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        options = ["--no-browser", "--ip=127.0.0.1", f"--port={address.rpartition(':')[2]}", "--allow-root"]
        options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={checkout}"]
        options += ["--LabApp.expose_app_in_browser=True"]
        command = [checkout / ".venv/bin/python", "-m", "jupyterlab", *options]
        lab = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=checkout)
        try:
            wait_for(lab, f"{address}/api")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1400, "height": 1000})
                page.set_default_timeout(600_000)
                page.goto(f"{address}/lab?reset")
                page.wait_for_function("() => !!window.jupyterapp")
                tell("JupyterLab is there")
                page.evaluate(RUN_ALL, "notebooks/00_start_here.ipynb")
                tell("notebook 00 open, its kernel answers, all cells asked to run")
                while not page.evaluate(FIND):
                    page.wait_for_timeout(100)
                slider = page.locator(".fer-edu-view:has(.fe-stage) input[type=range]").first
                before = slider.input_value()
                for _ in range(100):  # the page may still scroll to where cells run
                    slider.focus()
                    page.keyboard.press("ArrowRight")
                    if slider.input_value() != before:
                        break
                    page.wait_for_timeout(100)
                else:
                    raise RuntimeError("expected the slider to answer the arrow key, found that it stays: try by hand.")
                tell("the first slider of the θ explorer moves, with the cells above it done")
                browser.close()
        finally:
            lab.terminate()
            lab.wait(30)
        size = sum(path.lstat().st_size for path in (checkout / ".venv").rglob("*") if not path.is_dir())
        print(f"installed: {size / 1e9:.2f} GB")


def wait_for(server, address):
    """Return when `address` answers; RuntimeError where the server has stopped."""
    while True:
        if server.poll() is not None:
            raise RuntimeError(f"expected the lab to answer at {address}, found it stopped: start it by hand.")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)


if __name__ == "__main__":
    main(*(sys.argv[1:2] or [str(Path(__file__).resolve().parents[1])]))
