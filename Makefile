# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
#
# make demo     profile a real workload, line by line
# make test     all tests, on every CPython >= 3.10 of this machine
# make check    format, lint and types; "make format" mends what it can
# make dask-test  the workers of a Dask cluster, recorded; a part of make test
# make bench    what profiling costs, beside memory_profiler
# make bench-recording  what recording whole programs costs, beside memray
# make bench-children  what the start of a child costs while its parent is recorded
# make bench-reports  how long reports of large captures take
# make bench-pages  how long the report page takes to answer, in Chromium
# make accuracy every line of 51 programs against an independent recorder; writes docs/accuracy.md
# make recordings  captures of whole programs against that recorder, 200 samples, 500 kills; writes docs/accuracy.md
# make suites   other people's tests and torture programs under the agent, its ledger checked: hours
# make consumers  sphinx-gallery, pytest-monitor, joblib and PySpark, as they come from PyPI, over Peakline
# make pictures the pictures of README.md and of the examples, made anew in Chromium
# make fuzz     broken captures, made from CAPTURES='a.peakline …', for SECONDS=60
# make wheel    the wheel, in dist/
# make clean    remove everything that was built
#
# PYTHON=…  the Python of the demo and the tools (default: the first that tools/pythons finds)
# OPTIONS=… options of the benchmarks, as in make bench OPTIONS='--markdown --rounds 9'
# PYTEST=…  more arguments for pytest, as in make test PYTEST='-k recursion'

PYTHON ?= $(or $(shell tools/pythons --first),$(error no suitable Python))
BENCH ?= Benchmarks/run.py
PYTEST ?=
OPTIONS ?=

VENVS := .build/venvs
SWIFT_SOURCES := Package.swift Sources $(wildcard Tests)
PYTHON_SOURCES := python build_backend tools/pictures.py $(wildcard examples Accuracy Benchmarks IntegrationTests Tests/Fuzzing)
# Pytest for its types, which its plugin uses.
CHECKERS := ruff==0.14.5 mypy==1.18.2 pytest==9.0.1

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: demo test swift-test python-test examples-test pages-test dask-test check format accuracy \
  recordings bench bench-recording bench-children bench-reports bench-pages suites consumers pictures fuzz wheel clean

demo:
	tools/venv $(PYTHON) .venv
	.venv/bin/python -m pip install -q '.[demo]'
	.venv/bin/python examples/mem_script.py
	.venv/bin/python examples/topics.py

test: swift-test python-test examples-test pages-test dask-test

swift-test:
	swift test --quiet --disable-xctest

# Each Python tests the same wheel, built once. JOBS=1 has them do so one after the other.
python-test: wheel
	tools/test-pythons $(VENVS) dist/peakline-*.whl $(PYTEST)

# The examples that need large libraries, on one Python; those of PyTorch where it is installed.
examples-test: wheel
	EXTRAS=test,demo TESTS=python/tests/test_examples.py \
	  tools/test-python $(PYTHON) $(VENVS)/examples dist/peakline-*.whl

# Pages in Chromium, on one Python; where that cannot be installed they are skipped with a reason.
pages-test: wheel
	CHROMIUM="$$(tools/chromium)" EXTRAS=pages TESTS=IntegrationTests/pages \
	  tools/test-python $(PYTHON) $(VENVS)/pages dist/peakline-*.whl

# Workers of Dask, in a run of their own: what distributed loads would be in the figures of other tests.
dask-test: wheel
	EXTRAS=test,dask TESTS=IntegrationTests/dask \
	  tools/test-python $(PYTHON) $(VENVS)/dask dist/peakline-*.whl

# What is missing, such as Java, is skipped with a reason.
consumers: wheel
	EXTRAS=test,consumers TESTS=IntegrationTests/consumers \
	  tools/test-python $(PYTHON) $(VENVS)/consumers dist/peakline-*.whl -p no:monitor

# NAMES='sales lines' makes some of them only.
NAMES ?=
pictures: wheel
	tools/venv $(PYTHON) $(VENVS)/pictures
	$(VENVS)/pictures/bin/python -m pip install -q "$$(echo dist/peakline-*.whl)[pages,demo]"
	$(VENVS)/pictures/bin/python -m pip install -q --force-reinstall --no-deps dist/peakline-*.whl
	CHROMIUM="$$(tools/chromium)" $(VENVS)/pictures/bin/python tools/pictures.py $(NAMES)

wheel:
	tools/venv $(PYTHON) $(VENVS)/build
	rm -f dist/peakline-*.whl
	$(VENVS)/build/bin/python -m pip wheel -q --no-deps -w dist .

check: $(VENVS)/check/ready
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)
	$(VENVS)/check/bin/ruff check $(PYTHON_SOURCES)
	$(VENVS)/check/bin/ruff format --check $(PYTHON_SOURCES)
	$(VENVS)/check/bin/mypy python/peakline python/memory_profiler python/mprof
	tools/check-scripts

format: $(VENVS)/check/ready
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)
	$(VENVS)/check/bin/ruff check --fix $(PYTHON_SOURCES)
	$(VENVS)/check/bin/ruff format $(PYTHON_SOURCES)

# Made anew when this file changes, because the checkers' versions are written here.
$(VENVS)/check/ready: Makefile
	tools/venv $(PYTHON) $(VENVS)/check
	$(VENVS)/check/bin/python -m pip install -q $(CHECKERS)
	touch $@

# On one CPython of each version, each time beside memory_profiler from PyPI. Half an hour, most of it
# for the programs that are counted: make bench OPTIONS='--only tight_loop,watch' takes some cases only.
bench: wheel
	$(PYTHON) $(BENCH) dist/peakline-*.whl $(OPTIONS)

# An hour with all programs and profilers: OPTIONS='--only deep,go --rounds 3', or --no-peers.
bench-recording: wheel
	$(PYTHON) Benchmarks/recording.py dist/peakline-*.whl --python $(PYTHON) $(OPTIONS)

# Some minutes: OPTIONS='--only fork,true --rounds 5'.
bench-children: wheel
	$(PYTHON) Benchmarks/children.py dist/peakline-*.whl --python $(PYTHON) $(OPTIONS)

bench-reports:
	swift build --quiet -c release --product peakline
	$(PYTHON) Benchmarks/reports.py .build/release/peakline $(OPTIONS)

# A few minutes: OPTIONS='--only search --rounds 50', or --page FILE for a page of your own.
bench-pages:
	tools/venv $(PYTHON) $(VENVS)/bench-pages
	$(VENVS)/bench-pages/bin/python -m pip install -q playwright
	CHROMIUM="$$(tools/chromium)" $(VENVS)/bench-pages/bin/python Benchmarks/pages.py $(OPTIONS)

# The table is made with one Python; make accuracy OPTIONS='--python PATH --no-peers' asks another, and
# TABLE= leaves the table as it is. About ten minutes, and a few hundred MB of libraries the first time.
TABLE ?= --write docs/accuracy.md
accuracy: wheel
	$(PYTHON) Accuracy/run.py dist/peakline-*.whl $(TABLE) $(OPTIONS)

# Each in pieces: RECORDINGS=sampling.py, or killing.py OPTIONS='--runs 100 --seed 7'. A quarter of an hour.
RECORDINGS ?= recordings.py sampling.py killing.py
recordings: wheel
	for script in $(RECORDINGS); do \
	  $(PYTHON) Accuracy/$$script dist/peakline-*.whl $(TABLE) $(OPTIONS) || exit 1; \
	done

# In pieces: make suites OPTIONS='--python 3.12 --suite threading', or OPTIONS=--torture.
suites: wheel
	$(PYTHON) IntegrationTests/run.py dist/peakline-*.whl $(OPTIONS)

# The reader, the analysis and all reports; what is found lies in .build/fuzz/found. The inputs that were
# worth keeping are the seeds of the next time, so that captures need to be named once only.
SECONDS ?= 60
CAPTURES ?=
FUZZ := .build/fuzz
FUZZED := CaptureFormat CaptureReader Analysis MemorySeries Reports Fuzzing
fuzz:
	swift build --quiet -c release --scratch-path $(FUZZ) -Xswiftc -sanitize=fuzzer --target Fuzzing
	swiftc -sanitize=fuzzer $(FUZZED:%=$(FUZZ)/release/%.build/*.o) -o $(FUZZ)/captures
	$(PYTHON) Tests/Fuzzing/seed.py $(FUZZ)/corpus $(CAPTURES)
	mkdir -p $(FUZZ)/found
	$(FUZZ)/captures -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=512 -max_len=20000 \
	  -print_final_stats=1 -artifact_prefix=$(FUZZ)/found/ $(FUZZ)/corpus

clean:
	rm -rf .build .venv dist python/peakline/*.so
	find python build_backend Accuracy Benchmarks IntegrationTests -name __pycache__ -prune -exec rm -rf {} +
