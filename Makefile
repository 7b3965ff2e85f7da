# make setup | demo | test | sweep | proof: each sets up .venv first if it is missing or out of date.
#
# test: within 5 minutes on two idle cores. sweep: what guards main besides. proof: hours, before a release.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: setup demo picture test lint sweep proof clean

setup: $(INSTALLED)

# The newest of the interpreters we support; `make PYTHON=...` takes another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  >/dev/null 2>&1 && echo $$p && break; done)

$(INSTALLED): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found. Install one\
	 (on Debian and Ubuntu: apt-get install python3-venv), or name it: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON): a minute or so, once."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/grader grade examples/class -o results

# The pictures in the docs: of the class page, and of a check in a notebook.
picture: demo
	@$(BIN)/python tests/support/picture.py results/index.html docs/class-page.png
	@PYTHONPATH=tests $(BIN)/python -m support.check_page results/check.html
	@$(BIN)/python tests/support/picture.py results/check.html docs/check-in-a-notebook.png 820 1060

# Workers of pytest share one list of tests and steal from its end, so that few fixtures are made twice.
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
AS_A_USER := tests/as_an_ordinary_user $(BIN)/python -m pytest -p no:cacheprovider

test: $(INSTALLED) lint
	@$(PYTEST) -m 'not sweep and not proof'

lint: $(INSTALLED)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports > /dev/null || $(BIN)/lint-imports

sweep: $(INSTALLED)
	@$(BIN)/grader verify --seeds 1 --matrix 0
	@$(PYTEST) -m 'sweep and not proof'
	@$(AS_A_USER) -m '(not sweep or landlock) and not proof' tests/sandbox/test_containment.py
	@$(AS_A_USER) -m 'not sweep and not proof' tests/sandbox/test_classes.py

proof: $(INSTALLED)
	@$(BIN)/grader verify --seeds 1-3 --matrix 1
	@$(PYTEST) -m 'sweep or proof'
	@FUZZ=50 $(PYTEST) -m 'not sweep and not proof' tests/unit
	@$(AS_A_USER) tests/sandbox

clean:
	rm -rf $(VENV) results
