"""The notebooks on Colab: one setting makes the badges and the set-up cell, and what Colab ships is left as it is.

Running every notebook with what Colab ships takes 6 GB and minutes: benchmarks/colab.py.
"""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import ipywidgets
import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("notebook_build", ROOT / "notebooks/build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

ADDRESS = "https://github.com/someone/faces"
SHIPPED = dict(
    line.split("==")
    for line in (ROOT / "tests/notebooks/colab_ships.txt").read_text().splitlines()
    if not line.startswith("#")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["notebooks"]]


def run_cell(code, folder, modules="import google.colab\n"):
    """Run a cell in a fresh Python, where %pip is told to print what it would do; return the finished process.

    folder: stands for what is installed; a google.colab lies in it.
    """
    (folder / "google/colab").mkdir(parents=True, exist_ok=True)
    (folder / "google/colab/__init__.py").write_text("")
    plain = TransformerManager().transform_cell(code)
    stub = "get_ipython = lambda: type('Shell', (), {'run_line_magic': lambda _, *line: print('asked:', *line)})()\n"
    code = f"import sys\nsys.path = [{str(folder)!r}, *(p for p in sys.path if 'site-packages' not in p and p)]\n"
    # -S: no site-packages, so that the package of this environment is not found
    command = [sys.executable, "-I", "-S", "-c", code + stub + modules + plain]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=900)


def test_the_set_up_takes_at_most_five_lines_and_pins_nothing():
    lines = build.install_lines(ADDRESS)
    assert len(lines.splitlines()) <= 5
    assert re.findall(r'"(fer-edu.*?)"', lines) == [f"fer-edu[notebooks] @ git+{ADDRESS}"]
    assert max(map(len, lines.splitlines())) <= 120


def test_on_colab_the_package_is_installed_once_and_a_failure_says_so(tmp_path):
    code = build.install_lines(ADDRESS)
    failed = run_cell(code, tmp_path)
    assert f'asked: pip install -q "fer-edu[notebooks] @ git+{ADDRESS}"' in failed.stdout
    assert failed.returncode == 1 and "AssertionError: not installed: read above what pip says" in failed.stderr
    (tmp_path / "fer_edu").mkdir()
    (tmp_path / "fer_edu/__init__.py").write_text("")
    again = run_cell(code, tmp_path)
    assert (again.returncode, again.stdout) == (0, ""), again.stderr


def test_elsewhere_nothing_is_installed(tmp_path):
    done = run_cell(build.install_lines(ADDRESS), tmp_path, modules="")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("requirement", WANTED, ids=lambda r: r.name)
def test_what_colab_ships_is_new_enough(requirement):
    """A bound that it does not meet would make pip replace it, and a torch of another CUDA with it."""
    shipped = SHIPPED.get(requirement.name)
    assert shipped is None or requirement.specifier.contains(shipped)
    assert not [bound for bound in requirement.specifier if bound.operator in ("==", "===", "~=")]


def test_colab_lacks_one_package_of_those_that_the_notebooks_need():
    assert [each.name for each in WANTED if each.name not in SHIPPED] == ["captum"]
    assert {"torch", "torchvision", "numpy", "ipywidgets", "anywidget"} <= set(SHIPPED)


# What ipywidgets 8 has and 7.7, which Colab ships, has not. Tried: benchmarks/colab.py.
ONLY_8 = {
    "names": {"TagsInput", "ColorsInput", "FloatsInput", "IntsInput", "Stack", "DatetimePicker", "TimePicker"}
    | {"NaiveDatetimePicker", "HTMLStyle", "TextStyle", "CheckboxStyle"},
    "fields": {"text_color", "border_top", "border_bottom", "border_left", "border_right", "description_allow_html"}
    | {"title", "titles", "font_size", "font_style", "font_family", "text_decoration"},
    "arguments": {"tabbable", "description_allow_html", "titles"},
}
FIGURES = re.compile("_picture|picture.py")  # what draws with Matplotlib has other fields of these names


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((ROOT / "fer_edu/widgets").glob("*.py")) if not FIGURES.search(p.name)],
    ids=lambda p: p.stem,
)
def test_widgets_use_only_what_ipywidgets_7_has_too(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ipywidgets":
            assert node.attr not in ONLY_8["names"] and hasattr(ipywidgets, node.attr)
        if isinstance(node, ast.Attribute) and re.search(r"\.(style|layout)$", ast.unparse(node.value)):
            assert node.attr not in ONLY_8["fields"], f"line {node.lineno}"
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("ipywidgets."):
            assert not {keyword.arg for keyword in node.keywords} & ONLY_8["arguments"], f"line {node.lineno}"


def test_a_box_is_shown_without_ipywidgets_8s_own_bundle(monkeypatch):
    from fer_edu import widgets

    view = widgets.ScheduleExplorer(widgets.ScheduleState())
    whole = view._repr_mimebundle_()
    monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_")
    assert view._repr_mimebundle_() == whole
    assert whole[build.WIDGET]["model_id"] == view.model_id


@pytest.fixture
def project(tmp_path):
    """Return a source whose two notebooks were built without an address, with an output each."""
    source = tmp_path / "notebooks/src/00_small.py"
    source.parent.mkdir(parents=True)
    source.write_text(
        "# %% [markdown]\n# # Small\n# <!-- badges -->\n\n# %%\n# <install>\n1 + 1\n\n"
        "# %%\n### BEGIN SOLUTION\na = 2\n### END SOLUTION\n"
    )
    for kind, path in build.targets(source).items():
        path.parent.mkdir(exist_ok=True)
        notebook = build.assemble(source, kind, address="")
        notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2\n")]
        path.write_text(nbformat.writes(notebook) + "\n")
    return source


def test_one_setting_makes_the_badges_and_the_set_up_cell(project):
    plain = build.assemble(project, "student", address="")
    assert plain.cells[0].source == "# Small" and 'pip install -e ".[lab]"' in plain.cells[1].source
    head, code, *_ = (cell.source for cell in build.assemble(project, "student", address=ADDRESS).cells)
    links = re.findall(r"\]\((\S+?)\)", head)
    assert links == [
        "https://mybinder.org/badge_logo.svg",
        "https://mybinder.org/v2/gh/someone/faces/HEAD?urlpath=lab/tree/notebooks/00_small.ipynb",
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/someone/faces/blob/main/notebooks/00_small.ipynb",
    ]
    assert code == build.install_lines(ADDRESS) + "\n1 + 1"


def test_a_new_address_reaches_built_notebooks_without_running_them(project, monkeypatch):
    old = {path: nbformat.read(path, as_version=4) for path in build.targets(project).values()}
    assert build.relink(project, address="") == {}
    changed = build.relink(project, address=ADDRESS)
    assert set(changed) == set(old)
    for path, text in changed.items():
        path.write_text(text)
        new = nbformat.read(path, as_version=4)
        assert "colab-badge" in new.cells[0].source and f"git+{ADDRESS}" in new.cells[1].source
        assert [cell.id for cell in new.cells] == [cell.id for cell in old[path].cells]
        assert new.cells[1].outputs == old[path].cells[1].outputs and new.cells[1].outputs
        assert new.cells[2] == old[path].cells[2]
    monkeypatch.setattr(build, "repository", lambda: ADDRESS)
    assert build.stale(project) == []  # what --check says
    assert build.relink(project) == {}


def test_relinking_is_no_way_around_a_build(project):
    text = project.read_text()
    for old, new in (("1 + 1", "1 + 2"), ("# # Small", "# # Big"), ("a = 2", "b = 2")):
        project.write_text(text.replace(old, new))
        with pytest.raises(build.BuildError, match="differs from its source in more than the address"):
            build.relink(project, address=ADDRESS)
    next(iter(build.targets(project).values())).unlink()
    with pytest.raises(build.BuildError, match="is missing: build it"):
        build.relink(project, address=ADDRESS)


def test_the_readme_has_badges_and_a_pair_of_links_for_a_notebook():
    text = "<!-- badges -->\n<!-- /badges -->\n| [00](x)<!-- open 00 --><!-- /open --> | y |"
    numbers = {"00": "00_small.ipynb"}
    linked = build.readme(text, ADDRESS, numbers)
    assert linked.startswith("<!-- badges -->\n[![Binder](https://mybinder.org/badge_logo.svg)](")
    doors = build.doors(ADDRESS, "00_small.ipynb")
    links = "".join(f" · [{name}]({doors[name]})" for name in ("Binder", "Colab"))
    assert linked.splitlines()[-1] == f"| [00](x)<!-- open 00 -->{links}<!-- /open --> | y |"
    assert build.readme(linked, ADDRESS, numbers) == linked
    assert build.readme(linked, "", numbers) == text
    with pytest.raises(build.BuildError, match="found <!-- open 77 -->"):
        build.readme("<!-- open 77 --><!-- /open -->", ADDRESS, numbers)


def test_the_readme_agrees_with_the_setting():
    before, after = build.linked_readme()
    assert before == after and "<!-- badges -->" in before


@pytest.mark.parametrize("found", ["github.com/someone/faces", "https://github.com/someone", "https://example.org/a/b"])
def test_an_address_that_makes_no_links_is_refused(found, tmp_path):
    setting = tmp_path / "pyproject.toml"
    setting.write_text(f'[tool.fer-edu]\nrepository = "{found}"\n')
    with pytest.raises(build.BuildError, match=f"expected .*github.com/OWNER/NAME, found {re.escape(found)}"):
        build.repository(setting)
    setting.write_text(f'[tool.fer-edu]\nrepository = "{ADDRESS}.git/"\n')
    assert build.repository(setting) == ADDRESS
    setting.write_text("")
    assert build.repository(setting) == ""
