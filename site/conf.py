"""Settings of Sphinx; `build.py` lays out the source folder and calls it."""

import importlib.util
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

HERE = Path(__file__).parent

project = "fer-edu"
author = "the fer-edu authors"
copyright = "the fer-edu authors. Text and figures CC BY 4.0, code MIT"
language = "en"
html_title = "fer-edu"

extensions = ["myst_nb", "sphinx.ext.githubpages"]
exclude_patterns = ["README.md", "LICENSE-TEXT.md"]  # included by index.md and licence.md
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # they would come from another host

# One file that draws formulas as SVG: no fonts, which a browser may refuse to load from a folder.
_mathjax = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax/tex-svg-full.js"
mathjax_path = _mathjax.name

html_theme = "sphinx_book_theme"
html_static_path = ["static", str(_mathjax)]
html_css_files = ["site.css"]
html_js_files = ["frames.js", ("figures.js", {"defer": "defer"})]  # the first has to hear every frame
html_extra_path = []  # build.py adds the explorers
html_copy_source = False
html_use_index = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches every page found, which a browser forbids in a folder
html_context = {"default_mode": "auto"}  # or the theme complains on the console of a first visit
html_theme_options = {
    "home_page_in_toc": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
}
_project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
if _repository := _project["tool"]["fer-edu"]["repository"]:
    html_theme_options |= {"repository_url": _repository, "use_repository_button": True}


class NoPictureFromElsewhere(SphinxPostTransform):
    """Puts the words of a picture that lies on another host, such as a badge, in its place."""

    default_priority = 5  # before Sphinx collects the pictures

    def run(self, **keywords):
        for image in list(self.document.findall(nodes.image)):
            if "://" in image["uri"]:
                image.replace_self(nodes.Text(image.get("alt") or "picture"))


def setup(app):
    app.add_post_transform(NoPictureFromElsewhere)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
