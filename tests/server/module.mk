# SPDX-License-Identifier: Apache-2.0
#
# The daemon, as processes and peers of all kinds see it. Tests that look at the clock run alone.
ifdef server.src
$(call test-programs,server,obj/core.a,tests/server/kit.c tests/kit/actor.c,-lcmocka)
server.alone := $(O)/tests/server/gates
check.tests := $(filter-out $(server.alone),$(check.tests)) tests/server/daemon.py
check.alone += $(server.alone)

# One source, a plug-in for each way to be good or bad.
server.plugins := $(addprefix $(O)/tests/server/plugins/, $(addsuffix .so, \
	good loop slow sleep crash exit scribble version nothing taken greedy))
$(server.plugins): $(O)/tests/server/plugins/%.so: tests/server/plugins/plugin.c include/xsched/policy.h
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -Iinclude -std=gnu11 -O1 -fPIC -shared -DPLUGIN_$* -o $@ $<
$(O)/tests/server/preload/%.so: tests/server/preload/%.c
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -D_GNU_SOURCE -std=gnu11 -O1 -fPIC -shared -o $@ $<
check.needs += $(server.plugins) $(policy.examples) $(addprefix $(O)/tests/server/preload/,jumps.so unwatched.so)
endif
