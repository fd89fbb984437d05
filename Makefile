# Quarry: the two commands of the README are `make hunt` and `make test`.
# Every step is relative to this folder, so that a path with blanks works.

BUILD := build
MESON_FLAGS ?=
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: all setup hunt test test-asan bench bench-functions lint reference doc-examples check-layers format fuzz fuzz-brief check install clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) $(if $(VERBOSE),-v,--quiet)

# What is missing is installed once; a stamp that names the wanted packages makes this quick.
setup:
	@sh scripts/setup.sh build

$(BUILD)/build.ninja: meson.build meson_options.txt scripts/setup.sh scripts/packages.txt scripts/engine.txt scripts/bind-engine.py scripts/h3.txt $(wildcard $(BUILD)/h3/.done)
	@sh scripts/setup.sh build
	@if [ -f $@ ]; then meson setup --reconfigure $(BUILD) >/dev/null; \
	 else meson setup --buildtype=debugoptimized --prefix="$(PREFIX)" $(MESON_FLAGS) $(BUILD) >$(BUILD)/setup.log 2>&1 || { cat $(BUILD)/setup.log; exit 1; }; fi
	@touch $@

hunt: all
	@sh scripts/hunt-sample.sh

test: all
	@sh scripts/setup.sh test
	@sh tests/run.sh $(BUILD)

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
$(BUILD)/asan/build.ninja: $(BUILD)/build.ninja
	@if [ -f $@ ]; then meson setup --reconfigure $(BUILD)/asan >/dev/null; \
	 else meson setup --buildtype=debug -Db_sanitize=address,undefined -Darena_malloc=true $(BUILD)/asan >$(BUILD)/asan.log 2>&1 || { cat $(BUILD)/asan.log; exit 1; }; fi
	@touch $@

test-asan: all $(BUILD)/asan/build.ninja
	@sh scripts/setup.sh test
	@ninja -C $(BUILD)/asan --quiet
	@sh tests/run.sh $(BUILD)/asan

bench: all
	@sh bench/run.sh $(BUILD)

bench-functions: all
	@ninja -C $(BUILD) --quiet bench/peer_duckdb
	@python3 bench/functions.py --build $(BUILD) --data $(BUILD)/benchdata --rows $(or $(ROWS),5000000) \
	    --runs $(or $(RUNS),5) $(if $(ONLY),--only "$(ONLY)") $(if $(RECORD),--record)

lint: all
	@sh scripts/lint.sh $(BUILD)

# The pages that are printed from the catalog.
reference: all
	@$(BUILD)/quarry functions --reference >docs/reference/functions.md
	@python3 scripts/coverage.py $(BUILD)/quarry tests/cases >docs/reference/coverage.md

# How many examples of a KQL documentation checkout agree: make doc-examples DOCS=FOLDER
doc-examples: all
	@python3 scripts/doc-examples.py "$(DOCS)" --quarry $(BUILD)/quarry

check-layers:
	@sh scripts/check-layers.sh

format:
	@git ls-files '*.c' '*.h' | tr '\n' '\0' | xargs -0 clang-format -i

fuzz: all
	@sh scripts/fuzz.sh $(BUILD) $${FUZZ_SECONDS:-600}

fuzz-brief: all
	@sh scripts/fuzz.sh $(BUILD) $${FUZZ_SECONDS:-20}

check: lint test test-asan fuzz-brief

install: all
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild

clean:
	rm -rf $(BUILD)
