# make lab   a virtual environment with what the notebooks need, JupyterLab at notebook 00
# make test  the same, and what testing needs on top; then all tests
# make apps  four explorers as pages without code, for a lecture
# make site  all notebooks as pages that need no kernel and no network, in build/site

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: setup lab test apps site notebooks lint bench clean

setup: $(VENV)/installed

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "fer-edu needs Python 3.11 or newer, found $$($(PYTHON) --version): run make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/lab: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) '.[lab]'
	@touch $@

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/lab

lab: $(VENV)/lab
	$(BIN)/fer-edu lab

test: setup
	$(BIN)/python -m pytest

apps: setup
	JUPYTER_PATH="$(CURDIR)/apps/share" $(BIN)/voila apps --Voila.config_file_paths="$(CURDIR)/apps/share" $(ARGS)

site: setup
	$(BIN)/python site/build.py

notebooks: setup
	$(BIN)/python notebooks/build.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: setup
	@for script in $(filter-out benchmarks/colab.py benchmarks/notebooks.py benchmarks/first_minutes.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
