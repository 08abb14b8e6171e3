# `make run` serves the app, `make test` checks everything. Each sets up what it needs, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run train test check lock browser clean

VENV := .venv
BIN := $(VENV)/bin
# pip leaves the compiling of modules to their first import: most are never imported.
PIP_INSTALL := $(BIN)/pip install --quiet --no-compile --disable-pip-version-check --require-hashes
export PYTHONDONTWRITEBYTECODE :=

help:
	@echo "make run [ARGS=--share]    serve the app"
	@echo "make train [ARGS=...]      train the model again"
	@echo "make test [ARGS=...]       check everything, in a browser too"
	@echo "make lock                  pin the requirements anew"
	@echo "make clean                 remove what the others made"

run: $(VENV)/serving
	$(BIN)/python app.py $(ARGS)

train: $(VENV)/train
	$(BIN)/python train.py $(ARGS)

test: check
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(VENV)/dev browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(BIN)/pip:
	bash tools/make_venv.sh $(VENV)

$(VENV)/%: locks/%.txt | $(BIN)/pip
	@echo "Installing $< into $(VENV)"
	$(PIP_INSTALL) -r $<
	@touch $@

browser: $(VENV)/dev
	@bash tools/install_browser.sh $(BIN)
	@bash tools/install_nginx.sh

lock: $(VENV)/dev
	for part in serving: train:-train dev:-dev; do \
	    $(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	        --generate-hashes --custom-compile-command 'make lock' \
	        requirements$${part#*:}.txt -o locks/$${part%%:*}.txt; \
	done

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
