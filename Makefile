# The commands of a checkout; each target installs what it needs. Requires Python 3.11+, make and pip.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# only files whose SHA-256 is in a lock, and no source packages, whose own requirements have no hashes
PIP_LOCKED := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
# the package itself is built with the locked hatchling, without a download
PIP_OWN := -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation

.PHONY: setup setup-tests demo test lint lock release pictures train-demo clean

setup: $(VENV)/.installed

$(VENV)/.python:
	@sh .ci/venv.sh $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml
	@$(BIN)/python $(PIP_LOCKED) -r requirements.lock
	@$(BIN)/python $(PIP_OWN) --editable .
	@touch $@

setup-tests: $(VENV)/.tests

$(VENV)/.tests: $(VENV)/.installed .ci/packages.sh .ci/vocabularies.sh
	@sh .ci/packages.sh
	@sh .ci/vocabularies.sh $(VENV)
	@touch $@

demo: setup
	@$(BIN)/surtitle demo

# Node comes with the Python packages; npm and the tools that it runs find it in PATH
node_modules/.installed: $(VENV)/.installed package-lock.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel error
	@touch $@

lint: setup node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent lint
	@sh .ci/audit.sh $(BIN)

# four at once on two cores, because most tests wait for something; then those that measure times, one after the other
test: setup-tests lint
	$(BIN)/python -m pytest -n 4 --dist worksteal -m "not timing"
	$(BIN)/python -m pytest -m timing

# UPGRADE=--upgrade takes the newest versions, UPGRADE="--upgrade-package NAME" one of them; else only what must change
lock:
	@sh .ci/venv.sh .venv-lock
	@sh .ci/lock.sh .venv-lock $(UPGRADE)

# the same files again for the same commit: dates are the commit's, unless SOURCE_DATE_EPOCH says more
release: setup
	@sh .ci/release.sh $(BIN) dist

pictures: setup-tests
	$(BIN)/python -m tests.screenshots docs

train-demo: setup
	@sh .ci/packages.sh espeak-ng libespeak-ng1
	@sh .ci/venv.sh .venv-train
	@.venv-train/bin/python $(PIP_LOCKED) -r requirements-train.lock
	.venv-train/bin/python -m app.demo.training build

clean:
	rm -rf $(VENV) node_modules .venv-train .venv-lock dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
