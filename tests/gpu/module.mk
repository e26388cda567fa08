# SPDX-License-Identifier: Apache-2.0
#
# Tests that need a real device. They are built and run by `make check-gpu` only, on the machine's own
# driver, and skip themselves where there is none.

gpu.tests := $(patsubst tests/gpu/%.c,$(O)/tests/gpu/%,$(wildcard tests/gpu/*.c))

$(gpu.tests): $(O)/%: $(O)/obj/%.o $(O)/lib/libshimcuda.so $(O)/lib/libhalcuda.so $(O)/lib/libpreempt.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/../../lib' -o $@ $^

.PHONY: check-gpu
check-gpu: libs $(gpu.tests)
	$(Q)tests/run $(gpu.tests)
