# Every target works from a fresh clone: .venv is made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED := ../shared

.PHONY: ask test lint eval calibrate clean

# make ask Q="which 12 cities got cross-border pilot zones?"
ask: $(VENV)/indexed
	@$(BIN)/wenju ask "$(Q)"

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/indexed
	$(BIN)/wenju eval seeds/questions.jsonl --out eval-report

calibrate: $(VENV)/ready
	$(BIN)/python -m rag.calibrate $(SHARED)/data

clean:
	rm -rf $(VENV) eval-report indexes/default

# pip asks for the newest compatible releases; torch and the model's packages are pinned.
$(VENV)/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

$(VENV)/ready: $(VENV)/installed
	$(BIN)/wenju setup
	touch $@

$(VENV)/indexed: $(VENV)/ready $(shell find seeds -type f)
	@$(BIN)/wenju index seeds
	@touch $@
