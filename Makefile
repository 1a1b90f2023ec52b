# `make` alone prints what there is. `make repro` needs Python 3.11 or newer, git and the Python package index, nothing else.
PYTHON ?= python3
RUN := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# What the environment was made from: the pipeline's packages, the tests' besides, those of the benchmarks besides.
ENV := .venv/made-from-pipeline.lock
TESTS := .venv/made-from-test.lock
BENCH := .venv/made-from-bench.lock
INSTALL := $(PYTHON) requirements/install.py

MESSAGES := replication/report/locale

.DEFAULT_GOAL := help
.PHONY: help repro quick smoke public paper test torture bench check lint types layers stale accepted metrics messages env lock repository clean

help:
	@awk '/^## / { doc = substr($$0, 4) } \
		/^[a-z ]+:/ { if (doc) { sub(":.*", ""); printf "make %-26s %s\n", $$0, doc } doc = "" }' Makefile

## run the pipeline, print the results and where the report is; makes the environment first
repro: repository $(ENV)
	@$(RUN) -m dvc repro
	@$(RUN) -m replication table

## the same for a profile, which stays on; `git checkout params.yaml dvc.lock` takes it off
quick smoke public paper: repository $(ENV)
	@$(RUN) -m replication profile $@
	@$(RUN) -m dvc repro
	@$(RUN) -m replication table

# Files of tests side by side, each in one process; the longest, which runs the pipeline, comes first.
## run the test suite
test: repository $(TESTS)
	@$(RUN) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

## run the tests that take gigabytes or hours: every extra installed by itself
torture: repository $(TESTS)
	@$(RUN) -m pytest -m torture

## measure latency and training beside other toolkits
bench: $(BENCH)
	@$(RUN) -m pytest benchmarks --benchmark-enable --benchmark-only --benchmark-autosave

## lint, types and layers of the code
check: lint types layers

lint: $(TESTS)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(TESTS)
	@$(RUN) -m mypy

layers: $(TESTS)
	@.venv/bin/lint-imports

## see that the committed results are those of the committed code
stale: repository $(ENV)
	@$(RUN) -m replication stale --allow-missing

## hold the committed results against the accepted ones
accepted: $(ENV)
	@$(RUN) -m replication check --against accepted --markdown build/accepted.md --json build/accepted.json

BASE ?= HEAD
## what changed in the committed metrics since BASE, as Markdown
metrics: repository $(ENV)
	@$(RUN) -m dvc metrics diff --md --precision 4 $(BASE)

## bring the report's Chinese catalogue up to date; new messages are left empty, to be translated
messages: $(ENV)
	@mkdir -p build
	@pybabel -q extract -F pyproject.toml --add-location=file --sort-by-file -o build/messages.pot replication/report
	@pybabel -q update -i build/messages.pot -d $(MESSAGES) -l zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120

## make the environment .venv alone
env: $(ENV)

$(ENV): requirements/pipeline.lock requirements/torch.lock
	@$(INSTALL) pipeline

$(TESTS): requirements/test.lock $(ENV)
	@$(INSTALL) test

$(BENCH): requirements/bench.lock $(TESTS)
	@$(INSTALL) bench

# A lock keeps the versions that it has unless pyproject.toml asks for others; `make lock UPGRADE=--upgrade` takes the newest.
UPGRADE ?=
LOCK = .venv/bin/uv pip compile --quiet pyproject.toml --python-version 3.11 --python-platform linux --generate-hashes \
	--no-annotate --custom-compile-command 'make lock' $(UPGRADE) --no-emit-package torch --constraint requirements/torch.lock
BUT = $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' $(1)) $(patsubst %,--constraint %,$(1))
## write the locks of requirements/ anew from pyproject.toml
lock: $(ENV)
	@$(RUN) -m pip install --quiet uv
	@$(LOCK) --extra train --extra dask -o requirements/pipeline.lock
	@$(LOCK) --extra test $(call BUT,requirements/pipeline.lock) -o requirements/test.lock
	@$(LOCK) --extra bench $(call BUT,requirements/pipeline.lock requirements/test.lock) -o requirements/bench.lock

# DVC needs the git repository: a downloaded archive has none, and git reads none that belongs to somebody else.
repository:
	@said=$$(LC_ALL=C git rev-parse --git-dir 2>&1) || { case "$$said" in \
		*dubious*) echo "error: this folder belongs to another user, so git does not read it; to trust it:" \
			"git config --global --add safe.directory '$(CURDIR)'" ;; \
		*"not a git repository"*) echo "error: there is no git repository here, as in a downloaded archive, and DVC needs" \
			"one: clone the project, or begin one: git init -q && git add -A && git commit -qm archive" ;; \
		*) echo "error: git does not run ($$said); install it" ;; esac >&2; exit 1; }

## remove what the pipeline made and the store of finished runs
clean:
	rm -rf build .scratch
