# Two commands do all the set-up on a machine with Python 3.11 and make: `make up` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help up test check lint types imports schemas drift lock lock-check docs bench env clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

env: .venv/.ready ## the environment in .venv, from the locked and hashed requirements

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

up: env ## the real thing on its embedded parts; ARGS="--data DIR --port 9080 --console-port 9090"
	@exec $(BIN)/lastmile up $(ARGS)

test: env ## all tests against a real nats-server and a real mongod; ARGS="tests/unit -k word" runs some
	$(BIN)/python -m pytest $(ARGS)

check: env lint types imports schemas drift lock-check ## everything that can be said without running it

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: env
	$(BIN)/pyright

imports: env
	$(BIN)/lint-imports

schemas: env
	$(BIN)/python -m lastmile.reference schemas --check

drift: env
	$(BIN)/python -m lastmile.reference docs --check

docs: env ## event catalogue, AsyncAPI and OpenAPI, and what a new event needs, written from the code
	$(BIN)/python -m lastmile.reference docs
	$(BIN)/python -m lastmile.reference schemas

bench: env ## docs/benchmarks.md, measured here: ratios from one run
	$(BIN)/python -m tests.load.bench $(ARGS)

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet
LOCK := $(COMPILE) pyproject.toml --all-extras --output-file
# What the image holds, and what builds it: the same versions, without what only a laptop or a test needs.
RUNTIME := $(COMPILE) pyproject.toml --constraint requirements.lock --output-file
BUILD := $(COMPILE) deploy/images/build.in --constraint requirements.lock --output-file

lock: env ## resolve the requirements anew
	$(LOCK) requirements.lock --upgrade
	$(RUNTIME) requirements-runtime.lock
	$(BUILD) requirements-build.lock

lock-check: env
	@cp requirements*.lock .venv/
	@$(LOCK) .venv/requirements.lock >/dev/null && diff requirements.lock .venv/requirements.lock
	@$(RUNTIME) .venv/requirements-runtime.lock >/dev/null && diff requirements-runtime.lock .venv/requirements-runtime.lock
	@$(BUILD) .venv/requirements-build.lock >/dev/null && diff requirements-build.lock .venv/requirements-build.lock
	@echo "the locks are up to date"

clean:
	rm -rf .venv .stack
