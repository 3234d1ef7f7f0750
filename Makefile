# `make demo` and `make test` work in a fresh clone on a machine with Python 3.11 or newer (with venv) and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test check lint format docs golden bench fuzz clean help

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

## demo     build the example estate and check it (its verdict is FAIL, and it says why)
demo: $(READY)
	@$(BIN)/python examples/contoso/build_image.py
	@$(BIN)/seawall check examples/contoso || test $$? -eq 1

## test     every test
test: $(READY)
	$(BIN)/python -m pytest --numprocesses 2

## check    everything that must hold before a change lands: format, lint, types, floors, docs, goldens, tests
check: lint test

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --python-executable $(BIN)/python
	$(BIN)/lint-imports

## format   format the code and mend what can be mended
format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## docs     write docs/checks/ anew
docs: $(READY)
	$(BIN)/seawall explain --write-docs docs/checks

## golden   write tests/golden/ anew: read the difference before you commit it
golden: $(READY)
	SEAWALL_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/reports tests/remedies tests/e2e

## bench    speed and memory beside peers, as ratios in one run; and who finds what; writes bench/RESULTS.md
bench: $(READY)
	$(BIN)/python bench/run.py

## fuzz     change bytes at random for SECONDS (300) and see that no reader crashes, hangs or fills the memory
SECONDS ?= 300
fuzz: $(READY)
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/.work examples/contoso/images
