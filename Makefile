# The two commands are `make run` and `make test`; `make help` lists all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INTEROP := .venv-interop
READ_BACK := --noconftest -c /dev/null -p no:cacheprovider --import-mode=importlib --rootdir=tests/interop
CONTACT_RELEASE := $(BIN)/contact-release
# The oldest engine that opens a warehouse, as etl/views.py names it; a test asks it for every view.
OLDEST_DUCKDB := --quiet --disable-pip-version-check --no-deps --upgrade duckdb==1.4.2

.DEFAULT_GOAL := help
.PHONY: training-benchmark training-example training-tests fuzz soak site mutants help run test test-newest test-lowest interop interop-heavy lint docs benchmark video-study suspects-study coverage-study clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/installed  ## install; build the synthetic sample, extract its frames, draw its events, write its report
	@$(CONTACT_RELEASE) build --sample
	@$(CONTACT_RELEASE) sample build/sample --videos --quiet > /dev/null
	@$(CONTACT_RELEASE) extract --videos build/sample/videos --quiet
	@$(CONTACT_RELEASE) query "select count(*) as indexed_frames, count(distinct video_id) as videos from frame_index"
	@$(CONTACT_RELEASE) annotate --where true --sheet --output drawn --quiet > /dev/null
	@echo
	@echo "The sample's frames are in frames/, its labelled moments drawn in drawn/ (open drawn/900001/sheet.jpg)."
	@echo
	@echo "Ask it:"
	@echo "  $(CONTACT_RELEASE) query \"from template_distribution select template, videos, events limit 5\""
	@echo "  $(CONTACT_RELEASE) query \"from interaction_intervals select video_id, agent, contact_frame, release_frame limit 5\""
	@echo
	@$(CONTACT_RELEASE) report --quiet
	@echo
	@echo "To look at the videos and labels in the browser, and to correct them: $(CONTACT_RELEASE) browse"

test: $(VENV)/installed-test lint  ## install what the tests need and run everything
	$(BIN)/python -m pytest --numprocesses auto

test-newest:  ## run the tests with every dependency at its newest allowed version, in an environment of their own
	$(PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/pip install --quiet --disable-pip-version-check --editable '.[test]'
	.venv-newest/bin/pip install $(OLDEST_DUCKDB) --target .venv-newest/oldest-duckdb
	.venv-newest/bin/python -m pytest --numprocesses auto

test-lowest:  ## run the tests with every dependency at its lowest declared version, in an environment of their own
	$(PYTHON) -m venv --clear .venv-lowest
	$(PYTHON) tests/support/lowest_versions.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/pip install --quiet --disable-pip-version-check --constraint .venv-lowest/constraints.txt --editable '.[test]'
	.venv-lowest/bin/pip install $(OLDEST_DUCKDB) --target .venv-lowest/oldest-duckdb
	.venv-lowest/bin/python -m pytest --numprocesses auto

interop: $(VENV)/installed-test $(INTEROP)/installed  ## let the real readers read the exports, in an environment of their own
	$(BIN)/python tests/interop/make_exports.py build/interop
	INTEROP_EXPORTS=$(CURDIR)/build/interop PYTHONPATH=tests/interop $(INTEROP)/bin/python -m pytest $(READ_BACK) \
		tests/interop/documented.py tests/interop/tables.py tests/interop/tools.py tests/interop/training.py

interop-heavy: $(VENV)/installed-test $(INTEROP)-heavy/installed  ## the same for readers that need torch, 5 GB of it
	$(BIN)/python tests/interop/make_exports.py build/interop
	INTEROP_EXPORTS=$(CURDIR)/build/interop PYTHONPATH=tests/interop $(INTEROP)-heavy/bin/python -m pytest $(READ_BACK) tests/interop/heavy.py

lint: $(VENV)/installed-test  ## ruff, mypy, the layer contracts, the SQL linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 sql

training-tests: $(VENV)/installed-torch  ## clips as tensors, in a DataLoader with workers; needs torch, 200 MB of it
	$(BIN)/python -m pytest tests/training/with_torch.py

training-benchmark: $(VENV)/installed-torch  ## clips a second beside loose files by hand, torchcodec, WebDataset and datasets
	$(BIN)/pip install --quiet --disable-pip-version-check datasets torchcodec webdataset
	$(BIN)/python tests/benchmarks/training.py
	$(BIN)/python tests/benchmarks/training.py --memory 10000

training-example: $(VENV)/installed-torch  ## train a small model on the sample on the CPU with three seeds, beside the template prior
	$(CONTACT_RELEASE) build --sample --warehouse build/training/warehouse --quiet
	$(CONTACT_RELEASE) sample build/sample --videos --quiet > /dev/null
	$(CONTACT_RELEASE) extract --videos build/sample/videos --warehouse build/training/warehouse --frames build/training/frames --quiet
	$(BIN)/python examples/train_small.py build/training/warehouse build/training/frames

docs: $(VENV)/installed-test  ## write the generated documentation anew
	$(BIN)/python docs/generate.py

site: $(VENV)/installed-test  ## write the documentation as a site: build/site/index.html; a dead link fails
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python docs/site.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

benchmark: $(VENV)/installed-test  ## time every step beside the plain ways, with memory and growth (an hour and a quarter)
	$(BIN)/python tests/benchmarks/start.py
	$(BIN)/python tests/benchmarks/build.py
	$(BIN)/python tests/benchmarks/views.py
	$(BIN)/python tests/benchmarks/report.py
	$(BIN)/python tests/benchmarks/export.py
	$(BIN)/python tests/benchmarks/evaluate.py
	$(BIN)/python tests/benchmarks/index.py
	$(BIN)/python tests/benchmarks/diff.py
	$(BIN)/python tests/benchmarks/extraction.py

video-study: $(VENV)/installed-test  ## count false alarms and silent losses over hundreds of synthetic videos
	$(BIN)/python tests/studies/videos.py
suspects-study: $(VENV)/installed-test  ## plant faults into the real labels, see how well suspects finds them
	$(BIN)/python tests/studies/suspects.py

mutants: $(VENV)/installed-test  ## change the program in one place at a time, and see whether the tests notice (an hour or more)
	$(BIN)/python tests/mutants/run.py

coverage-study: $(VENV)/installed-test  ## how often the intervals of AP hold the true value, by simulation: some minutes
	$(BIN)/python tests/studies/coverage.py
	$(BIN)/python tests/studies/coverage.py --seed 2 --data-sets 1000

fuzz: $(VENV)/installed-test  ## read changed files of every kind, 100,000 of each: hours; SECONDS=60 bounds each kind
	$(BIN)/python tests/fuzz/run.py --seconds $(or $(SECONDS),inf)

soak: $(VENV)/installed-test  ## kill every writing command 200 times beside a reader, and fill its disk (an hour or more)
	$(BIN)/python tests/soak/writing.py
	$(BIN)/python tests/soak/frames.py
	$(BIN)/python tests/soak/browsing.py

clean:  ## remove what was installed and built
	rm -rf $(VENV) $(INTEROP) $(INTEROP)-heavy .venv-newest .venv-lowest build dist drawn frames reports/statistics* warehouse/.builds warehouse/.current warehouse/.lock warehouse/*.parquet warehouse/*.duckdb warehouse/*.json

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[browse,report,sample]'
	@touch $@

$(VENV)/installed-test: $(VENV)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	$(BIN)/pip install $(OLDEST_DUCKDB) --target $(VENV)/oldest-duckdb
	@touch $@ $(VENV)/installed

$(VENV)/installed-torch: $(VENV)/installed-test
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,torch]'
	@touch $@

$(INTEROP)-heavy/installed: tests/interop/requirements-heavy.txt $(VENV)/python
	$(PYTHON) -m venv $(INTEROP)-heavy
	$(INTEROP)-heavy/bin/pip install --quiet --disable-pip-version-check --requirement tests/interop/requirements-heavy.txt
	@touch $@

$(INTEROP)/installed: tests/interop/requirements.txt $(VENV)/python
	$(PYTHON) -m venv $(INTEROP)
	$(INTEROP)/bin/pip install --quiet --disable-pip-version-check --requirement tests/interop/requirements.txt
	@touch $@
