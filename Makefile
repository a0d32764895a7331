# Everything a user or a contributor types. `make` alone says what there is.

SWIFT := swift
# Each module names every module that it imports: the arrows in docs/architecture.md are kept by the compiler.
FLAGS := --explicit-target-dependency-import-check error
# Swift's runtime inside the binary: 9 MiB less resident memory than with its shared libraries, and none to install where it runs.
# The same for everything that is built for release, or each would build all anew.
RELEASE := build -c release --static-swift-stdlib $(FLAGS)
NODE := .build/release/dicom-node
BENCH := .build/release/dicom-bench
PYTHON := .build/python/bin/python
ARGS ?=
# Tests of tasks and of servers that wait for their clients run by themselves: the others keep every thread of the test process for seconds.
TIMED_TESTS := BenchTests|IndexTests|ExamplesTests|NurseryTests|ApplicationEntitiesTests|DicomNodeTests
# Peers that close at once: one that the machine keeps waiting between two objects gets a response, and throws away by closing what it has not sent.
CLOSING_TESTS := ImpatientPeerTests|TLSClosingTests
# C programs that break what the node stands on; see docs/testing.md.
BREAKERS := .build/volatile-disk .build/short-writes.so

FUZZ_TARGETS := pdu association command structure attributes
FUZZ_RUNS ?= 1000000
FUZZ_CORPUS := .build/fuzz-corpus
# Longer inputs find nothing more, and take longer: whole associations of several messages fit.
FUZZ_LENGTH := 1024
# AddressSanitizer everywhere, although Swift checks its own bounds: NIO's buffers, zlib and DCMTK's shim do not, and LeakSanitizer comes
# with it. Without the stack of each allocation, and with little freed memory kept poisoned, it costs half: an execution frees far less
# than that. To replay what was found, run without these options.
FUZZ_ASAN := quarantine_size_mb=1:malloc_context_size=0
# SwiftPM names the sanitizers in the order of a hash table, and the compiler forgets the coverage in one of the two orders: the
# order is fixed, so that not every build builds everything, and the coverage is asked for by name.
FUZZ_BUILD := SWIFT_DETERMINISTIC_HASHING=1 FUZZ=1 $(SWIFT) build -c release --scratch-path .build/fuzz \
	--sanitize fuzzer --sanitize address -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp

BUILD_PACKAGES := libdcmtk-dev zlib1g-dev libxxhash-dev libssl-dev
TEST_PACKAGES := dcmtk orthanc strace valgrind binutils openssl python3 python3-venv libfuse3-dev e2fsprogs xfsprogs btrfs-progs exfatprogs exfat-fuse acl

.DEFAULT_GOAL := help
.PHONY: help serve build test instructions crash power-cut soak reload fuzz fuzz-corpus bench bench-full bench-nursery sbom fixtures format lint clean build-packages test-packages

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build the node and run it; options in ARGS="--port 4242 --archive /data"
	exec $(NODE) serve $(ARGS)

build: build-packages ## the release binary, .build/release/dicom-node
	$(SWIFT) $(RELEASE) --product dicom-node

test: build test-packages $(PYTHON) $(BREAKERS) ## every test, the release binary against DCMTK and pynetdicom included
	$(SWIFT) build --build-tests $(FLAGS)
ifeq ($(ARGS),)
	$(MAKE) instructions
	$(SWIFT) test --skip-build --skip '$(TIMED_TESTS)'
	for tests in $(subst |, ,$(TIMED_TESTS)); do \
		$(SWIFT) test --skip-build --filter $$tests --skip '$(CLOSING_TESTS)' || exit 1; \
	done
	$(SWIFT) test --skip-build --filter '$(CLOSING_TESTS)'
else
	$(SWIFT) test --skip-build $(ARGS)
endif

instructions: build-packages test-packages ## count the instructions of the hot path; ARGS=--record writes them down
	$(SWIFT) $(RELEASE) --product hot-path
	SWIFT=$(SWIFT) .ci/instructions $(ARGS)

soak: build ## five minutes of storms and hostile clients beside a well-behaved one
	$(SWIFT) $(RELEASE) --product dicom-bench
	.ci/soak

reload: build test-packages ## reload the configuration each second under 16 senders, for RELOAD_SECONDS=60
	RELOAD_SECONDS=$${RELOAD_SECONDS:-60} $(SWIFT) test $(FLAGS) --filter InteroperabilityTests.ReloadTests

crash: build test-packages $(BREAKERS) ## kill the node under load, CRASH_ROUNDS=500 times; CRASH_SEED=N replays a round
	CRASH_ROUNDS=$${CRASH_ROUNDS:-500} $(SWIFT) test $(FLAGS) --filter CrashTests.KillTests

power-cut: build test-packages $(BREAKERS) ## cut the power of the archive's disk, CRASH_ROUNDS=100 times; needs root
	CRASH_ROUNDS=$${CRASH_ROUNDS:-100} $(SWIFT) test $(FLAGS) --filter CrashTests.PowerCutTests

bench: build ## every figure that is asked for, beside the peers that are installed: ten minutes, on a quiet machine
	$(SWIFT) $(RELEASE) --product dicom-bench
	$(BENCH) compare --extent quick --rounds 5 --seconds 1 --record .build/bench.json --page docs/performance.md --chart docs/images/throughput.svg $(ARGS)

bench-full: build ## every server on everything it can do, and how it scales: hours
	$(SWIFT) $(RELEASE) --product dicom-bench
	$(BENCH) compare --extent full --rounds 5 --record .build/bench-full.json --page docs/performance.md --chart docs/images/throughput.svg $(ARGS)

bench-nursery: build-packages ## what a nursery costs, and the echo server beside Trio's and Twisted's
	Sources/Examples/bench/run $(ROUNDS)

sbom: build ## list what the release binary contains, with versions: .build/release/dicom-node.cdx.json (CycloneDX)
	SWIFT=$(SWIFT) .ci/sbom $(NODE)

fixtures: build-packages ## remake Fixtures/instances and compare with what is committed
	$(SWIFT) run $(FLAGS) dicom-fixtures --check
	$(SWIFT) run $(FLAGS) dicom-fixtures

format: ## format every Swift file in place
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## fail if a Swift file is not formatted
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

fuzz: build-packages ## fuzz each of FUZZ_TARGETS for FUZZ_RUNS more executions; what breaks one is kept in .build/fuzz-corpus
	for name in seeds $(FUZZ_TARGETS); do $(FUZZ_BUILD) --product fuzz-$$name || exit 1; done
	.build/fuzz/release/fuzz-seeds $(FUZZ_CORPUS)
	for name in $(FUZZ_TARGETS); do \
		dictionary=Tests/Fuzz/fuzz-$$name/$$name.dict; test -f $$dictionary || dictionary=; \
		ASAN_OPTIONS=$(FUZZ_ASAN) SWIFT_BACKTRACE=enable=no .build/fuzz/release/fuzz-$$name -runs=$(FUZZ_RUNS) \
			-max_len=$(FUZZ_LENGTH) -timeout=30 -rss_limit_mb=1024 $${dictionary:+-dict=$$dictionary} -print_funcs=0 \
			-print_final_stats=1 -artifact_prefix=$(FUZZ_CORPUS)/$$name- $(FUZZ_CORPUS)/$$name || exit 1; \
	done

fuzz-corpus: ## after `make fuzz`: keep the least of .build/fuzz-corpus that covers as much in Fixtures/corpus, which `make test` replays
	rm -rf $(FUZZ_CORPUS)-minimal
	for name in $(FUZZ_TARGETS); do mkdir -p $(FUZZ_CORPUS)-minimal/$$name && \
		ASAN_OPTIONS=$(FUZZ_ASAN) .build/fuzz/release/fuzz-$$name -merge=1 -max_len=$(FUZZ_LENGTH) -print_funcs=0 \
			$(FUZZ_CORPUS)-minimal/$$name $(FUZZ_CORPUS)/$$name || exit 1; done
	.build/fuzz/release/fuzz-seeds pack $(FUZZ_CORPUS)-minimal

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
