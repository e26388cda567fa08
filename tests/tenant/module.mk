# The daemon's world by itself: pages and the scheduler, without connections.
ifdef world.src
tenant.reports.ldflags := -Wl,--wrap=xs_gate_try
tenant.devices.ldflags := -Wl,--wrap=open
$(call test-programs,tenant,obj/core.a,$(world.src),-lcmocka)
endif
