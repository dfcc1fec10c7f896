# The commands of chapter5. `make run` and `make test` need Python 3.11 and make, and install the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# What is installed where the GPU is, without a network: the worker's own where it is there.
GPU_PYTHON ?= $(if $(wildcard .venv/worker.stamp),.venv/bin/python,python3)
BIN := .venv/bin
export PORT ?= 8000
export DATA_DIR ?= $(CURDIR)/var
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation -c constraints.txt

PURE := tests/scheduling tests/search tests/cardtext tests/exchange tests/markup tests/kinds tests/demos tests/figures tests/architecture tests/bench tests/day tests/test_shipped_deck.py
# What a second database and broker change nothing of: what a browser shows, but for three walks through all; pictures, mail and the log;
# proxies; how `make run` starts and ends its processes; a long life.
WALKS := $(addprefix tests/browser/test_,review.py ahead.py study_group.py)
SAME := $(filter-out $(WALKS),$(wildcard tests/browser/test_*.py)) $(addprefix tests/commands/test_,pyodide.py serve.py) \
  $(addprefix tests/deployment/test_,compose.py mail.py nginx.py) $(addprefix tests/views/test_,log.py ninety_days.py pictures.py safety.py) \
  tests/workers/test_mailer.py
# Three at once on two cores: the slow tests wait for processes most of the time.
PYTEST := $(BIN)/python -m pytest -q -n 3 --dist loadgroup

.PHONY: help run test test-services check bench day chaos soak planted gpu-check pictures chromium pyodide
help:  ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

run: .venv/run.stamp  ## start chapter5 on PORT (8000), its data in DATA_DIR (var/)
	@exec $(BIN)/python manage.py serve

test: .venv/dev.stamp chromium pyodide  ## the whole suite on the embedded database, browser tests included
	unset DATABASE_URL REDIS_URL; $(PYTEST) tests

test-services: .venv/dev.stamp chromium pyodide  ## on PostgreSQL and Redis all tests that these may change something of
	@export DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} REDIS_URL=$${REDIS_URL:-redis://127.0.0.1:6379/0}; \
	$(BIN)/python -m tests.services && $(PYTEST) $(addprefix --ignore=,$(PURE) $(SAME)) tests

check: .venv/dev.stamp  ## lint, types, import contracts, templates, migrations, deployment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy cards chapter5
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	PRODUCTION=1 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') ALLOWED_HOSTS=cards.example.org \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/dev.stamp chromium  ## figures, as ratios of one run; fails on a missed one
	$(BIN)/python -m tests.bench

gpu-check:  ## every demo on CUDA, with seconds and memory, into gpu-check.json; by GPU_PYTHON, as docs/gpu.md says
	$(GPU_PYTHON) -m cards.demos.check --json gpu-check.json --device cuda

day: .venv/dev.stamp  ## a modelled day of learners, compressed, by real processes of its own, until something breaks
	$(BIN)/python -m tests.day

chaos: .venv/dev.stamp  ## learners review while all that they review with is broken in turn, and send 10,000 grades twice at once
	$(BIN)/python -m tests.chaos

soak: .venv/dev.stamp  ## demos at their real limits while workers are killed and hung; an hour at load, in which nothing may grow; new examples
	$(BIN)/python -m tests.soak
	$(BIN)/python -m tests.chaos --steady 60
	$(PYTEST) -m hypothesis --hypothesis-profile=search tests

planted: .venv/dev.stamp chromium pyodide  ## known faults, planted one by one in a copy: each has a test that turns red
	$(BIN)/python -m tests.planted

pictures: .venv/dev.stamp chromium  ## docs/pictures anew, taken of the running app
	$(BIN)/python -m tests.pictures

chromium:
	@bash .ci/chromium

pyodide: .venv/run.stamp
	@$(BIN)/python -m chapter5.pyodide

.venv/pip.stamp: constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt setuptools wheel
	@touch $@

.venv/run.stamp: .venv/pip.stamp pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

.venv/worker.stamp: .venv/run.stamp
	$(PIP) -e '.[worker]'
	@touch $@

.venv/dev.stamp: .venv/worker.stamp
	$(PIP) -e '.[test,check]'
	@touch $@
