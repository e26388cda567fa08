# SPDX-License-Identifier: Apache-2.0
#
# Tests that need a real device. They are built and run by `make check-gpu` only, on the machine's own
# driver, and skip themselves where there is none. `make check-gpu-matrix` runs PyTorch, JAX, CuPy and
# Triton bare and under the shim; what of it needs none of these runs in `make check` as well.

gpu.tests := $(patsubst tests/gpu/%.c,$(O)/tests/gpu/%,$(wildcard tests/gpu/*.c))

$(gpu.tests): $(O)/%: $(O)/obj/%.o $(O)/lib/libshimcuda.so $(O)/lib/libhalcuda.so $(O)/lib/libpreempt.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/../../lib' -o $@ $^

.PHONY: check-gpu
check-gpu: libs $(gpu.tests)
	$(Q)tests/run $(gpu.tests)

check.tests += tests/gpu/matrix.sh

.PHONY: check-gpu-matrix
check-gpu-matrix: libs
	$(Q)python3 tests/gpu/matrix/run.py --lib $(O)/lib/libshimcuda.so --out $(O)/matrix
