# SPDX-License-Identifier: Apache-2.0
#
# Processes under the shim, and the daemon that schedules them.
ifdef server.src
global.worker := $(O)/tests/global/worker

$(global.worker): $(O)/obj/tests/global/worker.o $(O)/sim/libcuda.so.1
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBC)
check.needs += $(global.worker)
check.tests += $(sort $(wildcard tests/global/test_*.py))
endif
