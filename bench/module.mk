# SPDX-License-Identifier: Apache-2.0
#
# What measures: the demonstration (make demo) and the benchmarks (make bench). Both need the shim
# and the software device, and are not there while one of them is missing.

bench.needs := $(O)/lib/libshimcuda.so $(O)/sim/libcuda.so.1

# --- make demo [DEVICE=cuda] -----------------------------------------------------------------------

# models is a program like any other: linked with a libcuda.so.1, whichever that is when it runs.
demo.src      := $(addprefix bench/demo/,demo.c outcome.c plot.c report.c)
demo.programs := $(O)/demo/demo $(O)/demo/models
DEVICE        ?= sim

$(O)/demo/demo: $(call objects,$(demo.src))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)

$(O)/demo/models: $(call objects,bench/demo/models.c) $(O)/sim/libcuda.so.1
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)

demo: $(demo.programs) $(bench.needs)
	$(Q)$(O)/demo/demo -d $(DEVICE) $(abspath $(O))
