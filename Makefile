# make run, make test, make demo, make lint: each installs what it needs into .venv first.
# Needs nothing but Python 3.11 or later; PYTHON=... names one that is not on the path.

FITS := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do $$name $(FITS) && echo $$name && break; done)

VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Modules are kept compiled, whatever the environment says: tests start some hundred processes that load them.
export PYTHONDONTWRITEBYTECODE :=
PIP_INSTALL := -m pip install --quiet
# Tests of a file stay in one process, which has servers and databases of its own.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile

.PHONY: run test demo lint

run: $(VENV)/.runs
	@exec $(BIN)/python manage.py serve

test: $(VENV)/.tests .venv-mlflow2/.installed .venv-mlflow3/.installed
	$(BIN)/python -m tests.ensure_chromium
	$(BIN)/python -m pytest $(PARALLEL)
	$(BIN)/python -m pytest $(PARALLEL) --database=postgres

# Fills the server at MLFLOW_TRACKING_URI (http://127.0.0.1:5000 unless it is set), which must be running.
demo: $(VENV)/.tests
	$(BIN)/python -m runs.demo

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# What runs it: requirements.txt down to the comment that starts what tests it.
$(VENV)/.runs: requirements.txt | $(BIN)/python
	sed '/^# What tests it/,$$d' requirements.txt > $(VENV)/requirements-run.txt
	$(BIN)/python $(PIP_INSTALL) -r $(VENV)/requirements-run.txt
	touch $@

$(VENV)/.tests: requirements.txt | $(BIN)/python
	$(BIN)/python $(PIP_INSTALL) -r requirements.txt
	touch $@ $(VENV)/.runs

# MLflow's previous client and its own server, each in an environment of its own.
.venv-mlflow%/.installed: tests/compat/requirements-mlflow%.txt | .venv-mlflow%/bin/python
	.venv-mlflow$*/bin/python $(PIP_INSTALL) -r $<
	touch $@

.PRECIOUS: %/bin/python
%/bin/python:
	@test -n '$(PYTHON)' && $(PYTHON) $(FITS) || \
		{ echo 'trackui needs Python 3.11 or later: install it, or name it: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
		apt-get install -qq -y python3-venv; } || \
		{ echo 'Python has no venv module here: install the package python3-venv.'; exit 1; }
	$(PYTHON) -m venv $*
