# SPDX-License-Identifier: Apache-2.0
# What is promised to the outside: headers that compile alone, symbols, entry points.
check.tests += tests/abi/headers.sh

# The interface of the CUDA shim. The tests of it have a shim of their own, made of the platform's sources
# and of a core that only counts (stub/core.c), on a driver that does nothing (stub/driver.c).

abi.driver := $(O)/tests/abi/driver/libcuda.so.1
abi.old    := $(O)/tests/abi/old/libcuda.so.1
abi.slow   := $(O)/tests/abi/slow/libcuda.so.1
abi.shim   := $(O)/tests/abi/shim/libcuda.so.1
abi.hal    := $(filter-out %/queue.c,$(halcuda.src))
abi.cflags  = -DSTUB_DRIVER='"$(abspath $(abi.driver))"' -DSHIM='"$(abspath $(abi.shim))"'

# As the vendor links its driver: calls inside it do not come out.
$(abi.driver): $(call objects,tests/abi/stub/driver.c)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-Bsymbolic,-soname,libcuda.so.1 $(LDFLAGS_ALL) -o $@ $^

# The same without what came after 11.4.
$(abi.old): $(call objects,tests/abi/stub/driver.c) src/platform/cuda/cuda_api.def
	@mkdir -p $(@D)
	$(Q){ echo '{ global: *; local:'; \
		sed -n 's/^XS_[A-Z]*(\(cu[A-Za-z0-9_]*\), \([0-9]*\),.*/\1 \2/p' src/platform/cuda/cuda_api.def | \
		awk '$$2 > 11040 { print $$1 ";" }'; echo '};'; } >$(@D)/old.map
	$(Q)$(CC) -shared -Wl,-Bsymbolic,-soname,libcuda.so.1 -Wl,--version-script=$(@D)/old.map \
		$(LDFLAGS_ALL) -o $@ $<

$(abi.shim): $(call objects,$(abi.hal) $(shimcuda.src) tests/abi/stub/core.c src/platform/common/find_library.c src/platform/common/trace.c $(base.src))
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-z,nodelete,-soname,libcuda.so.1 $(LDFLAGS_ALL) -o $@ $^

$(abi.slow): $(call objects,tests/abi/stub/slow_driver.c)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-soname,libcuda.so.1 $(LDFLAGS_ALL) -o $@ $^
$(O)/tests/abi/fork_while_loading: $(call objects,tests/abi/stub/fork_while_loading.c) $(abi.shim) | $(abi.slow)
	$(Q)$(CC) $(LDFLAGS_ALL) -rdynamic -Wl,-rpath,'$$ORIGIN/shim' -o $@ $^
$(O)/tests/abi/no_driver: $(call objects,tests/abi/stub/no_driver.c) $(abi.shim)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/shim' -o $@ $^
$(O)/tests/abi/cuda_shim: $(call objects,tests/abi/cuda_shim.c) $(abi.shim) | $(abi.driver)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/shim' -o $@ $^ -lcmocka
$(O)/tests/abi/cuda_old_driver: $(call objects,tests/abi/cuda_old_driver.c) $(abi.shim) | $(abi.old)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,-rpath,'$$ORIGIN/shim' -o $@ $^ -lcmocka
$(O)/tests/abi/find_library: $(call objects,tests/abi/find_library.c src/platform/common/find_library.c) $(O)/obj/core.a | $(abi.driver) $(abi.shim)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka

$(call objects,tests/abi/cuda_shim.c tests/abi/find_library.c): CPPFLAGS_ALL += $(abi.cflags)
$(call objects,tests/abi/cuda_old_driver.c): CPPFLAGS_ALL += -DOLD_DRIVER='"$(abspath $(abi.old))"'
$(call objects,tests/abi/stub/fork_while_loading.c): CPPFLAGS_ALL += -DSLOW_DRIVER='"$(abspath $(abi.slow))"'

check.needs += $(O)/tests/abi/no_driver
check.tests += $(O)/tests/abi/cuda_shim $(O)/tests/abi/cuda_old_driver $(O)/tests/abi/find_library \
               $(O)/tests/abi/fork_while_loading \
               tests/abi/cuda_names.sh tests/abi/cuda_no_driver.sh
