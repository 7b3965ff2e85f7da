# make setup | demo | test | sweep: each makes .venv first where it is missing or out of date.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: setup demo test lint sweep clean

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

test: $(INSTALLED) lint
	@$(BIN)/grader verify --seeds 1 --matrix 0
	@$(BIN)/python -m pytest -m 'not sweep' -n 2 --dist worksteal

lint: $(INSTALLED)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports > /dev/null || $(BIN)/lint-imports

sweep: $(INSTALLED)
	@$(BIN)/grader verify --seeds 1-3 --matrix 1
	@$(BIN)/python -m pytest -m sweep -n 2 --dist worksteal
	@tests/as_an_ordinary_user $(BIN)/python -m pytest -p no:cacheprovider -m 'not sweep' \
	 tests/sandbox/test_containment.py tests/sandbox/test_classes.py

clean:
	rm -rf $(VENV) results
