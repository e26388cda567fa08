# SPDX-License-Identifier: Apache-2.0
# One program per public function, written as a user of XSched would, on the software device.
$(call test-programs,contract,lib/libpreempt.so lib/libhalcuda.so sim/libcuda.so.1,tests/contract/contract.c)

# Compiled in any case, also while a library is missing.
check.needs += $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/contract/*.c))
