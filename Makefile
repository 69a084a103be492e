# The workshop. Everything is installed into .venv; a second run installs only what has changed.

PYTHON ?= python3
CHAOS_ARGS ?=
DEMO_ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_PIP_INSTALL := $(UV) pip install --quiet --python $(BIN)/python
UV_PIP_SYNC := $(UV) pip sync --quiet --python $(BIN)/python
UV_PIP_COMPILE := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --python $(BIN)/python

export UV_PYTHON_DOWNLOADS := never
# Everything here starts many processes; each of them would compile what it imports, which takes longer than its work.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
export NO_MKDOCS_2_WARNING := 1

.PHONY: install test lint demo chaos pictures bench docs lock clean

install: $(VENV)/.installed

test: $(VENV)/.installed-test
	@scripts/system-packages
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

demo: $(VENV)/.installed
	@$(BIN)/sellergate demo $(DEMO_ARGS)

# Real processes, and everything that can go wrong with what stands between them; some minutes.
chaos: $(VENV)/.installed-test
	@PYTHONPATH=tests $(BIN)/python -m chaos $(CHAOS_ARGS)

# Everything the console shows, in both languages, themes and widths, to be looked at in var/pictures; some minutes.
pictures: $(VENV)/.installed-test
	@scripts/system-packages
	@PYTHONPATH=tests $(BIN)/python tests/console/pictures.py var/pictures

bench: $(VENV)/.installed
	@for bench in benchmarks/bench_*.py; do echo "# $$bench"; $(BIN)/python "$$bench" || exit 1; done

docs: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --strict

# Renews every pin. What is shared between the files has one version: the later ones are bound by the earlier.
lock: $(VENV)/.installed-uv
	$(UV_PIP_COMPILE) --group pyproject.toml:installer --output-file requirements/uv.txt
	$(UV_PIP_COMPILE) pyproject.toml --output-file requirements/base.txt
	$(UV_PIP_COMPILE) --group pyproject.toml:build --constraints requirements/base.txt --output-file requirements/build.txt
	$(UV_PIP_COMPILE) --group pyproject.toml:test --group pyproject.toml:lint --constraints requirements/base.txt \
		--constraints requirements/build.txt --output-file requirements/test.txt
	$(UV_PIP_COMPILE) --group pyproject.toml:docs --constraints requirements/base.txt --constraints requirements/build.txt \
		--constraints requirements/test.txt --output-file requirements/docs.txt

clean:
	rm -rf $(VENV) build dist site .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.installed-uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "sellergate needs Python 3.11 or newer; '$(PYTHON)' is not. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@touch $@

# The sync takes away whatever is not listed, so everything installed on top of it comes after it.
$(VENV)/.installed: $(VENV)/.installed-uv requirements/base.txt requirements/build.txt pyproject.toml
	$(UV_PIP_SYNC) --require-hashes requirements/base.txt requirements/build.txt
	$(UV_PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements/test.txt tests/console/node/package-lock.json
	$(UV_PIP_INSTALL) --require-hashes --requirement requirements/test.txt
	@mkdir -p $(VENV)/node && cp tests/console/node/package*.json $(VENV)/node/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix $(VENV)/node --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(VENV)/.installed-docs: $(VENV)/.installed requirements/docs.txt
	$(UV_PIP_INSTALL) --require-hashes --requirement requirements/docs.txt
	@touch $@
