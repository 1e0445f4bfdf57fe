# Every target does its own set-up: a machine needs only Python 3.11 or later, and make.
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench screens fuzz lock system format clean

PYTHON := .venv/bin/python
# One more than there are processors: some tests wait for a voice, a time-out or a lease.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN) + 1)))
# Some machines forbid it to keep compiled code: each of the hundreds of processes that tests start compiles all anew.
unexport PYTHONDONTWRITEBYTECODE
# The environment in which settings are checked as production has them. Nothing is connected to.
PRODUCTION := DATABASE_URL=postgresql://meetmind@db/meetmind REDIS_URL=redis://redis:6379/0 \
	PUBLIC_URL=https://interviews.example.com EMAIL_URL=smtp+tls://mail.example.com:587 \
	SECRET_KEY=2oZ9vqX-only-for-checks-Yc7Lr0wJt5Hn8Bd3Kf6Mg1Ps4Qe5Vz9Xu LINK_KEY=aW8-only-for-checks-xE2uVq9Rz7Tn5Yb3Jm6Kc1Lf4Hd0

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: base ## serve everything in one process on http://127.0.0.1:8000 (PORT=… for another)
	@$(PYTHON) manage.py serve

demo: base ## one interview from invitation to scorecard, in the terminal
	@$(PYTHON) manage.py demo

test: system dev ## the whole suite; set-up included
	MEETMIND_TEST_SQLITE=1 $(PYTHON) -m pytest -n $(WORKERS) -m portable -p no:schemathesis --durations=0 --durations-min=5
	$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal

check: dev ## format, lint, types, import rules, migrations, templates, deployment files
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy .
	.venv/bin/lint-imports
	.venv/bin/djlint --lint --quiet templates
	$(PYTHON) manage.py check
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@! grep -nE '://|^ *--(index|extra-index|find-links)' requirements/*.txt || { echo "A lock holds an address."; exit 1; }

bench: system dev ## the benchmarks; ONLY=P1,P2 picks some
	@$(PYTHON) -m benchmarks $(if $(ONLY),--only $(ONLY))

screens: system dev ## a picture of every page into build/screens, and README's
	$(PYTHON) -m pytest -n 0 tests/screens

fuzz: system dev ## every API operation with 500 made-up requests
	FUZZ_EXAMPLES=500 $(PYTHON) -m pytest -n $(WORKERS) tests/fuzz --timeout 3600

format: dev ## let the formatters do their work
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

UV_COMPILE := .venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --universal --custom-compile-command "make lock"
lock: dev ## pin what requirements/*.in ask for, with hashes
	$(UV_COMPILE) requirements/uv.in -o requirements/uv.txt
	$(UV_COMPILE) requirements/base.in -o requirements/base.txt
	$(UV_COMPILE) requirements/dev.in -c requirements/base.txt -o requirements/dev.txt

system: ## install the Debian packages that the tests use (as root)
	@requirements/install-system

clean: ## remove what the targets made, except the data
	rm -rf .venv build staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.PHONY: base dev
base:
	@requirements/install base
dev:
	@requirements/install dev
