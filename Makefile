# Everything a user or a contributor types. `make` alone says what there is.

SWIFT := swift
# Each module names every module that it imports: the arrows in docs/architecture.md are kept by the compiler.
FLAGS := --explicit-target-dependency-import-check error
NODE := .build/release/dicom-node
PYTHON := .build/python/bin/python
ARGS ?=

FUZZ_TARGETS := pdu association command structure attributes
FUZZ_RUNS ?= 1000000
FUZZ_CORPUS := .build/fuzz-corpus
# SwiftPM names the sanitizers in the order of a hash table, and the compiler forgets the coverage in one of the two orders: the
# order is fixed, so that not every build builds everything, and the coverage is asked for by name.
FUZZ_BUILD := SWIFT_DETERMINISTIC_HASHING=1 FUZZ=1 $(SWIFT) build -c release --scratch-path .build/fuzz \
	--sanitize fuzzer --sanitize address -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp

BUILD_PACKAGES := libdcmtk-dev zlib1g-dev libxxhash-dev
TEST_PACKAGES := dcmtk strace python3 python3-venv

.DEFAULT_GOAL := help
.PHONY: help serve build test crash power-cut soak fuzz bench bench-full bench-nursery fixtures format lint clean build-packages test-packages

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build the node and run it; options in ARGS="--port 4242 --archive /data"
	exec $(NODE) serve $(ARGS)

build: build-packages ## the release binary, .build/release/dicom-node
	$(SWIFT) build -c release --product dicom-node $(FLAGS)

test: build test-packages $(PYTHON) ## every test, the release binary against DCMTK and pynetdicom included
	$(SWIFT) test $(FLAGS) $(ARGS)

soak: build ## five minutes of storms and hostile clients beside a well-behaved one
	$(SWIFT) build -c release --product dicom-bench $(FLAGS)
	.ci/soak

fixtures: build-packages ## remake Fixtures/instances and compare with what is committed
	$(SWIFT) run $(FLAGS) dicom-fixtures --check
	$(SWIFT) run $(FLAGS) dicom-fixtures

format: ## format every Swift file in place
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## fail if a Swift file is not formatted
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

fuzz: build-packages ## fuzz each of FUZZ_TARGETS for FUZZ_RUNS executions; what breaks one is kept in .build/fuzz-corpus
	for name in seeds $(FUZZ_TARGETS); do $(FUZZ_BUILD) --product fuzz-$$name || exit 1; done
	.build/fuzz/release/fuzz-seeds $(FUZZ_CORPUS)
	for name in $(FUZZ_TARGETS); do \
		dictionary=Tests/Fuzz/fuzz-$$name/$$name.dict; test -f $$dictionary || dictionary=; \
		SWIFT_BACKTRACE=enable=no .build/fuzz/release/fuzz-$$name -runs=$(FUZZ_RUNS) -max_len=4096 -timeout=30 \
			-rss_limit_mb=1024 $${dictionary:+-dict=$$dictionary} -print_final_stats=1 \
			-artifact_prefix=$(FUZZ_CORPUS)/$$name- $(FUZZ_CORPUS)/$$name || exit 1; \
	done

clean: ## remove what was built
	rm -rf .build

build-packages:
	@.ci/install $(BUILD_PACKAGES)

test-packages:
	@.ci/install $(BUILD_PACKAGES) $(TEST_PACKAGES)

$(PYTHON): .ci/requirements.txt | test-packages
	python3 -m venv .build/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement .ci/requirements.txt
	@touch $@
