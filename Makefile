# Everything a newcomer types. Each target sets up what it needs on a machine with python3 and make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage fuzz mutants storm chromium lint tiny-checkpoints translations promptsets-report tpu-check bench coverage-study services lock

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
UV_VERSION := 0.13.9
SERVE ?= 1
ON_ALL_CORES := -n auto --dist loadfile
ON_POSTGRESQL := tests/promptsets tests/generation tests/raters tests/assay tests/pipeline --ignore=tests/generation/engine

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/installed .env ## Make .venv from the lock, and a .env for development

$(VENV)/installed: requirements.lock pyproject.toml
	test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --quiet requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

.env:
	$(PYTHON) -c "import secrets; print('DEBUG=1\nSECRET_KEY=' + secrets.token_urlsafe(48))" > $@

demo: setup ## Run the main job on what ships here, then serve it (SERVE=0: print the result and stop)
	$(PYTHON) manage.py demo $(if $(filter 0,$(SERVE)),--no-serve)

test: setup chromium lint ## Run every check and every test, on SQLite and on PostgreSQL
	$(PYTHON) -m pytest $(ON_ALL_CORES)
	$(PYTHON) -m tests.services -- $(PYTHON) -m pytest $(ON_ALL_CORES) -m "not browser" $(ON_POSTGRESQL)

coverage: setup chromium ## Run every test on SQLite, and say which lines none of them ran
	$(PYTHON) -m pytest $(ON_ALL_CORES) --cov --cov-report=term:skip-covered

fuzz: setup ## Try over a hundred thousand broken files, texts, forms and requests, and count them (half an hour)
	FUZZ=long $(PYTHON) -m pytest tests/fuzz --timeout 3600

mutants: setup ## Put faults into the code of rating, and see the state machine find each (minutes)
	$(PYTHON) -m pytest tests/raters/state_machine_power.py --timeout 1200

storm: setup ## Kill every part of both stacks a hundred times while they work, then count what is there (many minutes)
	$(PYTHON) -m tests.faults.storm --on embedded --kills 100
	$(PYTHON) -m tests.faults.storm --on production --kills 100
	unshare --net $(PYTHON) -m tests.faults.network_cut

chromium: # browser tests need it; as root on Debian it can be had, elsewhere they say that they were not run
	command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "No Chromium here: browser tests will be reported as not run."

lint: setup ## Check style, types, import rules and migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PYTHON) manage.py makemigrations --check --dry-run

tiny-checkpoints: setup ## Train the checkpoints in generation/library again (minutes on two cores)
	$(PYTHON) -m generation.training

LOCALES := $(foreach code,de es ja pt,--locale $(code))
translations: setup ## Collect what pages say into the .po files and compile them (needs GNU gettext)
	cd raters && $(CURDIR)/$(VENV)/bin/django-admin makemessages $(LOCALES) --no-location
	cd platform/assay && $(CURDIR)/$(VENV)/bin/django-admin makemessages $(LOCALES) --no-location --ignore "dashboards/*" --ignore "reports/*" --ignore "api/*" --ignore "takeaway/*" --ignore "evaluations/*"
	cd raters && $(CURDIR)/$(VENV)/bin/django-admin compilemessages
	cd platform/assay && $(CURDIR)/$(VENV)/bin/django-admin compilemessages

.PHONY: screenshots
SCREENSHOTS ?= var/screenshots
screenshots: setup chromium ## Take a picture of every page, wide and narrow, light and dark, into SCREENSHOTS
	mkdir -p $(SCREENSHOTS)
	SCREENSHOTS=$(abspath $(SCREENSHOTS)) $(PYTHON) -m pytest -q tests/browser/test_accessibility.py tests/browser/test_sign_in_accessibility.py

promptsets-report: setup ## Count the prompt library against its targets, and say how varied it is
	$(PYTHON) manage.py promptsets_report

tpu-check: setup ## Compile for a TPU that is not here, with its own compiler in an environment of its own
	test -x .venv-tpu/bin/python || python3 -m venv .venv-tpu
	$(UV) pip sync --quiet --python .venv-tpu/bin/python requirements-tpu.lock
	JAX_PLATFORMS=cpu .venv-tpu/bin/python -m generation.engine compile-report --preset recurrentgemma-tiny --target tpu-v5e-1

bench: setup ## Measure what the README's figures come from
	$(PYTHON) -m benchmarks

coverage-study: setup ## Simulate how often the intervals hold the truth, and write benchmarks/coverage.md
	$(PYTHON) -m benchmarks.coverage --out benchmarks/coverage.md

services: setup ## Start a private Valkey and PostgreSQL, print their addresses, stop with Ctrl-C
	$(PYTHON) -m tests.services

.PHONY: up
up: setup ## Run the whole site as containers would, without them: web, workers, beat, private services; Ctrl-C stops it
	exec $(PYTHON) manage.py up

COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make lock"
LAYERED := -c requirements.lock pyproject.toml

lock: setup ## Compile the locks again after pyproject.toml has changed
	$(COMPILE) --extra engine --extra gs --extra hf --extra parquet --extra plots --extra s3 --extra train \
	  --group dev -o requirements.lock pyproject.toml
	$(COMPILE) --extra parquet -o requirements-web.lock $(LAYERED)
	$(COMPILE) --extra engine --extra parquet -o requirements-engine.lock $(LAYERED)
	$(COMPILE) --extra engine --extra parquet --extra cuda -o requirements-cuda.lock $(LAYERED)
	$(COMPILE) --extra engine --extra parquet --extra tpu -o requirements-tpu.lock $(LAYERED)
