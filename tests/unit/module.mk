# Allocations that fail on demand.
$(O)/tests/unit/sched_memory: private LDFLAGS += -Wl,--wrap=calloc,--wrap=free
