# `make repro` needs Python 3.11 or newer and the Python package index, nothing else; `make test` a Chromium besides.
PYTHON ?= python3
ENV := .venv/made-from.lock
RUN := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# `make test MARKERS='not browser'` leaves out the tests that need a Chromium.
MARKERS ?=
MESSAGES := replication/report/locale

.PHONY: repro test bench check lint types layers messages smoke quick public paper stale accepted metrics env clean

repro: $(ENV)
	@$(RUN) -m dvc repro
	@$(RUN) -m replication table

# Files of tests side by side, each in one process; the longest, which runs the pipeline, comes first.
test: $(ENV)
	@$(RUN) -m pytest -m '$(MARKERS)' --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The toolkits that the suite is measured beside are installed for this alone.
bench: $(ENV)
	@$(RUN) -m pip install --disable-pip-version-check -q -r benchmarks/requirements.lock
	@$(RUN) -m pytest benchmarks --benchmark-enable --benchmark-only --benchmark-autosave

check: lint types layers

lint: $(ENV)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(ENV)
	@$(RUN) -m mypy

layers: $(ENV)
	@.venv/bin/lint-imports

# Bring the Chinese catalogue of the report up to date with the templates; new messages are left empty, to be translated.
messages: $(ENV)
	@mkdir -p build
	@pybabel -q extract -F pyproject.toml --add-location=file --sort-by-file -o build/messages.pot replication/report
	@pybabel -q update -i build/messages.pot -d $(MESSAGES) -l zh --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120

# A profile of `profiles/`, left on; `git checkout params.yaml dvc.lock` takes it off.
smoke quick public paper: $(ENV)
	@$(RUN) -m replication profile $@
	@$(RUN) -m dvc repro
	@$(RUN) -m replication table

stale: $(ENV)
	@$(RUN) -m replication stale --allow-missing

accepted: $(ENV)
	@$(RUN) -m replication check --against accepted --markdown build/accepted.md --json build/accepted.json

# What changed in the committed metrics since BASE, as Markdown.
BASE ?= HEAD
metrics: $(ENV)
	@$(RUN) -m dvc metrics diff --md --precision 4 $(BASE)

env: $(ENV)

# The lock is whole, so nothing has to be resolved, and two pips side by side take half the time of one.
# pip would compile every module of every package, most of which nothing imports. What the stages import is compiled here,
# also where PYTHONDONTWRITEBYTECODE would have every process do it again.
IMPORTED := baselines.tfidf_logistic, dvc.cli, dvc.repo.reproduce, distributed, pytest, replication.data.prepare, \
	replication.evaluation, replication.measurements.cost, replication.report, replication.runs.train
$(ENV): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	@echo "installing the $$(grep -c == requirements.lock) packages of requirements.lock"
	@grep == requirements.lock | xargs -P 2 -n 48 $(RUN) -m pip install --disable-pip-version-check --no-compile --no-deps -q
	@env -u PYTHONDONTWRITEBYTECODE $(RUN) -c 'import $(IMPORTED)'
	@cp requirements.lock $(ENV)

clean:
	rm -rf build .scratch
