"""The static site: what its pages hold, and that nothing in it leads nowhere or elsewhere."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("myst_nb", reason='needs Sphinx and its theme: pip install -e ".[site]"')

sys.path.append(str(Path(__file__).resolve().parents[1] / "site"))
import explorers
import figures
import links
import pages
import sources

from fer_edu import widgets
from fer_edu.errors import DataError

ROOT = sources.ROOT
STEPPER = "stepper = fe.widgets.SamplingStepper(fe.widgets.StepperState(U, row=row, column=0))\nstepper"


def code(source, words=None):
    """Return a code cell, and as its output a picture with these words beside it."""
    cell = nbformat.v4.new_code_cell(source)
    if words is not None:
        cell.outputs = [nbformat.v4.new_output("execute_result", {"image/png": "", "text/plain": words})]
    return cell


def notebook(*cells):
    """Return a notebook of some code cells, ids by place, below its title."""
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A title\n\n## A part"), *cells])


def python(script, *arguments):
    """Run a script with the folder site in its path, in a Python of its own: Sphinx changes much of one."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'site')!r})\n{script}"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the pages of two notebooks and of all documents."""
    out = tmp_path_factory.mktemp("built") / "site"
    done = subprocess.run(
        [sys.executable, ROOT / "site/build.py", "00", "03", "--out", out], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_every_document_and_chosen_notebook_has_a_page(site):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    documents = {f"docs/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    notebooks = {path for path in built if path.startswith("notebooks/")}
    assert built >= documents | {"index.html", "licence.html", "search.html", "results/README.html"}
    assert notebooks == {"notebooks/00_start_here.html", "notebooks/03_bilinear_sampling.html"}
    assert links.check(site)[0] == []
    assert {path.name[:2] for path in (site / "explorers").iterdir()} == {"00", "03"}


def test_every_picture_of_a_page_has_words(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "_static" not in page.parts:
            assert text.count("<img ") == text.count('<img alt="') - text.count('<img alt=""'), page


def test_the_site_holds_the_saved_figures_and_says_that_nothing_runs(site):
    text = (site / "notebooks/03_bilinear_sampling.html").read_text(encoding="utf-8")
    saved = explorers.read(ROOT / "notebooks/03_bilinear_sampling.ipynb")
    pictures = sum("image/png" in o.get("data", {}) for c in saved.cells for o in c.get("outputs", []))
    assert text.count("<img ") == pictures - 1  # the stepper is live
    assert 'src="../explorers/03-' in text and "nothing runs here" in text
    assert "A solution" in text and 'href="../index.html#start"' in text


def test_only_what_an_explorer_depends_on_is_run():
    cells = [
        code("import fer_edu as fe\nimport torch\n%pip install x\nraise_here = 1 / 0"),
        code("U = torch.zeros(3, 3)\nother = raise_here"),
        code("if U.sum() < 1:\n    !ls\n    U[1, 1] = 4.0\nrow = 1"),
        code(STEPPER),
    ]
    live = explorers.run(explorers.slice_of(cells))
    assert isinstance(live, widgets.SamplingStepper) and live.state.image[1, 1] == 4 and live.state.row == 1


def test_an_explorer_in_another_state_than_the_notebook_saved_is_refused():
    state = widgets.StepperState(row=2, column=0)
    made = "import fer_edu as fe\nU, row = None, {}\n"
    words = f"SamplingStepper: {state.describe()}"
    assert "<html" in explorers.live_page(notebook(code(made.format(2) + STEPPER, words)), 1)
    with pytest.raises(DataError, match="build the notebook again"):
        explorers.live_page(notebook(code(made.format(1) + STEPPER, words)), 1)


def test_a_solution_is_folded_up_beside_its_starter_or_left_out():
    student, solved = notebook(code("x = 1"), code("y = ...")), notebook(code("x = 1"), code("y = 2"))
    with_it, without = pages.page(student, solved)[0], pages.page(student)[0]
    assert [cell.source for cell in with_it.cells if cell.cell_type == "code"] == ["x = 1", "y = ...", "y = 2"]
    assert with_it.cells[-1].metadata.tags == ["hide-input"]
    assert [cell.source for cell in without.cells if cell.cell_type == "code"] == ["x = 1", "y = ..."]


def test_a_browser_side_explorer_is_live_and_any_other_a_still_that_says_so():
    cells = code("a", "SamplingStepper: here"), code("b", "GradientPlay: there"), code("c", "<Figure of 2 Axes>")
    page, live = pages.page(notebook(*cells), prefix="03-")
    assert live == {"03-1.html": 1}
    frame, still = page.cells[3].source, page.cells[5].source
    assert 'src="../explorers/03-1.html" title="SamplingStepper: here"' in frame and page.cells[2].outputs == []
    assert still == pages.STILL and page.cells[4].metadata.mystnb.image.alt == "GradientPlay: there"
    assert "“A part”" in page.cells[6].metadata.mystnb.image.alt
    nbformat.validate(page)


def test_a_figure_is_described_by_its_section_and_the_words_in_it():
    said = figures.figure_words('ax.set(xlabel="shift", ylabel="loss", ylim=(0, 1))\nax.set_title(name)', "The kink")
    assert said == "Figure of the section “The kink”. Words in it: shift; loss."
    said = figures.figure_words('fe.plots.picture(axes[0], x, "input")\nax.text(0, 1, f"{n:.0%} are holes")', "Push")
    assert said == "Figure of the section “Push”. Words in it: input; … are holes."
    assert figures.figure_words("show(data)", "The kink") == "Figure of the section “The kink”. The text explains it."


def test_a_figure_that_the_library_draws_is_described_by_its_documentation():
    cell = """asked = ("gradient", "occlusion")
other = {"unseen": 1}
shown = {name: explain(model, x, "a method") for name in asked} | {"edges": edges[0]}
plots_saliency.grid(x, shown, names, label="true cue")"""
    assert figures.figure_words(cell, "Maps") == (
        "Faces in a row, and below them a row of maps for each method: the same colours everywhere. "
        "Words in it: gradient; occlusion; edges; true cue."
    )
    assert figures.figure_words("grid_on_both(image, theta)", "Grids").startswith(
        "A picture with the grid of theta on it"
    )


@pytest.mark.parametrize(
    ("documentation", "words"),
    [
        ("Draw a sheet of faces.", "A sheet of faces."),
        ("Draw `size` maps [N, H, W] of a\n`Watch`; all: theirs.\n\nMore.", "… maps of a Watch."),
        ("Draw 0, 1, 2 ... of them. n: number.", "0, 1, 2 ... of them."),
        ("Return a number.", ""),
    ],
)
def test_a_function_of_a_figure_says_what_it_draws(documentation, words):
    assert figures.what_it_draws(documentation, ["images", "size"]) == words
    assert figures.what_it_draws(documentation, ["axes", "size"]) == ""


def test_nearly_every_figure_of_the_notebooks_is_described_by_more_than_its_section():
    found = []
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        cells = pages.page(explorers.read(path))[0].cells
        shown = [c for c in cells if any("image/png" in o.get("data", {}) for o in c.get("outputs", []))]
        found += [cell.metadata.mystnb.image.alt for cell in shown]
    bare = [words for words in found if words.endswith("The text explains it.")]
    assert len(bare) < len(found) / 10, bare


def test_links_hold_where_the_pages_are(tmp_path):
    here = ROOT / "docs/library.md"
    kept = {here, ROOT / "notebooks/00_start_here.ipynb"}

    def relinked(text):
        return sources.relinked(text, here, kept, tmp_path)

    for same in (
        "[a](https://example.org/x)",
        "[a](#part)",
        "[a](../notebooks/00_start_here.ipynb)",
        "[a](missing.md)",
        "[a](../../outside.md)",
    ):
        assert relinked(same) == same
    assert relinked("[the README](../README.md#start)") == "[the README](../index.md#start)"
    assert relinked("[MIT](../LICENSE)") == "[MIT](../licence.md)"
    assert relinked("[tests](../tests), [01](../notebooks/01_data_sets.ipynb)") == "tests, 01"
    assert not any(tmp_path.iterdir())
    assert relinked("[build](../notebooks/build.py)") == "[build](../notebooks/build.py)"
    assert (tmp_path / "notebooks/build.py").exists()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ('<a href="b.html">', "b.html, which is not there"),
        ('<a href="../out.html">', "which is not there"),
        ('<a href="a.html#there">', "no such anchor"),
        ('<a href="#there">', "no such anchor"),
        ('<img src="x%20y.png">', "which is not there"),
        ('<script src="https://cdn.example.org/a.js">', "from another host"),
        ('<img src="//example.org/a.png">', "from another host"),
        ('<link rel="stylesheet" href="https://fonts.example.org/a.css">', "from another host"),
        ('<a href="http://example.org">', "no https address"),
        ('<a href="https://example">', "no https address"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path, wrong, complaint):
    right = '<p id="here"><a href="#here"><a href="a.html#here"><a href="https://example.org/x"><img src="data:,"></p>'
    (tmp_path / "a.html").write_text(right, encoding="utf-8")
    assert links.check(tmp_path) == ([], ["https://example.org/x"])
    (tmp_path / "a.html").write_text(right + wrong, encoding="utf-8")
    assert complaint in " ".join(links.check(tmp_path)[0])


@pytest.mark.parametrize("rule", ["@import 'https://fonts.example.org/a.css';", "a {b: url(//example.org/a.woff)}"])
def test_a_style_that_loads_from_elsewhere_is_found(tmp_path, rule):
    (tmp_path / "a.css").write_text("a {b: url(data:,x) url('#c')}", encoding="utf-8")
    assert links.check(tmp_path)[0] == []
    (tmp_path / "a.css").write_text(rule, encoding="utf-8")
    assert len(links.check(tmp_path)[0]) == 1


def test_a_badge_becomes_words_and_a_broken_reference_fails_the_build(tmp_path):
    source = tmp_path / "source"
    (source / "extra").mkdir(parents=True)
    badge = "[![Colab](https://colab.example.org/badge.svg)](https://colab.example.org/open)"
    script = "import build, pathlib\nprint(build.render(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))"
    (source / "index.md").write_text(f"# A title\n\n{badge}\n\n$x^2$\n", encoding="utf-8")
    done = python(script, source, tmp_path / "made")
    assert "https://colab.example.org/open" in done.stdout, done.stderr
    text = (tmp_path / "made/index.html").read_text(encoding="utf-8")
    assert "badge.svg" not in text and ">Colab</a>" in text and "_static/tex-svg-full.js" in text

    (source / "index.md").write_text("# A title\n\n[gone](gone.md)\n", encoding="utf-8")
    done = python(script, source, tmp_path / "again")
    assert done.returncode and "gone" in done.stderr and "not built" in done.stderr
