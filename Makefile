# `make repro` and `make test` need Python 3.11 or newer and the Python package index, nothing else.
PYTHON ?= python3
ENV := .venv/made-from.lock
RUN := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: repro test bench check lint types layers env clean

repro: $(ENV)
	@$(RUN) -m dvc repro
	@$(RUN) -m replication table

test: $(ENV)
	@$(RUN) -m pytest

bench: $(ENV)
	@$(RUN) -m pytest benchmarks --benchmark-enable --benchmark-only --benchmark-autosave

check: lint types layers

lint: $(ENV)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(ENV)
	@$(RUN) -m mypy

layers: $(ENV)
	@.venv/bin/lint-imports

env: $(ENV)

$(ENV): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --disable-pip-version-check -r requirements.lock
	@cp requirements.lock $(ENV)

clean:
	rm -rf build .scratch
