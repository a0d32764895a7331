# Everything a user or a contributor types. `make` alone says what there is.

SWIFT := swift
# Each module names every module that it imports: the arrows in docs/architecture.md are kept by the compiler.
FLAGS := --explicit-target-dependency-import-check error
NODE := .build/release/dicom-node
PYTHON := .build/python/bin/python
ARGS ?=
# C programs that break what the node stands on; see docs/testing.md.
BREAKERS := .build/volatile-disk .build/short-writes.so

BUILD_PACKAGES := libdcmtk-dev zlib1g-dev libxxhash-dev
TEST_PACKAGES := dcmtk strace python3 python3-venv libfuse3-dev e2fsprogs xfsprogs btrfs-progs

.DEFAULT_GOAL := help
.PHONY: help serve build test crash power-cut fixtures format lint clean build-packages test-packages

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build the node and run it; options in ARGS="--port 4242 --archive /data"
	exec $(NODE) serve $(ARGS)

build: build-packages ## the release binary, .build/release/dicom-node
	$(SWIFT) build -c release --product dicom-node $(FLAGS)

test: build test-packages $(PYTHON) $(BREAKERS) ## every test, the release binary against DCMTK and pynetdicom included
	$(SWIFT) test $(FLAGS) $(ARGS)

crash: build test-packages $(BREAKERS) ## kill the node under load, CRASH_ROUNDS=500 times; CRASH_SEED=N replays a round
	CRASH_ROUNDS=$${CRASH_ROUNDS:-500} $(SWIFT) test $(FLAGS) --filter CrashTests.KillTests

power-cut: build test-packages $(BREAKERS) ## cut the power of the archive's disk, CRASH_ROUNDS=100 times; needs root
	CRASH_ROUNDS=$${CRASH_ROUNDS:-100} $(SWIFT) test $(FLAGS) --filter CrashTests.PowerCutTests

fixtures: build-packages ## remake Fixtures/instances and compare with what is committed
	$(SWIFT) run $(FLAGS) dicom-fixtures Fixtures/instances
	git diff --exit-code --stat -- Fixtures/instances
	@test -z "$$(git ls-files --others --exclude-standard Fixtures/instances)"

format: ## format every Swift file in place
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## fail if a Swift file is not formatted
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

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

.build/volatile-disk: Tests/CrashTests/volatile-disk/volatile-disk.c | test-packages
	@mkdir -p $(@D)
	clang -std=gnu11 -O2 -Wall -Wextra -Werror -D_FILE_OFFSET_BITS=64 -o $@ $< -lfuse3 -lpthread

.build/short-writes.so: Tests/CrashTests/short-writes/short-writes.c
	@mkdir -p $(@D)
	clang -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $<
