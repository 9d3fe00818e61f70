# Every target works from a fresh clone by itself; `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install engines generate check prove validate manual test pythons lint format bench lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 12

install: .venv/installed ## put the development environment into .venv

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

engines: ## fetch Prometheus, Alertmanager and their tools, unpacked and not installed
	tests/tools/fetch_engines.sh

generate: install ## write output/ from spec/
	$(BIN)/tocsin generate

check: install ## judge spec/, and whether output/ is what it makes
	$(BIN)/tocsin check
	$(BIN)/tocsin generate --check

prove: install engines ## derive the proofs of every alert anew and put them into output/
	PATH="$(CURDIR)/.engines/bin:$$PATH" $(BIN)/tocsin prove --write output --allow prove/no-loki

validate: install check ## let the real programs, in containers, show that every alert works
	tests/tools/validate.sh

test: install ## run the tests, with the real programs where they can be had; the end says what could not
	@tests/tools/fetch_engines.sh || echo 'The tests run without the programs that are not on PATH.'
	$(BIN)/pytest -n auto

pythons: install ## run the quick tests on the other supported Pythons that are here, with coverage on the newest
	tests/tools/other_pythons.sh

lint: install ## style, formatting, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install engines ## time and memory of each stage, beside promtool in the same run
	$(BIN)/python tests/bench/ratios.py
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/delivery.py
	$(BIN)/python tests/bench/diff.py
	$(BIN)/python tests/bench/editor.py
	$(BIN)/python tests/bench/proofs.py

manual: install engines ## write the generated pages of the manual, and what its commands print
	$(BIN)/python -m tests.tools.write_manual
	PATH="$(CURDIR)/.engines/bin:$$PATH" $(BIN)/python -m tests.tools.manual_commands

lock: ## pin the newest development versions that the ranges allow
	rm -rf .venv && $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	(echo '# Development versions; renew with `make lock`.'; $(BIN)/pip freeze --exclude-editable) > constraints.txt

clean: ## remove everything that make made
	rm -rf .venv .venvs .engines .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
