# Motcua. `make` alone lists what there is. Settings are variables: make run GATEWAY_PORT=9000
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(PY) -m uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header
REAL ?= ../shared/data/procedures.jsonl
CACHES := .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.DEFAULT_GOAL := help
.PHONY: help run demo demo-dossier demo-payment demo-catalog demo-reports seed-2020 test journey verify browser screenshots chaos load real states lock clean compose-check

help: ## list the targets
	@grep -E '^[a-z0-9 -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 32

run: .venv/runtime ## start the whole system (PROCEDURES=file.jsonl: real procedures)
	@exec $(PY) -m deploy run --with-parent

demo demo-dossier demo-payment demo-catalog demo-reports: .venv/runtime ## main job; a dossier's life; fees; catalogue; figures
	@exec $(PY) -m deploy.demo $(filter-out demo,$(@:demo-%=%))

seed-2020: .venv/runtime ## a made-up year 2020 with the figures of the province's report
	@exec $(PY) -m deploy seed-2020

test: .venv/development ## everything that must hold before a commit
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m deploy rehearse
	$(PY) -m pytest -n auto --dist loadfile -m "not long" tests/unit

journey: .venv/development ## services against each other; the whole system: demos, mistakes, a canary
	$(PY) -m pytest -n auto --dist loadfile tests/contract tests/journey
	$(PY) -m pytest -n auto --dist loadfile -m long tests/unit

browser: .venv/development ## /dashboard in a real browser, by keyboard; skipped where there is no Chromium
	$(PY) -m pytest -n0 --timeout 600 tests/browser

screenshots: .venv/development ## take the pictures of docs/dashboard.md, over the whole of 2020
	SCREENSHOTS=1 $(PY) -m pytest -n0 --timeout 2400 tests/browser/test_screenshots.py

chaos: .venv/development ## kill -9 the system, and each service, amid submissions
	$(PY) -m pytest -n0 --timeout 300 tests/chaos

load: .venv/development ## a million dossiers searched, hundreds of megabytes of documents in flat memory
	$(PY) -m pytest -n0 --timeout 900 tests/load

real: .venv/development ## run on the real procedures (REAL=../shared/data/procedures.jsonl)
	REAL_PROCEDURES=$(abspath $(REAL)) $(PY) -m pytest -n0 --timeout 600 \
	  tests/journey/test_real_input.py tests/contract/federation/test_national_database.py

compose-check: .venv/development ## containers: build, up, demos, restarts and two of each, down
	tests/containers/check.sh

states: .venv/runtime ## write docs/dossier-states.md from the table of transitions
	$(PY) -m deploy.states

verify: .venv/runtime ## check the event logs: chains, signed lists of their heads, closed months
	@exec $(PY) -m deploy verify

lock: .venv/development ## resolve the dependencies of pyproject.toml anew
	$(COMPILE) --generate-hashes pyproject.toml -o requirements.lock
	$(COMPILE) --generate-hashes --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove caches, the virtual environment and var/ with all its data
	rm -rf .venv var $(CACHES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Cần Python 3.11 trở lên | Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null || { rm -rf .venv; \
	  echo "Thiếu mô-đun venv | the venv module is missing: apt install python3-venv"; exit 1; }

.venv/runtime: requirements.lock | .venv/bin/python
	@echo "· Cài thư viện vào .venv | installing libraries"
	@$(PIP) -r requirements.lock && touch $@

.venv/development: requirements-dev.lock | .venv/bin/python
	@echo "· Cài thư viện và công cụ vào .venv | installing libraries and tools"
	@$(PIP) -r requirements-dev.lock && touch $@ .venv/runtime
