# SPDX-License-Identifier: Apache-2.0
#
# The command line against a real daemon, with processes of the test's own (crowd).
ifdef cli.src
ifdef server.src
cli.crowd := $(O)/tests/cli/crowd/crowd
$(cli.crowd): $(call objects,tests/cli/crowd/crowd.c tests/server/kit.c tests/kit/actor.c) $(O)/obj/core.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBC)
$(call objects,tests/cli/crowd/crowd.c): | deps-test

# Without tmux the test of top leaves out the screen, and says so.
.PHONY: deps-screen
deps-screen:
	-@tools/deps screen

check.needs += $(cli.crowd) $(O)/tools/options deps-screen $(demo.programs) $(bench.programs)
check.tests += $(addprefix tests/cli/, usage.py verbs.py wire.py run.py top.py reference.py \
	doctor.py bench.py)
endif
endif
