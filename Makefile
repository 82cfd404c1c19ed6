# The commands that a contributor types. Each works on a fresh machine with Python 3.11 to 3.13 and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
MINUTES ?= 1
# One more than processors: tests with servers wait a good deal.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)

.PHONY: demo test check cover bench bench-replies fuzz torture golden docs pictures packages clean

demo: $(VENV)/installed
	$(BIN)/relay demo $(ARGS)

test: $(VENV)/developing packages
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

check: $(VENV)/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

cover: $(VENV)/developing packages
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered $(ARGS)

bench: $(VENV)/developing packages
	$(BIN)/python -m tests.bench $(ARGS)

bench-replies: $(VENV)/peers
	$(BIN)/python -m tests.bench.replies $(ARGS)

fuzz: $(VENV)/fuzzing
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES) $(ARGS)

torture: $(VENV)/developing packages
	$(BIN)/python -m tests.torture --minutes $(MINUTES) $(ARGS)

golden: $(VENV)/developing
	RELAY_GOLDEN=write $(BIN)/python -m pytest tests $(ARGS)
	git diff --stat

docs: $(VENV)/developing
	$(BIN)/python -m tests.write_docs

# Screenshots of the mails, for docs/mails.md.
pictures: $(VENV)/developing packages
	$(BIN)/python -m tests.mail_pictures

# System packages that the tests use: real servers and a real browser, by Debian's names.
packages:
	@sh tests/packages.sh

$(VENV)/python: 
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "relay needs Python 3.11, 3.12 or 3.13; say which: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/developing: $(VENV)/python pyproject.toml constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/peers: $(VENV)/developing
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(addprefix -c ,$(wildcard constraints.txt)) -e '.[dev,peers]'
	@touch $@

# atheris has no wheel for every machine; without it our own fuzzer does the work.
$(VENV)/fuzzing: $(VENV)/developing
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,fuzz]' || \
	  echo "atheris does not install here: going on without it" >&2
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov .coverage
