"""The static site: all notebooks and documents as pages to read, without a kernel and without a network.

python site/build.py                 into build/site: open build/site/index.html
python site/build.py 00 02           with these notebooks only
python site/build.py --no-solutions  without the folded solutions

It needs the extra `site`: Sphinx with myst-nb and the book theme, what Jupyter Book 1 is made of. Nothing of a notebook
is run but the few lines that make its explorers; pictures, tables and numbers are the ones it was saved with.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import links
import sources
from sphinx.cmd.build import main as sphinx

SITE = sources.ROOT / "build/site"


def build(site, numbers=None, solutions=True):
    """Build the pages into the folder `site`, which is replaced whole or not at all; return the addresses outside.

    SystemExit, with what is wrong, where Sphinx warns of anything or a link leads nowhere.
    """
    site = Path(site)
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.parent, prefix=".site-") as work:
        source, made = Path(work, "source"), Path(work, "html")
        sources.lay_out(source, numbers, solutions)
        outside = render(source, made)
        shutil.rmtree(site, ignore_errors=True)
        made.rename(site)
    return outside


def render(source, made):
    """Make pages in the folder `made` of the sources in `source`; return and raise as `build`."""
    options = ["-q", "-W", "--keep-going", "-j", "auto", "-b", "html", "-c", str(sources.HERE)]
    options += ["-D", f"html_extra_path={source / 'extra'}", "-d", str(source.parent / "doctrees")]
    if sphinx([*options, str(source), str(made)]):
        raise SystemExit("The site was not built: see the warnings above.")
    wrong, outside = links.check(made)
    if wrong:
        raise SystemExit("\n".join([*wrong, "The site was not built: mend the links above."]))
    return outside


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Build the static site into build/site.")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="which notebooks; all if none is named")
    parser.add_argument("--no-solutions", action="store_true", help="leave the folded solutions out")
    parser.add_argument("--out", type=Path, default=SITE, metavar="FOLDER", help="another folder; it is replaced")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    outside = build(options.out, options.numbers, solutions=not options.no_solutions)
    files = [path for path in options.out.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    print(f"{pages} pages, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB, {time.monotonic() - start:.0f} s")
    print(f"{len(outside)} addresses outside, well formed, not fetched:", *outside, sep="\n  ")
    print(f"open {options.out / 'index.html'}")


if __name__ == "__main__":
    sys.exit(main())
