# SPDX-License-Identifier: Apache-2.0
# One program per public function, written as a user of XSched would, on the software device and
# without a shim: its directory comes first, since lib/ has a libcuda.so.1 too.
$(call test-programs,contract,sim/libcuda.so.1 lib/libpreempt.so lib/libhalcuda.so,tests/contract/contract.c)

# Compiled in any case, also while a library is missing.
check.needs += $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/contract/*.c))
