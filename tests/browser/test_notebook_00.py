"""Notebook 00 in a real JupyterLab: it runs to its end, and the explorer answers the keyboard."""

import shutil
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SHOW = """() => { const found = document.querySelector('.fer-edu-view .fe-stage');
  if (found) found.scrollIntoView({block: 'center'});
  else { const page = document.querySelector('.jp-WindowedPanel-outer'); page.scrollTop += page.clientHeight / 2; }
  return !!found; }"""
SEEN = "canvas => canvas.toDataURL()"


def test_runs_to_its_end_and_a_slider_answers_the_arrow_keys(run_notebook, page, tmp_path):
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns("src", "solutions"))
    page.set_viewport_size({"width": 1400, "height": 1000})
    ran = run_notebook("notebooks/00_start_here.ipynb")
    assert ran["errors"] == []
    assert ran["run"] == ran["cells"] > 10

    page.wait_for_timeout(500)
    page.evaluate("() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0; }")
    for _ in range(60):  # the notebook draws only the cells in sight: scroll until the explorer is there
        if page.evaluate(SHOW):
            break
        page.wait_for_timeout(200)
    view = page.locator(".fer-edu-view:has(.fe-stage)").first
    view.wait_for()
    picture, slider = view.locator("canvas"), view.locator("input[type=range]").first
    before, said = picture.evaluate(SEEN), view.locator(".fe-words").inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "said => document.querySelector('.fer-edu-view .fe-words').innerText !== said", arg=said
    )  # θ in numbers moves with it
    assert picture.evaluate(SEEN) != before
    assert view.locator("input[type=range]").count() == 4
