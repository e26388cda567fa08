# SPDX-License-Identifier: Apache-2.0
#
# The tests. Every directory of tests may have a module.mk that adds to these lists:
#
#   check.tests   programs and scripts that run side by side
#   check.alone   those that measure time: they run after the others, one by one
#   check.needs   whatever else must be built before the tests run
#
# Scripts are named by their place in the tree, tests/DIR/NAME.sh. A test finds the build directory
# in $BUILD (absolute), the compiler in $CC with $TEST_CFLAGS, and the source tree in its working
# directory.

# One program per file: tests/unit/NAME.c becomes $(O)/tests/unit/NAME, linked with the core.
unit.src    := $(wildcard tests/unit/*.c)
unit.tests  := $(unit.src:%.c=$(O)/%)
check.tests := tools/check-layers tools/check-style $(sort $(wildcard tests/tools/*.sh)) $(unit.tests)
check.alone :=
check.needs :=

$(unit.tests): $(O)/%: $(O)/obj/%.o $(O)/obj/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBC)

# What the tests need is there, or is installed, before the first of them is compiled.
.PHONY: deps-test
deps-test:
	$(Q)CC='$(CC)' tools/deps test
$(call objects,$(unit.src)): | deps-test

-include $(filter-out tests/module.mk,$(wildcard tests/*/module.mk))

check.env = BUILD='$(abspath $(O))' CC='$(CC)' VERSION='$(VERSION)' V='$(V)' SAN='$(SAN)' \
            DEBUG='$(DEBUG)' CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' LDFLAGS='$(LDFLAGS)' \
            TEST_CFLAGS='$(SANF) -pthread' \
            ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1:$(ASAN_OPTIONS) \
            UBSAN_OPTIONS=print_stacktrace=1:$(UBSAN_OPTIONS) \
            TSAN_OPTIONS=exitcode=66:second_deadlock_stack=1:$(TSAN_OPTIONS)

# gcc 12's thread sanitizer cannot live with much address space randomisation.
check.wrap = $(if $(findstring thread,$(SAN)),$(shell setarch -R true 2>/dev/null && echo setarch -R))

check: deps-test libs $(check.needs) $(filter $(O)/%,$(check.tests) $(check.alone))
	$(Q)env $(check.env) $(check.wrap) tests/run $(check.tests) -- $(check.alone)

check-fresh:
	$(Q)tests/fresh.sh
