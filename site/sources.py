"""The folder that Sphinx reads, laid out as the checkout is, so that links between its files hold."""

import re
import shutil
from pathlib import Path

import explorers
import nbformat
import pages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FIRST = ("running", "colab", "teaching", "gallery", "results")
"""The documents that most readers want, in this order; the others follow by name."""
MOVED = {
    "README.md": "index.md",
    "LICENSE": "licence.md",
    "LICENSE-TEXT.md": "licence.md",
    "CITATION.cff": "licence.md",
}
"""What lies in the checkout's root -> the page that holds it."""
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s#:]+)(#[^()\s]*)?\)")  # not to an address


def lay_out(source, numbers=None, solutions=True):
    """Write the pages' sources into the folder `source`.

    numbers: two digits of each notebook to take; None takes all. solutions: whether they stand folded in the pages.
    """
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    chosen = [path for path in notebooks if not numbers or path.name[:2] in numbers]
    texts = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "results/README.md"], key=rank)
    kept = {*chosen, *texts}
    for folder in ("notebooks", "docs", "results", "extra/explorers"):
        (source / folder).mkdir(parents=True)
    for path in chosen:
        lay_out_notebook(path, source, solutions)
    for path in (*texts, *(ROOT / name for name in MOVED)):
        text = path.read_text(encoding="utf-8")
        text = relinked(text, path, kept, source) if path.suffix == ".md" else text
        (source / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
    lists = {
        "<notebooks>": "\n".join(f"notebooks/{path.stem}" for path in chosen),
        "<documents>": "\n".join(path.relative_to(ROOT).with_suffix("").as_posix() for path in texts),
    }
    for name in ("index.md", "licence.md"):
        text = (HERE / name).read_text(encoding="utf-8")
        for mark, lines in lists.items():
            text = text.replace(mark, lines)
        (source / name).write_text(relinked(text, ROOT / name, kept, source), encoding="utf-8")


def rank(path):
    """Return what sorts the documents."""
    return (FIRST.index(path.stem) if path.stem in FIRST else len(FIRST), path.as_posix())


def lay_out_notebook(path, source, solutions):
    """Write a notebook's page, and its explorers as pages of their own."""
    notebook = explorers.read(path)
    solution = explorers.read(path.parent / "solutions" / path.name) if solutions else None
    made, live = pages.page(notebook, solution, prefix=f"{path.name[:2]}-")
    nbformat.write(made, source / "notebooks" / path.name)
    for name, cell in live.items():
        page = explorers.live_page(notebook, cell)
        (source / "extra/explorers" / name).write_text(page, encoding="utf-8")


def relinked(text, path, kept, source):
    """Return the markdown of the file at `path` with links that hold in the site.

    A link to a file that is no page takes the file along; one to a folder, or to a notebook that is left out, becomes
    its words. A link to what does not exist stays: Sphinx complains of it.
    """

    def link(match):
        picture, words, address, anchor = match.groups()
        target = (path.parent / address).resolve()
        if not target.is_relative_to(ROOT):
            return match.group()
        name = target.relative_to(ROOT).as_posix()
        if name in MOVED:
            up = "../" * len(path.relative_to(ROOT).parent.parts)
            return f"{picture}[{words}]({up}{MOVED[name]}{anchor or ''})"
        if target.is_dir() or (target.suffix == ".ipynb" and target.exists() and target not in kept):
            return words
        if target.is_file() and target not in kept:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, source / name)
        return match.group()

    return LINK.sub(link, text)
