# `make run` and `make test` set themselves up in .venv: they need make, Python 3.11 or newer with
# its venv module, and, the first time only, the network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
# Errors only. The build runs in .venv too, so that it takes the locked hatchling and no network.
PIP := $(BIN)/python -m pip --disable-pip-version-check -q -q
INSTALL := $(PIP) install -c $(LOCK)

# Each stamp is touched after its step has ended well, so that a step cut short is done again.
MADE := $(VENV)/.made
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready
NOTEBOOK_READY := $(VENV)/.notebook-ready
DOCS_READY := $(VENV)/.docs-ready

.PHONY: run test lint docs bench dist install-test pythons quick clean notebook snippets
.DEFAULT_GOAL := run

run: $(RUN_READY)
	@$(BIN)/nutrigraph build
	@$(BIN)/nutrigraph check
	@$(BIN)/nutrigraph paths magnesium miscarriage
	@$(BIN)/nutrigraph view

test: lint
	$(BIN)/python -m pytest

lint: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# JupyterLab with the notebooks; its address is printed, and a browser opened where there is one.
# LAB takes options of JupyterLab: make notebook LAB='--no-browser --port=8899'
notebook: $(NOTEBOOK_READY)
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(LAB)

# Writes what the blocks of README.md and docs/ print into them. Read the difference: it is what a
# reader will be told.
snippets: $(TEST_READY)
	$(BIN)/python -m pytest -q tests/test_snippets.py --write-snippets

# The site, into build/site. Every warning is an error; the notebooks run.
docs: $(DOCS_READY)
	@rm -rf build/site
	@$(BIN)/python -m sphinx -E -W -n --keep-going -q -d build/doctrees docs build/site
	@echo "The site is at build/site/index.html"

# Against peers, in one run; some minutes. Results go to benchmarks/RESULTS.md.
bench: $(RUN_READY)
	@$(INSTALL) --no-build-isolation -e '.[bench]'
	$(BIN)/python benchmarks/signs.py
	$(BIN)/python benchmarks/ranking.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/endpoint.py

# Both kinds of package, in dist/: the wheel is built from the sdist. The same files give the same bytes.
dist: $(TEST_READY)
	@rm -rf dist
	$(BIN)/python -m build --no-isolation

# The wheel where nothing else is: an empty environment, home and folder, far from this checkout.
install-test: dist
	@away=$$(mktemp -d) && trap 'rm -rf "$$away"' EXIT && \
	  $(PYTHON) -m venv "$$away/venv" && mkdir "$$away/home" "$$away/folder" && \
	  "$$away/venv/bin/pip" --disable-pip-version-check -q install -c $(LOCK) dist/*.whl && \
	  cd "$$away/folder" && export HOME="$$away/home" PATH="$$away/venv/bin:$$PATH" && \
	  nutrigraph paths magnesium miscarriage && \
	  python -c 'import nutrigraph; print(nutrigraph.open())' && \
	  nutrigraph check

# A quick suite on each supported Python that is here, each in an environment of its own.
# Others are named so: make pythons PYTHONS='/opt/python3.12/bin/python3 python3.13'.
PYTHONS ?= python3.11 python3.12 python3.13
QUICK := tests/test_builds.py tests/test_contract.py tests/test_layers.py tests/test_paths.py \
  tests/test_release.py tests/test_remote_store.py src
pythons:
	@for python in $(PYTHONS); do \
	  if version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then \
	    echo "== $$python ($$version)"; \
	    $(MAKE) --no-print-directory quick PYTHON=$$python VENV=build/python$$version || exit 1; \
	  else echo "== $$python is not here: left out"; fi; \
	done

quick: $(TEST_READY)
	@$(BIN)/python -m pytest -q $(QUICK)

clean:
	rm -rf $(VENV) build dist docs/notebooks .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests docs -type d -name __pycache__ -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "nutrigraph needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.11" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(RUN_READY): $(MADE) pyproject.toml $(LOCK)
	@echo "Installing nutrigraph into $(VENV) ..."
	@$(INSTALL) hatchling hatch-fancy-pypi-readme editables
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

$(TEST_READY): $(RUN_READY)
	@echo "Installing what the tests need into $(VENV) ..."
	@$(INSTALL) --no-build-isolation -e '.[dev]'
	@touch $@

$(NOTEBOOK_READY): $(RUN_READY)
	@echo "Installing JupyterLab into $(VENV) ..."
	@$(INSTALL) --no-build-isolation -e '.[notebook]'
	@touch $@

$(DOCS_READY): $(RUN_READY)
	@echo "Installing what the site needs into $(VENV) ..."
	@$(INSTALL) --no-build-isolation -e '.[docs]'
	@touch $@
