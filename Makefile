# The commands of a checkout; each target installs what it needs. Requires Python 3.11+, make and pip.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# the package itself is built with the locked hatchling, without a download
PIP_OWN := -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation

.PHONY: setup setup-tests demo test lint lock release pictures train-demo train-demo-translation train-demo-speakers clean

setup: $(VENV)/.installed

$(VENV)/.python:
	@sh .ci/venv.sh $(VENV)
	@touch $@

# what runs the service: all that the demo needs
$(VENV)/.service: $(VENV)/.python requirements-build.lock requirements-service.lock pyproject.toml
	@sh .ci/locked.sh $(VENV) requirements-build.lock requirements-service.lock
	@$(BIN)/python $(PIP_OWN) --editable .
	@touch $@

$(VENV)/.installed: $(VENV)/.service requirements.lock
	@sh .ci/locked.sh $(VENV) requirements.lock
	@touch $@

setup-tests: $(VENV)/.tests

$(VENV)/.tests: $(VENV)/.installed .ci/packages.sh .ci/vocabularies.sh
	@sh .ci/packages.sh
	@sh .ci/vocabularies.sh $(VENV)
	@touch $@

demo: $(VENV)/.service
	@$(BIN)/surtitle demo

# Node comes with the Python packages; npm and the tools that it runs find it in PATH
node_modules/.installed: $(VENV)/.installed package-lock.json
	@echo "Installing the linters of the pages."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python .ci/progress.py npm ci --loglevel error
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
	@sh .ci/locked.sh .venv-train requirements-train.lock
	.venv-train/bin/python -m app.demo.training build

train-demo-translation: setup
	@sh .ci/packages.sh espeak-ng libespeak-ng1
	@sh .ci/venv.sh .venv-train
	@sh .ci/locked.sh .venv-train requirements-train.lock
	@# glibc keeps the memory of a step for the next one, which saves a third of the time
	MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=200000000 \
		.venv-train/bin/python -m app.demo.training translation

train-demo-speakers: setup
	@sh .ci/packages.sh espeak-ng libespeak-ng1
	@sh .ci/venv.sh .venv-train
	@sh .ci/locked.sh .venv-train requirements-train.lock
	.venv-train/bin/python -m app.demo.training speakers

clean:
	rm -rf $(VENV) node_modules .venv-train .venv-lock dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
