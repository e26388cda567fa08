# SPDX-License-Identifier: Apache-2.0
#
# The command line against a real daemon, with processes of the test's own (crowd).
ifdef cli.src
ifdef server.src
cli.crowd := $(O)/tests/cli/crowd/crowd
$(cli.crowd): $(call objects,tests/cli/crowd/crowd.c tests/server/kit.c) $(O)/obj/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBC)
$(call objects,tests/cli/crowd/crowd.c): | deps-test

check.needs += $(cli.crowd)
check.tests += $(sort $(wildcard tests/cli/*.py))
endif
endif
