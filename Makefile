# Virage. `make run` and `make test` need Python 3.11+, make, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE # else each of the many processes compiles the product anew

.DEFAULT_GOAL := help
.PHONY: help run test nightly faults check fix format lint types imports templates strings content bench migration strings-update

help: ## Show what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt lms/web/translations/fr/LC_MESSAGES/messages.po
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres]'
	$(BIN)/pybabel compile --directory lms/web/translations --locale fr --statistics
	touch $@

run: $(READY) ## Set up everything and serve the demonstration on http://127.0.0.1:8000
	$(BIN)/lms demo
	$(BIN)/lms serve

test: $(READY) ## Set up everything and pass every check and test
	bash tests/setup.sh
	$(MAKE) check
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(T)

nightly: $(READY) ## Look for a way past the gates in 5,000 sequences that were never tried before (docs/GATES.md)
	VIRAGE_HYPOTHESIS=nightly $(BIN)/python -m pytest tests/proof

ROUNDS ?= 1000
faults: $(READY) ## Kill, fill, lock, race: print what was lost, on both databases (docs/FAULTS.md)
	$(BIN)/python -m tests.faults --rounds $(ROUNDS)

check: format lint types imports templates strings content ## All checks that are not tests

format: $(READY)
	$(BIN)/ruff format --check .
lint: $(READY)
	$(BIN)/ruff check .
types: $(READY)
	$(BIN)/mypy lms tests bench migrations
imports: $(READY)
	$(BIN)/lint-imports
templates: $(READY)
	$(BIN)/djlint lms/web/templates --lint --quiet
strings: $(READY)
	$(BIN)/python tests/rules/strings.py
content: $(READY)
	$(BIN)/lms content check content

fix: $(READY) ## Format the code and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

strings-update: $(READY) ## Bring the catalogue up to date with the words in code and templates
	$(BIN)/python tests/rules/strings.py --update

bench: $(READY) ## Measure side by side with a bare Flask page, and write bench/last.json
	$(BIN)/python -m bench

migration: $(READY) ## Write the next migration: make migration m="what it does"
	$(BIN)/lms db revision "$(m)"
