# SPDX-License-Identifier: Apache-2.0
#
# The daemon, as processes and peers of all kinds see it. Tests that look at the clock run alone.
ifdef server.src
$(call test-programs,server,obj/core.a,tests/server/kit.c,-lcmocka)
server.alone := $(O)/tests/server/gates
check.tests := $(filter-out $(server.alone),$(check.tests)) tests/server/daemon.py
check.alone += $(server.alone)
endif
