# `make` lists the targets. Everything that is made lies in .venv, node_modules, .tools, ~/.cache/ioc-pipeline and .ioc.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONPATH SPARK_HOME

PY := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null)
ifeq ($(UV),)
UV := .tools/bin/uv
UV_NEEDED := .tools/bin/uv
endif
NPM := $(shell command -v npm 2>/dev/null)
ifeq ($(NPM),)
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm
endif
PACKAGES := .venv/.set-up-$(shell cat requirements.lock pyproject.toml | cksum | cut -d ' ' -f 1)
MODULES := node_modules/.set-up-$(shell cat package-lock.json | cksum | cut -d ' ' -f 1)

# Tests that start no parts, or PostgreSQL alone: they run beside those that do, which mostly wait.
ALONE := tests/admit tests/check tests/dags tests/feeds tests/forms tests/ioc tests/kernel tests/ledger tests/policy tests/schemas tests/screens tests/signing tests/simulator tests/warehouse \
  $(patsubst %,tests/jobs/test_%.py,audit audit_warnings close every_gate publish recount restate verify_procedures)

.PHONY: help setup demo test faults nightly mutants check bench jars images clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:[^#]*## /	/' | expand -t 10

setup: $(PACKAGES) ## set up what is missing: uv, Python packages, npm packages, jars (a second run does nothing)
	@$(MAKE) --silent -j 2 $(MODULES) jars

demo: setup ## start every part and simulate a province; Ctrl-C stops all of it
	@exec $(UV) run ioc up --demo

test: setup ## the whole test suite, as CI runs it
ifdef TESTS
	@exec $(PY) -m pytest $(TESTS)
else
	@log=$$(mktemp); $(PY) -m pytest $(ALONE) >$$log 2>&1 & alone=$$!; trap 'kill $$alone 2>/dev/null' INT TERM; \
	  $(PY) -m pytest $(ALONE:%=--ignore=%); parts=$$?; wait $$alone; alone=$$?; cat $$log; rm -f $$log; \
	  test $$parts -eq 0 && test $$alone -eq 0
endif

faults: setup ## the slow tests of whole stacks: killed, restarted, across a merger, two systems, a changed calendar
	@exec $(PY) -m pytest -m fault $(TESTS)

nightly: setup ## the property tests with forty times as many cases (hours)
	@TEST_EFFORT=40 exec $(PY) -m pytest --timeout 7200 tests/kernel tests/ioc tests/forms tests/admit tests/schemas

mutants: setup ## changes each comparison of the clocks in turn; lists those that no test notices (hours)
	@exec $(PY) -m tests.mutants $(FILES)

check: setup ## format, lint and types, as before each commit
	@.venv/bin/ruff format --check --quiet && .venv/bin/ruff check --quiet && exec .venv/bin/mypy

bench: setup ## speed on this machine, printed with its versions
	@for name in intake latency rebuild; do $(PY) -m bench.$$name || exit 1; done

images: ## container images, one per role (docker/README.md)
	@for role in base streams screens jobs broker warehouse; do \
	  DOCKER_BUILDKIT=1 docker build --quiet --tag ioc/$$role --file docker/$$role.Dockerfile . || exit 1; \
	done

clean: ## remove what set-up made; the state in .ioc stays
	rm -rf .venv node_modules .tools

.tools/bin/uv:
	@echo "uv"
	@python3 -m venv .tools || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/pip install --quiet --disable-pip-version-check uv

$(PACKAGES): $(UV_NEEDED)
	@echo "Python packages (a few minutes the first time)"
	@test -x $(PY) || $(UV) venv --quiet --python '>=3.11,<3.13' .venv
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.lock
	@$(UV) pip install --quiet --no-deps --python $(PY) --editable .
	@rm -f .venv/.set-up-* .venv/.byte-code && touch $@

$(MODULES): | $(PACKAGES)
	@echo "npm packages"
	@$(NPM) ci --silent --no-audit --no-fund --ignore-scripts
	@rm -f node_modules/.set-up-* && touch $@

jars: | $(PACKAGES)
	@$(PY) -m ioc.stack.jars >/dev/null
