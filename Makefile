# The commands of Mail Monitor. Each does all of its set-up alone.
VENV ?= .venv
PYTHON := $(VENV)/bin/python

.PHONY: run test check bench torture test-compose requirements clean

run: $(VENV)/.run
	@$(PYTHON) -m mailmonitor.embedded

test: $(VENV)/.dev
	@./.ci/packages test
	$(PYTHON) -m pytest $(ARGS)

check: export EMBEDDED = true
check: export VAR_DIR = $(CURDIR)/var/check
check: $(VENV)/.dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy .
	$(PYTHON) manage.py makemigrations --check --dry-run

bench: $(VENV)/.dev
	$(PYTHON) -m tests.bench $(ARGS)

torture: $(VENV)/.dev
	@./.ci/packages test
	$(PYTHON) -m tests.torture $(ARGS)

test-compose: $(VENV)/.dev
	./tests/compose/run $(ARGS)

requirements:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --override requirements-overrides.txt --no-emit-package pcodedmp requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --override requirements-overrides.txt --no-emit-package pcodedmp requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) var

$(VENV)/.run: requirements.txt
	@./.ci/packages run
	@./.ci/virtualenv $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt
	@./.ci/packages run
	@./.ci/virtualenv $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.run
