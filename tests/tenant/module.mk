# The daemon's world by itself: pages and the scheduler, without connections.
ifdef world.src
$(call test-programs,tenant,obj/core.a,$(world.src),-lcmocka)
endif
