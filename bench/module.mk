# SPDX-License-Identifier: Apache-2.0
#
# What measures: the demonstration (make demo) and the benchmarks (make bench). Both need the shim
# and the software device, and are not there while one of them is missing.

bench.needs := $(O)/lib/libshimcuda.so $(O)/sim/libcuda.so.1

# --- make demo [DEVICE=cuda|hip] -----------------------------------------------------------------------

# models is a program like any other: linked with a libcuda.so.1, whichever that is when it runs;
# models_hip the same with HIP. What draws reports: the page is shared with xcli bench.
plot.src      := bench/plot.c src/cli/bench/page.c
demo.src      := $(addprefix bench/,demo/demo.c demo/outcome.c demo/timeline.c demo/report.c kit.c) $(plot.src)
demo.programs := $(O)/demo/demo $(O)/demo/models $(O)/demo/models_hip
DEVICE        ?= sim

$(O)/demo/demo: $(call objects,$(demo.src))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)

$(O)/demo/models: $(call objects,bench/demo/models.c bench/demo/device_cuda.c) $(O)/sim/libcuda.so.1
$(O)/demo/models_hip: $(call objects,bench/demo/models.c bench/demo/device_hip.c) $(O)/sim/libamdhip64.so.6
$(O)/demo/models $(O)/demo/models_hip:
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)

demo: $(demo.programs) $(bench.needs)
	$(Q)$(O)/demo/demo -d $(DEVICE) $(abspath $(O))

# --- make bench --------------------------------------------------------------------------------------

bench.names    := launch launch_hip calls suspend queues
bench.programs := $(bench.names:%=$(O)/bench/%)

$(bench.programs): $(O)/bench/%: $(call objects,bench/kit.c $(plot.src)) $(O)/obj/bench/%.o $(O)/lib/libpreempt.so $(O)/lib/libhalcuda.so
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -Wl,-rpath,'$$ORIGIN/../lib' -lm $(LIBC)

bench.programs += $(O)/bench/dual
$(O)/bench/dual: $(call objects,bench/dual.c bench/demo/outcome.c bench/kit.c $(plot.src))
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)

# What both vendors' launches are measured with, and the real runtime behind the HIP shim.
$(O)/bench/launch $(O)/bench/launch_hip: $(call objects,bench/overhead.c)
bench.needs += $(O)/lib/libshimhip.so $(O)/sim/libamdhip64.so.6

# The daemon's own: it needs no driver, and is not there without the daemon.
ifdef server.src
bench.daemon   := $(addprefix $(O)/bench/,decision shares)
bench.programs += $(bench.daemon) $(O)/bench/tenants
$(bench.daemon): $(O)/bench/%: $(call objects,bench/kit.c bench/daemon.c tests/kit/actor.c $(plot.src)) $(O)/obj/bench/%.o $(O)/obj/core.a
$(O)/bench/tenants: $(call objects,bench/kit.c bench/tenants/tenants.c bench/tenants/crew.c bench/demo/outcome.c $(plot.src)) $(O)/obj/core.a
$(bench.daemon) $(O)/bench/tenants:
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lm $(LIBC)
bench.needs += $(O)/bin/xserver $(O)/tests/global/worker
endif

# What is said while building does not mix with the rows.
.PHONY: bench-programs
bench-programs: $(bench.programs) $(demo.programs) $(bench.needs)
bench:
	$(Q)$(MAKE) bench-programs >&2
	$(Q)BUILD='$(abspath $(O))' bench/run
