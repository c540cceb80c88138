"""What a reader without a kernel needs of a notebook: solutions folded up, explorers live or said to be stills."""

import html
import re

import nbformat
from explorers import is_live
from figures import figure_words

from fer_edu import widgets

SOLUTION = "A solution"
STILL = "*A still picture. The explorer itself runs in JupyterLab: see [Start](../index.md#start).*"
SAVED = (
    "*You are reading a notebook as it was saved: nothing runs here{live}. To run it, see [Start](../index.md#start).*"
)
BUT_LIVE = ", but the explorers that your browser draws"
LIVE = """\
<iframe class="explorer" src="../explorers/{name}" title="{title}" loading="lazy"></iframe>

<p class="explorer-note">Live: it runs in this page, by mouse, finger or keyboard.
<a href="../explorers/{name}">Open it alone</a>, or run it in JupyterLab.</p>
"""


def page(notebook, solution=None, prefix=""):
    """Return a student notebook as a page's notebook, and {file name: number of its cell} of its live explorers.

    solution: the executed notebook with solutions, whose cells bear the same ids; None leaves the solutions out.
    prefix: what the names of the explorers' files begin with.
    """
    solved = {cell.id: cell.source for cell in solution.cells} if solution else {}
    cells, live, heading = [], {}, ""
    for number, cell in enumerate(notebook.cells):
        cell = nbformat.from_dict(cell)
        cells.append(cell)
        if cell.cell_type == "markdown":
            heading = last_heading(cell.source) or heading
            continue
        if cell.id in solved and solved[cell.id] != cell.source:
            cells.append(folded(solved[cell.id], SOLUTION))
        shown = next((w for output in cell.outputs if (w := shown_widget(output))), None)
        if shown and is_live(shown.partition(":")[0]):
            name = f"{prefix}{number}.html"
            live[name] = number
            cell.outputs = []
            cells.append(nbformat.v4.new_markdown_cell(LIVE.format(name=name, title=html.escape(shown, quote=True))))
        elif shown:
            describe(cell, shown)
            cells.append(nbformat.v4.new_markdown_cell(STILL))
        else:
            describe(cell, figure_words(cell.source, heading))
    cells.insert(1, nbformat.v4.new_markdown_cell(SAVED.format(live=BUT_LIVE if live else "")))
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata), live


def last_heading(markdown):
    """Return the text of the last heading of a markdown cell; "" where it has none."""
    found = re.findall(r"^#+ +(.+?) *#*$", markdown, flags=re.MULTILINE)
    return found[-1] if found else ""


def folded(code, prompt):
    """Return a code cell that is folded up behind a line of text."""
    metadata = {"tags": ["hide-input"], "mystnb": {"code_prompt_show": prompt, "code_prompt_hide": prompt}}
    return nbformat.v4.new_code_cell(code, metadata=metadata)


def shown_widget(output):
    """Return the words that a widget saved beside its picture, "Name: state"; None where the output is no widget's."""
    data = output.get("data", {})
    words = data.get("text/plain", "")
    return words if "image/png" in data and words.partition(":")[0] in widgets.__all__ else None


def describe(cell, words):
    """Give the pictures of a cell an alternative text."""
    cell.metadata["mystnb"] = {**cell.metadata.get("mystnb", {}), "image": {"alt": " ".join(words.split())}}
