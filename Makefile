# Each target does its own set-up. See CONTRIBUTING.md for what the tests do.

TARGET ?= $(or $(CARGO_TARGET_DIR),target)
PREFIX ?= /usr/local
export CARGO_TARGET_DIR := $(abspath $(TARGET))
export GINSENGC := $(CARGO_TARGET_DIR)/release/ginsengc

.PHONY: help ready build demo test histories force fuzz fuzz-bytes sanitizers lint real corpus bench bench-smoke install clean

help:
	@echo "make build      target/release/ginsengc, with ginseng-rt.o and include/ginseng.h beside it"
	@echo "make demo       an FTP server is updated in the middle of a download"
	@echo "make test       all tests, the sample server's own included"
	@echo "make histories  a thousand random histories of structs, against a model (about an hour)"
	@echo "make force      every update of the cases at every moment, and 500 generated programs (about half an hour)"
	@echo "make fuzz       two thousand random programs, built by cc and by ginsengc, and 600 updated (about three hours)"
	@echo "make fuzz-bytes hostile bytes for all that reads files, with coverage (FUZZ_SECONDS=3600 for each of seven)"
	@echo "make sanitizers what changes shape, and the sample server, with AddressSanitizer and under valgrind"
	@echo "make lint       formatting and lints (make test does this too where cargo has the components)"
	@echo "make real       vsftpd, tinyproxy, dnsmasq, redis, memcached from Debian's source, updated live (needs root, network)"
	@echo "make corpus     14 programs from Debian's source, built and tested both ways (about an hour)"
	@echo "make bench      measurements against plain cc, into benchmarks/results/"
	@echo "make bench-smoke  instructions against plain cc, within benchmarks/bounds.toml (make test does this too)"
	@echo "make install    into PREFIX [$(PREFIX)], below DESTDIR"
	@echo "make clean      removes what was built"

ready:
	@setup/packages.sh compiler libclang
	@command -v cargo >/dev/null || { echo "ginseng: please install: Rust 1.90 or later (https://rustup.rs)" >&2; exit 2; }

build: ready
	cargo build --locked --release -p ginsengc
	@rt/object.sh $(CARGO_TARGET_DIR)/release

demo: build
	@setup/packages.sh python
	@testsuite/samples/ftpd/demo.sh

# The first line builds the tool as well, so there is one build and not two.
test: ready
	@setup/packages.sh python ftp-clients csmith toolchain
	cargo test --locked --release --workspace --no-run
	@rt/object.sh $(CARGO_TARGET_DIR)/release
	cargo test --locked --release --workspace --no-fail-fast
	python3 -B testsuite/samples/ftpd/selftest.py
	python3 -B testsuite/samples/kvd/selftest.py
	@$(MAKE) --no-print-directory bench-smoke
	@$(MAKE) --no-print-directory lint

histories: export HISTORIES ?= 1000
histories: build
	@setup/packages.sh python
	cargo test --locked --release -p ginseng-testsuite --test histories

# At every visit to an update point; half of the generated programs are checking builds, the cases are
# built both ways.
force: export FORCE ?= all
force: export FORCE_PROGRAMS ?= 500
force: build
	cargo test --locked --release -p ginseng-testsuite --test force -- --nocapture

fuzz: export FUZZ ?= 2000
fuzz: export PAIRS ?= 600
fuzz: build
	@setup/packages.sh csmith
	cargo test --locked --release --no-fail-fast -p ginseng-testsuite --test fuzz --test pairs -- --nocapture

# Needs the compiler's nightly release or goes on with the stable one; cargo-fuzz is installed if it is missing.
fuzz-bytes: ready
	@testsuite/fuzz/run.sh $(or $(FUZZ_SECONDS),3600)

# What is checked is the programs that are updated: the tests with their expectations, and not one report.
SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=no
sanitizers: export HISTORIES ?= 5
sanitizers: build
	@setup/packages.sh python callgrind
	SUITE_FLAGS="$(SANITIZE)" cargo test --locked --release -p ginseng-testsuite --test suite -- shape/
	SUITE_FLAGS="$(SANITIZE)" cargo test --locked --release -p ginseng-testsuite --test ftpd --test kvd --test histories
	SUITE_FLAGS="-O2 -g" SUITE_UNDER="$(VALGRIND)" cargo test --locked --release -p ginseng-testsuite --test suite -- shape/
	SUITE_FLAGS="-O2 -g" SUITE_UNDER="$(VALGRIND)" cargo test --locked --release -p ginseng-testsuite --test ftpd --test kvd --test histories

lint:
	@if cargo fmt --version >/dev/null 2>&1; then set -x; cargo fmt --all --check; fi
	@if cargo clippy --version >/dev/null 2>&1; then set -x; \
		cargo clippy --locked --release --workspace --all-targets --quiet -- -D warnings; fi

real: build
	@setup/packages.sh python sources corpus
	@status=0; mkdir -p $(CARGO_TARGET_DIR)/points; export POINTS=$(CARGO_TARGET_DIR)/points; \
	for program in vsftpd tinyproxy dnsmasq redis memcached; do \
		echo "== $$program"; python3 -B testsuite/real/$$program.py $(GINSENGC) || status=1; \
	done; \
	echo "== points"; python3 -B testsuite/real/points.py $(GINSENGC) $$POINTS || status=1; exit $$status

# Into testsuite/corpus/results.md.
corpus: build
	@setup/packages.sh python sources corpus
	python3 -B testsuite/corpus/corpus.py $(GINSENGC)

bench-smoke: ready
	@setup/packages.sh callgrind
	@cargo build --locked --release --quiet -p ginsengc -p ginseng-benchmarks
	@rt/object.sh $(CARGO_TARGET_DIR)/release
	$(CARGO_TARGET_DIR)/release/ginseng-bench smoke

bench: build
	@setup/packages.sh python ftp-clients callgrind
	-@setup/packages.sh sources
	cargo build --locked --release -p ginseng-benchmarks
	$(CARGO_TARGET_DIR)/release/ginseng-bench bench
	$(CARGO_TARGET_DIR)/release/ginseng-bench report

# Not `install: build`: it is run as root, after `make build` as a user.
install:
	@[ -x $(GINSENGC) ] || { echo "ginseng: run 'make build' first" >&2; exit 2; }
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/ginsengc/include $(DESTDIR)$(PREFIX)/share/man/man1
	install $(GINSENGC) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(CARGO_TARGET_DIR)/release/ginseng-rt.o $(DESTDIR)$(PREFIX)/lib/ginsengc/
	install -m 644 $(CARGO_TARGET_DIR)/release/include/ginseng.h $(DESTDIR)$(PREFIX)/lib/ginsengc/include/
	$(GINSENGC) man $(DESTDIR)$(PREFIX)/share/man/man1

clean:
	cargo clean
