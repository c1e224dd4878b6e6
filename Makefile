# Two commands matter:
#   make serve   Cadans with a demo company, at http://127.0.0.1:8000 (PORT=8123, DEMO=0 for none)
#   make test    everything that is checked
# Each sets up what it needs, once. Nothing is written outside this folder and the data folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-cache-dir --quiet install \
  --require-hashes --no-deps
MO := cadans/locale/nl/LC_MESSAGES/django.mo
BUILT := cadans/web/static/built/.built
# Tailwind and the icons read the templates too, so a new class in one of them is a reason to build.
ASSET_SOURCES = $(shell find assets -type f; find cadans/web -name static -prune -o \( -name '*.html' -o -name '*.py' \) -print)

# Set-up, step by step: each stamp is newer than what it was made from.
PRODUCT := .venv/.product
DEV := .venv/.dev
PACKAGES := node_modules/.product
DEV_PACKAGES := node_modules/.dev

.PHONY: help serve test test-fast lint types lock assets bench backtest docs messages clean

help:
	@sed -n '2,4s/^# //p' $(MAKEFILE_LIST)
	@echo "  and: test-fast lint assets docs messages lock bench backtest clean (CONTRIBUTING.md)"

serve: $(PRODUCT) $(BUILT) $(MO)
	@exec $(BIN)/cadans serve

test: lint $(BUILT)
	@$(BIN)/pytest -n 2 --dist worksteal

test-fast: $(DEV) $(BUILT) $(MO)
	@$(BIN)/pytest -n 2 --dist worksteal -m "not journey and not slow"

lint: $(DEV) $(DEV_PACKAGES) $(MO)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint --check cadans/web/templates
	@$(BIN)/python tools/messages.py check
	@DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -W ignore -m django makemigrations --check
	@$(BIN)/mypy
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

assets: $(PACKAGES)
	@$(NPM) run --silent build
	@touch $(BUILT)

bench: $(DEV) $(BUILT) $(MO)
	@$(BIN)/python -m benchmarks $(ARGS)

# How well the forecast does on data sets of others (SHARED_DATA: the folder they are in).
backtest: $(DEV) $(MO)
	@$(BIN)/python -m backtests $(ARGS)

docs: $(DEV)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

# After a text was added or changed: bring the .po files up to date and say what is missing.
messages: $(PRODUCT)
	@$(BIN)/python tools/messages.py extract
	@$(BIN)/python tools/messages.py compile
	@$(BIN)/python tools/messages.py check

# Lock files carry versions and hashes for every platform, and no addresses.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)
lock: $(DEV)
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	$(NPM) install --package-lock-only

# The data of `make serve` (.cadans) stays: it may be somebody's.
clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m cadans.config.postgres remove .cadans-test; fi
	rm -rf .venv .cadans-test node_modules site test-results cadans/web/static/built $(MO) \
	  .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# ── Set-up ────────────────────────────────────────────────────────────────────────────────────

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Cadans needs Python 3.11 or newer: name one with make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Making a virtual environment in .venv …"
	@$(PYTHON) -m venv .venv || { \
	  echo "Python's venv module is missing (Debian and Ubuntu: apt-get install python3-venv)." >&2; \
	  rm -rf .venv; exit 1; }
	@touch $@

$(PRODUCT): requirements/base.txt .venv/.made
	@echo "Installing Python packages …"
	@$(PIP) -r requirements/base.txt
	@# The `cadans` command, without building a package of the checkout first.
	@printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m cadans "$$@"\n' "$(CURDIR)" > $(BIN)/cadans
	@chmod +x $(BIN)/cadans
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/cadans.pth"
	@touch $@

$(DEV): requirements/dev.txt $(PRODUCT)
	@echo "Installing what building and testing need …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# Node.js builds the static files: the machine's when it is 20 or newer, else one from a wheel.
HAVE_NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)
ifeq ($(HAVE_NODE),yes)
  NPM = $(AT_HOME) npm
  NODE =
else
  NPM = $(AT_HOME) PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm
  NODE = .venv/.node
endif
# Node.js keeps its caches in this folder too.
AT_HOME = NODE_DISABLE_COMPILE_CACHE=1 npm_config_cache="$(CURDIR)/.venv/.npm"

.venv/.node: requirements/node.txt .venv/.made
	@echo "Installing Node.js into .venv …"
	@$(PIP) -r requirements/node.txt
	@touch $@

$(PACKAGES): package.json package-lock.json $(NODE)
	@echo "Installing npm packages …"
	@$(NPM) ci --omit=dev --loglevel=error
	@touch $@

$(DEV_PACKAGES): package.json package-lock.json $(NODE)
	@echo "Installing npm packages, those for tests included …"
	@$(NPM) ci --loglevel=error
	@touch $(PACKAGES) $@

$(BUILT): $(PACKAGES) $(ASSET_SOURCES)
	@echo "Building static files …"
	@$(NPM) run --silent build
	@touch $@

$(MO): cadans/locale/nl/LC_MESSAGES/django.po $(PRODUCT)
	@$(BIN)/python tools/messages.py compile
