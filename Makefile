# Everything this project can do, one line each: `make help`.
SHELL := /bin/bash
PYTHON ?= python3
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) + 1 )))# of the tests, which wait for servers and pages
export PYTHONDONTWRITEBYTECODE = # else every process of the tests compiles what it imports

.PHONY: help run serve test content bench lint lock clean
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/runtime ## the demo school on http://127.0.0.1:8000 (PORT=8001 and INSTANCE=folder move it)
	@.venv/bin/python -m deploy.supervisor demo

serve: .venv/runtime ## the same for production: no demo data, refuses what is unsafe
	@.venv/bin/python -m deploy.supervisor production

test: .venv/dev ## every check: lint, types, floors, content, SQLite and PostgreSQL, Redis, browser
	@$(MAKE) --no-print-directory lint & lint=$$!; \
	  $(MAKE) --no-print-directory content && .venv/bin/python -m pytest -n $(WORKERS) --dist worksteal; \
	  tests=$$?; wait $$lint || { echo "make lint has failed: see above" >&2; exit 1; }; exit $$tests

content: .venv/dev ## the shipped courses against their format and the editorial standard
	@throwaway=$$(mktemp -d) && trap 'rm -rf "$$throwaway"' EXIT && \
	  STRATUM_ENV=demo SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(48))') INSTANCE=$$throwaway \
	  .venv/bin/flask --app app stratum content check --strict content

lint: .venv/dev ## ruff, mypy strict, the floors of the house
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy .
	@.venv/bin/lint-imports --no-logo

bench: .venv/dev ## pages and writes against a bare Flask app, as ratios of one run
	@.venv/bin/python -m bench.run
	@.venv/bin/python -m bench.writers
	@.venv/bin/python -m bench.cohort

lock: ## remake the lock files from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the virtual environment and caches, never the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/runtime: requirements.lock
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
