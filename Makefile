# The whole developer interface. `make` alone says what there is.
# Only python3 and make are needed; the first call sets up everything else in .venv.

PYTHON ?= python3
RUN := .venv/bin/python
# Two at once: the machines that check this project have two cores.
JOBS ?= 2
PYTEST := $(RUN) -m pytest
ONLY ?=

export PYTHONPATH := src:.

.PHONY: help demo setup dev quick test browser lint types bench docs messages clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: setup ## Set up an invented sub-district, show it, carry a warning down it
	$(RUN) -m renwang.ops demo

setup: ## Install what a node needs into .venv
	@$(PYTHON) tools/setup.py

dev: ## Install what work on the project needs as well
	@$(PYTHON) tools/setup.py --dev

quick: dev ## Under a minute: style, contracts, rules and the house's own tests
	$(RUN) -m ruff check .
	.venv/bin/lint-imports
	$(PYTEST) tests/rules tests/house -n $(JOBS)

test: dev ## Everything: on SQLite, on PostgreSQL, in the browser
	@$(RUN) tools/run_tests.py --jobs $(JOBS)

browser: dev ## Only the browser's journeys
	@$(RUN) tools/run_tests.py --only browser

lint: dev ## Style, form and contracts
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	.venv/bin/lint-imports
	$(RUN) tools/messages.py check --all

types: dev ## Strict types on rules, pure parts and codecs
	$(RUN) tools/check_types.py

bench: dev ## Measure; `make bench ONLY=relay` measures one thing
	$(RUN) -m bench $(if $(ONLY),--only $(ONLY))

docs: dev ## Build the documentation into site/
	$(RUN) tools/reference.py
	$(RUN) -m mkdocs build --strict --quiet

messages: dev ## Collect the words on screen and compile their translations
	$(RUN) tools/messages.py extract --all
	$(RUN) tools/messages.py compile

clean: ## Remove what was built; data in .var stays
	rm -rf .venv build dist site .ruff_cache .mypy_cache .pytest_cache .import_linter_cache .hypothesis frontend/node_modules frontend/build src/renwang/web/frame/static/dist
	find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
