# SPDX-License-Identifier: Apache-2.0
# examples/NAME.c becomes $(O)/examples/NAME. Linked with the software device's libcuda.so.1, which
# has the vendor's name: with the vendor's in its place they run on a GPU.

examples.names    := hints threads suspend callbacks
examples.products := lib/libpreempt.so lib/libhalcuda.so sim/libcuda.so.1
ifeq ($(filter-out $(products),$(examples.products)),)
examples.programs := $(examples.names:%=$(O)/examples/%)
endif

$(examples.programs): $(O)/examples/%: $(O)/obj/examples/%.o $(O)/obj/examples/device.o $(examples.products:%=$(O)/%)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -Wl,-rpath,$(abspath $(O)/lib):$(abspath $(O)/sim) $(LIBC)

# Policies for xserver: examples/policy/NAME.c, without anything of ours but the header.
policy.examples := $(patsubst %.c,$(O)/%.so,$(wildcard examples/policy/*.c))
$(policy.examples): $(O)/%.so: %.c include/xsched/policy.h
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -Iinclude -std=c11 $(WARN) -O2 -fPIC -shared -o $@ $<

.PHONY: examples
examples: $(examples.programs) $(policy.examples)
check: $(examples.programs)

# Compiled in any case, also while a library is missing.
check: $(patsubst %.c,$(O)/obj/%.o,$(wildcard examples/*.c))
