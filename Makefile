# On a machine with Python 3.11 to 3.13 (with venv) and make, `make run` and `make test` are all there is to know:
# what they need is installed into .venv, without root, and not looked at again until a lock file changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test crash fuzz check format docs bench peers lock clean

# Where this is set, as in many images, each start would compile all of the program anew: a second.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
CREATED := $(VENV)/.created
SYNCED := $(VENV)/.runtime-synced
DEV_SYNCED := $(VENV)/.development-synced

# Another Python is chosen with `make setup PYTHON=/path/to/python3.13`, after `make clean`.
PYTHON ?= python3.11 python3.12 python3.13 python3 python

# uv does not read pip's configuration, but a machine behind a mirror has often named it to pip only.
INDEX = $${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}
UV = UV_DEFAULT_INDEX="$(INDEX)" VIRTUAL_ENV=$(VENV) $(BIN)/uv

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV_SYNCED) ## install everything, development tools too, into .venv

run: $(SYNCED) ## start the bot; options go into ARGS, e.g. make run ARGS="--config my.toml"
	@$(BIN)/python -m bot run $(ARGS)

test: $(DEV_SYNCED) ## run the tests on all processors; options for pytest go into ARGS, e.g. make test ARGS="-k survey"
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder $(ARGS)

# A test may take two minutes elsewhere; this one takes what a thousand kills take.
crash: $(DEV_SYNCED) ## kill -9 the whole program a thousand times, and play with workers, e.g. make crash KILLS=200 SEED=7
	@CRASH_KILLS=$(or $(KILLS),1000) CRASH_SEED=$(SEED) CRASH_EVERY_PLACE=yes CRASH_EXAMPLES=200 CRASH_DAYS=400 \
		$(BIN)/python -m pytest -o faulthandler_timeout=0 tests/crash tests/workers $(ARGS)

check: $(DEV_SYNCED) ## lint, format, types and the direction of imports
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

format: $(DEV_SYNCED) ## put the code into shape
	$(BIN)/python -m ruff check --fix-only
	$(BIN)/python -m ruff format

docs: $(DEV_SYNCED) ## write the pages that come from the code
	$(BIN)/python -c "from handlers.command_docs import reference; print(reference(), end='')" > docs/commands.md

bench: $(DEV_SYNCED) ## run the benchmarks, e.g. make bench ARGS="inbound --json"
	@$(BIN)/python -m bench $(ARGS)

# They get an environment of their own: their versions are not ours.
PEERS := build/peers
PEERS_SYNCED := $(PEERS)/.synced
peers: $(PEERS_SYNCED) ## install what the benchmarks compare with into build/peers

fuzz: $(DEV_SYNCED) ## attack what reads from outside; e.g. make fuzz ARGS="stories --seed 7"
	@$(BIN)/python -m tests.fuzz $(ARGS)

# Versions that still fit stay as they are; `make lock ARGS=--upgrade` takes the newest.
LOCK = pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $(ARGS)
lock: $(BIN)/uv ## write the lock files anew from pyproject.toml
	@$(UV) $(LOCK) --group setup --output-file requirements-setup.lock
	@$(UV) $(LOCK) pyproject.toml --output-file requirements.lock
	@$(UV) $(LOCK) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(UV) $(LOCK) --group peers --output-file requirements-peers.lock

clean: ## remove .venv and all caches; data stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate is run before it is trusted: version managers leave commands behind that only print an error.
$(CREATED):
	@for candidate in $(PYTHON); do \
		if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; \
		then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "No usable Python found (tried: $(PYTHON))." \
			"Install Python 3.11, 3.12 or 3.13 with venv, on Debian and Ubuntu: apt install python3 python3-venv" >&2; \
		exit 2; \
	fi; \
	echo "Setting up $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv --clear $(VENV)
	@touch $@

$(BIN)/uv: requirements-setup.lock $(CREATED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@touch $@

# A .venv whose Python has gone, after an upgrade of the system for instance, is made anew.
ifneq ($(shell $(BIN)/python -c 'print("alive")' 2>/dev/null),alive)
.PHONY: $(CREATED)
endif

# Development tools from an earlier `make test` are left in place, so that changing between run and test costs nothing.
# Compiling now makes the first start quick, and keeps older packages' complaints about their escapes off the screen.
$(SYNCED): requirements.lock $(BIN)/uv
	@echo "Installing what the bot needs"
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements.lock
	@touch $@

$(DEV_SYNCED): requirements-dev.lock $(BIN)/uv
	@echo "Installing what the bot and its tests need"
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode requirements-dev.lock
	@touch $@ $(SYNCED)

$(PEERS_SYNCED): requirements-peers.lock $(BIN)/uv
	@echo "Installing what the benchmarks compare with"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PEERS)
	@UV_DEFAULT_INDEX="$(INDEX)" VIRTUAL_ENV=$(PEERS) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode \
		requirements-peers.lock
	@touch $@
