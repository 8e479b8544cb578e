# A thin front for CMake: `make` builds, the other goals are described by `make help`.
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
DEMO_PATHS ?= 20000
# The build must not inherit the flags of this make: it starts its own with -j.
CMAKE = env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL cmake

.PHONY: all demo test bench format clean help
all:
	@$(CMAKE) -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release >/dev/null
	@$(CMAKE) --build $(BUILD) -j $(JOBS)

demo:
	@tools/need build
	@$(MAKE) --no-print-directory all >/dev/null
	$(BUILD)/cardhouse run examples/coreweave/2025-06-30.yaml --paths $(DEMO_PATHS)

test:
	@tools/need test
	@env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL /usr/bin/python3 tests/run --jobs $(JOBS)

bench:
	@tools/need bench
	@/usr/bin/python3 bench/run

format:
	@tools/need format
	@git ls-files '*.c' '*.h' | xargs clang-format-14 -i

clean:
	rm -rf build build-*

help:
	@echo "make          build build/cardhouse and build/libcardhouse.a"
	@echo "make demo     install what is missing, build, and run the flagship example"
	@echo "make test     install what is missing, build and run every test"
	@echo "make bench    measure speed against NumPy and Numba; writes CSV to bench/results"
	@echo "make format   format the C sources with clang-format 14"
	@echo "make clean    remove all builds"
