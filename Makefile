# Every target makes the environment by itself when it is missing or older than the lock.
# Needs Python 3.11 or later, make and git; uses uv when it is on the PATH, else venv and pip.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)
WORKERS ?= 2
ARGS ?=
DAYS ?= 1
SCHEDULES ?= 1000
SEED ?= 1

# Nothing calls home.
export DO_NOT_TRACK := 1
export DAGSTER_TELEMETRY_ENABLED := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
# The environment's bytecode is compiled once, at install; ours is small.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help env demo advance identity query behind docs up test chaos oracle benchmark-identity \
  benchmark-ingestion benchmark-transform check format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-19s %s\n", $$1, $$2}' Makefile

env: $(READY) ## the environment in .venv, from requirements.lock

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Sales Heartbeat needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
ifneq ($(UV),)
	uv venv --quiet --allow-existing --no-python-downloads --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	uv pip install --quiet --python $(PY) --no-deps --compile-bytecode -r requirements.lock
else
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
endif
	@touch $(READY)

demo: $(READY) ## the whole path on an invented company: three CRMs to published marts
	$(PY) -m orchestration.demo $(ARGS)

advance: $(READY) ## let days pass at the demo's company: make advance DAYS=7; then make demo again
	$(PY) -m sandbox advance --store var/demo/sandbox/company.sqlite $(DAYS) days

identity: $(READY) ## how well records of several CRMs are known for one, against the truth
	@$(PY) -m orchestration.identity $(ARGS)

query: $(READY) ## ask the published file: make query ARGS="select * from pub_owners limit 5"
	@$(PY) -m orchestration.query "$(ARGS)"

behind: $(READY) ## the rows of a number: make behind ARGS="sales_amount month 2026-10-01 owner"
	@$(PY) -m orchestration.behind $(ARGS)

docs: $(READY) ## every table, its columns and its lineage in one page, out of the demo's warehouse
	@SALES_HEARTBEAT_WAREHOUSE=$(CURDIR)/var/demo/warehouse.duckdb $(VENV)/bin/dbt --quiet docs generate \
	  --static --project-dir dbt_project --profiles-dir dbt_project \
	  --target-path $(CURDIR)/var/docs --log-path $(CURDIR)/var/docs/logs
	@echo "open var/docs/static_index.html in a browser"

up: $(READY) ## the Dagster UI with its schedules, on http://127.0.0.1:3000
	$(PY) -m orchestration.up $(ARGS)

test: $(READY) ## every test
	$(PY) -m pytest -n $(WORKERS) $(ARGS)

chaos: $(READY) ## a thousand random schedules of faults: make chaos SCHEDULES=100 SEED=7
	$(PY) -m tests.chaos --schedules $(SCHEDULES) --seed $(SEED) $(ARGS)

oracle: $(READY) ## every KPI beside one counted without the warehouse: three companies at two scales
	$(PY) -m tests.oracle --seed 7 11 23 --deals 300 1200 $(ARGS)

benchmark-ingestion: $(READY) ## how fast we read, and others: make benchmark-ingestion ARGS="--peers none"
	$(PY) -m tests.benchmarks.ingestion $(ARGS)

benchmark-transform: $(READY) ## how long the models take on a million deals
	$(PY) -m tests.benchmarks.transform $(ARGS)

benchmark-identity: $(READY) ## who is who among a million people and 300,000 companies
	$(PY) -m tests.benchmarks.identity $(ARGS)

check: $(READY) ## lint, format, types, SQL, definitions
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/sqlfluff lint --processes $(WORKERS) dbt_project/models dbt_project/tests dbt_project/analyses
	$(PY) -m orchestration.check

format: $(READY) ## put code and SQL in shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(VENV)/bin/sqlfluff fix --processes $(WORKERS) dbt_project/models dbt_project/tests dbt_project/analyses

clean: ## remove what was made: environment, warehouse, invented company, caches
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
