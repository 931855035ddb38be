# Every target works from a fresh clone: .venv is made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED := ../shared
# Modules are compiled when they are first used, and once: most of torch never is.
export PYTHONDONTWRITEBYTECODE :=
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable

.PHONY: ask serve check test lint eval bench docs train calibrate clean

# make ask Q="which 12 cities got cross-border pilot zones?"
ask: $(VENV)/indexed
	@$(BIN)/wenju ask "$(Q)"

# make serve PORT=8080 HOST=0.0.0.0
serve: $(VENV)/indexed
	@$(BIN)/wenju serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

# The loop while you work: what needs neither set-up nor a server nor a browser.
check: lint
	$(BIN)/pytest -n 2 -m "not (model or process or browser or growth or training or milvus)" \
		$(addprefix --ignore=,tests/training rag/training rag/models/bert.py rag/reading/network.py)

test: lint $(VENV)/ready $(VENV)/browser
	$(BIN)/pytest -n 2 --dist loadscope

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: $(VENV)/indexed
	$(BIN)/wenju eval seeds/questions.jsonl --out eval-report

bench: $(VENV)/indexed
	$(BIN)/python tests/bench/bench_api.py

# The reference of the Python API, from its docstrings: build/docs/index.html
docs: $(VENV)/installed
	$(INSTALL) ".[docs]"
	$(BIN)/python docs/reference.py build/docs

# Trains both models anew, or goes on where it was ended; see docs/retriever.md and docs/reader.md
train: $(VENV)/ready
	$(BIN)/python -m rag.training retriever $(SHARED)/data training
	$(BIN)/python -m rag.training reader $(SHARED)/data training
	$(BIN)/wenju setup

calibrate: $(VENV)/ready
	$(BIN)/python -m rag.training.calibrate $(SHARED)/data

clean:
	rm -rf $(VENV) eval-report indexes/default

# pip asks for the newest compatible releases; torch and the model's packages are pinned.
$(VENV)/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) .
	touch $@

$(VENV)/dev: $(VENV)/installed
	$(INSTALL) ".[dev]"
	touch $@

$(VENV)/ready: $(VENV)/installed rag/data/retriever.bin rag/data/reader.bin
	$(BIN)/wenju setup
	touch $@

$(VENV)/indexed: $(VENV)/ready $(shell find seeds -type f)
	@$(BIN)/wenju index seeds --prune
	@touch $@

# The browser for the tests of the chat; where none can be installed these tests skip.
$(VENV)/browser: $(VENV)/dev
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq \
		--no-install-recommends chromium >/dev/null; } || echo "no chromium: browser tests skip"
	@touch $@
