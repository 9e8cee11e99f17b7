# make demo          build, start on loopback with a sample sweep, keep serving until Ctrl-C
# make demo ONCE=1   the same, check that pages and API answer, stop
# make test          lint, build once in release mode, run every test
# make benchmark     measure ingest, reads, search, storage, floors and peers; takes about an hour
# make build | format | check

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: demo test benchmark build check format setup

began := $(shell date +%s)
swift_files := Package.swift Sources Tests
venv := .venv/.installed
requirements := Tests/EndToEndTests/Python/requirements.txt

demo: build
	exec .build/release/isoloss-server demo $(if $(ONCE),--once)

build: setup
	scripts/vendor
	swift build -c release --product isoloss-server
	swift build -c release --product isoloss

# One release build serves binaries and tests: tests reach other modules through `package` access.
test: check $(venv)
	scripts/vendor
	swift build -c release --build-tests
	scripts/run-tests
	@echo "make test: $$(( $$(date +%s) - $(began) )) seconds"

benchmark: build
	swift build -c release --product isoloss-benchmark
	.build/release/isoloss-benchmark floors
	.build/release/isoloss-benchmark ingest
	.build/release/isoloss-benchmark ingest --commit-delay 2
	.build/release/isoloss-benchmark read
	.build/release/isoloss-benchmark search
	.build/release/isoloss-benchmark search --runs 100000 --params 20
	.build/release/isoloss-benchmark storage
	.build/release/isoloss-benchmark soak
	.build/release/isoloss-benchmark peers

check: setup
	swift format lint --strict --parallel -r $(swift_files)

format:
	swift format -i --parallel -r $(swift_files)

setup:
	@scripts/setup

$(venv): $(requirements) | setup
	test -x .venv/bin/python || python3 -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check -r $(requirements)
	touch $@
