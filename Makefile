# Worthbook's verbs. `make help` lists them; nothing is needed but Python 3.11 or newer and make.

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench

# Bytecode is always written: without it every start of the program compiles its libraries again.
unexport PYTHONDONTWRITEBYTECODE
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation
PIP_PACKAGE := -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test soak check format bench bench-large docs lock clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.program ## make .venv with the program (the command is .venv/bin/worthbook)
	@echo "The program is ready: $(BIN)/worthbook"

setup-dev: $(VENV)/.dev ## the same with all engines and the tools for tests
	@echo "Everything is ready: make test"

demo: $(VENV)/.program ## evaluate the example shop, end to end
	@$(BIN)/python -m compileall -q src
	$(BIN)/worthbook demo

test: check ## all checks, then all tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

soak: $(VENV)/.dev ## the long forms of tests: hundreds of killed processes and mutated files
	$(BIN)/python -m pytest -m soak

check: $(VENV)/.dev ## style, types, floors, documents
	@$(BIN)/python -m compileall -q src
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.checks
	$(BIN)/python -m tools.reference --check

format: $(VENV)/.dev ## write the code as the style asks
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(VENV)/.dev ## write the generated pages again
	$(BIN)/python -m tools.gallery
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.published
	$(BIN)/python -m tools.published_perception
	$(BIN)/python -m tools.measured

bench: $(BENCH)/.done ## compare speed and results, small sizes
	$(BENCH)/bin/python -m benchmarks

bench-large: $(BENCH)/.done ## the same with millions of customers
	$(BENCH)/bin/python -m benchmarks --large

lock: ## renew the locked requirements (maintainers; needs uv)
	$(LOCK) --group build --output-file requirements.txt
	$(LOCK) --group dev --all-extras --constraints requirements.txt --output-file requirements-dev.txt
	$(LOCK) --group bench --constraints requirements.txt --output-file requirements-bench.txt

clean: ## remove the environments and everything that can be made again
	rm -rf $(VENV) $(BENCH) build dist demo .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf src/*.egg-info

# --- environments: a stamp says what a folder holds, so that a second call has nothing to do --------------------------

$(VENV)/.libraries: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Worthbook needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Making $(VENV) (less than a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@grep -A 2 '^setuptools==' $< > $(VENV)/build.txt
	@$(BIN)/python $(PIP_INSTALL) --requirement $(VENV)/build.txt
	@$(BIN)/python $(PIP_INSTALL) --requirement $<
	@touch $@

$(VENV)/.program: $(VENV)/.libraries pyproject.toml
	@$(BIN)/python $(PIP_PACKAGE)
	@touch $@

$(VENV)/.dev: $(VENV)/.program requirements-dev.txt
	@echo "Adding all engines and the tools for tests (a minute or two) …"
	@$(BIN)/python $(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $@

$(BENCH)/.done: requirements-bench.txt pyproject.toml
	@$(PYTHON) -m venv $(BENCH)
	@grep -A 2 '^setuptools==' $< > $(BENCH)/build.txt
	@$(BENCH)/bin/python $(PIP_INSTALL) --requirement $(BENCH)/build.txt
	@$(BENCH)/bin/python $(PIP_INSTALL) --requirement $<
	@$(BENCH)/bin/python $(PIP_PACKAGE)
	@touch $@
