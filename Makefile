# The two commands a newcomer needs: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# .env is read by the shell alone, as the crontab and the commands of README.md read it: make would read $ and # otherwise.
DOTENV = set -a; [ ! -f .env ] || . ./.env; set +a;
VAR := $(shell $(DOTENV) echo "$${PORTAL_VAR_DIR:-var}")
SIZES ?= 1000,10000,100000

.PHONY: help run test test-fast test-browser lint fmt lock sbom audit bench bench-anchors screens demo-admin clean

help:
	@echo 'make run            install, migrate, load, serve on http://127.0.0.1:$(PORT)/  (PORT=…)'
	@echo 'make test           every test that can run here'
	@echo 'make test-fast      after each edit: every test once, but for browsers, fuzzing, hostile files, real collections'
	@echo 'make test-browser   the tests in real Chromium'
	@echo 'make lint           style, dead code, missing migrations, deployment settings'
	@echo 'make fmt            format'
	@echo 'make lock           requirements.lock anew, after a change of requirements.txt'
	@echo 'make sbom           var/sbom.json: every package a server runs, with its hashes (CycloneDX)'
	@echo 'make audit          known weaknesses of these packages; asks a service on the net'
	@echo 'make bench          speed and search quality, side by side  (SIZES=1000)'
	@echo 'make bench-anchors  the same pages beside Datasette, Wagtail, a static file: docs/anchors.md'
	@echo 'make screens        the pictures of the documents anew (Chromium)'
	@echo 'make demo-admin     the first member of staff; asks for the password'
	@echo 'make clean          throw away the virtual environment and caches'

.venv/run.ok: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.ok: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ .venv/run.ok

# A key of this machine's own, made once; a server sets DJANGO_SECRET_KEY instead.
$(VAR)/secret_key:
	mkdir -p $(VAR)
	(umask 077; $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))" > $@)

# Without TLS on this machine; who names hosts has a server, where cookies are secure unless DJANGO_HTTPS says otherwise.
LOCAL = $(DOTENV) DJANGO_SECRET_KEY="$${DJANGO_SECRET_KEY:-$$(cat $(VAR)/secret_key)}" DJANGO_HTTPS="$${DJANGO_HTTPS:-$${DJANGO_ALLOWED_HOSTS:+1}}"

# Waitress reads a whole request before a thread sees it: hundreds of slow connections hold none, and silent ones are closed.
# gunicorn's threads wait for each; it stands behind nginx (deploy/), which does the same.
SERVER = waitress-serve --listen=127.0.0.1:$(PORT) --threads=8 --connection-limit=2000 --asyncore-use-poll --channel-timeout=20 \
	--cleanup-interval=5 --max-request-header-size=16384 --max-request-body-size=211812352 --no-expose-tracebacks --ident=

run: .venv/run.ok $(VAR)/secret_key
	$(LOCAL) $(BIN)/python manage.py migrate --verbosity 0
	$(LOCAL) $(BIN)/python manage.py seed
	$(LOCAL) $(BIN)/python manage.py reindex --verbosity 0
	$(LOCAL) $(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@echo "http://127.0.0.1:$(PORT)/"
	$(LOCAL) $(BIN)/$(SERVER) portal.wsgi:application

# Compiled tests are kept: without, each worker compiles all of them, and each child process all of ours, again.
test test-fast test-browser: export PYTHONDONTWRITEBYTECODE :=

# Everything that can run here: browser tests skip themselves where Chromium or the Nu checker is missing.
test: .venv/dev.ok
	$(BIN)/pytest -n 2 $(TEST_ARGS)

# Slow: property tests, files made to harm, killed servers, the real collections. Further: of a test with many cases, all but the
# first. tests/conftest.py marks both by what a test is made of.
test-fast: .venv/dev.ok
	$(BIN)/pytest -n 2 -m "not browser and not slow and not further" $(TEST_ARGS)

# Needs Debian's chromium; PORTAL_REQUIRE_BROWSER=1 makes a missing one a failure.
test-browser: .venv/dev.ok
	$(BIN)/pytest -n 2 -m browser tests/browser

lint: .venv/dev.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	! $(BIN)/vulture | grep -E "unused (function|method|class|import)"
	DJANGO_DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SECRET_KEY=$$($(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))") DJANGO_DEBUG=0 DJANGO_HTTPS=1 $(BIN)/python manage.py check --deploy --fail-level WARNING

# After a change of requirements.txt: servers install what stands in requirements.lock, each file by its hash.
lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet --disable-pip-version-check pip-tools==7.6.2
	.venv-lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock requirements.txt
	rm -r .venv-lock

# Tools in an environment of their own: neither the site nor its tests need them.
.venv-audit/ok:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1
	touch $@

sbom: .venv-audit/ok
	mkdir -p $(VAR)
	.venv-audit/bin/cyclonedx-py requirements requirements.lock --output-format JSON --output-reproducible --output-file $(VAR)/sbom.json
	@$(PYTHON) -c "import json; print(len(json.load(open('$(VAR)/sbom.json'))['components']), 'packages: $(VAR)/sbom.json')"

# Not part of .ci/run, which needs no network: PyPI's list of weaknesses is a service on the net. A list that could not be had is a failure.
audit: .venv-audit/ok
	@.venv-audit/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict --progress-spinner off; \
	code=$$?; [ $$code = 0 ] || { echo 'make audit: weaknesses are listed above; where none is, the service (pypi.org) could not be asked, and nothing was checked.' >&2; exit $$code; }

fmt: .venv/dev.ok
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.ok
	$(BIN)/python -m tests.bench.pages
	$(BIN)/python -m tests.bench.browse_speed --sizes $(SIZES)
	$(BIN)/python -m tests.bench.search_quality
	$(BIN)/python -m tests.bench.search_speed --sizes $(SIZES)

# Needs a package registry: Datasette and Wagtail go into an environment below var/.
bench-anchors: .venv/dev.ok
	$(BIN)/python -m tests.bench.anchors --sizes $(or $(ANCHOR_SIZES),96,10000)

screens: .venv/dev.ok
	$(BIN)/python -m tests.screens docs/screens

# Asks for the name and the password of the first member of staff; there is no default one.
demo-admin: .venv/run.ok $(VAR)/secret_key
	$(LOCAL) $(BIN)/python manage.py migrate --verbosity 0
	$(LOCAL) $(BIN)/python manage.py createsuperuser

clean:
	rm -rf .venv .pytest_cache .ruff_cache
