# make lab   a virtual environment, everything installed, JupyterLab at notebook 00
# make test  the same set-up where it is missing, then all tests

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: setup lab test notebooks lint bench clean

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "fer-edu needs Python 3.11 or newer, found $$($(PYTHON) --version): run make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

lab: setup
	$(BIN)/fer-edu lab

test: setup
	$(BIN)/python -m pytest

notebooks: setup
	$(BIN)/python notebooks/build.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: setup
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
