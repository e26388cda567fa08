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

# $(call test-programs,DIR,PRODUCTS,SHARED,LIBRARIES)
#
#   Every tests/DIR/NAME.c but the SHARED ones becomes a program $(O)/tests/DIR/NAME, a test of its
#   own, linked with SHARED (sources), PRODUCTS (below $(O): libraries, archives) and LIBRARIES (as
#   -lNAME), and with DIR.NAME.ldflags. Libraries are searched for in the order of PRODUCTS. While a
#   product has no sources yet, its tests wait.
test-programs = $(if $(filter-out $(products) obj/%,$(2)),,$(eval $(call test-programs-rule,$(1),$(2),$(3),$(4))))
define test-programs-rule
$(1).src    := $(filter-out $(3),$(wildcard tests/$(1)/*.c))
$(1).tests  := $$($(1).src:%.c=$(O)/%)
check.tests += $$($(1).tests)
$$($(1).tests): $(O)/%: $(O)/obj/%.o $(call objects,$(3)) $(2:%=$(O)/%)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) -o $$@ $$^ $$(addprefix -Wl$$(comma)-rpath$$(comma),$(abspath $(dir $(filter %.so %.so.1,$(2:%=$(O)/%))))) $$($(1).$$(*F).ldflags) $(4) $$(LIBC)
# What the tests need is there, or is installed, before the first of them is compiled.
$$(call objects,$$($(1).src) $(3)): | deps-test
endef

.PHONY: deps-test
deps-test:
	$(Q)CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' tools/deps test

check.tests := tools/check-layers tools/check-style $(sort $(wildcard tests/tools/*.sh))
check.alone :=
check.needs :=
$(call test-programs,unit,obj/core.a,tests/unit/fake_hal.c,-lcmocka)
unit.sched_memory.ldflags := -Wl,--wrap=calloc,--wrap=free
unit.commands.ldflags := -Wl,--wrap=xs_futex_wait
unit.hints.ldflags := -Wl,--wrap=xs_global_hint,--wrap=xs_mutex_lock
unit.log.ldflags := -Wl,--wrap=localtime_r
unit.gate_model.ldflags := -Wl,--wrap=xs_futex_wake
unit.failures.ldflags := $(addprefix -Wl$(comma)--wrap=,calloc malloc mmap mremap memfd_create ftruncate \
	pthread_create syscall)
$(O)/tests/unit/events: $(call objects,src/platform/common/events.c)
# On a clock of their own, which knows no busy machine.
unit.scripted := pace local
$(unit.scripted:%=$(O)/tests/unit/%): $(call objects,tests/unit/scripted/clock.c)
scripted.ldflags := $(addprefix -Wl$(comma)--wrap=,xs_now_ns xs_sleep_until_ns xs_futex_wait \
	xs_futex_wake pthread_create pthread_join)
$(foreach name,$(unit.scripted),$(eval unit.$(name).ldflags := $(scripted.ldflags)))
-include $(filter-out tests/module.mk,$(wildcard tests/*/module.mk))

# The real driver of the tests is the software device, and no daemon is looked for.
check.env = XSCHED_CUDA_LIB='$(abspath $(O))/sim/libcuda.so.1' XSCHED_SCHEDULER=LCL \
            BUILD='$(abspath $(O))' CC='$(CC)' VERSION='$(VERSION)' V='$(V)' SAN='$(SAN)' \
            DEBUG='$(DEBUG)' CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' LDFLAGS='$(LDFLAGS)' \
            TEST_CFLAGS='$(SANF) -pthread' \
            ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1:$(ASAN_OPTIONS) \
            UBSAN_OPTIONS=print_stacktrace=1:$(UBSAN_OPTIONS) \
            TSAN_OPTIONS=exitcode=66:second_deadlock_stack=1:atexit_sleep_ms=50:$(TSAN_OPTIONS)

# gcc 12's thread sanitizer cannot live with much address space randomisation.
check.wrap = $(if $(findstring thread,$(SAN)),$(shell setarch -R true 2>/dev/null && echo setarch -R))

check: deps-test libs $(check.needs) $(filter $(O)/%,$(check.tests) $(check.alone))
	$(Q)env $(check.env) $(check.wrap) tests/run $(check.tests) -- $(check.alone)

check-fresh:
	$(Q)tests/fresh.sh
